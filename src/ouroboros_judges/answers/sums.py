"""One line of a solution by plan, by two routes: whole numbers of Python, and columns of digits.

    by_integers("*", "21", "5")     "06"     12 * 5 = 60, last digit first
    by_columns("/", "846", "3")     "282"    first digit first
    Agreement()("+", "21", "9")     "201"    both, and it remembers whether they agreed

Both take the operands as they are written (see `ouroboros.envs.plan`) and give the right side as it
is to be written, zeros that keep the width included. They share nothing but that rule of width.
Route one does exact integer arithmetic and converts with libmpdec; route two goes from column to
column with a carry, a borrow or a remainder, as at school.

The same of many problems at once, as long as their numbers fit a machine word:

    page, a, b = Page(2), Numbers.read(["12", "7"]), Numbers.read(["9", "5"])
    page.line(ALL, a.turned, "+", b.turned, "=", page.keep(added(a, b)).turned)
    page.solutions()              [("21+9=12",), ("7+5=21",)]

There route one reckons with 64 bits and route two with the digits, which are what is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.digits import ZERO, to_digits, to_int
from ouroboros.envs.plan import width

CHUNK = 18  # digits that fit one machine word
POWERS = 10 ** np.arange(CHUNK + 1)
NEWLINE = ord("\n")
ALL = slice(None)
Integers = NDArray[np.int64]
Digits = NDArray[np.uint8]
Rows = Integers | slice


def by_integers(op: str, left: str, right: str) -> str:
    """The right side of a line; needs a divisor above 0 and no negative difference."""
    if op == "%":
        return _running_remainders(left, int(right))
    if op == "/":
        return to_digits(to_int(left) // to_int(right)).rjust(width(op, left, right), "0")
    first, second = to_int(left[::-1]), to_int(right[::-1])
    if op == "-" and first < second:
        raise ValueError("a difference below zero")
    value = first + second if op == "+" else first - second if op == "-" else first * second
    return to_digits(value)[::-1].ljust(width(op, left, right), "0")


def _running_remainders(digits: str, divisor: int) -> str:
    """The remainder of each beginning of a number; up to 18 places at a time as one number."""
    found, rest = "", 0
    for start in range(0, len(digits), CHUNK):
        part = digits[start : start + CHUNK]
        value = rest * 10 ** len(part) + int(part)
        found += "".join(str(value // 10**p % divisor) for p in range(len(part) - 1, -1, -1))
        rest = value % divisor
    return found


class Agreement:
    """Right sides by whole numbers, each found again by columns."""

    def __init__(self) -> None:
        self.agreed = True
        """Whether the columns came to the same so far."""

    def __call__(self, op: str, left: str, right: str) -> str:
        """The right side of a line."""
        found = by_integers(op, left, right)
        if by_columns(op, left, right) != found:
            self.agreed = False
        return found


def by_columns(op: str, left: str, right: str) -> str:
    """The right side of a line, digit by digit."""
    return _COLUMNS[op](left, right)


def _sum(left: str, right: str) -> str:
    size, carry, found = max(len(left), len(right)), 0, bytearray()
    for x, y in zip(left.ljust(size, "0").encode(), right.ljust(size, "0").encode(), strict=True):
        carry, digit = divmod(x + y - 96 + carry, 10)
        found.append(48 + digit)
    return found.decode() + "1" * carry


def _difference(left: str, right: str) -> str:
    borrow, found = 0, bytearray()
    for x, y in zip(left.encode(), right.ljust(len(left), "0").encode(), strict=True):
        digit = x - y - borrow
        borrow = digit < 0
        found.append(48 + digit + 10 * borrow)
    if borrow:
        raise ValueError("a difference below zero")
    return found.decode()


def _product(left: str, right: str) -> str:
    """By a lone digit behind zeros."""
    factor, carry, found = int(right[-1]), 0, bytearray(right[:-1].encode())
    for x in left.encode():
        carry, digit = divmod((x - 48) * factor + carry, 10)
        found.append(48 + digit)
    return found.decode() + (str(carry) if carry else "")


def _remainders(left: str, right: str) -> str:
    divisor, rest, found = int(right), 0, bytearray()
    for x in left.encode():
        rest = (10 * rest + x - 48) % divisor
        found.append(48 + rest)
    return found.decode()


def _quotient(left: str, right: str) -> str:
    if len(right) > 1:
        return _lone_quotient(left, right)
    divisor, rest, found = int(right), 0, bytearray()
    for x in left.encode():
        digit, rest = divmod(10 * rest + x - 48, divisor)
        found.append(48 + digit)
    return found.decode()


def _lone_quotient(left: str, right: str) -> str:
    """How often a longer divisor can be taken away: once after another, at most nine times."""
    rest, divisor, times = left[::-1], right[::-1], 0
    while True:
        try:
            rest = _difference(rest.ljust(len(divisor), "0"), divisor)
        except ValueError:
            return str(times)
        times += 1


_COLUMNS = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "%": _remainders,
    "/": _quotient,
}


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of N numbers of up to 18 digits, as integers and as digits."""

    values: Integers
    digits: Digits
    """(W, N), the last digit first, and zeros behind the first."""
    widths: Integers
    """(N,) digits as written, zeros in front included."""

    @classmethod
    def read(cls, texts: Sequence[str]) -> "Numbers":
        """From texts of up to 18 digits."""
        widest = max(map(len, texts))
        rows = "".join([text.zfill(widest) for text in texts]).encode()
        digits = np.frombuffer(rows, dtype=np.uint8).reshape(-1, widest).T[::-1] - np.uint8(ZERO)
        values, widths = (np.fromiter(map(f, texts), np.int64, len(texts)) for f in (int, len))
        return cls(values, digits, widths)

    def plain(self) -> "Numbers":
        """The same without zeros in front."""
        return Numbers(self.values, self.digits, size(self.values))

    @classmethod
    def of(cls, values: Integers) -> "Found":
        """Of integers below 10^18, without zeros in front."""
        widths = size(values)
        digits = values // POWERS[: int(widths.max()), None] % 10
        return _compared(values, digits.astype(np.uint8), widths)

    @classmethod
    def lone(cls, digits: Digits) -> "Numbers":
        """Of one digit each."""
        return cls(digits.astype(np.int64), digits[None], np.ones(len(digits), dtype=np.int64))

    def __getitem__(self, rows: Rows) -> "Numbers":
        return Numbers(self.values[rows], self.digits[:, rows], self.widths[rows])

    def where(self, condition: NDArray[np.bool_], other: "Numbers") -> "Numbers":
        """These where that is so, elsewhere the others."""
        height = max(len(self.digits), len(other.digits))
        digits = np.where(condition, _padded(self.digits, height), _padded(other.digits, height))
        values = np.where(condition, self.values, other.values)
        return Numbers(values, digits, np.where(condition, self.widths, other.widths))

    def replaced(self, rows: Integers, others: "Numbers") -> "Numbers":
        """The same but for some."""
        height = max(len(self.digits), len(others.digits))
        digits = _padded(self.digits, height).copy()
        values, widths = self.values.copy(), self.widths.copy()
        values[rows], widths[rows] = others.values, others.widths
        digits[:, rows] = _padded(others.digits, height)
        return Numbers(values, digits, widths)

    def beside(self, others: "Numbers") -> "Numbers":
        """These, then the others."""
        height = max(len(self.digits), len(others.digits))
        digits = [_padded(numbers.digits, height) for numbers in (self, others)]
        values = np.concatenate((self.values, others.values))
        widths = np.concatenate((self.widths, others.widths))
        return Numbers(values, np.concatenate(digits, axis=1), widths)

    def only(self, where: NDArray[np.bool_]) -> "Numbers":
        """The same where that is so, and elsewhere numbers of no width."""
        return Numbers(self.values, self.digits, self.widths * where)

    @cached_property
    def turned(self) -> Digits:
        """(W, N) characters, the last digit first, and 0 where nothing is written."""
        return written(self.digits, self.widths)

    @property
    def upright(self) -> Digits:
        """(W, N) characters, the first digit first."""
        return self.turned[::-1]


Found = tuple[Numbers, NDArray[np.bool_]]
"""What route one makes of columns, in the digits of route two, and where they are the same."""


def _padded(digits: Digits, height: int) -> Digits:
    """The digits with zeros in front."""
    if len(digits) == height:
        return digits
    padded = np.zeros((height, digits.shape[1]), dtype=np.uint8)
    padded[: len(digits)] = digits
    return padded


def written(digits: Digits, widths: Integers) -> Digits:
    """(W, N) characters of digits, as many as are to be written."""
    return (digits + np.uint8(ZERO)) * (np.arange(len(digits))[:, None] < widths)


def size(values: Integers) -> Integers:
    """(N,) digits of whole numbers from 0 on."""
    return np.searchsorted(POWERS[1:], values, side="right") + 1


def added(left: Numbers, right: Numbers) -> Found:
    """Sums: all at once, and with a carry."""
    height = min(max(len(left.digits), len(right.digits)), CHUNK) + 1
    digits = np.zeros((height, len(left.values)), dtype=np.uint8)
    for part in (left.digits, right.digits):
        digits[: len(part)] += part[:height]
    for place in range(height - 1):
        carry = digits[place] > 9
        digits[place] -= carry * np.uint8(10)
        digits[place + 1] += carry
    return _compared(left.values + right.values, digits, np.maximum(left.widths, right.widths))


def less(left: Numbers, right: Numbers) -> Found:
    """Differences: all at once, and with a borrow; no number may be taken from a smaller one."""
    digits = left.digits.copy()
    borrow = np.zeros(digits.shape[1], dtype=np.bool_)
    for place in range(len(digits)):
        taken = borrow + (right.digits[place] if place < len(right.digits) else np.uint8(0))
        borrow = digits[place] < taken
        digits[place] += borrow * np.uint8(10) - taken
    return _compared(left.values - right.values, digits, left.widths)


def times(left: Numbers, factors: Digits, place: int = 0) -> Found:
    """Products by a lone digit behind so many zeros: all at once, and with a carry."""
    height = min(len(left.digits) + place, CHUNK) + 1
    digits = np.zeros((height, len(left.values)), dtype=np.uint8)
    carry: Digits | np.uint8 = np.uint8(0)
    for at, digit in enumerate(left.digits[: CHUNK - place], start=place):
        carry, digits[at] = np.divmod(digit * factors + carry, np.uint8(10))
    digits[-1] = carry
    values = left.values * factors * POWERS[min(place, CHUNK)]
    return _compared(values, digits, left.widths + place)


def divided(left: Numbers, divisors: Digits) -> tuple[Found, Digits]:
    """Quotients by 2 to 16 and (W, N) remainders of beginnings: all at once, and digit by digit."""
    digits, rests = np.empty_like(left.digits), np.empty_like(left.digits)
    rest: Digits | np.uint8 = np.uint8(0)
    for place in reversed(range(len(digits))):
        digits[place], rest = np.divmod(np.uint8(10) * rest + left.digits[place], divisors)
        rests[place] = rest
    quotients, agreed = _compared(left.values // divisors, digits, left.widths)
    beginnings = left.values // POWERS[: len(digits), None]
    return (quotients, agreed & (beginnings % divisors == rests).all(axis=0)), rests


def _compared(values: Integers, digits: Digits, widths: Integers) -> Found:
    """Numbers of at least these widths, and whether the digits are those of the values."""
    wider = values >= POWERS[np.minimum(widths, CHUNK)]
    agreed = (POWERS[: len(digits)] @ digits == values) & (digits < 10).all(axis=0)
    return Numbers(values, digits, widths + wider), agreed


class Page:
    """Solutions of N problems, written line by line for all of them."""

    def __init__(self, count: int) -> None:
        self.agreed = np.ones(count, dtype=np.bool_)
        """Where both routes came to the same so far."""
        self.fits = self.agreed.copy()
        """Where numbers fit so far; other solutions are not to be used."""
        self._every = np.arange(count)
        self._rows: list[Integers] = []
        self._lines: list[Digits] = []

    def keep(self, found: Found, rows: Rows = ALL) -> Numbers:
        """What was found of some problems, without numbers that do not fit.

        Whether routes agree and numbers fit is noted.
        """
        numbers, agreed = found
        fits = numbers.widths <= CHUNK
        places = self._every[rows]
        self.agreed[places[~agreed]] = False
        self.fits[places[~fits]] = False
        if fits.all():
            return numbers
        return Numbers(numbers.values * fits, numbers.digits * fits, numbers.widths * fits)

    def line(
        self, rows: Rows, *pieces: Digits | str, where: NDArray[np.bool_] | None = None
    ) -> None:
        """A line of some problems, in pieces: characters (W, N) of each, or a text for all.

        Args:
            rows: Which problems.
            pieces: What stands in the line.
            where: Which of these problems have it after all; None for all.
        """
        places = self._every[rows]
        line = np.empty((sum(map(len, pieces)) + 1, len(places)), dtype=np.uint8)
        end = 0
        for piece in pieces:
            start, end = end, end + len(piece)
            if isinstance(piece, str):
                line[start:end] = np.frombuffer(piece.encode(), dtype=np.uint8)[:, None]
            else:
                line[start:end] = piece
        line[end] = NEWLINE
        if where is not None:
            line *= where
        self._rows.append(places)
        self._lines.append(line)

    def solutions(self) -> list[tuple[str, ...]]:
        """The lines of each, once there are some of each and no more are to come."""
        self.line(ALL)  # an empty one, which is what parts the solutions
        heights = [len(line) for line in self._lines]
        rows = np.concatenate(self._rows)
        written = np.zeros((len(rows), max(heights)), dtype=np.uint8)
        end = 0
        for line in self._lines:
            start, end = end, end + line.shape[1]
            written[start:end, : len(line)] = line.T
        flat = written[rows.argsort(kind="stable")].ravel()
        text = flat[flat != 0].tobytes().decode()
        return [tuple(lines.split("\n")) for lines in text[:-2].split("\n\n")]
