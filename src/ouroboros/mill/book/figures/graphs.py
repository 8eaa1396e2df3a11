"""Algebra seen: straight lines, curves, areas, the square of a product, a matrix at work."""

import math
from collections.abc import Callable, Sequence

from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    RED,
    SMALL,
    THIN,
    Point,
    Sketch,
)

Range = tuple[float, float]
SLIM = 0.3  # sine of the angle below which a parallelogram looks like a line
DEGREES = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"


class Plot:
    """Axes over a part of the plane: x across, y up, each with a scale of its own."""

    def __init__(self, xs: Range, ys: Range, *, height: float = 4.6) -> None:
        """A sketch with both axes, through zero where zero is in sight."""
        self.sketch = Sketch(12.0, height)
        self.left, self.right, self.low, self.top = 2.2, 9.6, 0.7, height - 0.8
        self.xs, self.ys = xs, ys
        self.zero = (self._clamped(0.0, xs), self._clamped(0.0, ys))
        x, y = self.at(*self.zero)
        self.sketch.axis((self.left - 0.3, y), (self.right + 0.5, y), "_x_")
        self.sketch.axis((x, self.low - 0.3), (x, self.top + 0.3), "_y_")

    @staticmethod
    def _clamped(value: float, span: Range) -> float:
        return min(max(value, span[0]), span[1])

    def at(self, x: float, y: float) -> Point:
        """The place of a point."""
        across = (x - self.xs[0]) / (self.xs[1] - self.xs[0])
        up = (y - self.ys[0]) / (self.ys[1] - self.ys[0])
        return self.left + (self.right - self.left) * across, self.low + (self.top - self.low) * up

    def curve(self, f: Callable[[float], float], color: str, *, steps: int = 80) -> None:
        """The graph of a function over the whole width."""
        first, last = self.xs
        points = [first + (last - first) * i / steps for i in range(steps + 1)]
        self.sketch.curve((self.at(x, f(x)) for x in points), color=color)

    def mark_x(self, x: float, y: float, text: str, *, color: str = PALE) -> None:
        """A point with a dashed line to the x axis and a label there."""
        (px, py), (_, foot) = self.at(x, y), self.at(x, self.zero[1])
        self.sketch.line((px, py), (px, foot), color=PALE, width=THIN, dashed=True)
        self.sketch.dot(px, py, color=color)
        away = 0.3 if y < 0 else -0.3  # on the side that the curve leaves free
        self.sketch.label(px, foot + away, text, color=color, masked=True)


def linear_equation(facts: Facts) -> Sketch:
    """The rising line and the level line that it meets at the solution."""
    a, b, c = (int(facts[name]["value"]) for name in "abc")
    x = (c - b) / a
    far = 1.4 * x or 1.0
    plot = Plot((0.0, far), (0.0, a * far + b))
    plot.curve(lambda t: a * t + b, BLUE, steps=1)
    plot.curve(lambda _: c, GREEN, steps=1)
    left, level = plot.at(0.0, c)
    plot.sketch.label(left - 0.2, level, str(c), across="right", color=GREEN)
    start = plot.at(0.0, b)[1]
    if abs(start - level) > 0.4 and b:
        above = max(start, plot.at(0.0, 0.0)[1] + 0.25)  # and off the axis
        plot.sketch.label(left - 0.2, above, str(b), across="right", color=BLUE)
    for y, text, color in (
        (4.25, f"_y_ = {_times(a, 'x')}" + (f" + {b}" if b else ""), BLUE),
        (3.75, f"_y_ = {c}", GREEN),
    ):
        plot.sketch.label(11.7, y, text, across="right", color=color)
    plot.mark_x(x, c, "?", color=RED)
    return plot.sketch


def linear_system(facts: Facts) -> Sketch:
    """Two lines that meet in the solution."""
    rows = [tuple(int(row[name]) for name in ("x", "y", "equals")) for row in facts["equations"]]
    (a, b, c), (d, e, f) = rows
    x, y = (c * e - b * f) / (a * e - b * d), (a * f - c * d) / (a * e - b * d)
    wide = max(2 * x, 1.0)
    highest = max(max(c / b, f / e) * 1.05, 1.2 * y, 0.5)
    plot = Plot((0.0, wide), (0.0, highest))
    for (p, q, r), color in zip(rows, (BLUE, GREEN), strict=True):
        end = min(wide, r / p)
        ends = plot.at(0.0, r / q), plot.at(end, (r - p * end) / q)
        plot.sketch.line(*ends, color=color, width=1.4)
    for (p, q, r), color, level in zip(rows, (BLUE, GREEN), (0.9, 0.4), strict=True):
        text = f"{_times(p, 'x')} + {_times(q, 'y')} = {r}"
        top = plot.sketch.height
        plot.sketch.label(11.7, top - 1.2 + level, text, across="right", color=color, masked=True)
    px, py = plot.at(x, y)
    plot.sketch.dot(px, py, color=RED, radius=0.09)
    return plot.sketch


def _times(number: int, name: str) -> str:
    return f"_{name}_" if number == 1 else f"{number}_{name}_"


def _coefficients(facts: Facts) -> dict[int, int]:
    return {int(power): int(c) for power, c in facts["coefficients by exponent"].items()}


def _value(coefficients: dict[int, int], x: float) -> float:
    return sum(c * x**power for power, c in coefficients.items())


def _span(values: Sequence[float]) -> Range:
    """A range about the values, and about zero."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def derivative(facts: Facts) -> Sketch:
    """The curve with its tangent at x = 1, whose slope the derivative tells."""
    terms = _coefficients(facts)
    slope = sum(c * power for power, c in terms.items())
    height = _value(terms, 1.0)
    grid = [1.6 * i / 40 for i in range(41)]
    plot = Plot((0.0, 1.6), _span([_value(terms, x) for x in grid]))
    plot.curve(lambda x: _value(terms, x), BLUE)
    reach = 0.35
    (x0, y0), (x1, y1) = (
        plot.at(x, height + slope * (x - 1.0)) for x in (1.0 - reach, 1.0 + reach)
    )
    shrink = min(1.0, 1.6 / max(abs(y1 - y0) / 2, 1e-9))
    mx, my = plot.at(1.0, height)
    tail, head = ((mx + (x - mx) * shrink, my + (y - my) * shrink) for x, y in ((x0, y0), (x1, y1)))
    plot.sketch.line(tail, head, color=RED, width=1.4)
    plot.mark_x(1.0, height, "1", color=RED)
    plot.sketch.label(11.7, 4.2, f"slope at 1: {_minus(slope)}", across="right", color=RED)
    return plot.sketch


def integral(facts: Facts) -> Sketch:
    """The area under the curve from 0 to 1, which the antiderivative tells."""
    terms = _coefficients(facts)
    area = sum(c / (power + 1) for power, c in terms.items())
    grid = [1.3 * i / 40 for i in range(41)]
    plot = Plot((0.0, 1.3), _span([_value(terms, x) for x in grid]))
    below = [plot.at(i / 40, _value(terms, i / 40)) for i in range(41)]
    plot.sketch.area(plot.at(0.0, 0.0), *below, plot.at(1.0, 0.0), color=ORANGE, edge=False)
    plot.curve(lambda x: _value(terms, x), BLUE)
    plot.mark_x(1.0, _value(terms, 1.0), "1")
    text = f"area from 0 to 1: {_minus(round(area))}"
    plot.sketch.label(11.7, 4.2, text, across="right", color="#9a6a00", size=SMALL)
    return plot.sketch


def _minus(number: int) -> str:
    return str(number).replace("-", "\u2212")


def expansion(facts: Facts) -> Sketch:
    """The four products in a square."""
    (a, b), (c, d) = (
        (int(factor["x"]), int(factor["number"])) for factor in facts["factors"]
    )  # fmt: skip
    heads, sides = [_term(a, 1), _term(b, 0)], [_term(c, 1), _term(d, 0)]
    cells = [[_term(c * a, 2), _term(c * b, 1)], [_term(d * a, 1), _term(d * b, 0)]]
    return _table(heads, sides, cells)


def factoring(facts: Facts) -> Sketch:
    """The square of the product, whose lower right is known and whose edges are sought."""
    terms = _coefficients(facts)
    linear, constant = terms.get(1, 0), terms.get(0, 0)
    sketch = _table(["_x_", "?"], ["_x_", "?"], [["_x_\u00b2", ""], ["", _term(constant, 0)]])
    sketch.label(9.1, 1.45, "both together", across="left", size=SMALL)
    sketch.label(9.1, 1.0, _term(linear, 1) if linear else "0", across="left", color=RED)
    return sketch


def _term(number: int, power: int) -> str:
    """A term with its sign."""
    sign, size = "\u2212" if number < 0 else "", abs(number)
    if power == 0:
        return f"{sign}{size}"
    shown = "" if size == 1 else str(size)
    return f"{sign}{shown}_x_{DEGREES[power] if power > 1 else ''}"


def _table(heads: Sequence[str], sides: Sequence[str], cells: Sequence[Sequence[str]]) -> Sketch:
    wide, tall, left = 2.4, 0.8, 3.9
    sketch = Sketch(12.0, 2.6)
    for i, head in enumerate(heads):
        sketch.label(left + wide * (i + 0.5), 2.25, head)
    for j, side in enumerate(sides):
        y = 1.15 - tall * j
        sketch.label(left - 0.25, y + tall / 2, side, across="right")
        for i in range(2):
            outer = i == j
            sketch.box(left + wide * i, y, wide, tall, color=BLUE if outer else GREEN)
            sketch.label(left + wide * (i + 0.5), y + tall / 2, cells[j][i])
    return sketch


def determinant(facts: Facts) -> Sketch | None:
    """The parallelogram that the columns of a matrix of two rows span; None if it is too slim."""
    rows = [[int(entry) for entry in row] for row in facts["matrix by rows"]]
    if len(rows) != 2:
        return None
    u, v = (rows[0][0], rows[1][0]), (rows[0][1], rows[1][1])
    if abs(u[0] * v[1] - u[1] * v[0]) <= SLIM * math.hypot(*u) * math.hypot(*v):
        return None
    corners = [(0, 0), u, (u[0] + v[0], u[1] + v[1]), v]
    across, up = ([corner[i] for corner in corners] for i in (0, 1))
    scale = min(7.0 / max(max(across) - min(across), 1), 3.4 / max(max(up) - min(up), 1), 0.9)
    height = max(1.6, scale * (max(up) - min(up)) + 0.8)
    sketch = Sketch(12.0, height)
    left = 4.4 - scale * (max(across) + min(across)) / 2
    low = height / 2 - scale * (max(up) + min(up)) / 2

    def at(corner: tuple[int, int]) -> Point:
        return left + scale * corner[0], low + scale * corner[1]

    sketch.area(*map(at, corners), color=BLUE, edge=False)
    for end, color, name, y in (
        (u, RED, "first column", height - 0.3),
        (v, GREEN, "second column", height - 0.75),
    ):
        sketch.arrow(at((0, 0)), at(end), color=color)
        text = f"{name} ({_minus(end[0])}, {_minus(end[1])})"
        sketch.label(11.8, y, text, across="right", size=SMALL, color=color)
    return sketch


def matrix_product(facts: Facts) -> Sketch:
    """The second factor stands above the product and the first beside it."""
    first, second = facts["A by rows"], facts["B by rows"]
    product = [
        [str(sum(int(first[i][k]) * int(second[k][j]) for k in (0, 1))) for j in (0, 1)]
        for i in (0, 1)
    ]
    sketch = Sketch(12.0, 3.4)
    for x, y, entries, color in (
        (6.2, 1.75, second, GREEN), (3.0, 0.2, first, BLUE), (6.2, 0.2, product, PALE),
    ):  # fmt: skip
        sketch.box(x, y, 2.8, 1.4, color=color)
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                text = entry.replace("-", "\u2212")
                sketch.label(x + 0.7 + 1.4 * j, y + 1.05 - 0.7 * i, text)
    for x, y, name in ((9.2, 2.45, "_B_"), (2.8, 0.9, "_A_"), (9.2, 0.9, "_A__B_")):
        sketch.label(x, y, name, across="right" if x < 3 else "left")
    return sketch
