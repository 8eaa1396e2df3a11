"""`climb.png`: a run at a glance, drawn with matplotlib and nothing from the network.

Top: the frontier by generation, a panel a family, on a log axis, with the wall, the examined
successors (promoted and rejected), the champion's final frontier and, thin, what the loop itself
believed. Middle: accuracy by level of the first champion and of the last. Bottom: examples made by
generation with the share of right labels, and the cost.
"""

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ouroboros.lineage.figures import duration, flop
from ouroboros.lineage.history import Evidence
from ouroboros.lineage.summary import Account, Levels

# pyright: reportUnknownMemberType=false
# matplotlib's own stubs leave many arguments untyped

INK, PALE, REJECTED = "#1f2933", "#9aa5b1", "#b0413e"
COLORS = ("#0f766e", "#b45309", "#4f46e5", "#be185d", "#4d7c0f", "#0369a1", "#7c3aed", "#57534e")
SUBDIVISIONS = (1, 2, 5)  # labelled multiples of each power of ten
TARGET = 0.995  # label precision that the loop is held to
STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": "#52606d",
    "ytick.color": "#52606d",
    "grid.color": "#e4e7eb",
    "legend.frameon": False,
}


def draw(account: Account) -> bytes:
    """The picture as PNG."""
    with mpl.rc_context(STYLE):
        families = list(account.summary.families)
        width = max(10.0, 3.0 * len(families))
        figure = Figure(figsize=(width, 9.6), dpi=110)
        FigureCanvasAgg(figure)
        figure.legend(handles=_legend(), loc="upper center", ncols=5 if width > 12 else 3)
        left, right = 0.78 / width, 1 - 0.12 / width  # an axis label and its numbers; the last star
        narrow, wide = {"wspace": 0.06}, {"wspace": 4.4 / width, "width_ratios": (5, 3)}
        bands = ((len(families), 0.62, 0.925, narrow), (len(families), 0.335, 0.545, narrow))
        grids: list[Any] = [
            figure.add_gridspec(1, count, left=left, right=right, bottom=low, top=high, **spacing)
            for count, low, high, spacing in (*bands, (2, 0.055, 0.235, wide))
        ]
        climbs = grids[0].subplots(sharey=True, squeeze=False)[0]
        skills = grids[1].subplots(sharey=True, squeeze=False)[0]
        for i, family in enumerate(families):
            _draw_climb(climbs[i], account, family, color_of(i))
            _draw_accuracy(skills[i], account, family, color_of(i))
        climbs[0].set_ylabel("frontier (level)")
        skills[0].set_ylabel("exact match")
        data, cost = grids[2].subplots()
        _draw_data(data, account, families)
        _draw_cost(cost, account)
        target = io.BytesIO()
        figure.savefig(target, format="png", facecolor="white")
        return target.getvalue()


def color_of(number: int) -> str:
    """The colour of a family, by its place in the run."""
    return COLORS[number % len(COLORS)]


def _draw_climb(axes: Axes, account: Account, family: str, color: str) -> None:
    standing = account.summary.families[family]
    decisions = [e for e in account.decisions if family in _frontiers(e)]
    last = max([1, account.summary.generations, *(e.exam.generation for e in decisions)])
    believed = [(0, standing.wall)]
    believed += [
        (g.generation, g.fronts[family]) for g in account.generations if family in g.fronts
    ]
    axes.plot(*_columns(believed), color=color, linewidth=0.8, alpha=0.7)
    axes.axhline(standing.wall, color=INK, linestyle=(0, (4, 3)), linewidth=1)
    note: dict[str, Any] = {"xytext": (2, -3), "textcoords": "offset points", "va": "top"}
    axes.annotate(f"wall {standing.wall}", (last, standing.wall), ha="right", fontsize=8, **note)
    won = [(e.exam.generation, _frontiers(e)[family]) for e in decisions if e.promoted]
    lost = [(e.exam.generation, _frontiers(e)[family]) for e in decisions if not e.promoted]
    if won:
        steps = [*won, (last, won[-1][1])]
        axes.step(*_columns(steps), where="post", color=color, linewidth=2.2)
        axes.plot(*_columns(won), "o", color=color, markersize=5.5, clip_on=False)
    axes.plot(*_columns(lost), "x", color=REJECTED, markersize=6, markeredgewidth=1.6)
    if account.summary.is_final and standing.frontier:
        _mark_final(axes, last, standing.frontier, color)
    axes.set_yscale("log", nonpositive="clip")
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))
    axes.yaxis.set_major_locator(LogLocator(subs=SUBDIVISIONS))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.grid(axis="y", linewidth=0.7)
    axes.margins(x=0.06, y=0.12)
    axes.set_title(family.replace("_", " "), color=color)
    axes.set_xlabel("generation")


def _mark_final(axes: Axes, generation: int, frontier: int, color: str) -> None:
    shape: dict[str, Any] = {"markersize": 13, "markeredgecolor": "white", "clip_on": False}
    axes.plot([generation], [frontier], "*", color=color, zorder=5, **shape)
    note: dict[str, Any] = {"xytext": (-3, 8), "textcoords": "offset points", "ha": "right"}
    axes.annotate(str(frontier), (generation, frontier), weight="bold", fontsize=11, **note)


def _frontiers(evidence: Evidence) -> dict[str, int]:
    # A log axis has no zero: a successor with no level to show stands at the lowest one.
    return {m.family: max(1, m.frontier) for m in evidence.exam.measures}


def _draw_accuracy(axes: Axes, account: Account, family: str, color: str) -> None:
    wall = account.summary.families[family].wall
    axes.axvline(wall, color=INK, linestyle=(0, (4, 3)), linewidth=1)
    _plot_levels(axes, account.before, family, PALE)
    _plot_levels(axes, account.after, family, color)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))
    axes.xaxis.set_major_locator(LogLocator(subs=SUBDIVISIONS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(FuncFormatter(_percent))
    axes.grid(axis="y", linewidth=0.7)
    axes.set_xlabel("level")


def _plot_levels(axes: Axes, levels: Levels, family: str, color: str) -> None:
    points = [(level, correct / items) for level, items, correct in levels.get(family, ()) if items]
    axes.plot(*_columns(points), ".-", color=color, linewidth=1.6, markersize=5)


def _draw_data(axes: Axes, account: Account, families: Sequence[str]) -> None:
    sums: dict[int, list[int]] = {}
    for i, family in enumerate(families):
        made = [each for each in account.yields if each.family == family]
        bottoms = [sums.setdefault(each.generation, [0, 0])[0] for each in made]
        heights, places = [each.rows for each in made], [each.generation for each in made]
        axes.bar(places, heights, bottom=bottoms, color=color_of(i), width=0.8, alpha=0.45)
        for each in made:
            sums[each.generation][0] += each.rows
            sums[each.generation][1] += each.correct
    axes.set_title("examples made (bars), share of right labels (dots)")
    axes.set_xlabel("generation")
    axes.set_ylabel("examples")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if sums:
        _draw_precision(axes, [(g, right / rows) for g, (rows, right) in sorted(sums.items())])
    else:
        _say(axes, "none: this run learnt from the wall alone")


def _draw_precision(axes: Axes, points: Sequence[tuple[int, float]]) -> None:
    right = axes.twinx()
    right.axhline(TARGET, color=INK, linestyle=(0, (1, 2)), linewidth=1)
    right.plot(*_columns(points), "o", color=INK, markersize=4.5)
    lowest = min(TARGET, *(share for _, share in points))
    right.set_ylim(lowest - 0.6 * (1 - lowest), 1 + 0.1 * (1 - lowest))
    right.yaxis.set_major_formatter(FuncFormatter(_fine_percent))
    right.yaxis.set_major_locator(MaxNLocator(nbins=4))
    right.set_ylabel("label precision")
    right.spines["right"].set_visible(True)


def _draw_cost(axes: Axes, account: Account) -> None:
    spent = spending(account)
    axes.plot(*_columns(spent), color=INK, linewidth=1.6)
    for evidence in account.decisions:
        if evidence.seconds is not None and spent:
            so_far = np.interp(evidence.seconds, *_columns(spent))
            style = ("o", INK) if evidence.promoted else ("x", REJECTED)
            axes.plot([evidence.seconds], [so_far], style[0], color=style[1], markersize=6)
    whole = account.summary
    axes.set_title(f"cost: {duration(whole.wall_seconds)}, {flop(whole.flop)} FLOP")
    axes.set_xlabel("seconds of work")
    axes.set_ylabel("FLOP, by the engine")
    axes.yaxis.set_major_formatter(FuncFormatter(_power))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", linewidth=0.7)
    if not spent:
        _say(axes, "no generation was recorded")


def spending(account: Account) -> list[tuple[float, float]]:
    """(seconds of work, FLOP that the engine stated by then), from the start to the end."""
    turns = [(g.seconds, g.flop) for g in account.generations if g.seconds is not None]
    if not turns:
        return []
    whole = account.summary
    stated = float(whole.flop - whole.flop_of_judges)
    examined = [e.seconds for e in account.decisions if e.seconds is not None]
    last = max([turns[-1][0], *examined])  # what follows is the final examination
    return [(0.0, 0.0), *turns, (last, stated), (max(last, whole.wall_seconds), stated)]


def _legend() -> list[Line2D]:
    shapes: list[tuple[str, dict[str, Any]]] = [
        ("champion, as examined", {"color": INK, "linewidth": 2.2, "marker": "o"}),
        ("rejected successor", {"color": REJECTED, "marker": "x", "linestyle": ""}),
        ("front by the loop's own belief", {"color": INK, "linewidth": 0.8}),
        ("final examination", {"color": INK, "marker": "*", "markersize": 11, "linestyle": ""}),
        ("first champion (accuracy)", {"color": PALE, "marker": ".", "linewidth": 1.6}),
    ]
    return [Line2D([], [], label=label, **shape) for label, shape in shapes]


def _say(axes: Axes, text: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color="#7b8794")


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _plain(value: float, _position: int) -> str:
    return f"{value:g}"


def _power(value: float, _position: int) -> str:
    return f"{value:.1e}".replace("e+", "e") if value else "0"


def _percent(value: float, _position: int) -> str:
    return f"{value:.0%}"


def _fine_percent(value: float, _position: int) -> str:
    return f"{value:.1%}" if value <= 1 else ""
