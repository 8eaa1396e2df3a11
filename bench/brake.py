"""The brake, fired for real: from the pull to silence.

    ouro bench brake --drills 100 --json     # about two minutes

Each drill serves a run of its own by a real warden whose engine ignores SIGTERM, hangs, has fled a
child into a session of its own and starts busy processes without end. The clock runs from just
before the latch is written until no process below the warden is alive.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ouroboros.presets import PRESETS
from ouroboros_warden.__main__ import main as warden
from ouroboros_warden.brake import PULL, Latch, pulled, write_latch
from ouroboros_warden.folder import Folder
from ouroboros_warden.processes import descendants
from ouroboros_warden.server import Commands

PATIENCE = 60.0  # seconds
BUSY = 4  # processes below the warden from which a drill begins
ENGINE = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
while True:
    subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
    time.sleep(0.05)
"""


def drill(run: Path) -> float:
    """Seconds from the pull to silence."""
    run.mkdir()
    (run / "config.json").write_text(json.dumps(PRESETS["tiny"]().model_dump(mode="json")))
    folder = Folder.at(run)
    command = [sys.executable, __file__, "--serve", str(run)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        wait(lambda: len(descendants(server.pid)) >= BUSY)
        began = time.monotonic()
        write_latch(folder, pulled(Latch(), "stopped", "a drill"))
        os.kill(server.pid, PULL)
        wait(lambda: not descendants(server.pid))
        took = time.monotonic() - began
        _, said = server.communicate(timeout=PATIENCE)
    if server.returncode != 3:
        raise SystemExit(f"the warden ended with {server.returncode}: {said}")
    return took


def wait(holds) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("a drill did not come to its end")


def main() -> None:
    """Fire as often as asked and print the spread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drills", type=int, default=100)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        sys.exit(
            warden(["serve", arguments.serve], Commands(engine=(sys.executable, "-c", ENGINE)))
        )
    with tempfile.TemporaryDirectory() as folder:
        took = sorted(drill(Path(folder) / str(number)) for number in range(arguments.drills))
    print(
        json.dumps({
            "drills": len(took),
            "median_seconds": round(statistics.median(took), 4),
            "p99_seconds": round(took[max(0, -(-99 * len(took) // 100) - 1)], 4),
            "max_seconds": round(took[-1], 4),
        })
    )


if __name__ == "__main__":
    main()
