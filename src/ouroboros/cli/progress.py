"""What a live run shows: a fold over the warden's events, and two ways of showing it.

    view = after(view, {"time": 17.2, "event": "progress", "body": {"stage": "base", ...}})

On a terminal the view is drawn in place a few times a second; elsewhere every event is one plain
line. Events are for watching: one that does not read as expected is passed over.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the run was told: walls by family and the loop's limits, 0 for none."""

    name: str
    walls: Mapping[str, int]
    generations: int
    seconds: float
    flop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A run as its events tell it; times in seconds since the epoch."""

    limits: Limits
    began: float
    now: float
    stage: str = "starting"
    step: int = 0
    steps: int = 0
    first: tuple[float, int] | None = None
    """time and step of the session's first word of base training"""
    generation: int = 0
    looped: tuple[float, int] | None = None
    """time and generation at which this session's loop began"""
    believed: Mapping[str, int] = field(default_factory=dict)
    examined: Mapping[str, int] = field(default_factory=dict)
    rate: str = ""
    tokens: float = 0
    flop: float = 0
    stamp: float = 0
    """time of the last figures"""
    kept: int = 0
    correct: int = 0
    promoted: int = 0
    rejected: int = 0
    last: str = "no decision yet"
    is_over: bool = False


def limits_of(config: Mapping[str, Any], name: str) -> Limits:
    """What a run's `config.json` limits; absent figures count as none."""
    loop = config.get("loop", {})
    return Limits(
        name=name,
        walls={family: each["wall"] for family, each in config["families"].items()},
        generations=loop.get("generations", 0),
        seconds=loop.get("seconds", 0) if not config["run"].get("reproducible") else 0,
        flop=loop.get("flop", 0),
    )


def after(view: View, event: Event) -> View:
    """The view once `event` has happened."""
    try:
        body, moment = event["body"], _finite(event["time"])
        change = _CHANGES.get(event["event"])
        return replace(change(view, body, moment), now=moment) if change else view
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return view


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a figure")
    return number


def seconds_left(view: View) -> float | None:
    """How long the run may still take, by its limits and its pace; None where nothing tells."""
    if view.stage == "base" and view.first and view.step > view.first[1]:
        pace = (view.stamp - view.first[0]) / (view.step - view.first[1])
        return max(0.0, (view.steps - view.step) * pace - (view.now - view.stamp))
    ends: list[float] = []
    if view.limits.seconds:
        ends.append(view.limits.seconds - (view.now - view.began))
    if view.looped and view.generation > view.looped[1]:
        pace = (view.stamp - view.looped[0]) / (view.generation - view.looped[1])
        ends.append((view.limits.generations - view.generation) * pace)
    return max(0.0, min(ends)) if ends and view.stage not in {"starting", "base"} else None


def _serve(view: View, _body: Event, moment: float) -> View:
    began = moment - (view.now - view.began)  # pauses between sessions do not count
    return replace(view, began=began, first=None, looped=None, stamp=moment)


def _progress(view: View, body: Event, moment: float) -> View:
    elapsed = max(1e-9, moment - view.stamp)
    flop, tokens = _finite(body["flop"]), _finite(body["tokens"])
    speed, pace = (tokens - view.tokens) / elapsed, (flop - view.flop) / elapsed / 1e9
    rate = f"{speed:,.0f} tokens/s trained, {pace:.1f} GFLOP/s"
    view = replace(view, rate=rate, tokens=tokens, flop=flop, stamp=moment)
    if body["stage"] == "base":
        step, steps = int(body["step"]), int(body["steps"])
        first = view.first or (moment, step)
        return replace(view, stage="base", step=step, steps=steps, first=first)
    generation = int(body["generation"])
    return replace(
        view,
        stage="loop",
        generation=generation,
        looped=view.looped or (moment, generation),
        believed={name: int(body["fronts"][name]) for name in view.limits.walls},
    )


def _exam_start(view: View, body: Event, _moment: float) -> View:
    return replace(view, stage="final exam" if body.get("full") else "exam")


def _decision(view: View, body: Event, moment: float) -> View:
    won, reason = body["promoted"], body["reason"]
    last = f"{body['checkpoint']} {'promoted' if won else 'rejected'}: {reason}"
    counts = (int(won and body["champion"] is not None), int(not won))
    changed = replace(
        view,
        stage="loop",
        looped=view.looped or (moment, int(body["generation"])),
        promoted=view.promoted + counts[0],
        rejected=view.rejected + counts[1],
        last=last,
    )
    return replace(changed, examined=_frontiers(body)) if won else changed


def _frontiers(body: Event) -> dict[str, int]:
    return {name: int(family["frontier"]) for name, family in body["families"].items()}


def _final(view: View, body: Event, _moment: float) -> View:
    return replace(view, examined=_frontiers(body), stage="final exam")


def _audit(view: View, body: Event, _moment: float) -> View:
    if body["key"] == "base/data":  # worked examples, not the loop's own
        return view
    rows, correct = int(body["rows"]), int(body["correct"])
    return replace(view, kept=view.kept + rows, correct=view.correct + correct)


def _end(view: View, _body: Event, _moment: float) -> View:
    return replace(view, stage="over", is_over=True)


_CHANGES = {
    "serve": _serve,
    "progress": _progress,
    "exam_start": _exam_start,
    "decision": _decision,
    "final": _final,
    "audit": _audit,
    "end": _end,
}


class Tail:
    """The events that a file gets, from a place on; a torn last line waits for its end."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Begin `offset` bytes into the file, which need not be there yet."""
        self._path, self._offset = path, offset

    def read(self) -> Iterator[Event]:
        """What has been added since the last call."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                added = file.read()
        except OSError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                yield event


def fresh_view(limits: Limits) -> View:
    """A view before the first event."""
    now = time.time()
    return View(limits=limits, began=now, now=now, stamp=now)
