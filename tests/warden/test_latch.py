"""The brake's latch by itself, and what obeying it does to the processes below."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import brake
from ouroboros_warden.audit import write_whole
from ouroboros_warden.brake import (
    POSITIONS,
    PURPOSE,
    Latch,
    checked,
    keep_waiting,
    kill_everything,
    logged_latch,
    obey,
    pulled,
    read_latch,
    release_of,
    released,
    waiting,
    why,
    write_latch,
)
from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import Braked, Refused
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import Authority, public_key, sign

from .harness import is_alive, wait_for

ANN, BEN, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 4))
ONE = Authority(keys=(public_key(ANN),), threshold=1)
TWO = Authority(keys=(public_key(ANN), public_key(BEN)), threshold=2)
RUN = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(root=tmp_path)


def signatures(latch: Latch, *keys: Ed25519PrivateKey, run: str = RUN) -> tuple[Json, ...]:
    return tuple(sign(key, PURPOSE, release_of(run, latch)) for key in keys)


# --- the latch and its file


def test_the_positions_get_tighter():
    assert POSITIONS == ("running", "paused", "stopped")
    assert Latch() == Latch(position="running", pull=0, reason="", signatures=())


@pytest.mark.parametrize("position", POSITIONS)
def test_a_latch_is_read_back_as_it_was_written(folder, position):
    latch = Latch(position=position, pull=3, reason="why", signatures=({"key": "x"}, {}))
    write_latch(folder, latch)
    assert read_latch(folder) == latch
    assert Latch.from_json(latch.to_json()) == latch
    assert latch.to_json() == {
        "position": position,
        "pull": 3,
        "reason": "why",
        "signatures": [{"key": "x"}, {}],
    }


def test_where_there_is_no_latch_the_brake_is_off(folder):
    assert read_latch(folder) == Latch()


DAMAGED = Latch(position="stopped", reason="the latch is damaged")
GOOD = {"position": "running", "pull": 1, "reason": "", "signatures": []}


@pytest.mark.parametrize(
    "change",
    [
        {"position": "off"},
        {"position": None},
        {"position": ["running"]},
        {"pull": "1"},
        {"pull": 1.0},
        {"pull": True},
        {"pull": None},
        {"reason": None},
        {"reason": 1},
        {"signatures": None},
        {"signatures": {}},
        {"signatures": "x"},
    ],
)
def test_a_latch_with_any_part_wrong_or_missing_is_a_stop(change):
    assert Latch.from_json(GOOD).position == "running"
    assert Latch.from_json({**GOOD, **change}) == DAMAGED
    lacking = {name: value for name, value in GOOD.items() if name not in change}
    assert Latch.from_json(lacking) == DAMAGED


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"position":NaN}'])
def test_a_latch_that_is_no_json_is_a_stop(folder, data):
    write_whole(folder.warden / "brake.json", data)
    assert read_latch(folder) == Latch(position="stopped", reason="the latch cannot be read")


def test_a_latch_that_is_no_file_is_a_stop(folder):
    (folder.warden / "brake.json").mkdir(parents=True)
    assert read_latch(folder).position == "stopped"


def test_the_log_knows_the_brake_by_its_last_record():
    def record(kind: str, **body: Any) -> Any:
        return SimpleNamespace(kind=kind, body={**GOOD, **body})

    assert logged_latch([]) == Latch()
    assert logged_latch([record("claim", position="stopped")]) == Latch()
    log = [record("brake", position="stopped"), record("brake", pull=7)]
    log += [record(kind, pull=9) for kind in ("audit", "claim", "spent")]
    assert logged_latch(log) == Latch(pull=7)
    assert logged_latch([record("brake", pull=None)]) == DAMAGED


# --- pulled, released, checked


@pytest.mark.parametrize(
    ("before", "wanted", "fits"),
    [
        ("running", "running", False),
        ("running", "paused", True),
        ("running", "stopped", True),
        ("paused", "running", False),
        ("paused", "paused", True),
        ("paused", "stopped", True),
        ("stopped", "running", False),
        ("stopped", "paused", False),
        ("stopped", "stopped", True),
    ],
)
def test_a_pull_never_loosens(before, wanted, fits):
    latch = Latch(position=before, pull=4, reason="old", signatures=({"key": "x"},))
    if fits:
        assert pulled(latch, wanted, "new") == Latch(position=wanted, pull=5, reason="new")
        assert pulled(pulled(latch, wanted, ""), wanted, "").pull == 6
    else:
        with pytest.raises(Refused, match=f"the brake is {before}; only a release loosens it"):
            pulled(latch, wanted, "new")


def test_a_release_takes_a_quorum_and_keeps_the_pull_and_who_signed():
    latch = Latch(position="paused", pull=3, reason="why")
    assert release_of(RUN, latch) == {"run": RUN, "pull": 3, "position": "paused"}
    for keys in ((), (ANN,), (ANN, ANN), (ANN, EVE)):
        with pytest.raises(Refused, match="of the 2 keys"):
            released(latch, RUN, TWO, signatures(latch, *keys))
    both = signatures(latch, ANN, BEN)
    found = released(latch, RUN, TWO, iter(both))
    assert found == Latch(position="running", pull=3, reason="released", signatures=both)
    with pytest.raises(Refused, match=r"^the brake is not on$"):
        released(found, RUN, TWO, both)


STOPPED = Latch(position="stopped", pull=2, reason="why")
PAUSED = Latch(position="paused", pull=2, reason="why")


@pytest.mark.parametrize("before", [Latch(pull=2), Latch(pull=3), PAUSED, STOPPED])
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_what_is_found_is_as_tight_as_before_and_its_number_never_falls(before, position, number):
    found = Latch(position=position, pull=number, reason="found")
    now = checked(before, found, RUN, ONE)
    assert POSITIONS.index(now.position) >= POSITIONS.index(before.position)
    assert now.pull >= before.pull
    if POSITIONS.index(position) < POSITIONS.index(before.position):
        assert now == before  # nobody signed for it
    else:
        anew = before.position == "running" and position != "running"
        assert (now.position, now.reason) == (position, "found")
        assert now.pull == max(before.pull + anew, number)


def test_a_release_that_was_signed_for_is_one():
    for before in (PAUSED, STOPPED):
        after = released(before, RUN, ONE, signatures(before, ANN))
        assert checked(before, after, RUN, ONE) == after
    often = Latch(position="stopped", pull=10**6)
    after = released(often, RUN, ONE, signatures(often, ANN))
    again = Latch.from_json({**after.to_json(), "pull": int("1000000")})
    assert checked(often, again, RUN, ONE) == after


@pytest.mark.parametrize(
    ("change", "authority", "run"),
    [
        ({}, None, RUN),
        ({}, Authority(keys=(public_key(EVE),), threshold=1), RUN),
        ({}, TWO, RUN),
        ({}, ONE, "cd" * 32),
        ({"pull": 1}, ONE, RUN),
        ({"pull": 3}, ONE, RUN),
        ({"signatures": ()}, ONE, RUN),
        ({"position": "paused"}, ONE, RUN),
    ],
)
def test_anything_else_leaves_the_brake_where_it_was(change, authority, run):
    after = released(STOPPED, RUN, ONE, signatures(STOPPED, ANN))
    found = Latch(**{**vars_of(after), **change})
    assert checked(STOPPED, found, run, authority) == STOPPED


def vars_of(latch: Latch) -> dict[str, Any]:
    return {name: getattr(latch, name) for name in Latch.__dataclass_fields__}


def test_what_a_release_says_of_itself_is_not_believed():
    after = Latch(pull=2, reason="all is well", signatures=signatures(STOPPED, ANN))
    assert checked(STOPPED, after, RUN, ONE).reason == "released"


# --- signatures that wait


def test_signatures_on_a_release_are_kept_until_there_are_enough(folder):
    assert waiting(folder) == []
    kept = list(signatures(STOPPED, ANN))
    keep_waiting(folder, kept)
    assert waiting(folder) == kept
    keep_waiting(folder, [*kept, *kept])
    assert waiting(folder) == kept * 2
    keep_waiting(folder, [])
    assert waiting(folder) == []
    assert list(folder.warden.iterdir()) == []


def test_the_brake_says_in_one_line_why_and_what_to_do(folder):
    assert why(folder, STOPPED) == (
        "the brake is stopped (why); nothing runs until it is released:"
        f" ouro brake release {folder.root}"
    )
    assert why(folder, Latch(position="paused")).startswith("the brake is paused; nothing")


# --- obeyed


@pytest.fixture
def child():
    command = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, start_new_session=True) as process:
        yield process
        process.kill()


PAST = [Latch(position="stopped", pull=1), Latch(pull=1, reason="released")]


def look_at(folder: Folder) -> Callable[[Latch], Latch]:
    """What the brake says to who knows what it said before."""
    return lambda before: checked(before, read_latch(folder), RUN, ONE)


def state(process: "subprocess.Popen[bytes]") -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_while_it_is_off_what_was_frozen_runs_again(folder, child):
    for past in ([Latch()], PAST):
        os.kill(child.pid, signal.SIGSTOP)
        wait_for(lambda: state(child) == "T")
        said = list(past)
        obey(folder, said, look_at(folder))
        wait_for(lambda: state(child) in "SR")
        assert said[:-1] == past
        assert said[-1] == Latch(pull=past[-1].pull)


def test_a_stop_kills_all_below_and_the_groups_first(folder, child):
    write_latch(folder, STOPPED)
    killed: list[str] = []

    def kill() -> None:
        killed.append(state(child))
        raise FileNotFoundError  # gone already

    said = list(PAST)
    with pytest.raises(Braked, match=r"the brake is stopped \(why\)"):
        obey(
            folder, said, look_at(folder), [SimpleNamespace(kill=kill), SimpleNamespace(kill=kill)]
        )
    assert said == [*PAST, STOPPED]
    assert not is_alive(child.pid)
    assert len(killed) == 2
    assert set(killed) <= {"S", "R"}


def test_a_pause_freezes_what_is_below_until_a_release_that_was_signed_for(
    folder, child, monkeypatch
):
    write_latch(folder, PAUSED)
    after = released(PAUSED, RUN, ONE, signatures(PAUSED, ANN))
    looks = [Latch(pull=2), PAUSED, PAUSED, after]
    seen: list[str] = []

    def sleep(seconds: float) -> None:
        assert 0 < seconds <= 0.1
        wait_for(lambda: state(child) == "T")
        seen.append(state(child))
        write_latch(folder, looks.pop(0))

    monkeypatch.setattr(brake, "time", SimpleNamespace(sleep=sleep))
    said = list(PAST)
    obey(folder, said, look_at(folder))
    assert seen == ["T"] * 4
    assert said == [*PAST, PAUSED, after]
    wait_for(lambda: state(child) in "SR")


def test_nothing_is_left_alive_that_forks_on(child):
    code = "import os, time\nwhile os.fork(): time.sleep(0.01)\ntime.sleep(60)"
    command = [sys.executable, "-I", "-S", "-c", f"exec({code!r})"]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL) as busy:
        time.sleep(0.2)
        kill_everything()
        assert brake.descendants(os.getpid()) == []
        assert not is_alive(busy.pid)
    assert not is_alive(child.pid)
