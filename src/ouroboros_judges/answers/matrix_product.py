"""The truth about matrix products: what is found moves two vectors as the factors do, in turn.

A matrix is known by where it takes the two unit vectors. Each is sent through the second matrix and
then through the first, and must come out as a column of the answer; no row meets a column here.
"""

import re

from ouroboros.envs.digits import plain, to_int
from ouroboros.envs.matrix_product import MatrixProduct
from ouroboros_judges.answers.reckoning import ReckonedAnswers

_FLAT = r"\[ ?{0} ?; ?{0} ?\]"
_COMMAS, _SPACES = "([0-9]+) ?, ?([0-9]+)", "([0-9]+) ([0-9]+)"
_FORMS = re.compile("|".join((
    _FLAT.format(_COMMAS),
    _FLAT.format(_SPACES),
    rf"\[ ?\[ ?{_COMMAS} ?\] ?, ?\[ ?{_COMMAS} ?\] ?\]",
    rf"\[ ?\[ ?{_SPACES} ?\] ?\[ ?{_SPACES} ?\] ?\]",
)))  # fmt: skip

Vector = tuple[int, int]
Columns = tuple[Vector, Vector]
UNITS: Columns = (1, 0), (0, 1)


class MatrixProductAnswers(ReckonedAnswers):
    """Answers to `matrix_product`."""

    name = "matrix_product"
    family = MatrixProduct()

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer takes both unit vectors where the factors take them."""
        first, second = (_columns(entries) for entries in self._entries(prompt))
        found = entries_of(answer)
        if found is None:
            return False
        columns = _columns(found)
        return all(_moved(columns, v) == _moved(first, _moved(second, v)) for v in UNITS)

    def _entries(self, prompt: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        entries = self.family.parts(prompt).groups()
        return entries[:4], entries[4:]

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer has the same entries, in rows of whatever notation."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and entries_of(answer) == entries_of(right)


def entries_of(text: str) -> tuple[str, ...] | None:
    """The entries of a matrix of two rows and columns, row by row; None for any other text."""
    found = _FORMS.fullmatch(text.strip(" \n"))
    return None if found is None else tuple(plain(entry) for entry in found.groups() if entry)


def _columns(entries: tuple[str, ...]) -> Columns:
    a, b, c, d = map(to_int, entries)
    return (a, c), (b, d)


def _moved(columns: Columns, vector: Vector) -> Vector:
    """As much of either column as the vector says."""
    first, second = columns
    x, y = vector
    return x * first[0] + y * second[0], x * first[1] + y * second[1]
