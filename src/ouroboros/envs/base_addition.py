"""Sums of two numbers in a base from 2 to 9.

    "345+66@7="   345 + 66 = 444, all written in base 7
                  lines 543+66    0110    444    444

First the operands from their last digits on, then the carry into each column, one column more than
the longer operand has, then the sum from its last digit, then as people write it. The level is the
number of digits of the longer operand. In hard sums a carry is born at a random column and runs
through columns that add up to the highest digit, as in `ouroboros.envs.addition`. Numbers have no
leading zeros, but for a lone 0. Not covered: the sums themselves.
"""

import random
import re
from collections.abc import Sequence
from string import digits
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.addition import columns_told
from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Format, texts
from ouroboros.envs.digits import ZERO

BASES = range(2, 10)
IN_BASE = "|".join(f"[0-{base - 1}+]+@{base}=" for base in BASES)
NUMBER = "([1-9][0-9]*|0)"


class BaseAddition(Asking):
    """The sum in the base of the operands: "345+66@7=" -> 444."""

    name = "base_addition"
    domain = "mathematics"
    alphabet = "0123456789+@="
    pattern = re.compile(rf"(?={IN_BASE}){NUMBER}\+{NUMBER}@([2-9])=")
    templates = (
        "Add {a} and {b}. Both are written in base {base}; write the answer in base {base}, too.",
        "What is {a} + {b}? Both numbers are written in base {base}; answer in base {base}, too.",
        (
            "Find the sum of {a} and {b}. Both numbers are written in base {base}; write the sum "
            "in base {base}, too."
        ),
        "{a} and {b} are numerals in base {base}. What is their sum, written in base {base}?",
        (
            "The counters at two doors show numbers in base {base}. One shows {a}, the other {b}. "
            "How many people have they counted together? Answer in base {base}."
        ),
    )

    def operands(self, prompt: str) -> tuple[str, str, str]:
        """Both operands and the base as written; UsageError where the text is not a prompt."""
        first, second, base = self.parts(prompt).groups()
        return first, second, base

    def level_of(self, prompt: str) -> int:
        """Digits of the longer operand; UsageError where the text is not a prompt."""
        first, second, _ = self.operands(prompt)
        return max(len(first), len(second))

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Sums in any base; independently of their kind, half have operands of unlike length."""
        N = len(hard)
        bases = rng.integers(BASES.start, BASES.stop, N, dtype=np.uint8)
        uneven = rng.random(N) < 0.5
        lengths = np.where(uneven, rng.integers(1, level + 1, N), level)
        longer, shorter = rng.integers(0, bases[:, None], (2, N, level), dtype=np.uint8)
        _put_carry_runs(rng, longer, shorter, bases, lengths, np.flatnonzero(hard))
        for numbers, sizes in ((longer, np.full(N, level)), (shorter, lengths)):
            rows = np.flatnonzero(sizes > 1)
            tops = rows, sizes[rows] - 1
            numbers[tops] = np.maximum(1, numbers[tops])
        return _render(longer, shorter, bases, lengths, rng.random(N) < 0.5)

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """The operands turned around, carries, a sum of the width that the last carry gives it."""
        first, second, base = self.operands(prompt)
        if len(lines) != 4 or lines[0] != f"{first[::-1]}+{second[::-1]}":
            return False
        _, carries, total, answer = lines
        level = max(len(first), len(second))
        return (
            len(carries) == level + 1
            and carries[0] == "0"
            and not carries.strip("01")
            and len(total) == level + int(carries[-1])
            and not total.strip(digits[: int(base)])
            and (total[-1] == "1" if carries[-1] == "1" else total[-1] != "0" or level == 1)
            and answer == total[::-1]
        )

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The sum taken back by an addition: a + b = s says that (N - s) + a = N - b.

        N is the highest digit as often as s has digits, so nothing is computed here but notation,
        and the carries are the same. None where that is the same problem, or a shorter one, which
        would not tell of all carries.
        """
        if not self.check(prompt, lines):
            return None
        first, second, base = self.operands(prompt)
        _, carries, total, _ = lines
        rest, other = (_complement(n, len(total), base) for n in (total, second[::-1]))
        asked = f"{rest[::-1]}+{first}@{base}="
        level = max(len(rest), len(first))
        if asked == prompt or level < len(carries) - 1:
            return None
        carries = carries.ljust(level + 1, "0")
        return asked, (f"{rest}+{first[::-1]}", carries, other, other[::-1])

    def completion_length(self, prompt: str) -> int:
        """The operands, and three lines that may be longer than the longer one by a digit."""
        first, second, _ = self.operands(prompt)
        return len(f"{first}+{second}") + 3 * (max(len(first), len(second)) + 2)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Add two whole numbers that are written in a base from 2 to 9 (345+66@7= asks "
            "for 345 + 66 in base 7).",
            level="digits of the longer operand",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "both operands, last digit first",
                "the carry into each column, the last column first, and out of the first",
                "the sum, last digit first",
                "the sum as usual, first digit first",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both operands and their base."""
        first, second, base = self.operands(prompt)
        return {
            "base": base,
            "a": {"value": first, "means": f"a number in base {base}"},
            "b": {"value": second, "means": f"a number in base {base}"},
            "asked": f"a + b, written in base {base}",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """Both operands and their base."""
        del rng
        return dict(zip(("a", "b", "base"), self.operands(prompt), strict=True))

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Column after column, the sum as people write it, and the sum alone."""
        if not self.check(prompt, lines):
            return tuple(lines)
        first, second, base = self.operands(prompt)
        return (
            *columns_told((first[::-1], second[::-1]), lines[1], lines[2], base),
            f"In base {base}: {first} + {second} = {lines[-1]}",
            lines[-1],
        )


def _put_carry_runs(
    rng: np.random.Generator,
    longer: NDArray[np.uint8],
    shorter: NDArray[np.uint8],
    bases: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    rows: NDArray[np.intp],
) -> None:
    """Let a carry run through columns of the sums in `rows`; digits (N, level), last ones first.

    A column that adds up to the highest digit passes the carry on. A leading zero that this may
    leave can be made a one afterwards: the column then has a carry by itself.
    """
    N, level = len(rows), longer.shape[1]
    columns, highest, sizes = np.arange(level), bases[rows, None] - 1, lengths[rows, None]
    starts = rng.integers(0, sizes)
    passing = (columns > starts) & (columns <= rng.integers(starts, level))
    born = rng.integers(1, highest + 1, dtype=np.uint8)
    above, below = longer[rows], shorter[rows]
    above = np.where(passing & (columns >= sizes), highest, above)
    above = np.where(columns == starts, born, above)
    below = np.where(passing, highest - above, below)
    needed = highest + 1 - born + rng.integers(0, born, (N, 1), dtype=np.uint8)
    longer[rows], shorter[rows] = above, np.where(columns == starts, needed, below)


def _render(
    longer: NDArray[np.uint8],
    shorter: NDArray[np.uint8],
    bases: NDArray[np.uint8],
    lengths: NDArray[np.int64],
    swapped: NDArray[np.bool_],
) -> list[str]:
    """Prompts of N sums; digits stand last first; `swapped` puts the shorter operand first."""
    N, level = longer.shape
    one, swap = np.ones((N, 1), dtype=np.uint8), swapped[:, None]
    first, second = np.where(swap, shorter, longer), np.where(swap, longer, shorter)
    present = np.arange(level)[::-1] < lengths[:, None]
    always = one.astype(np.bool_)
    ends = [bases[:, None] + ZERO, one * ord("=")]
    characters = [first[:, ::-1] + ZERO, one * ord("+"), second[:, ::-1] + ZERO, one * ord("@")]
    kept = [present | ~swap, always, present | swap, *[always] * 3]
    return texts(np.hstack((*characters, *ends)).astype(np.uint8), np.hstack(kept))


def _complement(number: str, width: int, base: str) -> str:
    """The highest digit `width` times, less a number; both last digit first."""
    known = digits[: int(base)]
    return number.ljust(width, "0").translate(str.maketrans(known, known[::-1])).rstrip("0") or "0"
