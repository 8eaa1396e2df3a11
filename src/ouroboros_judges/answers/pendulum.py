"""The truth about pendulums: the motion of a real one, integrated by SciPy, and a scaling law.

A pendulum moves by theta'' = -(g/l) sin(theta). In units of time of sqrt(l/g) that is
theta'' = -sin(theta) for every g and l, so speeds scale with sqrt(g l) and heights with l: the
ratio of v^2 to g times the height lost is a pure number, the same for all pendulums that start at
the same angle. Integrations from several angles, one near the top, find it to be the same for all
angles and all along the way; a scene only scales it, exactly, to numbers of any length.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from ouroboros.envs.pendulum import Pendulum
from ouroboros_judges.answers.planned import PlannedAnswers

G = 10  # m/s^2
ANGLES = (0.2, 1.0, 2.0, 3.0)  # radians from the lowest point
TOLERANCE = 1e-7


@cache
def speed_ratio() -> Fraction:
    """v^2 / (g height lost) of a pendulum let go at rest; ValueError where it is not constant."""
    from scipy.integrate import solve_ivp

    def motion(_: float, state: Any) -> tuple[float, float]:
        return state[1], -np.sin(state[0])

    ratios: list[float] = []
    for angle in ANGLES:
        orbit = solve_ivp(motion, (0, 12), (angle, 0.0), rtol=1e-11, atol=1e-13)
        lost = np.cos(orbit.y[0]) - np.cos(angle)
        squares = orbit.y[1] ** 2
        ratios.append(float(squares @ lost / (lost @ lost)))
        if np.abs(squares - ratios[-1] * lost).max() > TOLERANCE:
            raise ValueError("energy is not conserved")
    if max(ratios) - min(ratios) > TOLERANCE:
        raise ValueError("the ratio depends on the angle")
    return Fraction(ratios[0]).limit_denominator(1000)


class PendulumAnswers(PlannedAnswers):
    """Answers to `pendulum`."""

    name = "pendulum"
    family = Pendulum()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The square of the speed in m^2/s^2, scaled from the motion of the real pendulum."""
        metres = Fraction(values["a"] + values["b"], 10)
        return speed_ratio() * G * metres
