"""The truth about mazes, by flooding and by the equation of distances.

    MazeAnswers().solve("S../##./E..=")   ("a1", "b1", "c1", "c2", "c3", "b3", "a3", "6")

Route one floods the maze from S, step by step, and stops at E. Route two searches nothing: it reads
the lines as a map and tests every square against its neighbours, by the equation that only the map
of least distances solves. Adversarial items: besides the family's hard mazes, an empty field, walls
with gaps at alternate ends, and the same with one gap closed.
"""

from collections.abc import Sequence

import numpy as np

from ouroboros.envs.base import generator
from ouroboros.envs.maze import SQUARE, Maze, squares
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity


class MazeAnswers(Answering):
    """Answers to `maze`."""

    name = "maze"
    family: Maze = Maze()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """By flooding; UsageError where the text is not a prompt."""
        return by_flooding(self.family.rows(prompt))

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """By flooding, and whether the map that comes of it holds."""
        rows = self.family.rows(prompt)
        lines = by_flooding(rows)
        return lines, holds(rows, lines)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard mazes."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        hard = np.ones(count, dtype=np.bool_)
        return with_corners(
            rng, _corners(level + 1), count, lambda n: self.family.draw(rng, level, hard[:n])
        )


def by_flooding(rows: Sequence[str]) -> tuple[str, ...]:
    """The lines; a square goes by its place in the rows joined, so that one row is a step down."""
    ground, names, down = "/".join(rows), squares(len(rows)), len(rows) + 1
    layer, end = [ground.index("S")], ground.index("E")
    dry = {place for place, sign in enumerate(ground) if sign in ".E"}
    lines = list[str]()
    while layer:
        lines.append("".join([names[place] for place in layer]))
        if end in layer:
            return (*lines, str(len(lines) - 1))
        ahead = {place + step for place in layer for step in (-down, -1, 1, down)} & dry
        dry -= ahead
        layer = sorted(ahead)
    return (*lines, "0")


def holds(rows: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether the lines are a map on which each square is one step further than its nearest.

    Only one map is (Bellman 1957): that of the least numbers of steps. Squares further than E, and
    those out of reach, are blank.
    """
    *layers, answer = lines
    steps = {name: step for step, line in enumerate(layers) for name in SQUARE.findall(line)}
    ground, names, down = "/".join(rows), squares(len(rows)), len(rows) + 1
    blank = len(names)
    pairs = zip(names, ground, strict=False)
    told = [steps.get(name, blank) if sign in ".SE" else blank for name, sign in pairs]
    told += [blank] * (down + 1)  # beyond the last row; also told[-1], before the first
    end = told[ground.index("E")]
    written = [""] * len(layers)
    for place, sign in enumerate(ground):
        if sign in ".SE":
            nearest = min(told[place - down], told[place - 1], told[place + 1], told[place + down])
            step = 0 if sign == "S" else nearest + 1 if nearest < end else blank
            if told[place] != step:
                return False
            if step < blank:
                written[step] += names[place]
    return all(written) and written == layers and answer == (str(end) if end < blank else "0")


def _corners(side: int) -> list[str]:
    """An empty field from corner to corner, and a zigzag with and without its last gap."""
    field = [["."] * side for _ in range(side)]
    zigzag = [row[:] for row in field]
    for y in range(1, side, 2):
        zigzag[y] = ["#"] * side
        zigzag[y][-1 if y % 4 == 1 else 0] = "."
    closed = [row[:] for row in zigzag]
    closed[side - 1 - side % 2] = ["#"] * side
    mazes = [field, zigzag, closed]
    for maze in mazes:
        maze[0][0], maze[-1][-1] = "S", "E"
    return ["/".join(map("".join, maze)) + "=" for maze in mazes]
