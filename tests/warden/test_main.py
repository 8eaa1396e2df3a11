import json
import signal
import subprocess
import sys

import pytest

from ouroboros_warden.__main__ import main
from ouroboros_warden.errors import DiskFull, JudgeError, LogDamaged, Refused, WardenError

from .harness import ask, make_run, plan, serve


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "run")
    plan(run, [ask("finish", key="end", reason="enough")])
    assert serve(run) == (0, "")
    return run


def test_verify_prints_one_object_on_one_line(run, capsys):
    assert main(["verify", str(run)]) == 0
    line, end = capsys.readouterr().out.split("\n")
    report = json.loads(line)
    assert end == ""
    assert (report["ok"], report["records"], report["problems"]) == (True, 4, [])
    assert main(["verify", str(run), "--head", report["head"]]) == 0
    assert main(["verify", str(run), "--head", "f" * 64]) == 2


def test_verify_names_the_record_with_a_flipped_byte(run, capsys):
    log = run / "log" / "records.jsonl"
    data = bytearray(log.read_bytes())
    data[-20] ^= 4
    log.write_bytes(data)
    assert main(["verify", str(run)]) == 2
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["record"]) == (False, 3)
    assert serve(run)[0] == 2


@pytest.mark.parametrize("command", ["verify", "serve"])
def test_a_folder_that_is_no_run_is_misuse(tmp_path, command):
    done = subprocess.run(
        [sys.executable, "-m", "ouroboros_warden", command, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "not a run's folder" in done.stderr


def test_a_run_without_a_log_is_one_clear_line(tmp_path, capsys):
    assert main(["verify", str(make_run(tmp_path / "run"))]) == 2
    assert "no log" in capsys.readouterr().err


def test_unknown_commands_are_misuse():
    with pytest.raises(SystemExit) as left:
        main(["bake"])
    assert left.value.code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WardenError("x"), 1),
        (JudgeError("x"), 1),
        (OSError("x"), 1),
        (KeyboardInterrupt(), 1),
        (LogDamaged(3, "x"), 2),
        (DiskFull("x"), 2),
        (Refused("x"), 3),
    ],
)
def test_every_failure_is_one_line_and_its_exit_code(error, code, monkeypatch, tmp_path, capsys):
    def fail(*_):
        raise error

    monkeypatch.setattr("ouroboros_warden.__main__.die_with", lambda _: None)
    monkeypatch.setattr("ouroboros_warden.__main__.serve", fail)
    before = {number: signal.getsignal(number) for number in (2, 15, 1)}
    try:
        assert main(["serve", str(tmp_path)]) == code
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert capsys.readouterr().err.count("\n") == 1
