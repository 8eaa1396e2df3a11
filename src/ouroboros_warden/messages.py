"""What may cross the socket between engine and warden: typed requests in length-prefixed JSON.

A frame is four bytes, big endian, then so many bytes of JSON, at most `LIMIT`. The engine sends
`{"type": "claim", "key": ..., ...}`; the answer is `{"ok": true, ...}` or
`{"ok": false, "error": ...}`. A request has exactly the fields of its class below, each of the
declared type: anything else is Refused, and the conversation goes on. Never pickle.

`key` names a step of the run: the same step asked again is answered from the log.
"""

import socket
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, cast

from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.errors import Refused, UsageError

LIMIT = 16 << 20  # bytes of a message
TEXT_LIMIT = 512  # characters of a name, key or reason
INTEGER_LIMIT = 1 << 64
WARDEN_FD = "OUROBOROS_WARDEN_FD"  # environment variable: the engine's end of the socket

_HEADER = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Ask for the run's configuration and what the log already answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Ask the oracle for worked examples."""

    key: str
    family: str
    level: int
    count: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Ask the oracle for verdicts (formal mode only)."""

    key: str
    family: str
    level: int
    prompts: list[str]
    lines: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Have the log say what the engine says it did."""

    key: str
    kind: str
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Hand in a generation's training data, a file under `data/`."""

    key: str
    generation: int
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examine:
    """Hand in a successor, a folder under `checkpoints/`, for promotion."""

    key: str
    generation: int
    checkpoint: str
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """Have the champion sit its last, full examination."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """End the run."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Figures for whoever watches; never logged."""

    body: Json


Step = Examples | Verify | Claim | Data | Examine | Final | Finish
Request = Hello | Progress | Step

_REQUESTS: dict[str, type[Request]] = {
    kind.__name__.lower(): kind
    for kind in (Hello, Examples, Verify, Claim, Data, Examine, Final, Finish, Progress)
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= TEXT_LIMIT


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < INTEGER_LIMIT  # a bool is no number here


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in cast("list[Any]", value))


def _is_text_lists(value: Any) -> bool:
    return isinstance(value, list) and all(_is_texts(each) for each in cast("list[Any]", value))


_CHECKS: dict[Any, Callable[[Any], bool]] = {
    str: _is_text,
    str | None: lambda value: value is None or _is_text(value),
    int: _is_count,
    list[str]: _is_texts,
    list[list[str]]: _is_text_lists,
    Json: lambda value: isinstance(value, dict),
}


def parse(message: Json) -> Request:
    """The typed request in `message`; Refused says which field is wrong."""
    name = message.get("type")
    kind = _REQUESTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Refused("unknown type of request")
    values = {field: value for field, value in message.items() if field != "type"}
    wanted = {field.name: _CHECKS[field.type] for field in fields(kind)}
    if values.keys() != wanted.keys():
        raise Refused(f"a request {name} has exactly the fields {sorted(wanted)}")
    for field, accepts in wanted.items():
        if not accepts(values[field]):
            raise Refused(f"field {field} of request {name} has a wrong type or range")
    return kind(**values)


def encode(request: Request) -> Json:
    """The message that `parse` turns into `request` again."""
    return {"type": type(request).__name__.lower(), **asdict(request)}


def frame(message: Json) -> bytes:
    """The bytes of a message on the wire; Refused if it is too long."""
    data = canonical(message)
    if len(data) > LIMIT:
        raise Refused(f"a message of {len(data)} bytes; at most {LIMIT} may cross")
    return _HEADER.pack(len(data)) + data


def receive(connection: socket.socket) -> Json | None:
    """The next message, or None where the other side is gone.

    Raises:
        Refused: too long or not a JSON object; it is skipped, and the next one can be read.
        OSError: the connection failed or timed out.
    """
    header = _read(connection, _HEADER.size)
    if header is None:
        return None
    length: int = _HEADER.unpack(header)[0]
    if length > LIMIT:
        _skip(connection, length)
        raise Refused(f"a message of {length} bytes; at most {LIMIT} may cross")
    data = _read(connection, length)
    if data is None:
        return None
    try:
        return decode(data)
    except UsageError as error:
        raise Refused(str(error)) from error


def _read(connection: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        chunk = connection.recv(min(size - len(data), 1 << 18))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def _skip(connection: socket.socket, size: int) -> None:
    while size:
        chunk = connection.recv(min(size, 1 << 18))
        if not chunk:
            return
        size -= len(chunk)
