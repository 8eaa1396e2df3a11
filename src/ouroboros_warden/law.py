"""What is in force in one run, and the facts about it that the warden measures itself.

A run keeps every constitution it ever had in `constitution/1/`, `constitution/2/`, ..., each the
signed successor of the one before; the log says which is in force. None of the facts comes from
the engine.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ouroboros_warden.audit import Record, read_objects
from ouroboros_warden.canonical import Json
from ouroboros_warden.constitution import PURPOSE, Constitution, demand_force, pinned, read
from ouroboros_warden.errors import LogDamaged, Refused, UsageError
from ouroboros_warden.folder import Config, Folder
from ouroboros_warden.heads import roots_of
from ouroboros_warden.keys import signers
from ouroboros_warden.lease import Lease, Spent, facts_of, read_leases
from ouroboros_warden.meter import Meter
from ouroboros_warden.policy import HUMAN, Policy

LOOK_AGAIN = 5.0  # seconds for which a look at law, judges and warden holds
CRITICAL = {"run", "examine", "promote"}  # acts before which they are looked at anew
EFFORT = ("flop", "seconds", "joules")  # what is used up between two requests, too


def law_folder(folder: Folder, version: int) -> Path:
    """Where a run keeps a version of its constitution."""
    return folder.root / "constitution" / str(version)


def read_constitutions(folder: Folder) -> list[Constitution]:
    """Every constitution of a run, each the successor of the one before.

    Raises:
        UsageError: one is not what was signed; Refused: one was never in force.
    """
    found: list[Constitution] = []
    while law_folder(folder, len(found) + 1).exists():
        before = found[-1] if found else None
        found.append(read(law_folder(folder, len(found) + 1)))
        demand_force(found[-1], 0, before)
    if not found:
        raise Refused(f"{folder.root} has no constitution; start another run with `ouro run`")
    return found


def version_of(records: Sequence[Record]) -> int:
    """The version that the log says is in force."""
    said = [r.body["version"] for r in records if r.kind == "constitution"]
    return said[-1] if said else 1


def weigh_amendment(before: Constitution, amended: Constitution) -> Json:
    """The decision on an amendment, by the articles that it amends."""
    signed = signers(before.authority, PURPOSE, amended.said, amended.signatures)
    context: Json = {
        "signatures": len(signed),
        "threshold": before.authority.threshold,
        "newer": amended.said["previous"] == before.id,
        "bounded": True,
    }
    verdict = Policy(before.texts).decide("amend", context, HUMAN)
    return {"action": "amend", "context": context, **verdict.to_json()}


def broken_amendments(records: Sequence[Record], history: Sequence[Constitution]) -> Iterator[str]:
    """Amendments that the log tells of and that are not there, or are others."""
    named = [record for record in records if record.kind == "constitution"]
    if len(named) > len(history) - 1:
        yield f"record {named[-1].index}: version {named[-1].body['version']} is not there"
    for record, amended in zip(named, history[1:], strict=False):
        names = (amended.id, amended.in_public())
        if record.body["version"] != amended.version or record.body["id"] not in names:
            yield f"record {record.index}: another constitution than constitution/{amended.version}"


class Law:
    """Constitution, lease and meters of a run that is being served."""

    def __init__(self, folder: Folder, config: Config, run: str) -> None:
        """Read what is in force; Refused where it expired or was never signed."""
        self._folder = folder
        self._mode = config.verification
        self._run = run
        self.history = read_constitutions(folder)
        self.constitution = self.history[-1]
        demand_force(self.constitution, time.time(), None)
        self.policy = Policy(self.constitution.texts)
        self.meter = Meter(folder.times)
        self._lease: Lease | None = None
        self._since = (0.0, 0.0)
        self._looked_at, self._changed = -LOOK_AGAIN, list[str]()

    @property
    def key(self) -> str | None:
        """The public key of the lease's heads."""
        return self._lease.key if self._lease else None

    def take_up(self, lease: Lease, at: Json) -> None:
        """Count under a lease from what the clocks said `at` its record."""
        self._lease, self._since = lease, (float(at["seconds"]), float(at["cpu"]))

    def weigh(self, lease: Lease, before: Sequence[Lease], records: Sequence[Record]) -> Json:
        """The decision on a lease that is to be taken up: {"action", "context", ...}."""
        first = next((r.index for r in reversed(records) if r.kind == "lease"), 0)
        context = facts_of(
            lease,
            before,
            run=self._run,
            constitution=self.constitution,
            roots=roots_of(records),
            decisions=sum(record.kind == "decision" for record in records[first:]),
            now=time.time(),
        )
        verdict = self.policy.decide("grant", context, HUMAN)
        return {"action": "grant", "context": context, **verdict.to_json()}

    def state(self, generations: int, action: str) -> Json:
        """The facts that every decision about the engine looks at."""
        changed = self._look(now=action in CRITICAL)
        return {
            "law_intact": not {"constitution", "warden"} & set(changed),
            "judges_intact": not set(changed) - {"constitution", "warden"},
            "brake": "running",
            "lease": not self.used_up(generations),
            "mode": self._mode,
        }

    def used_up(self, generations: int = 0) -> list[str]:
        """What keeps the lease from holding: nothing, where the list is empty."""
        if self._lease is None:
            return ["there is none"]
        found = self._spent(generations).beyond(self._lease.allowance)
        if time.time() >= self._lease.expires:
            found.append("its time")
        if time.time() >= self.constitution.said["expires"]:
            found.append("the constitution has expired")
        if self._lease.constitution != self.constitution.id:
            found.append("the constitution was amended since")
        return [*found, "the clock was set back"] if self.meter.was_set_back else found

    def _spent(self, generations: int) -> Spent:
        limits, (seconds, cpu) = self.constitution.limits, self._since
        used = max(0.0, self.meter.cpu - cpu)  # a reading is rounded
        return Spent(
            generations=generations,
            flop=used * limits.flop_per_cpu_second,
            seconds=max(0.0, self.meter.seconds - seconds),
            joules=used * limits.joules_per_cpu_second,
        )

    def _look(self, *, now: bool) -> list[str]:
        """What is not as it was signed, at most so many seconds ago."""
        if now or time.monotonic() - self._looked_at >= LOOK_AGAIN:
            self._looked_at = time.monotonic()
            self._changed = self._differing()
        return self._changed

    def _differing(self) -> list[str]:
        try:
            changed = pinned().changed(self.constitution)
            same = read_constitutions(self._folder) == self.history
        except (UsageError, Refused):
            return ["constitution"]
        return changed if same else [*changed, "constitution"]


def standing_leases(folder: Folder, records: Sequence[Record]) -> list[Lease]:
    """The run's leases, in order, but those that were refused: another may be granted instead."""
    refused = {record.body.get("id") for record in records if record.kind == "refused"}
    return [lease for lease in read_leases(folder.leases) if lease.id not in refused]


def leases_taken_up(folder: Folder, records: Sequence[Record]) -> list[tuple[Lease, Json]]:
    """The leases that the log speaks of, each with what the clocks said at its record.

    Raises:
        LogDamaged: the file holds another lease than the log names, or none, or the clocks'
            readings are gone.
    """
    leases = standing_leases(folder, records)
    times = {each["index"]: each for each in read_objects(folder.times)}
    found: list[tuple[Lease, Json]] = []
    for record in (each for each in records if each.kind == "lease"):
        lease = leases[len(found)] if len(found) < len(leases) else None
        if lease is None or record.body.get("id", lease.id) != lease.id:
            raise LogDamaged(record.index, "leases.jsonl does not hold the lease that it names")
        if record.index not in times:
            raise LogDamaged(record.index, "times.jsonl does not say when it was written")
        found.append((lease, times[record.index]))
    return found


def lease_line(root: Path, what: list[str]) -> str:
    """That a lease does not hold any more, and what to do."""
    return (
        f"the lease is used up ({', '.join(what)}); nothing runs until another is granted:"
        f" ouro lease grant {root}"
    )
