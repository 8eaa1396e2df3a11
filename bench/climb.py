"""The climb over several seeds, beside its frozen control arm.

    ouro bench climb --seeds 3 --json       # about twelve minutes a seed on two cores

The default seeds begin at 10: the settings were chosen while looking at seeds 0 to 9.

For every seed the loop runs as the preset says; then the *frozen arm* spends the same FLOP with
the same body, seed and exam on the wall's data alone, as one long training with one schedule. Both
arms are whole runs under the warden; all figures come from their summaries.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FIGURES = ("wall_seconds", "flop", "label_precision", "first_promotion_seconds", "promoted")


def run(preset: str, folder: Path, *settings: str) -> dict[str, Any]:
    """One run of the command line; its summary, and its state for the arm that follows."""
    command = [sys.executable, "-m", "ouroboros.cli", "run", preset, "--run-dir", str(folder)]
    command += ["--json", *settings]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def frozen_settings(folder: Path, summary: dict[str, Any]) -> list[str]:
    """Settings of the arm that spends the loop's FLOP on the wall's data alone."""
    base = [
        event["flop"] / event["step"]
        for event in map(json.loads, (folder / "events.jsonl").read_text().splitlines())
        for event in [event.get("body", event)]
        if event.get("stage") == "base"
    ][-1]
    steps = round(summary["flop_of_engine"] / base)
    one_training = ("training.extra=0", f"training.steps={steps}")
    frozen = ("loop.generations=0", "loop.consolidation=0", *one_training)
    return [part for setting in frozen for part in ("--set", setting)]


def spread(values: list[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def compare(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Spread of each figure and of each family's frontier."""
    families = runs[0]["families"]
    return {
        "families": {
            name: {
                figure: spread([run["families"][name][figure] for run in runs])
                for figure in ("frontier", "accuracy", "lower95")
            }
            for name in families
        },
        **{
            figure: spread([run[figure] for run in runs])
            for figure in FIGURES
            if all(run.get(figure) is not None for run in runs)
        },
        "labels_read_past_wall": max(run["labels_read_past_wall"] for run in runs),
    }


def main() -> None:
    """Run every seed's two arms and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=10)
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--keep", type=Path, help="folder that keeps the runs")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    loop, frozen = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            seeded = ["--seed", str(seed)]
            place = folder / f"loop-{seed}"
            loop.append(run(arguments.preset, place, *seeded))
            print(json.dumps({"seed": seed, "loop": loop[-1]}), file=sys.stderr)
            settings = frozen_settings(place, loop[-1])
            frozen.append(run(arguments.preset, folder / f"frozen-{seed}", *seeded, *settings))
            print(json.dumps({"seed": seed, "frozen": frozen[-1]}), file=sys.stderr)
    names = list(loop[0]["families"])
    ratio = {
        name: spread([
            frozen[i]["families"][name]["frontier"] / max(1, loop[i]["families"][name]["frontier"])
            for i in range(len(loop))
        ])
        for name in names
    }
    print(
        json.dumps({
            "preset": arguments.preset,
            "seeds": arguments.seeds,
            "loop": compare(loop),
            "frozen": compare(frozen),
            "frozen_over_loop": ratio,
        })
    )


if __name__ == "__main__":
    main()
