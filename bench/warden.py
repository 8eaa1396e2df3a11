"""What the warden costs: a decision, a record, a start, and its share of a whole run.

    ouro bench warden --json                    # decisions and records, some seconds
    ouro bench warden --preset laptop --json    # and a run, whose warden is watched

A run's overhead is the warden's own processor time while it serves, which is all that it does
besides waiting, and the seconds from the command to the engine's start.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden.audit import Log
from ouroboros_warden.constitution import pinned, shipped
from ouroboros_warden.heads import signing
from ouroboros_warden.meter import cpu_below
from ouroboros_warden.policy import HUMAN, Policy

STATE = {
    "law_intact": True,
    "judges_intact": True,
    "brake": "running",
    "lease": True,
    "mode": "self",
}
FACTS = {
    "claim": {},
    "examples": {"level": 3, "wall": 4},
    "data": {"lineage": True, "foreign": 0},
    "examine": {"lineage": True},
    "promote": {
        "fresh": True,
        "evidence": True,
        "worse": 0,
        "probes": True,
        "monitored": True,
        "gain": 700,
        "granted": 3500,
    },
}
TICKS = 100  # of a second, as /proc counts


def median_ms(act, times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return round(1000 * statistics.median(took), 4)


def decisions(policy: Policy) -> dict[str, float]:
    """Milliseconds of a decision by both engines, by act."""
    found = {
        action: median_ms(lambda a=action, c={"state": STATE, **facts}: policy.decide(a, c), 1000)
        for action, facts in FACTS.items()
    }
    signed = {"signatures": 2, "threshold": 2, "newer": True, "bounded": True}
    return {**found, "grant": median_ms(lambda: policy.decide("grant", signed, HUMAN), 1000)}


def appends() -> float:
    """Milliseconds of a record: synced, counted in the tree, its head signed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log" / "records.jsonl"
        sign = signing(Ed25519PrivateKey.generate(), "ab" * 32)
        with closing(Log.open(path, sign)) as log:
            return median_ms(lambda: log.append("claim", {"figure": 1}), 500)


def watched(preset: str, seed: int) -> dict[str, float | str]:
    """The warden's share of a real run."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "ouroboros.cli", "run", preset, "--seed", str(seed)]
        began, spent = time.time(), 0.0
        with subprocess.Popen(
            [*command, "--run-dir", str(run), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as terminal:
            while terminal.poll() is None:
                with suppress(OSError, ValueError):
                    spent = max(spent, own_seconds(int((run / "warden/lock").read_bytes())))
                time.sleep(0.5)
        wall = time.time() - began
        events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
        times = (run / "log/times.jsonl").read_text().splitlines()
        start = next(e["time"] for e in events if e["event"] == "confinement") - began
        return {
            "preset": preset,
            "wall_seconds": round(wall, 1),
            "warden_cpu_seconds": round(spent, 2),
            "warden_cpu_percent": round(100 * spent / wall, 2),
            "start_seconds": round(start, 2),
            "records": len(times),
        }


def own_seconds(number: int) -> float:
    """Processor seconds of one process alone."""
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", help="watch the warden of a whole run, too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    began = time.perf_counter()
    pinned()
    pins = time.perf_counter() - began
    began = time.perf_counter()
    policy = Policy(shipped())
    read = time.perf_counter() - began
    found = {
        "decision_ms": decisions(policy),
        "record_ms": appends(),
        "meter_ms": median_ms(lambda: cpu_below(1), 50),
        "read_closures_seconds": round(pins, 3),
        "read_articles_seconds": round(read, 3),
    }
    if arguments.preset:
        found["run"] = watched(arguments.preset, arguments.seed)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
