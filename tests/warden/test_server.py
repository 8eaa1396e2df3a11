"""Whole runs: warden, judges and engine as processes, and what happens when one is killed."""

import fcntl
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ouroboros_warden.__main__ import main
from ouroboros_warden.canonical import canonical
from ouroboros_warden.errors import Locked
from ouroboros_warden.events import Events
from ouroboros_warden.folder import Folder
from ouroboros_warden.messages import LIMIT
from ouroboros_warden.server import locked
from ouroboros_warden.verify import check_run

from .harness import (
    HERE,
    answers,
    ask,
    begin,
    children,
    is_alive,
    make_checkpoint,
    make_data,
    make_run,
    message,
    named,
    plan,
    records,
    serve,
    set_moods,
    wait_for,
)

END = ask("finish", key="end", reason="enough")
SLEEP = ["sleep", 60]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run")


def story(run: Path) -> list:
    """A run of some length, with the files that it hands in."""
    names = [make_checkpoint(run, copy=n, sum=n) for n in (1, 3, 2, 5)]
    steps = [ask("hello")]
    for n, name in enumerate(names):
        file = make_data(run, f"{n}.parquet", 4, n)
        steps += [
            ask("examples", key=f"x{n}", family="copy", level=2, count=4, seed=n),
            ask("progress", body={"generation": n}),
            ask("claim", key=f"c{n}", kind="note", body={"n": n}),
            ask("data", key=f"d{n}", generation=n, file=file),
            ask("examine", key=f"e{n}", generation=n, checkpoint=name, parent=None),
        ]
    return [*steps, ask("final", key="final"), END]


def head(run: Path) -> str:
    report = check_run(Folder.at(run))
    assert report["ok"], report
    return report["head"]


def events(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]


def wait_for_answer(run: Path, count: int = 1) -> None:
    path = run / "learners" / "answers.jsonl"
    wait_for(lambda: path.exists() and path.read_text().count("\n") >= count)


def test_a_run_is_served_to_its_end(run):
    plan(run, story(run))
    assert serve(run) == (0, "")
    kinds = [record.kind for record in records(run)]
    step = ["oracle", "claim", "data", "audit", "exam", "decision"]
    assert kinds == ["run", "lease", "confinement", *step * 4, "final", "end"]
    told = [a for a in answers(run) if isinstance(a, dict) and "promoted" in a]
    assert [a["reason"] for a in told] == ["first", "better", "worse", "better"]
    assert all(a.keys() == {"promoted", "reason"} for a in told)
    names = [event["event"] for event in events(run)]
    assert names[0] == "serve"
    assert names[-1] == "end"
    assert names.count("decision") == names.count("progress") == names.count("audit") == 4
    assert head(run) == events(run)[-1]["body"]["head"]


def test_a_finished_run_stays_finished(run):
    plan(run, [END])
    assert serve(run)[0] == 0
    before = head(run)
    plan(run, [["leave", 9]])
    assert serve(run) == (0, "")
    assert head(run) == before


def test_kills_at_random_moments_do_not_change_the_log(run, tmp_path):
    plan(run, [part for step in story(run) for part in (step, ["sleep", 0.02])])
    untouched = shutil.copytree(run, tmp_path / "untouched")
    begun = time.monotonic()
    assert serve(untouched)[0] == 0
    length = time.monotonic() - begun
    rng = random.Random(5)
    for _ in range(6):
        with begin(run) as server:
            time.sleep(rng.uniform(0.1, 0.8) * length)
            family = children(server.pid)
            victim = rng.choice([server.pid, *family])  # the warden, the engine or a judge
            os.kill(victim, signal.SIGKILL)
            server.communicate(timeout=60)
        wait_for(lambda alive=family: not any(map(is_alive, alive)))
        assert (run / "config.json").exists()
    assert serve(run)[0] == 0
    assert head(run) == head(untouched)


def test_a_killed_warden_leaves_nobody_behind(run):
    plan(run, [*story(run)[:3], SLEEP])
    with begin(run) as server:
        wait_for_answer(run, 3)
        family = children(server.pid)
        assert len(family) in {2, 6}  # the engine and the oracle, each three with bubblewrap
        server.kill()
        wait_for(lambda: not any(map(is_alive, family)), 5)


def test_the_warden_dies_with_its_starter(run, tmp_path):
    plan(run, [ask("hello"), SLEEP])
    code = (
        f"import subprocess; subprocess.run({[sys.executable, str(HERE / 'serve_simulated.py')]!r}"
    )
    code += f" + [{str(run)!r}, '0', 'serve', {str(run)!r}])"
    with subprocess.Popen([sys.executable, "-c", code]) as terminal:
        wait_for_answer(run)
        family = children(terminal.pid)
        assert len(family) in {2, 4}  # the warden and the engine, which is three with bubblewrap
        terminal.kill()
        wait_for(lambda: not any(map(is_alive, family)), 5)


def test_a_warden_whose_starter_is_gone_leaves_at_once(run):
    plan(run, [SLEEP])
    assert serve(run, "--parent", str(2**22)) == (1, "")
    assert not (run / "log" / "records.jsonl").exists()


@pytest.mark.parametrize(
    ("number", "manner"), [(signal.SIGTERM, ["deaf"]), (signal.SIGINT, ["sleep", 0])]
)
def test_an_interrupted_run_stops_everybody_and_can_be_resumed(run, number, manner):
    plan(run, [*story(run)[:4], manner, ["spawn", False, manner == ["deaf"]], SLEEP])
    with begin(run) as server:
        wait_for_answer(run, 6)
        family = children(server.pid)
        server.send_signal(number)
        _, error = server.communicate(timeout=15)
    assert server.returncode == 1
    assert error == "ouroboros_warden: interrupted; the run can be resumed\n"
    assert not any(map(is_alive, family))
    assert not named(run)
    plan(run, [END])
    assert serve(run)[0] == 0
    assert check_run(Folder.at(run))["ok"]


def test_an_engine_that_breaks_is_named_with_its_last_words(run):
    plan(run, [ask("hello"), ["leave", 7]])
    code, error = serve(run)
    assert (code, error.count("\n")) == (1, 1)
    assert "exit code 7" in error
    assert "warden/engine.stderr" in error
    assert "the engine broke" in (run / "warden" / "engine.stderr").read_text()
    plan(run, [END])
    assert serve(run) == (0, "")


@pytest.mark.parametrize("steps", [[], [["half"]], [["spawn", True, False], ["leave", 3]]])
def test_an_engine_that_leaves_without_a_word_is_noticed(run, steps):
    plan(run, steps)
    code, error = serve(run)
    assert code == 1
    assert "before the run was over" in error
    assert not named(run)


def test_what_fled_into_a_session_of_its_own_is_killed_at_the_end(run):
    plan(run, [["flee"], END])
    assert serve(run) == (0, "")
    assert not named(run)


def test_an_engine_that_ends_over_a_refusal_is_exit_code_three(run):
    past = ask("examples", key="x", family="copy", level=9, count=1, seed=1)
    plan(run, [past, ["leave", 1]])
    code, error = serve(run)
    assert code == 3
    assert "past the wall" in error
    assert records(run)[-1].kind == "refused"


def test_judges_that_die_once_are_replaced_and_the_run_goes_on(run):
    plan(run, story(run))
    set_moods(run, "examiner", "die")
    set_moods(run, "oracle", "die")
    assert serve(run)[0] == 0
    assert [r.body["promoted"] for r in records(run, "decision")] == [True, True, False, True]


def test_a_judge_that_fails_twice_stops_the_run_and_tells_the_engine_no_reason(run):
    steps = story(run)
    plan(run, steps)
    secret = {"error": "forty-two"}
    set_moods(run, "oracle", None, secret, secret)
    code, error = serve(run)
    assert code == 1
    assert "forty-two" in error
    assert "forty-two" not in str(answers(run))
    assert "forty-two" not in (run / "log" / "records.jsonl").read_text()
    plan(run, steps)
    assert serve(run)[0] == 0


def test_malformed_and_oversized_messages_are_refused_and_the_run_goes_on(run):
    def raw(data: bytes) -> list:
        return ["raw", (struct.pack(">I", len(data)) + data).hex(), 1]

    junk = [
        raw(b""),
        raw(b"[]"),
        raw(b"\xff\xfe\x00"),
        raw(b'{"type":NaN}'),
        raw(b"[" * 200_000),
        raw(canonical(message("claim", key="c", kind="note"))),
        raw(canonical(message("finish", key=["end"], reason="x"))),
        raw(b'{"type":"final","key":"\\ud800"}'),
        ["oversized", LIMIT + 7],
    ]
    plan(run, [*junk, ask("hello"), END])
    assert serve(run) == (0, "")
    *refused, hello, _ = answers(run)
    assert [answer["ok"] for answer in refused] == [False] * len(junk)
    assert hello["answered"] == []
    told = [(record.body["type"], record.body["reason"]) for record in records(run, "refused")]
    assert {kind for kind, _ in told} == {"malformed"}
    assert len(told) == len(set(told)) == len({answer["error"] for answer in refused})


def test_a_flood_of_messages_is_borne_and_not_written_down(run):
    def flood(times: int, name: str, **fields) -> list:
        data = canonical(message(name, **fields))
        return ["raw", (struct.pack(">I", len(data)) + data).hex(), times]

    past = {"key": "x", "family": "copy", "level": 9, "count": 1, "seed": 1}
    plan(
        run,
        [
            flood(3000, "progress", body={"n": 1}),
            flood(500, "nonsense"),
            flood(500, "examples", **past),
            END,
        ],
    )
    assert serve(run) == (0, "")
    assert [answer["ok"] for answer in answers(run)[:3]] == [True, False, False]
    shown = sum(event["event"] == "progress" for event in events(run))
    assert 100 <= shown < 2000
    kinds = [record.kind for record in records(run)]
    assert kinds == ["run", "lease", "confinement", "refused", "refused", "end"]  # each once


def test_a_full_disk_acknowledges_nothing_and_the_run_goes_on_later(run, tmp_path):
    plan(run, story(run))
    untouched = shutil.copytree(run, tmp_path / "untouched")
    assert serve(untouched)[0] == 0
    log = run / "log" / "records.jsonl"
    for limit in (300, 2000, 6000):
        plan(run, story_again(run))
        code, error = serve(run, file_limit=limit)
        assert (code, error.count("\n")) == (2, 1)
        assert "free space" in error
        assert log.read_bytes() == b"".join(record.line() for record in records(run))
        assert len(log.read_bytes()) <= limit
        if (run / "learners" / "answers.jsonl").exists():
            told = sum(answer is not None for answer in answers(run))
            assert told <= len(records(run)) + 2
    plan(run, story_again(run))
    assert serve(run) == (0, "")
    assert head(run) == head(untouched)


def story_again(run: Path) -> list:
    return json.loads((run / "learners" / "plan.json").read_text())


def test_a_folder_held_by_a_live_run_is_locked(run, tmp_path):
    path = run / "warden" / "lock"
    with path.open("ab") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(Locked), locked(path, patience=0.1):
            pass
    with locked(path, patience=0.1):
        pass


def test_a_second_warden_on_a_folder_ends_with_exit_code_two(run, monkeypatch, capsys):
    plan(run, [ask("hello"), SLEEP])
    monkeypatch.setattr("ouroboros_warden.server.LOCK_PATIENCE", 0.1)
    monkeypatch.setattr("ouroboros_warden.__main__._prepare", lambda _: None)
    with begin(run) as server:
        wait_for_answer(run)
        assert main(["serve", str(run)]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "live run" in error
        server.terminate()
        server.communicate()


def test_a_warden_waits_for_a_dying_predecessor(run):
    plan(run, [ask("hello"), ["sleep", 0.3], END])
    with begin(run) as first:
        wait_for_answer(run)
        assert serve(run) == (0, "")
        first.communicate()
    assert first.returncode == 0


def test_events_reach_the_pipe_as_well(run):
    plan(run, [ask("progress", body={"n": 1}), END])
    reading, writing = os.pipe()
    command = [sys.executable, str(HERE / "serve_simulated.py"), str(run), "0", "serve", str(run)]
    done = subprocess.run([*command, "--events-fd", str(writing)], pass_fds=[writing], check=True)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert [json.loads(line) for line in pipe] == events(run)
    assert done.returncode == 0


def test_a_watcher_who_does_not_read_holds_nobody_up(tmp_path):
    reading, writing = os.pipe()
    stream = Events(tmp_path / "events.jsonl", writing)
    for n in range(30):
        stream.tell("note", {"n": n, "text": "x" * 60_000})
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.readline()
        assert json.loads(first)["body"]["n"] == 0
        os.close(writing)
    stream.close()
    assert (tmp_path / "events.jsonl").read_text().count("\n") == 30


def test_a_watcher_who_reads_late_misses_nothing_and_one_who_leaves_is_no_error(tmp_path):
    reading, writing = os.pipe()
    stream = Events(tmp_path / "events.jsonl", writing)
    for n in range(5):
        stream.tell("note", {"n": n, "text": "x" * 60_000})
    os.set_blocking(reading, False)
    heard = bytearray()
    while heard.count(b"\n") < 6:
        try:
            heard += os.read(reading, 1 << 16)
        except BlockingIOError:
            stream.tell("note", {"n": 5})
    assert [json.loads(line)["body"]["n"] for line in heard.splitlines()][:6] == list(range(6))
    os.close(reading)
    stream.tell("note", {})
    stream.close()
    os.close(writing)


def test_a_torn_event_is_cut_off(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a":1}\n{"b"')
    stream = Events(path, None)
    stream.tell("note", {})
    stream.close()
    assert [set(json.loads(line)) for line in path.read_text().splitlines()] == [
        {"a"},
        {"time", "event", "body"},
    ]
