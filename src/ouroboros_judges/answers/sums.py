"""One line of a solution by plan, by two routes: whole numbers of Python, and columns of digits.

    by_integers("*", "21", "5")     "06"     12 * 5 = 60, last digit first
    by_columns("/", "846", "3")     "282"    first digit first
    Agreement()("+", "21", "9")     "201"    both, and it remembers whether they agreed

Both take the operands as they are written (see `ouroboros.envs.plan`) and give the right side as it
is to be written, zeros that keep the width included. They share nothing but that rule of width.
Route one does exact integer arithmetic and converts with libmpdec; route two goes from column to
column with a carry, a borrow or a remainder, as at school.
"""

from ouroboros.envs.digits import to_digits, to_int
from ouroboros.envs.plan import width

CHUNK = 18  # digits that fit one machine word


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
