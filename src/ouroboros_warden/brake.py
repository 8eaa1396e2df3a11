"""The brake: running, paused or stopped, latched on the disk, released by the authority alone.

    running -> paused -> stopped        anybody who owns the run, at once
    paused, stopped -> running          the authority's signatures on this very pull

The latch is a file beside the log that the engine cannot reach. Pulling it is writing the file and
a signal to the warden, which stops or kills everything below it whether or not that listens. A
warden that starts obeys the latch before it starts anything. Each pull has a number, so that the
signatures on one release release no other.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from ouroboros_warden.audit import Record, write_whole
from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.cgroups import Cgroup
from ouroboros_warden.errors import Braked, Refused, UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.keys import Authority, demand_quorum
from ouroboros_warden.processes import descendants, signal_all

Position = Literal["running", "paused", "stopped"]
POSITIONS: tuple[Position, ...] = get_args(Position)  # each tighter than the one before
PULL = signal.SIGUSR1  # tells the warden to look at the latch
PURPOSE = "release the brake"
_WATCH = 0.02  # seconds between two looks at the latch while paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Latch:
    """Where the brake is, by which pull, and why."""

    position: Position = "running"
    pull: int = 0
    reason: str = ""
    signatures: tuple[Json, ...] = ()
    """of a release"""

    def to_json(self) -> Json:
        """A plain mapping."""
        return {**asdict(self), "signatures": list(self.signatures)}

    @classmethod
    def from_json(cls, value: Json) -> "Latch":
        """The latch that a mapping describes; stopped where it describes none."""
        position, pull, reason = value.get("position"), value.get("pull"), value.get("reason")
        signatures = value.get("signatures")
        if (
            position not in POSITIONS
            or type(pull) is not int
            or not isinstance(reason, str)
            or not isinstance(signatures, list)
        ):
            return cls(position="stopped", reason="the latch is damaged")
        kept = tuple(cast("list[Json]", signatures))
        return cls(position=position, pull=pull, reason=reason, signatures=kept)


def pulled(latch: Latch, position: Position, reason: str) -> Latch:
    """The latch after a pull; Refused where that would loosen it."""
    if POSITIONS.index(position) < max(1, POSITIONS.index(latch.position)):
        raise Refused(f"the brake is {latch.position}; only a release loosens it")
    return Latch(position=position, pull=latch.pull + 1, reason=reason)


def release_of(run: str, latch: Latch) -> Json:
    """What the authority signs to release this pull of this run's brake."""
    return {"run": run, "pull": latch.pull, "position": latch.position}


def released(latch: Latch, run: str, authority: Authority, signatures: Iterable[Json]) -> Latch:
    """The latch after a release; Refused without a quorum on this very pull."""
    if latch.position == "running":
        raise Refused("the brake is not on")
    kept = tuple(signatures)
    demand_quorum(authority, PURPOSE, release_of(run, latch), kept)
    return replace(latch, position="running", reason="released", signatures=kept)


def checked(before: Latch, after: Latch, run: str, authority: Authority | None) -> Latch:
    """The latch as found now, after it was known to be `before`: a release must be signed for.

    One that is not leaves the brake where it was. The number of the pull never falls: signatures
    on the release of an earlier one may be known.
    """
    if POSITIONS.index(after.position) >= POSITIONS.index(before.position):
        anew = before.position == "running" != after.position
        return replace(after, pull=max(before.pull + anew, after.pull))
    if after.position != "running":
        return before
    try:
        if authority is None or after.pull != before.pull:
            return before
        return released(before, run, authority, after.signatures)
    except Refused:
        return before


def read_latch(folder: Folder) -> Latch:
    """The latch of a run; where its file cannot be read, the brake is stopped."""
    path = _path(folder)
    if not path.exists():
        return Latch()
    try:
        return Latch.from_json(decode(path.read_bytes()))
    except (OSError, UsageError):
        return Latch(position="stopped", reason="the latch cannot be read")


def logged_latch(records: Sequence[Record]) -> Latch:
    """The brake as the log knows it."""
    said = [record.body for record in records if record.kind == "brake"]
    return Latch.from_json(said[-1]) if said else Latch()


def write_latch(folder: Folder, latch: Latch) -> None:
    """Put the latch on the disk, whole or not at all; UsageError where that fails."""
    path = _path(folder)
    try:
        write_whole(path, canonical(latch.to_json()))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def waiting(folder: Folder) -> list[Json]:
    """Signatures on a release that wait for more."""
    path = folder.warden / "release.json"
    return decode(path.read_bytes())["signatures"] if path.exists() else []


def keep_waiting(folder: Folder, signatures: Sequence[Json]) -> None:
    """Keep signatures on a release until there are enough; none is nothing to keep."""
    path = folder.warden / "release.json"
    path.unlink(missing_ok=True)
    if signatures:
        write_whole(path, canonical({"signatures": list(signatures)}))


def obey(
    folder: Folder,
    said: list[Latch],
    look: Callable[[Latch], Latch],
    groups: Iterable[Cgroup] = (),
) -> None:
    """Do what the latch says to everything below this process.

    What it says, to who knows what it said before (`look`), is added to `said`, one by one. While
    paused, nothing below runs; the latch is watched, and a stop ends the pause at once.

    Raises:
        Braked: it says stop; nothing below is alive any more.
    """
    said.append(look(said[-1]))
    while said[-1].position == "paused":
        signal_all(descendants(os.getpid()), signal.SIGSTOP)
        time.sleep(_WATCH)
        found = look(said[-1])
        if found != said[-1]:
            said.append(found)
    if said[-1].position == "stopped":
        kill_everything(groups)
        raise Braked(why(folder, said[-1]))
    signal_all(descendants(os.getpid()), signal.SIGCONT)


def why(folder: Folder, latch: Latch) -> str:
    """The brake's state in one line that says what to do."""
    reason = f" ({latch.reason})" if latch.reason else ""
    return (
        f"the brake is {latch.position}{reason}; nothing runs until it is released:"
        f" ouro brake release {folder.root}"
    )


def kill_everything(groups: Iterable[Cgroup] = ()) -> None:
    """Kill the groups at one stroke; freeze what else is below, so that nothing can fork away."""
    for group in groups:
        with suppress(OSError):  # gone already
            group.kill()
    while left := descendants(os.getpid()):
        signal_all(left, signal.SIGSTOP)
        signal_all(descendants(os.getpid()), signal.SIGKILL)
        time.sleep(0.001)


def _path(folder: Folder) -> Path:
    return folder.warden / "brake.json"
