"""Confinement of the warden's children: irrevocable, inherited, and without any privilege.

    box = Box.build(Grant(reads=(...), lists=(...), writes=(...)), owner=None)
    subprocess.Popen(box.around(command), preexec_fn=box.enter, pass_fds=box.inherited)

Before its first line a child gives up, for itself and all that it will ever start, every file
outside its grant (Landlock), every way to gain rights (no_new_privs), the system calls that
Landlock leaves open (seccomp, see `filters`), and resources beyond its limits. A warden that runs
as root gives the child a user of its own first: no sandbox holds uid 0. That is tier T1; around it
T2 puts namespaces and a tree of files (`bubble`), and T3 a bounded control group (`cgroups`).

What it cannot stop: reading what the grant holds, using time and memory up to the limits, faults
of the kernel, channels through the load of the machine. Names of files in a listed folder can be
seen, though the files cannot be read; on T1, names and sizes of all files.
"""

import ctypes
import os
import signal
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ouroboros_warden.bubble import Mount, around, gather, tree
from ouroboros_warden.cgroups import Cgroup
from ouroboros_warden.errors import Refused
from ouroboros_warden.filters import machine, program
from ouroboros_warden.threshold import PROCESSES, call, libc, lock, prctl, syscall

# From linux/prctl.h, linux/capability.h and linux/landlock.h.
_PR_SET_KEEPCAPS, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 24, 47, 2
_CAPABILITY_VERSION, _DAC_READ_SEARCH, _CAPABILITIES = 0x20080522, 2, 41
_CREATE_RULESET, _ADD_RULE = 444, 445  # the same on x86-64 and arm64
_RULESET_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_RIGHTS = (1 << 13) - 1  # those of ABI 1
_READS = _EXECUTE | _READ_FILE | _READ_DIR
_CHANGES = _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 3  # bind and connect
_SCOPES = 3  # abstract sockets and signals stay inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a child may touch; everything else is closed to it."""

    reads: tuple[Path, ...] = ()
    """files and folders with all below: read, execute"""
    lists: tuple[Path, ...] = ()
    """folders whose names may be seen"""
    writes: tuple[Path, ...] = ()
    """folders with all below: read and change; single files: read and write"""


NOTHING = Grant()


def landlock_abi() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    with suppress(OSError):
        return syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION)
    return 0


def demand_confinement() -> None:
    """Refused where this machine cannot confine at all; the message says what it lacks."""
    if machine() is None:
        raise Refused(f"cannot confine on a {os.uname().machine}: it takes x86-64 or arm64")
    if landlock_abi() < 1:
        raise Refused("cannot confine: the kernel has no Landlock (Linux 5.13 or newer, enabled)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a box has around Landlock, seccomp and limits."""

    bwrap: Path | None = None
    """bubblewrap's program"""
    group: str | None = None
    """name of its control group; it takes root"""

    @property
    def tier(self) -> str:
        """T1, T2 or T3; each holds what the ones before hold."""
        return "T1" if not self.bwrap else "T3" if self.group else "T2"


T1 = Means()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box:
    """A confinement, made ready by the warden, entered by the child."""

    ruleset: int
    """descriptor of the Landlock ruleset"""
    filters: bytes
    """BPF program"""
    owner: int | None
    """user and group of the child, where the warden is root"""
    means: Means
    mounts: tuple[Mount, ...]
    """the tree of files, where there is one"""
    group: Cgroup | None

    @classmethod
    def build(cls, grant: Grant, owner: int | None = None, means: Means = T1) -> "Box":
        """Open every granted path, write the filter, make the group.

        A path that does not exist is left out: what is not there needs no grant.

        Raises:
            Refused: the machine cannot confine.
            OSError: it lacks the means.
        """
        demand_confinement()
        abi = landlock_abi()
        mounts = tree(grant.reads, grant.lists, grant.writes) if means.bwrap else ()
        group = Cgroup.make(means.group, PROCESSES) if means.group else None
        return cls(
            ruleset=_granting(grant, abi),
            filters=program(scoped=abi >= 6),
            owner=owner,
            means=means,
            mounts=mounts,
            group=group,
        )

    @property
    def inherited(self) -> tuple[int, ...]:
        """The descriptors that a child needs to enter."""
        return (self.ruleset,) if self.means.bwrap else ()

    def around(self, command: Sequence[str]) -> list[str]:
        """The command as it is to be started."""
        if self.means.bwrap is None:
            return list(command)
        door = [str(self.ruleset), self.filters.hex(), *command]
        return around(self.means.bwrap, self.mounts, door, gathered=self.owner is not None)

    def close(self) -> None:
        """Let go of the ruleset and end the group; who is inside stays inside."""
        os.close(self.ruleset)
        if self.group:
            self.group.remove()

    def enter(self) -> None:
        """Confine this process and all that it starts, for good; OSError where that fails.

        Where bubblewrap comes first, the last step is taken inside it (`threshold`).
        """
        inside = self.means.bwrap is not None
        if self.group:
            self.group.join()
        if self.owner is not None:
            if inside:
                gather(self.mounts)
            _become(self.owner, reader=not inside)
        if inside:
            signal.signal(
                signal.SIGTERM, signal.SIG_IGN
            )  # it waits for the child, who is asked too
        else:
            lock(self.ruleset, self.filters, counted=self.owner is not None)


def _granting(grant: Grant, abi: int) -> int:
    ruleset, known = _ruleset(abi), _rights(abi)
    for paths, rights in (
        (grant.reads, _READS),
        (grant.lists, _READ_DIR),
        (grant.writes, (_READS & ~_EXECUTE) | _CHANGES),
    ):
        for path in paths:
            _add_path(ruleset, path, rights & known)
    return ruleset


def _rights(abi: int) -> int:
    """The file rights that the kernel knows."""
    extra = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))
    return _FIRST_RIGHTS | sum(right for since, right in extra if abi >= since)


def _ruleset(abi: int) -> int:
    fields = [_rights(abi), _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0]
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", *fields), 24)
    descriptor = syscall(_CREATE_RULESET, ctypes.addressof(attributes), size, 0)
    os.set_inheritable(descriptor, False)
    return descriptor


def _add_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _ON_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, beneath))
        syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(beneath)


def _become(user: int, *, reader: bool = True) -> None:
    """Leave root for good; a reader keeps one capability: to read past modes what the grant holds.

    Interpreter and run may lie in root's home, which no other user can reach. bubblewrap starts
    with no capability.
    """
    os.umask(0o022)  # judges read what the engine writes
    for capability in range(_CAPABILITIES):
        if capability != _DAC_READ_SEARCH:
            with suppress(OSError):  # a capability that the kernel does not know, or we lack
                prctl(_PR_CAPBSET_DROP, capability)
    prctl(_PR_SET_KEEPCAPS, int(reader))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if not reader:
        return
    kept = 1 << _DAC_READ_SEARCH
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(struct.pack("IIIIII", kept, kept, kept, 0, 0, 0))
    call(libc.capset, header, sets)
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _DAC_READ_SEARCH)
