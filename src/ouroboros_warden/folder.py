"""A run's folder: where things lie, and what its configuration says.

    log/records.jsonl  times  heads  leases      the truth, and what stands beside it
    constitution/1/ ...                          every version that was in force
    warden/lock  secret  log.key  *.stderr       stays behind when the folder is handed on
    data/  checkpoints/  learners/               the engine's; its names go through `inside`
    config.json  events.jsonl  seal.json

Whether all of it is intact is for `verify`.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from ouroboros_warden.canonical import Json, checkpoint_id, decode, file_id
from ouroboros_warden.errors import Refused, UsageError

NAME_LIMIT = 200  # characters
DATA_LIMIT = 1 << 30  # bytes of a data file; the oracle holds it in memory
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
    def witnessed(self) -> Path:
        """The heads that a witness signed."""
        return self.root / "log" / "witnessed.jsonl"

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
        plain = len(relative) <= NAME_LIMIT and _SAFE_PATH.fullmatch(relative)
        if not plain or path.resolve() != path:
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
        if path.stat().st_size > DATA_LIMIT:
            raise Refused(f"{file} is larger than {DATA_LIMIT} bytes")
        return path, file_id(path), path.stat().st_size
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error


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
