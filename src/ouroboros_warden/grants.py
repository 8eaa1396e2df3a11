"""Who may touch what: the grants of the engine and of the judges, and the users they run as.

The engine writes into `data/`, `checkpoints/` and `learners/` of its run and nowhere else; it reads
the interpreter, the installed packages but the judges', and nothing of the run besides its
workspace: neither the log nor the secret nor the configuration, which it is told. The judges read
what the engine hands in and write nothing.
"""

import os
import sys
import sysconfig
import zlib
from collections.abc import Iterator
from pathlib import Path

from ouroboros_warden.folder import Folder
from ouroboros_warden.sandbox import NOTHING, Grant

WORKSPACE = ("data", "checkpoints", "learners")
JUDGES = "ouroboros_judges"
_FIRST_USER, _USERS = 61184, 2000  # of the range that systemd leaves to services without a user
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/urandom",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)
_SINK = Path("/dev/null")
_PACKAGES = {"site-packages", "dist-packages"}


def engine_grant(folder: Folder, also: Grant = NOTHING) -> Grant:
    """What the engine may touch, and `also`."""
    return Grant(
        reads=(*_interpreter(), *_packages(without=JUDGES), *also.reads),
        lists=(*_paths(), *also.lists),
        writes=(*(folder.root / name for name in WORKSPACE), _SINK, *also.writes),
    )


def judge_grant(folder: Folder, also: Grant = NOTHING) -> Grant:
    """What a judge may touch, and `also`."""
    handed_in = (folder.root / "data", folder.root / "checkpoints")
    return Grant(
        reads=(*_interpreter(), *_packages(), *handed_in, *also.reads),
        lists=(*_paths(), *also.lists),
        writes=(_SINK, *also.writes),
    )


def owners(folder: Folder) -> tuple[int | None, int | None]:
    """The users of engine and judges, no one else's where the warden is root; else its own."""
    if os.geteuid() != 0:
        return None, None
    number = _FIRST_USER + 2 * (zlib.crc32(os.fsencode(folder.root)) % _USERS)
    return number, number + 1


def make_workspace(folder: Folder, owner: int | None) -> None:
    """The engine's folders, given to its user where it has one of its own."""
    for name in WORKSPACE:
        top = folder.root / name
        top.mkdir(exist_ok=True)
        for path in (top, *top.rglob("*")):
            if owner is not None:
                os.chown(path, owner, owner, follow_symlinks=False)


def _interpreter() -> Iterator[Path]:
    yield from map(Path, _SYSTEM)
    yield Path(sys.executable).resolve()
    yield Path(sys.prefix) / "pyvenv.cfg"
    yield from Path(str(sysconfig.get_config_var("LIBDIR"))).glob("lib*.so*")
    for name in ("stdlib", "platstdlib"):
        for path in Path(sysconfig.get_path(name)).iterdir():
            if path.name not in _PACKAGES:
                yield path


def _paths() -> Iterator[Path]:
    """The folders in which packages are looked for."""
    for entry in dict.fromkeys(sys.path):
        if (path := Path(entry)).is_dir():
            yield path


def _packages(without: str | None = None) -> Iterator[Path]:
    """Everything in them, one by one: a grant cannot be taken back further down.

    Left out is the package `without`, and whatever it lies below.
    """
    closed = [folder.resolve() / without for folder in _paths()] if without else []
    for folder in _paths():
        for path in folder.iterdir():
            found = path.resolve()
            if path.name not in _PACKAGES and not any(c.is_relative_to(found) for c in closed):
                yield path
