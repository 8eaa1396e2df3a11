"""The truth about ramps: the force along the slope, metre by metre, with energy as witness.

The pull is what the weight has along the slope, and friction. That the work done is the potential
energy gained and the heat is checked at the end.
"""

from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.incline import Incline
from ouroboros_judges.answers.planned import PlannedAnswers


class InclineAnswers(PlannedAnswers):
    """Answers to `incline`."""

    name = "incline"
    family = Incline()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The work after the last metre; ValueError where energy is not conserved."""
        w, h, f, s = (values[name] for name in "whfs")
        pull, work, height = w * h + f * s, 0, 0  # of 1/s N, 1/s J and 1/s m: all are whole
        for _ in range(s):
            work += pull
            height += h
        if work != w * height + f * s * s:
            raise ValueError("energy is not conserved")
        return Fraction(work, s)
