"""`ouro brake`: pull it at once, release it with the authority's signature, fire it as a drill."""

import fcntl
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros_warden.brake import Latch, Position
    from ouroboros_warden.folder import Folder

app = typer.Typer(
    help="The brake of a run: running, paused or stopped, latched until it is released.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PATIENCE = 10.0  # seconds that a warden may take to obey
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the log.")]


@app.command()
def status(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Say where the brake is."""
    latch = _latch(_folder(run_dir))
    return _say(as_json, brake=latch.position, pull=latch.pull, reason=latch.reason)


@app.command()
def pause(run_dir: RunArgument = None, reason: Reason = "", as_json: AsJson = False) -> int:
    """Freeze everything the run does until the brake is released."""
    return _pull(run_dir, "paused", reason, as_json)


@app.command()
def stop(run_dir: RunArgument = None, reason: Reason = "", as_json: AsJson = False) -> int:
    """Kill everything the run does; it can be resumed once the brake is released."""
    return _pull(run_dir, "stopped", reason, as_json)


@app.command()
def release(
    run_dir: RunArgument = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="Default: this machine's key.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Sign this very pull's release; once enough keys have, the brake is off."""
    from ouroboros.cli.authority import local_key
    from ouroboros.cli.run import put_seal
    from ouroboros_warden import brake
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.keys import sign, signers
    from ouroboros_warden.law import read_constitutions

    folder = _folder(run_dir)
    latch, authority = _latch(folder), read_constitutions(folder)[-1].authority
    records = read_log(folder.records) if folder.records.exists() else []
    run = records[0].body["exam_commitment"] if records else ""
    said = brake.release_of(run, latch)
    signatures = [*brake.waiting(folder), sign(local_key(key), brake.PURPOSE, said)]
    have = len(signers(authority, brake.PURPOSE, said, signatures))
    if latch.position != "running" and 0 < have < authority.threshold:
        brake.keep_waiting(folder, signatures)
        return _say(as_json, brake=latch.position, signatures=have, needed=authority.threshold)
    brake.write_latch(folder, brake.released(latch, run, authority, signatures))
    brake.keep_waiting(folder, [])
    _tell(folder)
    if folder.seal.exists():
        put_seal(folder.root)
    return _say(
        as_json, brake="running", pull=latch.pull, resume=f"ouro run --resume {folder.root}"
    )


@app.command()
def drill(
    drills: Annotated[int, typer.Option(min=1, help="How many times.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Fire the brake for real, on a run made up for it that resists, and measure."""
    import statistics

    from ouroboros.cli.drill import drill as fire

    took = sorted(fire() for _ in range(drills))
    return _say(
        as_json,
        drills=drills,
        median_seconds=round(statistics.median(took), 4),
        p99_seconds=round(took[max(0, -(-99 * drills // 100) - 1)], 4),
        max_seconds=round(took[-1], 4),
    )


def _pull(run_dir: Path | None, position: "Position", reason: str, as_json: bool) -> int:
    from ouroboros.cli.run import put_seal
    from ouroboros_warden.brake import pulled, write_latch

    folder = _folder(run_dir)
    began = time.monotonic()
    latch = pulled(_latch(folder), position, reason)
    write_latch(folder, latch)
    told = _tell(folder)
    if folder.seal.exists():  # the run rests: what was written belongs to it
        put_seal(folder.root)
    if told and position == "stopped":
        _await_end(told)
    took = round(time.monotonic() - began, 3)
    return _say(
        as_json, brake=position, pull=latch.pull, was_running=told is not None, seconds=took
    )


def _latch(folder: "Folder") -> "Latch":
    """The latch as the run's warden will see it, by what the log says of earlier pulls."""
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.brake import checked, logged_latch, read_latch
    from ouroboros_warden.law import read_constitutions

    records = read_log(folder.records) if folder.records.exists() else []
    run = records[0].body["exam_commitment"] if records else ""
    return checked(
        logged_latch(records), read_latch(folder), run, read_constitutions(folder)[-1].authority
    )


def _tell(folder: "Folder") -> int | None:
    """Signal the run's warden, if one is alive; its number."""
    from ouroboros_warden.brake import PULL

    path = folder.warden / "lock"
    if not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            number = int(file.read() or 0)
            if number:
                os.kill(number, PULL)
                return number
    return None


def _await_end(number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)


def _folder(run_dir: Path | None) -> "Folder":
    from ouroboros.cli.runs import find_run
    from ouroboros_warden.folder import Folder

    return Folder.at(find_run(run_dir))


def _say(as_json: bool, **found: object) -> int:
    from ouroboros.cli.output import emit, page

    if as_json:
        emit(found)
    else:
        page().print(
            "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items())
        )
    return 0
