"""The truth about problems that are solved by plan: two arithmetics, and a simulation.

    class KinematicsAnswers(PlannedAnswers):
        name, family = "kinematics", Kinematics()
        def simulate(self, values): ...       # second by second, no formula

The lines are worked out twice, by whole numbers and by columns. That judges the figures, not the
formulas: those are judged by `simulate`, which is given the scene alone and finds the answer as
nature does, step by step. What the simulation denies is no problem of ours, whatever the lines say.
"""

from abc import abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from ouroboros.envs.digits import to_int
from ouroboros.envs.plan import Result, work
from ouroboros.envs.planned import Planned
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.quantities import number_of, same_quantity
from ouroboros_judges.answers.sums import Agreement, by_integers


class PlannedAnswers(Answering):
    """The answering half of a `Planned` family."""

    family: Planned  # pyright: ignore[reportIncompatibleVariableOverride]

    @abstractmethod
    def simulate(self, values: Mapping[str, int]) -> Fraction | int:
        """The answer in its unit, found from the scene without the plan; ValueError if none."""

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference lines, by whole numbers; UsageError where the text is not a prompt."""
        return self.lines(self.family.values(prompt), by_integers)

    def work_out(self, prompt: str) -> tuple[tuple[str, ...], bool]:
        """The lines, each by whole numbers and by columns, and whether all routes agree."""
        digits, both = self.family.values(prompt), Agreement()
        lines = self.lines(digits, both)
        return lines, both.agreed and self._holds(digits, lines[-1])

    def lines(self, digits: Mapping[str, str], result: Result) -> tuple[str, ...]:
        """The plan's lines for the givens' digits, their right sides from `result`."""
        return work(self.family.steps, digits, result).text()

    def confirms(self, prompt: str, answer: str) -> bool:
        """Whether the simulation comes to this answer, and needs every element of the scene."""
        return self._holds(self.family.values(prompt), answer)

    def _holds(self, digits: Mapping[str, str], answer: str) -> bool:
        values = {name: to_int(digits[name]) for name in digits}
        truth = self.simulate(values)
        return number_of(answer) == truth and all(
            self._differs({**values, name: absent}, truth) for name, absent in self._elements
        )

    @cached_property
    def _elements(self) -> list[tuple[str, int]]:
        """What can be taken out of a scene, and the value that does it."""
        givens = self.family.givens
        return [(given.name, int(given.absent)) for given in givens if given.absent is not None]

    def _differs(self, values: Mapping[str, int], truth: Any) -> bool:
        """Whether a scene without one of its elements has another answer, or none."""
        try:
            return self.simulate(values) != truth
        except (ValueError, ZeroDivisionError):
            return True

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer is the same quantity, in whatever unit and notation."""
        del prompt
        unit = self.family.steps[-1].unit
        return len(answer) <= 2 * len(right) + 100 and same_quantity(answer, right, unit)
