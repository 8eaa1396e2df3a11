"""Shortest ways through a grid of streets in which some crossings are blocked.

    "..../.#../...#/....?"    lines 1,1,1,1    1,0,1,2    1,1,2,0    1,2,4,4    4

A prompt is the crossings row by row, `.` open and `#` blocked; ways lead from the top left to the
bottom right, to the right or down at each step. A line is a row of counts, how many ways lead to
each crossing, every count from its last digit to its first: the count from the left and the count
from above together, or 0 where it is blocked. The answer is the last count as people write it.

The level is the number of steps along a side: 3 for four crossings by four. In hard grids a slanted
wall has few gaps, or crossings of the first row and column are blocked, behind which nothing can be
reached. The first and the last crossing are open. Not covered: the counts.
"""

import random
import re
from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Format, texts
from ouroboros.envs.digits import to_digits
from ouroboros.errors import UsageError

OPEN, BLOCKED = ".", "#"
SHARE = 0.15  # of the crossings that are blocked
GAPS = 0.2  # of a slanted wall that is open, besides one gap
COUNT = re.compile("[0-9]*[1-9]|0")
RULES = {
    "over": " and over no blocked crossing",
    "never": ", never to a blocked square",
    "avoiding": " that avoid all blocked points",
}
"""What the templates say of blocked places where there are any."""


class LatticePaths(Asking):
    """How many ways lead through: ".../.#./...?" -> 2."""

    name = "lattice_paths"
    domain = "mathematics"
    wall = 3
    alphabet = "0123456789,.#/?"
    pattern = re.compile(r"(\.[.#]+(?:/[.#]+)*/[.#]+\.)\?")
    templates = (
        (
            "A town has {side} streets from west to east and {side} from north to south. Rows of "
            "crossings are counted from the north, columns from the west. {crossings} In how many "
            "ways can one walk from the crossing in the north-west corner to the one in the "
            "south-east corner, only to the east and to the south{over}?"
        ),
        (
            'In this map of crossings "." means open and "#" means blocked:\n\n{map}\n\nHow many '
            "ways lead from the top left to the bottom right if each step goes to the next "
            "crossing to the right or below, and never to a blocked one?"
        ),
        (
            "A robot stands on the top left square of a board of {side} by {side} squares. It "
            "moves one square right or one square down at a time{never}. Rows are counted from the "
            "top, columns from the left. {squares} In how many ways can it reach the bottom right "
            "square?"
        ),
        (
            "Count the lattice paths from (1, 1) to ({side}, {side}){avoiding}, in steps from "
            "(row, column) to (row + 1, column) or to (row, column + 1). {points}"
        ),
    )

    def parts(self, prompt: str) -> re.Match[str]:
        """The rows; UsageError where the text is not a square of crossings."""
        found = super().parts(prompt)
        rows = found[1].split("/")
        if any(len(row) != len(rows) for row in rows):
            raise UsageError(f"{self.name}: not as many rows as crossings in each: {len(rows)}")
        return found

    def rows(self, prompt: str) -> list[str]:
        """The crossings row by row; UsageError where the text is not a prompt."""
        return self.parts(prompt)[1].split("/")

    def level_of(self, prompt: str) -> int:
        """Steps along a side; UsageError where the text is not a prompt."""
        return len(self.rows(prompt)) - 1

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Grids with crossings blocked at random; half of the hard ones have a slanted wall."""
        N, side = len(hard), level + 1
        rows, columns = np.indices((side, side))
        blocked = rng.random((N, side, side)) < SHARE
        walled = hard & (rng.random(N) < 0.5)
        places = rng.integers(1, 2 * level, N)
        gaps = rng.integers(np.maximum(0, places - level), np.minimum(places, level) + 1)
        wall = walled[:, None, None] & (rows + columns == places[:, None, None])
        gap = (rows == gaps[:, None, None]) | (rng.random((N, side, side)) < GAPS)
        edge = (hard & ~walled)[:, None, None] & ((rows == 0) | (columns == 0))
        blocked |= edge & (rng.random((N, side, side)) < 1 / side)
        return _render(np.where(wall, ~gap, blocked))

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """A count for each crossing, 0 where it is blocked, and the last count turned around."""
        rows = self.rows(prompt)
        counts = [line.split(",") for line in lines[:-1]]
        return (
            len(counts) == len(rows)
            and all(map(_could_count, rows, counts))
            and lines[-1] == counts[-1][-1][::-1]
        )

    def completion_length(self, prompt: str) -> int:
        """Characters of the counts if only the ways to blocked crossings were missing."""
        rows = self.rows(prompt)
        widths = [
            len(to_digits(comb(i + j, i))) if crossing == OPEN else 1
            for i, row in enumerate(rows)
            for j, crossing in enumerate(row)
        ]
        return sum(widths) + len(widths) + widths[-1]

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Count the shortest ways through a grid in which crossings may be blocked.",
            level="steps along a side",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for each row, how many ways lead to each of its crossings, last digits first",
                "how many ways lead to the last crossing",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """The crossings and where ways begin, end and lead."""
        return {
            "rows": self.rows(prompt),
            "crossings": {OPEN: "open", BLOCKED: "blocked"},
            "from": "top left",
            "to": "bottom right",
            "steps": "to the next crossing to the right or below that is open",
            "asked": "number of ways",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The side, a map, and which places are blocked and avoided, by three names of a place."""
        del rng
        rows = self.rows(prompt)
        blocked = [
            f"({i}, {j})"
            for i, row in enumerate(rows, 1)
            for j, crossing in enumerate(row, 1)
            if crossing == BLOCKED
        ]
        named = {f"{place}s": _listed(place, blocked) for place in ("crossing", "square", "point")}
        rules = RULES if blocked else dict.fromkeys(RULES, "")
        return {"side": str(len(rows)), "map": "\n".join(rows)} | named | rules

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The rows of counts as people write them, and the answer."""
        del prompt
        rows = [", ".join(count[::-1] for count in line.split(",")) for line in lines[:-1]]
        told = [f"Ways to each place of row {i}: {row}" for i, row in enumerate(rows, 1)]
        return (*told, lines[-1])


def _could_count(row: str, counts: Sequence[str]) -> bool:
    """Whether these could be the ways to each crossing of a row."""
    return len(counts) == len(row) and all(
        COUNT.fullmatch(count) and (crossing == OPEN or count == "0")
        for crossing, count in zip(row, counts, strict=True)
    )


def _render(blocked: NDArray[np.bool_]) -> list[str]:
    """Prompts of (N, side, side) crossings, the first and the last of them open."""
    N, side, _ = blocked.shape
    characters = np.full((N, side, side + 1), ord("/"), dtype=np.uint8)
    characters[:, :, :side] = np.where(blocked, ord(BLOCKED), ord(OPEN))
    characters[:, 0, 0] = characters[:, -1, -2] = ord(OPEN)
    characters[:, -1, -1] = ord("?")
    return texts(characters.reshape(N, side * (side + 1)))


def _listed(place: str, blocked: Sequence[str]) -> str:
    """A sentence on which places are blocked."""
    if not blocked:
        return f"No {place} is blocked."
    if len(blocked) == 1:
        return f"The {place} {blocked[0]} is blocked, given as (row, column)."
    listed = f"{', '.join(blocked[:-1])} and {blocked[-1]}"
    return f"The {place}s {listed} are blocked, each given as (row, column)."
