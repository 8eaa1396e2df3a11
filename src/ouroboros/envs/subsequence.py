"""Longest rises: the most digits of a run that can stay so that each is above the one before it.

    increasing_subsequence  "31415926="  lines ("11213424", "4")    1 4 5 9 stay, or 3 4 5 6

Under each digit stands how many the longest rise that ends with it has, itself included: one more
than the most under any smaller digit before it. The answer is the most of all. Digits go from 1 to
9, so no rise is longer than nine. The level is the number of digits. Half of the proposed runs are
hard: they drift up or down, or repeat their digits. Not covered: the lengths.
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

LENGTHS = re.compile("[1-9]+")


class IncreasingSubsequence(Asking):
    """The length of the longest strictly increasing subsequence."""

    name = "increasing_subsequence"
    domain: Domain = "logic"
    wall = 6
    alphabet = "123456789="
    pattern = re.compile("([1-9]+)=")
    templates = (
        (
            "How many digits of {digits} can be kept at most, if the others are crossed out and"
            " those that are left must strictly increase from left to right?"
        ),
        (
            "How long is the longest strictly increasing subsequence of {listed}? Its members need"
            " not be neighbours."
        ),
        (
            "Wooden dolls pass on a belt one after another. Sizes, in this order: {listed}. A"
            " collector may let any doll pass, but takes only dolls larger than the last one taken."
            " How many dolls can the collector take at most?"
        ),
        (
            "Stones lead across a river. Heights in cm, from the near bank to the far one:"
            " {listed}. A frog may begin on any stone and leap over stones, but it never turns"
            " back, and it leaps only to stones higher than the one it sits on. How many stones can"
            " it visit at most, the first one included?"
        ),
        (
            "Songs are offered to a band one after another. Loudness on a scale of 1 to 9, in this"
            " order: {listed}. The band picks some of the songs, keeps their order, and wants each"
            " to be louder than the one picked before it. How many songs can it pick at most?"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Random digits; hard runs drift up or down, or repeat their digits."""
        N = len(hard)
        digits = rng.integers(1, 10, (N, level), dtype=np.uint8)
        drift = (np.arange(level) * 9 // level + 1) + rng.integers(-2, 3, (N, level))
        drift = np.where(rng.random((N, 1)) < 0.5, drift, 10 - drift).clip(1, 9)
        runs = with_runs(rng, digits, rng.uniform(0.2, 1.0, N))
        kinds = np.where(hard, rng.integers(1, 3, N), 0)[:, None]
        chosen = np.choose(kinds, [digits, drift.astype(np.uint8), runs])
        ends = np.full((N, 1), ord("="), dtype=np.uint8)
        return texts(np.hstack((chosen + np.uint8(ord("0")), ends)))

    def level_of(self, prompt: str) -> int:
        """Number of digits; UsageError where the text is not a prompt."""
        return len(self.parts(prompt)[1])

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A length from 1 to 9 under each digit, then the largest of them."""
        if len(lines) != 2 or LENGTHS.fullmatch(lines[0]) is None:
            return False
        return len(lines[0]) == self.level_of(prompt) and lines[1] == max(lines[0])

    def completion_length(self, prompt: str) -> int:
        """A length for each digit, a line break, the answer."""
        return self.level_of(prompt) + 2

    def facts(self, prompt: str) -> dict[str, Any]:
        """The digits."""
        return {
            "numbers": list(self.parts(prompt)[1]),
            "asked": "length of the longest strictly increasing subsequence",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The digits, in one piece and as a list."""
        del rng
        digits = self.parts(prompt)[1]
        return {"digits": digits, "listed": ", ".join(digits)}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The longest rise that ends with each digit, then the longest of all."""
        rises = ", ".join(
            f"{digit} (length {length})" for digit, length in zip(prompt, lines[0], strict=False)
        )
        return (f"The longest rise that ends with each number in turn: {rises}", lines[-1])

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the length of the longest strictly increasing subsequence of a run of"
            " digits.",
            level="number of digits",
            prompt_pattern=self.pattern.pattern,
            lines=("the length of the longest one that ends with each digit", "the largest"),
        )
