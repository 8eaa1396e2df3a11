"""Before and while a run is served: what humans signed or pulled is taken up, logged and obeyed."""

import signal
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from ouroboros_warden.audit import Clock, Log
from ouroboros_warden.brake import (
    PULL,
    PURPOSE,
    Latch,
    checked,
    kill_everything,
    logged_latch,
    obey,
    read_latch,
    release_of,
    why,
)
from ouroboros_warden.canonical import Json
from ouroboros_warden.cgroups import Cgroup
from ouroboros_warden.constitution import Constitution
from ouroboros_warden.errors import Braked, Refused
from ouroboros_warden.exam import commitment, exam_secret
from ouroboros_warden.folder import Config, Folder
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import load_key, public_key, signers
from ouroboros_warden.law import (
    Law,
    broken_amendments,
    lease_line,
    leases_taken_up,
    read_constitutions,
    standing_leases,
    version_of,
    weigh_amendment,
)
from ouroboros_warden.meter import Meter
from ouroboros_warden.policy import HUMAN, Policy
from ouroboros_warden.witness import read_witness

METER_EVERY = 1.0  # seconds between two looks at the meters


def open_log(folder: Folder, config: Config, clock: Clock | None = None) -> Log:
    """The run's log, whose heads the run's own key signs.

    Raises:
        Refused: the run has no such key; LogDamaged, UsageError: log or key cannot be read.
    """
    if not folder.log_key.exists():
        raise Refused(f"{folder.root} has no key for its log; start another run with `ouro run`")
    run = commitment(exam_secret(folder, config))
    return Log.open(
        folder.records, signing(load_key(folder.log_key), run), clock or Meter(folder.times).clock
    )


def begin_log(log: Log, folder: Folder, config: Config, secret: bytes, law: Law) -> None:
    """Have record 0 name everything that the run begins with; Refused where it named another.

    A reproducible run leaves out what is different for every authority.
    """
    first = law.history[0]
    body: Json = {
        "version": 2,
        "config": config.whole,
        "exam_commitment": commitment(secret),
        "exam_sealed": not config.reproducible,
        "authority": None if config.reproducible else first.authority_by_name(),
        "constitution": first.in_public() if config.reproducible else first.id,
        "witness": {} if config.reproducible else read_witness(folder),
    }
    if not log.records:
        log.append("run", body)
    first = log.records[0]
    if first.kind != "run" or first.body != body:
        raise Refused(
            "config.json, the exam secret, the constitution or the witness is not the one that this"
            " run began with"
        )


def heed_leases(log: Log, folder: Folder, law: Law, *, reproducible: bool) -> None:
    """Take up every lease that was granted since; Refused, and logged, where one is not allowed.

    Amendments of the constitution come first: a lease is granted under the newest.
    """
    _heed_amendments(log, law, reproducible=reproducible)
    leases = standing_leases(folder, log.records)
    known = leases_taken_up(folder, log.records)
    for lease, at in known:
        law.take_up(lease, at)
    for number in range(len(known), len(leases)):
        lease = leases[number]
        decision = law.weigh(lease, leases[:number], log.records)
        if not decision["allowed"]:
            why = law.policy.sentence(decision["by"])
            log.append("refused", {"type": "lease", "id": lease.id, "reason": why, "law": decision})
            raise Refused(f"lease {lease.number} is not valid: {why}")
        body = {"number": lease.number, "allowance": lease.said["allowance"], "law": decision}
        log.append("lease", body if reproducible else {**body, "id": lease.id})
        law.take_up(lease, law.meter.clock())
    if law.key != public_key(load_key(folder.log_key)):
        raise Refused(f"no lease names the key of this run's log: ouro lease grant {folder.root}")


def _heed_amendments(log: Log, law: Law, *, reproducible: bool) -> None:
    for problem in broken_amendments(log.records, law.history):
        raise Refused(problem)
    for before, amended in pairwise(law.history[version_of(log.records) - 1 :]):
        decision = weigh_amendment(before, amended)
        if not decision["allowed"]:
            why = Policy(before.texts).sentence(decision["by"])
            log.append("refused", {"type": "constitution", "reason": why, "law": decision})
            raise Refused(f"version {amended.version} of the constitution is not valid: {why}")
        name = amended.in_public() if reproducible else amended.id
        log.append("constitution", {"version": amended.version, "id": name, "law": decision})


class LeaseOver(Refused):
    """The lease was used up while the engine was at work."""

    def __init__(self, root: Path, what: list[str]) -> None:
        """Say what of it, and how to go on."""
        super().__init__(lease_line(root, what))
        self.what = what


@contextmanager
def metered(folder: Folder, law: Law, groups: Sequence[Cgroup] = ()) -> Generator[None]:
    """Look at the meters every second; LeaseOver, with nothing left alive, once one is used up."""

    def look(_number: int, _frame: object) -> None:
        # Generations are counted where they are decided: the last one may still be concluded.
        if what := [name for name in law.used_up() if name != "generations"]:
            signal.setitimer(signal.ITIMER_REAL, 0)
            kill_everything(groups)
            raise LeaseOver(folder.root, what)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, METER_EVERY, METER_EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def latch_of(log: Log, folder: Folder) -> Latch:
    """Where the brake is, by its file and by what the log says of earlier pulls."""
    return _look(log, folder, read_constitutions(folder)[-1], logged_latch(log.records))


def _look(log: Log, folder: Folder, constitution: Constitution, before: Latch) -> Latch:
    """The latch as its file has it, after `before`; a release takes signatures and the articles."""
    run = log.records[0].body["exam_commitment"]
    found = checked(before, read_latch(folder), run, constitution.authority)
    loosened = found.position == "running" != before.position
    if loosened and not _law_of(run, constitution, before, found)["allowed"]:
        return before
    return found


def note_brake(log: Log, folder: Folder, latch: Latch) -> None:
    """Have the log say where the brake is and by which article, if it did not say so last."""
    before, run = logged_latch(log.records), log.records[0].body["exam_commitment"]
    if before != latch:
        law = _law_of(run, read_constitutions(folder)[-1], before, latch)
        log.append("brake", {**latch.to_json(), "law": law})


def _law_of(run: str, constitution: Constitution, before: Latch, latch: Latch) -> Json:
    """The articles' word on a pull, or on a release of what was on `before`."""
    action, context = "pull", dict[str, Any](tightens=True)
    if latch.position == "running" != before.position:
        authority = constitution.authority
        signed = signers(authority, PURPOSE, release_of(run, before), latch.signatures)
        action = "release"
        context = {"signatures": len(signed), "threshold": authority.threshold}
        context |= {"newer": latch.pull == before.pull, "bounded": True}
    verdict = Policy(constitution.texts).decide(action, context, HUMAN)
    return {"action": action, "context": context, **verdict.to_json()}


def note_pulls(log: Log, folder: Folder, pulls: list[Latch]) -> None:
    """Have the log say what the brake did since the last step; the last is kept as known."""
    for pull in pulls:
        note_brake(log, folder, pull)
    del pulls[:-1]


def heed_brake(log: Log, folder: Folder) -> None:
    """Braked where the latch is on, or was released without the authority's signatures."""
    latch = latch_of(log, folder)
    note_brake(log, folder, latch)
    if latch.position != "running":
        raise Braked(why(folder, latch))


@contextmanager
def listening(
    folder: Folder, log: Log, pulls: list[Latch], groups: Sequence[Cgroup] = ()
) -> Generator[None]:
    """Obey the brake whenever somebody pulls it; what it says is added to `pulls`, for the log."""
    constitution = read_constitutions(folder)[-1]
    pulls.append(logged_latch(log.records))
    waiting: list[int] = []  # signals that are not obeyed yet: one at a time

    def pulled(number: int, _frame: object) -> None:
        waiting.append(number)
        while len(waiting) == 1:
            obey(folder, pulls, lambda known: _look(log, folder, constitution, known), groups)
            waiting[:] = waiting[1:2]

    before = signal.signal(PULL, pulled)
    try:
        yield
    finally:
        signal.signal(PULL, before)
