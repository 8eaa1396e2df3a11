"""The truth about problems that are solved by plan: two arithmetics, and a simulation.

    class KinematicsAnswers(PlannedAnswers):
        name, family = "kinematics", Kinematics()
        def simulate(self, values): ...       # second by second, no formula

The lines are worked out twice, by whole numbers and by columns. That judges the figures, not the
formulas: those are judged by `simulate`, which is given the scene alone and finds the answer as
nature does, step by step. What the simulation denies is no problem of ours, whatever the lines say.

Where scenes can be simulated many at once, `ColumnAnswers` work out many problems together.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.digits import to_int
from ouroboros.envs.plan import Result, Step, work
from ouroboros.envs.planned import Planned
from ouroboros.errors import UsageError
from ouroboros_judges.answers.answering import Answering, Truth
from ouroboros_judges.answers.quantities import number_of, same_quantity
from ouroboros_judges.answers.sums import (
    ALL,
    CHUNK,
    Agreement,
    Digits,
    Integers,
    Numbers,
    Page,
    added,
    by_integers,
    less,
    times,
)


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


class ColumnAnswers(PlannedAnswers):
    """A family whose problems are worked out together, in columns, where their numbers fit.

    Only for plans without division, and for scenes of which nothing can be taken out.
    """

    @abstractmethod
    def simulate_all(self, values: Mapping[str, Integers]) -> Integers:
        """As `simulate`, of columns (N,) of numbers that fit and whose answers may not."""

    def in_columns(self, prompts: Sequence[str]) -> Mapping[str, Truth]:
        """As `work_out`, of those of many problems whose numbers fit."""
        scenes = dict(self._scenes(prompts))
        if not scenes:
            return {}
        columns = zip(*(scene.values() for scene in scenes.values()), strict=True)
        givens = dict(zip(next(iter(scenes.values())), map(Numbers.read, columns), strict=True))
        plan = PlanInColumns(givens, len(scenes))
        answer = plan.work(self.family.steps)
        truth = self.simulate_all({name: numbers.values for name, numbers in givens.items()})
        agreed = plan.page.agreed & (answer == truth)
        truths = zip(plan.page.solutions(), agreed.tolist(), strict=True)
        return dict(compress(zip(scenes, truths, strict=True), plan.page.fits.tolist()))

    def _scenes(self, prompts: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The prompts among some texts, with their givens, where these fit."""
        for prompt in prompts:
            try:
                values = self.family.values(prompt)
            except UsageError:
                continue
            if len(prompt) <= CHUNK or max(map(len, values.values())) <= CHUNK:
                yield prompt, values


class PlanInColumns:
    """Walks through a plan, many at once; `ouroboros.envs.plan.work` is the same for one of them.

    Args:
        givens: The numbers that the scenes state.
        count: How many scenes there are.
    """

    def __init__(self, givens: Mapping[str, Numbers], count: int) -> None:
        self._values = dict(givens)
        self._count = count
        self.page = Page(count)
        """The lines."""

    def work(self, steps: Sequence[Step]) -> Integers:
        """Write all lines, the answers too; what these are."""
        ways = {"+": self._add, "-": self._take, "*": self._multiply}
        for step in steps:
            left, right = self._operand(step.left), self._operand(step.right)
            self._values[step.name] = ways[step.op](left, right)
        answer = self._values[steps[-1].name].plain()
        self.page.line(ALL, answer.upright)
        return answer.values

    def _operand(self, name: str) -> Numbers:
        """A given, what an earlier step found, or digits."""
        return self._values.get(name) or Numbers.read([name] * self._count)

    def _add(self, left: Numbers, right: Numbers) -> Numbers:
        return self._written(left, "+", right, self.page.keep(added(left, right)))

    def _take(self, left: Numbers, right: Numbers) -> Numbers:
        self.page.fits &= (left.values >= right.values) & (left.widths >= right.widths)
        return self._written(left, "-", right, self.page.keep(less(left, right)))

    def _multiply(self, left: Numbers, right: Numbers) -> Numbers:
        """Digit by digit. What is not worked out of a problem has no width."""
        total = self._part(left, right.digits[0], 0)
        for place, digit in enumerate(right.digits[1:], start=1):
            part, former = self._part(left, digit, place), total
            total = self.page.keep(added(former, part))
            self._written(former, "+", part, total, (former.widths > 0) & (part.widths > 0))
        by_zero = total.widths == 0
        widths = np.where(by_zero, left.widths, total.widths)
        found = Numbers(total.values, total.digits, widths)
        return self._written(left, "*", Numbers.lone(right.digits[0]), found, by_zero)

    def _part(self, left: Numbers, digit: Digits, place: int) -> Numbers:
        """The products by a digit behind so many zeros, unless it is 0."""
        found = self.page.keep(times(left, digit, place)).only(digit > 0)
        return self._written(left, "*" + "0" * place, Numbers.lone(digit), found, digit > 0)

    def _written(
        self,
        left: Numbers,
        op: str,
        right: Numbers,
        found: Numbers,
        where: NDArray[np.bool_] | None = None,
    ) -> Numbers:
        """What was found, after a line of it where that is so."""
        self.page.line(ALL, left.turned, op, right.turned, "=", found.turned, where=where)
        return found
