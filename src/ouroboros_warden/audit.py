"""The append-only log: each record names the hash of the one before, so history cannot be edited.

A record is one line of canonical JSON in `log/records.jsonl`:

    {"body":{...},"hash":H,"index":7,"kind":"claim","previous":hash of record 6}

with H the SHA-256 of the canonical record without "hash", and 64 zeros before the first. A reader
rebuilds every line from what it says and from the line before, and compares bytes: a flipped bit,
a record that was edited, moved, inserted or left out is named by its index. Beside the chain, so
that the same run ends in the same head, stand what the clocks said at each record
(`log/times.jsonl`) and, for a writer that can sign, the signed root of the Merkle tree over all
records so far (`log/heads.jsonl`, see `merkle`).

Not covered: whoever owns the disk and the key can cut off the end, or write a whole new chain. A
head noted elsewhere (`seen`, a witness) reveals both.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ouroboros_warden.canonical import Json, canonical, content_id, decode
from ouroboros_warden.errors import DiskFull, LogDamaged, UsageError
from ouroboros_warden.merkle import Tree, leaf

GENESIS = "0" * 64  # what the first record names as the one before

Sign = Callable[[int, bytes], Json]
"""What is to stand in `heads.jsonl` for a size and a root."""
Clock = Callable[[], Json]
"""What the clocks say now; "time" at least, in seconds since the epoch."""


def wall_clock() -> Json:
    """The time of day alone."""
    return {"time": time.time()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of the log; `hash` covers the other fields."""

    index: int
    previous: str
    kind: str
    body: Json
    hash: str

    def line(self) -> bytes:
        """The record's bytes in the file, line end included."""
        return canonical(asdict(self)) + b"\n"

    def leaf(self) -> bytes:
        """The record's hash in the Merkle tree."""
        return leaf(canonical(asdict(self)))


def read_log(path: Path, seen: str | None = None) -> list[Record]:
    """Every record, verified; a torn last line is left out, for nobody was told of it.

    With `seen`, a head noted earlier, the log must still hold that record.

    Raises:
        LogDamaged: names the first record that does not follow from those before it.
        UsageError: there is no log at `path`.
    """
    try:
        *lines, tail = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"no log can be read at {path}: {error.strerror}") from error
    records: list[Record] = []
    for raw in lines:
        records.append(_read_record(raw, records))
    if _is_whole(tail[:-1], records):
        raise LogDamaged(len(records), "its line end is not one")
    if seen not in {None, GENESIS, *(record.hash for record in records)}:
        raise LogDamaged(len(records), f"the log ends before the head {seen}")
    return records


def verify_log(path: Path, seen: str | None = None) -> str:
    """The log's head after verifying all of it; raises as `read_log` does."""
    records = read_log(path, seen)
    return records[-1].hash if records else GENESIS


def open_lines(path: Path) -> int:
    """Open a file of lines for appending, made if need be, a torn last line cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    os.ftruncate(descriptor, path.read_bytes().rfind(b"\n") + 1)
    return descriptor


class Log:
    """The one writer of a log."""

    def __init__(self, path: Path, records: list[Record], sign: Sign | None, clock: Clock) -> None:
        """Use `Log.open`, which verifies what is already there."""
        self._records = records
        self._sign = sign
        self._clock = clock
        self._tree = Tree(record.leaf() for record in records)
        self._file = open_lines(path)
        self._times = open_lines(path.with_name("times.jsonl"))
        self._heads = open_lines(path.with_name("heads.jsonl"))
        self._failed = False
        sync_folder(path.parent)
        if records and len(read_objects(path.with_name("times.jsonl"))) == len(records) - 1:
            self._read_clocks()  # whoever wrote the last record was killed before it could
            self.sign()

    @classmethod
    def open(cls, path: Path, sign: Sign | None = None, clock: Clock = wall_clock) -> "Log":
        """Open or make the log at `path`; raises LogDamaged as `read_log` does."""
        return cls(path, read_log(path) if path.exists() else [], sign, clock)

    @property
    def records(self) -> tuple[Record, ...]:
        """All records so far."""
        return tuple(self._records)

    @property
    def head(self) -> str:
        """The last record's hash."""
        return self._records[-1].hash if self._records else GENESIS

    def append(self, kind: str, body: Json) -> Record:
        """Write one record and return it once the disk has it.

        Raises:
            DiskFull: the line could not be written; it is cut back, and the log takes no more.
        """
        if self._failed:
            raise DiskFull("the log could not be written before; free space and resume")
        record = _seal(len(self._records), self.head, kind, decode(canonical(body)))
        size = os.fstat(self._file).st_size
        try:
            write_all(self._file, record.line())
            os.fsync(self._file)
        except OSError as error:
            self._failed = True
            with suppress(OSError):
                os.ftruncate(self._file, size)
            why = f"cannot write the log ({error.strerror}); free space and resume"
            raise DiskFull(why) from error
        self._records.append(record)
        self._tree.add(record.leaf())
        with suppress(OSError):  # the record stands already; a full disk is found out by the next
            self._read_clocks()
            self.sign()
        return record

    def _read_clocks(self) -> None:
        reading = {"index": len(self._records) - 1, **self._clock()}
        write_all(self._times, canonical(reading) + b"\n")

    def sign(self) -> None:
        """Sign the head as it is now, where this writer can."""
        if self._sign is not None and self._records:
            head = self._sign(self._tree.size, self._tree.root)
            write_all(self._heads, canonical(head) + b"\n")

    def close(self) -> None:
        """Let go of the files."""
        for file in (self._file, self._times, self._heads):
            os.close(file)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; OSError where the system takes no more."""
    while data:
        data = data[os.write(descriptor, data) :]


def write_whole(path: Path, data: bytes) -> None:
    """Put a file on the disk, whole or not at all, for its owner alone; OSError where that fails.

    Whoever reads it finds the old bytes or the new ones, also after a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)
    sync_folder(path.parent)


def read_objects(path: Path) -> list[Json]:
    """Every JSON object of a file of lines; a torn last line is left out, an absent file is empty.

    Raises:
        LogDamaged: a line is not what `canonical` writes.
    """
    *lines, _ = path.read_bytes().split(b"\n") if path.exists() else (b"",)
    found: list[Json] = []
    for number, raw in enumerate(lines):
        try:
            found.append(decode(raw))
        except UsageError as error:
            raise LogDamaged(number, f"{path.name}, line {number + 1}: {error}") from error
        if canonical(found[-1]) != raw:
            raise LogDamaged(number, f"{path.name}, line {number + 1} is not written as it was")
    return found


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seal(index: int, previous: str, kind: str, body: Json) -> Record:
    hashed = {"index": index, "previous": previous, "kind": kind, "body": body}
    return Record(index=index, previous=previous, kind=kind, body=body, hash=content_id(hashed))


def _read_record(raw: bytes, before: list[Record]) -> Record:
    index, previous = len(before), before[-1].hash if before else GENESIS
    try:
        found = decode(raw)
    except UsageError as error:
        raise LogDamaged(index, str(error)) from error
    kind, body = found.get("kind"), found.get("body")
    if not isinstance(kind, str) or not isinstance(body, dict):
        raise LogDamaged(index, "not a record")
    record = _seal(index, previous, kind, found["body"])
    if record.line() != raw + b"\n":
        raise LogDamaged(index, "its bytes do not follow from the records before it")
    return record


def _is_whole(raw: bytes, before: list[Record]) -> bool:
    # A torn write is shorter than its record; a whole record and one more byte is a flipped line
    # end.
    try:
        return bool(_read_record(raw, before))
    except LogDamaged:
        return False
