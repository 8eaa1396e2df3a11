import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden import brake
from ouroboros_warden.brake import (
    POSITIONS,
    PURPOSE,
    Latch,
    checked,
    pulled,
    read_latch,
    release_of,
    released,
    write_latch,
)
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import Authority, load_key, make_key, public_key, sign
from ouroboros_warden.verify import check_run

from .harness import ask, begin, children, is_alive, make_run, plan, records, serve, wait_for

END = ask("finish", key="end", reason="enough")
SLEEP = ["sleep", 60]
RUN = "ab" * 32


@pytest.fixture
def key(tmp_path):
    make_key(tmp_path / "key")
    return load_key(tmp_path / "key")


@pytest.fixture
def authority(key) -> Authority:
    return Authority(keys=(public_key(key),), threshold=1)


@pytest.fixture
def run(tmp_path, key) -> Path:
    """A run whose authority is the key."""
    return make_run(tmp_path / "run", key=key)


def pull(run: Path, position, server=None) -> Latch:
    latch = pulled(read_latch(Folder.at(run)), position, "a test")
    write_latch(Folder.at(run), latch)
    if server:
        os.kill(server.pid, brake.PULL)
    return latch


def sign_release(run: Path, key) -> Latch:
    folder = Folder.at(run)
    latch = read_latch(folder)
    name = records(run)[0].body["exam_commitment"]
    signature = sign(key, PURPOSE, release_of(name, latch))
    authority = Authority(keys=(public_key(key),), threshold=1)
    return released(latch, name, authority, [signature])


def awaken(run: Path, count: int = 1) -> None:
    path = run / "learners" / "answers.jsonl"
    wait_for(lambda: path.exists() and path.read_text().count("\n") >= count)


@given(st.sampled_from(POSITIONS), st.integers(0, 9), st.sampled_from(POSITIONS))
def test_a_pull_tightens_or_is_refused_and_has_a_number_of_its_own(before, number, wanted):
    latch = Latch(position=before, pull=number)
    tighter = wanted != "running" and POSITIONS.index(wanted) >= POSITIONS.index(before)
    if tighter:
        assert pulled(latch, wanted, "why") == Latch(position=wanted, pull=number + 1, reason="why")
    else:
        with pytest.raises(Refused, match="only a release"):
            pulled(latch, wanted, "why")


@given(
    st.lists(
        st.tuples(st.sampled_from([*POSITIONS, "release", "forge"]), st.booleans()), max_size=8
    )
)
def test_no_order_of_events_ends_in_running_after_a_pull_without_a_signature(moves):
    latch, owed = Latch(), False
    for move, _ in moves:
        if move == "forge":
            found = checked(latch, Latch(pull=latch.pull), RUN, None)
        elif move == "release":
            found = checked(latch, Latch(pull=latch.pull, signatures=({"key": "x"},)), RUN, None)
        else:
            try:
                found = pulled(latch, move, "")
                owed = True
            except Refused:
                found = latch
        latch = found
        assert (latch.position == "running") == (not owed)


def test_a_release_takes_the_authoritys_signature_on_this_run_and_this_pull(key, authority):
    latch = Latch(position="stopped", pull=3, reason="why")
    good = sign(key, PURPOSE, release_of(RUN, latch))
    assert released(latch, RUN, authority, [good]).position == "running"
    for wrong in (
        sign(key, PURPOSE, release_of("cd" * 32, latch)),
        sign(key, PURPOSE, release_of(RUN, Latch(position="stopped", pull=2))),
        sign(key, PURPOSE, release_of(RUN, Latch(position="paused", pull=3))),
        sign(key, "something else", release_of(RUN, latch)),
    ):
        with pytest.raises(Refused, match="0 of the 1"):
            released(latch, RUN, authority, [wrong])
    with pytest.raises(Refused, match="not on"):
        released(Latch(), RUN, authority, [good])


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"position":"running","pull":0}', '{"position":"off"}']
)
def test_a_latch_that_cannot_be_read_is_a_stop(run, content):
    (run / "warden" / "brake.json").write_text(content)
    assert read_latch(Folder.at(run)).position == "stopped"
    plan(run, [END])
    code, error = serve(run)
    assert (code, "the brake is stopped" in error) == (3, True)


def test_a_latch_that_cannot_be_written_is_misuse_and_changes_nothing(run):
    (run / "warden" / "brake.json.draft").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write_latch(Folder.at(run), Latch(position="stopped", pull=1))
    assert read_latch(Folder.at(run)) == Latch()


@pytest.mark.parametrize("manner", [["deaf"], ["flee"], ["spawn", True, True], ["busy"]])
def test_a_stop_silences_an_engine_that_hangs_forks_or_ignores_it_within_a_second(run, manner):
    plan(run, [ask("hello"), manner, SLEEP])
    with begin(run) as server:
        awaken(run, 1 if manner == ["busy"] else 2)
        time.sleep(0.1)
        below = children(server.pid)
        pull(run, "stopped", server)
        began = time.monotonic()
        wait_for(lambda: not any(map(is_alive, below)), 5)
        took = time.monotonic() - began
        _, error = server.communicate(timeout=15)
    assert below
    assert took < 1.0
    assert server.returncode == 3
    assert "the brake is stopped (a test)" in error
    assert "ouro brake release" in error
    (record,) = records(run, "brake")
    assert (record.body["position"], record.body["pull"]) == ("stopped", 1)
    assert check_run(Folder.at(run))["ok"]


def test_a_stop_holds_over_restarts_until_it_is_released(run, key):
    plan(run, [END])
    pull(run, "stopped")
    for _ in range(2):
        code, error = serve(run)
        assert (code, "the brake is stopped" in error) == (3, True)
    assert [record.kind for record in records(run)] == ["run", "brake"]
    write_latch(Folder.at(run), sign_release(run, key))
    assert serve(run) == (0, "")
    on, off = records(run, "brake")
    assert (on.body["position"], off.body["position"]) == ("stopped", "running")
    assert off.body["signatures"]


def test_a_latch_put_back_by_hand_releases_nothing(run):
    plan(run, [END])
    pull(run, "stopped")
    assert serve(run)[0] == 3
    (run / "warden" / "brake.json").unlink()
    assert serve(run)[0] == 3
    write_latch(Folder.at(run), Latch(position="running", pull=1, reason="released"))
    assert serve(run)[0] == 3
    assert records(run, "end") == []


def test_a_release_opens_no_later_pull(run, key):
    plan(run, [END])
    pull(run, "stopped")
    assert serve(run)[0] == 3
    once = sign_release(run, key)
    write_latch(Folder.at(run), once)
    pull(run, "stopped")
    assert serve(run)[0] == 3
    write_latch(Folder.at(run), once)
    assert serve(run)[0] == 3


def test_an_earlier_pull_written_back_is_no_way_to_use_its_release(run, key):
    plan(run, [END])
    first = pull(run, "stopped")
    assert serve(run)[0] == 3
    once = sign_release(run, key)
    pull(run, "stopped")
    assert serve(run)[0] == 3
    for latch in (first, once):
        write_latch(Folder.at(run), latch)
        assert serve(run)[0] == 3
    assert [record.body["pull"] for record in records(run, "brake")] == [1, 2]


def test_a_damaged_latch_stops_a_run_whose_brake_was_pulled_and_released_before():
    damaged = Latch(position="stopped", reason="the latch is damaged")
    # a number of its own: the release of pull 3 is known already
    assert checked(Latch(pull=3), damaged, RUN, None) == Latch(
        position="stopped", pull=4, reason="the latch is damaged"
    )


def test_a_stop_does_not_become_a_pause_by_hand():
    stopped = Latch(position="stopped", pull=2)
    assert checked(stopped, Latch(position="paused", pull=2), RUN, None) == stopped


def test_a_pause_freezes_everything_and_a_release_lets_it_go_on(run, key):
    beats = [["sleep", 0.05]] * 30
    plan(run, [ask("hello"), *beats, END])
    path = run / "learners" / "answers.jsonl"
    with begin(run) as server:
        awaken(run, 4)
        pull(run, "paused", server)
        time.sleep(0.3)
        frozen = path.read_text()
        time.sleep(0.4)
        assert path.read_text() == frozen
        write_latch(Folder.at(run), Latch(pull=1))  # nobody signed this
        time.sleep(0.3)
        assert path.read_text() == frozen
        pull_again = Latch(position="paused", pull=1, reason="a test")
        write_latch(Folder.at(run), pull_again)
        write_latch(Folder.at(run), sign_release(run, key))
        _, error = server.communicate(timeout=20)
    assert (server.returncode, error) == (0, "")
    assert [r.body["position"] for r in records(run, "brake")] == ["paused", "running"]


def test_a_pause_can_be_made_a_stop(run):
    plan(run, [ask("hello"), SLEEP])
    with begin(run) as server:
        awaken(run)
        pull(run, "paused", server)
        time.sleep(0.2)
        pull(run, "stopped")
        _, error = server.communicate(timeout=15)
    assert (server.returncode, "the brake is stopped" in error) == (3, True)
    assert [r.body["position"] for r in records(run, "brake")] == ["paused", "stopped"]


def test_a_paused_run_can_still_be_interrupted(run):
    plan(run, [ask("hello"), SLEEP])
    with begin(run) as server:
        awaken(run)
        below = children(server.pid)
        pull(run, "paused", server)
        time.sleep(0.2)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=15)
    assert not any(map(is_alive, below))
    assert [r.body["position"] for r in records(run, "brake")] == ["paused"]
    assert serve(run)[0] == 3  # and stays paused


def test_signals_without_end_and_a_latch_that_nobody_signed_thaw_nothing(run):
    plan(run, [ask("hello"), *[["sleep", 0.02]] * 500])
    path = run / "learners" / "answers.jsonl"
    with begin(run) as server:
        awaken(run, 4)
        pull(run, "paused", server)
        time.sleep(0.3)
        frozen = path.read_text()
        write_latch(Folder.at(run), Latch(pull=1))
        for _ in range(100):
            os.kill(server.pid, brake.PULL)
            time.sleep(0.005)
        time.sleep(0.2)
        assert path.read_text() == frozen
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=15)


def test_a_latch_that_was_deleted_gives_no_number_out_again(run, key):
    plan(run, [ask("hello"), SLEEP])
    with begin(run) as server:
        awaken(run)
        pull(run, "stopped", server)
        server.communicate(timeout=15)
    old = sign_release(run, key)
    write_latch(Folder.at(run), old)
    plan(run, [ask("hello"), SLEEP])
    with begin(run) as server:
        awaken(run)
        (run / "warden" / "brake.json").unlink()
        os.kill(server.pid, brake.PULL)
        time.sleep(0.3)
        pull(run, "stopped", server)
        server.communicate(timeout=15)
    last = records(run, "brake")[-1].body
    assert (last["position"], last["pull"]) == ("stopped", 2)
    write_latch(Folder.at(run), old)
    assert serve(run)[0] == 3
