"""Bodies that move on a line, fall, swing or meet: the scene at first and afterwards."""

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

FLOOR = 0.7  # centimetres above the lower edge


def cart(sketch: Sketch, x: float, width: float = 1.5, *, y: float = FLOOR) -> float:
    """A cart with its middle at x; the height of its top."""
    radius = 0.17
    for wheel in (x - width * 0.28, x + width * 0.28):
        sketch.disc(wheel, y + radius, radius, color=PALE)
    sketch.box(x - width / 2, y + 2 * radius, width, 0.62)
    return y + 2 * radius + 0.62


def kinematics(facts: Facts) -> Sketch:
    """A cart before and after it gains speed."""
    u, a, t = (number(facts, name) for name in "uat")
    sketch = Sketch(12.0, 3.2)
    sketch.ground(0.3, 11.7, FLOOR)
    v = u + a * t
    for x, speed, text, color in (
        (1.5, u, named(facts, "u"), BLUE),
        (8.2, v, wanted("v"), RED),
    ):
        top = cart(sketch, x)
        sketch.arrow((x, top + 0.35), (x + reach(speed, v, most=3.2), top + 0.35), color=color)
        sketch.label(x, top + 0.75, text, across="left", color=color)
    sketch.arrow((3.2, 1.2), (6.4, 1.2), color=ORANGE, width=1.2)
    sketch.label(4.8, 1.5, named(facts, "a"))
    sketch.label(4.8, 0.95, f"for {named(facts, 't')}", size=SMALL)
    sketch.label(1.5, 0.15, "at first", size=SMALL)
    sketch.label(8.2, 0.15, f"after {quantity(facts, 't')}", size=SMALL)
    return sketch


def braking(facts: Facts) -> Sketch:
    """A body before and after it has braked, and the way between."""
    u, v = number(facts, "u"), number(facts, "v")
    sketch = Sketch(12.0, 3.6)
    floor = FLOOR + 0.3
    sketch.ground(0.3, 11.7, floor)
    for x, speed, text in ((1.5, u, named(facts, "u")), (9.0, v, named(facts, "v"))):
        top = cart(sketch, x, y=floor)
        sketch.arrow((x, top + 0.35), (x + reach(speed, u, most=2.6), top + 0.35), color=BLUE)
        sketch.label(x, top + 0.75, text, across="left", color=BLUE)
    sketch.label(5.25, floor + 0.45, f"brakes evenly for {named(facts, 't')}", size=SMALL)
    sketch.dimension((1.5, 0.5), (9.0, 0.5), wanted("s"), away=-0.25)
    return sketch


def projectile(facts: Facts) -> Sketch:
    """The height of a thrown body as time goes by."""
    h, u, t = (number(facts, name) for name in "hut")
    highest = max(h + (u * min(t, u / 10) - 5 * min(t, u / 10) ** 2), h, 1)
    right, top, left, low = 7.8, 4.3, 2.3, 0.8
    sketch = Sketch(12.0, 5.4)

    def place(time: float) -> tuple[float, float]:
        height = h + u * time - 5 * time * time
        return left + (right - left) * time / t, low + (top - low) * height / highest

    sketch.axis((left, low), (right + 1.2, low), "time")
    sketch.axis((left, low), (left, top + 0.4), "height")
    sketch.curve(place(t * i / 60) for i in range(61))
    (x0, y0), (x1, y1) = place(0), place(t)
    sketch.label(left - 0.15, max(y0, low + 0.3), named(facts, "h"), across="right")
    sketch.line((x1, low), (x1, y1), (left, y1), color=PALE, width=THIN, dashed=True)
    sketch.label(x1, low - 0.32, named(facts, "t"))
    sketch.dot(x0, y0, color=BLUE)
    sketch.dot(x1, y1, color=RED)
    sketch.label(x1 + 0.2, max(y1, low + 0.35), wanted("y"), across="left", color=RED)
    sketch.arrow((10.6, 1.6), (10.6, 1.6 + 1.5), color=BLUE)
    sketch.label(10.6, 3.35, named(facts, "u"), color=BLUE)
    sketch.label(10.6, 1.3, "at the start", size=SMALL)
    return sketch


def collision(facts: Facts) -> Sketch:
    """Two bodies in a row before they meet, and joined after it."""
    u, w = number(facts, "u"), number(facts, "w")
    sketch = Sketch(12.0, 3.2)
    for left, right, text in ((0.3, 6.6, "before"), (7.4, 11.7, "after")):
        sketch.ground(left, right, FLOOR)
        sketch.label((left + right) / 2, 0.2, text, size=SMALL)
    for x, mass, speed, name in ((1.3, "m", u, "u"), (4.4, "n", w, "w")):
        top = cart(sketch, x)
        sketch.label(x, top - 0.31, quantity(facts, mass))
        sketch.arrow((x, top + 0.35), (x + reach(speed, u, most=2.1), top + 0.35), color=BLUE)
        sketch.label(x, top + 0.75, named(facts, name), across="left", color=BLUE)
    for x in (8.6, 10.1):
        top = cart(sketch, x)
    total = number(facts, "m") + number(facts, "n")
    v = (number(facts, "m") * u + number(facts, "n") * w) / total
    sketch.arrow((9.35, top + 0.35), (9.35 + reach(v, u, most=2.2), top + 0.35), color=RED)
    sketch.label(9.35, top + 0.75, wanted("v"), across="left", color=RED)
    return sketch


def elastic_collision(facts: Facts) -> Sketch:
    """A light body and a heavy one before and after they bounce."""
    u, w = number(facts, "u"), number(facts, "w")
    back = u + 2 * w
    sketch = Sketch(12.0, 3.4)
    for left, ball, text in ((0.3, 0.4, "before"), (6.3, 3.6, "after")):
        sketch.disc(left + ball, 1.2, 0.22, color=ORANGE)
        sketch.box(left + 4.1, 0.6, 0.9, 1.5)
        sketch.arrow((left + 5.0, 2.4), (left + 5.0 - reach(w, back, most=2.4), 2.4), color=BLUE)
        sketch.label(left + 5.0, 2.85, named(facts, "w"), across="right", color=BLUE)
        sketch.label(left + 2.6, 0.2, text, size=SMALL)
    sketch.arrow((1.0, 1.2), (1.0 + reach(u, back, most=2.4), 1.2), color=ORANGE)
    sketch.label(1.0, 1.6, named(facts, "u"), across="left")
    sketch.arrow((9.6, 1.2), (7.2, 1.2), color=RED)
    sketch.label(9.4, 1.6, wanted("v"), across="right", color=RED)
    return sketch


def momentum(facts: Facts) -> Sketch:
    """Three bodies that move the same way."""
    fastest = max(number(facts, name) for name in "uvw")
    sketch = Sketch(12.0, 2.6)
    for x, mass, speed in ((1.2, "m", "u"), (5.0, "n", "v"), (8.8, "k", "w")):
        sketch.disc(x, 1.0, 0.62)
        sketch.label(x, 1.0, quantity(facts, mass))
        length = reach(number(facts, speed), fastest, most=2.4)
        sketch.arrow((x, 1.95), (x + length, 1.95), color=RED)
        sketch.label(x, 2.3, quantity(facts, speed), across="left", color=RED)
    return sketch


def pendulum(facts: Facts) -> Sketch:
    """A pendulum at its start and at its lowest point, and the mark between their levels."""
    a, b = number(facts, "a"), number(facts, "b")
    length, x, top, drop = 5.4, 5.2, 6.0, 3.0
    sketch = Sketch(12.0, 6.4)
    low = top - length
    start_y = low + drop
    start_x = x - math.sqrt(length**2 - (top - start_y) ** 2)
    mark = low + drop * min(max(b / (a + b), 0.14), 0.86)
    sketch.ground(x - 1.2, x + 1.2, top, below=False)
    sketch.line((x, top), (start_x, start_y))
    sketch.line((x, top), (x, low), color=PALE, dashed=True)
    angle = math.degrees(math.atan2(start_y - top, start_x - x)) % 360
    sketch.circle(x, top, length, color=PALE, start=angle, end=270, width=THIN)
    sketch.disc(start_x, start_y, 0.26, color=ORANGE)
    sketch.disc(x, low, 0.26, color=ORANGE)
    for y, text in ((start_y, "start, at rest"), (mark, "mark"), (low, "lowest point")):
        sketch.line((x + 0.4, y), (8.9, y), color=PALE, width=THIN, dashed=True)
        sketch.label(9.05, y, text, across="left", size=SMALL)
    sketch.dimension((7.2, start_y), (7.2, mark), quantity(facts, "a"), away=0.15)
    sketch.dimension((7.2, mark), (7.2, low), quantity(facts, "b"), away=0.15)
    sketch.arrow((x + 0.35, low - 0.02), (x + 1.75, low - 0.02), color=RED)
    sketch.label(x + 0.9, low - 0.35, wanted("v"), color=RED)
    return sketch


def rocket(facts: Facts) -> Sketch:
    """A rocket at lift-off with its thrust and its weight."""
    x, low = 4.6, 1.8
    sketch = Sketch(12.0, 5.2)
    sketch.area(
        (x - 0.55, low), (x + 0.55, low), (x + 0.55, low + 1.9), (x, low + 2.9),
        (x - 0.55, low + 1.9),
    )  # fmt: skip
    for side in (-1, 1):
        sketch.area(
            (x + side * 0.55, low), (x + side * 1.0, low - 0.25), (x + side * 0.55, low + 0.8)
        )
    sketch.area((x - 0.3, low), (x + 0.3, low), (x, low - 0.9), color=ORANGE)
    thrust = number(facts, "f") * number(facts, "n")
    weight = 10 * number(facts, "m")
    middle = low + 1.2
    up = reach(thrust, max(thrust, weight), most=1.9)
    down = reach(weight, max(thrust, weight), most=1.9)
    sketch.arrow((x + 1.9, middle), (x + 1.9, middle + up), color=GREEN)
    sketch.arrow((x + 1.9, middle), (x + 1.9, middle - down), color=RED)
    engines = f"thrust, {facts['n']['value']} engines of {quantity(facts, 'f')}"
    sketch.label(x + 2.15, middle + max(up / 2, 0.3), engines, across="left", color=GREEN)
    weighs = f"weight of {quantity(facts, 'm')}"
    sketch.label(x + 2.15, middle - max(down / 2, 0.3), weighs, across="left", color=RED)
    sketch.label(x, 0.35, "_g_ = 10 m/s²", size=SMALL)
    return sketch
