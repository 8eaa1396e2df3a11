"""The truth about next terms: by differences and ratios, and by the laws they come from.

    extrapolated([1, 4, 9, 16])     25

The lines go from term to term. The other route takes all terms at once: Lagrange's polynomial
through them where differences rule, the geometric mean where ratios do.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb

from ouroboros.envs.sequences import Arithmetic, Geometric, Quadratic, Sequences
from ouroboros_judges.answers.mixed import MixedAnswers
from ouroboros_judges.answers.planned import PlannedAnswers


def extrapolated(terms: Sequence[int]) -> int:
    """The next value of the polynomial of least degree through terms at equal distances."""
    count = len(terms)
    return sum((-1) ** (count - 1 - i) * comb(count, i) * term for i, term in enumerate(terms))


class ArithmeticAnswers(PlannedAnswers):
    """Answers to the arithmetic kind."""

    name = "arithmetic"
    family = Arithmetic()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The next value of the polynomial through all terms."""
        return extrapolated(list(values.values()))


class GeometricAnswers(PlannedAnswers):
    """Answers to the geometric kind."""

    name = "geometric"
    family = Geometric()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The number to which the last term is the mean; ValueError if others are not so."""
        first, second, third = (values[f"t{place}"] for place in range(3))
        if second * second != first * third:
            raise ValueError("a term is not the geometric mean of its neighbours")
        return Fraction(third * third, second)


class QuadraticAnswers(PlannedAnswers):
    """Answers to the quadratic kind."""

    name = "quadratic"
    family = Quadratic()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The next value of the polynomial through all terms."""
        return extrapolated(list(values.values()))


class SequencesAnswers(MixedAnswers):
    """Answers to `sequences`."""

    name = "sequences"
    family = Sequences()
    kinds = (ArithmeticAnswers(), GeometricAnswers(), QuadraticAnswers())
