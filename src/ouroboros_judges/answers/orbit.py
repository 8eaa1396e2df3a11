"""The truth about periods: both orbits are flown, and the outer one is as many times as long.

SciPy integrates Newton's law of gravitation for an eccentric orbit of semi-major axis 1 and for one
of the ratio asked about, in units in which G M = 1. Energy and angular momentum are watched all
along. The periods' ratio comes out whole to nine digits; the period in years, of any number of
digits, is then added up so many times.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import repeat

from ouroboros.envs.orbit import Orbit
from ouroboros_judges.answers.planned import PlannedAnswers

ECCENTRICITY = 0.3
TOLERANCE = 1e-8  # of energy, angular momentum and the ratio of periods, each relative to itself


class OrbitAnswers(PlannedAnswers):
    """Answers to `orbit`."""

    name = "orbit"
    family = Orbit()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The outer period; ValueError where the flight keeps no conservation law."""
        return sum(repeat(values["t"], ratio_of_periods(values["k"] ** 2)))


@cache
def ratio_of_periods(axes: int) -> int:
    """How many times as long an orbit takes whose semi-major axis is so many times as long."""
    ratio = period(axes) / period(1)
    if not math.isclose(ratio, round(ratio), rel_tol=TOLERANCE):
        raise ValueError(f"the periods are as {ratio} to 1")
    return round(ratio)


@cache
def period(axis: int) -> float:
    """The time from one passage to the next, in the same sense, of a line through the star."""
    from scipy.integrate import solve_ivp

    start = [axis * (1 - ECCENTRICITY), 0.0, 0.0, 0.0]
    start[3] = math.sqrt((1 + ECCENTRICITY) / start[0])

    def passage(_: float, state: Sequence[float]) -> float:
        return state[0]

    passage.terminal, passage.direction = 2, 1  # pyright: ignore[reportFunctionMemberAccess]
    flown = solve_ivp(
        _pull, (0, math.inf), start, method="DOP853", events=passage, rtol=1e-12, atol=1e-14
    )
    _demand_conservation(flown.y.T)
    first, second = flown.t_events[0]
    return second - first


def _pull(_: float, state: Sequence[float]) -> tuple[float, float, float, float]:
    """Velocity and acceleration towards the star in the middle."""
    x, y, vx, vy = state
    cube = math.hypot(x, y) ** 3
    return vx, vy, -x / cube, -y / cube


def _demand_conservation(states: Sequence[Sequence[float]]) -> None:
    """ValueError where energy or angular momentum differs from what it was at the start."""
    for of in (_energy, _angular_momentum):
        at_first = of(states[0])
        if not all(math.isclose(of(state), at_first, rel_tol=TOLERANCE) for state in states):
            raise ValueError(f"{of.__name__[1:].replace('_', ' ')} is not conserved")


def _energy(state: Sequence[float]) -> float:
    x, y, vx, vy = state
    return (vx**2 + vy**2) / 2 - 1 / math.hypot(x, y)


def _angular_momentum(state: Sequence[float]) -> float:
    x, y, vx, vy = state
    return x * vy - y * vx
