"""A confined process that tries to get out, and says what it could do.

    python -m ouroboros_warden.escape RUN_DIR PARENT PROMISE...   # by the warden, inside the box

A promise is a thing that some boxes keep and others do not (`promises` in `probe`). Each attempt
shows reach and does no harm where it succeeds: files are opened, never changed, and nobody is
signalled. It prints one JSON object: attempt -> whether it got through; those that start with
"may " are what a confined child must still be able to do.
"""

import ctypes
import json
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_X86 = os.uname().machine == "x86_64"
_CLONE_NEWUSER, _PTRACE_SEIZE = 0x10000000, 0x4206  # seizing stops nobody
_X32 = 0x40000000

_THREADS = 300  # more than a child may have; they do nothing
_MEMORY = 64 << 20  # bytes, more than a child may have during the test

Attempt = Callable[[], object]


def attempts(run: Path, parent: int) -> dict[str, Attempt]:
    """What is tried, by name; an attempt got through if it returns."""
    work, log, judges = run / "learners", run / "log" / "records.jsonl", _judges()
    return {
        "read the exam secret": lambda: opened(run / "warden" / "secret", os.O_RDONLY),
        "read the log": lambda: opened(log, os.O_RDONLY),
        "write into the log": lambda: opened(log, os.O_WRONLY),
        "write the configuration": lambda: opened(run / "config.json", os.O_WRONLY),
        "make a file beside the log": lambda: made(run / "log" / "escape"),
        "make a file in the run's folder": lambda: made(run / "escape"),
        "make a file in /tmp": lambda: made(Path("/tmp/ouroboros-escape")),  # noqa: S108
        "link the secret into the workspace": lambda: linked(run / "warden" / "secret", work),
        "reach the secret by a symbolic link": lambda: through(run / "warden" / "secret", work),
        "move a file out of the workspace": lambda: moved(work, run / "log" / "escape"),
        "change the log's mode": lambda: os.chmod(run / "log", run.stat().st_mode & 0o777),
        "change the log's times": lambda: os.utime(run / "log"),
        "cut the log": lambda: call(76 if _X86 else 45, str(log), log.stat().st_size),
        "read the judges": lambda: opened(judges / "__init__.py", os.O_RDONLY),
        "write the warden's code": lambda: opened(Path(__file__), os.O_WRONLY),
        "read the passwords": lambda: opened(Path("/etc/passwd"), os.O_RDONLY),
        "set the core pattern": lambda: opened(Path("/proc/sys/kernel/core_pattern"), os.O_WRONLY),
        "read the warden's memory": lambda: opened(Path(f"/proc/{parent}/mem"), os.O_RDONLY),
        "read the warden's environment": lambda: opened(
            Path(f"/proc/{parent}/environ"), os.O_RDONLY
        ),
        "trace the warden": lambda: call(101 if _X86 else 117, _PTRACE_SEIZE, parent, 0, 0),
        "signal the warden": lambda: os.kill(parent, 0),
        "limit the warden": lambda: call(302 if _X86 else 261, parent, 7, 0, 0),
        "open a TCP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "open a UDP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "open a Unix socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "open a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW),
        "open a vsock": lambda: socket.socket(40, socket.SOCK_STREAM),
        "make a user namespace": lambda: in_child(
            lambda: call(272 if _X86 else 97, _CLONE_NEWUSER)
        ),
        "mount": lambda: call(165 if _X86 else 40, "none", "/none", "tmpfs", 0, 0),
        "start io_uring": lambda: call(425, 1, 0),
        "load a BPF program": lambda: call(321 if _X86 else 280, 0, 0, 0),
        "reach the keyring": lambda: call(250 if _X86 else 219, 0, -3, 0),
        "make a memory file": lambda: os.memfd_create("escape"),
        "use another architecture": lambda: in_child(lambda: call(_X32 + 39)),
        "become root": lambda: in_child(lambda: become_root()),
        "dump core": lambda: dumped(),
        "may write in the workspace": lambda: made(work / "escape"),
        "may start a process": lambda: subprocess.run(
            [sys.executable, "-I", "-S", "-c", ""], check=True
        ),
        "may talk to its children": lambda: socket.socketpair(),
        "may map memory to execute": lambda: mmap.mmap(
            -1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        ),
    }


def further_attempts(run: Path) -> dict[str, dict[str, Attempt]]:
    """What is tried where a box promises more, by promise."""
    return {
        "tree": {
            "see a process outside": lambda: os.getsid(0) > 0,  # its session's leader is
            "see the log": lambda: os.stat(run / "log" / "records.jsonl"),
            "see the judges' code": lambda: os.stat(_judges() / "__init__.py"),
            "see the passwords": lambda: os.stat("/etc/passwd"),
            "see other processes' folders": lambda: os.stat("/proc/1"),
            "see the kernel's settings": lambda: os.stat("/proc/sys"),
            "see the machine's devices": lambda: os.stat("/sys/class"),
            "see shared memory": lambda: os.stat("/dev/shm"),  # noqa: S108 looked for, not used
        },
        "processes": {"start threads without end": lambda: in_child(multiplied)},
        "memory": {"take memory without end": lambda: in_child(swollen)},
    }


def main() -> None:
    """Try everything; one JSON object on standard output."""
    run, parent, promises = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    tried = attempts(run, parent)
    for promise in promises:
        tried |= further_attempts(run)[promise]
    found = {name: succeeds(attempt) for name, attempt in tried.items()}
    sys.stdout.write(json.dumps(found) + "\n")


def succeeds(attempt: Attempt) -> bool:
    """Whether an attempt got through."""
    try:
        result = attempt()
    except (OSError, subprocess.SubprocessError):
        return False
    if isinstance(result, int) and not isinstance(result, bool):
        with suppress(OSError):
            os.close(result)
    elif isinstance(result, socket.socket):
        result.close()
    return result is not False


def opened(path: Path, flags: int) -> int:
    """Open a file and do nothing with it."""
    return os.open(path, flags | os.O_CLOEXEC)


def made(path: Path) -> None:
    """Make a file and remove it."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    path.unlink()


def linked(target: Path, folder: Path) -> None:
    """Give a file a second name in a folder; the name is removed."""
    (folder / "escape-link").hardlink_to(target)
    (folder / "escape-link").unlink()


def through(target: Path, folder: Path) -> int:
    """Open a file by a symbolic link in a folder; the link is removed."""
    link = folder / "escape-way"
    link.symlink_to(target)
    try:
        return opened(link, os.O_RDONLY)
    finally:
        link.unlink()


def moved(folder: Path, target: Path) -> None:
    """Move a new file of a folder elsewhere; it is removed wherever it is."""
    file = folder / "escape-moved"
    file.touch()
    try:
        file.rename(target)
    finally:
        file.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def call(number: int, *arguments: int | str) -> int:
    """A system call by its number; OSError where it fails. The result is no descriptor to keep."""
    values = [a.encode() if isinstance(a, str) else ctypes.c_long(a) for a in arguments]
    if _libc.syscall(ctypes.c_long(number), *values) < 0:
        raise OSError(ctypes.get_errno(), "call failed")
    return True


def in_child(attempt: Callable[[], object]) -> bool:
    """Whether an attempt gets through in a child, which it may kill or change."""
    child = os.fork()
    if not child:
        os._exit(0 if succeeds(attempt) else 1)
    return os.waitpid(child, 0)[1] == 0


def become_root() -> None:
    """Take user 0, or be it already."""
    os.setuid(0)


def multiplied() -> bool:
    """Start more threads than are allowed, each of which waits for its process to end."""
    import _thread

    never = _thread.allocate_lock()
    never.acquire()
    try:
        for _ in range(_THREADS):
            _thread.start_new_thread(never.acquire, ())
    except RuntimeError:
        return False
    return True


def swollen() -> None:
    """Take more memory than is allowed during the test, and let go of it."""
    bytes(b"\1" * _MEMORY)


def dumped() -> bool:
    """Whether a crash would leave a core file."""
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)[0] != 0


def _judges() -> Path:
    """Where the judges' code lies, or would."""
    for folder in map(Path, sys.path):
        with suppress(OSError):
            if (folder / "ouroboros_judges").exists():
                return folder / "ouroboros_judges"
    return Path("/none")


if __name__ == "__main__":
    main()
