"""The truth about ways through a grid: row by row, and by what the blocked crossings take away.

    LatticePathsAnswers().solve(".../.#./...?")   ("1,1,1", "1,0,1", "1,1,2", "2")

Route one adds the ways from the left and from above. Route two never adds neighbours: through an
open grid lead binomially many ways, and those that are not allowed are told apart by the first
blocked crossing that they meet.
"""

from math import comb

from ouroboros.envs.digits import to_digits
from ouroboros.envs.lattice_paths import OPEN, LatticePaths
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.quantities import same_quantity

Counts = list[list[int]]


def counts_by_rows(rows: list[str]) -> Counts:
    """The ways to each crossing, from those to its neighbours."""
    counts: Counts = []
    above = [1] + [0] * (len(rows[0]) - 1)
    for row in rows:
        left, found = 0, list[int]()
        for crossing, ways in zip(row, above, strict=True):
            left = left + ways if crossing == OPEN else 0
            found.append(left)
        counts.append(found)
        above = found
    return counts


def counts_by_exclusion(rows: list[str]) -> Counts:
    """The same: all ways through an open grid but those that meet a blocked crossing."""
    side = len(rows)
    free = [[comb(i + j, i) for j in range(side)] for i in range(side)]
    first_met: list[tuple[int, int, int]] = []  # blocked crossings, and the ways that meet no other
    counts: Counts = []
    for i, row in enumerate(rows):
        found: list[int] = []
        for j, crossing in enumerate(row):
            met = sum(ways * free[i - k][j - m] for k, m, ways in first_met if m <= j)
            if crossing != OPEN:
                first_met.append((i, j, free[i][j] - met))
            found.append(free[i][j] - met if crossing == OPEN else 0)
        counts.append(found)
    return counts


class LatticePathsAnswers(Answering):
    """Answers to `lattice_paths`."""

    name = "lattice_paths"
    family: LatticePaths = LatticePaths()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, row by row; UsageError where the text is not a prompt."""
        return _lines(counts_by_rows(self.family.rows(prompt)))

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same lines by exclusion."""
        return _lines(counts_by_exclusion(self.family.rows(prompt)))

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the number of ways."""
        del prompt
        return len(answer) <= len(right) + 100 and same_quantity(answer, right, "")


def _lines(counts: Counts) -> tuple[str, ...]:
    """Rows of counts, each from its last digit on, and the last as people write it."""
    rows = (",".join(to_digits(ways)[::-1] for ways in row) for row in counts)
    return *rows, to_digits(counts[-1][-1])
