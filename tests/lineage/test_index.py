import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_run import BASE, make_run, write_lines

from ouroboros.errors import UsageError
from ouroboros.lineage.history import (
    champion,
    compare,
    data_files,
    examinations,
    final_of,
    find_checkpoint,
    generations,
    history,
    run_of,
    walls,
    yields,
)
from ouroboros.lineage.index import SCHEMA, build_index, open_index
from ouroboros.lineage.summary import summarize
from ouroboros.lineage.timeline import read_timeline
from ouroboros_warden.audit import Log, read_log
from ouroboros_warden.errors import LogDamaged
from ouroboros_warden.errors import UsageError as WardenUsageError


def append(run: Path, kind: str, body: dict) -> None:
    with closing(Log.open(run / "log" / "records.jsonl")) as log:
        log.append(kind, body)


def dump(run: Path) -> list[str]:
    with open_index(run) as index:
        return list(index.iterdump())


# --- the index


def test_the_index_is_the_same_however_often_it_is_built(spare):
    run = spare()
    path = build_index(run)
    with closing(sqlite3.connect(path)) as stored:
        first = list(stored.iterdump())
    path.unlink()
    build_index(run)
    with closing(sqlite3.connect(path)) as stored:
        assert list(stored.iterdump()) == first == dump(run)


def test_every_record_that_counts_is_in_the_index(made_run):
    records = read_log(made_run / "log" / "records.jsonl")
    with open_index(made_run) as index:
        for kind, table in (("decision", "decisions"), ("exam", "exams"), ("data", "data")):
            count = index.execute(f"select count(*) from {table}").fetchone()[0]
            assert count == sum(record.kind == kind for record in records) > 0
        rows = sum(len(r.body["rows"]) for r in records if r.kind == "exam")
        assert index.execute("select count(*) from exam_rows").fetchone()[0] == rows


def test_a_half_written_last_record_is_left_out(spare):
    run = spare()
    before = dump(run)
    with (run / "log" / "records.jsonl").open("ab") as log:
        log.write(b'{"body":{"che')
    assert dump(run) == before


def test_a_flipped_byte_is_named(spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"level":', b'"leveL":')
    path.write_bytes(b"".join(lines))
    with pytest.raises(LogDamaged, match="record 5"):
        build_index(run)


def test_a_folder_without_log_is_the_users_mistake(tmp_path):
    with pytest.raises(WardenUsageError, match="no log"):
        build_index(tmp_path)


def test_an_empty_log_has_no_run_in_it(tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "records.jsonl").touch()
    with (
        open_index(tmp_path) as index,
        pytest.raises(UsageError, match="nothing has been recorded"),
    ):
        run_of(index)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = ("generation", "fronts", "agreement", "proposed", "accepted", "doubted", "mended", "kept")


@given(st.dictionaries(st.sampled_from([*FIELDS, "flop"]), junk) | junk)
def test_whatever_the_engine_claims_the_index_stands(body):
    from ouroboros.lineage.index import _add_claim
    from ouroboros_warden.audit import Record

    with closing(sqlite3.connect(":memory:")) as index:
        index.executescript(SCHEMA)
        for kind in ("generation", "end", "other"):
            said = {"kind": kind, "body": body}
            record = Record(index=1, previous="0", kind="claim", body=said, hash="1")
            _add_claim(index, record)


def test_a_claim_that_does_not_read_like_one_is_left_out(spare):
    run = spare()
    with open_index(run) as index:
        before = generations(index)
    body = {"generation": 99, "fronts": {"copy": "very far"}, "agreement": {}, "flop": 1}
    body |= dict.fromkeys(("proposed", "accepted", "doubted", "mended", "kept"), 1)
    append(run, "claim", {"kind": "generation", "body": body, "key": "x", "request": "y"})
    with open_index(run) as index:
        assert generations(index) == before


# --- what it tells


def test_the_champion_is_the_last_one_promoted_not_the_last_one_examined(made_run, tmp_path):
    ends_badly = make_run(tmp_path / "bad", turns=9, finished=False)
    with open_index(ends_badly) as index:
        decisions = history(index)
        assert [e.promoted for e in decisions] == [True, True, True, False]
        assert champion(index).checkpoint == decisions[2].exam.checkpoint
        assert champion(index).how == "promotion"


def test_the_first_checkpoint_is_champion_untried(tmp_path):
    run = make_run(tmp_path / "young", turns=0, finished=False)
    with open_index(run) as index:
        holder = champion(index)
        assert holder.how == "first checkpoint"
        (only,) = history(index)
        assert only.is_first
        assert only.exam.threshold is None
        assert summarize(index).promoted == 0


def test_a_rollback_makes_the_former_champion_champion(spare):
    run = spare()
    with open_index(run) as index:
        former = history(index)[1].exam.checkpoint
        assert champion(index).checkpoint != former
    append(run, "rollback", {"checkpoint": former, "frontiers": {}})
    with open_index(run) as index:
        assert (champion(index).checkpoint, champion(index).how) == (former, "rollback")
        summary = summarize(index)
        assert not summary.is_final
        promoted = {m.family: m.frontier for m in examinations(index, former)[0].exam.measures}
        assert {n: s.frontier for n, s in summary.families.items()} == promoted


def test_evidence_holds_the_rows_the_bar_and_the_data_since_the_champion(made_run):
    with open_index(made_run) as index:
        won = history(index)[2]
        assert (won.promoted, won.reason, won.exam.generation) == (True, "better", 6)
        assert won.exam.e_value > won.exam.threshold > 1
        assert [file.generation for file in won.data] == [4, 5, 6]
        assert won.parent == won.exam.champion == history(index)[1].exam.checkpoint
        for row in won.exam.rows:
            assert row.wins - row.losses == row.successor_correct - row.champion_correct
        assert {m.family for m in won.exam.measures} == set(walls(index))
        lost = history(index)[3]
        assert [m.family for m in lost.exam.measures if m.inferior] == ["forward_addition"]


def test_data_carries_what_the_audit_found(made_run):
    audits = [r.body for r in read_log(made_run / "log" / "records.jsonl") if r.kind == "audit"]
    with open_index(made_run) as index:
        found = [(file.rows, file.correct) for file in data_files(index)]
        assert found == [(body["rows"], body["correct"]) for body in audits]
        assert sum(y.rows for y in yields(index)) == sum(body["rows"] for body in audits[1:])
        assert min(y.generation for y in yields(index)) == 1


def test_data_carries_the_variety_of_its_least_varied_family(made_run):
    audits = [r.body for r in read_log(made_run / "log" / "records.jsonl") if r.kind == "audit"]
    least = [min((m["variety"] for m in body["made"].values()), default=None) for body in audits]
    assert least[0] is None  # worked examples, which nobody made
    with open_index(made_run) as index:
        assert [file.variety for file in data_files(index)] == least
        of_audits = [
            (turn, family, made["rows"], made["variety"])
            for turn, body in enumerate(audits)
            for family, made in sorted(body["made"].items())
        ]
        assert [(y.generation, y.family, y.rows, y.variety) for y in yields(index)] == of_audits


def test_a_log_that_knows_nothing_of_variety_is_still_told(spare):
    run = spare()
    with closing(Log.open(run / "log" / "records.jsonl")) as log:
        identity = {"key": "g99/data", "request": "r"}
        log.append("data", {"generation": 99, "file": "x", "id": "0", "bytes": 1, **identity})
        families = {"copy": {"7": {"rows": 2, "correct": 1}}}
        log.append("audit", {"families": families, "rows": 2, "correct": 1, **identity})
    with open_index(run) as index:
        last = data_files(index)[-1]
        assert (last.rows, last.correct, last.variety) == (2, 1, None)
        assert (yields(index)[-1].rows, yields(index)[-1].variety) == (2, None)


def test_two_checkpoints_are_laid_side_by_side(made_run):
    with open_index(made_run) as index:
        first, last = history(index)[0], history(index)[-1]
        found = compare(index, made_run, last.exam.checkpoint, first.exam.checkpoint)
        assert (found.a.generation, found.b.generation) == (12, 0)
        assert found.b.parent is None
        assert found.genome == (("layers", 2, 1),)
        assert [file.generation for file in found.data] == list(range(1, found.a.generation + 1))
        copy = {level: (a, b) for family, level, a, b in found.rows if family == "copy"}
        assert copy[1] == ((60, 60), (60, 60))
        assert any(b is None for _, b in copy.values())


def test_a_genome_that_cannot_be_read_is_named(spare):
    run = spare()
    with open_index(run) as index:
        names = [e.exam.checkpoint for e in history(index)]
        (run / "checkpoints" / names[0] / "genome.json").write_text("[")
        with pytest.raises(UsageError, match=names[0]):
            compare(index, run, names[0], names[1])


def test_a_checkpoint_is_found_by_its_beginning_if_only_one_fits(made_run):
    with open_index(made_run) as index:
        names = [e.exam.checkpoint for e in history(index)]
        assert find_checkpoint(index, names[0]) == names[0]
        assert find_checkpoint(index, names[0][:9]) == names[0]
        for bad in ("", "zz", "%", names[0] + "0"):
            with pytest.raises(UsageError, match="never examined"):
                find_checkpoint(index, bad)
        index.execute("insert into checkpoints values (?, 1, null)", (names[0][:8] + "f" * 8,))
        with pytest.raises(UsageError, match="fits"):
            find_checkpoint(index, names[0][:8])


def test_the_final_examination_keeps_its_levels(made_run):
    records = read_log(made_run / "log" / "records.jsonl")
    body = next(r.body for r in records if r.kind == "final")
    with open_index(made_run) as index:
        final = final_of(index)
        for family, found in body["families"].items():
            assert [list(place) for place in final.levels[family]] == found["levels"]
        assert summarize(index).is_final


# --- figures of the run


def test_the_summary_counts_what_the_log_says(made_run):
    with open_index(made_run) as index:
        summary = summarize(index)
    assert (summary.promoted, summary.rejected, summary.generations) == (3, 1, 12)
    assert summary.labels_read_past_wall == 0
    assert summary.labels_read == 100 * (4 + 4 + 6 + 6 + 6)
    assert summary.examples_made == 12 * 200
    assert 0.99 < summary.label_precision < 1
    assert summary.flop == 17 * 10**12 + summary.flop_of_judges
    assert summary.log_head == read_log(made_run / "log" / "records.jsonl")[-1].hash
    assert summary.finished
    assert summary.capability > 1


def test_labels_read_past_the_wall_are_counted(spare):
    run = spare()
    body = {"family": "copy", "level": 9, "op": "verify", "count": 7, "past_wall": 7}
    append(run, "oracle", {**body, "digest": "0", "key": "v", "request": "r"})
    with open_index(run) as index:
        assert summarize(index).labels_read_past_wall == 7


def test_the_first_promotion_counts_from_the_end_of_the_base(made_run):
    with open_index(made_run) as index:
        run, summary = run_of(index), summarize(index)
        won = next(e for e in history(index) if e.promoted and not e.is_first)
    assert run.base_trained == BASE
    assert summary.first_promotion_seconds == pytest.approx(won.seconds - BASE, abs=0.01)


def test_a_run_without_champion_has_no_figures(spare):
    run = spare()
    path = run / "log" / "records.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with open_index(run) as index:
        assert champion(index) is None
        summary = summarize(index)
    assert summary.capability is None
    assert {s.frontier for s in summary.families.values()} == {None}
    assert {s.wall for s in summary.families.values()} == {4, 6}


# --- time


def test_breaks_between_sessions_are_not_work(tmp_path):
    (tmp_path / "log").mkdir()
    times = [{"index": i, "time": t} for i, t in enumerate((100.0, 110.0, 1010.0, 9000.0))]
    write_lines(tmp_path / "log" / "times.jsonl", times)
    events = [(100.1, "serve"), (130.0, "progress"), (1000.0, "serve"), (1040.0, "end")]
    write_lines(tmp_path / "events.jsonl", [{"time": t, "event": e, "body": {}} for t, e in events])
    timeline = read_timeline(tmp_path, served=(0, 1, 2))  # record 3 is a rollback, days later
    assert timeline.seconds == 30 + 40
    assert timeline.of_record == {0: 0, 1: 10, 2: 40}
    assert timeline.base_trained is None


def test_lost_and_torn_times_cost_figures_not_the_report(spare):
    run = spare()
    (run / "log" / "times.jsonl").write_bytes(b'{"index":0,"time":"soon"}\n[]\n{"inde\xff')
    (run / "events.jsonl").write_text(json.dumps({"time": 1, "event": "serve"}) + "\n{}\n")
    with open_index(run) as index:
        summary = summarize(index)
        assert summary.wall_seconds == 0
        assert summary.first_promotion_seconds is None
        assert history(index)[0].seconds is None
