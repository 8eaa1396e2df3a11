"""A run's folder: where things lie, what its configuration says, whether all of it is intact.

    log/records.jsonl  log/times.jsonl      the truth
    warden/lock  warden/secret  warden/*.stderr
    data/  checkpoints/                     the engine's; every name from it goes through `inside`
    config.json  events.jsonl

`check_run` is what `verify` prints: the chain of the log, the promise about the exam secret, and
every checkpoint and data file that the log names against its content id.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from ouroboros_warden.audit import Record, read_log
from ouroboros_warden.canonical import Json, checkpoint_id, decode, file_id
from ouroboros_warden.errors import LogDamaged, Refused, UsageError

_SAFE_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The paths of a run."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "Folder":
        """The run at `path`; UsageError if it is not one."""
        root = path.resolve()
        if not (root / "config.json").is_file():
            raise UsageError(f"{path} is not a run's folder: it has no config.json")
        return cls(root=root)

    @property
    def records(self) -> Path:
        """The log."""
        return self.root / "log" / "records.jsonl"

    @property
    def times(self) -> Path:
        """What the clocks said at each record."""
        return self.root / "log" / "times.jsonl"

    @property
    def heads(self) -> Path:
        """The log's signed heads."""
        return self.root / "log" / "heads.jsonl"

    @property
    def leases(self) -> Path:
        """The leases that humans signed."""
        return self.root / "log" / "leases.jsonl"

    @property
    def seal(self) -> Path:
        """The hash of every file, once the run rests."""
        return self.root / "seal.json"

    @property
    def log_key(self) -> Path:
        """The private key that signs the heads; it stays behind when the folder is handed on."""
        return self.warden / "log.key"

    @property
    def warden(self) -> Path:
        """What only the warden touches."""
        return self.root / "warden"

    @property
    def events(self) -> Path:
        """The stream that the terminal reads."""
        return self.root / "events.jsonl"

    def inside(self, part: str, relative: str) -> Path:
        """The path of `relative` in the folder `part`; Refused for any way out or any link."""
        path = self.root / part / relative
        if not _SAFE_PATH.fullmatch(relative) or path.resolve() != path:
            raise Refused(f"{part}/{relative} is not a plain path inside {part}/")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the warden reads of `config.json`; `whole` is all of it, for the engine."""

    whole: Json
    seed: int
    verification: Literal["self", "formal"]
    reproducible: bool
    walls: dict[str, int]
    """The highest level with human examples, by family."""
    alpha: float
    """The chance of a false promotion that the run may spend over its lifetime."""
    margin: float
    """How much worse a family may get before it counts as inferior."""
    items: int
    final_items: int
    processes: int
    """How many examiners share an examination."""


def load_config(folder: Folder) -> Config:
    """Read and check `config.json`; UsageError names the first thing wrong with it."""
    whole = decode((folder.root / "config.json").read_bytes())
    run, exam = _table(whole, "run"), _table(whole, "exam")
    verification = run.get("verification", "self")
    if verification not in {"self", "formal"}:
        raise UsageError('config.json: run.verification is neither "self" nor "formal"')
    families = _table(whole, "families")
    if not families:
        raise UsageError("config.json names no families")
    return Config(
        whole=whole,
        seed=_number(run, "seed", 0, least=0),
        verification=verification,
        reproducible=run.get("reproducible", False) is True,
        walls={name: _number(_table(families, name), "wall") for name in sorted(families)},
        alpha=_fraction(exam, "alpha", 0.05),
        margin=_fraction(exam, "margin", 0.03),
        items=_number(exam, "items", 48),
        final_items=_number(exam, "final_items", 200),
        processes=_number(exam, "processes", 2),
    )


def check_checkpoint(folder: Folder, name: str) -> Path:
    """The folder of a checkpoint whose content deserves its name; Refused otherwise."""
    path = folder.inside("checkpoints", name)
    try:
        found = checkpoint_id(path)
    except (UsageError, OSError) as error:
        raise Refused(f"checkpoint {name} cannot be read: {error}") from error
    if found != name:
        raise Refused(f"checkpoint {name} does not match its content, which is {found}")
    return path


def check_data(folder: Folder, file: str) -> tuple[Path, str, int]:
    """A data file's path, content id and bytes; Refused if it is no regular file in `data/`."""
    part, _, relative = file.partition("/")
    path = folder.inside("data", relative)
    if part != "data" or not path.is_file():
        raise Refused(f"{file} is no file under data/")
    try:
        return path, file_id(path), path.stat().st_size
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error


def check_run(folder: Folder, seen: str | None = None) -> Json:
    """Check a whole run, live or over; the report's `problems` is empty if all is intact."""
    report: Json = {"ok": False, "records": 0, "head": None, "record": None, "problems": []}
    try:
        records = read_log(folder.records, seen)
    except LogDamaged as damage:
        return {**report, "record": damage.index, "problems": [str(damage)]}
    try:
        problems = [*_broken_promises(records), *_broken_files(folder, records)]
    except (KeyError, TypeError, ValueError) as error:
        problems = [f"a record lacks what its kind promises: {error!r}"]
    return {
        "ok": not problems,
        "records": len(records),
        "head": records[-1].hash if records else None,
        "record": None,
        "problems": problems,
    }


def _broken_promises(records: list[Record]) -> Iterator[str]:
    if not records or records[0].kind != "run":
        yield "record 0 does not begin a run"
        return
    for record in records:
        if record.kind == "end":
            secret = bytes.fromhex(record.body["secret"])
            if hashlib.sha256(secret).hexdigest() != records[0].body["exam_commitment"]:
                yield f"record {record.index}: the exam secret is not the one committed to"


def _broken_files(folder: Folder, records: list[Record]) -> Iterator[str]:
    examined = {r.body["checkpoint"]: r.index for r in records if r.kind == "exam"}
    for name, index in examined.items():
        try:
            check_checkpoint(folder, name)
        except Refused as refusal:
            yield f"record {index}: {refusal}"
    for record in (r for r in records if r.kind == "data"):
        try:
            _, found, _ = check_data(folder, record.body["file"])
        except Refused as refusal:
            yield f"record {record.index}: {refusal}"
        else:
            if found != record.body["id"]:
                yield f"record {record.index}: {record.body['file']} is not what was handed in"


def _table(whole: Json, name: str) -> Json:
    value: Any = whole.get(name)
    if not isinstance(value, dict):
        raise UsageError(f"config.json: {name} is missing or not an object")
    return cast("Json", value)


def _number(table: Json, name: str, default: int | None = None, least: int = 1) -> int:
    value: Any = table.get(name, default)
    if type(value) is not int or value < least:
        raise UsageError(f"config.json: {name} is missing or not a whole number >= {least}")
    return value


def _fraction(table: Json, name: str, default: float) -> float:
    value: Any = table.get(name, default)
    if not isinstance(value, float) or not 0 < value < 1:
        raise UsageError(f"config.json: {name} does not lie between 0 and 1")
    return value
