"""How far each family climbs by itself: a run of its own, the wall's data and then the loop.

    ouro bench families --json                            # all, up to eight minutes each
    ouro bench families --only division momentum --json

A run is the laptop's with one family, a limit on time and nowhere to go beyond eight times the
wall. What is reported is the champion's frontier in the final examination of sealed items, over the
wall: the family's own, or `--wall` where that is higher (from few lengths nobody learns what a
length is).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ouroboros.envs import load_families


def climbed(name: str, wall: int, seconds: float, steps: int, seed: int) -> dict[str, Any]:
    """The figures of one run."""
    settings = {
        "families": json.dumps({name: {"wall": wall}}),
        "training.shares": "{}",
        "training.steps": str(steps),
        "training.examples": "40000",
        "loop.seconds": str(seconds),
        "loop.generations": "60",
        "loop.horizon": "8",
        "loop.consolidation": "200",
        "loop.acceptance": "unanimous",  # most of these families have no pieces to ask for
    }
    with tempfile.TemporaryDirectory(prefix="families-") as folder:
        command = [sys.executable, "-m", "ouroboros.cli", "run", "laptop", "--json"]
        command += ["--run-dir", str(Path(folder) / "run"), "--seed", str(seed)]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    found = json.loads(lines[-1]) if lines else {}
    if "families" not in found:
        return {"wall": wall, "error": found.get("error") or done.stderr[-300:]}
    figures = found["families"][name]
    return {
        "wall": wall,
        "frontier": figures["frontier"],
        "ratio": round(figures["frontier"] / wall, 2),
        "promoted": found["promoted"],
        "rejected": found["rejected"],
        "generations": found["generations"],
        "label_precision": found["label_precision"],
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> None:
    """Run every family that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of families")
    parser.add_argument("--seconds", type=float, default=420)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--wall", type=int, default=6, help="the lowest data wall")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    table: dict[str, Any] = {}
    for name, family in load_families(arguments.only).items():
        wall = max(family.wall, arguments.wall)
        table[name] = climbed(name, wall, arguments.seconds, arguments.steps, arguments.seed)
        print(json.dumps({name: table[name]}), file=sys.stderr, flush=True)
    past = [name for name, row in table.items() if row.get("ratio", 0) > 2]
    print(json.dumps({"past_twice_the_wall": len(past), "families": table, "names": past}))


if __name__ == "__main__":
    main()
