"""Places and ways, trees and derivations: what logic draws as points and lines."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, permutations

from ouroboros.mill.book.figures.scene import Facts
from ouroboros.mill.book.figures.sketch import (
    BLUE,
    GREEN,
    INK,
    PALE,
    RED,
    SMALL,
    Point,
    Sketch,
    spread,
)

CLEAR = 0.36  # centimetres between an arrow and the middle of a disc that it passes
BENDS = (0.0, 0.15, -0.15, 0.25, -0.25, 0.4, -0.4)

Road = tuple[str, str, int]
MOST_PLACES = 7


def shortest_path(facts: Facts) -> Sketch | None:
    """The places on a ring, start and goal at its ends, and the shortest way between them."""
    roads = [(*road["between"], int(road["length"]["value"])) for road in facts["roads"]]
    start, goal = facts["start"], facts["goal"]
    others = sorted({place for a, b, _ in roads for place in (a, b)} - {start, goal})
    if len(others) + 2 > MOST_PLACES:
        return None
    at = _placed(start, goal, others, roads)
    way = shortest_way(roads, start, goal)
    taken = {frozenset(leg) for leg in pairwise(way)}
    sketch = Sketch(12.0, 4.6)
    for a, b, length in roads:
        on_way = {a, b} in taken
        (x0, y0), (x1, y1) = at[a], at[b]
        sketch.line((x0, y0), (x1, y1), color=RED if on_way else PALE, width=2.0 if on_way else 1.0)
        x, y = x0 + 0.42 * (x1 - x0), y0 + 0.42 * (y1 - y0)
        sketch.label(x, y, str(length), size=SMALL, masked=True)
    for place, (x, y) in at.items():
        sketch.mask(x, y, 0.3)
        sketch.disc(x, y, 0.3, color=RED if place in (start, goal) else BLUE)
        sketch.label(x, y, place.upper())
    sketch.label(11.8, 0.25, "lengths in km", across="right", size=SMALL)
    return sketch


def _placed(
    start: str, goal: str, others: Sequence[str], roads: Sequence[Road]
) -> dict[str, Point]:
    """A place for each, those between start and goal in the order with the fewest crossings."""
    upper = spread((len(others) + 1) // 2, 2.6, 9.4)
    lower = spread(len(others) // 2, 2.6, 9.4) if len(others) > 1 else []
    spots = [(x, 3.9) for x in upper] + [(x, 0.9) for x in lower]
    ends = {start: (1.2, 2.4), goal: (10.8, 2.4)}
    if not others:
        return ends
    orders = (ends | dict(zip(order, spots, strict=True)) for order in permutations(others))
    return min(orders, key=lambda at: _crossings(at, roads))


def _crossings(at: Mapping[str, Point], roads: Sequence[Road]) -> tuple[int, float]:
    """Pairs of roads that cross, then the length of all."""
    crossed = sum(
        len({a, b, c, d}) == 4 and _cross(at[a], at[b], at[c], at[d])
        for (a, b, _), (c, d, _) in combinations(roads, 2)
    )
    return crossed, round(sum(math.dist(at[a], at[b]) for a, b, _ in roads), 6)


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def turns(p: Point, q: Point, r: Point) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    return turns(a, b, c) != turns(a, b, d) and turns(c, d, a) != turns(c, d, b)


def shortest_way(roads: Sequence[Road], start: str, goal: str) -> list[str]:
    """The places on a shortest way."""
    ways = {start: (0, [start])}
    for _ in roads:
        for a, b, length in [*roads, *((b, a, n) for a, b, n in roads)]:
            if a in ways and ways[a][0] + length < ways.get(b, (math.inf, []))[0]:
                ways[b] = (ways[a][0] + length, [*ways[a][1], b])
    return ways[goal][1] if goal in ways else []


def maze(facts: Facts) -> Sketch:
    """The maze with the number of steps to each square that can be reached."""
    rows = facts["rows"]
    steps = flooded(rows)
    n, side = len(rows), 0.62
    sketch = Sketch(12.0, side * n + 0.6)
    left, top = 6.0 - side * n / 2, side * n + 0.3
    ends: list[tuple[float, float, str]] = []
    for i, row in enumerate(rows):
        for j, sign in enumerate(row):
            x, y = left + side * j, top - side * (i + 1)
            sketch.box(x, y, side, side, color=PALE)
            if sign == "#":
                sketch.box(x, y, side, side, color=INK, edge=False)
                continue
            if sign in "SE":
                ends.append((x, y, GREEN if sign == "S" else RED))
            text = sign if sign in "SE" else str(steps.get((i, j), ""))
            sketch.label(x + side / 2, y + side / 2, text, size=SMALL)
    for x, y, color in ends:  # last, so that no neighbour covers their edges
        sketch.box(x, y, side, side, color=color)
    return sketch


def flooded(rows: Sequence[str]) -> dict[tuple[int, int], int]:
    """Steps from S to each square."""
    (start,) = ((i, row.index("S")) for i, row in enumerate(rows) if "S" in row)
    steps, edge = {start: 0}, [start]
    while edge:
        following = []
        for i, j in edge:
            for square in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                inside = 0 <= square[0] < len(rows) and 0 <= square[1] < len(rows)
                if inside and square not in steps and rows[square[0]][square[1]] != "#":
                    steps[square] = steps[i, j] + 1
                    following.append(square)
        edge = following
    return steps


SIGNS = {"&": "and", "|": "or", "^": "xor", ">": "implies"}
Tree = tuple[str, tuple["Tree", ...]]


def boolean_expression(facts: Facts) -> Sketch | None:
    """The expression as a tree, with the value of each part."""
    tree, _ = _parsed(facts["expression"], 0)
    wide, deep = _leaves(tree), _depth(tree)
    if wide > 8 or deep > 7:
        return None
    sketch = Sketch(12.0, 0.95 * deep + 0.2)
    _grow(sketch, tree, (6.0 - 0.75 * wide, 6.0 + 0.75 * wide), sketch.height - 0.5)
    return sketch


def _parsed(text: str, at: int) -> tuple[Tree, int]:
    """The part that begins at a place, and where it ends."""
    if text[at] == "!":
        inner, end = _parsed(text, at + 1)
        return ("not", (inner,)), end
    if text[at] != "(":
        return (text[at].upper(), ()), at + 1
    left, middle = _parsed(text, at + 1)
    right, end = _parsed(text, middle + 1)
    return (SIGNS[text[middle]], (left, right)), end + 1


def _leaves(tree: Tree) -> int:
    return sum(map(_leaves, tree[1])) or 1


def _depth(tree: Tree) -> int:
    return 1 + max(map(_depth, tree[1]), default=0)


def _truth(tree: Tree) -> bool:
    """The value of a tree."""
    name, parts = tree
    if not parts:
        return name == "T"
    values = [_truth(part) for part in parts]
    if name == "not":
        return not values[0]
    left, right = values
    return {
        "and": left and right,
        "or": left or right,
        "xor": left != right,
        "implies": not left or right,
    }[name]


def _grow(sketch: Sketch, tree: Tree, span: tuple[float, float], y: float) -> None:
    """Draw a tree within a span from the height y down."""
    name, parts = tree
    x = sum(span) / 2
    at = span[0]
    for part in parts:
        share = (span[1] - span[0]) * _leaves(part) / _leaves(tree)
        below = (at + share / 2, y - 0.95)
        sketch.line((x, y), below, color=PALE)
        _grow(sketch, part, (at, at + share), y - 0.95)
        at += share
    text = f"{name} = {'T' if _truth(tree) else 'F'}" if parts else name
    sketch.label(x, y, text, masked=True, color=BLUE if parts else INK, size=SMALL)


def proof(facts: Facts) -> Sketch | None:
    """What is known at the left, and to the right of it what follows, step by step."""
    depth = {fact: 0 for fact in facts["facts"]}
    used: list[tuple[list[str], str]] = []
    while True:
        fresh = [
            (rule["if"], rule["then"])
            for rule in facts["rules"]
            if rule["then"] not in depth and all(part in depth for part in rule["if"])
        ]
        if not fresh:
            break
        step = max(depth.values()) + 1
        for parts, found in fresh:
            if found not in depth:
                depth[found] = step
                used.append((parts, found))
    columns = [sorted(p for p in depth if depth[p] == n) for n in range(max(depth.values()) + 1)]
    if not used or len(columns) > 5 or max(map(len, columns)) > 6:
        return None
    return _derivation(columns, used)


def free_bend(tail: Point, head: Point, others: Sequence[Point]) -> float:
    """How much an arrow must curve to keep clear of the other places; the least that does."""

    def room(bend: float) -> float:
        (x0, y0), (x1, y1) = tail, head
        over = (x0 + x1) / 2 + bend * (y1 - y0), (y0 + y1) / 2 - bend * (x1 - x0)
        way = [
            [
                (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c
                for a, b, c in zip(tail, over, head, strict=True)
            ]
            for t in (i / 20 for i in range(21))
        ]
        return min((math.dist(point, other) for point in way for other in others), default=CLEAR)

    return next((bend for bend in BENDS if room(bend) >= CLEAR), 0.0)


def _derivation(columns: Sequence[Sequence[str]], used: Sequence[tuple[list[str], str]]) -> Sketch:
    height = 0.8 * max(map(len, columns)) + 0.8
    sketch = Sketch(12.0, height)
    at: dict[str, Point] = {}
    for x, names in zip(spread(len(columns), 0.6, 11.4), columns, strict=True):
        for y, name in zip(spread(len(names), height - 0.7, 0.1), names, strict=True):
            at[name] = (x, y)
    for parts, found in used:
        for part in parts:
            (x0, y0), (x1, y1) = at[part], at[found]
            length = math.dist((x0, y0), (x1, y1))
            dx, dy = 0.32 * (x1 - x0) / length, 0.32 * (y1 - y0) / length
            tail, head = (x0 + dx, y0 + dy), (x1 - dx, y1 - dy)
            others = [place for name, place in at.items() if name not in {part, found}]
            bend = free_bend(tail, head, others)
            sketch.arrow(tail, head, color=PALE, width=1.0, bend=bend)
    for name, (x, y) in at.items():
        sketch.disc(x, y, 0.27, color=GREEN if name in columns[0] else BLUE)
        sketch.label(x, y, name.upper(), size=SMALL)
    sketch.label(at[columns[0][0]][0], height - 0.3, "known", size=SMALL, color=GREEN)
    return sketch
