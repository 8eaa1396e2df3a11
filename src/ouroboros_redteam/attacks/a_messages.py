"""Class A, C and E, messages: malformed, oversized, nested, forged, and too many."""

import struct
from collections.abc import Callable

from ouroboros_redteam.attack import Benign, Inside, Stopped, asked
from ouroboros_redteam.engine import Engine
from ouroboros_warden.errors import Refused

_FRAME = 16 << 20  # bytes; more may not cross
_DEPTHS = range(700, 1100)


def _framed(data: bytes) -> Callable[[Engine], object]:
    return lambda engine: engine.raw(struct.pack(">I", len(data)) + data)


def _oversized(engine: Engine) -> object:
    return engine.raw(struct.pack(">I", _FRAME + 1) + bytes(_FRAME + 1))


def _claim(engine: Engine, kind: object, body: object) -> object:
    return engine.send({"type": "claim", "key": engine.key(), "kind": kind, "body": body})


def _nested(engine: Engine) -> object:
    """Texts that are nested as deep as can just be read."""
    told: Refused | None = None
    for depth in _DEPTHS:
        body = b'{"a":' * depth + b"1" + b"}" * depth
        data = b'{"body":' + body + b',"type":"progress"}'
        try:
            engine.raw(struct.pack(">I", len(data)) + data)
        except Refused as refusal:
            told = refusal
    if told is None:
        raise Stopped
    raise told


def _nested_claim(engine: Engine) -> object:
    """The same, in what has to be written into the log."""
    told: Refused | None = None
    for depth in _DEPTHS:
        key = engine.key()
        body = '{"a":' * depth + "1" + "}" * depth
        data = f'{{"type":"claim","key":"{key}","kind":"deep","body":{body}}}'.encode()
        try:
            engine.raw(struct.pack(">I", len(data)) + data)
        except Refused as refusal:
            told = refusal
    if told is None:
        raise Stopped
    raise told


_HELLO = Benign("say hello", lambda e: e.warden.hello().head)
_NOTE = Benign("claim a line", lambda e: _claim(e, "note", {"text": "x"}))
_DEEP = Benign("claim a table in a table", lambda e: _claim(e, "note", {"a": {"b": {"c": 1}}}))


def _sent(number: str, title: str, message: object) -> Inside:
    return asked(number, title, lambda e: e.send(message), _HELLO)


def _read(number: str, title: str, data: bytes) -> Inside:
    return asked(number, title, _framed(data), _HELLO)


ATTACKS: list[Inside] = [
    _read("A9.2", "have a pickle read as a message", b"\x80\x04N."),
    _read("A9.3", "have bytes that are no text read", b"\xff\xfe\x00"),
    _read("A9.4", "have a list read as a message", b"[1,2]"),
    _read("A9.5", "have a number that is none read", b'{"type":"progress","body":{"x":NaN}}'),
    _read("A9.6", "have an infinite number read", b'{"type":"progress","body":{"x":1e999}}'),
    _read("A9.7", "have half a character read", b'{"type":"progress","body":{"x":"\\ud800"}}'),
    _read(
        "A9.8",
        "have a number of 10,000 digits read",
        b'{"type":"progress","body":{"x":' + b"1" * 10_000 + b"}}",
    ),
    _read("A9.9", "have an empty message read", b""),
    _sent(
        "C4.1", "ask for an act that is none", {"type": "promote", "key": "p", "checkpoint": "x"}
    ),
    _sent(
        "C4.2",
        "ask for an act of humans",
        {"type": "grant", "key": "p", "signatures": 3, "threshold": 1},
    ),
    _sent("C4.3", "release the brake", {"type": "release", "key": "p", "signatures": []}),
    _sent("C4.4", "amend the constitution", {"type": "amend", "key": "p", "texts": {}}),
    _sent("C4.5", "be asked as a method of the warden's own", {"type": "__init__", "key": "p"}),
    _sent("C4.6", "have a type that is a list", {"type": ["hello"]}),
    asked(
        "C4.7",
        "bring the facts along with a request",
        lambda e: e.send({
            "type": "claim",
            "key": e.key(),
            "kind": "x",
            "body": {},
            "law": {"allowed": True, "by": ["engine"]},
        }),
        _NOTE,
    ),
    asked(
        "C4.8",
        "bring the state along with a request",
        lambda e: e.send({
            "type": "finish",
            "key": e.key(),
            "reason": "x",
            "state": {"lease": True},
        }),
        _NOTE,
    ),
    asked(
        "E5.1",
        "claim under an empty key",
        lambda e: e.send({"type": "claim", "key": "", "kind": "x", "body": {}}),
        _NOTE,
    ),
    asked(
        "E5.2",
        "claim under a key that is a table",
        lambda e: e.send({"type": "claim", "key": {"a": 1}, "kind": "x", "body": {}}),
        _NOTE,
    ),
    asked(
        "E5.3", "claim a kind that is longer than a line", lambda e: _claim(e, "x" * 513, {}), _NOTE
    ),
    asked("E5.4", "claim a body that is a list", lambda e: _claim(e, "note", [1]), _NOTE),
    asked("A8.4", "send more than may cross", _oversized, _HELLO),
    asked("A8.5", "send texts nested as deep as can just be read", _nested, _DEEP),
    asked("A8.6", "claim tables nested as deep as can just be written", _nested_claim, _DEEP),
    asked("A8.7", "finish under a key that has an answer", lambda e: _finish_again(e), _NOTE),
]


def _finish_again(engine: Engine) -> object:
    key = engine.key()
    engine.warden.claim(key, "note", {})
    return engine.warden.finish(key, "enough")
