"""Digits put in order by insertion.

    sorting  "31415="  lines ("3|1415", "13|415", "134|15", "1134|5", "11345")

Each line inserts the next digit into those that stand in order before the bar; what is still to be
inserted stands after it. The last line has no bar and is the answer. The level is the number of
digits. Hard runs fall from high to low, are in order but for two digits, hold two values only or
repeat themselves. Not covered: the order.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format, texts
from ouroboros.envs.strings import with_runs

KINDS = 4  # of hard runs
NINES = str.maketrans("0123456789", "9876543210")


class Sorting(Asking):
    """The digits of a run from the smallest to the largest."""

    name = "sorting"
    domain: Domain = "logic"
    wall = 5
    alphabet = "0123456789|="
    pattern = re.compile("([0-9]+)=")
    templates = (
        "Sort all the digits of {digits} in ascending order.",
        "Write the digits of {digits}, smallest first, each as often as it occurs.",
        (
            "Cards with one digit each lie in a row that reads {digits}. What does the row read"
            " once the cards are sorted, the lowest on the left?"
        ),
        "Put the digits of {digits} in such an order that none is smaller than the one before it.",
        (
            "The code of a lock consists of the digits of {digits} in ascending order, each as"
            " often as it occurs there. What is the code?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Random digits, or hard runs of four kinds in turn."""
        N = len(hard)
        digits = rng.integers(0, 10, (N, level), dtype=np.uint8)
        rows = np.flatnonzero(hard)
        digits[rows] = _hard(rng, digits[rows])
        ends = np.full((N, 1), ord("="), dtype=np.uint8)
        return texts(np.hstack((digits + np.uint8(ord("0")), ends)))

    def level_of(self, prompt: str) -> int:
        """Number of digits; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)[1])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """In each line one digit more before the bar, and behind it the rest of the prompt."""
        digits = prompt[:-1]
        return len(lines) == len(digits) and all(
            line[place:] == _rest(digits, place) and line[:place].isdigit() and line.isascii()
            for place, line in enumerate(lines, start=1)
        )

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The nines' complements, whose order is the reverse."""
        if not self.check(prompt, lines):
            return None
        mirrored = (line[:k][::-1] + line[k:] for k, line in enumerate(lines, start=1))
        return prompt.translate(NINES), tuple(line.translate(NINES) for line in mirrored)

    def completion_length(self, prompt: str) -> int:
        """As many lines as digits; all but the last have a bar, and a line break after them."""
        level = self.level_of(prompt)
        return (level - 1) * (level + 2) + level

    def facts(self, prompt: str) -> dict[str, Any]:
        """The digits."""
        return {"digits": list(self.parts(prompt)[1]), "asked": "the digits in ascending order"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The digits in one piece."""
        del rng
        return {"digits": self.parts(prompt)[1]}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """What is inserted and what is then in order."""
        first, *others = enumerate(zip(prompt, lines, strict=False), start=1)
        return (
            f"Begin with {first[1][0]}",
            *(f"Insert {digit}: {line[:k]}" for k, (digit, line) in others),
            lines[-1],
        )

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Sort digits in ascending order by insertion.",
            level="number of digits",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for each digit but the last: those up to it in order, a bar, those after it",
                "all digits in order",
            ),
        )


def _rest(digits: str, place: int) -> str:
    """What a line has behind its first `place` digits."""
    return "|" + digits[place:] if place < len(digits) else ""


def _hard(rng: np.random.Generator, digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, level) digits made hard to sort, in ways that take turns."""
    N, level = digits.shape
    kinds = (np.arange(N) + rng.integers(KINDS)) % KINDS
    rising = np.sort(digits, axis=1)
    swapped = rising.copy()
    rows, places = np.arange(N)[:, None], rng.integers(0, level, (N, 2))
    swapped[rows, places] = rising[rows, places[:, ::-1]]
    either = np.where(rng.random((N, level)) < 0.5, digits[:, :1], digits[:, -1:])
    runs = with_runs(rng, digits, rng.uniform(0.2, 1.0, N))
    return np.choose(kinds[:, None], [rising[:, ::-1], swapped, either, runs])
