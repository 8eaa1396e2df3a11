"""Numbers in bases from 2 to 16, of any length, and whether a free answer is such a number.

    value_of("444", 7)                              228
    numeral(228, 7)                                 "444"
    same_numeral("444 in base 7", "444", 7)         True

Halves are taken as long as Python's own conversion, which stops at 4,300 digits unless the base is
a power of two, might refuse.
"""

import re
from functools import cache

from ouroboros.envs.base_conversion import DIGITS
from ouroboros.envs.digits import CHUNK

SUBSCRIPTS = str.maketrans("0123456789", "".join(chr(0x2080 + digit) for digit in range(10)))
PREFIXES = {2: "0b", 8: "0o", 16: "0x"}


def value_of(digits: str, base: int) -> int:
    """The value of a numeral, first digit first."""
    if len(digits) <= CHUNK:
        return int(digits, base)
    half = len(digits) // 2
    return value_of(digits[:-half], base) * base**half + value_of(digits[-half:], base)


def numeral(value: int, base: int) -> str:
    """The digits of a whole number from 0 on."""
    half = 1
    while base ** (2 * half) <= value:
        half *= 2
    return _digits(value, base, 2 * half).lstrip("0") or "0"


def _digits(value: int, base: int, width: int) -> str:
    """The digits of a number below base^width, a power of two, with leading zeros."""
    if width == 1:
        return DIGITS[value]
    high, low = divmod(value, base ** (width // 2))
    return _digits(high, base, width // 2) + _digits(low, base, width // 2)


def same_numeral(answer: str, right: str, base: int) -> bool:
    """Whether a free answer is the right numeral, with or without its base; never raises."""
    if len(answer) > len(right) + 100:
        return False
    found = _written(base).fullmatch(answer.strip(" \n").lower())
    return found is not None and found[1] == right


@cache
def _written(base: int) -> re.Pattern[str]:
    """How people write a numeral of a base; the group holds its digits."""
    prefix, subscript = PREFIXES.get(base, ""), str(base).translate(SUBSCRIPTS)
    named = rf" ?\(base {base}\)| (?:in )?base {base}|_{base}|{subscript}"
    return re.compile(rf"(?:{prefix})?([{DIGITS[:base]}]+)(?:{named})?")
