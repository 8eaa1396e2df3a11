"""The truth about choices: by the multiplicative formula, by enumeration and by powers of 1 + x.

    coefficient(12, 3)     220

Choices out of at most nine things are made and counted. Those out of more are the coefficient of
x^k in (1 + x)^n, which is found by squaring: no factor of the formula is in it.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

from ouroboros.envs.binomial import FEWEST, MOST, Binomial, Choose
from ouroboros_judges.answers.mixed import MixedAnswers
from ouroboros_judges.answers.planned import PlannedAnswers

ENUMERATED = 9  # things of which all choices are made


def coefficient(power: int, degree: int) -> int:
    """The coefficient of x^degree in (1 + x)^power."""
    found = [1] + [0] * degree
    for bit in f"{power:b}":
        found = _product(found, found)
        if bit == "1":
            found = _product(found, [1, 1])
    return found[degree]


def _product(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """The product of two polynomials, up to the degree of the first."""
    product = [0] * len(first)
    for i, x in enumerate(first):
        for j, y in enumerate(second[: len(first) - i]):
            product[i + j] += x * y
    return product


class ChooseAnswers(PlannedAnswers):
    """Answers to choices of a fixed number."""

    def __init__(self, size: int) -> None:
        self.family = Choose(size)
        self.name = self.family.name

    def simulate(self, values: Mapping[str, int]) -> int:
        """Choices made and counted, or a coefficient."""
        n, k = values["n"], values["k"]
        if n <= ENUMERATED:
            return sum(1 for _ in combinations(range(n), k))
        return coefficient(n, k)


class BinomialAnswers(MixedAnswers):
    """Answers to `binomial`."""

    name = "binomial"
    family = Binomial()
    kinds = tuple(ChooseAnswers(size) for size in range(FEWEST, MOST + 1))
