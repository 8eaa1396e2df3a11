"""The truth about sums of fractions: two arithmetics, and cross multiplication.

    FractionsAnswers().confirms("7/4+5/6=", "31/12")     (7*6 + 5*4) * 12 = 31 * 4 * 6, no divisor

The lines are worked out by whole numbers and again by columns. What both take for granted, the
factors and when the reduction is over, is judged by cross multiplication: p/q is a/b + c/d where
(a d + c b) q = p b d, and in lowest terms where p and q have no divisor in common.
"""

import math

from ouroboros.envs.digits import to_int
from ouroboros.envs.fractions import Fractions, work
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.quantities import same_quantity
from ouroboros_judges.answers.sums import Agreement, by_integers


class FractionsAnswers(Answering):
    """Answers to `fractions`."""

    name = "fractions"
    family: Fractions = Fractions()  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by whole numbers; UsageError where the text is not a prompt."""
        return work(*self.family.operands(prompt), by_integers)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, each by whole numbers and by columns, and whether all routes agree."""
        operands, both = self.family.operands(prompt), Agreement()
        lines = work(*operands, both)
        return lines, both.agreed and _holds(*operands, lines[-1])

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer is the result by cross multiplication, and in lowest terms."""
        return _holds(*self.family.operands(prompt), answer)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number, reduced or not, a decimal or mixed."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and same_quantity(answer, right, "")


def _holds(first: str, second: str, op: str, answer: str) -> bool:
    """Whether an answer is the result by cross multiplication, and in lowest terms."""
    (a, b), (c, d), (p, q) = map(_terms, (first, second, answer))
    total = a * d + c * b if op == "+" else abs(a * d - c * b)
    alone = "/" not in answer if q == 1 else math.gcd(p, q) == 1
    return total * q == p * b * d and alone


def _terms(fraction: str) -> tuple[int, int]:
    """Numerator and denominator; a whole number has 1 below."""
    numerator, _, denominator = fraction.partition("/")
    return to_int(numerator), to_int(denominator or "1")
