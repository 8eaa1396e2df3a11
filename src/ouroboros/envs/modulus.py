"""The remainder of a long number by a lone digit, place by place.

    modulus  "4711%7="  lines ("4520", "0")

Character i of the first line is what the first i digits leave: 4, 47, 471 and 4711 leave 4, 5, 2
and 0. The answer is its last character. The level is the number of digits. Half of the proposed
numbers are hard: nines, zeros, multiples and their neighbours. Not covered: how often the divisor
goes into the number, and divisors of more digits.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.digits import pick, plain
from ouroboros.envs.division import LONE, draw_dividends

DIGITS = "0123456789"


def _alike(divisor: int) -> dict[int, int]:
    """Every digit with another of the same remainder, where there is one."""
    others = (d + divisor if d + divisor < 10 else d % divisor for d in range(10))
    return str.maketrans(DIGITS, "".join(map(str, others)))


ALIKE = {str(divisor): _alike(divisor) for divisor in range(2, 10)}


class Modulus(Asking):
    """What a number leaves when it is divided by a digit from 2 to 9."""

    name = "modulus"
    domain: Domain = "mathematics"
    wall = 6
    alphabet = DIGITS + "%="
    pattern = re.compile("([1-9][0-9]*|0)%([2-9])=")
    templates = (
        "What remainder does the whole-number division of {number} by {divisor} leave?",
        "Find {number} modulo {divisor}. Answer with a whole number from 0 to {last}.",
        (
            "By how much does {number} exceed the largest multiple of {divisor} that is not above "
            "it? (0 counts as a multiple.)"
        ),
        (
            "What is the least whole number, 0 allowed, that must be subtracted from {number} to "
            "leave a multiple of {divisor}? (0 counts as a multiple.)"
        ),
        (
            "A round dial has {divisor} marks, numbered from 0 to {last}. Its hand starts at 0 and "
            "moves on by one mark every second, from {last} back to 0. At which mark is it after "
            "{number} s?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Numbers of `level` digits and digits to divide them by."""
        divisors = pick(rng, LONE, len(hard))
        lengths = np.full(len(hard), level)
        numbers = draw_dividends(rng, lengths=lengths, divisors=divisors, hard=hard, lowest=0)
        return [f"{a}%{m}=" for a, m in zip(numbers, divisors, strict=True)]

    def level_of(self, prompt: str) -> int:
        """Digits of the number; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)[1])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A remainder below each digit, then the last of them."""
        if len(lines) != 2:
            return False
        number, divisor = self.parts(prompt).groups()
        rests, answer = lines
        return (
            len(rests) == len(number)
            and rests.isascii()
            and rests.isdigit()
            and max(rests) < divisor
            and answer == rests[-1]
        )

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The number with each digit replaced by one of the same remainder: the same lines."""
        if not self.check(prompt, lines):
            return None
        number, divisor = self.parts(prompt).groups()
        other = number.translate(ALIKE[divisor])
        if other[0] == "0":
            other = number[0] + other[1:]
        return None if other == number else (f"{other}%{divisor}=", tuple(lines))

    def completion_length(self, prompt: str) -> int:
        """A digit for each of the number, a line break, the answer."""
        return self.level_of(prompt) + 2

    def facts(self, prompt: str) -> dict[str, Any]:
        """The number and the divisor."""
        number, divisor = self.parts(prompt).groups()
        return {"number": number, "divisor": divisor, "asked": "remainder of the division"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The number, the divisor and the largest remainder."""
        del rng
        number, divisor = self.parts(prompt).groups()
        return {"number": number, "divisor": divisor, "last": str(int(divisor) - 1)}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """What is divided at each place and what that leaves, then the answer."""
        number, divisor = self.parts(prompt).groups()
        before = "0" + lines[0][:-1]
        steps = (
            f"Bring down {digit}: {plain(rest + digit)} divided by {divisor} leaves {left}"
            for rest, digit, left in zip(before, number, lines[0], strict=True)
        )
        return (*steps, lines[1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the remainder of a whole number divided by a digit from 2 to 9.",
            level="digits of the number",
            prompt_pattern=self.pattern.pattern,
            lines=("what each beginning of the number leaves", "what the number leaves"),
        )
