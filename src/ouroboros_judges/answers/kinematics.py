"""The truth about accelerated motion: second by second, with the distance as witness.

The simulation steps through the time and moves the body by exact halves; that the work done equals
the energy gained, per unit of mass, is checked at the end: v^2 - u^2 = 2 a s.
"""

from collections.abc import Mapping

from ouroboros.envs.kinematics import Kinematics
from ouroboros_judges.answers.planned import PlannedAnswers


class KinematicsAnswers(PlannedAnswers):
    """Answers to `kinematics`."""

    name = "kinematics"
    family = Kinematics()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The speed after the last second; ValueError where energy is not conserved."""
        speed, doubled_way = values["u"], 0
        for _ in range(values["t"]):
            before = speed
            speed += values["a"]
            doubled_way += before + speed
        if speed**2 - values["u"] ** 2 != values["a"] * doubled_way:
            raise ValueError("energy is not conserved")
        return speed
