"""The truth about linear equations: the two sides are weighed against each other.

`simulate` knows no subtraction and no division: bit by bit, it makes x as large as the left side
allows, then tries the fractions that may be missing. What it returns makes both sides equal.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.linear_equation import LinearEquation
from ouroboros_judges.answers.planned import PlannedAnswers

SOLVED = re.compile(" *x *= *")


class LinearEquationAnswers(PlannedAnswers):
    """Answers to `linear_equation`."""

    name = "linear_equation"
    family = LinearEquation()

    def simulate(self, values: Mapping[str, int]) -> Fraction | int:
        """The x for which both sides are equal; ValueError where it is below 0."""
        a, b, c = values["a"], values["b"], values["c"]
        x = 0
        for place in range(c.bit_length(), -1, -1):
            larger = x + (1 << place)
            if a * larger + b <= c:
                x = larger
        for part in range(a):
            if a * x + part + b == c:
                return x + Fraction(part, a) if part else x
        raise ValueError("no x from 0 on solves the equation")

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same number, or says that x is."""
        start = SOLVED.match(answer)
        return super().means(prompt, answer[start.end() :] if start else answer, right)
