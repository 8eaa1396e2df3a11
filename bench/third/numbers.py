"""Whole numbers, fractions, numerals, sequences, lattice paths and choices, each by a detour.

Doublings for products and quotients, trials for remainders and divisors, weights for numerals,
interpolation for sequences, first blocked crossings for paths, powers of 1 + x for choices.
"""

from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np

from third.basics import value

Facts = dict[str, Any]


def doublings(a: int, limit: int) -> list[tuple[int, int]]:
    """All (n, n times a) for the powers of two n with n times a up to a limit, largest first."""
    table = [(1, a)]
    while table[-1][1] <= limit:
        n, multiple = table[-1]
        table.append((n + n, multiple + multiple))
    return [(n, multiple) for n, multiple in reversed(table) if multiple <= limit]


def short_product(facts: Facts) -> int:
    """The first factor, laid down as often as the second one says."""
    return sum(int(value(facts, "a")) for _ in range(int(value(facts, "d"))))


def product(facts: Facts) -> int:
    """The digits' polynomials convolved, with ten put for x."""
    a, b = ([int(digit) for digit in facts[name]["value"]] for name in "ab")
    return reduce(lambda high, low: 10 * high + int(low), np.convolve(a, b), 0)


def quotient(facts: Facts) -> Fraction:
    """As the Egyptians divided: doubled divisors are taken away; what is left is shared out."""
    rest, divisor = int(value(facts, "a")), int(value(facts, "b"))
    whole = 0
    for n, multiple in doublings(divisor, rest):
        if multiple <= rest:
            whole, rest = whole + n, rest - multiple
    return whole + Fraction(rest, divisor)


def remainder(facts: Facts) -> int:
    """The least number that leaves a multiple of the divisor when it is taken away."""
    number, divisor = int(facts["number"]), int(facts["divisor"])
    return next(r for r in range(divisor) if Fraction(number - r, divisor).denominator == 1)


def divisors(number: int) -> set[int]:
    """All of them, in pairs, by trial."""
    small = [d for d in range(1, isqrt(number) + 1) if number % d == 0]
    return {*small, *(number // d for d in small)}


def common_divisor(facts: Facts) -> int:
    """The largest divisor of the smaller number that divides the larger one, too."""
    small, large = sorted((int(facts["a"]), int(facts["b"])))
    return max(d for d in divisors(small) if large % d == 0) if small else large


def fractions(facts: Facts) -> Fraction:
    """Both laid off on a line, counted in steps that fit both."""
    first, second = (Fraction(facts[name]) for name in ("first", "second"))
    scale = first.denominator * second.denominator
    marks = sorted((int(first * scale), int(second * scale)))
    is_sum = facts["asked"].startswith("sum")
    return Fraction(sum(marks) if is_sum else marks[1] - marks[0], scale)


def numeral(number: int, base: int, digits: str) -> str:
    """The weights of a base taken away, the largest first, as on a balance."""
    weights = [1]
    while weights[-1] * base <= number:
        weights.append(weights[-1] * base)
    written = ""
    for weight in reversed(weights):
        count = 0
        while number >= weight:
            number, count = number - weight, count + 1
        written += digits[count]
    return written


def base_sum(facts: Facts) -> str:
    """Read both numerals as numbers, and write the sum anew."""
    base = int(facts["base"])
    return numeral(sum(int(facts[name]["value"], base) for name in "ab"), base, "0123456789")


def base_numeral(facts: Facts) -> str:
    """Write a number with the digits that the facts list."""
    base = facts["base"]
    return numeral(int(value(facts, "number")), int(base["value"]), base["digits"])


def extrapolated(terms: list[Fraction]) -> Fraction:
    """The polynomial of lowest degree through the terms, by Lagrange, one step on."""
    total, count = Fraction(0), len(terms)
    for i, term in enumerate(terms):
        for j in range(count):
            term *= Fraction(count - j, i - j) if j != i else 1
        total += term
    return total


def next_term(facts: Facts) -> Fraction:
    """A line or a parabola through all terms but the last, which must lie on it, or a factor."""
    terms = [value(facts, f"t{i}") for i in range(4) if f"t{i}" in facts]
    if facts["kind"] == "geometric":
        (ratio,) = (q for q in range(2, 10) if all(b == q * a for a, b in pairwise(terms)))
        return terms[-1] * ratio
    degree = {"arithmetic": 1, "quadratic": 2}[facts["kind"]]
    if extrapolated(terms[: degree + 1]) != terms[-1]:
        raise ValueError("the terms do not follow the rule")
    return extrapolated(terms[1:])


def choices(n: int, k: int) -> int:
    """The coefficient of x^k in (1 + x)^n, by squaring, with higher powers dropped."""
    power, square = [1], [1, 1]
    while n:
        if n % 2:
            power = multiplied(power, square, k)
        square, n = multiplied(square, square, k), n // 2
    return power[k] if k < len(power) else 0


def multiplied(p: list[int], q: list[int], degree: int) -> list[int]:
    """The product of two polynomials, without powers above a degree."""
    found = [0] * min(len(p) + len(q) - 1, degree + 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q[: degree + 1 - i]):
            found[i + j] += a * b
    return found


def lattice_paths(facts: Facts) -> int:
    """All paths, less those whose first blocked crossing is this one, or that one, and so on."""
    rows = facts["rows"]
    goal = (len(rows) - 1, len(rows[0]) - 1)
    blocked = {(i, j) for i, row in enumerate(rows) for j, mark in enumerate(row) if mark == "#"}
    if {(0, 0), goal} & blocked:
        return 0
    clean: dict[tuple[int, int], int] = {}  # paths that meet no blocked crossing before this one
    for i, j in sorted(blocked | {goal}):
        clean[i, j] = choices(i + j, i) - sum(
            count * choices(i - r + j - c, i - r) for (r, c), count in clean.items() if c <= j
        )
    return clean[goal]


TRUTHS = {
    "short_multiplication": short_product,
    "multiplication": product,
    "division": quotient,
    "long_division": quotient,
    "modulus": remainder,
    "gcd": common_divisor,
    "fractions": fractions,
    "base_addition": base_sum,
    "base_conversion": base_numeral,
    "sequences": next_term,
    "lattice_paths": lattice_paths,
    "binomial": lambda facts: choices(int(value(facts, "n")), int(value(facts, "k"))),
}
SAME = {
    name: lambda truth, answer, facts: answer == truth
    for name in ("base_addition", "base_conversion")
}
