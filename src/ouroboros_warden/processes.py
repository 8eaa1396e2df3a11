"""Starting and stopping the warden's children so that none outlives it, and talking to a judge.

The kernel kills a child when the warden ends, however that ends (PR_SET_PDEATHSIG); a child that
comes to life after the warden's death sees another parent and leaves. The signal follows the
*thread* that started the child, so children are started from the main thread. Each child leads a
session and its group: stopping it stops what it started, it has no terminal, and Ctrl-C reaches
the warden alone.

A judge is a child that reads one JSON line and writes one JSON line: `{"unfit": ...}` if what the
engine handed in cannot be judged, `{"error": ...}` if the judge fails. Every child enters a box
(`sandbox`) before its first line runs.
"""

import ctypes
import os
import select
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.errors import JudgeError, Refused, UsageError
from ouroboros_warden.sandbox import Box

GRACE = 2.0  # seconds between asking a child to stop and killing it
JUDGE_PATIENCE = 3600.0  # seconds that a judge may think
ANSWER_LIMIT = 64 << 20  # bytes of a judge's answer
JUDGE_VARIABLES = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # glibc keeps large freed blocks: fresh pages for each took nearly half of an examination's time
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36  # from linux/prctl.h

_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "PYTHONPATH")

T = TypeVar("T")


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends; leave at once if it ended before."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(1)


def close_up() -> None:
    """Let no other process of this user look into this one, and adopt every orphan below it."""
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((_PR_SET_DUMPABLE, 0), (_PR_SET_CHILD_SUBREAPER, 1)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def sweep() -> int:
    """Kill every child of this process, those it adopted included, until none is left; how many.

    A process that left its group and its session, so that stopping the group missed it, has this
    one as its parent once its own is dead.
    """
    swept = 0
    while left := _children(os.getpid()):
        for number in left:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, 0)
        swept += len(left)
    return swept


def descendants(root: int) -> list[int]:
    """Every living process below one, parents before children."""
    parents = {number: parent for number, (state, parent) in _processes().items() if state != "Z"}
    found = [root]
    for each in found:
        found += [number for number, parent in parents.items() if parent == each]
    return found[1:]


def signal_all(numbers: Iterable[int], which: int) -> None:
    """Signal processes; those that are gone do not matter."""
    for number in numbers:
        with suppress(ProcessLookupError):
            os.kill(number, which)


def _children(parent: int) -> list[int]:
    return [number for number, (_, found) in _processes().items() if found == parent]


def _processes() -> dict[int, tuple[str, int]]:
    """State and parent of every process that can be seen."""
    found: dict[int, tuple[str, int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            found[int(folder.name)] = (state, int(parent))
    return found


def environment(**extra: str) -> dict[str, str]:
    """A child's environment: what it needs to find the same packages, and `extra`.

    Nothing else of the warden's own goes along: an environment may hold credentials.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **packages(), "PYTHONDONTWRITEBYTECODE": "1", **extra}


def packages() -> dict[str, str]:
    """The variable by which a child finds the same packages; none in an installation."""
    source = str(Path(__file__).resolve().parents[1])
    if source == sysconfig.get_path("purelib"):
        return {}
    inherited = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": f"{source}{os.pathsep}{inherited}" if inherited else source}


def start(
    command: Sequence[str],
    stderr: Path,
    variables: Mapping[str, str],
    box: Box,
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child inside `box` that dies with this process and leads a session of its own.

    Its complaints, and its output if nothing else is to get it, are added to the file `stderr`.
    """
    parent = os.getpid()
    try:
        os.stat(command[0])  # inside a tree of its own it would be missed too late
        with stderr.open("ab") as sink:
            return subprocess.Popen(  # noqa: S603 the command is ours, never the engine's
                box.around(command),
                stdin=stdin,
                stdout=sink if stdout is None else stdout,
                stderr=sink,
                env=environment(**variables),
                pass_fds=(*pass_fds, *box.inherited),
                start_new_session=True,
                preexec_fn=lambda: _begin(box, parent),
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"cannot start {command[0]}: {error}") from error


def _begin(box: Box, parent: int) -> None:
    box.enter()
    die_with(parent)  # a change of user would have made the kernel forget it


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child is over; it stays a zombie, so that nobody else is given its number."""
    if process.returncode is not None:
        return True
    options = os.WEXITED | os.WNOWAIT | os.WNOHANG
    return os.waitid(os.P_PID, process.pid, options) is not None


def stop(process: subprocess.Popen[bytes], grace: float = GRACE) -> int:
    """Ask a child's group to end, kill what is left after `grace` seconds; its return code."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await_end(process, grace)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    return 128 - code if code > 128 else code  # bubblewrap says 128 + n of a child's signal n


def await_end(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether a child ended by itself within so many seconds."""
    deadline = time.monotonic() + seconds
    while not has_ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Judge:
    """A judge's process, started when first asked, and once more when it fails."""

    def __init__(self, command: Sequence[str], stderr: Path, box: Box) -> None:
        """Remember how to start it, where its complaints go and what confines it."""
        self._command = command
        self._stderr = stderr
        self._box = box
        self._request = b""
        self._child: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def ask(self, request: Json, read: Callable[[Json], T]) -> T:
        """Post a request and collect its answer."""
        self.post(request)
        return self.collect(read)

    def post(self, request: Json) -> None:
        """Hand over a request without waiting, so that several judges work at once."""
        if self._has_unread():
            self.stop()  # else the answer to an older request would pass for this one's
        self._request = canonical(request) + b"\n"
        self._send()

    def collect(self, read: Callable[[Json], T]) -> T:
        """What `read` makes of the answer; a judge that fails is started again, once.

        Raises:
            Refused: what it was to judge is unfit for that.
            JudgeError: it failed twice; `read` raises it for an answer out of type or range.
        """
        try:
            answer = read(self._receive())
        except JudgeError:
            self.stop()
            self._send()
            answer = read(self._receive())
        self._request = b""
        return answer

    def stop(self) -> None:
        """End the process; a later request starts it again."""
        if self._child is None:
            return
        process, connection = self._child
        self._child = None
        connection.close()
        stop(process)

    def _has_unread(self) -> bool:
        if self._child is None:
            return False
        return bool(self._request or select.select([self._child[1]], [], [], 0)[0])

    def _send(self) -> None:
        if self._child is None:
            self._child = self._begin()
        with suppress(OSError):  # a dead judge is found out when its answer is collected
            self._child[1].sendall(self._request)

    def _begin(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        ours.settimeout(JUDGE_PATIENCE)
        with theirs:
            descriptor = theirs.fileno()
            try:
                process = start(
                    self._command,
                    self._stderr,
                    JUDGE_VARIABLES,
                    self._box,
                    stdin=descriptor,
                    stdout=descriptor,
                )
            except UsageError:
                ours.close()
                raise
        return process, ours

    def _receive(self) -> Json:
        try:
            answer = decode(self._read_line())
        except (OSError, UsageError) as error:
            raise JudgeError(f"{self._stderr.stem} failed: {error}") from error
        if "unfit" in answer:
            self._request = b""
            words = str(answer["unfit"])[:200]  # which may quote what the engine wrote
            raise Refused("".join(c if c.isprintable() else " " for c in words))
        if "error" in answer:
            raise JudgeError(f"{self._stderr.stem} failed: {str(answer['error'])[:500]}")
        return answer

    def _read_line(self) -> bytes:
        if self._child is None:
            raise JudgeError("a judge was not asked")
        line = bytearray()
        while not line.endswith(b"\n"):
            chunk = self._child[1].recv(1 << 18)
            if not chunk or len(line) > ANSWER_LIMIT:
                raise JudgeError(f"{self._stderr.stem} ended or ran on; see {self._stderr}")
            line += chunk
        return bytes(line)
