"""Plays attacks and their twins, and says of each whether it was stopped, logged, and let pass.

An attack counts as stopped and logged where its own word and the log agree: a refused request has
its record `refused` with the very words that the attacker heard, a lost examination its record
`decision`, what is judged wrong the oracle's word or an audit that finds nothing right; of what the
kernel stopped the log has one record for all, `confinement`, which says by what and how many ways
out its own test has tried. What somebody outside the box does to files and signatures has to be
named by the warden, or by whoever verifies.

A twin that several attacks have in common is played for every fifth of them.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from ouroboros_redteam.attack import Attack, Inside, Mode, Outside
from ouroboros_redteam.bench import Bench
from ouroboros_redteam.engine import tried
from ouroboros_redteam.session import Act, Played, play
from ouroboros_redteam.world import World, world
from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import content_id
from ouroboros_warden.probe import drill

Tell = Callable[[str], None]
SHARED = 5  # attacks that one playing of their common twin answers for
REASON = 160  # characters of a reason that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attack and of its twin."""

    id: str
    title: str
    stopped: bool
    logged: str
    """what the log, or who verifies, says of it; empty for nothing"""
    passed: bool
    """whether the benign twin did"""
    twin: str
    """whose playing of the same twin this was"""
    why: str
    """what is wrong with any of these; empty for nothing"""

    @property
    def good(self) -> bool:
        """Whether everything is as it must be."""
        return self.stopped and bool(self.logged) and self.passed


@contextmanager
def grounds(**options: Any) -> Iterator[tuple[Bench, World]]:
    """A bench, and a world around it that is worth attacking."""
    with TemporaryDirectory(prefix="ouroboros-redteam-") as name:
        folder = Path(name).resolve()
        with world(folder) as around:
            yield Bench(root=folder, variables=around.variables, **options), around


def run_suite(attacks: Sequence[Attack], tell: Tell, **options: Any) -> dict[str, Any]:
    """Play attacks and count: the object that `ouro redteam --json` ends with."""
    began, tier = time.monotonic(), drill()["tier"]
    played = [each for each in attacks if not isinstance(each, Inside) or each.least <= tier]
    with grounds(**options) as (bench, around), ThreadPoolExecutor(2) as threads:
        touched: list[str] = []
        halves = (
            threads.submit(_play_inside, bench.apart("from-inside"), around, played, touched, tell),
            threads.submit(_play_outside, bench.apart("from-outside"), played, tell),
        )
        outcomes = [outcome for half in halves for outcome in half.result()]
        touched += around.evidence()
    return {
        **_counted(outcomes),
        "by_class": _by_class(outcomes),
        "failures": [asdict(each) for each in outcomes if not each.good]
        + [{"id": "", "why": each} for each in dict.fromkeys(touched)],
        "skipped": [each.id for each in attacks if each not in played],
        "tier": tier,
        "seconds": round(time.monotonic() - began, 1),
    }


def _counted(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return {
        "attacks": len(outcomes),
        "stopped": sum(each.stopped for each in outcomes),
        "logged": sum(each.stopped and bool(each.logged) for each in outcomes),
        "benign": len(outcomes),
        "benign_passed": sum(each.passed for each in outcomes),
        "benign_played": len({each.twin for each in outcomes}),
    }


def _by_class(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    classes = sorted({each.id[0] for each in outcomes})
    return {name: _counted([each for each in outcomes if each.id[0] == name]) for name in classes}


def _twins(attacks: Sequence[Attack]) -> dict[str, str]:
    """For each attack the one whose twin answers for it, too: twins may be the same."""
    found: dict[str, str] = {}
    alike: dict[tuple[object, object], list[str]] = {}
    for attack in attacks:
        run = (attack.twin_mode, attack.wide) if isinstance(attack, Inside) else None
        others = alike.setdefault((attack.benign, run), [])
        found[attack.id] = others[-1] if len(others) % SHARED else attack.id
        others.append(found[attack.id])
    return found


def _play_inside(
    bench: Bench, around: World, attacks: Iterable[Attack], touched: list[str], tell: Tell
) -> list[Outcome]:
    inside = [each for each in attacks if isinstance(each, Inside)]
    twins = _twins(inside)
    played: dict[Act, Played] = {}
    for mode, wide in product(get_args(Mode), (False, True)):
        there = [each for each in inside if each.wide == wide]
        if acts := list(_acts(there, mode, twins)):
            tell(f"{len(acts)} acts from the engine's place, {mode} mode{', all families' * wide}")
            found, evidence = play(bench, around, mode, acts, wide=wide)
            played |= found
            touched += evidence
    return [_told(_inside(each, played, twins[each.id]), tell) for each in inside]


def _acts(attacks: Iterable[Inside], mode: Mode, twins: Mapping[str, str]) -> Iterator[Act]:
    for attack in attacks:
        if attack.mode == mode:
            yield attack.id, "attack"
        if attack.twin_mode == mode and twins[attack.id] == attack.id:
            yield attack.id, "twin"


def _inside(attack: Inside, played: Mapping[Act, Played], of: str) -> Outcome:
    act, twin = played[attack.id, "attack"], played[of, "twin"]
    logged = _logged(attack, act)
    stopped = act.verdict in {"stopped", "gone"}
    passed = twin.verdict == "through"
    complaints = [
        *([f"attack {act.verdict}: {act.said}"] if act.verdict != "stopped" else []),
        *([f"nothing in the log says: {act.said}"] if stopped and not logged else []),
        *([f"twin {twin.verdict}: {twin.said}"] if not passed else []),
    ]
    return Outcome(
        id=attack.id,
        title=attack.title,
        stopped=stopped,
        logged=logged,
        passed=passed,
        twin=of,
        why="; ".join(complaints),
    )


def _logged(attack: Inside, act: Played) -> str:
    """What the log says of an act that was stopped."""
    if attack.by == "box":
        return next((_confined(r) for r in reversed(act.log) if r.kind == "confinement"), "")
    for record in [*act.segment, *act.log]:  # the same malformed message is logged but once
        if record.kind == "refused" and record.body["reason"] == act.said:
            return _refused(record)
    if act.by != "itself":
        return ""
    lost = [r for r in act.segment if r.kind == "decision" and not r.body["promoted"]]
    return _lost(lost[-1]) if lost else _denied(act.segment)


def _denied(segment: Iterable[Record]) -> str:
    """What the log says of attempts that were judged; nothing where any was found right."""
    judged = [r for r in segment if r.kind == "audit" or r.body.get("op") == "verify"]
    if not judged or not all(map(_all_wrong, judged)):
        return ""
    rows = sum(r.body["count"] if r.kind == "oracle" else r.body["rows"] for r in judged)
    return f"record {judged[-1].index}: {judged[-1].kind}, 0 of {rows} right"


def _all_wrong(record: Record) -> bool:
    """Whether the oracle said so of every attempt; of verdicts the log holds the digest."""
    body = record.body
    if record.kind == "audit":
        return body["rows"] > 0 and not body["correct"]
    return body["digest"] == content_id({"correct": [False] * body["count"]})


def _refused(record: Record) -> str:
    by = ", ".join(record.body.get("law", {}).get("by", []))
    reason = record.body["reason"][:REASON]
    return f"record {record.index}: refused, {reason}" + (f" ({by})" if by else "")


def _lost(record: Record) -> str:
    by = ", ".join(record.body["law"]["by"])
    return f"record {record.index}: not promoted, {record.body['reason']} ({by})"


def _confined(record: Record) -> str:
    body = record.body
    return (
        f"record {record.index}: confinement {body['tier']}, which stopped all {body['stopped']}"
        " attempts of its own test; single system calls are not logged"
    )


def _play_outside(bench: Bench, attacks: Iterable[Attack], tell: Tell) -> list[Outcome]:
    outside = [each for each in attacks if isinstance(each, Outside)]
    twins = _twins(outside)
    found: list[Outcome] = []
    passed: dict[str, dict[str, str]] = {}
    for attack in outside:
        act = tried(attack.attempt, bench)
        if twins[attack.id] == attack.id:
            passed[attack.id] = tried(attack.benign.act, bench)
        of = twins[attack.id]
        found.append(_told(_outside(attack, act, passed[of], of), tell))
        bench.clear()
    return found


def _outside(attack: Outside, act: dict[str, str], twin: dict[str, str], of: str) -> Outcome:
    stopped = act["verdict"] in {"stopped", "gone"}  # a WardenError names what was found
    passed = twin["verdict"] == "through"
    complaints = [
        *([] if stopped and act["said"] else [f"attack {act['verdict']}: {act['said']}"]),
        *([] if passed else [f"twin {twin['verdict']}: {twin['said']}"]),
    ]
    return Outcome(
        id=attack.id,
        title=attack.title,
        stopped=stopped,
        logged=act["said"][:REASON] if stopped else "",
        passed=passed,
        twin=of,
        why="; ".join(complaints),
    )


def _told(outcome: Outcome, tell: Tell) -> Outcome:
    if outcome.good:
        tell(f"{outcome.id:>6}  stopped  {outcome.title}: {outcome.logged}")
    else:
        tell(f"{outcome.id:>6}  FAILED   {outcome.title}: {outcome.why}")
    return outcome
