"""The truth about lenses: rays are traced until they cross, without the lens equation.

A thin lens bends a ray by its height over the focal length. From the tip of an object one ray goes
parallel to the axis, one through the middle of the lens, one below it; where the first two cross,
the third must pass as well. That is the image; rays that cross nowhere behind the lens make none.
"""

from collections.abc import Mapping
from fractions import Fraction

from ouroboros.envs.lens import Lens
from ouroboros.envs.plan import Result, work
from ouroboros_judges.answers.planned import PlannedAnswers


class LensAnswers(PlannedAnswers):
    """Answers to `lens`."""

    name = "lens"
    family = Lens()

    def lines(self, digits: Mapping[str, str], result: Result) -> tuple[str, ...]:
        """The lines of both parts of the plan, the second of which divides by what is found."""
        steps = self.family.steps
        line, beyond = work(steps[:1], digits, result).text()
        return (line, *work(steps[1:], {**digits, "x": beyond}, result).text())

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """Where the rays meet; ValueError where they do not, or not behind the lens."""
        u, f = values["u"], values["f"]
        parallel, middle, below = (refracted(u, f, aim) for aim in (1, 0, -1))
        distance = (middle[0] - parallel[0]) / (parallel[1] - middle[1])
        height = middle[0] + middle[1] * distance
        if distance <= 0 or below[0] + below[1] * distance != height:
            raise ValueError("the rays do not meet in one point behind the lens")
        return distance


def refracted(distance: int, focal_length: int, height: int) -> tuple[Fraction, Fraction]:
    """Height and slope behind the lens of a ray from the tip (height 1) to a height on the lens.

    A focal length of 0 stands for no lens at all.
    """
    slope = Fraction(height - 1, distance)
    bend = Fraction(height, focal_length) if focal_length else Fraction(0)
    return Fraction(height), slope - bend
