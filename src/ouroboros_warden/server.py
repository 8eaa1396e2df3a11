"""Serving a run: one folder, one lock, one log, the judges and one engine, a request at a time.

`serve` returns when the engine has said finish; otherwise it raises, having stopped every child,
and the run can be served again. Requests are handled in order in one thread: the engine is one
client, and what it is told never depends on timing. Events go to `events.jsonl` and, if given, to
a file descriptor; they are for watching, are not synced, and nothing reads them back.
"""

import fcntl
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ouroboros_warden.audit import Log, open_lines, write_all
from ouroboros_warden.brake import PULL, Latch, checked, logged_latch, obey, read_latch, why
from ouroboros_warden.canonical import Json, canonical, decode
from ouroboros_warden.errors import Braked, DiskFull, JudgeError, Locked, Refused, WardenError
from ouroboros_warden.exam import Examiners, Oracle, commitment, exam_secret
from ouroboros_warden.folder import Config, Folder, load_config
from ouroboros_warden.gate import Gate, Judges
from ouroboros_warden.grants import engine_grant, judge_grant, make_workspace, owners
from ouroboros_warden.keys import Authority
from ouroboros_warden.messages import WARDEN_FD, frame, receive
from ouroboros_warden.probe import try_to_escape
from ouroboros_warden.processes import Judge, await_end, has_ended, start, stop
from ouroboros_warden.sandbox import NOTHING, Box, Grant

LOCK_PATIENCE = 5.0  # seconds that a dying predecessor may hold the lock
ENGINE_PATIENCE = 60.0  # seconds that a message may take to cross the socket
FAREWELL = 10.0  # seconds that the engine may take to leave after it said finish
PROGRESS_RATE = 100  # progress events a second; more are dropped
BACKLOG_LIMIT = 1 << 20  # bytes that a slow watcher may lag behind

_PYTHON = (sys.executable, "-P", "-m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """How the children are started."""

    engine: Sequence[str] = (*_PYTHON, "ouroboros.loop")
    oracle: Sequence[str] = (*_PYTHON, "ouroboros_judges.oracle")
    examiner: Sequence[str] = (*_PYTHON, "ouroboros_judges.examiner")
    engine_also: Grant = NOTHING
    """what this engine may touch besides; the same for the judges"""
    judges_also: Grant = NOTHING


DEFAULT_COMMANDS = Commands()


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """What confines the engine, and what confines each judge."""

    engine: Box
    judges: Box


def serve(
    run_dir: Path, commands: Commands = DEFAULT_COMMANDS, events_fd: int | None = None
) -> None:
    """Serve the run in `run_dir` until the engine says finish; at once if it has.

    Raises:
        UsageError, Locked, LogDamaged, DiskFull: bad input or folder; nothing was lost.
        Refused: the folder is not the one the log began with, or the engine ended over a refusal.
        WardenError: the engine or a judge failed.
    """
    folder = Folder.at(run_dir)
    config = load_config(folder)
    with locked(folder.warden / "lock", LOCK_PATIENCE):
        try:
            _serve(folder, config, commands, events_fd)
        except Braked:
            with closing(Log.open(folder.records)) as log:  # the one in use was let go half-way
                run = log.records[0].body["exam_commitment"]
                latch = checked(
                    logged_latch(log.records), read_latch(folder), run, read_authority(folder)
                )
                note_brake(log, latch)
            raise


def _serve(folder: Folder, config: Config, commands: Commands, events_fd: int | None) -> None:
    authority = read_authority(folder)
    with ExitStack() as stack:
        events = stack.enter_context(closing(Events(folder.events, events_fd)))
        secret = exam_secret(folder, config)
        log = stack.enter_context(closing(Log.open(folder.records)))
        begin_log(log, config, secret, authority)
        heed_brake(log, folder, commitment(secret), authority)
        pulls = stack.enter_context(listening(folder, commitment(secret), authority))
        boxes = stack.enter_context(make_boxes(folder, commands))
        judges = stack.enter_context(start_judges(folder, config, commands, boxes.judges))
        gate = Gate(folder, config, secret, log, judges, events.tell)
        events.tell("serve", {"records": len(log.records), "sealed": not config.reproducible})
        if gate.over:
            return
        found = try_to_escape(folder, boxes.engine)
        events.tell("confinement", found)
        note_confinement(log, comparable(found) if config.reproducible else found)
        engine = stack.enter_context(closing(Engine(commands.engine, folder, boxes.engine)))
        engine.converse(gate, lambda: note_pulls(log, pulls))
        events.tell("end", {"records": len(log.records), "head": log.head})


@contextmanager
def locked(path: Path, patience: float) -> Generator[None]:
    """Hold a run's lock; Locked if another warden still has it after `patience` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise Locked(f"a live run holds {path}; wait for it or stop it") from error
            time.sleep(0.05)
        file.truncate(0)
        file.write(str(os.getpid()).encode())  # whom to tell that the brake was pulled
        file.flush()
        yield


class Events:
    """The stream of events: lines {"time", "event", "body"}, for whoever watches."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        """Write to the file at `path`, and to `descriptor`, a pipe, as far as it is read."""
        self._file = open_lines(path)
        self._pipe = descriptor
        self._backlog = bytearray()
        self._second = 0
        self._shown = 0
        if descriptor is not None:
            os.set_blocking(descriptor, False)

    def tell(self, event: str, body: Json) -> None:
        """Show an event; progress beyond the rate is dropped, a full disk or pipe is no error."""
        if event == "progress" and self._is_flood():
            return
        line = canonical({"time": round(time.time(), 3), "event": event, "body": body}) + b"\n"
        with suppress(OSError):
            write_all(self._file, line)
        self._forward(line)

    def close(self) -> None:
        """Let go of the file; the descriptor is the caller's."""
        os.close(self._file)

    def _is_flood(self) -> bool:
        second = int(time.time())
        self._shown = self._shown + 1 if second == self._second else 1
        self._second = second
        return self._shown > PROGRESS_RATE

    def _forward(self, line: bytes) -> None:
        if self._pipe is None:
            return
        self._backlog += line
        try:
            del self._backlog[: os.write(self._pipe, self._backlog)]
        except BlockingIOError:
            if len(self._backlog) > BACKLOG_LIMIT:
                self._pipe = None  # nobody reads it; the file has it all
        except OSError:
            self._pipe = None


class Engine:
    """The engine's process and the warden's end of its socket."""

    def __init__(self, command: Sequence[str], folder: Folder, box: Box) -> None:
        """Start it inside its box; its output and complaints go to `warden/engine.stderr`."""
        self._complaints = folder.warden / "engine.stderr"
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(ENGINE_PATIENCE)
        with theirs:
            handed = theirs.fileno()
            home = str(folder.root / "learners")
            variables = {WARDEN_FD: str(handed), "HOME": home, "TMPDIR": home}
            self._process = start(command, self._complaints, variables, box, pass_fds=[handed])

    def converse(self, gate: Gate, between: Callable[[], None]) -> None:
        """Answer requests until one ends the run; WardenError if the engine ends before that.

        `between` is called before each answer.
        """
        refusal: str | None = None
        while not gate.over:
            try:
                message = self._hear()
                if message is None:
                    break
                between()
                answer = frame({"ok": True, **gate.answer(message)})
                refusal = None
            except Refused as refused:
                refusal = str(refused)
                answer = frame({"ok": False, "error": refusal})
            except (JudgeError, DiskFull):
                # The reason may hold a truth; it is for the terminal, not for the engine.
                self._send(frame({"ok": False, "error": "the warden had to stop; resume later"}))
                raise
            self._send(answer)
        if not gate.over:
            self._mourn(refusal)
        await_end(self._process, FAREWELL)

    def close(self) -> None:
        """Stop it and whatever it left in its group."""
        self._socket.close()
        stop(self._process)

    def _hear(self) -> Json | None:
        # The socket alone does not tell of the end: a dead engine's worker may hold it open.
        while not select.select([self._socket], [], [], 1.0)[0]:
            if has_ended(self._process):
                return None
        try:
            return receive(self._socket)
        except OSError:
            return None

    def _send(self, answer: bytes) -> None:
        with suppress(OSError):  # an engine that does not listen is found out at the next turn
            self._socket.sendall(answer)

    def _mourn(self, refusal: str | None) -> None:
        code = stop(self._process)
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        line = f"the engine ended {how} before the run was over; see {self._complaints}"
        if refusal is None:
            raise WardenError(line)
        raise Refused(f"{line} (the last request was refused: {refusal})")


def begin_log(log: Log, config: Config, secret: bytes, authority: Authority | None) -> None:
    pinned = None if config.reproducible else authority
    body: Json = {
        "version": 1,
        "config": config.whole,
        "exam_commitment": commitment(secret),
        "exam_sealed": not config.reproducible,
        "authority": pinned.to_json() if pinned else None,
    }
    if not log.records:
        log.append("run", body)
    first = log.records[0]
    if first.kind != "run" or first.body != body:
        raise Refused(
            "config.json, the exam secret or the authority is not the one that this run began with"
        )


def read_authority(folder: Folder) -> Authority | None:
    """Who may release this run's brake; nobody where the run was begun without an authority."""
    path = folder.warden / "authority.json"
    return Authority.from_json(decode(path.read_bytes())) if path.exists() else None


def note_brake(log: Log, latch: Latch) -> None:
    """Have the log say where the brake is, if that is not what it said last."""
    if logged_latch(log.records) != latch:
        log.append("brake", latch.to_json())


def note_pulls(log: Log, pulls: list[Latch]) -> None:
    """Have the log say what the brake did since the last step."""
    while pulls:
        note_brake(log, pulls.pop(0))


def heed_brake(log: Log, folder: Folder, run: str, authority: Authority | None) -> None:
    """Braked where the latch is on, or was released without the authority's signatures."""
    latch = checked(logged_latch(log.records), read_latch(folder), run, authority)
    note_brake(log, latch)
    if latch.position != "running":
        raise Braked(why(folder, latch))


@contextmanager
def listening(folder: Folder, run: str, authority: Authority | None) -> Generator[list[Latch]]:
    """Obey the brake whenever somebody pulls it; what it said since, for the log."""
    pulls: list[Latch] = []

    def pulled(_number: int, _frame: object) -> None:
        pulls.extend(obey(folder, run, authority))

    before = signal.signal(PULL, pulled)
    try:
        yield pulls
    finally:
        signal.signal(PULL, before)


@contextmanager
def make_boxes(folder: Folder, commands: Commands) -> Generator[Boxes]:
    """What confines the children; Refused where this machine cannot confine."""
    engine, judges = owners(folder)
    make_workspace(folder, engine)
    with ExitStack() as stack:
        box = Box.build(engine_grant(folder, commands.engine_also), engine)
        stack.callback(box.close)
        other = Box.build(judge_grant(folder, commands.judges_also), judges)
        stack.callback(other.close)
        yield Boxes(engine=box, judges=other)


def comparable(found: Json) -> Json:
    """What of a confinement is the same on every machine of its tier."""
    return {name: found[name] for name in ("tier", "stopped", "allowed")}


def note_confinement(log: Log, found: Json) -> None:
    """Have the log say how the engine is confined, wherever that differs from what it said last."""
    said = [record.body for record in log.records if record.kind == "confinement"]
    if said[-1:] != [found]:
        log.append("confinement", found)


@contextmanager
def start_judges(folder: Folder, config: Config, commands: Commands, box: Box) -> Generator[Judges]:
    oracle = Judge(commands.oracle, folder.warden / "oracle.stderr", box)
    names = [f"examiner-{i}.stderr" for i in range(config.processes)]
    examiners = [Judge(commands.examiner, folder.warden / name, box) for name in names]
    try:
        yield Judges(oracle=Oracle(oracle), examiners=Examiners(examiners))
    finally:
        for judge in (oracle, *examiners):
            judge.stop()
