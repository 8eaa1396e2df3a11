"""Differences of two numbers: "543-78=" -> 345-87=564, 465."""

from dataclasses import replace

from ouroboros.envs.base import Format
from ouroboros.envs.digits import smaller
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned


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

    def describe(self) -> Format:
        """The exact format."""
        return replace(
            super().describe(), summary="Subtract a whole number from one that is not smaller."
        )
