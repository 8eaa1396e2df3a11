"""Mechanics by conservation laws, exact limits and quadrature, from the facts of a row alone.

Every quantity is first turned into SI units; the answer is turned back into the unit asked for.
"""

import math
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

Facts = dict[str, Any]

_SI = {
    "": 1, "m": 1, "dm": Fraction(1, 10), "cm": Fraction(1, 100), "mm": Fraction(1, 1000),
    "s": 1, "ms": Fraction(1, 1000), "m/s": 1, "cm/s": Fraction(1, 100), "m/s^2": 1,
    "m^2/s^2": 1, "kg": 1, "g": Fraction(1, 1000), "t": 1000, "N": 1, "kN": 1000,
    "N/m": 1, "N/cm": 100, "J": 1, "kg*m/s": 1,
}  # fmt: skip


def si(facts: Facts, names: str) -> list[Fraction]:
    """Quantities of the facts, a letter each, in SI units."""
    return [Fraction(facts[name]["value"]) * _SI[facts[name]["unit"]] for name in names]


def asked(facts: Facts, found: Fraction) -> Fraction:
    """A result in SI units, in the unit that is asked for."""
    return found / _SI[facts["asked"]["unit"]]


def gravity(facts: Facts) -> Fraction:
    """The field that the row assumes."""
    said = re.search(r"\bg = ([0-9./]+) m/s\^2", " ".join(facts["assumes"]))
    assert said, facts
    return Fraction(said[1])


def exact(number: float, bottom: int = 1000) -> Fraction:
    """The fraction of a small denominator that a computed number can only be.

    Raises:
        AssertionError: If none is near enough to be told from its neighbours.
    """
    found = Fraction(number).limit_denominator(bottom)
    assert abs(float(found) - number) <= 1e-13 * max(1.0, abs(number)) < 0.01 / bottom, number
    return found


@cache
def gauss() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a quadrature from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    return (nodes + 1) / 2, weights / 2


def braking(facts: Facts) -> Fraction:
    """What the brakes take from the kinetic energy is their force times the way; the mass cancels.

    The trapezium under the speed, cut into unequal strips, must agree.
    """
    u, v, t = si(facts, "uvt")
    brake = (u - v) / t
    way = (u**2 - v**2) / (2 * brake) if brake else u * t
    cuts = [t * Fraction(i * i, 49) for i in range(8)]
    middles = [(b - a) * (u - brake * (a + b) / 2) for a, b in pairwise(cuts)]
    assert way == sum(middles), facts
    return asked(facts, way)


def projectile(facts: Facts) -> Fraction:
    """The energy per mass at the start, less the kinetic part that is left, is the height.

    A step by step flight (velocity Verlet, 37 steps) must agree, and stay above the ground.
    """
    h, u, t = si(facts, "hut")
    g = gravity(facts)
    height = (g * h + u**2 / 2 - (u - g * t) ** 2 / 2) / g
    place, speed, step = h, u, t / 37
    for _ in range(37):
        speed -= g * step / 2
        place += speed * step
        speed -= g * step / 2
        assert place >= 0, facts
    assert place == height, facts
    return asked(facts, height)


def collision(facts: Facts) -> Fraction:
    """The frame in which least kinetic energy is left to lose: the vertex of a parabola.

    What stays is that frame's own speed: in it both bodies rest after the impact.
    """
    m, u, n, w = si(facts, "munw")
    assert u > w >= 0, facts

    def energy(frame: Fraction) -> Fraction:
        return m * (u - frame) ** 2 + n * (w - frame) ** 2

    left, middle, right = (energy(w + i * (u - w)) for i in range(3))
    vertex = w + (u - w) * (3 * left - 4 * middle + right) / (2 * (left - 2 * middle + right))
    assert energy(vertex) == m * n / (m + n) * (u - w) ** 2, facts  # of the reduced mass
    return asked(facts, vertex)


def bounce(mass: int, u: Fraction, w: Fraction) -> Fraction:
    """How fast a unit mass flies back from a partner of a finite mass that comes to meet it.

    Momentum p and energy e fix a quadratic for the unit mass' velocity; one root is the start.
    """
    p, e = u - mass * w, u**2 + mass * w**2
    total, product = 2 * p / (1 + mass), (p**2 - mass * e) / (1 + mass)
    after = total - u
    assert after * u == product, (mass, u, w)
    return -after


def elastic_collision(facts: Facts) -> Fraction:
    """The limit of ever heavier partners, from two finite ones.

    The speed is (a + b M) / (1 + M), so that two masses give its limit b.
    """
    u, w = si(facts, "uw")
    one, two = 1000, 10**15
    first, second = bounce(one, u, w), bounce(two, u, w)
    limit = (second * (1 + two) - first * (1 + one)) / (two - one)
    assert abs(limit - second) < Fraction(1, 10**6), facts
    return asked(facts, limit)


def springs(facts: Facts) -> Fraction:
    """The slope of the stored energy at the given change of length."""
    k, c, x = si(facts, "kcx")

    def stored(length: Fraction) -> Fraction:
        return k * length**2 / 2 + c * length**2 / 2

    step = x / 1000
    return asked(facts, (stored(x + step) - stored(x - step)) / (2 * step))


def pendulum(facts: Facts) -> Fraction:
    """The pull along the arc, summed over the arc, for threads of two lengths.

    The length is not given; a start level with the pivot and one 19 degrees higher must agree.
    """
    a, b = si(facts, "ab")
    g, drop = float(gravity(facts)), float(a + b)
    found = set()
    for length in (drop, 0.75 * drop):
        start = math.acos(1 - drop / length)
        nodes, weights = gauss()
        arc = length * start
        found.add(exact(2 * arc * float(weights @ (g * np.sin(nodes * start)))))
    assert len(found) == 1, facts
    return asked(facts, found.pop())


def incline(facts: Facts) -> Fraction:
    """The pull that balances all other forces, as vectors, along the way."""
    w, h, f, s = si(facts, "whfs")
    assert 0 < h < s, facts
    angle = math.asin(h / s)
    uphill = np.array([math.cos(angle), math.sin(angle)])
    normal = np.array([-uphill[1], uphill[0]])
    weight = np.array([0.0, -float(w)])
    others = weight - (weight @ normal) * normal - float(f) * uphill
    return asked(facts, exact(float(-others @ (float(s) * uphill))))


def momentum(facts: Facts) -> Fraction:
    """All the mass at the speed of its centre, seen at two times."""
    bodies = list(zip(si(facts, "mnk"), si(facts, "uvw"), strict=True))
    mass = sum(m for m, _ in bodies)

    def centre(time: int) -> Fraction:
        return sum(m * (3 * i + speed * time) for i, (m, speed) in enumerate(bodies)) / mass

    return asked(facts, mass * (centre(19) - centre(2)) / 17)


def rocket(facts: Facts) -> Fraction:
    """The energy gained over the first ten metres, by the metre."""
    f, n, m = si(facts, "fnm")
    assert n.denominator == 1, facts
    g, way, steps = gravity(facts), Fraction(10), 16
    work = sum(f * way / steps for _ in range(int(n)) for _ in range(steps))
    force = (work - m * g * way) / way
    assert force > 0, facts
    return asked(facts, force)


TRUTHS = {
    "braking": braking,
    "projectile": projectile,
    "collision": collision,
    "elastic_collision": elastic_collision,
    "springs": springs,
    "pendulum": pendulum,
    "incline": incline,
    "momentum": momentum,
    "rocket": rocket,
}
SAME: dict[str, Any] = {}
