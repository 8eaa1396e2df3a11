"""run: its folder, its settings, its warden. The warden is simulated by a few lines of Python."""

import fcntl
import json
import os
import signal
import threading
import time

import pytest

from ouroboros.cli import warden
from ouroboros.cli.runs import claim_folder
from ouroboros.errors import UsageError

FINISH = "import sys, shutil; shutil.copytree(sys.argv[1], sys.argv[2], dirs_exist_ok=True)"


@pytest.fixture
def simulate(monkeypatch):
    """Have these lines of Python serve the run; argv[1] is its folder."""

    def simulate(code: str, *more: object):
        def command(_name, folder, *_options):
            return [os.sys.executable, "-c", code, folder, *map(str, more)]

        monkeypatch.setattr(warden, "_command", command)

    return simulate


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- mistakes


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["fast"], "unknown preset 'fast'; known: tiny, laptop"),
        (["tiny", "--set", "loop.seconds"], "--set takes KEY=VALUE"),
        (["tiny", "--set", "loop.speed=3"], "no setting 'loop.speed'"),
        (["tiny", "--set", "loop.generations=many"], "loop.generations"),
        (["tiny", "--set", "genome.heads=5"], "heads"),
        (["tiny", "--set", 'families={"flying":{"wall":2}}'], "unknown family 'flying'"),
        (["--resume"], "there is no run under runs/"),
        (["tiny", "--resume", "--run-dir", "nowhere"], "there is no run at nowhere"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing_behind(ouro, workplace, arguments, complaint):
    done = ouro("run", *arguments)
    assert done.code == 2
    assert complaint in done.complaint
    assert list(workplace.iterdir()) == []


def test_a_folder_that_is_taken_is_not_touched(ouro, workplace, spare):
    run = spare()
    before = sorted(path.name for path in run.iterdir())
    taken = ouro("run", "tiny", "--run-dir", run)
    assert taken.code == 2
    assert "--resume" in taken.complaint
    assert sorted(path.name for path in run.iterdir()) == before
    (workplace / "letter").write_text("dear")
    assert "is a file" in ouro("run", "tiny", "--run-dir", "letter").complaint
    (workplace / "home").mkdir()
    (workplace / "home" / "photo").touch()
    assert "not empty and not a run" in ouro("run", "tiny", "--run-dir", "home").complaint
    for name in ("letter", "home"):
        assert "not a run's folder" in ouro("run", "--resume", "--run-dir", name).complaint


def test_a_full_disk_at_the_start_is_one_line(ouro, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = ouro("run", "tiny")
    assert done.code == 2
    assert "no space left" in done.complaint


def test_a_run_locked_by_a_live_one_is_one_line(ouro, spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with (run / "warden" / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = ouro("run", "--resume", "--run-dir", run)  # the warden waits five seconds
    assert done.code == 2
    assert "a live run holds" in done.complaint


def test_a_damaged_log_is_not_resumed(ouro, spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"count":100', b'"count":900', 1))
    done = ouro("run", "--resume", "--run-dir", run)
    assert done.code == 2
    assert "record 2" in done.complaint


# --- folders and settings


def test_new_runs_take_the_next_free_number(workplace):
    assert [str(claim_folder(None, "tiny")) for _ in range(3)] == [
        "runs/tiny-1",
        "runs/tiny-2",
        "runs/tiny-3",
    ]
    assert str(claim_folder(None, "laptop")) == "runs/laptop-1"
    (workplace / "new").mkdir()
    (workplace / "new" / ".config.json.1.partial").touch()
    assert claim_folder(workplace / "new", "tiny") == workplace / "new"
    (workplace / "new" / "x").touch()
    with pytest.raises(UsageError):
        claim_folder(workplace / "new", "tiny")


def test_flags_reach_the_configuration(ouro, workplace, simulate, made_run):
    simulate("import sys; sys.exit(1)")
    ouro("run", "tiny", "--seed", 9, "--reproducible", "--set", "loop.generations=7")
    config = json.loads((workplace / "runs/tiny-1/config.json").read_text())
    assert config["run"]["seed"] == 9
    assert config["run"]["reproducible"] is True
    assert config["run"]["preset"] == config["run"]["name"] == "tiny"
    assert config["loop"]["generations"] == 7


def test_a_finished_run_tells_its_summary_again(ouro, spare, simulate):
    run = spare()
    simulate("raise SystemExit('nobody should be started')")
    done = ouro("run", "--resume", "--run-dir", run, "--json")
    assert done.code == 0
    assert "finished already" in done.complaint
    found = done.found
    assert found["log_head"] == ouro("status", run, "--json").found["log_head"]
    assert {"wall", "frontier", "accuracy", "lower95"} == set(found["families"]["copy"])
    figures = ("generations", "promoted", "rejected", "labels_read_past_wall", "wall_seconds")
    for name in (*figures, "flop", "run_dir", "first_promotion_seconds", "label_precision"):
        assert found[name] is not None
    assert found["exam_sealed"] is True


def test_a_run_keeps_the_settings_it_began_with(ouro, spare):
    run = spare()
    for other in (["--seed", 4], ["--set", "loop.steps=9"], ["--reproducible"]):
        done = ouro("run", "--resume", "--run-dir", run, *other)
        assert done.code == 2
        assert "keeps the settings" in done.complaint
    assert "of preset tiny" in ouro("run", "laptop", "--resume", "--run-dir", run).complaint
    assert ouro("run", "tiny", "--resume", "--run-dir", run, "--seed", 3).code == 0


# --- the warden's end


def test_a_run_ends_with_report_and_summary(ouro, workplace, simulate, made_run):
    simulate("import sys, shutil\nshutil.copytree(sys.argv[2], sys.argv[1], dirs_exist_ok=True)",
             made_run)  # fmt: skip
    done = ouro("run", "tiny", "--json")
    assert done.code == 0
    assert done.found["run_dir"] == "runs/tiny-1"
    assert (workplace / "runs/tiny-1/report.html").is_file()
    assert (workplace / "runs/tiny-1/lineage.sqlite").is_file()
    assert "promoted: better" in done.err
    assert "base, step 1000/1000" in done.err


@pytest.mark.parametrize(
    ("warden_says", "engine_says", "code", "told"),
    [
        ("ouroboros_warden: the disk is odd", "", 1, "ouro: the disk is odd"),
        ("ouroboros_warden: config.json names no families", "", 2, "names no families"),
        ("ouroboros_warden: not the run that it was", "", 3, "not the run that it was"),
        (
            "ouroboros_warden: the engine ended with exit code 1",
            "ValueError: x",
            1,
            "ValueError: x",
        ),
        (
            "ouroboros_warden: the engine ended with exit code 1",
            "ouroboros.errors.UsageError: no space left on the disk for data/3",
            2,
            "no space left",
        ),
    ],
)
def test_the_wardens_last_words_are_passed_on(ouro, simulate, warden_says, engine_says, code, told):
    ends = 1 if "engine ended" in warden_says else code
    simulate(
        "import sys; from pathlib import Path\n"
        f"Path(sys.argv[1], 'warden', 'engine.stderr').write_text({engine_says!r})\n"
        f"print({warden_says!r}, file=sys.stderr); sys.exit({ends})"
    )
    done = ouro("run", "tiny", "--json")
    assert done.code == done.found["exit_code"] == code
    assert told in done.complaint


def test_a_killed_warden_is_a_failure(ouro, simulate):
    simulate("import os; os.kill(os.getpid(), 9)")
    done = ouro("run", "tiny")
    assert done.code == 1
    assert "killed by signal 9" in done.complaint


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_the_warden_and_says_how_to_go_on(ouro, workplace, simulate, number):
    simulate(
        "import os, signal, sys, time; from pathlib import Path\n"
        "def leave(*_):\n    Path(sys.argv[1], 'left').touch(); sys.exit(1)\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "Path(sys.argv[1], 'session').write_text(str(os.getsid(0) == os.getpid()))\n"
        "time.sleep(60)"
    )
    folder, before = workplace / "runs" / "tiny-1", signal.getsignal(signal.SIGINT)

    def interrupt():
        while not (folder / "session").exists():
            time.sleep(0.02)
        time.sleep(0.3)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=interrupt)
    thread.start()
    done = ouro("run", "tiny", "--json")
    thread.join()
    assert done.code == 1
    assert done.found["error"] == "interrupted"
    assert "ouro run --resume --run-dir runs/tiny-1" in done.err
    assert (folder / "left").exists()
    assert (folder / "session").read_text() == "True"
    assert signal.getsignal(signal.SIGINT) is before
