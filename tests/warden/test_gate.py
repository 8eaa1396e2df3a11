import shutil
from pathlib import Path

import pytest

from ouroboros_warden.canonical import content_id
from ouroboros_warden.errors import JudgeError, Refused
from ouroboros_warden.folder import Folder
from ouroboros_warden.verify import check_run

from .harness import FAMILIES, make_checkpoint, make_data, message


def examples(level: int = 1, key: str = "k", **fields):
    asked = {"key": key, "family": "copy", "level": level, "count": 3, "seed": 5}
    return message("examples", **{**asked, **fields})


# --- truth


def test_examples_up_to_the_wall_are_handed_out_and_metered(desk):
    answer = desk.gate.answer(examples(level=3))
    assert answer["prompts"] == [f"copy:3:5:{i}=" for i in range(3)]
    assert answer["lines"][0] == ["thought", "=0:5:3:ypoc"]
    body = desk.records("oracle")[0].body
    assert (body["count"], body["past_wall"], body["level"]) == (3, 0, 3)
    assert body["digest"] == content_id(answer)


def test_a_level_past_the_wall_is_refused_and_logged_in_self_mode(desk):
    with pytest.raises(Refused, match="past the wall"):
        desk.gate.answer(examples(level=4))
    with pytest.raises(Refused):
        desk.gate.answer(examples(level=2**63))
    logged = desk.records()[-2:]
    assert [record.kind for record in logged] == ["refused", "refused"]
    assert "past the wall" in logged[0].body["reason"]
    assert [event for event, _ in desk.events] == ["refused", "refused"]


def test_the_same_refusal_is_logged_once(desk):
    for _ in range(3):
        with pytest.raises(Refused):
            desk.gate.answer(examples(level=4))
    assert len(desk.records("refused")) == 1


@pytest.mark.parametrize(
    "fields", [{"level": 0}, {"count": 100_001}, {"family": "unknown"}, {"family": "__class__"}]
)
def test_an_impossible_reading_is_refused(desk, fields):
    with pytest.raises(Refused):
        desk.gate.answer(examples(**fields))


def test_there_are_no_verdicts_in_self_mode(desk):
    with pytest.raises(Refused, match="self mode"):
        desk.ask("verify", key="v", family="copy", level=1, prompts=["a"], lines=[["right"]])
    assert desk.records()[-1].kind == "refused"


def test_formal_mode_meters_what_lies_past_the_wall(open_desk):
    desk = open_desk(verification="formal")
    fields = {"family": "copy", "prompts": ["a", "b"], "lines": [["right"], ["left"]]}
    for key, level in (("v", 3), ("w", 4), ("w", 4)):
        answer = desk.ask("verify", key=key, level=level, **fields)
        assert answer == {"correct": [True, False]}
    desk.gate.answer(examples(level=9))
    assert [r.body["past_wall"] for r in desk.records("oracle")] == [0, 2, 3]
    with pytest.raises(Refused, match="as many"):
        desk.ask("verify", key="x", **{**fields, "level": 1, "lines": []})


def test_an_oracle_that_changes_its_mind_is_an_error(desk):
    answer = desk.gate.answer(examples())
    changed = {**answer, "lines": [["other"]] * 3}
    desk.moods("oracle", changed)
    with pytest.raises(JudgeError, match="otherwise than the log says"):
        desk.gate.answer(examples())
    assert desk.gate.answer(examples()) == answer


# --- keys


def test_a_known_step_is_answered_from_the_log(desk):
    first, second = (make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 5))
    file = make_data(desk.run, "1", 1, 1)
    steps = [
        examples(key="x"),
        message("claim", key="c", kind="note", body={"n": 1}),
        message("data", key="d", generation=1, file=file),
        message("examine", key="e1", generation=1, checkpoint=first, parent=None),
        message("examine", key="e2", generation=2, checkpoint=second, parent=first),
        message("final", key="f"),
        message("finish", key="end", reason="enough"),
    ]
    told = [desk.gate.answer(step) for step in steps]
    written, sits = desk.records(), len(desk.sits())
    (desk.run / file).unlink()  # a known step asks for nothing but the log
    shutil.rmtree(desk.run / "checkpoints" / first)
    assert [desk.gate.answer(step) for step in steps] == told
    assert desk.records() == written
    assert len(desk.sits()) == sits
    assert desk.gate.answer(message("hello"))["answered"] == sorted([
        "x",
        "c",
        "d",
        "e1",
        "e2",
        "f",
        "end",
    ])


@pytest.mark.parametrize(
    "other",
    [
        message("claim", key="c", kind="note", body={"n": 2}),
        message("claim", key="c", kind="other", body={"n": 1}),
        message("final", key="c"),
        message("finish", key="c", reason="r"),
        examples(key="c"),
    ],
)
def test_a_key_with_another_request_is_refused(desk, other):
    desk.ask("claim", key="c", kind="note", body={"n": 1})
    with pytest.raises(Refused, match="another request"):
        desk.gate.answer(other)
    assert desk.records()[-1].kind == "refused"
    assert desk.ask("claim", key="c", kind="note", body={"n": 1}) == {}


def test_after_the_end_nothing_new_is_taken(desk):
    desk.ask("finish", key="end", reason="enough")
    assert desk.gate.over
    written = desk.records()
    with pytest.raises(Refused, match="over"):
        desk.ask("claim", key="c", kind="note", body={})
    assert desk.records() == written


# --- data, claims, progress


def test_data_is_named_by_content_and_audited_behind_the_engines_back(desk):
    file = make_data(desk.run, "1.parquet", correct=3, wrong=1)
    assert desk.ask("data", key="d", generation=1, file=file) == {}
    data, audit = desk.records()[-2:]
    assert (data.kind, data.body["file"], len(data.body["id"])) == ("data", file, 64)
    assert data.body["bytes"] == (desk.run / file).stat().st_size
    assert (audit.kind, audit.body["rows"], audit.body["correct"]) == ("audit", 4, 3)
    assert audit.body["families"] == {"copy": {"4": {"rows": 4, "correct": 3}}}


def test_an_audit_cut_off_by_a_kill_is_made_up_for(open_desk):
    desk = open_desk()
    file = make_data(desk.run, "1", 1, 1)
    desk.ask("data", key="d", generation=1, file=file)
    whole = desk.records()
    log = desk.run / "log" / "records.jsonl"
    log.write_bytes(b"".join(record.line() for record in whole[:-1]))
    assert open_desk().records() == whole
    log.write_bytes(b"".join(record.line() for record in whole[:-1]))
    (desk.run / file).write_text("")
    with pytest.raises(Refused, match="not what was handed in"):
        open_desk()


def test_data_changed_before_the_audit_is_refused(desk, monkeypatch):
    file = make_data(desk.run, "1", 1, 0)
    oracle = desk.gate._judges.oracle
    audit = oracle.audit

    def swap(path: Path, identity, families):
        path.write_text("")
        return audit(path, identity, families)

    monkeypatch.setattr(oracle, "audit", swap)
    with pytest.raises(Refused, match="not what was handed in"):
        desk.ask("data", key="d", generation=1, file=file)
    assert [record.body["type"] for record in desk.records("refused")] == ["data"]
    assert not desk.records("data")


def test_a_judge_that_finds_something_unfit_has_it_refused_and_lives_on(desk):
    desk.gate.answer(examples())
    judge = desk.gate._judges.oracle._judge
    process = judge._child
    desk.moods("oracle", {"unfit": "x" * 900})
    with pytest.raises(Refused, match=r"^x{200}$"):
        desk.gate.answer(examples(key="l"))
    assert [record.body["type"] for record in desk.records("refused")] == ["examples"]
    desk.gate.answer(examples(key="m"))
    assert judge._child == process


@pytest.mark.parametrize(
    "file", ["data/../config.json", "data/../../x", "config.json", "/etc/hostname", "data/link"]
)
def test_no_path_leads_out_of_the_data(desk, file):
    (desk.run / "data" / "link").symlink_to(desk.run / "config.json")
    with pytest.raises(Refused):
        desk.ask("data", key="d", generation=1, file=file)
    assert [record.kind for record in desk.records()] == ["run", "lease", "refused"]


def test_a_claim_is_written_down_as_it_was_made(desk):
    body = {"text": "line\nbreak\u2028", "deep": [{"n": -1.5}]}
    desk.ask("claim", key="c", kind="note", body=body)
    claim = desk.records("claim")[0].body
    assert (claim["kind"], claim["body"], claim["key"]) == ("note", body, "c")


def test_a_claim_of_a_megabyte_is_refused(desk):
    with pytest.raises(Refused, match="bytes"):
        desk.ask("claim", key="c", kind="note", body={"text": "x" * (1 << 20)})


def test_progress_is_shown_and_not_logged(desk):
    before = desk.gate.answer(message("hello"))["head"]
    assert desk.ask("progress", body={"step": 1}) == {}
    assert desk.events == [("progress", {"step": 1})]
    assert desk.gate.answer(message("hello"))["head"] == before
    with pytest.raises(Refused, match="bytes"):
        desk.ask("progress", body={"text": "x" * (1 << 14)})


# --- the beginning and the end


def test_the_secret_is_committed_to_first_and_matches_at_the_reveal(open_desk):
    desk = open_desk("sealed", reproducible=False)
    first = desk.records()[0]
    assert (first.kind, first.body["exam_sealed"], first.body["version"]) == ("run", True, 2)
    assert first.body["config"]["families"] == FAMILIES
    desk.ask("finish", key="end", reason="enough")
    secret = desk.records("end")[0].body["secret"]
    assert bytes.fromhex(secret) == (desk.run / "warden" / "secret").read_bytes()
    assert check_run(Folder.at(desk.run))["ok"]


def test_a_reproducible_run_says_that_its_exam_is_not_sealed(desk):
    assert desk.records()[0].body["exam_sealed"] is False


def test_a_run_goes_on_only_with_the_configuration_it_began_with(open_desk):
    open_desk()
    with pytest.raises(Refused, match="began with"):
        open_desk(alpha=0.9)
    assert open_desk().records()[0].kind == "run"


def test_a_run_goes_on_only_with_the_secret_it_committed_to(open_desk):
    desk = open_desk(reproducible=False)
    (desk.run / "warden" / "secret").write_bytes(bytes(32))
    with pytest.raises(Refused, match="began with"):
        open_desk(reproducible=False)


def test_a_flood_of_different_refusals_is_logged_up_to_a_bound(desk, monkeypatch):
    monkeypatch.setattr("ouroboros_warden.gate.REFUSALS", 4)
    for n in range(9):
        with pytest.raises(Refused):
            desk.ask("examples", key=f"x{n}", family="copy", level=9, count=1, seed=n)
        with pytest.raises(Refused):
            desk.ask(f"nonsense {n}")
    told = [record.body["type"] for record in desk.records("refused")]
    assert told == ["examples", "malformed", "examples", "flood"]


def test_a_refusal_by_the_articles_says_which_and_on_what_facts(desk):
    with pytest.raises(Refused, match="article 4: In self mode no truth past the wall"):
        desk.ask("examples", key="x", family="copy", level=9, count=1, seed=1)
    (record,) = desk.records("refused")
    law = record.body["law"]
    assert (law["action"], law["allowed"], law["by"]) == ("examples", False, ["4-wall"])
    assert (law["context"]["level"], law["context"]["wall"]) == (9, 3)
