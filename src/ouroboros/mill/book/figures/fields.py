"""Orbits about a star and the rays through a lens, to scale."""

import math

from ouroboros.mill.book.figures.scene import Facts, named, number, quantity, wanted
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALE,
    RED,
    SMALL,
    THIN,
    Sketch,
)


def orbit(facts: Facts) -> Sketch:
    """Two orbits about a star, drawn as circles, with radii in their true ratio."""
    ratio = number(facts, "ratio")
    sketch = Sketch(12.0, 4.4)
    x, y, outer = 2.2, 2.2, 7.6
    inner = outer / ratio
    sketch.circle(x, y, inner, color=BLUE, width=1.2)
    span = math.degrees(math.asin(1.9 / outer))
    sketch.circle(x, y, outer, color=RED, start=-span, end=span, width=1.2)
    sketch.dot(x, y, color=ORANGE, radius=min(0.16, max(0.05, inner * 0.3)))
    sketch.line((x, y), (x + outer, y), color=PALE, width=THIN, dashed=True)
    sketch.dot(x + inner, y, color=BLUE, radius=min(0.07, inner * 0.4))
    sketch.dot(x + outer, y, color=RED)
    sketch.label(x + outer + 0.25, y, "_T_ = ?", across="left", color=RED)
    top = y + inner * math.sin(math.radians(60))
    start = (x + inner * math.cos(math.radians(60)), top)
    sketch.line((x + 1.9, 4.0), start, color=BLUE, width=THIN)
    sketch.label(x + 2.0, 4.0, f"inner orbit, {named(facts, 't')}", across="left", color=BLUE)
    sketch.dimension((x, 0.65), (x + outer, 0.65), "", away=-0.25)
    sketch.label(x + outer / 2 + 1.0, 0.3, f"{quantity(facts, 'ratio')} times the inner radius")
    return sketch


def lens(facts: Facts) -> Sketch:
    """A thin lens with the three principal rays from the tip of the object to its image."""
    f, u = number(facts, "f"), number(facts, "u")
    v = f * u / (u - f)
    left, right = 1.0, 11.0
    shown_u = (right - left) * min(max(u / (u + v), 0.18), 0.82)
    shown_v = (right - left) - shown_u
    shown_f = shown_u * shown_v / (shown_u + shown_v)  # so that the rays drawn meet in the image
    x, y = left + shown_u, 2.6
    tall = min(1.5, 1.5 * shown_u / shown_v)
    low = tall * shown_v / shown_u
    sketch = Sketch(12.0, 5.2)
    sketch.line((0.3, y), (11.7, y), color=PALE, width=THIN)
    _glass(sketch, x, y)
    sketch.arrow((left, y), (left, y + tall), color=BLUE)
    sketch.arrow((right, y), (right, y - low), color=RED)
    tip, image = (left, y + tall), (right, y - low)
    sketch.line(tip, (x, y + tall), image, color=ORANGE)
    sketch.line(tip, image, color=GREEN)
    sketch.line(tip, (x, y - low), image, color="#7d5fb2")
    for at in (x - shown_f, x + shown_f):
        sketch.dot(at, y, color=INK)
    _measures(sketch, facts, (left, x, right), shown_f, (y, tall))
    return sketch


def _glass(sketch: Sketch, x: float, y: float) -> None:
    """A lens that bulges on both sides."""
    half, bulge = 1.85, 0.24
    right = [
        (x + bulge * math.cos(angle), y + half * math.sin(angle))
        for angle in (math.pi * (i / 24 - 0.5) for i in range(25))
    ]
    left = [(2 * x - px, py) for px, py in reversed(right)]
    sketch.area(*right, *left, color=BLUE)


def _measures(
    sketch: Sketch,
    facts: Facts,
    places: tuple[float, float, float],
    f: float,
    heights: tuple[float, float],
) -> None:
    """The two distances, and the focal length where there is room for it."""
    (left, x, right), (y, tall) = places, heights
    sketch.dimension((left, 0.4), (x, 0.4), named(facts, "u"), away=0.25)
    sketch.dimension((x, 0.4), (right, 0.4), wanted("v"), away=0.25)
    for at in (left, x, right):
        sketch.line((at, y - 0.05), (at, 0.25), color=PALE, width=THIN, dashed=True)
    sketch.dimension((x, 4.75), (x + f, 4.75), "", away=0.25)
    sketch.line((x + f, 4.6), (x + f, y), color=PALE, width=THIN, dashed=True)
    sketch.label(x - 0.2, 4.75, named(facts, "f"), across="right")
    sketch.label(left, y + tall + 0.22, "object", size=SMALL, color=BLUE)
    sketch.label(right + 0.15, y + 0.3, "image", size=SMALL, color=RED)
