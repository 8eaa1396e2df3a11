"""Sums of two numbers, least or most significant digit first.

    reverse_addition  "345+87="  543 + 78 = 621, every number written from its last digit
                      lines ("126",)
    forward_addition  "543+78="  the same sum as people write it
                      lines ("126", "621"): the sum from its last digit, then the sum

The level is the number of digits of the longer operand. Half of the proposed sums are hard: a
carry is born at a random column and runs through columns that add up to nine, and on through
the nines of the longer operand. Independently, half have operands of unlike length. Numbers have
no leading zeros, but for a lone 0. Not covered: the sums themselves.
"""

import random
import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Worded
from ouroboros.envs.base import Domain, Format, Kind, View, generator, match_prompt, tasks, texts
from ouroboros.envs.digits import smaller
from ouroboros.envs.sums import Piece, complement, cut, put_in, small, trimmed
from ouroboros.types import Task

PLUS, EQUALS, ZERO = ord("+"), ord("="), ord("0")
PLACES = ("Ones", "Tens", "Hundreds", "Thousands")
REVERSED, PLAIN = "(?:[0-9]*[1-9]|0)", "(?:[1-9][0-9]*|0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """N sums; digits stand least significant first."""

    longer: NDArray[np.uint8]
    """(N, level) digits of the longer operands."""
    shorter: NDArray[np.uint8]
    """(N, level) digits of the shorter operands; those from `lengths` on mean nothing."""
    lengths: NDArray[np.int64]
    """(N,) digits of the shorter operands, 1 to level."""


def draw_lengths(rng: np.random.Generator, level: int, count: int) -> NDArray[np.int64]:
    """(count,) lengths of the shorter operand: the level, or in half of them 1 to level."""
    uneven = rng.random(count) < 0.5
    return np.where(uneven, rng.integers(1, level + 1, count), level)


def draw_sums(rng: np.random.Generator, level: int, lengths: NDArray[np.int64]) -> Sums:
    """Uniform digits without leading zeros; lone digits may be 0."""
    N = len(lengths)
    longer, shorter = rng.integers(0, 10, (2, N, level), dtype=np.uint8)
    tops = rng.integers(1, 10, (2, N), dtype=np.uint8)
    if level > 1:
        longer[:, -1] = tops[0]
    rows = np.flatnonzero(lengths > 1)
    shorter[rows, lengths[rows] - 1] = tops[1, rows]
    return Sums(longer=longer, shorter=shorter, lengths=lengths)


def with_carry_runs(
    rng: np.random.Generator,
    sums: Sums,
    chosen: NDArray[np.bool_],
    starts: NDArray[np.int64],
    runs: NDArray[np.int64],
) -> Sums:
    """The sums with a carry born at column `starts` that runs through the next `runs` columns.

    Args:
        rng: Draws the digits at the birth of a carry and at the top of shorter operands.
        sums: N sums; returned anew, not changed.
        chosen: (N,) which sums are to get a run.
        starts: (N,) columns below `sums.lengths`.
        runs: (N,) columns that pass the carry on, at most level - 1 - starts.
    """
    N, level = sums.longer.shape
    columns, lengths = np.arange(level), sums.lengths[:, None]
    first, last = starts[:, None], (starts + runs)[:, None]
    passing = chosen[:, None] & (columns > first) & (columns <= last)
    # Where the shorter operand ends inside the run, neither top digit may turn out to be zero.
    longer = np.where(
        passing & (columns == lengths - 1),
        rng.integers(1, 9, (N, 1), dtype=np.uint8),
        sums.longer,
    )
    longer = np.where(passing & (columns >= lengths), np.uint8(9), longer)
    shorter = np.where(passing, 9 - longer, sums.shorter)
    born = rng.integers(1, 10, N, dtype=np.uint8)
    rows = np.flatnonzero(chosen)
    longer[rows, starts[rows]] = born[rows]
    shorter[rows, starts[rows]] = (10 - born + rng.integers(0, born, dtype=np.uint8))[rows]
    return Sums(longer=longer, shorter=shorter, lengths=sums.lengths)


def render(sums: Sums, swapped: NDArray[np.bool_], *, most_significant_first: bool) -> list[str]:
    """Prompts of N sums; `swapped` (N,) puts the shorter operand first."""
    N, level = sums.longer.shape
    columns, swap = np.arange(level), swapped[:, None]
    present = columns < sums.lengths[:, None]
    digits = [np.where(swap, sums.shorter, sums.longer), np.where(swap, sums.longer, sums.shorter)]
    masks = [present | ~swap, present | swap]
    if most_significant_first:
        digits, masks = [d[:, ::-1] for d in digits], [m[:, ::-1] for m in masks]
    one = np.ones((N, 1), dtype=np.uint8)
    characters = np.hstack((digits[0] + ZERO, one * PLUS, digits[1] + ZERO, one * EQUALS))
    always = one.astype(np.bool_)
    return texts(characters, np.hstack((masks[0], always, masks[1], always)))


class Addition(Worded):
    """What both notations share; `ReverseAddition` and `ForwardAddition` are its final forms."""

    name: str
    domain: Domain = "mathematics"
    templates = (
        "What is {a} plus {b}?",
        "Add {b} to {a}.",
        "Find the sum of {a} and {b}.",
        "Which number gives {a} when {b} is subtracted from it?",
        "A meter shows {a}. It then goes up by {b}. What does it show now?",
    )
    wall: int = 4
    alphabet: str = "0123456789+="
    most_significant_first: bool
    """How operands are written."""
    pattern: re.Pattern[str]
    """A whole prompt; its two groups are the operands as written."""

    def operands(self, prompt: str) -> tuple[str, str]:
        """Both operands as written; UsageError where the text is not a prompt."""
        first, second = match_prompt(self.name, self.pattern, prompt).groups()
        return first, second

    def level_of(self, prompt: str) -> int:
        """Digits of the longer operand; UsageError where the text is not a prompt."""
        return max(map(len, self.operands(prompt)))

    def propose(self, level: int, seed: int, count: int) -> list[Task]:
        """Random sums: half with a carry run, independently half of uneven lengths."""
        rng = generator(self.name, level, seed, count)
        sums = draw_sums(rng, level, draw_lengths(rng, level, count))
        starts = rng.integers(0, sums.lengths)
        runs = rng.integers(0, level - starts)
        sums = with_carry_runs(rng, sums, rng.random(count) < 0.5, starts, runs)
        prompts = render(
            sums, rng.random(count) < 0.5, most_significant_first=self.most_significant_first
        )
        return tasks(self.name, level, seed, prompts)

    def check(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines have the length and form that this sum's lines must have."""
        found = self.pattern.fullmatch(prompt)
        return found is not None and self.fits(lines, max(map(len, found.groups())))

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The sum taken back, by an addition: a + b = s says that (N - s) + a = N - b.

        N is as many nines as s has digits, so a difference from N is a digit's from 9 in every
        column: nothing is computed here but notation. None where that is the same problem.
        """
        if not self.check(prompt, lines):
            return None
        first, second = self.operands(prompt)
        forward, width = self.most_significant_first, len(lines[0])
        rest = complement(lines[0], width)
        other = complement(second[::-1] if forward else second, width)
        asked = f"{rest[::-1] if forward else rest}+{first}="
        return None if asked == prompt else (asked, (other, other[::-1])[: len(lines)])

    def views(self, prompt: str, lines: Sequence[str]) -> tuple[View, ...]:
        """The operands in the other order, two halves, ten times all, and pieces of two columns."""
        if not self.check(prompt, lines):
            return ()
        turn = -1 if self.most_significant_first else 1
        first, second = (operand[::turn] for operand in self.operands(prompt))
        twin = () if first == second else (self._view("twin", second, first, lines[0]),)
        half = max(len(first), len(second)) // 2
        return (
            *twin,
            *(self._piece("split", piece) for piece in cut(first, second, lines[0], [half])),
            *self._rescaled(first, second, lines[0]),
            *(self._piece("part", piece) for piece in small(first, second, lines[0])),
        )

    def _rescaled(self, first: str, second: str, total: str) -> tuple[View, ...]:
        """The sum as if its numbers were told in a unit ten times as small."""
        same = trimmed(first) == trimmed(second) == "0"
        return () if same else (self._view("scale", f"0{first}", f"0{second}", f"0{total}"),)

    def _piece(self, kind: Kind, piece: Piece) -> View:
        """Some columns of a sum as a view of it."""
        return self._view(kind, piece.first, piece.second, piece.total, piece.at)

    def patched(
        self, prompt: str, lines: Sequence[str], piece: View, found: Sequence[str]
    ) -> tuple[str, ...]:
        """The columns of a piece as its own sum says; its carry shows in the columns above."""
        if not (self.check(prompt, lines) and self.check(piece.prompt, found)):
            return tuple(lines)
        first = self.operands(prompt)[0][:: -1 if self.most_significant_first else 1]
        anew = self._lines(put_in(first, lines[0], piece.at, found[0]))
        return anew if self.check(prompt, anew) else tuple(lines)

    def _view(
        self, kind: Kind, first: str, second: str, total: str, at: tuple[int, int] = (0, 0)
    ) -> View:
        """A sum of this family, all numbers from the last digit on; needless zeros are dropped."""
        turn = -1 if self.most_significant_first else 1
        prompt = f"{trimmed(first)[::turn]}+{trimmed(second)[::turn]}="
        return View(kind=kind, family=self.name, prompt=prompt, lines=self._lines(total), at=at)

    def _lines(self, total: str) -> tuple[str, ...]:
        """A sum written from its last digit on as a whole solution."""
        total = trimmed(total)
        return (total, total[::-1])[: 1 + self.most_significant_first]

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both operands, first digit first."""
        turn = 1 if self.most_significant_first else -1
        first, second = self.operands(prompt)
        return {"a": {"value": first[::turn]}, "b": {"value": second[::turn]}, "asked": "a + b"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """Both operands."""
        del rng
        facts = self.facts(prompt)
        return {name: facts[name]["value"] for name in "ab"}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The sum as it is worked, as people write it, and it alone."""
        if not self.check(prompt, lines):
            return tuple(lines)
        turn = 1 if self.most_significant_first else -1
        first, second = (operand[::turn] for operand in self.operands(prompt))
        total = lines[0][::-1]
        return (*self.told(first, second, total), f"{first} + {second} = {total}", total)

    @abstractmethod
    def told(self, first: str, second: str, total: str) -> list[str]:
        """What leads to the sum, in words; all numbers as people write them."""

    @abstractmethod
    def fits(self, lines: Sequence[str], level: int) -> bool:
        """Whether the lines could be those of a sum at this level."""

    @abstractmethod
    def describe(self) -> Format:
        """The exact format."""

    @abstractmethod
    def completion_length(self, prompt: str) -> int:
        """Characters of the longest possible completion."""


def columns_told(
    operands: tuple[str, str], carries: str, total: str, base: str = "10"
) -> list[str]:
    """What is added in each column and written under it, from the last column on.

    All strings run from the last digit on; `carries` has what comes into each column, and out of
    the first.
    """
    told: list[str] = []
    width = max(map(len, operands))
    for place, digit in enumerate(total[:width]):
        terms = [number[place] for number in operands if place < len(number)]
        terms += ["1"] * (carries[place] == "1")
        if len(terms) == 1 and digit == terms[0]:
            continue
        column = " + ".join(terms)
        if carries[place + 1] == "1":
            found = f"1{digit}" if base == "10" else f"{base} + {digit}"
            written = f"{digit} and carry 1" if place + 1 < width else f"1{digit}"
            column += f" = {found}, write {written}"
        else:
            column += f" = {digit}, write {digit}"
        name = column_name(place) if base == "10" else f"Column {place + 1} from the right"
        told.append(f"{name}: {column}")
    return told


def column_name(place: int) -> str:
    """What a column is called, counted from 0 for the last."""
    return PLACES[place] if place < len(PLACES) else f"Column {place + 1} from the right"


def by_places(number: str) -> list[str]:
    """A number taken apart: 264 is 200, 60 and 4; one of many digits stays whole."""
    if len(number) > len(PLACES):
        return [number]
    return [d + "0" * (len(number) - i) for i, d in enumerate(number, start=1) if d != "0"]


def _could_be_sum(line: str, level: int) -> bool:
    """Whether `line`, last digit first, has the form of a sum of operands of up to `level` digits.

    Such a sum has `level` digits, or one more that is then a 1.
    """
    if not (line.isascii() and line.isdigit()):
        return False
    if len(line) == level:
        return line[-1] != "0" or level == 1
    return len(line) == level + 1 and line[-1] == "1"


class ReverseAddition(Addition):
    """Every number is written least significant digit first: "345+87=" -> "126"."""

    name = "reverse_addition"
    most_significant_first = False
    pattern = re.compile(f"({REVERSED})\\+({REVERSED})=")

    def fits(self, lines: Sequence[str], level: int) -> bool:
        """One line that could be a sum."""
        return len(lines) == 1 and _could_be_sum(lines[0], level)

    def told(self, first: str, second: str, total: str) -> list[str]:
        """Column after column, if there are several; a carry is where the digit below differs."""
        if len(first) == len(second) == 1:
            return []
        operands, turned = (first[::-1], second[::-1]), total[::-1]
        carries = "0"
        for place in range(max(len(first), len(second))):
            column = sum(int(number[place : place + 1] or "0") for number in operands)
            carries += "01"[column + int(carries[-1]) != int(turned[place])]
        return columns_told(operands, carries, turned)

    def completion_length(self, prompt: str) -> int:
        """The sum may have one digit more than the longer operand."""
        return self.level_of(prompt) + 1

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Add two whole numbers; every number is written from its last digit to its "
            "first (345+87= asks for 543 + 78).",
            level="digits of the longer operand",
            prompt_pattern=self.pattern.pattern,
            lines=("the sum, last digit first",),
        )


class ForwardAddition(Addition):
    """Numbers as people write them, with the reversed sum as a thought: "543+78=" -> 126, 621."""

    name = "forward_addition"
    most_significant_first = True
    pattern = re.compile(f"({PLAIN})\\+({PLAIN})=")

    def fits(self, lines: Sequence[str], level: int) -> bool:
        """Two lines that could be a sum, one the mirror of the other."""
        return len(lines) == 2 and _could_be_sum(lines[0], level) and lines[0][::-1] == lines[1]

    def told(self, first: str, second: str, total: str) -> list[str]:
        """The smaller number by its places, as one adds in the head; not where it is long."""
        del total
        low, high = (second, first) if smaller(second, first) else (first, second)
        places = by_places(low)
        return [" + ".join((f"{high} + {low} = {high}", *places))] if len(places) > 1 else []

    def completion_length(self, prompt: str) -> int:
        """Two sums, each perhaps a digit longer than the longer operand, and a line break."""
        return 2 * (self.level_of(prompt) + 1) + 1

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Add two whole numbers, written as usual (543+78= asks for 543 + 78).",
            level="digits of the longer operand",
            prompt_pattern=self.pattern.pattern,
            lines=("the sum, last digit first", "the sum as usual, first digit first"),
        )
