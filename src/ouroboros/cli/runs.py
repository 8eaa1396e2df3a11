"""Finding a run's folder, making a new one, telling whether a run is alive."""

import fcntl
from collections.abc import Sequence
from pathlib import Path

from ouroboros.errors import UsageError

RUNS = Path("runs")


def find_run(asked: Path | None, *, preset: str | None = None) -> Path:
    """The folder of the run that is meant: a path, a name under runs/, or the newest one.

    Raises:
        UsageError: There is no such run, or it is not one.
    """
    if asked is None:
        return _newest(preset)
    for path in (asked, RUNS / asked):
        if (path / "config.json").is_file():
            return path
    if asked.exists():
        raise UsageError(f"{asked} is not a run's folder: it has no config.json")
    raise UsageError(f"there is no run at {asked}")


def _newest(preset: str | None) -> Path:
    pattern = f"{preset}-*" if preset else "*"
    found = [path for path in RUNS.glob(f"{pattern}/config.json") if path.is_file()]
    if not found:
        what = f"runs/{pattern}" if preset else "runs/"
        raise UsageError(f"there is no run under {what}; start one with `ouro run`, or name one")
    return max(found, key=lambda path: path.stat().st_mtime_ns).parent


def claim_folder(asked: Path | None, preset: str) -> Path:
    """A folder for a new run: the one asked for if it is free, else runs/PRESET-N.

    Raises:
        UsageError: The folder holds a run already, or something else.
    """
    if asked is None:
        return _next_free(preset)
    if (asked / "config.json").exists():
        raise UsageError(f"{asked} holds a run already; go on with --resume or name another folder")
    if asked.exists() and not asked.is_dir():
        raise UsageError(f"{asked} is a file, not a folder")
    # Hidden leftovers of a killed start do not count.
    if asked.is_dir() and any(not path.name.startswith(".") for path in asked.iterdir()):
        raise UsageError(f"{asked} is not empty and not a run; name another folder")
    asked.mkdir(parents=True, exist_ok=True)
    return asked


def _next_free(preset: str) -> Path:
    number = 1
    while True:
        path = RUNS / f"{preset}-{number}"
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            number += 1
        else:
            return path


def is_live(run_dir: Path) -> bool:
    """Whether a warden serves the run at this moment."""
    try:
        with (run_dir / "warden" / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def last_line(path: Path, offset: int = 0) -> str:
    """The last line with anything in it that a file got after `offset` bytes; "" for none."""
    try:
        content = path.read_bytes()[offset:].decode(errors="replace")
    except OSError:
        return ""
    lines: Sequence[str] = [line for line in content.splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
