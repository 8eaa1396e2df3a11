"""Products of two matrices of two rows and columns: "[12,3;4,56][1,2;3,4]=".

    lines  21*1=21  3*3=9   21+9=12       row 1, column 1: 12 + 9 = 21
           21*2=42  3*4=21  42+21=63      row 1, column 2: 24 + 12 = 36
           and so on for row 2, then      [21,36;172,232]

The first matrix grows with the level, the second is of lone digits. Not covered: other shapes,
negative entries.
"""

import random
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.determinant import with_rows
from ouroboros.envs.digits import draw_numbers, pick, plain
from ouroboros.envs.plan import Result
from ouroboros.envs.reckoning import Reckoned, Reckoning, Rereading

Pair = tuple[str, str]
Matrix = tuple[Pair, Pair]
_MATRIX = r"\[({0}),({0});({0}),({0})\]"
_GROWING, _SHORT = "[1-9][0-9]*|0", "[0-9]"


class _Unsigned(Reckoning):
    """Reckons with numbers without signs, and multiplies by lone digits: a line, and no plan."""

    def product(self, left: str, right: str) -> str:
        return plain(self._write("*", left[::-1], right)[::-1])

    def total(self, left: str, right: str) -> str:
        return plain(self._write("+", left[::-1], right[::-1])[::-1])


class MatrixProduct(Reckoned):
    """All four entries: "[12,3;4,56][1,2;3,4]=" -> ..., [21,36;172,232]."""

    name = "matrix_product"
    wall = 3
    alphabet = "0123456789[],;*+="
    pattern = re.compile(f"{_MATRIX.format(_GROWING)}{_MATRIX.format(_SHORT)}=")
    templates = (
        "Multiply the matrix A {A} by the matrix B {B}. What is AB, row by row?",
        "Compute the matrix product AB of A {A} and B {B}. Give it row by row.",
        (
            "A column vector is multiplied from the left by the matrix B {B}, and the result from "
            "the left by the matrix A {A}. Which single matrix has the same effect? Give its rows."
        ),
        "Find the product AB of the matrix A {A} and the matrix B {B}, row by row.",
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Matrices of which the first has an entry of `level` digits."""
        N = len(hard)
        longest = rng.integers(0, 4, N)
        columns: list[list[str]] = []
        for i in range(4):
            fewer = (longest != i) & (rng.random(N) < 0.5)
            lengths = np.where(fewer, rng.integers(1, level + 1, N), level)
            columns.append(draw_numbers(rng, lengths=lengths, hard=hard))
        columns += [pick(rng, list("0123456789"), N) for _ in range(4)]
        rows = zip(*columns, strict=True)
        return [f"[{a},{b};{c},{d}][{e},{f};{g},{h}]=" for a, b, c, d, e, f, g, h in rows]

    def matrices(self, prompt: str) -> tuple[Matrix, Matrix]:
        """Both matrices by rows; UsageError where the text is not a prompt."""
        a, b, c, d, e, f, g, h = self.parts(prompt).groups()
        return ((a, b), (c, d)), ((e, f), (g, h))

    def level_of(self, prompt: str) -> int:
        """Digits of the longest entry of the first matrix; UsageError where it is no prompt."""
        return max(map(len, self.parts(prompt).groups()[:4]))

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """Two products and a sum for every entry."""
        first, second = self.matrices(prompt)
        columns = _columns(second)
        entries = [_entry(row, column, reckoning)[-1] for row in first for column in columns]
        return "[{},{};{},{}]".format(*entries)

    def text(self, prompt: str, result: Result) -> tuple[str, ...]:
        """The solution: every line, then the answer."""
        reckoning = _Unsigned(result)
        answer = self.reckon(prompt, reckoning)
        return (*reckoning.lines, answer)

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Multiply two matrices of two rows and two columns.",
            level="digits of the longest entry of the first matrix",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "for every entry, row by row: row's first times column's first, last digit first",
                "row's second times column's second, last digit first",
                "their sum, last digit first",
                "the product, row by row",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """Both matrices by rows."""
        first, second = ([list(row) for row in matrix] for matrix in self.matrices(prompt))
        return {"A by rows": first, "B by rows": second, "asked": "the matrix product AB by rows"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """Both matrices by their rows."""
        del rng
        first, second = self.matrices(prompt)
        return {"A": with_rows(first), "B": with_rows(second)}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Every entry as the sum it is, and the product."""
        first, second = self.matrices(prompt)
        reread, texts, entries = Rereading(lines), list[str](), list[str]()
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            row, column = first[i], _columns(second)[j]
            left, right, entry = _entry(row, column, reread)
            sums = " + ".join(f"{a} \u00b7 {b}" for a, b in zip(row, column, strict=True))
            texts.append(f"Row {i + 1}, column {j + 1}: {sums} = {left} + {right} = {entry}")
            entries.append(entry)
        return (*texts, _nested(((entries[0], entries[1]), (entries[2], entries[3]))))


def _entry(row: Pair, column: Pair, reckoning: Reckoning) -> tuple[str, str, str]:
    """Both products of an entry and the entry, their sum."""
    left = reckoning.product(row[0], column[0])
    right = reckoning.product(row[1], column[1])
    return left, right, reckoning.total(left, right)


def _columns(matrix: Matrix) -> Matrix:
    """A matrix by its columns."""
    (a, b), (c, d) = matrix
    return (a, c), (b, d)


def _nested(matrix: Matrix) -> str:
    rows = (f"[{first}, {second}]" for first, second in matrix)
    return f"[{', '.join(rows)}]"
