"""Leases: what humans signed for, and nothing runs without one.

A line of `log/leases.jsonl` is {"said": {...}, "signatures": [...]}. It grants one run so many
generations, FLOP, seconds, joules and nats of capability, until a date; it names the key that
signs the run's heads, and the head of the log that the signers had before them, so that nobody can
be shown one history and sign for another. Each counts from the record that took it up. All but the
generations and the gain is metered by two clocks, of the wall and of the processors (`meter`).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast

from ouroboros_warden.audit import read_objects
from ouroboros_warden.canonical import Json, content_id
from ouroboros_warden.constitution import DAY, Constitution, Limits
from ouroboros_warden.errors import UsageError
from ouroboros_warden.keys import signers

PURPOSE = "lease"
CLOCKS = 60.0  # seconds by which the clocks of signer and warden may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is granted; zero is nothing at all."""

    generations: int
    flop: float
    seconds: float
    joules: float
    gain: float
    """nats of capability"""

    @classmethod
    def from_json(cls, value: Json) -> "Allowance":
        """The allowance in a mapping; UsageError unless it is all numbers >= 0."""
        names = [field.name for field in fields(cls)]
        fits = value.keys() == set(names) and all(map(_is_amount, value.values()))
        if not fits or type(value["generations"]) is not int:
            raise UsageError(f"a lease grants numbers >= 0 of {', '.join(names)}")
        return cls(**value)

    @classmethod
    def up_to(cls, limits: Limits) -> "Allowance":
        """All that the constitution lets one lease grant."""
        return cls(**{field.name: getattr(limits, field.name) for field in fields(cls)})

    def within(self, other: "Allowance") -> bool:
        """Whether it grants no more of anything."""
        return all(mine <= theirs for mine, theirs in zip(_all(self), _all(other), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One lease as its file has it."""

    run: str
    number: int
    key: str
    """that signs the run's heads"""
    constitution: str
    """its content id"""
    size: int
    root: str
    """the log's head when it was granted"""
    granted: float
    expires: float
    """both in seconds since the epoch"""
    allowance: Allowance
    signatures: tuple[Json, ...] = ()

    @property
    def said(self) -> Json:
        """What is signed."""
        said = asdict(self)
        del said["signatures"]
        return said

    @property
    def id(self) -> str:
        """The content id of the line."""
        return content_id(self.to_json())

    def to_json(self) -> Json:
        """The line of the file."""
        return {"said": self.said, "signatures": list(self.signatures)}

    @classmethod
    def from_json(cls, value: Json) -> "Lease":
        """The lease that a line describes; UsageError where it describes none."""
        said, signatures = value.get("said"), value.get("signatures")
        if not isinstance(said, dict) or not isinstance(signatures, list):
            raise UsageError("a lease is {said: {...}, signatures: [...]}")
        table, kept = cast("Json", said), tuple(cast("list[Json]", signatures))
        if table.keys() != _TYPES.keys() or not all(_TYPES[n](v) for n, v in table.items()):
            raise UsageError(f"a lease says {', '.join(_TYPES)}, each of its type")
        values: dict[str, Any] = {**table, "allowance": Allowance.from_json(table["allowance"])}
        return cls(**values, signatures=kept)


def read_leases(path: Path) -> list[Lease]:
    """Every lease of a run, in order; LogDamaged, UsageError where the file holds other things."""
    return [Lease.from_json(line) for line in read_objects(path)]


def facts_of(
    lease: Lease,
    before: Sequence[Lease],
    *,
    run: str,
    constitution: Constitution,
    roots: Mapping[int, str],
    decisions: int,
    now: float,
) -> Json:
    """What the policy has to know before a lease is taken up.

    `roots` are the log's by size; `decisions` were made since the lease before; `now` is in
    seconds since the epoch.
    """
    limits = constitution.limits
    number, since = len(before) + 1, before[-1].granted if before else -math.inf
    here = lease.run == run and lease.constitution == constitution.id
    paced = lease.granted - since >= limits.seconds_per_decision * decisions
    short = lease.granted <= lease.expires <= lease.granted + limits.days * DAY
    dated = lease.granted <= now + CLOCKS
    signed = signers(constitution.authority, PURPOSE, lease.said, lease.signatures)
    return {
        "signatures": len(signed),
        "threshold": constitution.authority.threshold,
        "newer": here and lease.number == number and roots.get(lease.size) == lease.root,
        "bounded": lease.allowance.within(Allowance.up_to(limits)) and paced and short and dated,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a run used up under one lease."""

    generations: int = 0
    flop: float = 0
    seconds: float = 0
    joules: float = 0

    def beyond(self, allowance: Allowance) -> list[str]:
        """What there is nothing left of; the gain is weighed at each promotion instead."""
        return [name for name, used in asdict(self).items() if used >= getattr(allowance, name)]


def nats(frontiers: Mapping[str, int], walls: Mapping[str, int]) -> float:
    """Capability in nats: the mean over families of ln(frontier / wall), a frontier being >= 1.

    It is the logarithm of the geometric mean of frontier over wall.
    """
    logs = (math.log(max(frontiers[name], 1) / wall) for name, wall in walls.items())
    return math.fsum(logs) / len(walls)


def millinats(value: float) -> int:
    """Whole thousandths of a nat, rounded up: a policy has no fractions, and none is given away."""
    return math.ceil(round(value * 1000, 6))


def _all(allowance: Allowance) -> Iterable[float]:
    return asdict(allowance).values()


def _is_amount(value: Any) -> bool:
    return type(value) in {int, float} and 0 <= value < math.inf


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "run": _is_text,
    "number": _is_whole,
    "key": _is_text,
    "constitution": _is_text,
    "size": _is_whole,
    "root": _is_text,
    "granted": _is_amount,
    "expires": _is_amount,
    "allowance": _is_table,
}
