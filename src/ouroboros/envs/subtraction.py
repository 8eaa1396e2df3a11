"""Differences of two numbers: "543-78=" -> 345-87=564, 465."""

from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned


class Subtraction(Planned):
    """The larger number less the smaller."""

    name = "subtraction"
    domain = "mathematics"
    form = "{a}-{b}="
    asked = "difference"
    givens = (Given(name="a", lowest=0), Given(name="b", lowest=0))
    steps = (Step("d", "a", "-", "b", "difference"),)
    templates = (
        "What is {a} minus {b}?",
        "Subtract {b} from {a}.",
        "By how much is {a} more than {b}?",
        "A number and {b} make {a} together. Which number is it?",
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the larger number first."""
        if smaller(values["a"], values["b"]):
            values["a"], values["b"] = values["b"], values["a"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the difference is not below zero."""
        return not smaller(values["a"], values["b"])
