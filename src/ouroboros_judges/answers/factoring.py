"""The truth about factors of quadratics: their product, by values at three points and by SymPy.

There is no other way to write a polynomial as a product of linear factors, but for their order and
signs, so that any such product with the right value is a right answer.
"""

from ouroboros.envs.factoring import Factoring
from ouroboros_judges.answers.polynomials import factors, polynomial, same_product
from ouroboros_judges.answers.reckoning import ReckonedAnswers


class FactoringAnswers(ReckonedAnswers):
    """Answers to `factoring`."""

    name = "factoring"
    family = Factoring()

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the answer's factors are linear and multiply to the quadratic."""
        given, found = polynomial(prompt.removesuffix("=")), factors(answer)
        if given is None or found is None:
            return False
        return all(max(factor) == 1 for factor in found) and same_product(found, given)

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is such a product, in whatever order and notation."""
        return len(answer) <= 2 * len(right) + 100 and self.confirms(prompt, answer)
