"""The truth about derivatives and antiderivatives, from values alone, and by SymPy.

A polynomial of degree up to 4 has the slope that the five-point rule finds, exactly, at every x;
one of degree up to 3 has the integral that Simpson's rule finds. An answer of degree up to 4 that
agrees with its rule at five points is right. SymPy's dense polynomials are asked besides.
"""

from abc import abstractmethod

from ouroboros.envs.calculus import Calculus, Derivative, Integral
from ouroboros_judges.answers.polynomials import Polynomial, dense, polynomial, value
from ouroboros_judges.answers.reckoning import ReckonedAnswers

POINTS = range(0, 10, 2)  # even, so that halves of them are whole


class CalculusAnswers(ReckonedAnswers):
    """What both families share; the two classes below are its final forms."""

    family: Calculus  # pyright: ignore[reportIncompatibleVariableOverride]

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether values and SymPy agree with the answer."""
        before, _, after = self.family.form.partition("{}")
        given = polynomial(prompt.removeprefix(before).removesuffix(after))
        found = polynomial(answer)
        if given is None or found is None or max(given | found, default=0) > 4:
            return False
        by_values = all(self.holds(given, found, x) for x in POINTS)
        return by_values and self.by_sympy(dense(given), dense(found))

    @abstractmethod
    def holds(self, given: Polynomial, found: Polynomial, x: int) -> bool:
        """Whether the value that is found at x agrees with the values of what is given."""

    @abstractmethod
    def by_sympy(self, given: list[int], found: list[int]) -> bool:
        """Whether SymPy finds the same."""

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same polynomial in whatever order and notation."""
        del prompt
        return len(answer) <= 2 * len(right) + 100 and polynomial(answer) == polynomial(right)


class DerivativeAnswers(CalculusAnswers):
    """Answers to `derivative`."""

    name = "derivative"
    family = Derivative()

    def holds(self, given: Polynomial, found: Polynomial, x: int) -> bool:
        """The five-point rule, 12 f'(x) = 8 (f(x+1) - f(x-1)) - (f(x+2) - f(x-2))."""
        near, far = (value(given, x + h) - value(given, x - h) for h in (1, 2))
        return 12 * value(found, x) == 8 * near - far

    def by_sympy(self, given: list[int], found: list[int]) -> bool:
        """The derivative of dense coefficients."""
        from sympy import ZZ
        from sympy.polys.densetools import dup_diff

        return dup_diff(list(map(ZZ, given)), 1, ZZ) == list(map(ZZ, found))


class IntegralAnswers(CalculusAnswers):
    """Answers to `integral`."""

    name = "integral"
    family = Integral()

    def holds(self, given: Polynomial, found: Polynomial, x: int) -> bool:
        """Simpson's rule from 0 to x, and 0 at 0."""
        weighed = value(given, 0) + 4 * value(given, x // 2) + value(given, x)
        return 6 * value(found, x) == x * weighed

    def by_sympy(self, given: list[int], found: list[int]) -> bool:
        """The antiderivative of dense coefficients."""
        from sympy import QQ
        from sympy.polys.densetools import dup_integrate

        return dup_integrate(list(map(QQ, given)), 1, QQ) == list(map(QQ, found))
