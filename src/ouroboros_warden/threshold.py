"""The last step into a box, by the process itself: limits, Landlock, seccomp, and no way back.

    python -I -S threshold.py RULESET FILTERS COMMAND...     # inside bubblewrap

Landlock and the filter forbid what bubblewrap does, so it comes first and starts this file, which
locks the door behind itself and becomes the command. The warden's other children call `lock`
between fork and exec. It stands alone, without an import of the warden's, to start fast and to
need nothing but the standard library.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable

# From linux/prctl.h, linux/landlock.h (its numbers are the same on x86-64 and arm64).
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 22, 38, 2
_RESTRICT_SELF = 446

LIMITS = {
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 4096,
    resource.RLIMIT_FSIZE: 16 << 30,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
}
PROCESSES = 256  # and threads, where they are counted for this child alone


def lock(ruleset: int, filters: bytes, *, counted: bool) -> None:
    """Confine this process and all that it starts, for good; OSError where that fails.

    `counted` where its processes are counted apart from those of others.
    """
    limits = {**LIMITS, resource.RLIMIT_NPROC: PROCESSES} if counted else LIMITS
    for what, limit in limits.items():
        _, hard = resource.getrlimit(what)
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (least, least))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    syscall(_RESTRICT_SELF, ruleset, 0)
    filter_calls(filters)


def filter_calls(filters: bytes) -> None:
    """Have the kernel check every call of this process with a BPF program."""
    code = ctypes.create_string_buffer(filters, len(filters))
    length = len(filters) // 8
    prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(code)))
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(prog))


def main() -> None:
    """Lock the box and become the command."""
    ruleset, command = int(sys.argv[1]), sys.argv[3:]
    lock(ruleset, bytes.fromhex(sys.argv[2]), counted=True)
    os.close(ruleset)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # bubblewrap was told to sit it out
    os.execv(command[0], command)  # noqa: S606 the warden's, never the engine's


libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def prctl(option: int, *arguments: int) -> None:
    """Call prctl; OSError where it fails."""
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    call(libc.prctl, option, *padded)


def syscall(number: int, *arguments: int | None) -> int:
    """A system call by its number; OSError where it fails."""
    return call(libc.syscall, ctypes.c_long(number), *map(ctypes.c_void_p, arguments))


def call(function: Callable[..., int], *arguments: object) -> int:
    """Call a function of the C library; OSError where it returns less than nothing."""
    found = function(*arguments)
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function.__name__}: {os.strerror(code)}")
    return found


if __name__ == "__main__":
    main()
