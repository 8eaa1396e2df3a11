"""Networks of resistors, drawn from their parts: what is in series side by side, the rest stacked.

The facts name the points that each resistor joins. Two parts between the same points are one part
in parallel, two that meet alone in a point are one in series, until a single part is left.
"""

from dataclasses import dataclass
from typing import Any

from ouroboros.envs.planned import spelled
from ouroboros.mill.book.figures.scene import Facts, quantity
from ouroboros.mill.book.figures.sketch import BLUE, INK, RED, SMALL, Sketch

WIDE, TALL = 1.9, 0.95  # centimetres of a resistor with its label and its leads


@dataclass(frozen=True, slots=True)
class Part:
    """A resistor, or parts in series or in parallel."""

    kind: str
    label: str = ""
    parts: tuple["Part", ...] = ()

    def size(self) -> tuple[float, float]:
        """Width and height in centimetres."""
        if self.kind == "resistor":
            return WIDE, TALL
        widths, heights = zip(*(part.size() for part in self.parts), strict=True)
        if self.kind == "series":
            return sum(widths), max(heights)
        return max(widths) + 0.5, sum(heights)

    def turned(self) -> "Part":
        """The same part seen from its other end."""
        turned = tuple(part.turned() for part in self.parts)
        return Part(self.kind, self.label, turned[::-1] if self.kind == "series" else turned)


@dataclass(frozen=True, slots=True)
class Wire:
    """A part between two points."""

    start: int
    end: int
    part: Part

    def other(self, point: int) -> int:
        """The end that is not this one."""
        return self.end if self.start == point else self.start

    def away_from(self, point: int) -> Part:
        """The part as seen from one of its ends."""
        return self.part if self.start == point else self.part.turned()


def network(facts: Facts) -> Part:
    """The whole network, from its first terminal to its second."""
    wires = []
    for each in facts["resistors"]:
        a, b = each["joins"]
        wires.append(Wire(a, b, _resistor(each)))
    start, end = facts["terminals"]
    while len(wires) > 1:
        shorter = _stacked(_chained(wires, {start, end}))
        if len(shorter) == len(wires):
            raise ValueError("a network that is not made of series and parallel parts")
        wires = shorter
    return wires[0].away_from(start)


def _resistor(each: Any) -> Part:
    resistance = each["resistance"]
    return Part("resistor", f"{resistance['value']} {spelled(resistance['unit'])}")


def _stacked(wires: list[Wire]) -> list[Wire]:
    """Parts between the same points as one."""
    between: dict[frozenset[int], list[Wire]] = {}
    for wire in wires:
        between.setdefault(frozenset((wire.start, wire.end)), []).append(wire)
    return [
        Wire(a.start, a.end, _joined("parallel", [a.part, *(b.away_from(a.start) for b in rest)]))
        for a, *rest in between.values()
    ]


def _chained(wires: list[Wire], ends: set[int]) -> list[Wire]:
    """The first two parts that meet alone in a point as one."""
    for point in sorted({p for wire in wires for p in (wire.start, wire.end)} - ends):
        meeting = [wire for wire in wires if point in (wire.start, wire.end)]
        if len(meeting) == 2:
            first, second = (wire.other(point) for wire in meeting)
            parts = [meeting[0].away_from(first), meeting[1].away_from(point)]
            others = [wire for wire in wires if wire not in meeting]
            return [*others, Wire(first, second, _joined("series", parts))]
    return wires


def _joined(kind: str, parts: list[Part]) -> Part:
    """Parts of a kind as one part, those of the same kind taken in."""
    if len(parts) == 1:
        return parts[0]
    flat = [inner for part in parts for inner in (part.parts if part.kind == kind else (part,))]
    return Part(kind, parts=tuple(flat))


def circuit(facts: Facts) -> Sketch:
    """The network between its terminals, with a battery where a voltage is given."""
    whole = network(facts)
    width, height = whole.size()
    powered = "voltage" in facts
    beside, below = (4.4, 2.1) if powered else (1.8, 0.6)
    sketch = Sketch(max(12.0, width + beside), height + below)
    left = (sketch.width - width) / 2
    y = sketch.height - 0.3 - height / 2
    _draw(sketch, whole, left, y, width)
    if powered:
        volts = f"{facts['voltage']['value']} {facts['voltage']['unit']}"
        _battery(sketch, (left - 0.5, left + width + 0.5), y, volts, "_I_ = ?")
        sketch.line((left - 0.5, y), (left, y))
        sketch.line((left + width, y), (left + width + 0.5, y))
        return sketch
    for x, side in ((left, -1), (left + width, 1)):
        sketch.line((x, y), (x + side * 0.4, y))
        sketch.disc(x + side * 0.47, y, 0.07, color=INK)
    return sketch


def series_circuit(facts: Facts) -> Sketch:
    """Three resistors in a row on one source."""
    whole = Part("series", parts=tuple(Part("resistor", quantity(facts, n)) for n in "rst"))
    width, _ = whole.size()
    sketch = Sketch(12.0, 3.1)
    left, y = (12.0 - width) / 2, 2.3
    _draw(sketch, whole, left, y, width)
    sketch.line((left - 0.5, y), (left, y))
    sketch.line((left + width, y), (left + width + 0.5, y))
    current = f"_I_ = {quantity(facts, 'i')}"
    _battery(sketch, (left - 0.5, left + width + 0.5), y, "_V_ = ?", current)
    return sketch


def _battery(
    sketch: Sketch, sides: tuple[float, float], y: float, volts: str, current: str
) -> None:
    """The wire back below the network with a source in it, and the current's direction."""
    low, middle = 0.75, sum(sides) / 2
    left, right = sides
    sketch.line((left, y), (left, low), (middle - 0.09, low))
    sketch.line((middle + 0.09, low), (right, low), (right, y))
    sketch.line((middle - 0.09, low - 0.32), (middle - 0.09, low + 0.32))
    sketch.line((middle + 0.09, low - 0.17), (middle + 0.09, low + 0.17), width=2.4)
    sketch.label(middle - 0.3, low + 0.28, "+", size=SMALL)
    sketch.label(middle + 0.35, low - 0.35, volts, across="left")
    sketch.arrow((left, (low + y) / 2 - 0.25), (left, (low + y) / 2 + 0.25), color=RED)
    sketch.label(left - 0.2, (low + y) / 2, current, across="right", color=RED)


def _draw(sketch: Sketch, part: Part, x: float, y: float, width: float) -> None:
    """A part from x on, its leads at the height y, as wide as it is told."""
    own = part.size()[0]
    if part.kind == "parallel":
        _draw_parallel(sketch, part, x, y, width)
        return
    lead = (width - own) / 2
    if lead > 0:
        sketch.line((x, y), (x + lead, y))
        sketch.line((x + width - lead, y), (x + width, y))
    if part.kind == "resistor":
        _draw_resistor(sketch, part, x + lead, y)
        return
    at = x + lead
    for inner in part.parts:
        size = inner.size()[0]
        _draw(sketch, inner, at, y, size)
        at += size


def _draw_parallel(sketch: Sketch, part: Part, x: float, y: float, width: float) -> None:
    """Branches one above the other between two uprights."""
    heights = [inner.size()[1] for inner in part.parts]
    at = y + sum(heights) / 2
    levels = []
    for inner, height in zip(part.parts, heights, strict=True):
        at -= height / 2
        levels.append(at)
        _draw(sketch, inner, x + 0.25, at, width - 0.5)
        at -= height / 2
    for side, inward in ((x, 0.25), (x + width, -0.25)):
        sketch.line((side, y), (side + inward, y))
        sketch.line((side + inward, max(levels)), (side + inward, min(levels)))
        if y not in levels or len(levels) > 1:
            sketch.dot(side + inward, y, radius=0.06)


def _draw_resistor(sketch: Sketch, part: Part, x: float, y: float) -> None:
    sketch.line((x, y), (x + 0.4, y))
    sketch.line((x + WIDE - 0.4, y), (x + WIDE, y))
    sketch.box(x + 0.4, y - 0.16, WIDE - 0.8, 0.32, color=BLUE)
    sketch.label(x + WIDE / 2, y + 0.38, part.label, size=SMALL)
