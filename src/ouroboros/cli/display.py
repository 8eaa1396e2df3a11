"""Showing a view of a live run: drawn in place on a terminal, a line an event elsewhere."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ouroboros.cli.output import note, plain, table
from ouroboros.cli.progress import Event, Tail, View, after, seconds_left

if TYPE_CHECKING:
    from rich.console import Group

Show = Callable[[View, Event | None], None]
REDRAWS = 2  # a second; the cores belong to the run
PAUSE = 0.2  # seconds between two looks at the events
BAR = 32  # characters


@contextmanager
def display() -> Generator[Show]:
    """A function that shows a view, and the event that changed it, on standard error."""
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _show_line
        return
    with Live(console=console, auto_refresh=False, transient=False) as live:
        drawn = 0.0

        def show(view: View, event: Event | None) -> None:
            nonlocal drawn
            if event is None and time.monotonic() - drawn < 1 / REDRAWS:
                return
            drawn = time.monotonic()
            live.update(draw(replace(view, now=time.time())), refresh=True)

        yield show


def follow(view: View, tail: Tail, show: Show, is_alive: Callable[[], bool]) -> View:
    """Show what the tail brings until nothing more can come; the last view."""
    while True:
        goes_on = is_alive()  # asked first, so that what came before the end is still read
        for event in tail.read():
            view = after(view, event)
            show(view, event)
        show(view, None)
        if not goes_on:
            return view
        time.sleep(PAUSE)


def draw(view: View) -> "Group":
    """The view as something that Rich prints."""
    from rich.console import Group
    from rich.text import Text

    rows = [
        [name, str(wall), _or_dash(view.believed.get(name)), _or_dash(view.examined.get(name))]
        for name, wall in view.limits.walls.items()
    ]
    heads = ("family", "wall", "believed", "examined")
    return Group(
        Text(_headline(view), style="bold"),
        Text(_clock(view), style="cyan"),
        table(*heads, rows=rows, numbers=(1, 2, 3)),
        Text(f"{_gathered(view)}\nlast decision: {view.last}"),
    )


def line_of(view: View, event: Event) -> str | None:
    """What an event has to say in a line; None for nothing."""
    body: Any = event.get("body", {})
    at = f"[{time.strftime('%H:%M:%S', time.localtime(event.get('time', 0)))}]"
    kind = event.get("event")
    if kind == "progress":
        detail = f"loss {body['loss']:.4f}" if view.stage == "base" else _fronts(view)
        return f"{at} {_headline(view)}: {detail}; {view.rate}"
    if kind == "decision":
        return f"{at} {view.last}; examined frontiers {_joined(view.examined)}"
    said = {
        "serve": f"the warden serves {view.limits.name}",
        "exam_start": view.stage,
        "final": f"final frontiers {_joined(view.examined)}",
        "end": "the run is over",
    }
    if kind == "refused":
        return f"{at} refused {body.get('key')}: {body.get('reason')}"
    return f"{at} {said[kind]}" if kind in said else None


def _show_line(view: View, event: Event | None) -> None:
    if event is None:
        return
    try:
        line = line_of(view, event)
    except (KeyError, TypeError, ValueError):
        return
    if line:
        note(plain(line))


def _headline(view: View) -> str:
    if view.stage == "base":
        return f"{view.limits.name}: base, step {view.step}/{view.steps}"
    if view.stage in {"starting", "over"}:
        return f"{view.limits.name}: {view.stage}"
    return f"{view.limits.name}: {view.stage}, generation {view.generation}"


def _clock(view: View) -> str:
    from ouroboros.lineage.figures import duration

    elapsed, left = view.now - view.began, seconds_left(view)
    clock = f"{duration(elapsed)} gone"
    if left is None:
        return f"{clock}; {view.rate}" if view.rate else clock
    share = min(1.0, elapsed / max(1e-9, elapsed + left))
    if view.stage == "base":
        share = view.step / max(1, view.steps)
    bar = "━" * round(BAR * share) + "─" * (BAR - round(BAR * share))
    of = " of the base" if view.stage == "base" else ""
    return f"{bar} {clock}, about {duration(left)} left{of}; {view.rate}"


def _gathered(view: View) -> str:
    right = f" ({view.correct / view.kept:.2%} right)" if view.kept else ""
    return (
        f"{view.kept:,} examples kept{right}; {view.promoted} successors promoted, "
        f"{view.rejected} rejected; {view.flop:.2e} FLOP"
    )


def _fronts(view: View) -> str:
    return f"{_joined(view.believed)}; {view.kept:,} examples kept"


def _joined(levels: object) -> str:
    pairs = levels.items() if isinstance(levels, dict) else ()
    return ", ".join(f"{name} {level}" for name, level in pairs)


def _or_dash(level: int | None) -> str:
    return "-" if level is None else str(level)
