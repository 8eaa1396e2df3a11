"""Quotients, exact: by a lone digit, and by two or three digits.

    division       "22/3="     22%3=21   22/3=07                             7+1/3
    long_division  "157/23="   15/23=0   32*0=00    51-0=51
                               157/23=6  32*6=831   751-831=910              6+19/23

By a lone digit the remainders are written place by place, then the quotient; by more digits each
digit of the quotient takes three lines: how often, how much that takes away, what is left. No
dividend is drawn that is smaller than its divisor. Not covered: decimals.
"""

import random
import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, pick, smaller, to_digits, to_int
from ouroboros.envs.plan import Given, Step
from ouroboros.envs.planned import Planned

LONE = [str(digit) for digit in range(2, 10)]
FORMS = (
    "Answer with a whole number or a mixed number in lowest terms.",
    "Give the exact value, as a whole number or a mixed number in lowest terms.",
    "Write the answer as a whole number or, if need be, as a mixed number in lowest terms.",
)


def draw_dividends(
    rng: np.random.Generator,
    *,
    lengths: NDArray[np.int64],
    divisors: Sequence[str],
    hard: NDArray[np.bool_],
    lowest: int,
) -> list[str]:
    """A number of exactly so many digits for each divisor (N,).

    Hard ones are hard numbers or, in half of the cases, a multiple of the divisor or next to one.
    """
    numbers = draw_numbers(rng, lengths=lengths, hard=hard, lowest=lowest)
    offsets = rng.integers(-1, 2, len(numbers))
    for i in np.flatnonzero(hard & (rng.random(len(numbers)) < 0.5)).tolist():
        numbers[i] = _near_multiple(numbers[i], int(divisors[i]), int(offsets[i]))
    return numbers


def _near_multiple(number: str, divisor: int, offset: int) -> str:
    """The next multiple plus the offset; the number itself where that would be longer."""
    value = to_int(number)
    moved = to_digits(value + divisor - value % divisor + offset)
    return moved if len(moved) == len(number) else number


class Quotients(Planned):
    """What both families share; `Division` and `LongDivision` are its final forms."""

    domain = "mathematics"
    form = "{a}/{b}="
    asked = "exact quotient"

    @abstractmethod
    def draw_divisors(self, rng: np.random.Generator, hard: NDArray[np.bool_]) -> list[str]:
        """A divisor for each of `hard` (N,)."""

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Dividends that the quotient's digits take `level` steps for, and their divisors."""
        divisors = self.draw_divisors(rng, hard)
        lengths = np.array([len(b) for b in divisors], dtype=np.int64) + level - 1
        pairs = zip(
            draw_dividends(rng, lengths=lengths, divisors=divisors, hard=hard, lowest=2),
            divisors,
            strict=True,
        )
        larger_first = ((b, a) if smaller(a, b) else (a, b) for a, b in pairs)
        return [self.form.format(a=a, b=b) for a, b in larger_first]

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """Both numbers, and the form that the answer is to have."""
        return super().words(prompt, rng) | {"form": rng.choice(FORMS)}

    def describe(self) -> Format:
        """The exact format."""
        return replace(
            super().describe(),
            summary="Find the exact quotient of the dividend a and the divisor b.",
        )


class Division(Quotients):
    """A number divided by a lone digit."""

    name = "division"
    givens = (Given(name="a", means="dividend"), Given(name="b", means="divisor", short=(2, 9)))
    steps = (Step("q", "a", "/", "b", "quotient"),)
    templates = (
        "What is {a} divided by {b}? {form}",
        "Divide {a} by {b}. {form}",
        "Which number gives {a} when it is multiplied by {b}? {form}",
        "{b} families share {a} kg of flour equally. How many kilograms does each get? {form}",
        (
            "A ribbon {a} cm long is cut into {b} equal pieces. How many centimetres long is each "
            "piece? {form}"
        ),
    )

    def draw_divisors(self, rng: np.random.Generator, hard: NDArray[np.bool_]) -> list[str]:
        """Digits from 2 to 9."""
        return pick(rng, LONE, len(hard))


class LongDivision(Quotients):
    """A number divided by one of two or three digits."""

    name = "long_division"
    wall = 3
    pattern = re.compile("(?P<a>[1-9][0-9]*)/(?P<b>[1-9][0-9]{1,2})=")  # pyright: ignore[reportAssignmentType, reportIncompatibleVariableOverride]
    givens = (Given(name="a", means="dividend"), Given(name="b", means="divisor"))
    steps = (Step("q", "a", "/", "b", "remainder"),)
    templates = (
        "What is {a} divided by {b}? {form}",
        "Divide {a} by {b} by long division. {form}",
        "Which number gives {a} when it is multiplied by {b}? {form}",
        "A pump moves {a} litres in {b} min. How many litres a minute is that on average? {form}",
        "{a} litres of juice fill {b} equal containers. How many litres does each hold? {form}",
        (
            "A tape {a} cm long is cut into {b} equal pieces. How many centimetres long is each "
            "piece? {form}"
        ),
    )

    def draw_divisors(self, rng: np.random.Generator, hard: NDArray[np.bool_]) -> list[str]:
        """Numbers of two or three digits, some of the hard ones nines or round."""
        lengths = rng.integers(2, 4, len(hard))
        return draw_numbers(rng, lengths=lengths, hard=hard & (rng.random(len(hard)) < 0.5))

    def level_of(self, prompt: str) -> int:
        """Digits the quotient is worked out to; UsageError where the text is not a prompt."""
        values = self.values(prompt)
        return max(len(values["a"]) - len(values["b"]) + 1, 1)

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The division digit by digit, what it comes to, and that alone."""
        if not self.check(prompt, lines):
            return tuple(lines)
        *steps, answer = super().read(prompt, lines)
        asked = "{a} \u00f7 {b}".format(**self.values(prompt))
        return (*steps, f"Quotient: {asked} = {answer}", answer)

    def describe(self) -> Format:
        """The exact format."""
        return replace(
            super().describe(),
            level="digits the quotient is worked out to, a leading zero included",
            lines=(
                "for each digit of the quotient: the digit, what it takes away, what is left",
                "the exact quotient",
            ),
        )
