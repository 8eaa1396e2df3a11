"""Serving a run: one folder, one lock, one log, the judges and one engine, a request at a time.

`serve` returns when the engine has said finish; otherwise it raises, having stopped every child,
and the run can be served again. Requests are handled in order in one thread: the engine is one
client, and what it is told never depends on timing. Events go to `events.jsonl` and, if given, to
a file descriptor; they are for watching, are not synced, and nothing reads them back.
"""

import fcntl
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ouroboros_warden.audit import Log
from ouroboros_warden.brake import Latch
from ouroboros_warden.canonical import Json
from ouroboros_warden.cgroups import Cgroup
from ouroboros_warden.errors import Braked, DiskFull, JudgeError, Locked, Refused, WardenError
from ouroboros_warden.events import Events
from ouroboros_warden.exam import Examiners, Judges, Oracle, commitment, exam_secret
from ouroboros_warden.folder import Config, Folder, load_config
from ouroboros_warden.gate import Gate
from ouroboros_warden.grants import engine_grant, judge_grant, make_workspace, owners
from ouroboros_warden.heed import (
    LeaseOver,
    begin_log,
    heed_brake,
    heed_leases,
    listening,
    metered,
    note_pulls,
    open_log,
)
from ouroboros_warden.law import Law, lease_line
from ouroboros_warden.messages import WARDEN_FD, frame, receive
from ouroboros_warden.probe import same_means, strongest_box, try_to_escape
from ouroboros_warden.processes import Judge, await_end, has_ended, start, stop
from ouroboros_warden.sandbox import NOTHING, Box, Grant
from ouroboros_warden.witness import Witness

LOCK_PATIENCE = 5.0  # seconds that a dying predecessor may hold the lock
ENGINE_PATIENCE = 60.0  # seconds that a message may take to cross the socket
FAREWELL = 10.0  # seconds that the engine may take to leave after it said finish
PROGRESS_RATE = 100  # progress events a second; more are dropped
BACKLOG_LIMIT = 1 << 20  # bytes that a slow watcher may lag behind

AT_LEAST: Json = {"tier": "T1"}  # what is the same on every machine that can confine

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
        folder.seal.unlink(missing_ok=True)
        pulls: list[Latch] = []
        try:
            _serve(folder, config, commands, events_fd, pulls)
        except (Braked, LeaseOver, KeyboardInterrupt) as ended:
            with closing(open_log(folder, config)) as log:  # the one in use was let go half-way
                note_pulls(log, folder, pulls)
                if isinstance(ended, LeaseOver):
                    log.append("spent", {"what": ended.what})
            raise


def _serve(
    folder: Folder,
    config: Config,
    commands: Commands,
    events_fd: int | None,
    pulls: list[Latch],
) -> None:
    with ExitStack() as stack:
        events = stack.enter_context(closing(Events(folder.events, events_fd)))
        secret = exam_secret(folder, config)
        law = Law(folder, config, commitment(secret))
        log = stack.enter_context(closing(open_log(folder, config, law.meter.clock)))
        begin_log(log, folder, config, secret, law)
        heed_brake(log, folder)
        heed_leases(log, folder, law, reproducible=config.reproducible)
        groups: list[Cgroup] = []  # filled below
        stack.enter_context(listening(folder, log, pulls, groups))
        events.tell("serve", {"records": len(log.records), "sealed": not config.reproducible})
        witness = Witness(folder, commitment(secret))
        if log.records[-1].kind == "end":
            witness.see(log.records)  # which failed, perhaps, when the run ended
            return
        boxes = stack.enter_context(make_boxes(folder, commands))
        groups += [box.group for box in (boxes.engine, boxes.judges) if box.group]
        law.meter.groups = groups
        judges = stack.enter_context(start_judges(folder, config, commands, boxes.judges))
        found = try_to_escape(folder, boxes.engine)
        events.tell("confinement", found)
        gate = Gate(folder, config, secret, log, judges, events.tell, law)
        note_confinement(log, gate, AT_LEAST if config.reproducible else found)
        stack.enter_context(metered(folder, law, groups))
        engine = stack.enter_context(closing(Engine(commands.engine, folder, boxes.engine)))

        def between() -> None:
            note_pulls(log, folder, pulls)
            witness.see(log.records)

        engine.converse(gate, between)
        witness.see(log.records)
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
        try:
            yield
        finally:
            file.truncate(0)


class Engine:
    """The engine's process and the warden's end of its socket."""

    def __init__(self, command: Sequence[str], folder: Folder, box: Box) -> None:
        """Start it inside its box; its output and complaints go to `warden/engine.stderr`."""
        self._root = folder.root
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
                message = self._hear(gate)
                if message is None:
                    break
                between()
                answer = frame({"ok": True, **gate.answer(message)})
                refusal = None
            except LeaseOver:  # no answer to anything
                raise
            except Refused as refused:
                refusal = str(refused)
                answer = frame({"ok": False, "error": refusal})
            except (JudgeError, DiskFull):
                # The reason may hold a truth; it is for the terminal, not for the engine.
                self._send(frame({"ok": False, "error": "the warden had to stop; resume later"}))
                raise
            self._send(answer)
        if not gate.over and (used_up := gate.used_up()):
            raise Refused(lease_line(self._root, used_up))
        if not gate.over:
            self._mourn(refusal)
        await_end(self._process, FAREWELL)

    def close(self) -> None:
        """Stop it and whatever it left in its group."""
        self._socket.close()
        stop(self._process)

    def _hear(self, gate: Gate) -> Json | None:
        # The socket alone does not tell of the end: a dead engine's worker may hold it open.
        while not select.select([self._socket], [], [], 1.0)[0]:
            if has_ended(self._process):
                return None
        try:
            return receive(self._socket)
        except Refused as refusal:
            gate.log_malformed(str(refusal))
            raise
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


@contextmanager
def make_boxes(folder: Folder, commands: Commands) -> Generator[Boxes]:
    """What confines the children; Refused where this machine cannot confine."""
    engine, judges = owners(folder)
    make_workspace(folder, engine)
    with ExitStack() as stack:
        box = strongest_box(folder, engine_grant(folder, commands.engine_also), engine)
        stack.callback(box.close)
        other = same_means(box, judge_grant(folder, commands.judges_also), judges)
        stack.callback(other.close)
        yield Boxes(engine=box, judges=other)


def note_confinement(log: Log, gate: Gate, found: Json) -> None:
    """Have the log say how the engine is confined, wherever that differs from what it said last.

    Refused, and logged, where the articles do not let it start.
    """
    tier = int(found["tier"].removeprefix("T"))
    body = {**found, "law": gate.decide("run", tier=tier, escapes=0)}  # an escape would have raised
    said = [record.body for record in log.records if record.kind == "confinement"]
    if said[-1:] != [body]:
        log.append("confinement", body)
    if not body["law"]["allowed"]:
        raise Refused(gate.why_not(body["law"]))


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
