"""The truth about buoyancy: the pressure on a body, slice by slice, without Archimedes.

The body is a plate one metre thick that lies flat in the liquid, ten slices of a decimetre.
The pressure grows from slice to slice by the weight of the liquid above; each slice is pressed from
above and from below and has a weight of its own. Liquid in place of the body must hang at rest,
and the depth must not matter.
"""

from collections.abc import Mapping

from ouroboros.envs.buoyancy import Buoyancy
from ouroboros_judges.answers.planned import PlannedAnswers

SLICES = 10
DEPTHS = (0, 7)  # of the plate's upper side, in dm


class BuoyancyAnswers(PlannedAnswers):
    """Answers to `buoyancy`."""

    name = "buoyancy"
    family = Buoyancy()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The weight left, in N; ValueError where liquid in the body's place would move."""
        v, b, f = (values[name] for name in "vbf")
        if b < f:
            raise ValueError("the body rises")
        left = {weight_left(v, b, f, depth) for depth in DEPTHS}
        if len(left) > 1 or any(weight_left(v, f, f, depth) for depth in DEPTHS):
            raise ValueError("the liquid is not in equilibrium")
        return left.pop()


def weight_left(volume: int, density: int, liquid: int, depth: int) -> int:
    """Weight less pressure from below, plus pressure from above, over all slices.

    A slice of one decimetre has an area of `volume` tenths of dm^2. With pressures in units of
    10 N/dm^2, which grow by `liquid` a slice, forces are in N.
    """
    pressure, left = depth * liquid, 0
    for _ in range(SLICES):
        below = pressure + liquid
        left += volume * density + volume * pressure - volume * below
        pressure = below
    return left
