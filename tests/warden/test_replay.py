"""Decisions made again from the log, and what a check says of a log whose owner rewrote it."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ouroboros_warden import constitution, opening
from ouroboros_warden.audit import Log, read_log, read_objects
from ouroboros_warden.bundle import bundles
from ouroboros_warden.canonical import Json, canonical
from ouroboros_warden.errors import UsageError
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import load_key
from ouroboros_warden.law import law_folder, read_constitutions
from ouroboros_warden.replay import promotions
from ouroboros_warden.server import serve
from ouroboros_warden.verify import check_run, demand_whole

from .harness import KEY, ask, children_of, make_checkpoint, make_data, make_run, plan

Body = tuple[str, Json]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A run of two generations, the second amended before; nobody writes into it."""
    run = make_run(tmp_path_factory.mktemp("finished") / "run", reproducible=False)
    folder = Folder.at(run)
    steps = [ask("examples", key="x", family="copy", level=2, count=4, seed=1)]
    for n, level in enumerate((1, 4)):
        file, name = make_data(run, f"{n}", 4, n), make_checkpoint(run, copy=level, sum=level)
        steps += [
            ask("data", key=f"d{n}", generation=n, file=file),
            ask("examine", key=f"e{n}", generation=n, checkpoint=name, parent=None),
        ]
    plan(run, [*steps, ask("final", key="final"), ask("finish", key="end", reason="enough")])
    serve(run, children_of(run))
    return folder.root


@pytest.fixture
def spare(finished, tmp_path) -> Folder:
    return Folder.at(Path(shutil.copytree(finished, tmp_path / "spare")))


def rewritten(folder: Folder, change: Callable[[list[Body]], object]) -> list[str]:
    """The problems of a log that the owner rewrote with the run's own key."""
    kept = [(record.kind, record.body) for record in read_log(folder.records)]
    change(kept)
    run = kept[0][1]["exam_commitment"]
    for path in (folder.records, folder.heads):
        path.unlink()
    with closing(Log.open(folder.records, signing(load_key(folder.log_key), run))) as log:
        for kind, body in kept:
            log.append(kind, body)
    times = [{"index": n, "time": 0, "seconds": n, "cpu": n} for n in range(len(kept))]
    folder.times.write_bytes(b"".join(canonical(line) + b"\n" for line in times))
    return check_run(folder)["problems"]


def of(kept: list[Body], kind: str) -> Json:
    return next(body for found, body in kept if found == kind)


def test_what_was_promoted_is_told_with_its_articles_and_evidence(finished):
    records = read_log(Folder.at(finished).records)
    first, second = promotions(records)
    assert [first["generation"], second["generation"]] == [0, 1]
    assert first["by"] == second["by"] == ["engine"]
    assert records[second["record"]].kind == "decision"
    assert second["context"]["evidence"] is True
    assert second["checkpoint"] == records[second["record"]].body["checkpoint"]


def test_a_log_that_is_only_written_again_has_no_problem(spare):
    assert rewritten(spare, lambda kept: None) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda k: of(k, "end").update(law=of(k, "final")["law"]), "end was decided as final"),
        (lambda k: of(k, "oracle").update(op="verify"), "oracle was decided as examples"),
        (lambda k: of(k, "data").update(generation=5), "examine was decided with lineage"),
        (lambda k: of(k, "exam").update(checkpoint="0" * 16), "does not match|cannot be read"),
        (lambda k: of(k, "data").update(file="data/none"), "is no file under data/"),
        (lambda k: of(k, "data").update(file="data/../x"), "is not a plain path"),
        (lambda k: of(k, "run").update(config={}), "config.json is not the one"),
        (lambda k: k.insert(3, ("constitution", of(k, "lease"))), "lacks what its kind"),
        (
            lambda k: k.insert(3, ("constitution", {"version": 2, "law": of(k, "lease")["law"]})),
            "record 3: version 2 is not there",
        ),
        (lambda k: of(k, "decision").update(checkpoint="0" * 16), "lacks what its kind"),
    ],
)
def test_a_record_that_tells_something_else_is_named(spare, change, found):
    problems = rewritten(spare, change)
    assert any(part in problem for problem in problems for part in found.split("|")), problems


def test_clocks_that_go_back_or_skip_are_named(spare):
    lines = read_objects(spare.times)

    def problems(changed: list[Json]) -> list[str]:
        spare.times.write_bytes(b"".join(canonical(line) + b"\n" for line in changed))
        return check_run(spare)["problems"]

    assert problems(lines) == []
    assert problems(lines[:-1]) == []  # a writer that was killed
    for clock in ("seconds", "cpu"):
        back = [{**line} for line in lines]
        back[-1][clock] = 0
        assert problems(back) == [f"times.jsonl: {clock} go back"]
    one_each = ["times.jsonl does not have one line for each record"]
    assert problems([*lines[:-2], lines[-1]]) == one_each
    assert problems([*lines, {**lines[-1], "index": len(lines)}]) == one_each


def test_a_configuration_that_is_gone_is_named(spare):
    (spare.root / "config.json").unlink()
    problems = check_run(spare)["problems"]
    assert any("config.json cannot be read: No such file" in each for each in problems)


def test_a_run_that_began_under_another_constitution_is_named(spare):
    (before,) = read_constitutions(spare)
    texts = {**before.texts, "preamble.md": "Another.\n"}
    drafted = constitution.draft(texts, before.authority, 9e9)
    shutil.rmtree(law_folder(spare, 1))
    opening.adopt(spare, opening.signed(drafted, KEY))
    problems = check_run(spare)["problems"]
    assert "record 0: it began under another constitution" in problems
    assert "lease 1 was granted to another run, or under another constitution" in problems


def test_another_amendment_than_the_one_logged_is_named(spare):
    (before,) = read_constitutions(spare)
    drafted = constitution.draft(before.texts, before.authority, 9e9, before)
    opening.adopt(spare, opening.signed(drafted, KEY))
    assert check_run(spare)["problems"] == []  # adopted, and not taken up yet
    said = {"version": 2, "id": "0" * 64, "law": {"action": "amend", "allowed": True}}
    law = {"context": {"signatures": 1, "threshold": 1, "newer": True, "bounded": True}}
    said["law"] |= {**law, "by": ["loosen"]}
    problems = rewritten(spare, lambda kept: kept.insert(-1, ("constitution", said)))
    assert any("another constitution than constitution/2" in each for each in problems)


def test_the_first_problem_is_raised_where_a_whole_run_is_asked_for(spare):
    demand_whole(check_run(spare))
    spare.heads.write_bytes(b"")
    with pytest.raises(UsageError, match="its last signed head says 0"):
        demand_whole(check_run(spare))
    with pytest.raises(UsageError, match="no signed head covers record"):
        list(bundles(spare))


def test_a_log_without_records_begins_no_run(spare):
    spare.records.write_bytes(b"")
    report = check_run(spare)
    assert "record 0 does not begin a run" in report["problems"]
    assert (report["ok"], report["head"], report["over"]) == (False, None, False)
    assert json.loads(canonical(report)) == report
