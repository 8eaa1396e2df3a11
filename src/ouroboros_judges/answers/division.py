"""The truth about quotients, as the Egyptians found them: the divisor doubled and taken away.

Adversarial items: nines, a divisor followed by zeros and its neighbours, so that the quotient is
all zeros or nines behind its first digit.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial

from ouroboros.envs.base import generator
from ouroboros.envs.digits import to_digits
from ouroboros.envs.division import Division, LongDivision
from ouroboros_judges.answers.base import with_corners
from ouroboros_judges.answers.planned import PlannedAnswers


def by_doubling(dividend: int, divisor: int) -> tuple[int, int]:
    """Quotient and remainder: every double of the divisor that fits is taken away once."""
    quotient, rest = 0, dividend
    for times in range(dividend.bit_length() - divisor.bit_length(), -1, -1):
        double = divisor << times
        if double <= rest:
            rest -= double
            quotient |= 1 << times
    return quotient, rest


def corner_dividends(divisor: int, level: int) -> list[str]:
    """Nines, the divisor with zeros behind it and its neighbours, `level` - 1 digits longer."""
    length, beginning = len(str(divisor)) + level - 1, divisor * 10 ** (level - 1)
    numbers = (10**length - 1, beginning - 1, beginning, beginning + 1)
    texts = [to_digits(number) for number in numbers if number >= divisor]
    return [text for text in texts if len(text) == length]


class QuotientAnswers(PlannedAnswers):
    """What both families share; the two classes below are its final forms."""

    divisors: Iterable[int]
    """Those of the corner cases."""

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The quotient by doubling, and the remainder as a fraction."""
        quotient, rest = by_doubling(values["a"], values["b"])
        return quotient + Fraction(rest, values["b"])

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and hard numbers."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{a}/{b}=" for b in self.divisors for a in corner_dividends(b, level)]
        return with_corners(rng, corners, count, partial(super().adversarial, level, seed))


class DivisionAnswers(QuotientAnswers):
    """Answers to `division`."""

    name = "division"
    family = Division()
    divisors = range(2, 10)


class LongDivisionAnswers(QuotientAnswers):
    """Answers to `long_division`."""

    name = "long_division"
    family = LongDivision()
    divisors = (10, 11, 19, 90, 99, 100, 101, 109, 199, 989, 999)
