"""Metering a run by two clocks that the engine does not hold: the wall's and the processors'.

Time of the processors is that of the children's control groups where they have some, which is
exact; else that of every living process below this one, and of those that it waited for. FLOP and
joules are that time at the constitution's rates, which are upper bounds of a core: no claim of the
engine enters.

Not seen without groups: a process that ends between two readings and whose parent ignores it. The
seconds bound what can be hidden so. A clock that was set back is seen against the one that counts
since boot.
"""

import os
import resource
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ouroboros_warden.audit import read_objects
from ouroboros_warden.canonical import Json
from ouroboros_warden.cgroups import Cgroup

READ_AGAIN = 0.5  # seconds for which a reading of the processors holds
SET_BACK = 5.0  # seconds by which a clock may be corrected
_TICK = os.sysconf("SC_CLK_TCK")


class Meter:
    """Seconds and processor seconds of a run since it began, over all its sessions."""

    def __init__(self, times: Path) -> None:
        """Go on from the last line of `times`; the time of day, from the latest of all."""
        lines = read_objects(times)
        last = lines[-1] if lines else {}
        latest = max((float(line.get("time", 0)) for line in lines), default=0.0)
        self._seconds = float(last.get("seconds", 0))
        self._cpu = float(last.get("cpu", 0))
        self._began, self._wall = _since_boot(), time.time()
        self._was_set_back = self._wall < latest - SET_BACK
        self._read_at, self._read = -READ_AGAIN, 0.0
        self.groups: Sequence[Cgroup] = ()

    def clock(self) -> Json:
        """What stands beside a record: time of day, seconds and processor seconds so far."""
        return {"time": time.time(), "seconds": round(self.seconds, 3), "cpu": round(self.cpu, 2)}

    @property
    def seconds(self) -> float:
        """Of the wall, while this run was being served."""
        return self._seconds + _since_boot() - self._began

    @property
    def cpu(self) -> float:
        """Of all processors together; it never falls."""
        now = _since_boot()
        if now - self._read_at >= READ_AGAIN:
            self._read_at, self._read = now, max(self._read, self._used())
        return self._cpu + self._read

    def _used(self) -> float:
        with suppress(OSError):  # a group that was removed
            if self.groups:
                return time.process_time() + sum(group.cpu_seconds() for group in self.groups)
        return cpu_below(os.getpid())

    @property
    def was_set_back(self) -> bool:
        """Whether the time of day went backwards since the last session, or in this one."""
        expected = self._wall + _since_boot() - self._began
        self._was_set_back = self._was_set_back or time.time() < expected - SET_BACK
        return self._was_set_back


def cpu_below(root: int) -> float:
    """Processor seconds of a process, of all below it, and of those they waited for."""
    used: dict[int, tuple[int, float]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with suppress(OSError):
                used[int(name)] = _read(name)
    own = sum(resource.getrusage(who).ru_utime for who in _BOTH)
    found, below = own + sum(resource.getrusage(who).ru_stime for who in _BOTH), [root]
    for each in below:
        for number, (parent, seconds) in used.items():
            if parent == each:
                below.append(number)
                found += seconds
    return found


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _read(name: str) -> tuple[int, float]:
    """Parent and seconds of a process; the fields are numbered in proc(5)."""
    with open(f"/proc/{name}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / _TICK


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
