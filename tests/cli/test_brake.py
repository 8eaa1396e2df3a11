"""ouro brake: pull, say where it is, release."""

import json
import subprocess
import sys
import time

import pytest

from ouroboros.cli.authority import key_path


@pytest.fixture
def authority_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("OUROBOROS_AUTHORITY", str(tmp_path / "home" / "authority.key"))


@pytest.mark.usefixtures("authority_of_its_own")
def test_a_run_is_stopped_at_once_and_goes_on_after_a_release(ouro, tmp_path):
    run = tmp_path / "run"
    command = [sys.executable, "-m", "ouroboros.cli", "run", "tiny", "--run-dir", str(run)]
    command += ["--set", "training.steps=4000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as it:
        deadline = time.monotonic() + 60
        while not list((run / "learners").glob("base-*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert key_path().stat().st_mode & 0o777 == 0o600
        assert ouro("brake", "status", run, "--json").found["brake"] == "running"
        stopped = ouro("brake", "stop", run, "--reason", "enough", "--json").found
        assert (stopped["brake"], stopped["was_running"]) == ("stopped", True)
        assert stopped["seconds"] < 5
        out, _ = it.communicate(timeout=60)
    assert it.returncode == 3
    assert "the brake is stopped (enough)" in json.loads(out.splitlines()[-1])["error"]
    assert ouro("brake", "pause", run).code == 3  # no way back but a release
    again = ouro("run", "--resume", "--run-dir", run, "--json")
    assert (again.code, "the brake is stopped" in again.found["error"]) == (3, True)
    assert ouro("brake", "release", run, "--json").found["brake"] == "running"
    assert ouro("brake", "status", run, "--json").found["reason"] == "released"
    assert ouro("brake", "release", run).code == 3  # it is not on


@pytest.mark.usefixtures("authority_of_its_own")
def test_a_run_of_another_authority_stays_braked(ouro, spare):
    run = spare()
    assert ouro("brake", "stop", run).code == 0
    refused = ouro("brake", "release", run)
    assert (refused.code, "0 of the 1 keys" in refused.complaint) == (3, True)


def test_a_folder_that_is_no_run_is_misuse(ouro, tmp_path):
    for verb in ("status", "stop", "pause", "release"):
        assert ouro("brake", verb, tmp_path).code == 2
