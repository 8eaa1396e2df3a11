"""The warden's process, as the terminal sees it: started, asked to stop, listened to at its end.

It gets a session of its own, so that Ctrl-C reaches the terminal's process alone, and is told
whom it has to die with, so that nothing runs on when the terminal is killed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ouroboros.cli.runs import last_line
from ouroboros.errors import OuroborosError, UsageError
from ouroboros_warden.errors import Refused
from ouroboros_warden.processes import packages

PATIENCE = 30.0  # seconds that the warden may take to stop its children
_ERRORS: dict[int, type[Exception]] = {2: UsageError, 3: Refused}
_OWN_NAME = "ouroboros_warden: "
# What last words say where the fault is the user's or the disk's, not the program's.
_MISUSE = (
    "ouroboros.errors.UsageError: ",
    "ouroboros.errors.PluginError: ",
    "no space left",
    "No space left",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A warden at work on a run."""

    run_dir: Path
    process: subprocess.Popen[bytes]
    begun: dict[str, int]
    """bytes that each file of complaints had before"""


def call_or_raise(
    *arguments: str, accepted: Collection[int] = (0,), handed: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of the warden's commands to its end, `handed` on its standard input.

    Raises:
        UsageError, Refused, OuroborosError: It ended with another code than those `accepted`, or
            without an answer; the message is its own.
    """
    environment = source_environment()
    command = _command(*arguments)
    done = subprocess.run(  # noqa: S603 our own
        command, input=handed, env=environment, text=True, capture_output=True
    )
    if done.returncode not in accepted or not (done.stdout or done.returncode == 0):
        words = done.stderr.strip().splitlines() or [f"the warden ended with {done.returncode}"]
        raise _ERRORS.get(done.returncode, OuroborosError)(words[-1].removeprefix(_OWN_NAME))
    return done


def start(run_dir: Path) -> Served:
    """Have a warden serve the run; from the main thread, whose end ends the warden."""
    folder = run_dir / "warden"
    folder.mkdir(exist_ok=True)
    begun = {file.name: file.stat().st_size for file in folder.glob("*.stderr")}
    with (folder / "warden.stderr").open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 our own
            _command("serve", str(run_dir), "--parent", str(os.getpid())),
            env=source_environment(),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    return Served(run_dir=run_dir, process=process, begun=begun)


def stop(served: Served) -> None:
    """Ask the warden to stop and wait for it; kill it if it does not."""
    served.process.terminate()
    try:
        served.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        served.process.kill()
        served.process.wait()


@contextmanager
def one_interrupt() -> Generator[None]:
    """SIGTERM and SIGHUP interrupt as Ctrl-C does; inside, the first one counts."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_end(served: Served) -> None:
    """Raise what the warden's end means: nothing for 0.

    Raises:
        UsageError: The user's mistake or a full disk.
        Refused: The warden refused to go on.
        OuroborosError: The engine, a judge or the warden failed.
    """
    code = served.process.wait()
    if code == 0:
        return
    line = _words(served, "warden").removeprefix(_OWN_NAME) or f"the warden ended with code {code}"
    if code < 0:
        raise OuroborosError(f"the warden was killed by signal {-code}")
    words = _words(served, "engine") if "the engine ended" in line else ""
    if words:
        line = f"{line}; its last words: {words[:500]}"
    if "with exit code 2" in line or any(mark in line for mark in _MISUSE):
        code = 2
    raise _ERRORS.get(code, OuroborosError)(line)


def _words(served: Served, who: str) -> str:
    name = f"{who}.stderr"
    return last_line(served.run_dir / "warden" / name, served.begun.get(name, 0))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "ouroboros_warden", *arguments]


def source_environment() -> dict[str, str]:
    """This process's environment for a child, which finds the same packages."""
    return {**os.environ, **packages()}
