"""System calls and files for attacks: each shows reach, and does no harm where it succeeds.

Files are opened, never changed; what is made is removed; nothing of the kernel's is set. A call
that fails is an OSError, and so is one that kills the child it was made in.
"""

import ctypes
import errno
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ouroboros_redteam.attack import Stopped
from ouroboros_warden.filters import DENIED

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
X86 = os.uname().machine == "x86_64"
NUMBERS = {
    **DENIED,
    "clone3": (435, 435),
    "openat2": (437, 437),
    "pidfd_open": (434, 434),
    "prlimit": (302, 261),
    "setaffinity": (203, 122),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "pidfd_send_signal": (424, 424),
    "prctl": (157, 167),
    "capset": (126, 91),
    "seccomp": (317, 277),
    "mlock": (149, 228),
    "statfs": (137, 43),
}


def call(name: str, *arguments: int | str | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """A system call by its name; OSError where it fails, or this machine has no such call."""
    number = NUMBERS[name][0 if X86 else 1]
    if number is None:
        raise OSError(errno.ENOSYS, name)
    return call_number(number, *arguments)


def call_number(number: int, *arguments: object) -> int:
    """A system call by its number; OSError where it fails."""
    values = [_word(argument) for argument in arguments]
    found = _libc.syscall(ctypes.c_long(number), *values)
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"call {number}: {os.strerror(code)}")
    return found


def _word(value: object) -> object:
    if isinstance(value, str):
        return value.encode()
    return ctypes.c_long(value) if isinstance(value, int) else value


def buffer(data: bytes | int) -> ctypes.Array[ctypes.c_char]:
    """Memory that a call can write into."""
    return ctypes.create_string_buffer(data, len(data) if isinstance(data, bytes) else data)


def open_file(path: Path | str, flags: int = os.O_RDONLY) -> str:
    """Open a file and do nothing with it."""
    os.close(os.open(path, flags | os.O_CLOEXEC))
    return f"opened {path}"


def read_file(path: Path | str) -> str:
    """Read the beginning of a file."""
    with open(path, "rb") as file:
        return repr(file.read(400))


def make_file(path: Path) -> str:
    """Make a file and remove it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    path.unlink()
    return f"made {path}"


def there_and_back(path: Path, target: Path) -> str:
    """Move something, and back."""
    path.rename(target)
    target.rename(path)
    return f"moved to {target}"


def for_writing(path: Path | str) -> str:
    """Open a file for writing, and write nothing."""
    return open_file(path, os.O_WRONLY)


def allowed_to_fail(code: int, act: Callable[[], object]) -> str:
    """Do what must fail with one error where it is allowed; any other OSError is a refusal."""
    try:
        act()
    except OSError as error:
        if error.errno != code:
            raise
    return "it was allowed"


def closed(number: int) -> str:
    """Close what was opened."""
    os.close(number)
    return "opened"


def in_child(act: Callable[[], object]) -> str:
    """Do something in a child, which it may change or kill; OSError where it does not succeed."""
    child = os.fork()
    if not child:
        code = 1
        with suppress(OSError, Stopped):
            act()
            code = 0
        os._exit(code)
    status = os.waitpid(child, 0)[1]
    if status != 0:
        raise OSError(errno.EPERM, f"the child ended with {os.waitstatus_to_exitcode(status)}")
    return "done in a child"


def run_python(code: str, *arguments: str) -> str:
    """What Python code prints in a process of its own; OSError where it fails."""
    command = [sys.executable, "-I", "-S", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 our own
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["nothing"]
        raise OSError(errno.EPERM, f"it ended with {done.returncode}: {words[-1]}")
    return done.stdout.strip()


def stranger(process: int) -> int:
    """A process outside; OSError where the number means nobody, or one of our own, here."""
    if os.getsid(process) == os.getsid(0):
        raise ProcessLookupError(errno.ESRCH, f"{process} is one of our own here")
    return process


def pidfd(process: int) -> int:
    """A descriptor of a process."""
    return call("pidfd_open", process, 0)


def open_socket(family: int, kind: int = socket.SOCK_STREAM, protocol: int = 0) -> str:
    """Open a socket."""
    with socket.socket(family, kind, protocol):
        return "opened"


def foreign_descriptors(own: Path, known: set[int]) -> list[str]:
    """Descriptors that lead to files, folders or sockets outside: handed down by mistake."""
    mine = {_identity(os.stat(path)) for path in own.rglob("*") if path.is_file()}
    found: list[str] = []
    for number in set(range(3, 1024)) - known:
        with suppress(OSError):
            state = os.fstat(number)
            kind = stat.S_IFMT(state.st_mode)
            harmless = kind in {stat.S_IFIFO, 0} or _identity(state) in mine
            if not harmless:
                found.append(f"{number}: {stat.filemode(state.st_mode)}")
    return found


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino
