"""Circuits, orbits, heat, liquids, levers and lenses, from the facts of a row alone.

Loop currents and star-mesh steps for circuits, areas swept for orbits, Newton's law of cooling,
potential energies, moments about points other than the pivot, Newton's and Fermat's lens.

Every quantity is first turned into SI units (temperatures stay in degrees Celsius); the answer is
turned back into the unit asked for.
"""

import math
import re
from collections import defaultdict
from fractions import Fraction
from typing import Any

Facts = dict[str, Any]
Edge = tuple[int, int, Fraction]

_SI = {
    "": 1, "ohm": 1, "kohm": 1000, "A": 1, "mA": Fraction(1, 1000), "V": 1,
    "mV": Fraction(1, 1000), "yr": 1, "kg": 1, "g": Fraction(1, 1000), "J/(kg*K)": 1,
    "J/(g*K)": 1000, "J/K": 1, "K": 1, "degC": 1, "J": 1, "kJ": 1000, "m^3": 1,
    "dm^3": Fraction(1, 1000), "kg/m^3": 1, "kg/dm^3": 1000, "N": 1, "kN": 1000, "N*m": 1,
    "m": 1, "cm": Fraction(1, 100), "mm": Fraction(1, 1000),
}  # fmt: skip


def quantity(said: dict[str, str]) -> Fraction:
    """A value with its unit, in SI units."""
    return Fraction(said["value"]) * _SI[said["unit"]]


def si(facts: Facts, names: str) -> list[Fraction]:
    """Quantities of the facts, a letter each, in SI units."""
    return [quantity(facts[name]) for name in names]


def asked(facts: Facts, found: Fraction) -> Fraction:
    """A result in SI units, in the unit that is asked for."""
    return found / _SI[facts["asked"]["unit"]]


def root(square: Fraction) -> Fraction:
    """The exact square root."""
    found = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    assert found**2 == square, square
    return found


def way(tree: dict[int, list[tuple[int, int, int]]], start: int, end: int) -> dict[int, int]:
    """Which edges lead through a tree from one point to another, and in which direction."""
    stack: list[tuple[int, dict[int, int]]] = [(start, {})]
    while stack:
        point, used = stack.pop()
        if point == end:
            return used
        stack += [(q, used | {edge: sign}) for q, edge, sign in tree[point] if edge not in used]
    raise AssertionError((start, end))


def meshes(edges: list[Edge], source: tuple[int, int]) -> list[dict[int, int]]:
    """Independent loops as signed edges: one through the source first, one for each chord."""
    tree: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    parts = {point: {point} for a, b, _ in edges for point in (a, b)}
    chords = []
    for i, (a, b, _) in enumerate(edges):
        if b in parts[a]:
            chords.append(i)
            continue
        tree[a].append((b, i, 1))
        tree[b].append((a, i, -1))
        joined = parts[a] | parts[b]
        parts |= dict.fromkeys(joined, joined)
    first, last = source
    loops = [way(tree, first, last)]
    return loops + [way(tree, edges[i][1], edges[i][0]) | {i: 1} for i in chords]


def circuit(facts: Facts) -> Fraction:
    """Kirchhoff's loop rule: all loop currents but the source's are eliminated.

    What then stands before the source's own current is the resistance that it meets.
    """
    edges = [(*one["joins"], quantity(one["resistance"])) for one in facts["resistors"]]
    loops = meshes(edges, tuple(facts["terminals"]))
    matrix = [
        [sum(edges[i][2] * one[i] * two[i] for i in one.keys() & two.keys()) for two in loops]
        for one in loops
    ]
    for last in range(len(loops) - 1, 0, -1):
        for row in matrix[:last]:
            share = row[last] / Fraction(matrix[last][last])
            row[:last] = [x - share * y for x, y in zip(row, matrix[last][:last], strict=False)]
    found = Fraction(matrix[0][0])
    if "voltage" in facts:
        assert set(facts["voltage"]["between"]) == set(facts["terminals"]), facts
        found = quantity(facts["voltage"]) / found
    return asked(facts, found)


def series_circuit(facts: Facts) -> Fraction:
    """Both inner points are taken out by star-mesh steps: g h / (g + h) joins their neighbours."""
    current, *resistances = si(facts, "irst")
    joined, *others = (1 / r for r in resistances)
    for conductance in others:
        joined = joined * conductance / (joined + conductance)
    return asked(facts, current / joined)


def orbit(facts: Facts) -> Fraction:
    """The area of the outer orbit, an ellipse of eccentricity 3/5, by the rate of sweeping it.

    Lengths are in inner semi-major axes. The inner orbit, a circle, gives the pull of the star;
    energy gives the speed where the outer body is nearest. Areas leave out a factor of pi.
    """
    period, axis = quantity(facts["t"]), quantity(facts["ratio"])
    pull = (2 / period) ** 2  # speed squared times radius, likewise without pi squared
    nearest = axis * Fraction(2, 5)
    speed = root(pull * (2 / nearest - 1 / axis))
    return asked(facts, axis**2 * Fraction(4, 5) / (nearest * speed / 2))


def heat(facts: Facts) -> Fraction:
    """The vessel counts as so much more of the liquid; as much of it, hotter, could give the heat.

    That other portion starts above by twice the rise, so that the rise is where both meet.
    """
    mass, specific, vessel, rise = si(facts, "mckd")
    liquid = mass + vessel / specific
    found = liquid * specific * rise
    assert found == liquid * specific * 2 * rise - liquid * specific * rise, facts
    return asked(facts, found)


def mixing(facts: Facts) -> Fraction:
    """Newton's law of cooling: flow after flow in proportion to the difference, to the limit.

    The differences are a geometric sequence, the sum of which is the heat that flows in all.
    """
    first, warm, both, cold = si(facts, "mswt")
    second = both - first
    assert min(first, second) > 0, facts
    flow = min(first, second) / 7
    kept = 1 - flow / first - flow / second
    moved = flow * (warm - cold) / (1 - kept)
    assert warm - moved / first == cold + moved / second, facts
    return asked(facts, warm - moved / first)


def buoyancy(facts: Facts) -> Fraction:
    """The slope of all potential energy when the body rises and liquid sinks into its place."""
    volume, body, liquid = si(facts, "vbf")
    said = re.search(r"\bg = ([0-9./]+) m/s\^2", " ".join(facts["assumes"]))
    assert said, facts
    assert body > liquid, facts
    deep, wide = Fraction(19), volume + 1

    def energy(height: Fraction) -> Fraction:
        below = liquid * (wide * deep**2 / 2 - volume * height)
        return Fraction(said[1]) * (below + body * volume * height)

    return asked(facts, (energy(Fraction(11)) - energy(Fraction(4))) / 7)


def lever(facts: Facts) -> Fraction:
    """Moments about where the force acts give the bearing; what is left of all forces is sought.

    The same with all arms on one side and the force upwards must agree.
    """
    p, a, q, b, e = si(facts, "paqbe")
    bearing = (p * (a + e) + q * (b + e)) / e
    hinge = (p * (e - a) + q * (e - b)) / e
    assert bearing - p - q == p + q - hinge, facts
    return asked(facts, bearing - p - q)


def torque(facts: Facts) -> Fraction:
    """Loads and bearing add up to no force, so that their moment is the same about any point."""
    p, a, q, b, r, c = si(facts, "paqbrc")
    forces = [(-a, -p), (-b, -q), (c, -r), (Fraction(0), p + q + r)]
    found = {sum((x - about) * y for x, y in forces) for about in (-a, -b, c, Fraction(37))}
    assert len(found) == 1, facts
    return asked(facts, Fraction(found.pop()))


def lens(facts: Facts) -> Fraction:
    """Newton's x x' = f^2, counted from the foci.

    By Fermat's principle rays at all heights must take equally long: the detours h^2/2u and h^2/2v
    are what the glass at the height h spares, h^2/2f.
    """
    focal, near = si(facts, "fu")
    assert 0 < focal < near, facts
    far = focal + focal**2 / (near - focal)
    for square in (Fraction(1), Fraction(25)):
        assert square / 2 / near + square / 2 / far == square / 2 / focal, facts
    return asked(facts, far)


TRUTHS = {
    "circuit": circuit,
    "series_circuit": series_circuit,
    "orbit": orbit,
    "heat": heat,
    "mixing": mixing,
    "buoyancy": buoyancy,
    "lever": lever,
    "torque": torque,
    "lens": lens,
}
SAME: dict[str, Any] = {}
