"""Linear equations in one unknown: "3x+5=26" -> 62-50=12, 21%3=20, 21/3=07, 7.

What is added to the term with x is taken from the right side, and what remains is divided by the
coefficient. The solution is above 0: a whole number, a fraction or a mixed number (`7+1/3`).
"""

from collections.abc import Sequence

from ouroboros.envs.digits import plain, smaller
from ouroboros.envs.plan import Given, Step, retrace
from ouroboros.envs.planned import Planned


class LinearEquation(Planned):
    """A lone digit times x and a number make a larger number."""

    name = "linear_equation"
    domain = "mathematics"
    form = "{a}x+{b}={c}"
    asked = "solution x of a x + b = c"
    givens = (
        Given(name="a", means="coefficient", short=(2, 9), absent="1"),
        Given(name="b", means="constant term", absent="0"),
        Given(name="c", means="right side"),
    )
    steps = (
        Step("rest", "c", "-", "b", "a x"),
        Step("x", "rest", "/", "a", "x"),
    )
    templates = (
        "Solve the equation {a}x + {b} = {c}.",
        "{a} times a number, plus {b}, is {c}. What is the number?",
        "For which x does {b} + {a}x equal {c}?",
        "At which x does the line y = {a}x + {b} meet the line y = {c}?",
        (
            "A tank holds {b} L and gains {a} L every minute. After exactly how many minutes does "
            "it hold {c} L?"
        ),
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the larger number on the right side."""
        if smaller(values["c"], values["b"]):
            values["b"], values["c"] = values["c"], values["b"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the solution is above 0."""
        return smaller(values["b"], values["c"])

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Both steps as equations, and the solution."""
        values = self.values(prompt)
        worked = retrace(self.steps, values, lines)
        if worked is None:
            return tuple(lines)
        rest, answer = plain(worked.values["rest"]), lines[-1].replace("+", " ")
        return (
            f"{values['a']}x = {values['c']} \u2212 {values['b']} = {rest}",
            f"x = {rest} \u00f7 {values['a']} = {answer}",
            answer,
        )
