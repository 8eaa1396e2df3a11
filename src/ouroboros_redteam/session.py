"""Acts from the engine's place: many in one run, served again where an act ended it."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ouroboros_redteam.attack import Mode
from ouroboros_redteam.bench import Bench, Ended, Run
from ouroboros_redteam.engine import MARK, WARDEN
from ouroboros_redteam.world import World
from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import canonical

Act = tuple[str, str]
"""an attack's id, and "attack" or "twin" """

_DIED = "the engine ended"  # so begins what a warden says whose engine left by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of an act, by its own word and by the log."""

    verdict: str
    said: str
    by: str
    segment: Sequence[Record]
    """the log's records between its marks"""
    log: Sequence[Record]
    """all of the run's records"""


def play(
    bench: Bench, world: World, mode: Mode, acts: Sequence[Act], *, wide: bool = False
) -> tuple[dict[Act, Played], list[str]]:
    """Play acts in one run of this mode, in order: what came of each, and what was touched."""
    run = bench.open(mode, wide=wide)
    done: dict[Act, dict[str, str]] = {}
    while left := [act for act in acts if act not in done]:
        ended = _serve(bench, world, run, left)
        done = _results(run) | done
        if [act for act in acts if act not in done] == []:
            break
        last = _last_begun(run)
        if last is None or done.get(last, {}).get("by") == WARDEN:
            raise RuntimeError(f"the warden ended before any act: {ended.words}")
        done[last] = _cut_short(ended)  # whatever the attacker heard of it
    log = run.records()
    played = {
        act: Played(**found, segment=_segment(log, act), log=log) for act, found in done.items()
    }
    return played, world.evidence(written(run))


def written(run: Run) -> str:
    """All that the attackers of a run have written where somebody reads it."""
    files = [run.root / "learners" / "results.jsonl", run.root / "warden" / "engine.stderr"]
    return "".join(file.read_text(errors="replace") for file in files if file.exists())


def _serve(bench: Bench, world: World, run: Run, acts: Sequence[Act]) -> Ended:
    places = {**world.places, "checkpoints": list(run.checkpoints)}
    plan = run.root / "learners" / "plan.json"
    plan.unlink(missing_ok=True)
    plan.write_bytes(canonical({"acts": list(acts), "places": places}))
    command = [sys.executable, "-P", "-m", "ouroboros_redteam.engine", str(run.root)]
    with bench.started(run, command) as serving:
        return serving.end()


def _results(run: Run) -> dict[Act, dict[str, str]]:
    path = run.root / "learners" / "results.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines]
    return {(each.pop("act"), each.pop("role")): each for each in found}


def _last_begun(run: Run) -> Act | None:
    marks = [_mark(record) for record in run.records("claim")]
    begun = [mark[:2] for mark in marks if mark and mark[2] == "begin"]
    return begun[-1] if begun else None


def _cut_short(ended: Ended) -> dict[str, str]:
    """An act that nobody heard the end of: it ended the run, or it broke the attacker."""
    if ended.words.startswith(_DIED):
        return {"verdict": "fault", "said": f"the attacker died: {ended.words}", "by": "redteam"}
    return {"verdict": "gone", "said": ended.words, "by": WARDEN}


def _segment(log: Sequence[Record], act: Act) -> list[Record]:
    found: list[Record] = []
    inside = False
    for record in log:
        mark = _mark(record)
        if mark:
            inside = mark == (*act, "begin")
        elif inside:
            found.append(record)
    return found


def _mark(record: Record) -> tuple[str, str, str] | None:
    if record.kind != "claim" or record.body["kind"] != MARK:
        return None
    body = record.body["body"]
    return body["act"], body["role"], body["at"]
