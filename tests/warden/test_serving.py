"""A warden in this very process: what it answers, and how it ends when somebody fails."""

import json
import os
import signal
import struct
from pathlib import Path

import pytest

from ouroboros_warden import server
from ouroboros_warden.errors import JudgeError, Locked, Refused, WardenError
from ouroboros_warden.folder import Folder
from ouroboros_warden.messages import LIMIT
from ouroboros_warden.processes import stop
from ouroboros_warden.server import locked, serve
from ouroboros_warden.verify import check_run

from .harness import (
    answers,
    ask,
    children_of,
    make_checkpoint,
    make_data,
    make_run,
    named,
    plan,
    records,
    set_moods,
)

END = ask("finish", key="end", reason="enough")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run")


def attend(run: Path, *steps, events: int | None = None) -> None:
    plan(run, list(steps))
    serve(run, children_of(run), events)


def story(run: Path) -> list:
    steps = [ask("hello"), ask("examples", key="x", family="copy", level=2, count=2, seed=1)]
    for n, level in enumerate((1, 4)):
        file, name = make_data(run, f"{n}", 2, n), make_checkpoint(run, copy=level, sum=level)
        steps += [
            ask("progress", body={"n": n}),
            ask("data", key=f"d{n}", generation=n, file=file),
            ask("examine", key=f"e{n}", generation=n, checkpoint=name, parent=None),
        ]
    return [*steps, ask("final", key="f"), END]


def test_a_run_is_served_to_its_end_and_is_over_then(run):
    handlers = {number: signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGUSR1)}
    reading, writing = os.pipe()
    attend(run, *story(run), events=writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = [json.loads(line) for line in pipe]
    assert told == [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [each["event"] for each in told][:: len(told) - 1] == ["serve", "end"]
    written = records(run)
    assert written[-1].kind == "end"
    assert check_run(Folder.at(run))["problems"] == []
    (run / "seal.json").write_text("{}")
    attend(run, ["leave", 9])  # nobody is started any more
    assert records(run) == written
    assert not (run / "seal.json").exists()
    assert not named(run)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert handlers == {number: signal.getsignal(number) for number in handlers}
    assert (run / "warden" / "lock").read_text() == ""


def test_an_engine_that_leaves_after_a_refusal_is_told_of_with_it(run):
    past = ask("examples", key="x", family="copy", level=9, count=1, seed=1)
    with pytest.raises(Refused, match=r"exit code 5 .*the last request was refused: article 4"):
        attend(run, past, ["leave", 5])
    with pytest.raises(WardenError, match="exit code 5 before the run was over; see") as failed:
        attend(run, past, ask("hello"), ["leave", 5])
    assert failed.value.exit_code == 1


def test_an_engine_that_was_killed_is_told_of_by_its_signal(run, monkeypatch):
    monkeypatch.setattr(server, "stop", lambda process: -9 if stop(process) == 0 else 1)
    with pytest.raises(WardenError, match="by signal 9"):
        attend(run, ["leave", 0])


def test_what_is_no_request_is_refused_and_the_engine_may_go_on(run):
    junk = b"{]"
    frame = (struct.pack(">I", len(junk)) + junk).hex()
    attend(run, ["raw", frame, 1], ["oversized", LIMIT + 1], END)
    assert [answer["ok"] for answer in answers(run)[:2]] == [False, False]
    assert [record.body["type"] for record in records(run, "refused")] == ["malformed"] * 2


def test_half_a_message_ends_the_run(run):
    with pytest.raises(WardenError, match="exit code 4"):
        attend(run, ["half"])


def test_a_judge_that_fails_twice_ends_the_run_and_tells_the_engine_no_reason(run):
    reading = ask("examples", key="x", family="copy", level=1, count=1, seed=1)
    set_moods(run, "oracle", "die", "die")
    with pytest.raises(JudgeError, match="oracle"):
        attend(run, reading, END)
    set_moods(run, "oracle")
    attend(run, reading, END)
    assert check_run(Folder.at(run))["problems"] == []


def test_a_folder_that_somebody_serves_is_locked(run, monkeypatch):
    monkeypatch.setattr(server, "LOCK_PATIENCE", 0.1)
    with locked(run / "warden" / "lock", patience=0.1):
        assert (run / "warden" / "lock").read_text() == str(os.getpid())
        with pytest.raises(Locked, match="a live run holds"):
            serve(run, children_of(run))


def test_an_interrupt_leaves_nobody_behind_and_a_log_that_goes_on(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(server.Engine, "_hear", interrupt)
    with pytest.raises(KeyboardInterrupt):
        attend(run, ["sleep", 60])
    assert not named(run)
    monkeypatch.undo()
    attend(run, END)
    assert records(run)[-1].kind == "end"
