"""Tier T2: namespaces and a tree of files of its own around a box, by bubblewrap.

The tree holds what a grant names and nothing else; it can be written where the grant says so. Not
even the names of other files, other processes or other networks are there. There is no /proc, no
/sys, no /tmp in it, but for the single files that are granted.

bubblewrap is no boundary for uid 0, and reads as the user it runs as. So a warden that is root
gathers what is granted in a mount namespace of the child's (`gather`), because interpreter and run
may lie in a home that nobody else can enter, and then leaves root for good.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ouroboros_warden import threshold
from ouroboros_warden.threshold import call, libc

_PLACES = (Path("/usr/bin/bwrap"), Path("/bin/bwrap"))  # never a PATH, which may be anybody's
_NAMESPACES = tuple(f"--unshare-{kind}" for kind in ("user", "pid", "ipc", "uts", "net", "cgroup"))
_STAGE = Path("/sys/fs")  # a folder that every kernel has and no grant reads; covered in private
_CLONE_NEWNS, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x20000, 1 << 12, 1 << 14, 1 << 18


Mount = tuple[str, Path]
"""bwrap's option, and a place in a tree"""


def bubblewrap() -> Path | None:
    """The system's bwrap; None where there is none that only root can change and runs as we do."""
    for path in _PLACES:
        with suppress(OSError):
            found = path.stat()
            if found.st_uid == 0 and not found.st_mode & 0o6022:
                return path
    return None


def tree(reads: Iterable[Path], lists: Iterable[Path], writes: Iterable[Path]) -> tuple[Mount, ...]:
    """What a grant's tree is made of, in the order in which it has to be mounted.

    A listed folder is bound whole and what is not granted in it is covered: a few mounts, not
    hundreds. The folder we are in is there too, because packages may be named relative to it.
    """
    listed = {path for folder in lists for path in (folder.absolute(), folder.resolve())}
    found = {Path.cwd(): "--dir"}
    found |= {path: "--tmpfs" for path in _covered(listed, set(reads))}
    found |= {path: _binding(path, "--ro-bind") for path in (*reads, *listed)}
    found |= {path: _binding(path, "--bind") for path in writes}
    needed = (path for path in found if not _is_there_already(path, found))
    there = sorted((path for path in needed if path.exists()), key=lambda path: len(path.parts))
    return tuple((found[path], path) for path in there)


def gather(mounts: Iterable[Mount]) -> None:
    """As root, in a mount namespace of this process: everything bound, where anyone reaches it."""
    call(libc.unshare, _CLONE_NEWNS)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", _STAGE, "tmpfs", 0)
    for path, place in _places(mounts).items():
        place.mkdir() if path.is_dir() else place.touch()
        _mount(path, place, None, _MS_BIND | _MS_REC)


def around(
    program: Path, mounts: tuple[Mount, ...], command: Iterable[str], *, gathered: bool
) -> list[str]:
    """The command inside a tree and namespaces of its own, dying with whoever starts it."""
    places = _places(mounts)
    words = [str(program), *_NAMESPACES, "--die-with-parent"]
    if b"disable-userns" in program.read_bytes():  # since 0.8
        words.append("--disable-userns")
    for option, path in mounts:
        source = [places[path] if gathered else path] if path in places else []
        words += [option, *map(str, source), str(path)]
    real = Path(sys.executable).resolve()
    if link := _first_missing(Path(sys.executable), mounts):
        words += ["--symlink", str(real), str(link)]
    for path in ("/", *(str(path) for option, path in mounts if option == "--tmpfs")):
        words += ["--remount-ro", path]
    trampoline = [str(real), "-I", "-S", threshold.__file__]
    return [*words, "--", *trampoline, *command]


def _covered(listed: set[Path], granted: set[Path]) -> Iterator[Path]:
    for folder in listed:
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.is_dir() and not path.is_symlink() and path.resolve() not in granted:
                yield path


def _is_there_already(path: Path, found: dict[Path, str]) -> bool:
    """Whether a path to be read lies in a folder to be read."""
    return found[path] == _nearest(path.parents, found) == "--ro-bind"


def _binding(path: Path, otherwise: str) -> str:
    return "--dev-bind" if path.is_char_device() else otherwise


def _first_missing(link: Path, mounts: Iterable[Mount]) -> Path | None:
    """On the way to what a link means, the first name that is not in the tree."""
    found = {path: option for option, path in mounts}
    while (_nearest((link, *link.parents), found) or "").endswith("bind"):
        if not link.is_symlink():
            return None
        link = Path(os.path.normpath(link.parent / link.readlink()))
    return link


def _nearest(paths: Iterable[Path], found: dict[Path, str]) -> str | None:
    return next((found[path] for path in paths if path in found), None)


def _places(mounts: Iterable[Mount]) -> dict[Path, Path]:
    """Where each path that is bound is gathered."""
    bound = (path for option, path in mounts if option.endswith("bind"))
    return {path: _STAGE / str(number) for number, path in enumerate(bound)}


def _mount(source: str | Path, target: str | Path, kind: str | None, flags: int) -> None:
    names = [os.fsencode(name) if name else None for name in (source, target, kind)]
    call(libc.mount, *names, flags, b"mode=755" if kind else None)
