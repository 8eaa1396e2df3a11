"""The truth about mazes, by flooding and by settling a whole map.

    MazeAnswers().solve("S../##./E..=")   ("a1", "b1", "c1", "c2", "c3", "b3", "a3", "6")

Route one floods the maze from S, step by step, and stops at E. Route two knows no steps: on a map
of all squares each is put one above the least of its neighbours until none changes (value
iteration, Bellman 1957), and squares are sorted by what the map says. Adversarial items: besides
the family's hard mazes, an empty field, walls with gaps at alternate ends, and the same with one
gap closed.
"""

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import generator
from ouroboros.envs.maze import Maze, neighbours, square
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.quantities import same_quantity


class MazeAnswers(Answering):
    """Answers to `maze`."""

    name = "maze"
    family: Maze = Maze()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """By flooding; UsageError where the text is not a prompt."""
        rows = self.family.rows(prompt)
        around = neighbours(len(rows))
        sign = {(y, x): rows[y][x] for y, x in around}
        layer = [place for place in around if sign[place] == "S"]
        wet, lines = set(layer), list[str]()
        while layer:
            lines.append("".join(map(square, layer)))
            if any(sign[place] == "E" for place in layer):
                return (*lines, str(len(lines) - 1))
            ahead = {other for place in layer for other in around[place] if sign[other] != "#"}
            layer = sorted(ahead - wet)
            wet |= ahead
        return (*lines, "0")

    def again(self, prompt: str) -> tuple[str, ...]:
        """By a map."""
        signs = np.array([list(row) for row in self.family.rows(prompt)])
        steps = _settled(signs)
        reached = np.isfinite(steps)
        there = steps[signs == "E"].item()
        last = int(there if np.isfinite(there) else steps[reached].max())
        lines = [
            "".join(square((y, x)) for y, x in np.argwhere(steps == step).tolist())
            for step in range(last + 1)
        ]
        return (*lines, str(last) if np.isfinite(there) else "0")

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


def _settled(signs: NDArray[np.str_]) -> NDArray[np.float64]:
    """The number of steps to each square; infinite where no way leads."""
    steps = np.where(signs == "S", 0.0, np.inf)
    while True:
        edged = np.pad(steps, 1, constant_values=np.inf)
        beside = np.stack((edged[:-2, 1:-1], edged[2:, 1:-1], edged[1:-1, :-2], edged[1:-1, 2:]))
        better = np.where(signs == "#", np.inf, np.minimum(steps, beside.min(axis=0) + 1))
        if np.array_equal(better, steps):
            return steps
        steps = better


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
