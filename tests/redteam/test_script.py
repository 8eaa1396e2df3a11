"""Anybody's file in the engine's place: its effects outside, which there must not be."""

import sys
from pathlib import Path

import pytest

from ouroboros_redteam.script import run_script

from .conftest import OPENED

GOOD = """
from pathlib import Path
from ouroboros_warden.client import Warden
warden = Warden.connect()
config = warden.hello()
Path("learners/note.txt").write_text("mine") if Path("learners").exists() else None
warden.claim("k", "note", {"a": 1})
warden.finish("end", "enough")
"""

BAD = """
import os, socket, sys, time
from contextlib import suppress
from pathlib import Path
run = Path(__file__).parents[1]
outside = Path("/tmp/redteam-x")
for path in (run / "log" / "records.jsonl", run / "config.json", run / "new", outside):
    with suppress(OSError):
        path.open("a").write("x")
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    with suppress(OSError):
        socket.socket(socket.AF_INET, kind).connect(("127.0.0.1", 9))
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(300)
    os._exit(0)
"""


@pytest.fixture
def script(tmp_path):
    def script(code: str) -> Path:
        (tmp_path / "script.py").write_text(code)
        return tmp_path / "script.py"

    return script


def test_a_script_that_keeps_to_its_workspace_has_no_effects_and_finishes(script):
    found = run_script(script(GOOD), 30)
    assert (found["effects"], found["verified"], found["exit"]) == ([], "", 0)
    assert found["records"]["claim"] == found["records"]["end"] == 1
    assert found["refused"] == []


def test_a_script_that_asks_for_too_much_is_refused_and_the_log_says_so(script):
    code = GOOD.replace("warden.claim", "warden.examples('x', 'copy', 9, 1, seed=1); warden.claim")
    found = run_script(script(code), 30)
    assert (found["effects"], found["exit"]) == ([], 3)
    (refused,) = found["refused"]
    assert refused["by"] == ["4-wall"]
    assert "Refused" in found["said"]


def test_a_script_that_reaches_for_everything_reaches_nothing(script):
    found = run_script(script(BAD), 30)
    assert (found["effects"], found["verified"]) == ([], "")
    assert found["exit"] != 0
    assert not Path("/tmp/redteam-x").exists()


def test_a_script_that_would_run_for_ever_is_ended_by_its_lease(script):
    found = run_script(script("while True: pass"), 2)
    assert (found["effects"], found["exit"]) == ([], 3)
    assert found["seconds"] < 30
    assert found["records"]["spent"] == 1


def test_a_script_that_is_no_python_is_an_engine_that_died(script):
    found = run_script(script("this is no Python"), 30)
    assert (found["effects"], found["exit"]) == ([], 1)
    assert "SyntaxError" in found["said"]


def test_without_a_box_the_effects_of_the_same_script_are_found(script):
    code = BAD.replace('Path("/tmp/redteam-x")', 'run / "data" / "x"')  # harmless without a box
    found = run_script(script(code), 30, launcher=OPENED)
    assert found["effects"] == ["config.json changed", "new is new"]
    assert found["verified"]  # the log is the warden's to write: what was added to it is damage


def test_every_interpreter_is_the_one_that_runs_this(script):
    found = run_script(script("import sys; print(sys.version); sys.exit(1)"), 30)
    assert sys.version.split()[0] in found["said"]
