"""Whole numbers written in another base, by division.

    "45>@7="      45 in base 7
                  lines 45%7=43    45/7=06    6%7=6    6/7=0    63
    "45>@16="     lines 45%16=4d    45/16=02    2%16=2    2/16=0    2d

The number is divided by the base, then the quotient, until nothing is left. A `%` line holds the
remainders of ever longer beginnings of the number, each written as one digit of the base, and its
last is a digit of the answer, the first to be found the last to be written. A quotient is as wide
as what was divided. Bases are 2 to 9 and 16, with the digits a to f for ten to fifteen.

The level is the number of decimal digits. Hard numbers end in zeros or highest digits of the base.
Not covered: the digits of the answer.
"""

import math
import random
import re
from collections.abc import Callable, Sequence
from string import digits, hexdigits
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Format
from ouroboros.envs.digits import draw_numbers, plain, to_digits, to_int
from ouroboros.envs.planned import SIGNS

BASES = (*range(2, 10), 16)
DIGITS = hexdigits[:16]
Division = Callable[[str, int], tuple[str, str]]
"""Running remainders and quotient of a number by a base, both as wide as the number."""


def work(number: str, base: int, divide: Division) -> tuple[str, ...]:
    """The solution for a number, with the right sides of lines from `divide`."""
    lines: list[str] = []
    found = ""
    while not lines or number != "0":
        rests, quotient = divide(number, base)
        lines += (f"{number}%{base}={rests}", f"{number}/{base}={quotient}")
        number, found = plain(quotient), rests[-1] + found
    return *lines, found


class BaseConversion(Asking):
    """From decimal digits to those of a base: "45>@7=" -> 63."""

    name = "base_conversion"
    domain = "mathematics"
    wall = 3
    alphabet = "0123456789abcdef%/=>@"
    pattern = re.compile("([1-9][0-9]*|0)>@([2-9]|16)=")
    templates = (
        "Write the decimal number {number} in base {base}.{letters}",
        "What is {number} (decimal) in base {base}?{letters}",
        "Convert {number} from base 10 to base {base}.{letters}",
        (
            "The number of visitors so far is {number} (decimal). The counter at the door shows it "
            "in base {base}, without leading zeros. What does the counter show?{letters}"
        ),
    )

    def operands(self, prompt: str) -> tuple[str, int]:
        """The decimal digits and the base; UsageError where the text is not a prompt."""
        number, base = self.parts(prompt).groups()
        return number, int(base)

    def level_of(self, prompt: str) -> int:
        """Decimal digits; UsageError where the text is not a prompt."""
        return len(self.operands(prompt)[0])

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Numbers for any base; half of the hard ones are near multiples of a power of it."""
        N = len(hard)
        numbers = draw_numbers(rng, lengths=np.full(N, level), hard=hard)
        bases = rng.choice(BASES, N).tolist()
        near = np.flatnonzero(hard & (rng.random(N) < 0.5)).tolist()
        limits = [(int(level / math.log10(bases[i])) + 2, 2) for i in near]
        chosen = rng.integers((1, 0), np.array(limits, dtype=np.int64).reshape(-1, 2)).tolist()
        for i, (places, highest) in zip(near, chosen, strict=True):
            numbers[i] = _ending_alike(numbers[i], bases[i], places, highest=highest == 1)
        return [f"{number}>@{base}=" for number, base in zip(numbers, bases, strict=True)]

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Divisions of each quotient until one is 0, and the last remainders from the last on."""
        found = iter(lines)

        def read(number: str, base: int) -> tuple[str, str]:
            rests, quotient = next(found).partition("=")[2], next(found).partition("=")[2]
            formed = not (rests.strip(DIGITS[:base]) or quotient.strip(digits))
            if not formed or not len(rests) == len(quotient) == len(number):
                raise ValueError("not of the form of a division")
            return rests, quotient

        try:
            return work(*self.operands(prompt), read) == tuple(lines)
        except (StopIteration, ValueError):
            return False

    def completion_length(self, prompt: str) -> int:
        """Characters of the divisions if every number were as long as the nines' quotients."""
        number, base = self.operands(prompt)
        size = math.log10(base)
        count = int(len(number) / size) + 1
        widths = [int(len(number) - place * size) + 1 for place in range(count)]
        lines = sum(2 * (2 * min(width, len(number)) + len(f"%{base}=\n")) for width in widths)
        return lines + count

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Write a decimal number in another base (45>@7= asks for 45 in base 7).",
            level="decimal digits of the number",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for the number, then each quotient until one is 0: the remainders of beginnings",
                "after each of these, the quotient, as wide as what is divided",
                "the last remainders of all divisions, the last one first",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """The number and the base."""
        number, base = self.operands(prompt)
        return {
            "number": {"value": number, "means": "a whole number in decimal notation"},
            "base": {"value": str(base), "digits": DIGITS[:base]},
            "asked": f"the number written in base {base}",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The number, the base and, where they are needed, the digits above nine."""
        del rng
        number, base = self.operands(prompt)
        letters = " Use a to f for ten to fifteen." if base > len(digits) else ""
        return {"number": number, "base": str(base), "letters": letters}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The divisions with their remainders, and the number alone."""
        base = self.operands(prompt)[1]
        steps = iter(lines[:-1])
        divisions = [_division(*pair) for pair in zip(steps, steps, strict=False)]
        last = f"In base {base}, the remainders from the last to the first: {lines[-1]}"
        return (*divisions, last, lines[-1])


def _division(rests: str, quotient: str) -> str:
    """Two lines as one division with its remainder."""
    number, base, result = re.split("[/=]", quotient)
    digit = rests[-1]
    named = f"{DIGITS.index(digit)} (the digit {digit})" if digit not in digits else digit
    return f"{number} {SIGNS['/']} {base} = {plain(result)}, remainder {named}"


def _ending_alike(number: str, base: int, places: int, *, highest: bool) -> str:
    """A number of as many digits that ends in so many zeros or highest digits of the base."""
    value, power = to_int(number), base**places
    below = value - value % power
    made = to_digits(below + power - 1 if highest else below)
    return made if len(made) == len(number) else number
