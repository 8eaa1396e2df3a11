"""Numbers on a line, in a row, in a grid: jumps, sequences, tilings, Pascal's triangle."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from math import comb

from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    RED,
    SMALL,
    THIN,
    Sketch,
    spread,
)

MOST_SQUARES = 24
LAST_ROW = 10  # of Pascal's triangle


def forward_addition(facts: Facts) -> Sketch:
    """Jumps by hundreds, tens and ones from the larger number."""
    a, b = sorted((int(facts["a"]["value"]), int(facts["b"]["value"])), reverse=True)
    stops, digits = [a], str(b)
    for i, digit in enumerate(digits):
        if digit != "0":
            stops.append(stops[-1] + int(digit) * 10 ** (len(digits) - 1 - i))
    return _jumps(stops if len(stops) > 1 else [a, a])


def subtraction(facts: Facts) -> Sketch:
    """Jumps from the smaller number up to the larger one, by way of round numbers."""
    a, b = int(facts["a"]["value"]), int(facts["b"]["value"])
    stops = [b]
    for size in (10, 100, 1000):
        following = -(-stops[-1] // size) * size
        if stops[-1] < following <= a:
            stops.append(following)
    for size in (1000, 100, 10, 1):
        jump = (a - stops[-1]) // size * size
        if jump:
            stops.append(stops[-1] + jump)
    return _jumps(stops if len(stops) > 1 else [b, a])


def _jumps(stops: Sequence[int]) -> Sketch:
    """A number line without a scale: every jump has the same length."""
    sketch = Sketch(12.0, 2.4)
    xs = spread(len(stops), 0.3, 11.7)
    sketch.arrow((0.3, 0.8), (11.7, 0.8), width=THIN)
    for x, stop in zip(xs, stops, strict=True):
        sketch.line((x, 0.7), (x, 0.9))
        sketch.label(x, 0.4, str(stop))
    for x, y, a, b in zip(xs, xs[1:], stops, stops[1:], strict=False):
        bend = -min(0.45, 0.9 / (y - x))
        sketch.arrow((x, 0.98), (y - 0.03, 0.98), color=BLUE, width=1.2, bend=bend)
        sketch.label((x + y) / 2, 1.85, f"+{b - a}", color=BLUE, size=SMALL)
    return sketch


def modulus(facts: Facts) -> Sketch:
    """The number between two multiples of the divisor."""
    number, divisor = int(facts["number"]), int(facts["divisor"])
    rest = number % divisor
    sketch = Sketch(12.0, 2.3)
    step = 8.0 / divisor
    sketch.arrow((0.8, 1.1), (11.2, 1.1), width=THIN)
    for i in range(divisor + 1):
        x = 2.0 + step * i
        whole = i in (0, divisor)
        sketch.line((x, 1.1 - 0.18 * (1 + whole)), (x, 1.1 + 0.18 * (1 + whole)), width=THIN)
        if whole:
            multiple = f"{(number - rest + i) // divisor} \u00d7 {divisor} = {number - rest + i}"
            sketch.label(x, 0.45, multiple)
    at = 2.0 + step * rest
    sketch.dot(at, 1.1, color=RED, radius=0.1)
    sketch.label(at, 1.9, str(number), color=RED)
    if rest:
        sketch.line((2.0, 1.1), (at, 1.1), color=RED, width=2.4)
    return sketch


def gcd(facts: Facts) -> Sketch | None:
    """A rectangle cut into squares, always the largest that fits; none where they are too many."""
    a, b = sorted((int(facts["a"]), int(facts["b"])), reverse=True)
    squares, corner, wide, tall = [], (0, 0), a, b
    while wide and tall:
        side = min(wide, tall)
        squares.append((corner[0], corner[1], side))
        if len(squares) > MOST_SQUARES:
            return None
        if wide >= tall:
            corner, wide = (corner[0] + side, corner[1]), wide - side
        else:
            corner, tall = (corner[0], corner[1] + side), tall - side
    scale = min(8.0 / a, 3.2 / b)
    sketch = Sketch(12.0, scale * b + 1.0)
    left, low = 6.0 - scale * a / 2, 0.7
    sizes = sorted({side for *_, side in squares}, reverse=True)
    for x, y, side in squares:
        color = (BLUE, GREEN, ORANGE, RED)[sizes.index(side) % 4]
        sketch.box(left + scale * x, low + scale * y, scale * side, scale * side, color=color)
        if scale * side > 0.3 + 0.16 * len(str(side)):
            middle = scale * side / 2
            sketch.label(left + scale * x + middle, low + scale * y + middle, str(side), size=SMALL)
    sketch.label(6.0, 0.3, str(a))
    sketch.label(left - 0.2, low + scale * b / 2, str(b), across="right")
    return sketch


def fractions(facts: Facts) -> Sketch:
    """Two fractions on a number line: one jump after the other, or the gap between them."""
    first, second = Fraction(facts["first"]), Fraction(facts["second"])
    adds = facts["asked"].startswith("sum")
    low, high = sorted((first, second))
    end = first + second if adds else high
    scale = 9.6 / float(end)
    sketch = Sketch(12.0, 3.2)
    left, y = 1.0, 1.1
    sketch.arrow((left - 0.4, y), (left + 10.3, y), width=THIN)
    _whole_numbers(sketch, end, (left, y), scale)
    stops = [(Fraction(0), first), (first, end)] if adds else [(Fraction(0), low), (low, high)]
    texts = [facts["first"], facts["second"]] if adds else [_text(low), "?"]
    for (a, b), text, color in zip(stops, texts, (BLUE, GREEN if adds else RED), strict=True):
        x0, x1 = left + scale * float(a), left + scale * float(b)
        if x1 - x0 > 0.25:
            sketch.dimension((x0, y + 0.55), (x1, y + 0.55), "")
        sketch.label((x0 + x1) / 2, y + 0.85, text, color=color)
        sketch.dot(x1, y, color=color)
    sketch.dimension((left, y + 1.25), (left + 9.6, y + 1.25), "")
    middle, whole = left + 4.8, "?" if adds else _text(high)
    sketch.label(middle, y + 1.6, whole, color=RED if adds else BLUE)
    return sketch


def _text(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _whole_numbers(sketch: Sketch, end: Fraction, zero: tuple[float, float], scale: float) -> None:
    """Marks at round whole numbers, some ten of them at most."""
    (left, y), step = zero, 1
    while float(end) / step > 10:
        step *= 10 if str(step)[0] == "1" and float(end) / step > 100 else 2
    for whole in range(0, int(end) + 1, step):
        x = left + scale * whole
        sketch.line((x, y - 0.15), (x, y + 0.15), width=THIN)
        sketch.label(x, y - 0.45, str(whole), size=SMALL)


def sequences(facts: Facts) -> Sketch:
    """The terms in a row with what leads from each to the next."""
    terms = [int(facts[f"t{i}"]["value"]) for i in range(4) if f"t{i}" in facts]
    kind = facts["kind"]
    sketch = Sketch(12.0, 3.0 if kind == "quadratic" else 2.2)
    xs = spread(len(terms) + 1, 1.0, 11.0)
    y = sketch.height - 0.5
    for x, term in zip(xs, [*map(str, terms), "?"], strict=True):
        sketch.label(x, y, term, color=RED if term == "?" else BLUE)
    if kind == "geometric":
        steps = [f"\u00d7 {terms[1] // terms[0]}"] * len(terms)
    else:
        gaps = [b - a for a, b in itertools.pairwise(terms)]
        growth = gaps[-1] - gaps[-2] if kind == "quadratic" else 0
        steps = [_signed(gap) for gap in [*gaps, gaps[-1] + growth]]
        if kind == "quadratic":
            middles = [(a + b) / 2 for a, b in itertools.pairwise(xs)]
            _between(sketch, middles, y - 1.05, [_signed(growth)] * (len(gaps)))
    _between(sketch, xs, y - 0.25, steps)
    return sketch


def _signed(number: int) -> str:
    return f"+{number}" if number >= 0 else f"\u2212{-number}"


def _between(sketch: Sketch, xs: Sequence[float], y: float, texts: Sequence[str]) -> None:
    """A text below the gap between each two places, tied to both."""
    for a, b, text in zip(xs, xs[1:], texts, strict=False):
        sketch.line((a, y), ((a + b) / 2, y - 0.3), (b, y), color=PALE, width=THIN)
        sketch.label((a + b) / 2, y - 0.52, text, size=SMALL)


def lattice_paths(facts: Facts) -> Sketch:
    """The grid with the number of ways to each crossing."""
    rows = facts["rows"]
    n, step = len(rows), 0.95
    sketch = Sketch(12.0, step * (n - 1) + 1.3)
    left, top = 6.0 - step * (n - 1) / 2, step * (n - 1) + 0.65
    ways: dict[tuple[int, int], int] = {}
    for i, row in enumerate(rows):
        for j, sign in enumerate(row):
            x, y = left + step * j, top - step * i
            if sign == "#":
                ways[i, j] = 0
                continue
            ways[i, j] = ways.get((i - 1, j), 0) + ways.get((i, j - 1), 0) if i or j else 1
            for di, dj in ((0, 1), (1, 0)):
                if i + di < n and j + dj < n and rows[i + di][j + dj] != "#":
                    sketch.line((x, y), (x + step * dj, y - step * di), color=PALE)
    for (i, j), count in ways.items():
        x, y = left + step * j, top - step * i
        if rows[i][j] == "#":
            sketch.line((x - 0.14, y - 0.14), (x + 0.14, y + 0.14), color=RED, width=1.4)
            sketch.line((x - 0.14, y + 0.14), (x + 0.14, y - 0.14), color=RED, width=1.4)
        else:
            sketch.label(x, y, str(count), masked=True, color=BLUE)
    sketch.label(left - 0.45, top, "start", across="right", size=SMALL)
    sketch.label(
        left + step * (n - 1) + 0.5, top - step * (n - 1), "end", across="left", size=SMALL
    )
    return sketch


def binomial(facts: Facts) -> Sketch | None:
    """Pascal's triangle down to the row asked for, where that is short."""
    n, k = int(facts["n"]["value"]), int(facts["k"]["value"])
    if n > LAST_ROW:
        return None
    sketch = Sketch(12.0, 0.5 * n + 0.9)
    for row in range(n + 1):
        y = 0.5 * (n - row) + 0.45
        for place in range(row + 1):
            x = 6.7 + 0.84 * (place - row / 2)
            asked = row == n and place == k
            if asked:
                sketch.disc(x, y, 0.27, color=RED)
            sketch.label(x, y, str(comb(row, place)), size=SMALL)
        sketch.label(0.9, y, f"_n_ = {row}", size=SMALL, across="left")
    return sketch
