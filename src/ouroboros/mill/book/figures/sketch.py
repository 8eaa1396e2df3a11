"""A sheet to draw on, measured in centimetres from its lower left corner, and its SVG.

    sketch = Sketch(12.0, 3.0)
    sketch.arrow((1.0, 1.0), (4.0, 1.0), color=BLUE)
    sketch.label(2.5, 1.3, "_v_ = 6 m/s")
    sketch.svg()

One palette (Okabe and Ito's, which the colour-blind can tell apart), thin lines, tinted areas that
let the page shine through. The same strokes give the same bytes. In a label `_v_` is an italic v.
Labels are measured in a wide font, so that a narrower one of the reader's cannot make them touch.
"""

import io
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle, FancyArrowPatch, Patch, Polygon
from matplotlib.transforms import Bbox

Point = tuple[float, float]

INK, PALE, PAPER = "#1f2933", "#717b86", "#fefefe"
BLUE, RED, GREEN, ORANGE, PURPLE = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7"
THIN, LINE, THICK = 0.7, 1.0, 1.8  # points
TINT = 0.16  # how much of its colour an area shows
SIZE, SMALL = 9.0, 8.0  # points
OVER = 2.5  # above lines, below labels
MEASURED = "DejaVu Serif"
FONTS = "STIX Two Text, Cambria, Georgia, Times New Roman, DejaVu Serif, serif"
CENTIMETRE = 1 / 2.54  # inches
EDGE = 0.05  # inches of paper about what is drawn
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}
_STYLE = "<style.*?</style>"
_SLANTED = re.compile(r"_([A-Za-z])_")
_ID = re.compile(r' id="[^"]*"')


class Sketch:
    """A drawing under way."""

    def __init__(self, width: float, height: float) -> None:
        """An empty sheet of so many centimetres."""
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width * CENTIMETRE, height * CENTIMETRE), frameon=False)
        FigureCanvasSVG(self.figure)
        self.axes: Any = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(0, height)

    def line(
        self,
        *points: Point,
        color: str = INK,
        width: float = LINE,
        dashed: bool = False,
    ) -> None:
        """Straight from point to point."""
        xs, ys = zip(*points, strict=True)
        style = (0, (4, 3)) if dashed else "solid"
        self.axes.plot(xs, ys, color=color, linewidth=width, linestyle=style, clip_on=False)

    def arrow(
        self,
        tail: Point,
        head: Point,
        *,
        color: str = INK,
        width: float = THICK,
        double: bool = False,
        bend: float = 0.0,
    ) -> None:
        """From tail to head; `bend` curves it to the right of its way."""
        self.axes.add_patch(
            FancyArrowPatch(
                tail,
                head,
                arrowstyle="<|-|>" if double else "-|>",
                connectionstyle=f"arc3,rad={bend}",
                mutation_scale=9 if width >= THICK else 7,
                shrinkA=0,
                shrinkB=0,
                linewidth=width,
                color=color,
                clip_on=False,
            )
        )

    def label(
        self,
        x: float,
        y: float,
        text: str,
        *,
        across: str = "center",
        up: str = "center",
        color: str = INK,
        size: float = SIZE,
        turned: float = 0.0,
        masked: bool = False,
    ) -> None:
        """A text: `across` and `up` say which part of it is at the point.

        A masked one hides the lines that it crosses.
        """
        self.axes.text(
            x,
            y,
            text,
            ha=across,
            va=up,
            color=color,
            fontsize=size,
            fontfamily=MEASURED,
            rotation=turned,
            rotation_mode="anchor",
            parse_math=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0} if masked else None,
        )

    def area(self, *corners: Point, color: str = BLUE, edge: bool = True) -> None:
        """A tinted polygon."""
        self._patch(Polygon(corners, closed=True), color, edge=edge)

    def box(
        self, x: float, y: float, width: float, height: float, *, color: str = BLUE,
        edge: bool = True,
    ) -> None:  # fmt: skip
        """A tinted rectangle from its lower left corner."""
        right, top = x + width, y + height
        self.area((x, y), (right, y), (right, top), (x, top), color=color, edge=edge)

    def disc(self, x: float, y: float, radius: float, *, color: str = BLUE) -> None:
        """A tinted disc."""
        self._patch(Circle((x, y), radius, zorder=OVER), color)

    def dot(self, x: float, y: float, *, color: str = INK, radius: float = 0.07) -> None:
        """A small full disc."""
        self.axes.add_patch(
            Circle((x, y), radius, color=color, linewidth=0, zorder=OVER, clip_on=False)
        )

    def mask(self, x: float, y: float, radius: float) -> None:
        """Hide what is there."""
        self.axes.add_patch(
            Circle((x, y), radius, color=PAPER, linewidth=0, zorder=OVER, clip_on=False)
        )

    def circle(
        self, x: float, y: float, radius: float, *, color: str = INK, start: float = 0.0,
        end: float = 360.0, width: float = LINE,
    ) -> None:  # fmt: skip
        """A circle's line, or its part between two angles in degrees."""
        size = 2 * radius
        self.axes.add_patch(
            Arc(
                (x, y),
                size,
                size,
                theta1=start,
                theta2=end,
                color=color,
                linewidth=width,
                clip_on=False,
            )
        )

    def _patch(self, patch: Patch, color: str, *, edge: bool = True) -> None:
        patch.set(
            facecolor=to_rgba(color, TINT),
            edgecolor=color if edge else "none",
            linewidth=LINE,
            clip_on=False,
        )
        self.axes.add_patch(patch)

    def dimension(self, a: Point, b: Point, text: str, *, away: float = 0.28) -> None:
        """A measure between two points, its text `away` to the left of the way from a to b."""
        length = math.dist(a, b)
        right, up = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        for end in (a, b):
            self.line(_moved(end, -up, right, 0.12), _moved(end, up, -right, 0.12), width=THIN)
        self.arrow(a, b, width=THIN, double=True)
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        x, y = _moved(middle, -up, right, away)
        across = "center" if abs(up) < 0.5 else ("right" if (x < middle[0]) else "left")
        if text:
            self.label(x, y, text, across=across, masked=True)

    def ground(self, left: float, right: float, y: float, *, below: bool = True) -> None:
        """A firm surface, hatched on the far side."""
        self.line((left, y), (right, y))
        down, gap = -0.22 if below else 0.22, (math.nan, math.nan)
        starts = [left + 0.3 * i for i in range(round((right - left) / 0.3))]
        strokes = [((x, y + down), (x + 0.22, y), gap) for x in starts]
        self.line(*(point for stroke in strokes for point in stroke), color=PALE, width=THIN)

    def zigzag(self, a: Point, b: Point, *, turns: int = 7, width: float = 0.18) -> None:
        """A spring from a to b."""
        length = math.dist(a, b)
        right, up = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        points = [a]
        for i in range(2 * turns):
            along, side = length * (i + 1.5) / (2 * turns + 2), width * (-1) ** i
            points.append((a[0] + right * along - up * side, a[1] + up * along + right * side))
        self.line(*points, b)

    def axis(self, a: Point, b: Point, text: str) -> None:
        """An axis of a graph, its name beyond the arrow's head."""
        self.arrow(a, b, width=LINE)
        if a[1] == b[1]:
            self.label(b[0] + 0.15, b[1], text, across="left")
        else:
            self.label(b[0], b[1] + 0.28, text)

    def curve(self, points: Iterable[Point], *, color: str = BLUE) -> None:
        """A smooth line through many points."""
        self.line(*points, color=color, width=1.4)

    def svg(self) -> str:
        """The drawing as an SVG element that refers to nothing, not even to its own parts.

        The sheet is trimmed to what is drawn, so that nothing stands off the middle of a page.
        """
        target = io.StringIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ouroboros"}):
            self.figure.savefig(target, format="svg", metadata=_NOTHING, bbox_inches=self._drawn())
        return _cleaned(target.getvalue())

    def _drawn(self) -> Bbox:
        """What is drawn on, in inches."""
        renderer = FigureCanvasAgg(self.figure).get_renderer()
        marks = (*self.axes.lines, *self.axes.patches, *self.axes.texts)
        whole = Bbox.union([mark.get_window_extent(renderer) for mark in marks])
        return whole.transformed(self.figure.dpi_scale_trans.inverted()).padded(EDGE)


def _moved(point: Point, right: float, up: float, by: float) -> Point:
    return point[0] + right * by, point[1] + up * by


def _cleaned(svg: str) -> str:
    """Without prologue, style sheet and identifiers; with italics and the reader's fonts."""
    svg = re.sub(_STYLE, "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" ', 1)
    svg = svg.replace(f"font-family: '{MEASURED}'", f"font-family: {FONTS}")
    svg = _SLANTED.sub(r'<tspan font-style="italic">\1</tspan>', _ID.sub("", svg))
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def reach(value: float, largest: float, *, least: float = 0.5, most: float = 2.5) -> float:
    """The length of an arrow that stands for a value, long enough to be seen."""
    return max(least, most * value / largest) if largest else least


def spread(count: int, left: float, right: float) -> Sequence[float]:
    """The middles of so many equal parts."""
    part = (right - left) / count
    return [left + part * (i + 0.5) for i in range(count)]
