"""Sums cut into pieces and put together again; every number is written from its last digit on.

    list(cut("345", "87", "126", [2]))      543 + 78 = 621 cut before its third column:
        34 + 87 = 121  at (0, 2)            43 + 78 = 121
        95 + 1  = 06   at (2, 3)            5 and the carry, as 59 + 1 = 60
    put_in("345", "126", (2, 3), "07")      "127"

A carry into a piece is seen by comparing (s < a in all columns before it) and is born again there
by a column of 9 + 1 in front of it. Not covered: adding; nothing is computed here but notation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

PART = 2  # columns of a small piece
NINES = str.maketrans("0123456789", "9876543210")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some columns of a sum as a sum of their own; needless zeros are kept."""

    first: str
    second: str
    total: str
    at: tuple[int, int]
    """The columns of the whole total: from the first up to the second."""


def cut(first: str, second: str, total: str, cuts: Iterable[int]) -> Iterator[Piece]:
    """The sum cut before these columns; nothing where there is nothing to cut."""
    bounds, carried = [0, *(column for column in cuts if column), len(total)], False
    for begin, end in pairwise(bounds) if len(bounds) > 2 else ():
        ahead, born, left = ("9", "1", "0") if carried else ("", "", "")
        stop = None if end == len(total) else end
        carried = bool(stop) and _carries(first, total, end)
        yield Piece(
            first=ahead + first[begin:stop],
            second=born + second[begin:stop],
            total=left + total[begin:end] + "1" * carried,
            at=(begin, end),
        )


def small(first: str, second: str, total: str) -> Iterator[Piece]:
    """The sum in pieces of two columns, and once more in others, cut in the middle of those."""
    columns = max(len(first), len(second))
    if columns > PART:
        yield from cut(first, second, total, range(PART, columns, PART))
        yield from cut(first, second, total, range(PART // 2, columns, PART))


def put_in(first: str, total: str, at: tuple[int, int], found: str) -> str:
    """The total with what was `found` for the piece `at` these columns, less its carries."""
    begin, end = at
    columns = found[bool(begin) and _carries(first, total, begin) :]
    if end < len(total):
        columns = columns[: end - begin].ljust(end - begin, "0")
    return total[:begin] + columns + total[end:]


def trimmed(number: str) -> str:
    """The number without needless zeros."""
    return number.rstrip("0") or "0"


def complement(number: str, width: int) -> str:
    """`width` nines less a number of up to as many digits."""
    return trimmed(number.ljust(width, "0").translate(NINES))


def _carries(first: str, total: str, column: int) -> bool:
    """Whether the columns below this one carry: then their sum is smaller than an operand."""
    sum_, operand = (number[:column].ljust(column, "0")[::-1] for number in (total, first))
    return sum_ < operand
