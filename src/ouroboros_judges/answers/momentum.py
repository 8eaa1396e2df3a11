"""The truth about total momentum: let the bodies stick together, one after another.

What they do to each other changes their speeds but not the sum: the momentum of the one body that
is left is that of all three. The speeds come from the impulses, see `united`.
"""

from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.momentum import Momentum
from ouroboros_judges.answers.collision import united
from ouroboros_judges.answers.planned import PlannedAnswers


class MomentumAnswers(PlannedAnswers):
    """Answers to `momentum`."""

    name = "momentum"
    family = Momentum()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The momentum of the three as one body; ValueError where energy grows."""
        mass, speed = united([(values[m], values[u]) for m, u in ("mu", "nv", "kw")])
        return mass * speed
