"""Sums, strings, parities, differences, accelerated motion: by exact rationals and brute force."""

from fractions import Fraction
from typing import Any


def value(facts: dict[str, Any], name: str) -> Fraction:
    """A quantity of the facts."""
    return Fraction(facts[name]["value"])


def parity(facts: dict[str, Any]) -> str:
    """Pairs of ones cancel."""
    ones = [bit for bit in facts["bits"] if bit == "1"]
    while len(ones) > 1:
        ones = ones[2:]
    return str(len(ones))


def final_speed(facts: dict[str, Any]) -> Fraction:
    """Hundredths of the time, each adding its share; a quadrature of a constant."""
    u, a, t = (value(facts, name) for name in "uat")
    step = t / 100
    return u + sum(a * step for _ in range(100))


TRUTHS = {
    "reverse_addition": lambda facts: value(facts, "a") + value(facts, "b"),
    "forward_addition": lambda facts: value(facts, "a") + value(facts, "b"),
    "subtraction": lambda facts: value(facts, "a") - value(facts, "b"),
    "copy": lambda facts: "".join(list(facts["string"])),
    "reverse": lambda facts: "".join(reversed(facts["string"])),
    "parity_chain": parity,
    "kinematics": final_speed,
}
SAME = {
    name: lambda truth, answer, facts: answer == truth
    for name in ("copy", "reverse", "parity_chain")
}
