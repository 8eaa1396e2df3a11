"""Whether a free answer means a quantity: numbers in any usual notation, units by pint.

    same_quantity("0.103 km/s", "103", "m/s")     True
    same_quantity("7 1/3", "7+1/3", "")           True
    same_quantity("103 m", "103", "m/s")          False

Values are compared exactly, as fractions. An answer without a unit is taken in the unit that the
question asks for; one with a unit must be of the same dimension. What reads in two ways is refused:
a power of ten after a fraction, and a sum behind a minus. Not covered: prose around it.
"""

import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from ouroboros.envs.digits import to_int

_DIGITS, _WHOLE = "[0-9]+", "(?:0|[1-9][0-9]*)"
_NUMBER = re.compile(
    rf"(?P<sign>[-\u2212+]?)(?:(?P<before>{_WHOLE}?)\.(?P<after>{_DIGITS})"
    rf"|(?P<top>{_WHOLE})/(?P<bottom>{_WHOLE})"
    rf"|(?P<whole>{_WHOLE})(?:[ +](?P<up>{_WHOLE})/(?P<low>{_WHOLE}))?)"
    r"(?:(?:[eE]| ?[\u00d7*] ?10\^)(?P<power>-?[0-9]{1,4}))?"
)
_NAME = r"(?:\u00b0[CF]|[A-Za-z\u03a9\u00b5]{1,20})(?:\^-?[1-4]|[\u00b2\u00b3])?"
_UNIT = re.compile(rf"{_NAME}(?: ?[ \u00b7*/] ?{_NAME}){{0,4}}")
_SPELLINGS = str.maketrans({"\u00b7": "*", "\u00b2": "^2", "\u00b3": "^3", "\u03a9": "ohm"})


def same_quantity(answer: str, right: str, unit: str) -> bool:
    """Whether a free answer is the right value in `unit` (pint's spelling); never raises."""
    text = answer.strip(" \n")
    found = _NUMBER.match(text)
    if found is None:
        return False
    value, rest = _value(found), text[found.end() :].strip(" ")
    if value is None or (rest and not (unit and _UNIT.fullmatch(rest))):
        return False
    there = _converted(value, rest, unit) if rest else value
    return there is not None and there == number_of(right)


def number_of(text: str) -> Fraction | int | None:
    """The value of a number alone; None where the text is no number."""
    if text.isascii() and text.isdigit() and (text[0] != "0" or len(text) == 1):
        return to_int(text)
    found = _NUMBER.fullmatch(text)
    return None if found is None else _value(found)


def _value(found: re.Match[str]) -> Fraction | int | None:
    """The value that a number states; None for -0, two ways to read it, and a divisor of 0."""
    part = found.groupdict()
    negative = part["sign"] in ("-", "\u2212")
    if _is_ambiguous(found, negative=negative):
        return None
    value: Fraction | int
    if part["bottom"] is not None:
        bottom = to_int(part["bottom"])
        if not bottom:
            return None
        value = Fraction(to_int(part["top"]), bottom)
    elif part["after"] is not None:
        scale = 10 ** len(part["after"])
        value = Fraction(to_int(part["before"] + part["after"]), scale)
    else:
        value = to_int(part["whole"])
        if part["low"] is not None:
            low = to_int(part["low"])
            if not low:
                return None
            value += Fraction(to_int(part["up"]), low)
    if part["power"] is not None:
        value *= Fraction(10) ** int(part["power"])
    if negative:
        return -value if value else None
    return value


def _is_ambiguous(found: re.Match[str], *, negative: bool) -> bool:
    """Whether it is 5+1/2*10^1, of which the power may scale a part, or -7+1/3."""
    if found["power"] is not None:
        return found["bottom"] is not None or found["low"] is not None
    return negative and found["low"] is not None and "+" in found[0]


@cache
def _registry() -> Any:
    import pint

    exact: Any = Fraction
    return pint.UnitRegistry(non_int_type=exact, cache_folder=None)


def _converted(value: Fraction | int, given: str, wanted: str) -> Fraction | None:
    """A value in another unit; None where what is given is no unit of its kind."""
    try:
        quantity = _registry().Quantity(Fraction(value), _parsed(given))
        return Fraction(quantity.to(_parsed(wanted)).magnitude)
    except Exception:  # noqa: BLE001 a parser of expressions raises anything on made-up text
        return None


@lru_cache(1024)
def _parsed(unit: str) -> Any:
    named = unit.replace("\u00b0C", "degC").replace("\u00b0F", "degF")
    return _registry().parse_units(named.translate(_SPELLINGS).replace(" ", "*"))
