import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest

from ouroboros_warden import bubble, cgroups, filters, grants, probe, sandbox, threshold
from ouroboros_warden.audit import Log
from ouroboros_warden.bubble import bubblewrap, tree
from ouroboros_warden.cgroups import Cgroup
from ouroboros_warden.errors import Refused
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, judge_grant, make_workspace, owners
from ouroboros_warden.probe import BENIGN, attempt, strongest_box, try_to_escape
from ouroboros_warden.processes import environment, start, stop
from ouroboros_warden.sandbox import T1, Box, Grant, Means, landlock_abi
from ouroboros_warden.server import make_boxes, note_confinement

from .harness import (
    SOURCE,
    SYSTEM_PYTHON,
    children_of,
    like_docker,
    make_run,
    records,
    serve,
    wait_for,
)

# Makes the strongest box of a run and says what it found.
WARDEN = """
import json, sys
from pathlib import Path
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, make_workspace, owners
from ouroboros_warden.probe import strongest_box, try_to_escape
folder = Folder.at(Path(sys.argv[1]))
owner, _ = owners(folder)
make_workspace(folder, owner)
box = strongest_box(folder, engine_grant(folder), owner)
print(json.dumps(try_to_escape(folder, box)))
box.close()
"""
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
FURTHER = {"T1": 0, "T2": 8, "T3": 8}  # attempts that only a tree of files of its own stops


@pytest.fixture
def folder(tmp_path) -> Folder:
    """A run with a secret and a log."""
    folder = Folder.at(make_run(tmp_path))
    for path in (folder.warden / "secret", folder.records):
        path.parent.mkdir(exist_ok=True)
        path.write_text("kept\n")
    return folder


def confined(folder: Folder, code: str, role: str = "engine") -> subprocess.CompletedProcess[str]:
    """Run Python code inside the box of the engine or of a judge."""
    with make_boxes(folder, children_of(folder.root)) as boxes:
        return run_in(boxes.engine if role == "engine" else boxes.judges, code)


def run_in(box: Box, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        box.around([sys.executable, "-P", "-c", code]),
        preexec_fn=box.enter,
        pass_fds=box.inherited,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
        check=False,
    )


def tried(box: Box) -> int:
    """How many attempts to escape a box has to stop."""
    counted = bool(box.means.bwrap) or box.owner is not None
    return 36 + FURTHER[box.means.tier] + counted + (box.group is not None)


@cache
def best_tier() -> str:
    """What this machine can do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OUROBOROS_TIER", raising=False)
        return probe.drill()["tier"]


def highest_tier() -> str:
    return os.environ.get("OUROBOROS_TIER", "T3")


def hidden(error: str) -> bool:
    """Whether a path was closed, or was not there at all."""
    return "PermissionError" in error or "FileNotFoundError" in error or "Read-only" in error


def wrong(found: dict[str, bool]) -> list[str]:
    """Attacks that got through and benign attempts that did not."""
    return [name for name, through in found.items() if through != name.startswith(BENIGN)]


def test_every_attempt_to_escape_fails_and_every_benign_twin_passes(folder):
    with make_boxes(folder, children_of(folder.root)) as boxes:
        found = attempt(folder.root, boxes.engine)
        assert len(found) == tried(boxes.engine) + 4
    assert wrong(found) == []
    assert folder.records.read_text() == "kept\n"


@AS_ROOT
def test_an_ordinary_users_warden_confines_as_well(folder):
    found = warden_of(folder, 1234, sys.executable)
    assert (found["own_user"], found["group"], found["allowed"]) == (False, False, 4)


@AS_ROOT
@pytest.mark.skipif(not bubblewrap() or not SYSTEM_PYTHON.exists(), reason="needs bubblewrap")
@pytest.mark.parametrize("highest", ["T1", "T2", "T3"])
def test_an_ordinary_user_has_a_tree_and_namespaces_too(folder, monkeypatch, highest):
    monkeypatch.setenv("OUROBOROS_TIER", highest)
    found = warden_of(folder, 1234, str(SYSTEM_PYTHON), reader=False)
    assert found["tier"] == min(highest, best_tier(), "T2")
    assert found["stopped"] == (36 if found["tier"] == "T1" else 45)


def warden_of(folder: Folder, user: int | None, python: str, reader: bool = True, before=None):
    """What a warden of this user finds out about its box."""
    with tempfile.TemporaryDirectory() as reachable:  # pytest's own folders are closed to others
        os.chmod(reachable, 0o755)
        copy = shutil.copytree(folder.root, Path(reachable) / "run")
        for path in (copy, *copy.rglob("*")):
            os.chown(path, user or 0, user or 0)
        done = subprocess.run(
            [python, "-P", "-c", WARDEN, str(copy)],
            preexec_fn=lambda: (before and before(), user and sandbox._become(user, reader=reader)),
            capture_output=True,
            text=True,
            env={
                "PYTHONPATH": str(SOURCE),
                "OUROBOROS_TIER": os.environ.get("OUROBOROS_TIER", "T3"),
            },
            cwd="/",
            check=False,
        )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_without_the_box_the_attempts_get_through(folder):
    # else they would show nothing; the others need rights or devices that a machine may lack
    done = subprocess.run(
        [sys.executable, "-m", "ouroboros_warden.escape", str(folder.root), str(os.getpid())],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    found = json.loads(done.stdout)
    for name in (
        "read the exam secret",
        "write into the log",
        "write the configuration",
        "make a file beside the log",
        "link the secret into the workspace",
        "reach the secret by a symbolic link",
        "move a file out of the workspace",
        "change the log's mode",
        "change the log's times",
        "cut the log",
        "read the judges",
        "write the warden's code",
        "signal the warden",
        "limit the warden",
        "open a UDP socket",
        "make a memory file",
    ):
        assert found[name], name
    assert folder.records.read_text() == "kept\n"


def test_what_a_confined_process_starts_is_confined_too(folder):
    inner = f"open({str(folder.warden / 'secret')!r})"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert hidden(confined(folder, code).stderr)


def test_the_engine_can_import_what_it_needs_but_no_judge(folder):
    needed = "import torch, pyarrow.parquet, safetensors.torch, ouroboros.loop.cycle"
    home = str(folder.root / "learners")  # which is what the server gives it for temporary files
    set_home = f"import os; os.environ['TMPDIR'] = {home!r}; "
    assert confined(folder, set_home + needed).returncode == 0
    done = confined(folder, "import ouroboros_judges.answers")
    assert (done.returncode, "ouroboros_judges" in done.stderr) == (1, True)


@pytest.mark.parametrize("entry", [SOURCE.parent, SOURCE.parents[1], ""])
def test_a_path_that_leads_to_the_judges_from_further_up_opens_nothing(folder, monkeypatch, entry):
    monkeypatch.chdir(SOURCE.parent)
    monkeypatch.setattr(grants.sys, "path", [str(entry), *sys.path])
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert wrong(attempt(folder.root, boxes.engine)) == []


def test_a_judge_can_import_what_it_needs_though_it_has_no_place_for_temporary_files(folder):
    assert confined(folder, "import ouroboros_judges.examiner", "judge").returncode == 0


def test_a_judge_reads_what_is_handed_in_and_writes_nothing(folder):
    given = folder.root / "data" / "given"
    given.write_text("rows")
    assert confined(folder, f"open({str(given)!r}).read()", "judge").returncode == 0
    assert confined(folder, "import ouroboros_judges.answers", "judge").returncode == 0
    for path in (given, folder.root / "data" / "new", folder.root / "learners" / "new"):
        assert hidden(confined(folder, f"open({str(path)!r}, 'w')", "judge").stderr)


def test_a_box_that_leaks_is_named_and_nothing_is_started(folder):
    owner, _ = owners(folder)
    make_workspace(folder, owner)
    leaky = Box.build(engine_grant(folder, Grant(reads=(folder.warden,))), owner)
    with pytest.raises(Refused, match=r"failed its own test: .*read the exam secret"):
        try_to_escape(folder, leaky)
    folder.warden.chmod(0o755)  # else only T1's capability of reading past modes leaks it
    (folder.warden / "secret").chmod(0o644)
    grant = engine_grant(folder, Grant(reads=(folder.warden,)))
    with closing(strongest_box(folder, grant, owner)) as box:
        assert box.means == T1
        with pytest.raises(Refused, match="read the exam secret"):
            try_to_escape(folder, box)
    narrow = Box.build(judge_grant(folder), owner)
    with pytest.raises(Refused, match="may write in the workspace"):
        try_to_escape(folder, narrow)


def test_a_test_that_cannot_be_made_is_a_refusal(folder, monkeypatch):
    monkeypatch.setattr(probe.sys, "executable", "/no/such/python")
    with (
        make_boxes(folder, children_of(folder.root)) as boxes,
        pytest.raises(Refused, match="could not be tested"),
    ):
        try_to_escape(folder, boxes.engine)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("landlock_abi", 0, "no Landlock"), ("machine", None, "x86-64 or arm64")],
)
def test_a_machine_that_cannot_confine_is_refused_in_one_sentence(
    folder, monkeypatch, name, value, said
):
    monkeypatch.setattr(sandbox, name, lambda: value)
    with pytest.raises(Refused, match=said), make_boxes(folder, children_of(folder.root)):
        pass


def test_the_log_says_once_how_the_engine_was_confined(tmp_path):
    run = make_run(tmp_path / "run", reproducible=False)
    (run / "learners" / "plan.json").write_text("[]")
    for _ in range(2):
        assert serve(run)[0] == 1  # the engine has nothing to do and leaves
    (record,) = records(run, "confinement")
    found = probe.drill()
    assert record.body["tier"] == found["tier"]
    assert record.body["landlock"] == landlock_abi()
    assert (record.body["stopped"], record.body["allowed"]) == (found["stopped"], 4)


def test_the_logs_of_a_reproducible_run_are_the_same_on_every_tier(tmp_path, monkeypatch):
    said = []
    for tier in ("T1", ""):
        monkeypatch.setenv("OUROBOROS_TIER", tier)
        run = make_run(tmp_path / f"run-{tier}")
        (run / "learners" / "plan.json").write_text("[]")
        serve(run)
        said.append([record.hash for record in records(run)])
    assert said[0] == said[1]
    assert len(said[0]) == 3


def test_another_confinement_is_noted_when_the_run_goes_on(tmp_path, desk):
    log = Log.open(tmp_path / "log" / "records.jsonl")
    for own_user in (True, True, False, False, True):
        note_confinement(log, desk.gate, {"tier": "T1", "own_user": own_user})
    assert [record.body["own_user"] for record in log.records] == [True, False, True]


@pytest.mark.parametrize("scoped", [True, False])
@pytest.mark.parametrize("architecture", filters.ARCHITECTURES)
def test_every_jump_of_a_filter_stays_inside_it(monkeypatch, architecture, scoped):
    system = os.uname_result((*os.uname()[:4], architecture))
    monkeypatch.setattr(filters.os, "uname", lambda: system)
    code = filters.program(scoped=scoped)
    steps = [code[i : i + 8] for i in range(0, len(code), 8)]
    kinds = [int.from_bytes(step[:2], sys.byteorder) for step in steps]
    assert len(code) % 8 == 0
    assert len(steps) < 4096  # BPF_MAXINSNS
    for place, (kind, step) in enumerate(zip(kinds, steps, strict=True)):
        if kind in {0x15, 0x35, 0x45}:
            assert place + 1 + max(step[2], step[3]) < len(steps)
    assert kinds[-1] == 0x06  # it ends by returning


def test_where_signals_cannot_be_kept_inside_none_can_be_sent():
    for column in (0, 1):
        shut = {numbers[column] for numbers in filters.SIGNALS.values()}
        assert shut.isdisjoint({numbers[column] for numbers in filters.DENIED.values()})
    assert len(filters.program(scoped=False)) == len(filters.program(scoped=True)) + 6 * 16


def test_a_grant_for_what_is_not_there_is_left_out():
    Box.build(Grant(reads=(Path("/no/such/place"),))).close()


@AS_ROOT
@pytest.mark.parametrize("user", [None, 1234])
def test_in_a_container_that_denies_namespaces_the_tier_is_t1(folder, user):
    code = like_docker()
    python = str(SYSTEM_PYTHON) if user and SYSTEM_PYTHON.exists() else sys.executable
    found = warden_of(folder, user, python, before=lambda: threshold.filter_calls(code))
    assert (found["tier"], found["allowed"]) == ("T1", 4)
    assert found["stopped"] >= 36


@pytest.fixture
def false_bwrap(monkeypatch):
    """Have a script of one's own for bubblewrap."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # so that a user of the child's own reaches it

        def make(script: str, mode: int = 0o755) -> Path:
            path = Path(name) / "bwrap"
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(mode)
            monkeypatch.setattr(bubble, "_PLACES", (path,))
            return path

        yield make


@AS_ROOT
@pytest.mark.parametrize(
    "script",
    [
        "echo 'No permissions to create new namespace' >&2; exit 1",
        'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',  # starts, but keeps nothing
    ],
)
def test_a_bubblewrap_that_fails_or_keeps_no_promise_means_a_lower_tier(
    folder, false_bwrap, script
):
    false_bwrap(script)
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert boxes.engine.means.tier == boxes.judges.means.tier == "T1"
        assert try_to_escape(folder, boxes.engine)["stopped"] >= 36


def test_a_bubblewrap_that_others_may_change_or_that_is_setuid_is_not_used(false_bwrap):
    for mode in (0o775, 0o757, 0o4755, 0o2755):
        false_bwrap("exit 0", mode)
        assert bubblewrap() is None
    path = false_bwrap("exit 0")
    assert bubblewrap() == (path if os.geteuid() == 0 else None)


@pytest.mark.parametrize("highest", ["T1", "T2", "T3", "T0", ""])
def test_the_environment_caps_the_tier_and_never_goes_below_the_first(folder, monkeypatch, highest):
    monkeypatch.setenv("OUROBOROS_TIER", highest)
    assert probe.drill()["tier"] == max("T1", min(best_tier(), highest))
    assert "OUROBOROS_TIER" not in environment()


def test_a_tree_holds_what_is_granted_and_covers_the_rest(tmp_path):
    for name in ("listed/open", "listed/closed", "listed/closed/also_listed", "work"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "listed" / "open" / "inner").touch()
    link = tmp_path / "listed" / "link"
    link.symlink_to(tmp_path / "listed" / "closed")
    listed = tmp_path / "listed"
    mounts = tree(
        (listed / "open", listed / "open" / "inner", Path("/dev/zero"), tmp_path / "absent"),
        (listed, listed / "closed" / "also_listed"),
        (tmp_path / "work", Path("/dev/null")),
    )
    found = {path: option for option, path in mounts}
    assert found.pop(Path.cwd()) == "--dir"
    assert found == {
        Path("/dev/null"): "--dev-bind",
        Path("/dev/zero"): "--dev-bind",
        listed: "--ro-bind",
        listed / "closed": "--tmpfs",
        listed / "closed" / "also_listed": "--ro-bind",
        tmp_path / "work": "--bind",
    }
    depths = [len(path.parts) for _, path in mounts]
    assert depths == sorted(depths)


def test_nothing_but_the_workspace_can_be_written_in_any_tree(folder):
    with make_boxes(folder, children_of(folder.root)) as boxes:
        for place in ("/", "/tmp", "/dev", "/proc", folder.root, SOURCE, Path.cwd()):
            done = run_in(boxes.engine, f"open({str(place)!r} + '/escape', 'w')")
            assert hidden(done.stderr), place
        work = folder.root / "data"
        assert run_in(boxes.engine, f"open({str(work)!r} + '/file', 'w')").returncode == 0


@pytest.mark.parametrize("above", [0, 2])
def test_a_tree_leads_to_the_interpreter_where_its_folder_is_listed_or_covered(
    folder, monkeypatch, above
):
    # a console script has the first on its path; who starts in a project's folder, the second
    entry = Path(sys.executable).parents[above]
    monkeypatch.setattr(grants.sys, "path", [str(entry), *sys.path])
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert boxes.engine.means.tier == max("T1", min(best_tier(), highest_tier()))


def test_a_relative_path_of_packages_still_leads_to_them(folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "src")
    monkeypatch.chdir(SOURCE.parent)
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert run_in(boxes.engine, "import ouroboros_warden.client").stderr == ""


@pytest.fixture
def group():
    """A control group of the test's own."""
    name = f"ouroboros-test-{os.getpid()}"
    try:
        found = Cgroup.make(name, processes=32)
    except (OSError, KeyError):
        pytest.skip("no control groups here")
    yield found
    found.remove()


@contextmanager
def busy_in(group: Cgroup, code: str = "while True: pass"):
    command = [sys.executable, "-I", "-S", "-c", code]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, preexec_fn=group.join) as child:
        try:
            yield child
        finally:
            group.kill()


def test_a_group_measures_freezes_and_kills_all_that_is_in_it(group):
    fork = "import os; os.fork(); os.setsid() if os.getpid() != os.getpgrp() else 0\nwhile 1: pass"
    with busy_in(group, fork) as child:
        wait_for(lambda: group.cpu_seconds() > 0.2)
        group.freeze()
        time.sleep(0.05)
        frozen = group.cpu_seconds()
        time.sleep(0.2)
        assert group.cpu_seconds() - frozen < 0.02
        began = time.monotonic()
        group.kill()
        assert child.wait(5) == -signal.SIGKILL
        assert time.monotonic() - began < 0.5
    wait_for(lambda: not (group.folders[0] / "cgroup.procs").read_text())


def test_a_group_bounds_processes_and_memory(group):
    forks = "import os\nfor _ in range(100):\n if not os.fork(): __import__('time').sleep(9)"
    with busy_in(group, forks) as child:
        assert child.wait(20) == 1
    group.kill()
    with group.tightened(32 << 20), busy_in(group, "bytes(b'1' * (64 << 20))") as child:
        assert child.wait(20) == -signal.SIGKILL
    with busy_in(group, "bytes(b'1' * (64 << 20))") as child:
        assert child.wait(20) == 0


def test_what_a_killed_warden_left_of_a_group_is_killed_and_removed(group):
    with busy_in(group) as child:
        wait_for(lambda: (group.folders[0] / "cgroup.procs").read_text())
        again = Cgroup.make(group.folders[0].name, processes=32)
        assert child.wait(5) == -signal.SIGKILL
        assert again == group
    again.remove()
    assert not any(folder.exists() for folder in group.folders)


@AS_ROOT
@pytest.mark.parametrize("fault", [OSError("read-only file system"), None])
def test_where_no_group_can_be_made_or_joined_the_tier_is_lower(folder, monkeypatch, fault):
    def fail(*_arguments, **_more):
        raise fault or PermissionError

    monkeypatch.delenv("OUROBOROS_TIER", raising=False)
    monkeypatch.setattr(Cgroup, "make" if fault else "join", fail)
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert boxes.engine.group is None
        assert boxes.engine.means.tier == min(best_tier(), "T2")
        assert try_to_escape(folder, boxes.engine)["group"] is False


def test_the_group_of_a_run_ends_with_it(folder):
    with make_boxes(folder, children_of(folder.root)) as boxes:
        groups = [box.group for box in (boxes.engine, boxes.judges) if box.group]
        assert run_in(boxes.judges, "sum(range(10 ** 6))").returncode == 0
        if groups:
            assert groups[0] != groups[1]
            assert all(group.cpu_seconds() > 0.01 for group in groups)
    assert not any(group.folders[0].exists() for group in groups)


@pytest.mark.parametrize(
    ("own", "above", "bound", "chosen"),
    [
        ("memory pids", "", "max", "own"),
        ("", "cpu memory pids", "max", "above"),
        ("", "cpu memory pids", "4096", None),  # a group beside it would be free of our bounds
        ("cpu", "cpu", "max", None),
    ],
)
def test_bounds_of_version_two_lie_where_its_controllers_are_handed_down(
    tmp_path, own, above, bound, chosen
):
    here = tmp_path / "warden"
    here.mkdir()
    (here / "cgroup.subtree_control").write_text(own + "\n")
    (tmp_path / "cgroup.subtree_control").write_text(above + "\n")
    for name in ("memory.max", "pids.max"):
        (here / name).write_text(bound + "\n")
    found = cgroups._handing_down(here)
    assert found == {"own": here, "above": tmp_path, None: None}[chosen]


def test_the_tier_counts_what_is_there_and_no_more():
    assert [
        Means(bwrap=bwrap, group=group).tier
        for bwrap in (None, Path("/usr/bin/bwrap"))
        for group in (None, "name")
    ] == ["T1", "T1", "T2", "T3"]


def test_a_child_that_a_signal_ended_is_named_by_it(folder):
    with make_boxes(folder, children_of(folder.root)) as boxes:
        code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
        child = start([sys.executable, "-c", code], Path("/dev/null"), {}, boxes.engine)
        child.wait(20)
        assert stop(child) == -signal.SIGSEGV
