"""Differences of two numbers: "543-78=" -> 345-87=564, 465."""

from collections.abc import Sequence
from dataclasses import replace

from ouroboros.envs.addition import column_name
from ouroboros.envs.base import Format
from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import SIGNS, Planned


class Subtraction(Planned):
    """The larger number less the smaller."""

    name = "subtraction"
    domain = "mathematics"
    form = "{a}-{b}="
    asked = "difference"
    givens = (
        Given(name="a", means="minuend", lowest=0),
        Given(name="b", means="subtrahend", lowest=0),
    )
    steps = (Step("d", "a", "-", "b", "difference"),)
    templates = (
        "What is {a} minus {b}?",
        "Subtract {b} from {a}.",
        "Find the difference between {a} and {b}.",
        "How much must be added to {b} to get {a}?",
        "Which number gives {a} when {b} is added to it?",
    )

    def adjust(self, values: dict[str, str]) -> None:
        """Put the larger number first."""
        if smaller(values["a"], values["b"]):
            values["a"], values["b"] = values["b"], values["a"]

    def allowed(self, values: dict[str, str]) -> bool:
        """Whether the difference is not below zero."""
        return not smaller(values["a"], values["b"])

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """What is left, taken away in its turn: a - b = c says that a - c = b."""
        if not self.check(prompt, lines):
            return None
        values = self.values(prompt)
        taken, left = values["b"], lines[-1]
        width = len(values["a"])
        line = f"{values['a'][::-1]}-{left[::-1]}={taken[::-1].ljust(width, '0')}"
        asked, solution = self.form.format(**values | {"b": left}), (line, taken)
        return (asked, solution) if asked != prompt and self.check(asked, solution) else None

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Column after column, the difference, and it alone."""
        if not self.check(prompt, lines):
            return tuple(lines)
        a, b = (number[::-1] for number in self.values(prompt).values())
        told: list[str] = []
        borrowed = False
        for place, digit in enumerate(lines[0].partition("=")[2] if len(a) > 1 else ""):
            taken = ["1"] * borrowed + list(b[place : place + 1])
            if taken:
                borrowed = int(a[place]) - sum(map(int, taken)) != int(digit)
                above = f"1{a[place]}" if borrowed else a[place]
                difference = f" {SIGNS['-']} ".join((above, *taken))
                told.append(
                    f"{column_name(place)}: {difference} = {digit}" + ", borrow 1" * borrowed
                )
        return (*told, *super().read(prompt, lines))

    def describe(self) -> Format:
        """The exact format."""
        return replace(
            super().describe(), summary="Subtract a whole number from one that is not smaller."
        )
