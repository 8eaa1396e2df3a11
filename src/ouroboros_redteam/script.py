"""Anybody's Python file in the engine's place: what it did outside its workspace, and the log.

The file is copied into the workspace of a run made up for it and started there by a real warden,
in the same box and under the same law as the loop. It may speak to the warden
(`ouroboros_warden.client.Warden.connect()`). A lease over a few seconds ends it, whatever it does.
"""

import ctypes
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ouroboros_redteam.bench import Bench, Ended, Run
from ouroboros_redteam.suite import grounds
from ouroboros_redteam.traces import effects, look
from ouroboros_redteam.world import World
from ouroboros_warden import constitution
from ouroboros_warden.errors import WardenError
from ouroboros_warden.lease import Allowance
from ouroboros_warden.processes import descendants

_PR_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h
SETTLING = 0.3  # seconds after which whoever is alive has stayed behind
WORDS = 400  # characters of the script's last words that are shown


def run_script(file: Path, seconds: float, **options: Any) -> dict[str, Any]:
    """Run a file in the engine's place; the object that `ouro redteam --script` ends with."""
    with grounds(**options) as (bench, around), _adopting():
        run = bench.open(allowance=_lasting(seconds))
        shutil.copyfile(file, run.root / "learners" / "script.py")
        known, before = set(descendants(os.getpid())), look(run)
        began = time.monotonic()
        ended = _serve(bench, run)
        took = time.monotonic() - began
        found = [*_survivors(known), *effects(before, look(run)), *_evidence(around, run)]
        return {
            "script": str(file),
            "effects": found,
            "records": _told(run),
            "refused": _refused(run),
            "confinement": [record.body["tier"] for record in run.records("confinement")],
            "verified": _verified(run),
            "exit": ended.code,
            "words": ended.words,
            "said": _said(run),
            "seconds": round(took, 1),
        }


def _lasting(seconds: float) -> Allowance:
    limits = constitution.Limits.from_json(_limits())
    return replace(Allowance.up_to(limits), seconds=min(seconds, limits.seconds))


def _limits() -> dict[str, Any]:
    from ouroboros_warden.canonical import decode

    return decode(constitution.shipped()["limits.json"].encode())


def _serve(bench: Bench, run: Run) -> Ended:
    command = [sys.executable, "-P", str(run.root / "learners" / "script.py")]
    with bench.started(run, command) as serving:
        return serving.end()


@contextmanager
def _adopting() -> Iterator[None]:
    """Whoever loses its parent below this process becomes its child, so that nobody gets away."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _survivors(known: set[int]) -> list[str]:
    """Processes that are alive although the warden is not; they are killed."""
    time.sleep(SETTLING)
    left = [number for number in descendants(os.getpid()) if number not in known]
    found: list[str] = []
    for number in left:
        with suppress(OSError):
            words = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ")
            found.append(f"process {number} stayed: {words.decode(errors='replace').strip()}")
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
    return found


def _evidence(around: World, run: Run) -> list[str]:
    said = run.root / "warden" / "engine.stderr"
    return around.evidence(said.read_text(errors="replace") if said.exists() else "")


def _told(run: Run) -> dict[str, int]:
    """How many records of each kind the log holds."""
    return dict(Counter(record.kind for record in run.records()))


def _refused(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "type": record.body["type"],
            "reason": record.body["reason"],
            "by": record.body.get("law", {}).get("by", []),
        }
        for record in run.records("refused")
    ]


def _verified(run: Run) -> str:
    """What verifying the run finds; empty where it is whole."""
    try:
        run.check()
    except WardenError as error:
        return str(error)
    return ""


def _said(run: Run) -> str:
    path = run.root / "warden" / "engine.stderr"
    return path.read_text(errors="replace")[-WORDS:] if path.exists() else ""
