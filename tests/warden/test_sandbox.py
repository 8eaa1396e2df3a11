import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ouroboros_warden import filters, grants, probe, sandbox
from ouroboros_warden.audit import Log
from ouroboros_warden.errors import Refused
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, judge_grant, make_workspace, owners
from ouroboros_warden.probe import BENIGN, attempt, try_to_escape
from ouroboros_warden.sandbox import Box, Grant, demand_tier, landlock_abi
from ouroboros_warden.server import make_boxes, note_confinement

from .harness import SOURCE, children_of, make_run, records, serve

AS_ORDINARY_USER = """
import json, sys
from pathlib import Path
from ouroboros_warden.folder import Folder
from ouroboros_warden.grants import engine_grant, make_workspace, owners
from ouroboros_warden.probe import attempt
from ouroboros_warden.sandbox import Box
folder = Folder.at(Path(sys.argv[1]))
owner, _ = owners(folder)
make_workspace(folder, owner)
print(json.dumps([owner, attempt(folder.root, Box.build(engine_grant(folder), owner))]))
"""


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
        box = boxes.engine if role == "engine" else boxes.judges
        return subprocess.run(
            [sys.executable, "-P", "-c", code],
            preexec_fn=box.enter,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(SOURCE)},
            timeout=60,
            check=False,
        )


def wrong(found: dict[str, bool]) -> list[str]:
    """Attacks that got through and benign attempts that did not."""
    return [name for name, through in found.items() if through != name.startswith(BENIGN)]


def test_every_attempt_to_escape_fails_and_every_benign_twin_passes(folder):
    with make_boxes(folder, children_of(folder.root)) as boxes:
        found = attempt(folder.root, boxes.engine)
    assert len(found) == 40
    assert wrong(found) == []
    assert folder.records.read_text() == "kept\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_an_ordinary_users_warden_confines_as_well(folder):
    for path in (folder.root, *folder.root.rglob("*")):
        os.chown(path, 1234, 1234)
    done = subprocess.run(
        [sys.executable, "-P", "-c", AS_ORDINARY_USER, str(folder.root)],
        preexec_fn=lambda: sandbox._become(1234),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SOURCE)},
        check=False,
    )
    assert done.stderr == ""
    owner, found = json.loads(done.stdout)
    assert owner is None
    assert wrong(found) == []


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
    assert "PermissionError" in confined(folder, code).stderr


def test_the_engine_can_import_what_it_needs_but_no_judge(folder):
    needed = "import torch, pyarrow.parquet, safetensors.torch, ouroboros.loop.cycle"
    assert confined(folder, needed).returncode == 0
    done = confined(folder, "import ouroboros_judges.answers")
    assert (done.returncode, "ouroboros_judges" in done.stderr) == (1, True)


@pytest.mark.parametrize("entry", [SOURCE.parent, SOURCE.parents[1], ""])
def test_a_path_that_leads_to_the_judges_from_further_up_opens_nothing(folder, monkeypatch, entry):
    monkeypatch.chdir(SOURCE.parent)
    monkeypatch.setattr(grants.sys, "path", [str(entry), *sys.path])
    with make_boxes(folder, children_of(folder.root)) as boxes:
        assert wrong(attempt(folder.root, boxes.engine)) == []


def test_a_judge_reads_what_is_handed_in_and_writes_nothing(folder):
    given = folder.root / "data" / "given"
    given.write_text("rows")
    assert confined(folder, f"open({str(given)!r}).read()", "judge").returncode == 0
    assert confined(folder, "import ouroboros_judges.answers", "judge").returncode == 0
    for path in (given, folder.root / "data" / "new", folder.root / "learners" / "new"):
        assert "PermissionError" in confined(folder, f"open({str(path)!r}, 'w')", "judge").stderr


def test_a_box_that_leaks_is_named_and_nothing_is_started(folder):
    owner, _ = owners(folder)
    make_workspace(folder, owner)
    leaky = Box.build(engine_grant(folder, Grant(reads=(folder.warden,))), owner)
    with pytest.raises(Refused, match=r"failed its own test: .*read the exam secret"):
        try_to_escape(folder, leaky)
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


@pytest.mark.parametrize("reproducible", [True, False])
def test_the_log_says_once_how_the_engine_was_confined(tmp_path, reproducible):
    run = make_run(tmp_path / "run", reproducible=reproducible)
    (run / "learners" / "plan.json").write_text("[]")
    for _ in range(2):
        assert serve(run)[0] == 1  # the engine has nothing to do and leaves
    (record,) = records(run, "confinement")
    assert record.body["tier"] == demand_tier() == "T1"
    # two machines' logs of a reproducible run are compared to the bit
    assert record.body.get("landlock") == (None if reproducible else landlock_abi())
    assert (record.body["stopped"], record.body["allowed"]) == (36, 4)


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
