"""Polynomials in x as text: "12x^3-x+5" is {3: "12", 1: "-1", 0: "5"}, by exponent.

Terms stand in falling order, each exponent once; a factor 1 and an exponent 1 are not written, nor
is a term of factor 0. Not covered: arithmetic, other notations, which the judges read.
"""

from collections.abc import Mapping, Sequence

from ouroboros.envs.reckoning import negative, size

_FACTOR = "(?:[2-9]|[1-9][0-9]+)?"
_SPELLINGS = {
    "+": " + ", "-": " \u2212 ", "^2": "\u00b2", "^3": "\u00b3", "^4": "\u2074",
}  # fmt: skip


def pattern(exponents: Sequence[int]) -> str:
    """The regular expression of a polynomial with some of these exponents, named c3 and so on.

    The empty text matches too. What stands before must not end in a digit or an x.
    """
    sign = "(?:(?<![0-9x])-?|(?<=[0-9x])[+-])"
    numbers = [(_FACTOR if e else "[1-9][0-9]*") + _power(e).replace("^", r"\^") for e in exponents]
    return "".join(
        f"(?P<c{e}>{sign}{number})?" for e, number in zip(exponents, numbers, strict=True)
    )


def coefficients(found: Mapping[str, str | None]) -> dict[int, str]:
    """The terms that are there, from the groups that `pattern` names."""
    terms = {name: term for name, term in found.items() if term and name[0] == "c"}
    return {int(name[1:]): _coefficient(term) for name, term in terms.items()}


def write(polynomial: Mapping[int, str]) -> str:
    """The polynomial as text."""
    exponents = sorted(polynomial, reverse=True)
    terms = [_term(polynomial[e], e) for e in exponents if polynomial[e] != "0"]
    return "".join(terms).removeprefix("+") or "0"


def spelled(text: str) -> str:
    """Polynomials, or products of them, as people read them."""
    head, rest = text[:1].replace("-", "\u2212"), text[1:]
    for ours, written in _SPELLINGS.items():
        rest = rest.replace(ours, written)
    return head + rest


def _power(exponent: int) -> str:
    return f"x^{exponent}" if exponent > 1 else "x" * exponent


def _coefficient(term: str) -> str:
    number = term.partition("x")[0].removeprefix("+")
    return number if size(number) else f"{number}1"


def _term(coefficient: str, exponent: int) -> str:
    sign = "-" if negative(coefficient) else "+"
    digits = size(coefficient)
    return sign + (digits if digits != "1" or not exponent else "") + _power(exponent)
