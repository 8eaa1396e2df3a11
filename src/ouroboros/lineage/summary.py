"""The figures of a run in one record: what `ouro run --json` ends with and the report opens with.

A family's frontier, accuracy and bound come from the champion's full examination; where it has
not sat one (an unfinished run, a rollback) they come from the examination that promoted it, whose
frontier is an estimate. `is_final` says which.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ouroboros.lineage.history import (
    Champion,
    Data,
    Evidence,
    Exam,
    Final,
    Generation,
    Measure,
    Run,
    Yield,
    champion,
    data_files,
    final_of,
    generations,
    history,
    run_of,
    walls,
    yields,
)
from ouroboros.lineage.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A family's wall and what the champion reaches; None where nobody has been examined."""

    wall: int
    frontier: int | None
    accuracy: float | None
    """over all levels up to the frontier"""
    lower95: float | None
    """lower 95 % bound of accuracy at the weakest of those levels"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run's figures; FLOP and seconds are sums over all sessions."""

    families: dict[str, Standing]
    is_final: bool
    """whether the figures are from the full examination"""
    champion: Champion | None
    finished: bool
    generations: int
    promoted: int
    """successors that beat a champion; the first checkpoint, installed untried, is not counted"""
    rejected: int
    labels_read: int
    labels_read_past_wall: int
    examples_made: int
    """accepted by the loop itself"""
    label_precision: float | None
    """share of them that the oracle's audit finds right; the engine never sees it"""
    wall_seconds: float
    first_promotion_seconds: float | None
    """from the end of base training"""
    flop: int
    flop_of_judges: int
    exam_sealed: bool
    authority: str
    verification: str
    log_head: str
    records: int

    @property
    def capability(self) -> float | None:
        """Geometric mean over families of frontier / wall (the figure of merit)."""
        ratios = [s.frontier / s.wall for s in self.families.values() if s.frontier is not None]
        if not ratios or not all(ratios):
            return 0.0 if ratios else None
        return math.exp(sum(map(math.log, ratios)) / len(ratios))


Levels = Mapping[str, Sequence[tuple[int, int, int]]]
"""(level, items, correct), ascending, by family"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that a report tells of a run."""

    run: Run
    summary: Summary
    decisions: tuple[Evidence, ...]
    generations: tuple[Generation, ...]
    yields: tuple[Yield, ...]
    before: Levels
    """of the first champion"""
    after: Levels
    """of the champion"""


def account(index: Index) -> Account:
    """Gather the report's material; UsageError where the log is empty."""
    summary, decisions, final = summarize(index), history(index), final_of(index)
    return Account(
        run=run_of(index),
        summary=summary,
        decisions=decisions,
        generations=generations(index),
        yields=yields(index),
        before=_levels(decisions[0].exam) if decisions else {},
        after=_champion_levels(summary, decisions, final),
    )


def summarize(index: Index) -> Summary:
    """The figures of the run; UsageError where its log is empty."""
    run, decisions, made = run_of(index), history(index), data_files(index, after=0)
    turns, final = generations(index), final_of(index)
    stated = max([run.stated_flop or 0.0, *(turn.flop for turn in turns)])
    judges = sum(e.exam.flop for e in decisions) + (final.flop if final else 0.0)
    read = index.execute("select total(rows), total(past_wall) from readings").fetchone()
    holder, measures = champion(index), champion_measures(index)
    return Summary(
        families={name: _standing(wall, measures.get(name)) for name, wall in walls(index).items()},
        is_final=bool(final and holder and final.checkpoint == holder.checkpoint),
        champion=holder,
        finished=run.reason is not None,
        generations=max((turn.generation for turn in turns), default=0),
        promoted=sum(e.promoted and not e.is_first for e in decisions),
        rejected=sum(not e.promoted for e in decisions),
        labels_read=int(read[0]),
        labels_read_past_wall=int(read[1]),
        examples_made=sum(file.rows or 0 for file in made),
        label_precision=precision(made),
        wall_seconds=round(run.seconds, 2),
        first_promotion_seconds=_first_promotion(decisions, run.base_trained),
        flop=int(stated + judges),
        flop_of_judges=int(judges),
        exam_sealed=run.exam_sealed,
        authority=run.authority,
        verification=run.verification,
        log_head=run.head,
        records=run.records,
    )


def basis(summary: Summary) -> str:
    """What examination the champion's figures are from, and what they mean."""
    if summary.champion is None:
        return "Nobody has been examined yet."
    if not summary.is_final:
        return (
            "Figures are from the paired examination that promoted it: fresh items, half of them "
            "adversarial, but few a level, so the frontier is the examiner's estimate."
        )
    return (
        "Figures are from its full examination: fresh items, half of them adversarial. The "
        "frontier is the highest level such that at every examined level up to it the lower 95 % "
        "bound of exact match is at least 0.95. Accuracy is over all of these levels, lower95 at "
        "the weakest."
    )


def champion_measures(index: Index) -> dict[str, Measure]:
    """What the champion's best examination came to, by family; empty without champion."""
    holder, final = champion(index), final_of(index)
    if holder is None:
        return {}
    if final and final.checkpoint == holder.checkpoint:
        return {m.family: m for m in final.measures}
    decisions = [e for e in history(index) if e.promoted]
    won = [e for e in decisions if e.exam.checkpoint == holder.checkpoint]
    return {m.family: m for m in won[-1].exam.measures} if won else {}


def precision(files: tuple[Data, ...]) -> float | None:
    """Share of right labels in the files that were audited; None where there are none."""
    rows = sum(file.rows or 0 for file in files)
    return sum(file.correct or 0 for file in files) / rows if rows else None


def _champion_levels(
    summary: Summary, decisions: Sequence[Evidence], final: Final | None
) -> Levels:
    if summary.is_final and final:
        return final.levels
    holder = summary.champion.checkpoint if summary.champion else None
    won = [e.exam for e in decisions if e.promoted and e.exam.checkpoint == holder]
    return _levels(won[-1]) if won else {}


def _levels(exam: Exam) -> Levels:
    found: dict[str, list[tuple[int, int, int]]] = {}
    for row in sorted(exam.rows, key=lambda row: row.level):
        found.setdefault(row.family, []).append((row.level, row.items, row.successor_correct))
    return found


def _standing(wall: int, measure: Measure | None) -> Standing:
    if measure is None:
        return Standing(wall=wall, frontier=None, accuracy=None, lower95=None)
    return Standing(
        wall=wall,
        frontier=measure.frontier,
        accuracy=round(measure.accuracy, 5),
        lower95=round(measure.lower95, 5),
    )


def _first_promotion(decisions: tuple[Evidence, ...], trained: float | None) -> float | None:
    """Seconds between the end of base training (or the first checkpoint) and a won duel."""
    won = [e.seconds for e in decisions if e.promoted and not e.is_first]
    start = trained if trained is not None else (decisions[0].seconds if decisions else None)
    if not won or won[0] is None or start is None:
        return None
    return round(max(0.0, won[0] - start), 2)
