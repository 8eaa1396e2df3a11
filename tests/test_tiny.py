"""The whole thing, for real and small: terminal, warden, judges, engine, workers."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SHORT = [
    "training.steps=40", "training.segment=20", "training.examples=400", "loop.generations=2",
    "loop.steps=6", "loop.problems=8", "exam.items=8", "exam.final_items=60", "genome.width=16",
    "genome.heads=2",
]  # fmt: skip


def ouro(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ouroboros.cli", *arguments]


def short_run(folder: Path, *more: str) -> list[str]:
    settings = [part for setting in SHORT for part in ("--set", setting)]
    return ouro(
        "run", "tiny", "--run-dir", str(folder), "--reproducible", "--json", *settings, *more
    )


def finish(command: list[str]) -> dict:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("short") / "whole"
    return folder, finish(short_run(folder))


def test_a_run_tells_what_it_promises(whole):
    folder, summary = whole
    assert set(summary["families"]["reverse_addition"]) >= {
        "wall",
        "frontier",
        "accuracy",
        "lower95",
    }
    assert summary["generations"] == 2
    assert summary["labels_read_past_wall"] == 0
    assert summary["promoted"] + summary["rejected"] >= 1
    assert summary["flop"] > 0
    assert summary["wall_seconds"] > 0
    assert Path(summary["run_dir"]) == folder
    assert summary["exam_sealed"] is False
    for name in ("report.md", "report.html", "climb.png"):
        assert (folder / name).stat().st_size > 0


def test_the_same_seed_ends_in_the_same_head_whatever_kill_9_fell_on(whole, tmp_path):
    _, summary = whole
    rng = random.Random(7)
    folder = tmp_path / "killed"
    process = subprocess.Popen(
        short_run(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(rng.uniform(4, 8))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    again = ["--resume"] if (folder / "config.json").exists() else []
    assert finish(short_run(folder, *again))["log_head"] == summary["log_head"]


def test_another_seed_ends_in_another_head(whole, tmp_path):
    _, summary = whole
    assert finish(short_run(tmp_path / "other", "--seed", "1"))["log_head"] != summary["log_head"]


def test_the_finished_run_verifies_and_its_champion_answers(whole):
    folder, _ = whole
    assert finish(ouro("verify", str(folder), "--json"))["ok"] is True
    lines = (
        '{"family": "reverse_addition", "prompt": "12+34="}\n{"family": "nope", "prompt": "1"}\n'
    )
    done = subprocess.run(
        ouro("solve", str(folder)), input=lines, capture_output=True, text=True, check=True
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert set(first) >= {"answer", "steps"}
    assert "error" in second


def test_tiny_promotes_a_successor_given_the_seconds_that_a_busy_machine_needs(tmp_path):
    command = ouro("run", "tiny", "--run-dir", str(tmp_path / "tiny"), "--json")
    summary = finish([*command, "--set", "loop.seconds=200"])  # three generations end it sooner
    assert summary["promoted"] >= 1
    assert summary["labels_read_past_wall"] == 0
    assert summary["exam_sealed"] is True
    family = summary["families"]["reverse_addition"]
    assert family["frontier"] > family["wall"]
