import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ouroboros_warden import processes, sandbox
from ouroboros_warden.errors import JudgeError, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.processes import Judge, await_end, environment, start, stop
from ouroboros_warden.server import make_boxes

from .harness import JUDGE, SOURCE, children_of, is_alive, make_run, set_moods, wait_for

# A parent that starts a child through `start`, says its number and sleeps.
PARENT = """
import sys, time
from pathlib import Path
from ouroboros_warden.grants import judge_grant
from ouroboros_warden.folder import Folder
from ouroboros_warden.processes import start
from ouroboros_warden.sandbox import Box
box = Box.build(judge_grant(Folder(root=Path("/nowhere"))))
child = start([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"],
              Path("/dev/null"), {}, box)
print(child.pid, flush=True)
time.sleep(600)
"""
# A parent that starts an engine by the best means, one of whose children flees; says who is below.
BOXED_PARENT = """
import sys, time
from pathlib import Path
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, owners
from ouroboros_warden.probe import strongest_box
from ouroboros_warden.processes import descendants, start
folder = Folder(root=Path(sys.argv[1]))
owner, _ = owners(folder)
box = strongest_box(folder, engine_grant(folder), owner)
flee = "import os, time; os.fork() or (os.setsid(), time.sleep(600)); print(flush=True)"
flee += "; time.sleep(600)"
child = start([sys.executable, "-I", "-S", "-c", flee], Path("/dev/null"), {}, box, stdout=1)
sys.stdin.readline()
print(box.means.tier, *descendants(child.pid), child.pid, flush=True)
time.sleep(600)
"""
# A child that ties itself to a parent which is not its own, as if that one had died meanwhile.
ORPHAN = "import os; from ouroboros_warden.processes import die_with; die_with(2**22); print('on')"


@pytest.fixture
def box(tmp_path: Path):
    """The confinement of a simulated judge."""
    folder = Folder.at(make_run(tmp_path))
    with make_boxes(folder, children_of(tmp_path)) as boxes:
        yield boxes.judges


@pytest.fixture
def judge(tmp_path: Path, box):
    judge = Judge((*JUDGE, "oracle", str(tmp_path)), tmp_path / "oracle.stderr", box)
    yield judge
    judge.stop()


def moods(folder: Path, *values) -> None:
    set_moods(folder, "oracle", *values)


def question(number: int):
    return {"op": "verify", "lines": [["right"] if i == number else ["wrong"] for i in range(4)]}


def test_a_child_dies_with_a_parent_that_is_killed():
    command = [sys.executable, "-S", "-c", PARENT]
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    wait_for(lambda: not is_alive(child), 5)


@pytest.mark.parametrize("highest", ["T1", "T2", "T3"])
def test_a_killed_parent_takes_all_below_along_and_in_a_tree_those_who_fled_too(tmp_path, highest):
    run = make_run(tmp_path)
    environ = {**os.environ, "PYTHONPATH": str(SOURCE), "OUROBOROS_TIER": highest}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-P", "-c", BOXED_PARENT, str(run)]
    with subprocess.Popen(command, env=environ, **pipes) as parent:
        assert parent.stdout.readline() == "\n"  # the engine has forked
        parent.stdin.write("\n")
        parent.stdin.flush()
        tier, *below = parent.stdout.readline().split()
        fled = [int(number) for number in below[:-1]] if tier == "T1" else []
        parent.kill()
    gone = [int(number) for number in below if int(number) not in fled]
    wait_for(lambda: not any(map(is_alive, gone)), 5)
    for number in fled:  # on T1 only the warden's sweep finds it
        os.kill(number, signal.SIGKILL)


@pytest.mark.parametrize("highest", ["T1", "T2", "T3"])
@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("signal.signal(15, lambda *_: sys.exit(7))", 7),
        ("signal.signal(15, signal.SIG_IGN)", -9),
        ("0", -15),
    ],
)
def test_a_child_is_asked_to_end_and_then_killed(tmp_path, monkeypatch, highest, code, ends):
    monkeypatch.setenv("OUROBOROS_TIER", highest)
    code = f"import signal, sys, time; {code}"
    said = f"{code}; sys.stderr.write('on'); sys.stderr.flush(); time.sleep(60)"
    folder = Folder.at(make_run(tmp_path))
    with make_boxes(folder, children_of(tmp_path)) as boxes:
        words = tmp_path / "words"
        child = start([sys.executable, "-I", "-S", "-c", said], words, {}, boxes.engine)
        wait_for(lambda: words.read_text() == "on")
        assert not await_end(child, 0)
        assert stop(child, grace=0.3) == ends


def test_a_child_whose_parent_died_before_leaves_at_once():
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", ORPHAN], env=environ, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_command_that_is_not_there_is_a_clean_error(tmp_path, box):
    judge = Judge(("/no/such/judge",), tmp_path / "oracle.stderr", box)
    with pytest.raises(UsageError, match="cannot start"):
        judge.ask({}, dict)


def test_a_judge_answers_one_request_after_the_other(judge):
    for number in range(4):
        answer = judge.ask(question(number), dict)
        assert answer["correct"] == [i == number for i in range(4)]


@pytest.mark.parametrize(
    "mood", ["die", "nonsense", "[]", '{"a":NaN}', {"error": "no"}, '{"correct":1}{"b":2}']
)
def test_a_judge_that_fails_once_is_started_again(judge, tmp_path, mood):
    moods(tmp_path, mood)
    assert judge.ask(question(2), dict)["correct"] == [False, False, True, False]


def test_an_answer_out_of_type_is_a_failure_too(judge, tmp_path):
    def read(answer):
        if "correct" not in answer:
            raise JudgeError("no verdict")
        return answer["correct"]

    moods(tmp_path, {"verdict": True})
    assert judge.ask(question(0), read) == [True, False, False, False]
    moods(tmp_path, {"verdict": True}, {"verdict": True})
    with pytest.raises(JudgeError, match="no verdict"):
        judge.ask(question(0), read)


@pytest.mark.parametrize("mood", ["die", "nonsense", {"error": "no idea"}])
def test_a_judge_that_fails_twice_is_an_error_and_may_be_asked_again(judge, tmp_path, mood):
    moods(tmp_path, mood, mood)
    with pytest.raises(JudgeError):
        judge.ask(question(1), dict)
    assert judge.ask(question(1), dict)["correct"] == [False, True, False, False]


def test_a_judge_killed_between_two_requests_is_replaced(judge):
    judge.ask(question(1), dict)
    process, _ = judge._child
    os.kill(process.pid, signal.SIGKILL)
    assert judge.ask(question(3), dict)["correct"] == [False, False, False, True]


def test_an_answer_too_many_never_passes_for_the_next_one(judge, tmp_path):
    moods(tmp_path, "twice")
    assert judge.ask(question(0), dict)["correct"][0]
    time.sleep(0.05)
    assert judge.ask(question(1), dict)["correct"] == [False, True, False, False]


def test_an_answer_that_nobody_collected_never_passes_for_the_next_one(judge):
    judge.post(question(0))
    assert judge.ask(question(1), dict)["correct"] == [False, True, False, False]


def test_a_judge_that_hangs_is_an_error(judge, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "JUDGE_PATIENCE", 0.2)
    moods(tmp_path, "hang", "hang")
    with pytest.raises(JudgeError, match="timed out"):
        judge.ask(question(0), dict)


def test_a_judge_that_runs_on_is_an_error(judge, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "ANSWER_LIMIT", 1000)
    moods(tmp_path, "x" * 2_000_000, "x" * 2_000_000)
    with pytest.raises(JudgeError, match="ran on"):
        judge.ask(question(0), dict)


def test_judges_compute_in_one_thread_keep_their_memory_and_find_the_packages(tmp_path, box):
    code = (
        "import json, os, sys; sys.stdin.readline();"
        "import ouroboros_warden; print(json.dumps(dict(os.environ)))"
    )
    judge = Judge((sys.executable, "-S", "-P", "-c", code), tmp_path / "oracle.stderr", box)
    found = judge.ask({}, dict)
    judge.stop()
    assert found["OMP_NUM_THREADS"] == found["MKL_NUM_THREADS"] == "1"
    assert int(found["MALLOC_TRIM_THRESHOLD_"]) == int(found["MALLOC_MMAP_THRESHOLD_"]) >= 1 << 28
    assert found["PYTHONPATH"].split(os.pathsep)[0] == str(SOURCE)


def test_a_child_is_not_told_what_else_the_environment_holds(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    assert "hunter2" not in environment().values()


def test_an_installation_needs_no_path(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr(processes.sysconfig, "get_path", lambda _: str(SOURCE))
    assert "PYTHONPATH" not in environment()
    monkeypatch.setattr(processes.sysconfig, "get_path", lambda _: "/elsewhere")
    assert environment(EXTRA="1").items() >= {"PYTHONPATH": str(SOURCE), "EXTRA": "1"}.items()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize("closed", [True, False])
def test_a_process_that_closed_up_cannot_be_looked_into_by_its_own_user(closed):
    code = (
        "import time; from ouroboros_warden.processes import close_up;"
        f"{closed} and close_up(); print('on', flush=True); time.sleep(600)"
    )
    options = {
        "preexec_fn": lambda: sandbox._become(1234),
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "env": {"PYTHONPATH": str(SOURCE)},
    }
    with subprocess.Popen([sys.executable, "-P", "-c", code], **options) as looked_at:
        assert looked_at.stdout.readline() == "on\n"
        look = f"open('/proc/{looked_at.pid}/mem', 'rb')"
        done = subprocess.run([sys.executable, "-c", look], check=False, **options)
        looked_at.kill()
    assert ("PermissionError" in done.stderr) == closed
