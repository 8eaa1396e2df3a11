"""Polynomials in x with whole coefficients, read from any usual notation by a parser of our own.

    polynomial("12x^3 - x + 5")      {3: 12, 1: -1, 0: 5}
    polynomial("5 + 12*x**3 - x")    the same
    factors("(x + 2)(x - 3)^2")      three such dictionaries, one for each factor

Nothing is evaluated, and exponents have two digits at most. None stands for whatever is something
else: products within a polynomial, like terms that were not collected, prose. Not covered: other
variables, fractions.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from math import prod

from ouroboros.envs.digits import to_int

Polynomial = dict[int, int]
"""Coefficients by exponent, none of them 0."""

_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_POWER = rf"(?:(?:\^|\*\*)([0-9]{{1,2}})|([{_RAISED}]{{1,2}}))?"
_TERM = re.compile(rf"([+-]?)(?:([1-9][0-9]*)(?:\*?(x){_POWER})?|(x){_POWER})")
_FACTOR = re.compile(rf"(\*?)\(([^()]*)\){_POWER}")
_SPELLINGS = str.maketrans({"\u2212": "-", "\u00b7": "*", "\u00d7": "*", "\n": " "})
_PLAIN = str.maketrans(_RAISED, "0123456789")
_MOST = 9  # factors of a product


def polynomial(text: str) -> Polynomial | None:
    """A sum of terms with different exponents."""
    compact = _compact(text)
    if compact == "0":
        return {}
    terms = None if compact is None else _all(_TERM, compact)
    if not terms or any(term[1] == "" for term in terms[1:]):
        return None
    found: Polynomial = {}
    for term in terms:
        sign, digits, x, power, raised, lone, lone_power, lone_raised = term.groups()
        exponent = _exponent(power or lone_power, raised or lone_raised) if x or lone else 0
        if exponent in found:
            return None
        found[exponent] = to_int(digits or "1") * (-1 if sign == "-" else 1)
    return found


def factors(text: str) -> list[Polynomial] | None:
    """The factors of a product of polynomials in brackets, each as often as its power says."""
    compact = _compact(text)
    parts = None if compact is None else _all(_FACTOR, compact)
    if not parts or parts[0][1] or len(parts) > _MOST:
        return None
    found: list[Polynomial] = []
    for part in parts:
        factor, times = polynomial(part[2]), _exponent(part[3], part[4])
        if not factor or not 0 < times <= _MOST:
            return None
        found += [factor] * times
    return found


def value(polynomial: Mapping[int, int], x: int) -> int:
    """The value at a whole number."""
    return sum(number * x**exponent for exponent, number in polynomial.items())


def same_product(parts: Sequence[Polynomial], whole: Polynomial) -> bool:
    """Whether factors multiply to a polynomial, by values and by SymPy.

    Polynomials of degree n that agree at n + 1 points are the same.
    """
    degree = sum(max(part) for part in parts)
    if max(whole, default=0) != degree:
        return False
    by_values = all(
        prod(value(part, x) for part in parts) == value(whole, x) for x in range(degree + 1)
    )
    return by_values and _multiplied(map(dense, parts)) == dense(whole)


def dense(polynomial: Mapping[int, int]) -> list[int]:
    """All coefficients, the leading one first, as SymPy's `dup` functions take them."""
    return [polynomial.get(e, 0) for e in range(max(polynomial, default=-1), -1, -1)]


def _multiplied(parts: Iterable[list[int]]) -> list[int]:
    """The product of dense polynomials."""
    from sympy import ZZ
    from sympy.polys.densearith import dup_mul

    return reduce(lambda first, second: dup_mul(first, second, ZZ), parts)


def _compact(text: str) -> str | None:
    """The text without spaces and in ASCII signs; None where a space parts two digits."""
    text = text.translate(_SPELLINGS)
    return None if re.search("[0-9] +[0-9]", text) else text.replace(" ", "")


def _all(pattern: re.Pattern[str], text: str) -> list[re.Match[str]] | None:
    """Matches that make up the whole text; None where they do not."""
    found, place = list[re.Match[str]](), 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None:
            return None
        found.append(match)
        place = match.end()
    return found


def _exponent(power: str | None, raised: str | None) -> int:
    return int(power or (raised or "1").translate(_PLAIN))
