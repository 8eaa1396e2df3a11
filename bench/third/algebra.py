"""Equations, polynomials, matrices: by guesses, differences, quadrature, power sums.

    TRUTHS["linear_equation"]({"a": {"value": "9"}, "b": {"value": "2"}, "c": {"value": "6"}})   4/9
    SAME["derivative"]({2: 21, 1: 2}, "21x² + 2x", facts)                                      True

A polynomial is a dictionary from exponents to coefficients, none of which is zero; a factor is one
too. No equation is rearranged and no rule of calculus or expansion is used: values are taken at
whole numbers, and the polynomial through them is found by differences.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from third.basics import value

Polynomial = dict[int, Fraction]

_NUMERAL = re.compile(r"(-?)(?:([0-9]+) )?([0-9]+)(?:/([0-9]+))?")
_TERM = re.compile(r"([+-])([0-9]*)(?:(x)([⁰¹²³⁴⁵⁶⁷⁸⁹]*))?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def false_position(facts: dict[str, Any]) -> Fraction:
    """Guess 0, guess 1, and let the two misses tell where there is none."""
    a, b, c = (value(facts, name) for name in "abc")
    at_0, at_1 = (a * guess + b - c for guess in (0, 1))
    return at_0 / (at_0 - at_1)


def conjugate_gradients(facts: dict[str, Any]) -> list[Fraction]:
    """The least misses of both equations; with exact numbers two steps end where there are none."""
    rows = facts["equations"]
    left = np.array([[Fraction(row["x"]), Fraction(row["y"])] for row in rows])
    right = np.array([Fraction(row["equals"]) for row in rows])
    normal, found = left.T @ left, np.array([Fraction(0), Fraction(0)])
    miss = way = left.T @ right
    while any(miss):
        step = (miss @ miss) / (way @ normal @ way)
        found = found + step * way
        rest = miss - step * (normal @ way)
        way = rest + (rest @ rest) / (miss @ miss) * way
        miss = rest
    return list(found)


def differences(values: list[Fraction], order: int) -> list[list[Fraction]]:
    """The values, their differences, the differences of these, and so on."""
    rows = [values]
    for _ in range(order):
        rows.append([after - before for before, after in pairwise(rows[-1])])
    return rows


def interpolated(values: list[Fraction]) -> Polynomial:
    """The polynomial of lowest degree with these values at 0, 1, 2, ... (Newton's series)."""
    heads = [row[0] for row in differences(values, len(values) - 1)]
    found = [Fraction(0)]
    for k, head in reversed(list(enumerate(heads))):
        shifted = zip([Fraction(0), *found], [*found, Fraction(0)], strict=True)
        found = [(lower - k * same) / (k + 1) for lower, same in shifted]
        found[0] += head
    return {exponent: each for exponent, each in enumerate(found) if each}


def given_polynomial(facts: dict[str, Any]) -> tuple[int, Callable[[Fraction | int], Fraction]]:
    """The degree and the function that the facts state."""
    terms = [(int(e), Fraction(c)) for e, c in facts["coefficients by exponent"].items()]
    return max(e for e, _ in terms), lambda x: sum((c * x**e for e, c in terms), Fraction(0))


def derivative(facts: dict[str, Any]) -> Polynomial:
    """The slopes at whole numbers as d - d^2/2 + d^3/3 - ... of the differences d."""
    degree, f = given_polynomial(facts)
    rows = differences([f(x) for x in range(2 * degree + 1)], degree)
    slopes = [
        sum((Fraction((-1) ** (j + 1), j) * rows[j][x] for j in range(1, degree + 1)), Fraction(0))
        for x in range(degree + 1)
    ]
    return interpolated(slopes)


def integral(facts: dict[str, Any]) -> Polynomial:
    """The areas from 0 to whole numbers by Boole's rule, exact up to the fifth degree."""
    degree, f = given_polynomial(facts)
    if degree > 5:
        raise ValueError(f"Boole's rule is not exact for the degree {degree}")
    areas = [Fraction(0)]
    for start in range(degree + 1):
        at = [f(start + Fraction(quarter, 4)) for quarter in range(5)]
        areas.append(areas[-1] + (7 * (at[0] + at[4]) + 32 * (at[1] + at[3]) + 12 * at[2]) / 90)
    return interpolated(areas)


def expansion(facts: dict[str, Any]) -> Polynomial:
    """The values of the product at 0, 1, 2, ..., one more than there are factors."""
    factors = [(Fraction(each["x"]), Fraction(each["number"])) for each in facts["factors"]]
    values = []
    for x in range(len(factors) + 1):
        product = Fraction(1)
        for a, b in factors:
            product *= a * x + b
        values.append(product)
    return interpolated(values)


def factoring(facts: dict[str, Any]) -> list[Polynomial]:
    """The zeros by bisection, left and right of the lowest point, with a number for each."""
    degree, f = given_polynomial(facts)
    terms = facts["coefficients by exponent"]
    if degree != 2 or terms["2"] != "1":
        raise ValueError("not a quadratic of the kind x^2 + s x + p")
    s, reach = int(terms["1"]), sum(abs(int(each)) for each in terms.values())
    zeros = []
    for inner, outer in ((-s // 2, -reach), (-(s // 2), reach)):
        while abs(outer - inner) > 1:
            middle = (inner + outer) // 2
            inner, outer = (middle, outer) if f(middle) <= 0 else (inner, middle)
        zeros.append(outer if f(outer) == 0 else inner)
    if any(f(zero) for zero in zeros):
        raise ValueError("the zeros are not whole")
    return [{e: c for e, c in ((1, Fraction(1)), (0, -zero)) if c} for zero in zeros]


def determinant(facts: dict[str, Any]) -> Fraction:
    """The product of the eigenvalues from the sums of their powers (Newton's identities)."""
    matrix = np.array(
        [[int(each) for each in row] for row in facts["matrix by rows"]], dtype=object
    )
    power, sums, products = matrix, [], [Fraction(1)]
    for k in range(1, len(matrix) + 1):
        sums.append(int(power.trace()))
        signed = ((-1) ** j * products[k - 1 - j] * sums[j] for j in range(k))
        products.append(sum(signed, Fraction(0)) / k)
        power = power @ matrix
    return products[-1]


def matrix_product(facts: dict[str, Any]) -> list[list[int]]:
    """Seven products instead of eight (Strassen)."""
    a, b, c, d, e, f, g, h = (
        int(each) for name in "AB" for row in facts[f"{name} by rows"] for each in row
    )
    whole, low, right = (a + d) * (e + h), (c + d) * e, a * (f - h)
    left, top, down, up = d * (g - e), (a + b) * h, (c - a) * (e + f), (b - d) * (g + h)
    return [[whole + left - top + up, right + top], [low + left, whole - low + right + down]]


def plain(text: str) -> str:
    """The text with the hyphen as the sign of negative numbers."""
    return text.replace("\u2212", "-")


def parsed_number(text: str) -> Fraction | None:
    """A whole, broken or mixed number."""
    found = _NUMERAL.fullmatch(plain(text))
    if found is None or (found[2] and not found[4]) or (found[4] and not int(found[4])):
        return None
    size = int(found[2] or 0) + Fraction(int(found[3]), int(found[4] or 1))
    return -size if found[1] else size


def parsed_polynomial(text: str) -> Polynomial | None:
    """A sum of whole multiples of powers of x, each power once."""
    bare = plain(text).replace(" ", "")
    signed = bare if bare.startswith("-") else f"+{bare}"
    found: Polynomial = {}
    for term in re.findall(r"[+-][^+-]*", signed):
        parts = _TERM.fullmatch(term)
        if parts is None or not (parts[2] or parts[3]):
            return None
        exponent = int((parts[4] or "1").translate(_RAISED)) if parts[3] else 0
        if exponent in found:
            return None
        found[exponent] = Fraction(parts[1] + (parts[2] or "1"))
    return {exponent: each for exponent, each in found.items() if each}


def same_number(truth: Fraction, answer: str, facts: dict[str, Any]) -> bool:
    """Whether an answer is this number, without a unit."""
    del facts
    return parsed_number(answer) == truth


def same_pair(truth: list[Fraction], answer: str, facts: dict[str, Any]) -> bool:
    """Whether an answer gives these values to x and y."""
    del facts
    found = re.fullmatch(r"x = ([^,]+), y = ([^,]+)", answer)
    return found is not None and [parsed_number(each) for each in found.groups()] == truth


def same_polynomial(truth: Polynomial, answer: str, facts: dict[str, Any]) -> bool:
    """Whether an answer is this polynomial, term by term."""
    del facts
    return parsed_polynomial(answer) == truth


def same_factors(truth: list[Polynomial], answer: str, facts: dict[str, Any]) -> bool:
    """Whether an answer is a product of these factors, in any order."""
    del facts
    if not re.fullmatch(r"(?:\([^()]+\))+", answer):
        return False
    found = [parsed_polynomial(each) for each in answer[1:-1].split(")(")]
    return found in (truth, truth[::-1])


def same_matrix(truth: list[list[int]], answer: str, facts: dict[str, Any]) -> bool:
    """Whether an answer is this matrix by rows."""
    del facts
    row = r"\[-?[0-9]+(?:, -?[0-9]+)*\]"
    if not re.fullmatch(rf"\[{row}(?:, {row})*\]", plain(answer)):
        return False
    rows = plain(answer)[2:-2].split("], [")
    return [[int(each) for each in row.split(", ")] for row in rows] == truth


TRUTHS = {
    "linear_equation": false_position,
    "linear_system": conjugate_gradients,
    "derivative": derivative,
    "integral": integral,
    "expansion": expansion,
    "factoring": factoring,
    "determinant": determinant,
    "matrix_product": matrix_product,
}
SAME = {
    "linear_system": same_pair,
    "derivative": same_polynomial,
    "integral": same_polynomial,
    "expansion": same_polynomial,
    "factoring": same_factors,
    "matrix_product": same_matrix,
}
