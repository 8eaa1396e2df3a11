import os
import socket
import threading

import pytest

from ouroboros_warden.client import Decision, Warden
from ouroboros_warden.errors import Refused, UsageError, WardenError
from ouroboros_warden.messages import WARDEN_FD, frame, receive


@pytest.fixture
def ends(monkeypatch):
    """A connected client, and the other end of its socket."""
    ours, theirs = socket.socketpair()
    monkeypatch.setenv(WARDEN_FD, str(theirs.detach()))
    warden = Warden.connect()
    ours.settimeout(5)
    with ours:
        yield warden, ours
    warden.close()


def answering(connection: socket.socket, *answers) -> list:
    """Answer requests in another thread; the list fills with what was asked."""
    asked: list = []

    def run():
        for answer in answers:
            asked.append(receive(connection))
            connection.sendall(frame(answer))

    threading.Thread(target=run).start()
    return asked


def test_an_engine_started_by_hand_is_told_so(monkeypatch):
    monkeypatch.delenv(WARDEN_FD, raising=False)
    with pytest.raises(UsageError, match="started by the warden"):
        Warden.connect()
    monkeypatch.setenv(WARDEN_FD, "nonsense")
    with pytest.raises(UsageError, match="started by the warden"):
        Warden.connect()


def test_the_socket_is_not_handed_on_to_the_engines_children(ends):
    assert not os.get_inheritable(int(os.environ[WARDEN_FD]))


def test_every_method_asks_its_request_and_reads_its_answer(ends):
    warden, connection = ends
    examples = {"prompts": ["1+1="], "lines": [["2"]]}
    greeting = {
        "config": {"run": {}},
        "run_dir": "/r",
        "head": "0" * 64,
        "champion": None,
        "answered": ["a"],
    }
    answers = [
        greeting,
        examples,
        {"correct": [True]},
        {},
        {},
        {"promoted": False, "reason": "worse"},
        {},
        {},
        {},
    ]
    asked = answering(connection, *({"ok": True, **answer} for answer in answers))
    hello = warden.hello()
    assert (hello.config, hello.run_dir, hello.head) == ({"run": {}}, "/r", "0" * 64)
    assert hello.answered == {"a"}
    assert warden.examples("x", "sum", level=1, count=1, seed=2) == (["1+1="], [["2"]])
    assert warden.verify("v", "sum", 1, ("1+1=",), (("2",),)) == [True]
    warden.claim("c", "note", {"n": 1})
    warden.data("d", 3, "data/3.parquet")
    assert warden.examine("e", 3, "aa", None) == Decision(promoted=False, reason="worse")
    warden.final("f")
    warden.progress({"step": 1})
    warden.finish("end", "enough")
    assert asked == [
        {"type": "hello"},
        {"type": "examples", "key": "x", "family": "sum", "level": 1, "count": 1, "seed": 2},
        {
            "type": "verify",
            "key": "v",
            "family": "sum",
            "level": 1,
            "prompts": ["1+1="],
            "lines": [["2"]],
        },
        {"type": "claim", "key": "c", "kind": "note", "body": {"n": 1}},
        {"type": "data", "key": "d", "generation": 3, "file": "data/3.parquet"},
        {"type": "examine", "key": "e", "generation": 3, "checkpoint": "aa", "parent": None},
        {"type": "final", "key": "f"},
        {"type": "progress", "body": {"step": 1}},
        {"type": "finish", "key": "end", "reason": "enough"},
    ]


def test_a_refusal_is_raised_with_its_reason(ends):
    warden, connection = ends
    answering(connection, {"ok": False, "error": "past the wall"})
    with pytest.raises(Refused, match="past the wall"):
        warden.final("f")


def test_a_warden_that_is_gone_is_an_error_of_its_own(ends):
    warden, connection = ends
    connection.close()
    for _ in range(2):
        with pytest.raises(WardenError) as error:
            warden.hello()
        assert not isinstance(error.value, Refused)


def test_a_message_too_long_to_cross_is_refused_at_once(ends):
    warden, _ = ends
    with pytest.raises(Refused, match="may cross"):
        warden.claim("c", "note", {"text": "x" * (16 << 20)})


def test_threads_take_turns(ends):
    warden, connection = ends
    asked = answering(connection, *({"ok": True} for _ in range(40)))
    threads = [
        threading.Thread(target=lambda: [warden.progress({"n": 1}) for _ in range(10)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert asked == [{"type": "progress", "body": {"n": 1}}] * 40
