"""Confinement of the warden's children: irrevocable, inherited, and without any privilege.

    box = Box.build(Grant(reads=(...), lists=(...), writes=(...)), owner=None)
    subprocess.Popen(command, preexec_fn=box.enter)

Between fork and exec a child gives up, for itself and all that it will ever start, every file
outside its grant (Landlock), every way to gain rights (no_new_privs), the system calls that
Landlock leaves open (seccomp, see `filters`), and resources beyond its limits. A warden that runs
as root gives the child a user of its own first: no sandbox holds uid 0.

What it cannot stop: reading what the grant holds, using time and memory up to the limits, faults
of the kernel, channels through the load of the machine. Names of files in a listed folder can be
seen, though the files cannot be read.
"""

import ctypes
import os
import resource
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ouroboros_warden.errors import Refused
from ouroboros_warden.filters import machine, program

# From linux/prctl.h, linux/capability.h and linux/landlock.h.
_PR_SET_KEEPCAPS, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 8, 22, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 38, 47, 2
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION, _DAC_READ_SEARCH, _CAPABILITIES = 0x20080522, 2, 41
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on x86-64 and arm64
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

LIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 4096,
    resource.RLIMIT_FSIZE: 16 << 30,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
}
PROCESSES = 256  # of a user that is the child's own


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
        return _syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION)
    return 0


def demand_tier() -> str:
    """The tier of confinement on this machine, "T1".

    Raises:
        Refused: the machine cannot confine at all; the message says what it lacks.
    """
    if machine() is None:
        raise Refused(f"cannot confine on a {os.uname().machine}: it takes x86-64 or arm64")
    if landlock_abi() < 1:
        raise Refused("cannot confine: the kernel has no Landlock (Linux 5.13 or newer, enabled)")
    return "T1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A confinement, made ready by the warden, entered by the child."""

    ruleset: int
    """descriptor of the Landlock ruleset"""
    filters: bytes
    """BPF program"""
    owner: int | None
    """user and group of the child, where the warden is root"""

    @classmethod
    def build(cls, grant: Grant, owner: int | None = None) -> "Box":
        """Open every granted path and write the filter; Refused where the machine cannot confine.

        A path that does not exist is left out: what is not there needs no grant.
        """
        demand_tier()
        abi = landlock_abi()
        ruleset = _ruleset(abi)
        known = _rights(abi)
        for paths, rights in (
            (grant.reads, _READS),
            (grant.lists, _READ_DIR),
            (grant.writes, (_READS & ~_EXECUTE) | _CHANGES),
        ):
            for path in paths:
                _add_path(ruleset, path, rights & known)
        return cls(ruleset=ruleset, filters=program(scoped=abi >= 6), owner=owner)

    def close(self) -> None:
        """Let go of the ruleset; who is inside stays inside."""
        os.close(self.ruleset)

    def enter(self) -> None:
        """Confine this process and all that it starts, for good; OSError where that fails."""
        if self.owner is not None:
            _become(self.owner)
        _limit(owned=self.owner is not None)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _syscall(_RESTRICT_SELF, self.ruleset, 0)
        code = ctypes.create_string_buffer(self.filters, len(self.filters))
        length = len(self.filters) // 8
        prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(code)))
        _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(prog))


def _rights(abi: int) -> int:
    """The file rights that the kernel knows."""
    extra = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))
    return _FIRST_RIGHTS | sum(right for since, right in extra if abi >= since)


def _ruleset(abi: int) -> int:
    fields = [_rights(abi), _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0]
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", *fields), 24)
    descriptor = _syscall(_CREATE_RULESET, ctypes.addressof(attributes), size, 0)
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
        _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
    finally:
        os.close(beneath)


def _become(user: int) -> None:
    """Leave root for good, with one capability: to read past modes what the grant holds.

    Interpreter and run may lie in root's home, which no other user can reach.
    """
    kept = 1 << _DAC_READ_SEARCH
    for capability in range(_CAPABILITIES):
        if capability != _DAC_READ_SEARCH:
            with suppress(OSError):  # a capability that the kernel does not know, or we lack
                _prctl(_PR_CAPBSET_DROP, capability)
    _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(struct.pack("IIIIII", kept, kept, kept, 0, 0, 0))
    _call(_libc.capset, header, sets)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _DAC_READ_SEARCH)


def _limit(*, owned: bool) -> None:
    limits = {**LIMITS, resource.RLIMIT_NPROC: PROCESSES} if owned else LIMITS
    for what, limit in limits.items():
        _, hard = resource.getrlimit(what)
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (least, least))


_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    _call(_libc.prctl, option, *padded)


def _syscall(number: int, *arguments: int | None) -> int:
    return _call(_libc.syscall, ctypes.c_long(number), *map(ctypes.c_void_p, arguments))


def _call(function: Callable[..., int], *arguments: object) -> int:
    found = function(*arguments)
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}: {os.strerror(code)}")
    return found
