"""The truth about braking: second by second, with the energy lost as witness.

The simulation takes the same speed away each second and moves the body by exact halves; that the
work of the brakes equals the energy lost, per unit of mass, is checked: u^2 - v^2 = 2 a s.
"""

from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.braking import Braking
from ouroboros_judges.answers.planned import PlannedAnswers


class BrakingAnswers(PlannedAnswers):
    """Answers to `braking`."""

    name = "braking"
    family = Braking()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The distance after the last second; ValueError where energy is not conserved."""
        u, v, t = values["u"], values["v"], values["t"]
        loss, speed, doubled_way = u - v, u * t, 0  # of 1/t m/s and 1/t m, so that all are whole
        for _ in range(t):
            before = speed
            speed -= loss
            doubled_way += before + speed
        if (u**2 - v**2) * t**2 != loss * doubled_way:
            raise ValueError("energy is not conserved")
        return Fraction(doubled_way, 2 * t)
