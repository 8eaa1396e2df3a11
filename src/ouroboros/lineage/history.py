"""What the lineage index tells: who is champion and why, what was made, how two checkpoints differ.

    with open_index(run_dir) as index:
        for evidence in examinations(index, find_checkpoint(index, "3bca6d")):
            evidence.promoted, evidence.reason, evidence.exam.e_value

Every function reads the tables of `index` and returns frozen records. Not covered: whether what
the log names still lies in the run's folder unharmed; `ouro verify` says that.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ouroboros.errors import UsageError
from ouroboros.lineage.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as its first record began it and its last one left it."""

    name: str
    preset: str
    seed: str
    verification: str
    reproducible: bool
    exam_sealed: bool
    exam_commitment: str
    """SHA-256 of the exam secret, committed to before the first step"""
    authority: str
    """who signed for it, and how many of how many keys it takes"""
    examiners: int
    alpha: float
    head: str
    records: int
    reason: str | None
    """why it ended; None while it may still go on"""
    seconds: float
    base_trained: float | None
    stated_flop: float | None
    """the engine's count at its end"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Counts of one level in an examination; a win is an item that only the successor solved."""

    family: str
    level: int
    items: int
    champion_correct: int
    successor_correct: int
    wins: int
    losses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What an examination came to in one family."""

    family: str
    frontier: int
    accuracy: float
    lower95: float
    """lower 95 % bound of accuracy at the weakest level up to the frontier"""
    inferior: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An examination of a successor; without champion it is the first one's."""

    record: int
    exam: int
    generation: int
    checkpoint: str
    champion: str | None
    items: int
    """of a level and sitting, before cheap levels were given more"""
    sittings: int
    """how often fresh items were drawn until the evidence was decided"""
    threshold: float | None
    """the e-value had to exceed this"""
    e_value: float
    flop: float
    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A file of examples that was handed in, and what the oracle's audit found in it."""

    record: int
    generation: int
    file: str
    id: str
    bytes: int
    rows: int | None
    correct: int | None
    variety: int | None
    """of its least varied family, in thousandths of that family's own problems; None where the
    loop made none of it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """Examples that a generation made in one family, and how many the audit finds right."""

    generation: int
    family: str
    rows: int
    correct: int
    variety: int | None
    """in thousandths of the family's own problems"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A decision and all that it rests on."""

    record: int
    promoted: bool
    reason: str
    parent: str | None
    exam: Exam
    data: tuple[Data, ...]
    """files made since the champion it met"""
    seconds: float | None
    """of work since the run's start"""

    @property
    def is_first(self) -> bool:
        """Whether there was no champion to beat, so that it was installed untried."""
        return self.exam.champion is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Champion:
    """Who answers for the run now, and by which record."""

    checkpoint: str
    record: int
    how: Literal["first checkpoint", "promotion", "rollback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What the engine says of one turn of the loop; nobody has checked it."""

    generation: int
    fronts: dict[str, int]
    proposed: int
    accepted: int
    doubted: int
    mended: int
    kept: int
    flop: float
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The full examination of a champion."""

    record: int
    checkpoint: str
    measures: tuple[Measure, ...]
    levels: dict[str, tuple[tuple[int, int, int], ...]]
    """(level, items, correct) by family"""
    flop: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison."""

    checkpoint: str
    generation: int
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two checkpoints beside each other."""

    a: Side
    b: Side
    genome: tuple[tuple[str, Any, Any], ...]
    """(field, in a, in b) where they differ"""
    rows: tuple[tuple[str, int, tuple[int, int] | None, tuple[int, int] | None], ...]
    """(family, level, (correct, items) of a, of b); None where that exam had no such level"""
    data: tuple[Data, ...]
    """files made after the one and up to the other"""


def run_of(index: Index) -> Run:
    """The run; UsageError where the log has no beginning yet."""
    found = index.execute("select * from run").fetchone()
    if found is None:
        raise UsageError("this run's log is empty: nothing has been recorded yet")
    return Run(**_with_flags(dict(found), "reproducible", "exam_sealed"))


def walls(index: Index) -> dict[str, int]:
    """The highest level with worked examples, by family."""
    return {row["family"]: row["wall"] for row in _select(index, "* from families")}


def champion(index: Index) -> Champion | None:
    """The last checkpoint promoted or rolled back to; None before the first."""
    promoted = _select(index, "* from decisions where promoted order by record desc limit 1")
    restored = _select(index, "* from rollbacks order by record desc limit 1")
    if not promoted:
        return None
    last = promoted[0]
    if restored and restored[0]["record"] > last["record"]:
        return Champion(**restored[0], how="rollback")
    how = "promotion" if last["champion"] else "first checkpoint"
    return Champion(checkpoint=last["checkpoint"], record=last["record"], how=how)


def find_checkpoint(index: Index, prefix: str) -> str:
    """The one checkpoint whose name begins so; UsageError where there is none or several."""
    known = [row["checkpoint"] for row in _select(index, "checkpoint from checkpoints")]
    found = [name for name in known if name.startswith(prefix)] if prefix else []
    if len(found) != 1:
        what = f"fits {', '.join(found)}" if found else "was never examined in this run"
        raise UsageError(f"checkpoint {prefix!r} {what}; `ouro status --json` lists them all")
    return found[0]


def history(index: Index) -> tuple[Evidence, ...]:
    """Every decision with its evidence, in order."""
    return tuple(_evidence(index, row) for row in _select(index, f"{_DECISIONS} order by record"))


def examinations(index: Index, checkpoint: str) -> tuple[Evidence, ...]:
    """The decisions on one checkpoint, in order."""
    return tuple(e for e in history(index) if e.exam.checkpoint == checkpoint)


def data_files(index: Index, after: int = -1, upto: int = 2**31) -> tuple[Data, ...]:
    """Files handed in by generations after `after` up to `upto`; the wall's is generation 0."""
    least = "(select min(variety) from made where made.record = data.record) as variety"
    columns = f"record, generation, file, id, bytes, rows, correct, {least}"
    where = "where generation > ? and generation <= ? order by record"
    return tuple(Data(**row) for row in _select(index, f"{columns} from data {where}", after, upto))


def yields(index: Index) -> tuple[Yield, ...]:
    """What each generation of the loop made, family by family; the wall's data is not in it."""
    columns = "generation, family, sum(p.rows) as rows, sum(p.correct) as correct, min(m.variety)"
    grouped = "where generation > 0 group by generation, family order by generation, family"
    tables = "precision p join data using (record) left join made m using (record, family)"
    found = _select(index, f"{columns} as variety from {tables} {grouped}")
    return tuple(Yield(**row) for row in found)


def generations(index: Index) -> tuple[Generation, ...]:
    """The engine's claims about its turns, in order."""
    fronts: dict[int, dict[str, int]] = {}
    for row in _select(index, "* from fronts"):
        fronts.setdefault(row["generation"], {})[row["family"]] = row["level"]
    found = _select(index, "* from generations left join times using (record) order by generation")
    return tuple(
        Generation(fronts=fronts.get(row["generation"], {}), **_without(row, "record"))
        for row in found
    )


def final_of(index: Index) -> Final | None:
    """The last full examination."""
    found = _select(index, "* from finals order by record desc limit 1")
    if not found:
        return None
    levels: dict[str, tuple[tuple[int, int, int], ...]] = {}
    where = "from final_levels where record = ? order by family, level"
    for row in _select(index, f"* {where}", found[0]["record"]):
        place = (row["level"], row["items"], row["correct"])
        levels[row["family"]] = (*levels.get(row["family"], ()), place)
    measures = _measures(index, found[0]["record"])
    return Final(**found[0], measures=measures, levels=levels)


def compare(index: Index, run_dir: Path, a: str, b: str) -> Difference:
    """Two checkpoints beside each other, by their last examinations.

    Raises:
        UsageError: A genome file cannot be read.
    """
    left, right = (_side(index, name) for name in (a, b))
    early, late = sorted((left.generation, right.generation))
    return Difference(
        a=left,
        b=right,
        genome=_genome_difference(_genome(run_dir, a), _genome(run_dir, b)),
        rows=_side_by_side(examinations(index, a)[-1].exam, examinations(index, b)[-1].exam),
        data=data_files(index, early, late),
    )


_DECISIONS = """decisions.*, parent, seconds from decisions
    join checkpoints using (checkpoint) left join times using (record)"""


def _select(index: Index, what: str, *values: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in index.execute(f"select {what}", values)]


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _with_flags(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """The row with SQLite's integers read as truth values where they are."""
    return {name: bool(value) if name in names else value for name, value in row.items()}


def _evidence(index: Index, decision: dict[str, Any]) -> Evidence:
    exam = _select(index, "* from exams where record = ?", decision["exam_record"])[0]
    rows = _select(index, "* from exam_rows where record = ?", exam["record"])
    met = _select(index, "* from checkpoints where checkpoint = ?", decision["champion"])
    since = met[0]["generation"] if met else -1
    return Evidence(
        record=decision["record"],
        promoted=bool(decision["promoted"]),
        reason=decision["reason"],
        parent=decision["parent"],
        seconds=decision["seconds"],
        exam=Exam(
            **exam,
            rows=tuple(Row(**_without(row, "record")) for row in rows),
            measures=_measures(index, exam["record"]),
        ),
        data=data_files(index, since, decision["generation"]),
    )


def _measures(index: Index, record: int) -> tuple[Measure, ...]:
    found = _select(index, "* from measures where record = ?", record)
    return tuple(Measure(**_with_flags(_without(row, "record"), "inferior")) for row in found)


def _side(index: Index, checkpoint: str) -> Side:
    return Side(**_select(index, "* from checkpoints where checkpoint = ?", checkpoint)[0])


def _genome(run_dir: Path, checkpoint: str) -> dict[str, Any]:
    path = run_dir / "checkpoints" / checkpoint / "genome.json"
    try:
        found: dict[str, Any] = dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from None
    return found


def _genome_difference(a: dict[str, Any], b: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    fields = sorted(a.keys() | b.keys())
    return tuple((name, a.get(name), b.get(name)) for name in fields if a.get(name) != b.get(name))


def _side_by_side(
    a: Exam, b: Exam
) -> tuple[tuple[str, int, tuple[int, int] | None, tuple[int, int] | None], ...]:
    left, right = _scores(a.rows), _scores(b.rows)
    places = sorted(left.keys() | right.keys())
    return tuple((*place, left.get(place), right.get(place)) for place in places)


def _scores(rows: Iterable[Row]) -> dict[tuple[str, int], tuple[int, int]]:
    return {(row.family, row.level): (row.successor_correct, row.items) for row in rows}
