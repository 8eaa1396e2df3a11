"""What a run's log amounts to: who is champion, what was spent, and what an examination means.

Everything here is a pure function of records, so that whoever has the log comes to the same.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import LogDamaged
from ouroboros_warden.folder import Config
from ouroboros_warden.lease import Allowance, millinats, nats

SPENT = 0.15  # of what is left of a run's alpha, by each examination against a champion
GROWTH = "10-growth"  # the article that bounds it
ENOUGH = 100  # rows of the loop's own making, below which nothing is concluded of them
WHOLE = 10_000  # parts of which labels are right
SQUARE = 27_055  # of the normal quantile of one-sided 95 %, in ten-thousandths
_ASIDE = {"confinement", "brake", "lease", "constitution", "spent"}  # kinds that no step writes


Made = Mapping[str, tuple[int, int, int]]
"""by family: rows, how many of them are wrong, and their variety added up"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a successor becomes champion, and why."""

    promoted: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the decisions so far amount to."""

    walls: Mapping[str, int]
    champion: str | None = None
    frontiers: Mapping[str, int]
    """The champion's, by family, as last measured."""
    champions: frozenset[str] = frozenset()
    """Whoever was promoted."""
    taught: int | None = None
    """The last generation whose data stand in the log."""
    allowance: Allowance | None = None
    generations: int = 0
    """Decided under the lease."""
    base: float = 0
    """Nats of capability when the lease was taken up."""
    outgrown: bool = False
    """Whether the lease had no room for a successor's growth."""
    exams: int = 0
    """Examinations held, finals included: none of their seeds is drawn again."""
    duels: int = 0
    """Examinations against a champion: each spent its share of the error budget."""
    over: bool = False
    made: Made = field(default_factory=dict[str, tuple[int, int, int]])
    """What the loop made itself since an examination last had enough of it."""
    found: Json = field(default_factory=lambda: {"precision": WHOLE, "variety": 1000})
    """What that examination found of it."""


def share_of_alpha(alpha: float, k: int) -> float:
    """The error allowed to the k-th examination (k >= 1) of a run that may spend `alpha`."""
    return alpha * SPENT * (1 - SPENT) ** (k - 1)


def decide(e_value: float, threshold: float | None, families: Mapping[str, Json]) -> Ruling:
    """Promote or reject; `threshold` is None where there is no champion to beat."""
    if threshold is None:
        return Ruling(promoted=True, reason="first checkpoint")
    worse = sorted(name for name, family in families.items() if family["inferior"])
    if worse:
        return Ruling(promoted=False, reason=f"worse on {', '.join(worse)}")
    if not e_value >= threshold:
        return Ruling(promoted=False, reason="no evidence of improvement")
    return Ruling(promoted=True, reason="better")


def undecided(e_value: float, threshold: float | None) -> bool:
    """Whether more items could still make up for the evidence that is missing."""
    return threshold is not None and 1 < e_value < threshold


def after(standing: Standing, record: Record) -> Standing:
    """The standing once `record` is in the log."""
    body = record.body
    if record.kind == "exam":
        duels = standing.duels + (body["champion"] is not None)
        return replace(standing, exams=standing.exams + 1, duels=duels)
    if record.kind == "final":
        return replace(standing, exams=standing.exams + 1)
    if record.kind == "end":
        return replace(standing, over=True)
    if record.kind == "data":
        return replace(standing, taught=body["generation"])
    if record.kind == "audit":
        return replace(standing, made=_with(standing.made, record))
    if record.kind == "lease":
        base = nats(standing.frontiers, standing.walls)
        fresh = replace(standing, generations=0, base=base, outgrown=False)
        return replace(fresh, allowance=Allowance.from_json(body["allowance"]))
    if record.kind == "rollback":
        return replace(standing, champion=body["checkpoint"], frontiers=body["frontiers"])
    if record.kind != "decision":
        return standing
    measured = "frontier" if body["promoted"] else "champion_frontier"
    frontiers = {name: family[measured] for name, family in body["families"].items()}
    standing = replace(
        standing,
        frontiers=frontiers,
        found=facts_of_data(standing),
        made={} if _rows(standing.made) >= ENOUGH else standing.made,
        generations=standing.generations + 1,
        outgrown=standing.outgrown or GROWTH in body["law"]["by"],
    )
    above = growth(standing, frontiers)
    standing = replace(standing, outgrown=standing.outgrown or above["gain"] > above["granted"])
    if not body["promoted"]:
        return standing
    known = standing.champions | {body["checkpoint"]}
    return replace(standing, champion=body["checkpoint"], champions=known)


def start_of(config: Config) -> Standing:
    """The standing before the first record."""
    return Standing(walls=config.walls, frontiers=config.walls)


def growth(standing: Standing, frontiers: Mapping[str, int]) -> Json:
    """The warden's report on growth: nats in all, and thousandths under this lease and granted."""
    reached = nats(frontiers, standing.walls)
    granted = standing.allowance.gain if standing.allowance else 0
    return {
        "nats": round(reached, 6),
        "gain": millinats(reached - standing.base),
        "granted": int(granted * 1000),
    }


def facts_of_exam(standing: Standing, body: Json) -> tuple[Json, Json]:
    """What the articles on promotion ask about an examination's record, and the growth report."""
    frontiers = {name: family["frontier"] for name, family in body["families"].items()}
    report, probes, first = growth(standing, frontiers), body["probes"], body["threshold"] is None
    inferior = sum(family["inferior"] for family in body["families"].values())
    facts: Json = {
        "fresh": body["exam"] == standing.exams,
        "evidence": first or body["e_value"] >= body["threshold"],
        "worse": 0 if first else inferior,  # where there is nobody to be worse than
        "probes": min(probes["right"], probes["wrong"]) > 0
        and probes["refused"] == probes["accepted"] == 0,
        "monitored": True,
        "gain": report["gain"],
        "granted": report["granted"],
        **facts_of_data(standing),
    }
    return facts, report


def facts_of_data(standing: Standing) -> Json:
    """What the articles ask about the data that taught a successor.

    `precision` is how many labels of 10,000 are right at most (`most_right`), `variety` that of the
    family with the least, in thousandths of what the family itself would ask. What was found last
    holds until there is enough to conclude anything from, so that it does not help to ask again.
    """
    made = standing.made.values()
    if _rows(standing.made) < ENOUGH:
        return standing.found
    varied = [total // rows for rows, _, total in made if rows >= ENOUGH]
    wrong = sum(wrong for _, wrong, _ in made)
    precision = most_right(_rows(standing.made), wrong)
    return {"precision": precision, "variety": min(varied, default=1000)}


def most_right(rows: int, wrong: int) -> int:
    """The upper one-sided 95 % bound of the share of right labels, in 10,000, in whole numbers.

    It is Wilson's with a correction for continuity: the last share that so many wrong ones of so
    many do not speak against. 0 of 100 wrong: 10,000; 3: 9,907; 4: 9,849; 50 of 1,000: 9,606.
    """

    def too_high(share: int) -> bool:
        excess = 2 * (share * rows - WHOLE * (rows - wrong)) - WHOLE
        return excess > 0 and excess**2 * WHOLE > 4 * SQUARE * rows * share * (WHOLE - share)

    return bisect_left(range(WHOLE + 1), True, key=too_high) - 1


def reason_of(ruling: Ruling, law: Json) -> str:
    """Why, in words; what is wrong with the data comes first, for it has to go before all else."""
    facts = law["context"]
    if "6-sound" in law["by"]:
        return f"drift: at most {facts['precision'] / 100:.2f} % of its new labels are right"
    if "6-varied" in law["by"]:
        return f"narrow: its new data are {facts['variety'] / 10:.1f} % as varied as they should be"
    return ", ".join(law["by"]) if ruling.promoted > law["allowed"] else ruling.reason


def _rows(made: Made) -> int:
    return sum(rows for rows, _, _ in made.values())


def _with(made: Made, audit: Record) -> Made:
    if "made" not in audit.body:
        raise LogDamaged(audit.index, "an audit without variety; another version wrote this log")
    together = dict(made)
    for name, each in audit.body["made"].items():
        rows, wrong, total = together.get(name, (0, 0, 0))
        varied = each["rows"] * each["variety"]
        together[name] = rows + each["rows"], wrong + each["wrong"], total + varied
    return together


def last_step(records: Sequence[Record]) -> Record:
    """The last record that a step of the engine, or the run's beginning, has left."""
    return next(record for record in reversed(records) if record.kind not in _ASIDE)
