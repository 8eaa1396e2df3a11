"""status, watch, why, diff, verify, report and rollback, on a run that is there already."""

import fcntl
import os

import pytest

from ouroboros.lineage.history import champion, history
from ouroboros.lineage.index import open_index


def decisions_of(run):
    with open_index(run) as index:
        return history(index), champion(index)


def flip(path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert content.count(old) >= 1
    path.write_bytes(content.replace(old, new, 1))


# --- finding the run


def test_the_newest_run_under_runs_is_meant(ouro, spare, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = spare().rename(tmp_path / "old")
    for name, age in (("laptop-1", 50), ("tiny-7", 10), ("laptop-2", 90)):
        (tmp_path / "runs" / name).mkdir(parents=True)
        config = tmp_path / "runs" / name / "config.json"
        config.write_bytes((run / "config.json").read_bytes())
        os.utime(config, (1e9 - age, 1e9 - age))
    (run / "log").rename(tmp_path / "runs" / "tiny-7" / "log")
    assert ouro("status", "--json").found["run_dir"] == "runs/tiny-7"
    assert ouro("status", "tiny-7", "--json").found["run_dir"] == "runs/tiny-7"


@pytest.mark.parametrize("command", ["status", "watch", "why", "verify", "report", "solve", "chat"])
def test_a_folder_that_is_no_run_is_named(ouro, tmp_path, command):
    option = ["--run-dir"] if command == "why" else []
    missing = ouro(command, *option, tmp_path / "nowhere")
    assert (missing.code, missing.out) == (2, "")
    assert "there is no run at" in missing.complaint
    other = ouro(command, *option, tmp_path)
    assert other.code == 2
    assert "not a run's folder" in other.complaint


# --- status and watch


def test_status_lists_every_decision_and_the_champion(ouro, made_run):
    decisions, holder = decisions_of(made_run)
    found = ouro("status", made_run, "--json").found
    assert (found["state"], found["champion"]) == ("finished", holder.checkpoint)
    assert [c["promoted"] for c in found["checkpoints"]] == [e.promoted for e in decisions]
    shown = ouro("status", made_run).out
    assert holder.checkpoint in shown
    assert "forward_addition" in shown


def test_a_run_is_live_while_its_lock_is_held(ouro, spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    (run / "warden" / "lock").touch()
    assert ouro("status", run, "--json").found["state"] == "stopped"
    with (run / "warden" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert ouro("status", run, "--json").found["state"] == "live"


def test_watching_a_run_that_nobody_works_on_shows_where_it_stands(ouro, made_run):
    done = ouro("watch", made_run, "--json")
    assert done.code == 0
    assert "nobody is at work" in done.complaint
    assert done.found["state"] == "finished"


# --- why and diff


def test_why_shows_the_rows_and_the_bar_of_a_decision(ouro, made_run):
    decisions, holder = decisions_of(made_run)
    rejected = next(e for e in decisions if not e.promoted)
    name = rejected.exam.checkpoint
    found = ouro("why", name[:9], "--run-dir", made_run, "--json").found
    assert (found["checkpoint"], found["is_champion"]) == (name, False)
    (decision,) = found["decisions"]
    assert decision["reason"] == "worse on forward_addition"
    assert decision["exam"]["threshold"] == rejected.exam.threshold
    assert len(decision["exam"]["rows"]) == len(rejected.exam.rows) > 10
    shown = ouro("why", name, "--run-dir", made_run).out
    assert "was rejected: worse on forward_addition" in shown
    assert "0.3 < " in shown
    assert ouro("why", "--run-dir", made_run, "--json").found["checkpoint"] == holder.checkpoint


def test_why_of_the_first_checkpoint_says_that_there_was_nobody_to_beat(ouro, made_run):
    decisions, _ = decisions_of(made_run)
    shown = ouro("why", decisions[0].exam.checkpoint, "--run-dir", made_run).out
    assert "no champion to beat" in shown


def test_an_unknown_checkpoint_is_misuse(ouro, made_run):
    for command in (["why", "beef"], ["diff", "beef", "beef"], ["rollback", "beef"]):
        done = ouro(*command, "--run-dir", made_run)
        assert done.code == 2
        assert "'beef' was never examined" in done.complaint


def test_diff_shows_bodies_scores_and_data(ouro, made_run):
    decisions, _ = decisions_of(made_run)
    first, last = decisions[0].exam.checkpoint, decisions[-1].exam.checkpoint
    found = ouro("diff", first, last, "--run-dir", made_run, "--json").found
    assert found["genome"] == [["layers", 1, 2]]
    assert len(found["data"]) == 12
    shown = ouro("diff", first, last, "--run-dir", made_run).out
    assert "layers" in shown
    assert "60/60" in shown
    assert "12 files" in shown


# --- verify


def test_a_run_that_is_whole_verifies(ouro, made_run):
    done = ouro("verify", made_run, "--json")
    assert (done.code, done.found["ok"], done.found["problems"]) == (0, True, [])
    head = done.found["head"]
    assert head in ouro("verify", made_run, "--head", head).out
    assert ouro("verify", made_run, "--head", "0" * 63 + "1").code == 2


def test_a_flipped_byte_in_the_log_is_named_by_its_record(ouro, spare):
    run = spare()
    flip(run / "log" / "records.jsonl", b'"count":100', b'"count":900')
    done = ouro("verify", run, "--json")
    assert (done.code, done.found["ok"], done.found["record"]) == (2, False, 2)
    assert "record 2" in done.complaint
    for command in ("status", "report", "solve"):
        assert ouro(command, run).code == 2


def test_a_changed_checkpoint_is_found_and_not_used(ouro, spare):
    run = spare()
    _, holder = decisions_of(run)
    weights = run / "checkpoints" / holder.checkpoint / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    done = ouro("verify", run)
    assert done.code == 2
    assert holder.checkpoint in done.complaint
    refused = ouro("solve", run)
    assert refused.code == 2
    assert holder.checkpoint in refused.complaint


def test_a_checkpoint_whose_genome_is_no_json_is_one_line(ouro, spare):
    run = spare()
    _, holder = decisions_of(run)
    (run / "checkpoints" / holder.checkpoint / "genome.json").write_bytes(b'{"width"')
    done = ouro("chat", run, "--prompt", "copy abc=")
    assert done.code == 2
    assert holder.checkpoint in done.complaint


# --- report and rollback


def test_report_names_what_it_wrote(ouro, spare):
    run = spare()
    found = ouro("report", run, "--json").found
    assert sorted(path.removeprefix(f"{run}/") for path in found["files"]) == [
        "card.md",
        "climb.png",
        "report.html",
        "report.md",
    ]


def test_a_full_disk_is_one_line(ouro, spare, monkeypatch):
    run = spare()

    def full(_descriptor):
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(os, "fsync", full)
    done = ouro("report", run)
    assert done.code == 2
    assert "no space left" in done.complaint
    assert not list(run.glob(".*partial"))


def test_a_rollback_is_recorded_and_changes_the_champion(ouro, spare):
    run = spare()
    decisions, before = decisions_of(run)
    former = decisions[1].exam.checkpoint
    assert former != before.checkpoint
    done = ouro("rollback", former[:8], "--run-dir", run, "--json")
    assert (done.code, done.found["champion"]) == (0, former)
    assert ouro("status", run, "--json").found["champion"] == former
    assert ouro("verify", run).code == 0
    assert former in (run / "card.md").read_text()
    again = ouro("rollback", former, "--run-dir", run)
    assert again.code == 2
    assert "champion already" in again.complaint


def test_who_was_never_promoted_cannot_come_back(ouro, spare):
    run = spare()
    decisions, before = decisions_of(run)
    rejected = next(e.exam.checkpoint for e in decisions if not e.promoted)
    done = ouro("rollback", rejected, "--run-dir", run)
    assert done.code == 2
    assert "never champion" in done.complaint
    assert decisions_of(run)[1] == before
