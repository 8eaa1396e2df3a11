"""Control groups: a bound on processes and memory, exact CPU time, and one stroke that kills all.

    group = Cgroup.make("ouroboros-1f0c", processes=256)
    group.join()                                         # in the child, between fork and exec
    group.cpu_seconds(), group.freeze(), group.kill(), group.remove()

The group lies in the warden's own, so that what bounds the warden bounds its children too. Kill,
freeze and CPU time are version 2's and need no controller; the bounds are version 2's where its
controllers are handed down, else version 1's. A machine without any of this has no such group.
"""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MEMORY_SHARE = 0.9  # of the machine's memory
_PATIENCE = 2.0  # seconds that killed processes may take to be gone
_TOP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cgroup:
    """A group of processes; made by root, joined by a child."""

    folders: tuple[Path, ...]
    """in each hierarchy; the first is version 2's"""
    bound: Path
    """file that says how much memory"""

    @classmethod
    def make(cls, name: str, processes: int) -> "Cgroup":
        """A new group, after whatever a killed warden left of it is gone.

        Raises:
            OSError: this machine lets us make none, or bound none.
        """
        own = _own_groups()
        base = _handing_down(own[""])
        unified = (base or own[""]) / name
        pids, memory = (own.get(kind, own[""]) / name for kind in ("pids", "memory"))
        most, swapped = "memory.limit_in_bytes", "memory.swappiness"
        if base:
            pids, memory, most, swapped = unified, unified, "memory.max", "memory.swap.max"
        folders = tuple(dict.fromkeys((unified, pids, memory)))
        group = cls(folders=folders, bound=memory / most)
        group.remove()
        try:
            for folder in group.folders:
                folder.mkdir()
            _write(pids / "pids.max", processes)
            _write(group.bound, _share())
            with suppress(OSError):  # a kernel without swap
                _write(memory / swapped, 0)
            os.stat(group.folders[0] / "cgroup.kill")
        except OSError:
            group.remove()
            raise
        return group

    def join(self) -> None:
        """Put this process into the group, and all that it will start; it takes root."""
        for folder in self.folders:
            _write(folder / "cgroup.procs", 0)

    def cpu_seconds(self) -> float:
        """Time on processors of everything that ever was in the group."""
        words = (self.folders[0] / "cpu.stat").read_text().split()
        return int(words[words.index("usage_usec") + 1]) / 1e6

    def freeze(self, *, frozen: bool = True) -> None:
        """Let nothing in the group run until it is thawed."""
        _write(self.folders[0] / "cgroup.freeze", int(frozen))

    def kill(self) -> None:
        """Kill everything in the group, frozen or not, and what is just being forked."""
        _write(self.folders[0] / "cgroup.kill", 1)

    @contextmanager
    def tightened(self, memory: int) -> Generator[None]:
        """Bound the memory by so many bytes meanwhile."""
        _write(self.bound, memory)
        try:
            yield
        finally:
            _write(self.bound, _share())

    def remove(self) -> None:
        """Kill what is left and remove the group, as far as it is there."""
        with suppress(OSError):
            self.kill()
        deadline = time.monotonic() + _PATIENCE
        for folder in self.folders:
            while folder.is_dir() and time.monotonic() < deadline:
                with suppress(OSError):  # busy until the last process is gone
                    folder.rmdir()
                    break
                time.sleep(0.005)


def _own_groups() -> dict[str, Path]:
    """Where this process's groups are, by controller; version 2's is ""."""
    found: dict[str, Path] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            unified = "unified" if (_TOP / "unified").is_dir() else ""
            found[name] = _TOP / (name or unified) / path.lstrip("/")
    if "" not in found:
        raise OSError("no control groups of version 2")
    return found


def _handing_down(own: Path) -> Path | None:
    """Where a group of version 2 is bounded: in our own, or beside it if ours has no bounds."""
    for base in (own, own.parent):
        with suppress(OSError):
            free = base == own or _read(own / "memory.max") == _read(own / "pids.max") == "max"
            if free and {"pids", "memory"}.issubset(_read(base / "cgroup.subtree_control").split()):
                return base
    return None


def _share() -> int:
    return int(MEMORY_SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


def _read(path: Path) -> str:
    return path.read_text().strip()


def _write(path: Path, value: int) -> None:
    # without O_CREAT, which on cgroupfs is a permission of its own
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)
