"""The lineage index: a run's log as SQLite tables, made anew from the log whenever it is wanted.

    with open_index(Path("runs/laptop-1")) as index:
        index.execute("select generation, promoted from decisions").fetchall()

The log is the truth and is verified while it is read; `RUN/lineage.sqlite` is a copy of these
tables for whoever likes SQL, and can be deleted at any time. A table's `record` is an index into
the log; exam_rows, measures, final_levels, precision and made bear that of their exam, final or
data.
What the engine claims of itself (tables generations, fronts, agreement) is its word alone: a
claim that does not read like one is left out. `history` reads the tables into records.
"""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ouroboros.lineage.files import write_whole
from ouroboros.lineage.timeline import Timeline, read_timeline
from ouroboros_warden.audit import Record, read_log
from ouroboros_warden.canonical import Json

Index = sqlite3.Connection

INDEX_FILE = "lineage.sqlite"
LARGEST = 2**63 - 1  # an SQLite integer

SCHEMA = """
create table run(
    name text, preset text, seed text, verification text, reproducible integer,
    exam_sealed integer, exam_commitment text, authority text, examiners integer, alpha real,
    head text, records integer, reason text, seconds real, base_trained real, stated_flop real);
create table families(family text primary key, wall integer);
create table checkpoints(checkpoint text primary key, generation integer, parent text);
create table exams(
    record integer primary key, exam integer, generation integer, checkpoint text, champion text,
    items integer, sittings integer, threshold real, e_value real, flop real);
create table exam_rows(
    record integer, family text, level integer, items integer, champion_correct integer,
    successor_correct integer, wins integer, losses integer);
create table measures(
    record integer, family text, frontier integer, accuracy real, lower95 real, inferior integer);
create table decisions(
    record integer primary key, exam_record integer, generation integer, checkpoint text,
    champion text, promoted integer, reason text);
create table rollbacks(record integer primary key, checkpoint text);
create table data(
    record integer primary key, key text, generation integer, file text, id text, bytes integer,
    rows integer, correct integer);
create table precision(record integer, family text, level integer, rows integer, correct integer);
create table made(record integer, family text, rows integer, wrong integer, variety integer);
create table generations(
    generation integer primary key, proposed integer, accepted integer, doubted integer,
    mended integer, kept integer, flop real, record integer);
create table fronts(
    generation integer, family text, level integer, primary key (generation, family));
create table agreement(
    generation integer, family text, level integer, rate real,
    primary key (generation, family, level));
create table readings(
    record integer primary key, op text, family text, level integer, rows integer,
    past_wall integer);
create table finals(record integer primary key, checkpoint text, flop real);
create table final_levels(
    record integer, family text, level integer, items integer, correct integer);
create table refusals(record integer primary key, key text, type text, reason text);
create table times(record integer primary key, seconds real);
"""


@contextmanager
def open_index(run_dir: Path) -> Generator[Index]:
    """The index of the run as its log now stands, in memory.

    Raises:
        ouroboros_warden.errors.UsageError: There is no log.
        ouroboros_warden.errors.LogDamaged: Names the first record that is not what was written.
    """
    records = read_log(run_dir / "log" / "records.jsonl")
    served = [record.index for record in records if record.kind != "rollback"]
    index = sqlite3.connect(":memory:")
    try:
        index.row_factory = sqlite3.Row
        index.executescript(SCHEMA)
        _fill(index, records, read_timeline(run_dir, served))
        index.commit()
        yield index
    finally:
        index.close()


def build_index(run_dir: Path) -> Path:
    """Write `RUN/lineage.sqlite` anew and return its path; raises as `open_index` does."""
    path = run_dir / INDEX_FILE
    with open_index(run_dir) as index:
        write_whole(path, index.serialize())
    return path


def _fill(index: Index, records: Sequence[Record], timeline: Timeline) -> None:
    for record in records:
        if fill := _FILLERS.get(record.kind):
            fill(index, record)
    for record, seconds in timeline.of_record.items():
        _add(index, "times", record=record, seconds=seconds)
    index.execute(
        "update run set head = ?, records = ?, seconds = ?, base_trained = ?",
        (records[-1].hash, len(records), timeline.seconds, timeline.base_trained)
        if records
        else (None, 0, 0.0, None),
    )


def _add(index: Index, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    statement = f"insert or replace into {table} ({', '.join(values)}) values ({marks})"  # noqa: S608 both are named below
    index.execute(statement, tuple(values.values()))


def _add_run(index: Index, record: Record) -> None:
    config: Json = record.body["config"]
    run: Json = config["run"]
    for family, described in config["families"].items():
        _add(index, "families", family=family, wall=described["wall"])
    _add(
        index,
        "run",
        name=run.get("name", ""),
        preset=run.get("preset", ""),
        seed=str(run.get("seed", 0)),
        verification=run.get("verification", "self"),
        reproducible=run.get("reproducible", False),
        exam_sealed=record.body["exam_sealed"],
        exam_commitment=record.body["exam_commitment"],
        authority=_authority(record.body.get("authority")),
        examiners=config.get("exam", {}).get("processes", 2),
        alpha=config.get("exam", {}).get("alpha", 0.05),
    )


def _authority(said: Json | None) -> str:
    """Whose signatures the run is under, in words."""
    if said is None:
        return "not named, for comparison"
    return f"{said['name']}, {said['threshold']} of {len(said['keys'])}"


def _add_exam(index: Index, record: Record) -> None:
    body = record.body
    # A checkpoint keeps the generation and parent of its first examination.
    if not index.execute(
        "select 1 from checkpoints where checkpoint = ?", (body["checkpoint"],)
    ).fetchone():
        made = {name: body[name] for name in ("checkpoint", "generation", "parent")}
        _add(index, "checkpoints", **made)
    names = ("exam", "generation", "checkpoint", "champion", "items", "sittings", "threshold")
    fields = {name: body[name] for name in (*names, "e_value")}
    _add(index, "exams", record=record.index, flop=float(body["flop"]), **fields)
    columns = ("family", "level", "items", "champion_correct", "successor_correct")
    for row in body["rows"]:
        values = dict(zip((*columns, "wins", "losses"), row, strict=True))
        _add(index, "exam_rows", record=record.index, **values)
    _add_measures(index, record)


def _add_measures(index: Index, record: Record) -> None:
    for family, found in record.body["families"].items():
        figures = {name: found[name] for name in ("frontier", "accuracy", "lower95")}
        inferior = found.get("inferior", False)
        _add(index, "measures", record=record.index, family=family, inferior=inferior, **figures)


def _add_decision(index: Index, record: Record) -> None:
    names = ("generation", "checkpoint", "champion", "promoted", "reason")
    exam = index.execute(
        "select max(record) from exams where checkpoint = ?", (record.body["checkpoint"],)
    ).fetchone()[0]
    fields = {name: record.body[name] for name in names}
    _add(index, "decisions", record=record.index, exam_record=exam, **fields)


def _add_rollback(index: Index, record: Record) -> None:
    _add(index, "rollbacks", record=record.index, checkpoint=record.body["checkpoint"])


def _add_data(index: Index, record: Record) -> None:
    fields = {name: record.body[name] for name in ("key", "generation", "file", "id", "bytes")}
    _add(index, "data", record=record.index, **fields)


def _add_audit(index: Index, record: Record) -> None:
    body = record.body
    figures = (body["rows"], body["correct"], body["key"])
    index.execute("update data set rows = ?, correct = ? where key = ?", figures)
    data = index.execute("select record from data where key = ?", (body["key"],)).fetchone()[0]
    for family, levels in body["families"].items():
        for level, counts in levels.items():
            place = {"record": data, "family": family, "level": int(level)}
            _add(index, "precision", **place, rows=counts["rows"], correct=counts["correct"])
    for family, made in body.get("made", {}).items():  # older logs know nothing of it
        figures = {name: made[name] for name in ("rows", "wrong", "variety")}
        _add(index, "made", record=data, family=family, **figures)


def _add_reading(index: Index, record: Record) -> None:
    body = record.body
    fields = {name: body[name] for name in ("op", "family", "level", "past_wall")}
    _add(index, "readings", record=record.index, rows=body["count"], **fields)


def _add_final(index: Index, record: Record) -> None:
    body = record.body
    checkpoint, flop = body["checkpoint"], float(body["flop"])
    _add(index, "finals", record=record.index, checkpoint=checkpoint, flop=flop)
    _add_measures(index, record)
    for family, found in body["families"].items():
        for level, items, correct in found["levels"]:
            place = {"record": record.index, "family": family, "level": level}
            _add(index, "final_levels", **place, items=items, correct=correct)


def _add_refusal(index: Index, record: Record) -> None:
    fields = {name: record.body[name] for name in ("key", "type", "reason")}
    _add(index, "refusals", record=record.index, **fields)


def _add_end(index: Index, record: Record) -> None:
    index.execute("update run set reason = ?", (record.body["reason"],))


def _add_claim(index: Index, record: Record) -> None:
    claimed: Any = record.body["body"]
    try:
        if record.body["kind"] == "generation":
            _add_generation(index, record.index, claimed)
        elif record.body["kind"] == "end":
            index.execute("update run set stated_flop = ?", (float(claimed["flop"]),))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return  # the engine's word, in a form that nobody agreed upon


def _add_generation(index: Index, record: int, claimed: Any) -> None:
    generation = _whole(claimed["generation"])
    names = ("proposed", "accepted", "doubted", "mended", "kept")
    figures = {name: _whole(claimed[name]) for name in names}
    fronts = [(str(name), _whole(level)) for name, level in claimed["fronts"].items()]
    rates = [
        (str(name), _whole(int(level)), float(rate))
        for name, levels in claimed["agreement"].items()
        for level, rate in levels.items()
    ]
    flop = float(claimed["flop"])
    place = {"generation": generation}
    _add(index, "generations", **place, **figures, flop=flop, record=record)
    for family, level in fronts:
        _add(index, "fronts", **place, family=family, level=level)
    for family, level, rate in rates:
        _add(index, "agreement", **place, family=family, level=level, rate=rate)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError("not a count")
    return value


_FILLERS: dict[str, Callable[[Index, Record], None]] = {
    "run": _add_run,
    "exam": _add_exam,
    "decision": _add_decision,
    "rollback": _add_rollback,
    "data": _add_data,
    "audit": _add_audit,
    "oracle": _add_reading,
    "claim": _add_claim,
    "final": _add_final,
    "refused": _add_refusal,
    "end": _add_end,
}
