"""When things happened in a run, in seconds of work: breaks between kill and resume do not count.

The warden notes the time of each record in `log/times.jsonl` and of each event in `events.jsonl`;
an event "serve" opens a session. Work is what lies between a session's first and last sign of life.
Both files are conveniences beside the log: missing or torn lines cost figures, never a report.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A run's clock; every figure in seconds of work since its start."""

    seconds: float
    """All of it."""
    base_trained: float | None
    """End of base training; None where no event tells."""
    of_record: dict[int, float]
    """When each record was written, by index, as far as known."""


def read_timeline(run_dir: Path, served: Collection[int]) -> Timeline:
    """The timeline of a run; `served` are the indexes of records written while it was served."""
    times = {line["index"]: float(line["time"]) for line in read_lines(run_dir / "log/times.jsonl")}
    times = {index: times[index] for index in served if index in times}
    events = read_lines(run_dir / "events.jsonl")
    signs = sorted([*times.values(), *(float(event["time"]) for event in events)])
    starts = [float(event["time"]) for event in events if event["event"] == "serve"]
    sessions = _sessions(signs, starts)
    trained = [float(event["time"]) for event in events if _ends_base(event)]
    return Timeline(
        seconds=sum(end - start for start, end in sessions),
        base_trained=_worked(sessions, trained[0]) if trained else None,
        of_record={index: _worked(sessions, time) for index, time in times.items()},
    )


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file of lines that carry a time; whatever else stands there is left."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return []
    return [found for line in lines if (found := _parse(line))]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        found: Any = json.loads(line)
        float(found["time"])
    except (ValueError, TypeError, KeyError):
        return None
    return found if "index" in found or isinstance(found.get("body"), dict) else None


def _ends_base(event: dict[str, Any]) -> bool:
    body = event["body"]
    is_base = event["event"] == "progress" and body.get("stage") == "base"
    return is_base and body.get("step") == body.get("steps")


def _sessions(signs: list[float], starts: list[float]) -> list[tuple[float, float]]:
    """(first, last sign) of each session; the first begins with the first sign of all."""
    if not signs:
        return []
    borders = [signs[0], *sorted(starts)[1:], float("inf")]
    sessions: list[tuple[float, float]] = []
    for i, start in enumerate(borders[:-1]):
        own = [sign for sign in signs if start <= sign < borders[i + 1]]
        sessions.append((start, max(own, default=start)))
    return sessions


def _worked(sessions: list[tuple[float, float]], time: float) -> float:
    return sum(max(0.0, min(time, end) - start) for start, end in sessions)
