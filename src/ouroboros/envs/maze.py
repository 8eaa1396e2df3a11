"""Mazes on squared paper, flooded from the start step by step.

    maze  "S../##./E..="  three rows, the upper first; # is a wall
          lines ("a1", "b1", "c1", "c2", "c3", "b3", "a3", "6")

Each line lists, row by row, the squares that are first reached after so many steps: none, one, two
and so on, up to those that E is among. Steps go up, down, left or right. Squares are named as on a
chessboard, but rows count from the top: b3 is the second square of the third row. The answer is
the number of steps to E, or 0 where all squares in reach are listed and E is not among them. The
level is the side of the maze less one. Plain mazes have loops; hard ones have none, are long and
winding, and in some a square of the way is walled up. Not covered: the distances.
"""

import random
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Domain, Format
from ouroboros.envs.labels import label
from ouroboros.errors import UsageError

LOOPS = 0.15  # of a plain maze's walls are left out
WALLED = 0.25  # of the hard mazes have a square walled up
SQUARE = re.compile("[a-z]+[1-9][0-9]*")
BORDER = "/"  # stands for no square
DUG = 5  # more than a square has beside it


class Maze(Asking):
    """The number of steps from S to E."""

    name = "maze"
    domain: Domain = "logic"
    wall = 3
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz#.SE/="
    pattern = re.compile("([.#SE]+(?:/[.#SE]+)+)=")
    templates = (
        (
            "In this maze, # is a wall and all other squares are free. A step leads to the square"
            " above, below, to the left or to the right, but not out of the maze. How many steps"
            " does the shortest way from S to E take? Answer 0 if there is no way.\n{drawing}"
        ),
        (
            "A robot stands on S. With each command it moves one square up, down, left or right,"
            " but never onto # and never off the map. What is the least number of commands that"
            " bring it to E (0 if none can)?\n{drawing}"
        ),
        (
            "Water wells up at S and spreads every second from each wet square to the squares"
            " above, below, left and right of it; # keeps it out, and it cannot leave the map."
            " After how many seconds does it reach E? Say 0 if it never does.\n{drawing}"
        ),
        (
            "A mouse at S smells the cheese at E. It runs from square to square, not diagonally,"
            " not through the walls # and not out of the maze. At least how many squares must it"
            " enter, counting that of the cheese but not S itself? If the cheese is out of reach,"
            " the answer is 0.\n{drawing}"
        ),
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Mazes dug into the rock, with loops where they are not to be hard."""
        return [_maze(rng, level + 1, hard=is_hard) for is_hard in hard.tolist()]

    def parts(self, prompt: str) -> re.Match[str]:
        """All rows as one group; UsageError also where they make no square with one S and one E."""
        found = super().parts(prompt)
        rows = found[1].split("/")
        if any(len(row) != len(rows) for row in rows):
            raise UsageError(f"{self.name}: {len(rows)} rows must have as many squares each")
        if (prompt.count("S"), prompt.count("E")) != (1, 1):
            raise UsageError(f"{self.name}: a maze has one S and one E")
        return found

    def rows(self, prompt: str) -> list[str]:
        """The maze, row by row; UsageError where the text is not a prompt."""
        return self.parts(prompt)[1].split("/")

    def level_of(self, prompt: str) -> int:
        """The side less one; UsageError where the text is not a prompt."""
        return len(self.rows(prompt)) - 1

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Lines of squares without walls, none twice, and a number of steps that counts lines."""
        free = _free(self.rows(prompt))
        listed = [SQUARE.findall(line) for line in lines[:-1]]
        named = list(chain.from_iterable(listed))
        if not named or len(set(named)) < len(named) or not free.keys() >= set(named):
            return False
        order = {name: place for place, name in enumerate(free)}
        there = [any(free[name] == "E" for name in names) for names in listed]
        return (
            all(
                names and "".join(names) == line and names == sorted(names, key=order.__getitem__)
                for names, line in zip(listed, lines, strict=False)
            )
            and [free[name] for name in listed[0]] == ["S"]
            and not any(there[:-1])
            and lines[-1] == (str(len(listed) - 1) if there[-1] else "0")
        )

    def completion_length(self, prompt: str) -> int:
        """All squares without walls, each on a line, and as many steps."""
        free = _free(self.rows(prompt))
        return len("".join(free)) + len(free) + len(str(len(free)))

    def facts(self, prompt: str) -> dict[str, Any]:
        """The rows and what their signs mean."""
        return {
            "rows": self.rows(prompt),
            "signs": {"#": "wall", ".": "free", "S": "start, free", "E": "end, free"},
            "steps": "one square up, down, left or right",
            "asked": "fewest steps from S to E, 0 where there is no way",
        }

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The maze, a line for each row."""
        del rng
        return {"drawing": "\n".join(self.rows(prompt))}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The squares by steps, then the number of steps."""
        del prompt
        first, *others, answer = lines
        steps = (
            f"Step {step}: {', '.join(SQUARE.findall(line))}"
            for step, line in enumerate(others, start=1)
        )
        start = f"Start: {first} (columns a, b, ... from the left, rows 1, 2, ... from the top)"
        end = ("No other square can be reached",) if answer == "0" else ()
        return (start, *steps, *end, answer)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the fewest steps from S to E in a square maze; # is a wall, rows are"
            " separated by /.",
            level="side of the maze less one",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "the square of S",
                "for each step, the squares first reached by it, row by row, up to E's",
                "the number of steps, 0 where E is out of reach",
            ),
        )


@lru_cache(maxsize=4)
def squares(side: int) -> tuple[str, ...]:
    """A name for every character of a maze's prompt: squares row by row, then / or =."""
    columns = [label(x) for x in range(side)]
    return tuple(
        name for y in range(1, side + 1) for name in (*[f"{x}{y}" for x in columns], BORDER)
    )


def _free(rows: Sequence[str]) -> dict[str, str]:
    """What stands in each square that is no wall, row by row."""
    signs = zip(squares(len(rows)), "/".join(rows), strict=False)
    return {name: sign for name, sign in signs if sign not in "#/"}


def _maze(rng: np.random.Generator, side: int, *, hard: bool) -> str:
    """A prompt."""
    places = [
        place for row in range(side) for place in range(row * (side + 1), row * (side + 1) + side)
    ]
    dug, end = _dig(rng, side, places)
    start, *others = dug
    signs = [*("#" * side + "/") * side]
    signs[-1] = "="
    for place in dug:
        signs[place] = "."
    if not hard:
        for place, chance in zip(places, rng.random(len(places)).tolist(), strict=True):
            if chance < LOOPS:
                signs[place] = "."
    elif rng.random() < WALLED:
        others.remove(end)
        signs[others[rng.integers(len(others))]] = "#"
    signs[start], signs[end] = "S", "E"
    return "".join(signs)


def _dig(rng: np.random.Generator, side: int, places: list[int]) -> tuple[list[int], int]:
    """Squares of a maze without loops, in the order they are dug, and the one dug deepest.

    Squares go by their place in the prompt. A square is dug where only one beside it is.
    """
    width = side + 1
    rank = dict(zip(places, rng.random(len(places)).tolist(), strict=True))
    way = [places[rng.integers(len(places))]]
    beside_it = ([0] * side + [DUG]) * side + [DUG] * width  # the last row is also that before 0
    dug, end, longest = list[int](), way[0], 0
    while way:
        here = way[-1]
        around = here - width, here - 1, here + 1, here + width
        if beside_it[here] < DUG:
            beside_it[here] = DUG
            dug.append(here)
            for place in around:
                beside_it[place] += 1
            if len(way) > longest:
                end, longest = here, len(way)
        ahead = [place for place in around if beside_it[place] == 1]
        if ahead:
            way.append(min(ahead, key=rank.__getitem__))
        else:
            way.pop()
    return dug, end
