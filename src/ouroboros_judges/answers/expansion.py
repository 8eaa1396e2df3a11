"""The truth about products multiplied out: values at three points, and SymPy.

Two polynomials of degree 2 that agree at three points are the same.
"""

from ouroboros.envs.expansion import Expansion
from ouroboros_judges.answers.polynomials import factors, polynomial, same_product
from ouroboros_judges.answers.reckoning import ReckonedAnswers


class ExpansionAnswers(ReckonedAnswers):
    """Answers to `expansion`."""

    name = "expansion"
    family = Expansion()

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer is the product of the factors."""
        given, found = factors(prompt.removesuffix("=")), polynomial(answer)
        return given is not None and found is not None and same_product(given, found)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same polynomial in whatever order and notation."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and polynomial(answer) == polynomial(right)
