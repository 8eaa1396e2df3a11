"""The truth about what is thrown up: second by second, with the energy as witness.

Gravity takes 10 m/s each second and the body moves by its mean speed; that kinetic and potential
energy, per unit of mass, have the same sum at the end is checked: v^2 + 2 g y = u^2 + 2 g h.
"""

from collections.abc import Mapping

from ouroboros.envs.projectile import Projectile
from ouroboros_judges.answers.planned import PlannedAnswers

G = 10  # m/s^2


class ProjectileAnswers(PlannedAnswers):
    """Answers to `projectile`."""

    name = "projectile"
    family = Projectile()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The height after the last second; ValueError below ground and where energy leaks."""
        speed, doubled_height = values["u"], 2 * values["h"]
        for _ in range(values["t"]):
            before = speed
            speed -= G
            doubled_height += before + speed
        if speed**2 + G * doubled_height != values["u"] ** 2 + 2 * G * values["h"]:
            raise ValueError("energy is not conserved")
        if doubled_height < 0:
            raise ValueError("below the ground")
        return doubled_height // 2
