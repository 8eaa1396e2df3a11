"""The attempts to escape, made where nothing confines them: they reach, and do no harm."""

import gc
import json
import os
import subprocess
import sys

import pytest

from ouroboros_warden import escape
from ouroboros_warden.escape import attempts, further_attempts, main, succeeds

from .harness import make_run


@pytest.fixture
def run(tmp_path):
    run = make_run(tmp_path / "run")
    for name in ("log/records.jsonl", "warden/secret"):
        (run / name).write_text("{}")
    return run


@pytest.fixture
def victim():
    """A process to be looked into instead of the warden."""
    command = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command) as child:
        yield child.pid
        child.kill()


def contents(run):
    return {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_outside_a_box_the_attempts_get_through_and_leave_no_trace(
    run, victim, monkeypatch, capsys
):
    before = contents(run)
    monkeypatch.setattr(sys, "argv", ["escape", str(run), str(victim), "tree"])
    main()
    found = json.loads(capsys.readouterr().out)
    gc.collect()  # sockets that an attempt opened and forgot
    assert contents(run) == before
    assert found.keys() == attempts(run, victim).keys() | further_attempts(run)["tree"].keys()
    must = [name for name in found if name.startswith("may ")]
    must += ["read the exam secret", "write into the log", "make a file beside the log"]
    must += ["move a file out of the workspace", "link the secret into the workspace"]
    must += ["reach the secret by a symbolic link", "read the judges", "signal the warden"]
    must += ["open a Unix socket", "see the log", "cut the log"]
    if os.getsid(0):  # in a container the leader of the tests' own session may be out of sight
        must.append("see a process outside")
    assert [name for name in must if not found[name]] == []


def test_an_attempt_that_returns_got_through_and_one_that_raises_or_says_no_did_not(tmp_path):
    assert succeeds(lambda: None)
    assert succeeds(lambda: True)
    assert not succeeds(lambda: False)

    def fail(error):
        raise error

    assert not succeeds(lambda: fail(PermissionError()))
    assert not succeeds(lambda: fail(subprocess.SubprocessError()))
    with pytest.raises(KeyError):
        succeeds(lambda: fail(KeyError()))


def test_what_an_attempt_opened_is_closed(tmp_path):
    opened: list[int] = []

    def attempt() -> int:
        opened.append(escape.opened(tmp_path, os.O_RDONLY))
        return opened[0]

    assert succeeds(attempt)
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(opened[0])


def test_a_link_or_a_file_that_did_not_get_out_is_removed(tmp_path):
    assert not succeeds(lambda: escape.through(tmp_path / "nothing", tmp_path))
    assert not succeeds(lambda: escape.moved(tmp_path, tmp_path / "no" / "where"))
    assert not succeeds(lambda: escape.linked(tmp_path / "nothing", tmp_path))
    assert not succeeds(lambda: escape.call(-1))
    assert list(tmp_path.iterdir()) == []


def test_what_is_tried_in_a_child_changes_this_process_not(monkeypatch):
    assert escape.in_child(lambda: None)
    assert not escape.in_child(lambda: False)
    assert not escape.in_child(lambda: os.kill(os.getpid(), 9))
    before = os.getuid()
    escape.in_child(lambda: os.setuid(65534))
    assert os.getuid() == before


def test_where_there_are_no_judges_their_folder_is_nowhere(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert str(escape._judges()) == "/none"
    (tmp_path / "ouroboros_judges").mkdir()
    assert escape._judges() == tmp_path / "ouroboros_judges"


def test_memory_is_let_go_of_and_threads_that_cannot_start_are_no_success(monkeypatch):
    escape.swollen()

    def none(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("_thread.start_new_thread", none)
    assert escape.multiplied() is False
    monkeypatch.setattr(escape, "_THREADS", 0)
    assert escape.multiplied() is True
