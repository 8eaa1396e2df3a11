"""Determinants of square matrices of lone digits: "|3,-1;2,5|=".

    lines  3*5=51  2*1=2  51+2=71    3 * 5 - 2 * (-1) = 17
           17

Bareiss's elimination: for every pivot on the diagonal, each entry below it and to its right turns
into pivot times entry less the entries beside and above it, multiplied, all by the pivot before,
which leaves no rest. So an entry takes its two products, their difference, a division unless the
pivot before is 1 or -1 (or none), and a line for its value with its sign; the last one is the
answer. Other lines hold sizes. Where a pivot is 0, the pivot's row takes the other signs and
changes places with the next below that has no 0 there, so that the determinant stays as it was
("R1=R2,R2=-R1"); where all have, it is 0. The level is the number of rows. Not covered: longer
entries.
"""

import random
import re
from collections.abc import Sequence
from itertools import product
from math import isqrt, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Format
from ouroboros.envs.digits import to_digits
from ouroboros.envs.polynomials import spelled
from ouroboros.envs.reckoning import (
    Reckoned,
    Reckoning,
    Rereading,
    enclosed,
    longest,
    negative,
    opposite,
    signed,
    size,
)
from ouroboros.errors import UsageError

SMALL = 5  # largest size of the entries of plain problems
KINDS = 4
_ENTRY = "(?:-?[1-9]|0)"
_ROW = f"{_ENTRY}(?:,{_ENTRY})*"


class Determinant(Reckoned):
    """The determinant: "|3,-1;2,5|=" -> 3*5=51, 2*1=2, 51+2=71, 17."""

    name = "determinant"
    wall = 3
    alphabet = "0123456789-|,;*+%/=R"
    pattern = re.compile(rf"\|({_ROW}(?:;{_ROW})*)\|=")
    templates = (
        "Compute the determinant of the matrix {rows}.",
        "What is det A for the matrix A {rows}?",
        (
            "By what factor does the linear map with the matrix A {rows} scale {extent}? A "
            "reversal of orientation counts as a minus sign."
        ),
        "Find the determinant of the square matrix A {rows}.",
    )

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Matrices of small entries; where hard, of four kinds in turn.

        These have many zeros, a last row that is the first or its opposite, a 0 as the first pivot,
        or large entries.
        """
        kinds = np.where(hard, np.cumsum(hard) % KINDS, KINDS)
        shape = (len(hard), level, level)
        entries = rng.integers(-SMALL, SMALL + 1, shape)
        entries[(kinds == 0)[:, None, None] & (rng.random(shape) < 0.5)] = 0
        signs = 1 - 2 * rng.integers(0, 2, (len(hard), 1))
        entries[kinds == 1, -1] = (signs * entries[:, 0])[kinds == 1]
        entries[kinds == 2, 0, 0] = 0
        entries += np.sign(entries) * (9 - SMALL) * (kinds == 3)[:, None, None]
        return [_written(matrix) for matrix in entries.tolist()]

    def parts(self, prompt: str) -> re.Match[str]:
        """All rows as one group; UsageError where the text is no prompt, or no square."""
        found = super().parts(prompt)
        rows = found[1].split(";")
        if any(row.count(",") != len(rows) - 1 for row in rows):
            raise UsageError(f"{self.name}: there must be as many columns as rows")
        return found

    def rows(self, prompt: str) -> list[list[str]]:
        """The entries by rows; UsageError where the text is not a prompt."""
        return [row.split(",") for row in self.parts(prompt)[1].split(";")]

    def level_of(self, prompt: str) -> int:
        """Number of rows; UsageError where the text is not a prompt."""
        return len(self.rows(prompt))

    def reckon(self, prompt: str, reckoning: Reckoning) -> str:
        """The elimination."""
        return self.eliminate(prompt, reckoning)[0]

    def eliminate(self, prompt: str, reckoning: Reckoning) -> tuple[str, list[str]]:
        """The determinant, and in words what every step of the elimination does."""
        rows, said, before = self.rows(prompt), list[str](), "1"
        n = len(rows)
        for k in range(n - 1):
            if rows[k][k] == "0":
                other = _exchange(rows, k)
                if other == k:
                    where = f"column {k + 1}, from row {k + 1} on"
                    return "0", [*said, f"There is only 0 in {where}, so the determinant is 0"]
                reckoning.lines.append(f"R{k + 1}=R{other + 1},R{other + 1}=-R{k + 1}")
                said.append(f"Change the signs of row {k + 1} and exchange it with row {other + 1}")
            said.append(f"Elimination with the pivot {spelled(rows[k][k])} in row {k + 1}:")
            for i, j in product(range(k + 1, n), repeat=2):
                numbers = rows[k][k], rows[i][j], rows[i][k], rows[k][j], before
                rows[i][j] = _entry(reckoning, *numbers)
                if k < n - 2:
                    reckoning.lines.append(rows[i][j])
                way = _way(*numbers)
                said.append(f"Row {i + 1}, column {j + 1}: {way} = {spelled(rows[i][j])}")
            before = rows[k][k]
        return rows[-1][-1], said

    def completion_length(self, prompt: str) -> int:
        """Characters of the elimination were all entries as long as Hadamard's bound allows."""
        widths = _widths(self.rows(prompt))
        n = len(widths) - 1
        exchange = len(f"R{n}=R{n},R{n}=-R{n}\n")
        steps = ((n - k) ** 2 * _entry_length(widths[k - 1 : k + 2]) for k in range(1, n))
        return sum(steps) + exchange * (n - 1) + len("-") + widths[n]

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Find the determinant of a square matrix, given row by row, by Bareiss's "
            "elimination.",
            level="number of rows",
            prompt_pattern=self.pattern.pattern,
            lines=(
                "where a pivot is 0: which rows change places",
                "for every pivot and entry below and right of it: pivot times entry, no signs",
                "the entry in the pivot's column times that in the pivot's row",
                "their difference, or the sum where the signs differ",
                "that by the pivot before, where there is one and it is not 1 or -1",
                "the entry's new value",
                "the determinant, which is the last of these",
            ),
        )

    def facts(self, prompt: str) -> dict[str, Any]:
        """The entries by rows."""
        return {"matrix by rows": self.rows(prompt), "asked": "determinant"}

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """The matrix by its rows, and what it scales."""
        del rng
        rows = self.rows(prompt)
        extent = ("lengths", "areas", "volumes")[min(len(rows), 3) - 1]
        return {"rows": with_rows([list(map(spelled, row)) for row in rows]), "extent": extent}

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Every step with the sums it takes, and the determinant."""
        answer, said = self.eliminate(prompt, Rereading(lines))
        return (*said, spelled(answer))


def with_rows(rows: Sequence[Sequence[str]]) -> str:
    """A matrix in words: "with the rows (1, 2) and (3, 4)"."""
    *most, last = (f"({', '.join(row)})" for row in rows)
    return f"with the rows {', '.join(most)} and {last}" if most else f"with the one row {last}"


def _written(matrix: list[list[int]]) -> str:
    return f"|{';'.join(','.join(map(str, row)) for row in matrix)}|="


def _exchange(rows: list[list[str]], k: int) -> int:
    """Put the next row with a pivot in column k in place; the row it came from, or k for none."""
    other = next((i for i in range(k, len(rows)) if rows[i][k] != "0"), k)
    if other != k:
        rows[k], rows[other] = rows[other], [opposite(entry) for entry in rows[k]]
    return other


def _entry(
    reckoning: Reckoning, pivot: str, entry: str, beside: str, above: str, before: str
) -> str:
    """The new value of an entry."""
    products = reckoning.product(pivot, entry), reckoning.product(beside, above)
    found = reckoning.less(*products)
    digits = size(found)
    if size(before) != "1":
        digits = reckoning.whole_quotient(digits, size(before))
    return signed(digits, negative=negative(found) != negative(before))


def _way(pivot: str, entry: str, beside: str, above: str, before: str) -> str:
    """The same in words."""
    products = (
        f"{first} \u00b7 {enclosed(second)}"
        for first, second in ((spelled(pivot), entry), (enclosed(beside), above))
    )
    difference = " \u2212 ".join(products)
    return difference if before == "1" else f"({difference}) \u00f7 {enclosed(before)}"


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Digits that a minor of 0, 1, 2 and so on rows has at most, by Hadamard's inequality."""
    norms = sorted((sum(int(entry) ** 2 for entry in row) for row in rows), reverse=True)
    return [1, 1, *(len(to_digits(isqrt(prod(norms[:n])))) for n in range(2, len(rows) + 1))]


def _entry_length(widths: Sequence[int]) -> int:
    """Characters of an entry's lines; widths of the pivot before, the entries, the new entry."""
    before, old, new = ("9" * width for width in widths)
    reckoning = Reckoning(longest)
    products = reckoning.product(old, old), reckoning.product(old, old)
    reckoning.total(*products)
    reckoning.quotient(before + new, before)
    return sum(len(line) + 1 for line in (*reckoning.lines, f"-{new}"))
