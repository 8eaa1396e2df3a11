"""Products by a lone digit and by numbers of any length.

    short_multiplication  "34*7="    43*7=832                          238
    multiplication        "34*12="   43*2=86   43*01=043   86+043=804  408

The lines run from the last digit to the first; a factor of several digits is taken digit by digit
and the partial products are added up. Not covered: negative numbers and decimals.
"""

from collections.abc import Sequence
from dataclasses import replace

from ouroboros.envs.addition import by_places
from ouroboros.envs.base import Format
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import SIGNS, Planned


class ShortMultiplication(Planned):
    """A number times a lone digit."""

    name = "short_multiplication"
    domain = "mathematics"
    form = "{a}*{d}="
    asked = "product"
    givens = (
        Given(name="a", means="first factor"),
        Given(name="d", means="second factor", short=(2, 9)),
    )
    steps = (Step("p", "a", "*", "d", "product"),)
    templates = (
        "What is {a} times {d}?",
        "Multiply {a} by {d}.",
        "Which number gives {a} when it is divided by {d}?",
        "Each of {d} containers holds {a} kg of apples. How many kilograms is that together?",
        (
            "Strips {a} mm wide are laid side by side without gaps. How many millimetres wide are "
            "{d} of them together?"
        ),
        "A path is {a} m long and is walked {d} times. How many metres is that in all?",
    )

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The product by places, where there are few, and as a whole."""
        if not self.check(prompt, lines):
            return tuple(lines)
        a, d = self.values(prompt).values()
        parts = " + ".join(f"{place} {SIGNS['*']} {d}" for place in by_places(a))
        told = (f"{a} {SIGNS['*']} {d} = {parts}",) if " + " in parts else ()
        return (*told, *super().read(prompt, lines))

    def describe(self) -> Format:
        """The exact format."""
        return replace(
            super().describe(), summary="Multiply a whole number by a digit from 2 to 9."
        )


class Multiplication(Planned):
    """A number times a number."""

    name = "multiplication"
    domain = "mathematics"
    wall = 3
    form = "{a}*{b}="
    asked = "product"
    givens = (Given(name="a", means="first factor"), Given(name="b", means="second factor"))
    steps = (Step("p", "a", "*", "b", "product"),)
    templates = (
        "What is {a} times {b}?",
        "Multiply {a} by {b}.",
        "Find the product of {a} and {b}.",
        "The sides of a rectangle measure {a} m and {b} m. How many square metres is its area?",
        "A pipe lets out {a} ml a second. How many millilitres is that in {b} s?",
        "Which number gives {a} when it is divided by {b}?",
    )

    def describe(self) -> Format:
        """The exact format."""
        return replace(super().describe(), summary="Multiply two whole numbers.")
