"""What is wrong with another package's tasks: each is tried with answers that must not pass.

    check("gcd", Trial(entries=20), mutate="ouroboros.testing.fuzz:wrong_answer").findings    []

A task is tried in a process of its own (`probe`), with limits on time and memory, so that one which
hangs or dies is a finding like any other; its entries are made again from the last to the first,
and in a second process with another order of hashes. Not covered: whether a reference is right. A
mutant that passes may be another right answer: such a finding is a suspicion, to be looked at.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Class = Literal[
    "crash", "reference_rejected", "empty_accepted", "junk_accepted", "mutant_accepted",
    "code_run", "slow", "not_deterministic", "no_reference",
]  # fmt: skip
EXAMPLES = 3  # of a finding, at most
PARTS = ("question", "answer", "metadata")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a task is tried."""

    entries: int = 20
    level: int | None = None
    """Of its curriculum; its default configuration for None."""
    seed: int = 0
    mutants: int = 8
    """Of each reference."""
    seconds: float = 10.0
    """That one call may take."""
    limit: float = 120.0
    """Seconds that everything about one task may take."""
    memory: int = 4 << 30
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a task does and should not."""

    kind: Class
    probe: str
    """What was tried."""
    entries: int
    """On how many of the entries."""
    examples: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Report:
    """What was found about a task."""

    task: str
    findings: list[Finding] = field(default_factory=list)
    answers: int = 0
    """Scored or tried to."""
    seconds: float = 0.0


def check(name: str, trial: Trial, *, mutate: str) -> Report:
    """Try one task; `mutate` names a function of a random.Random and a right answer."""
    began, report = time.monotonic(), Report(task=name)
    first = _child(name, trial, mutate, hashes=1)
    _collect(report, first, trial)
    made = [event["made"] for event in first if "made" in event]
    if made:
        second = _child(name, trial, "", hashes=2)
        again = [event["made"] for event in second if "made" in event]
        _compare(report, "from the last to the first", made)
        _compare(report, "in another process", made[:1] + again[:1])
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _child(name: str, trial: Trial, mutate: str, *, hashes: int) -> list[dict[str, Any]]:
    """What a process that tries the task told, up to its end or its limit."""
    told = json.dumps([name, asdict(trial), mutate])
    command = [sys.executable, "-m", "ouroboros.mill.probe", told]
    environment = {**os.environ, "PYTHONHASHSEED": str(hashes)}
    try:
        done = subprocess.run(  # noqa: S603 a module of ours, in this interpreter
            command, env=environment, capture_output=True, timeout=trial.limit, check=False
        )
        output, end = done.stdout, done.stderr.decode(errors="replace").strip()
        end = "" if not done.returncode else f"exit {done.returncode}: {end[-200:]}"
    except subprocess.TimeoutExpired as expired:
        output, end = expired.stdout or b"", "limit"
    lines = output.decode(errors="replace").splitlines()
    return [*(json.loads(line) for line in lines if line.endswith("}")), {"end": end}]


def _collect(report: Report, events: list[dict[str, Any]], trial: Trial) -> None:
    """Put a process's findings together, those of one kind and probe as one."""
    found: dict[tuple[Class, str], list[dict[str, Any]]] = {}
    for event in events:
        if "kind" in event:
            found.setdefault((event["kind"], event["probe"]), []).append(event)
    for (kind, probe), told in found.items():
        entries = len({event["entry"] for event in told})
        examples = tuple(dict.fromkeys(event["example"] for event in told))[:EXAMPLES]
        report.findings.append(Finding(kind=kind, probe=probe, entries=entries, examples=examples))
    report.answers = sum("trying" in event for event in events)
    doing = next((e["trying"] for e in reversed(events) if "trying" in e), "generation")
    end = events[-1]["end"]
    if end:
        kind = "slow" if end == "limit" else "crash"
        text = (
            f"not done within {trial.limit:g} s" if end == "limit" else f"the process died: {end}"
        )
        report.findings.append(Finding(kind=kind, probe=doing, entries=1, examples=(text,)))


def _compare(report: Report, when: str, made: list[dict[str, dict[str, str]]]) -> None:
    """Tell which parts of the entries differ from one making to the other."""
    if len(made) < 2:
        return
    first, second = made[:2]
    for part in PARTS:
        both = first[part].keys() & second[part].keys()
        differ = sum(first[part][place] != second[part][place] for place in both)
        if differ:
            examples = (f"another {part} {when}",)
            finding = Finding(
                kind="not_deterministic", probe=part, entries=differ, examples=examples
            )
            report.findings.append(finding)
