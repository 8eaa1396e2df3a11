"""Where the loop stands, in one small file that is replaced whole after every step that counts.

Everything else can be made again from it: learners are files, examples are files, and every work
unit depends on records and seeds alone. So a killed run repeats its last unfinished generation and
comes to the same result.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A family as the loop itself sees it; no truth enters here."""

    level: int
    """highest level at which its learners agree well enough"""
    reach: float
    """how far beyond the level the next band goes, as a factor"""
    agreement: float
    """mean agreement over the last band"""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The loop between two generations."""

    generation: int
    step: int
    """steps of base training done; all of them once the loop turns"""
    learners: tuple[str, ...]
    """state files, relative to the run's folder"""
    fronts: dict[str, Front]
    data: tuple[str, ...]
    """Parquet files, the wall's first"""
    champion: str | None
    examined: float
    """capability by the loop's own reckoning from which the next exam is reckoned"""
    setbacks: int
    """examinations in a row that found the successor worse"""
    flop: int
    earlier: tuple[str, ...] = ()
    """state files of the same learners before their last training"""
    successor: int = 0
    """the learner that sits the examinations"""
    tokens: int = 0
    """tokens trained on"""
    over: bool = False
    """whether the last generation is done"""
    seconds: float = field(default=0.0, compare=False)
    """wall time of the run up to here, all sessions together"""
    step_seconds: float = field(default=0.0, compare=False)
    """wall time of a step of the last generation's training"""
    base_seconds: float = field(default=0.0, compare=False)
    """wall time from the start to the end of the base's training: this machine's pace"""


def save_state(path: Path, state: State) -> None:
    """Replace the state file."""
    write_whole(path, json.dumps(asdict(state), indent=1).encode())


def load_state(path: Path) -> State | None:
    """The saved state, or None where the run has not begun; UsageError where it is damaged."""
    if not path.exists():
        return None
    try:
        return TypeAdapter(State).validate_json(path.read_bytes(), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UsageError(
            f"{path} is damaged ({where}: {first['msg']}); delete it to start the run over"
        ) from None
