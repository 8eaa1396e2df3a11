"""Kill -9 at random moments of a reproducible run, resume, compare the last log head.

    ouro bench resume --kills 10 --json     # about fifteen minutes on two cores

One run goes through undisturbed. Then, for each of `kills` other runs of the same seed, the
terminal's process is killed with SIGKILL at a random moment (everything below it must die with
it), and the run is resumed to its end. Every head must equal the undisturbed run's, to the bit.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def command(folder: Path, preset: str, *more: str) -> list[str]:
    """The command line of a reproducible run."""
    base = [sys.executable, "-m", "ouroboros.cli", "run", preset, "--run-dir", str(folder)]
    return [*base, "--reproducible", "--json", *more]


def finish(folder: Path, preset: str, *more: str) -> dict[str, Any]:
    """Run to the end; the summary."""
    done = subprocess.run(
        command(folder, preset, *more), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"run ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def killed(folder: Path, preset: str, seconds: float) -> bool:
    """Start a run and kill its terminal after `seconds`; whether it was still alive then."""
    with (folder.parent / "killed.stderr").open("w") as sink:
        process = subprocess.Popen(command(folder, preset), stdout=sink, stderr=sink)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
    return False


def main() -> None:
    """Print how many of the killed and resumed runs ended in the same head."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--seed", type=int, default=0, help="of the moments, not of the run")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        started = time.monotonic()
        whole = finish(root / "whole", arguments.preset)
        seconds = time.monotonic() - started
        moments, same, alive = [], 0, 0
        for number in range(arguments.kills):
            folder, moment = root / f"killed-{number}", rng.uniform(1.0, seconds)
            alive += killed(folder, arguments.preset, moment)
            again = ["--resume"] if (folder / "config.json").exists() else []
            head = finish(folder, arguments.preset, *again)["log_head"]
            same += head == whole["log_head"]
            moments.append(round(moment, 2))
            print(f"killed at {moment:.1f} s: {head == whole['log_head']}", file=sys.stderr)
    print(
        json.dumps({
            "kills": arguments.kills,
            "alive_when_killed": alive,
            "identical": same,
            "log_head": whole["log_head"],
            "uninterrupted_seconds": seconds,
            "moments": moments,
        })
    )


if __name__ == "__main__":
    main()
