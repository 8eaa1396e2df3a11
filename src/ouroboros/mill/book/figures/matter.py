"""Forces on bodies at rest, levers, vessels: one picture each."""

import math

from ouroboros.mill.book.figures.scene import Facts, named, number, quantity, wanted
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    RED,
    SMALL,
    THIN,
    Sketch,
    reach,
)


def springs(facts: Facts) -> Sketch:
    """Two springs side by side that carry one bar."""
    sketch = Sketch(12.0, 4.8)
    top, bar, rest, x = 4.3, 1.7, 2.4, 4.5
    sketch.ground(x - 2.4, x + 2.4, top, below=False)
    for side, across, name in ((-1.2, "right", "k"), (1.2, "left", "c")):
        sketch.zigzag((x + side, top), (x + side, bar))
        sketch.label(x + 1.35 * side, 3.3, named(facts, name), across=across)
    sketch.box(x - 1.8, bar - 0.25, 3.6, 0.25)
    for level, text in ((rest, "bar without load"), (bar, "bar with load")):
        sketch.line((x + 1.9, level), (x + 4.3, level), color=PALE, width=THIN, dashed=True)
        sketch.label(x + 4.45, level, text, across="left", size=SMALL)
    sketch.dimension((x + 2.9, rest), (x + 2.9, bar), "")
    sketch.label(x + 3.1, (rest + bar) / 2, named(facts, "x"), across="left", masked=True)
    sketch.arrow((x, bar - 0.25), (x, 0.35), color=RED)
    sketch.label(x + 0.25, 0.75, wanted("F"), across="left", color=RED)
    return sketch


def incline(facts: Facts) -> Sketch:
    """A load on a ramp, drawn at the ramp's true angle, with the forces along it and its weight."""
    rise, length = number(facts, "h"), number(facts, "s")
    angle = math.asin(rise / length)
    along, level = math.cos(angle), math.sin(angle)
    side = min(6.0 / along, 3.6 / level)
    x0, y0 = 3.4, 1.1
    x1, y1 = x0 + side * along, y0 + side * level
    sketch = Sketch(12.0, max(4.0, y1 + 0.4))
    sketch.area((x0, y0), (x1, y0), (x1, y1), color=PALE)
    sketch.dimension((x1 + 0.45, y1), (x1 + 0.45, y0), named(facts, "h"), away=0.15)
    at = 0.72 * side
    sketch.label(
        x0 + at * along + 0.3 * level, y0 + at * level - 0.3 * along, named(facts, "s"),
        turned=math.degrees(angle),
    )  # fmt: skip
    foot = x0 + 0.3 * side * along, y0 + 0.3 * side * level
    _load(sketch, foot, (along, level), facts)
    return sketch


def _load(
    sketch: Sketch, foot: tuple[float, float], slope: tuple[float, float], facts: Facts
) -> None:
    """The block on the ramp, pulled up at constant speed."""
    (x, y), (along, level) = foot, slope

    def at(forward: float, up: float) -> tuple[float, float]:
        return x + forward * along - up * level, y + forward * level + up * along

    sketch.area(at(-0.5, 0), at(0.5, 0), at(0.5, 0.7), at(-0.5, 0.7))
    weight, friction = number(facts, "w"), number(facts, "f")
    pull = weight * level + friction
    largest = max(pull, weight)
    sketch.arrow(at(0.5, 0.35), at(0.5 + reach(pull, largest, most=1.5), 0.35), color=GREEN)
    end = at(0.7, 0.7)
    sketch.label(*end, "pull", across="left" if level < 0.4 else "right", up="bottom", color=GREEN)
    middle = at(0.0, 0.35)
    sketch.arrow(middle, (middle[0], y - 1.3), color=RED)
    sketch.label(middle[0] + 0.2, 0.35, f"weight {named(facts, 'w')}", across="left", color=RED)
    drag = reach(friction, largest, most=1.3)
    sketch.arrow(at(-0.5, 0.12), at(-0.5 - drag, 0.12), color=ORANGE)
    corner = at(-0.5, 0.7)
    sketch.label(corner[0] - 0.25, corner[1], f"friction {named(facts, 'f')}", across="right")


def buoyancy(facts: Facts) -> Sketch:
    """A body that hangs in a liquid."""
    sketch = Sketch(12.0, 4.6)
    _vessel(sketch, 2.0, 0.4, 5.6, 2.9, full=2.4)
    x, y = 5.0, 1.35
    sketch.ground(x - 1.0, x + 1.0, 4.2, below=False)
    sketch.line((x, 4.2), (x, y + 1.0))
    sketch.box(x - 0.8, y, 1.6, 1.0, color=ORANGE)
    sketch.label(x, y + 0.5, quantity(facts, "v"), size=SMALL)
    mass, displaced = number(facts, "b"), number(facts, "f")
    sketch.arrow((x + 0.25, y), (x + 0.25, y - reach(mass, mass, most=0.9)), color=RED)
    up = reach(displaced, mass, most=0.9)
    sketch.arrow((x - 1.0, y + 0.1), (x - 1.0, y + 0.1 + up), color=GREEN)
    sketch.label(x - 1.15, y + 0.3, "buoyancy", across="right", size=SMALL, color=GREEN)
    sketch.label(x + 0.45, y - 0.35, "weight", across="left", size=SMALL, color=RED)
    sketch.label(8.1, 2.6, f"liquid: {quantity(facts, 'f')}", across="left")
    sketch.label(8.1, 1.5, f"body: {quantity(facts, 'b')}", across="left")
    sketch.label(x + 0.2, 3.65, wanted("F"), across="left")
    sketch.label(8.1, 0.7, "_g_ = 10 m/s²", across="left", size=SMALL)
    return sketch


def _vessel(
    sketch: Sketch, x: float, y: float, width: float, height: float, *, full: float,
    color: str = BLUE,
) -> None:  # fmt: skip
    """An open vessel with a liquid in it."""
    sketch.box(x, y, width, full, color=color, edge=False)
    sketch.line((x, y + full), (x + width, y + full), color=color, width=THIN)
    sketch.line((x, y + height), (x, y), (x + width, y), (x + width, y + height), width=1.4)


def heat(facts: Facts) -> Sketch:
    """A vessel with a liquid over a flame."""
    sketch = Sketch(12.0, 4.6)
    _vessel(sketch, 4.3, 1.3, 3.0, 2.6, full=2.0)
    sketch.label(5.8, 2.65, named(facts, "m"))
    sketch.label(5.8, 1.95, named(facts, "c"), size=SMALL)
    sketch.label(4.1, 3.3, "vessel", across="right", size=SMALL)
    sketch.label(4.1, 2.85, named(facts, "k"), across="right")
    sketch.arrow((5.8, 0.3), (5.8, 1.2), color=RED, width=3.0)
    sketch.label(6.1, 0.7, wanted("Q"), across="left", color=RED)
    sketch.line((8.0, 1.6), (8.0, 3.5), color=RED, width=2.2)
    sketch.disc(8.0, 1.45, 0.2, color=RED)
    sketch.label(8.35, 2.6, f"warmer by {quantity(facts, 'd')}", across="left")
    return sketch


def mixing(facts: Facts) -> Sketch:
    """Two portions and what becomes of them."""
    first, total = number(facts, "m"), number(facts, "w")
    warmer, cooler = RED, BLUE
    colors = [warmer, cooler] if number(facts, "s") > number(facts, "t") else [cooler, warmer]
    masses = [named(facts, "m"), "the rest"]
    most = max(first, total - first)
    sketch = Sketch(12.0, 3.8)
    for x, mass, text, name, color in (
        (0.5, first, masses[0], "s", colors[0]), (4.2, total - first, masses[1], "t", colors[1]),
    ):  # fmt: skip
        _vessel(sketch, x, 0.9, 2.2, 1.8, full=max(0.45, 1.5 * mass / most), color=color)
        sketch.label(x + 1.1, 0.5, text)
        sketch.label(x + 1.1, 3.0, quantity(facts, name))
    sketch.label(3.45, 1.6, "+", size=12)
    sketch.arrow((6.9, 1.6), (8.1, 1.6))
    _vessel(sketch, 8.6, 0.9, 2.9, 2.1, full=1.6, color="#7d5fb2")
    sketch.label(10.05, 0.5, quantity(facts, "w"))
    sketch.label(10.05, 3.35, "? °C", color=RED)
    return sketch


def lever(facts: Facts) -> Sketch:
    """A beam with two loads on its left and the force on its right."""
    return _beam(facts, (("p", "a"), ("q", "b")), ("", "e"), "F")


def torque(facts: Facts) -> Sketch:
    """A beam with two loads on its left and one on its right."""
    return _beam(facts, (("p", "a"), ("q", "b")), ("r", "c"), "")


def _beam(
    facts: Facts, left: tuple[tuple[str, str], ...], right: tuple[str, str], symbol: str
) -> Sketch:
    """A beam on its pivot, the arms to scale, each measured below in a line of its own."""
    sketch = Sketch(12.0, 4.8)
    longest = max(number(facts, arm) for arm in (left[0][1], left[1][1], right[1]))
    scale, x, y = 4.6 / longest, 6.0, 2.5
    sketch.box(x - 4.9, y, 9.8, 0.16)
    sketch.area((x, y), (x - 0.3, y - 0.5), (x + 0.3, y - 0.5), color=PALE)
    ends = [(x - scale * number(facts, arm), load, arm) for load, arm in left]
    ends.append((x + scale * number(facts, right[1]), right[0], right[1]))
    crowded = abs(ends[0][0] - ends[1][0]) < 2.0
    outer = 0 if ends[0][0] < ends[1][0] else 1
    largest = max(number(facts, load) for _, load, _ in ends if load)
    for i, (at, load, arm) in enumerate(ends):
        force = number(facts, load) if load else largest
        up = reach(force, largest, least=0.45, most=1.0)
        apart = 0.14 if ends[0][0] == ends[1][0] and i < 2 else 0.0
        tail = at + (-apart if i == outer else apart)
        color = BLUE if load else RED
        sketch.arrow((tail, y + 0.16 + up), (tail, y + 0.16), color=color)
        text = quantity(facts, load) if load else wanted(symbol)
        across = ("right" if i == outer else "left") if crowded and i < 2 else "center"
        nudge = {"right": 0.12, "left": -0.12, "center": 0.0}[across]
        sketch.label(tail + nudge, y + up + 0.4, text, across=across, color=color)
        level = 1.5 - 0.75 * (i == 1)
        sketch.line((at, y - 0.05), (at, level - 0.12), color=PALE, width=THIN, dashed=True)
        start, end = sorted((at, x))
        sketch.dimension((start, level), (end, level), quantity(facts, arm), away=-0.25)
    sketch.line((x, y - 0.5), (x, 0.6), color=PALE, width=THIN, dashed=True)
    return sketch
