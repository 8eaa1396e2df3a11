"""The truth about collisions: impulses between two bodies, and a contact force step by step.

A body that sticks to others brings them what it moves more than they, shared by all the mass; that
momentum is kept and no energy comes from nowhere is checked. A body that bounces is pushed by a
spring on the heavy body, in steps of a sixth of its period: there the leapfrog method is exact in
whole numbers, and the bounce takes three steps.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ouroboros.envs.collision import Collision, ElasticCollision
from ouroboros_judges.answers.planned import PlannedAnswers


def united(bodies: Sequence[tuple[int, int]]) -> tuple[int, Fraction]:
    """Mass and speed of bodies (mass, speed) on a line that stick together one after another.

    Raises ValueError where momentum is not conserved or energy grows.
    """
    mass, speed = bodies[0][0], Fraction(bodies[0][1])
    for joining, at in bodies[1:]:
        mass += joining
        speed += (at - speed) * joining / mass
    if mass * speed != sum(m * u for m, u in bodies):
        raise ValueError("momentum is not conserved")
    if mass * speed**2 > sum(m * u**2 for m, u in bodies):
        raise ValueError("energy grows")
    return mass, speed


class CollisionAnswers(PlannedAnswers):
    """Answers to `collision`."""

    name = "collision"
    family = Collision()

    def simulate(self, values: Mapping[str, int]) -> Fraction:
        """The common speed after the impulse."""
        return united([(values["m"], values["u"]), (values["n"], values["w"])])[1]


class ElasticCollisionAnswers(PlannedAnswers):
    """Answers to `elastic_collision`."""

    name = "elastic_collision"
    family = ElasticCollision()

    def simulate(self, values: Mapping[str, int]) -> int:
        """The speed when contact ends; ValueError where, seen from the heavy body, energy leaks."""
        u, w = values["u"], values["w"]
        speed, depth = -u, u + w
        while depth > 0:
            speed += depth
            depth += w - speed
        if (speed - w) ** 2 != (u + w) ** 2:
            raise ValueError("energy is not conserved")
        return speed
