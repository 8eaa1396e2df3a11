import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.canonical import content_id
from ouroboros_warden.errors import JudgeError, Refused
from ouroboros_warden.exam import exam_seed
from ouroboros_warden.folder import Folder, check_run
from ouroboros_warden.gate import decide, share_of_alpha

from .harness import FAMILIES, make_checkpoint, make_data, message

FINE = {"inferior": False}
WORSE = {"inferior": True}


def examine(desk, key: str, checkpoint: str, parent: str | None = None):
    return desk.ask("examine", key=key, generation=1, checkpoint=checkpoint, parent=parent)


def examples(level: int = 1, key: str = "k", **fields):
    asked = {"key": key, "family": "copy", "level": level, "count": 3, "seed": 5}
    return message("examples", **{**asked, **fields})


# --- the decision itself


@pytest.mark.parametrize(
    ("e_value", "threshold", "families", "promoted", "reason"),
    [
        (0.0, None, {"a": WORSE}, True, "first checkpoint"),
        (20.0, 20.0, {"a": FINE}, True, "better"),
        (19.99, 20.0, {"a": FINE}, False, "no evidence of improvement"),
        (1e9, 20.0, {"a": FINE, "b": WORSE}, False, "worse on b"),
        (0.0, 20.0, {"b": WORSE, "a": WORSE}, False, "worse on a, b"),
        (math.nan, 20.0, {"a": FINE}, False, "no evidence of improvement"),
    ],
)
def test_a_ruling_follows_from_numbers(e_value, threshold, families, promoted, reason):
    ruling = decide(e_value, threshold, families)
    assert (ruling.promoted, ruling.reason) == (promoted, reason)


@given(st.floats(0.001, 0.5), st.integers(1, 3000))
def test_the_error_budget_is_never_overspent(alpha, duels):
    spent = sum(share_of_alpha(alpha, k) for k in range(1, duels + 1))
    assert spent < alpha
    assert alpha - spent < alpha / duels  # and nearly all of it is there to be spent


# --- examinations


def test_the_first_checkpoint_is_examined_and_installed(desk):
    first = make_checkpoint(desk.run, copy=0, sum=0)
    assert examine(desk, "e1", first) == {"promoted": True, "reason": "first"}
    exam, decision = desk.records("exam")[0].body, desk.records("decision")[0].body
    assert (exam["champion"], exam["threshold"], exam["exam"]) == (None, None, 1)
    assert (decision["champion"], decision["reason"]) == (None, "first checkpoint")
    assert decision["families"]["copy"]["frontier"] == 0


def test_a_better_successor_is_promoted_and_the_next_meets_it(desk):
    names = [make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 3, 5)]
    told = [examine(desk, f"e{n}", name) for n, name in enumerate(names)]
    assert [answer["reason"] for answer in told] == ["first", "better", "better"]
    assert [r.body["champion"] for r in desk.records("exam")] == [None, names[0], names[1]]
    thresholds = [r.body["threshold"] for r in desk.records("exam")]
    assert thresholds[1:] == [1 / share_of_alpha(0.05, 1), 1 / share_of_alpha(0.05, 2)]


def test_no_evidence_and_worse_are_rejections_without_detail(desk):
    first = make_checkpoint(desk.run, copy=3, sum=3)
    same = make_checkpoint(desk.run, copy=3, sum=3, weights=b"noise")
    torn = make_checkpoint(desk.run, copy=6, sum=2)
    examine(desk, "e1", first)
    assert examine(desk, "e2", same) == {"promoted": False, "reason": "no evidence"}
    assert examine(desk, "e3", torn) == {"promoted": False, "reason": "worse"}
    reasons = [r.body["reason"] for r in desk.records("decision")]
    assert reasons[1:] == ["no evidence of improvement", "worse on sum"]
    assert desk.sits()[-1]["champion"].endswith(first)


def test_no_exam_seed_is_used_twice(desk):
    names = [make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 2, 3)]
    for n, name in enumerate(names):
        examine(desk, f"e{n}", name)
    desk.ask("final", key="final")
    examine(desk, "again", names[0])
    seeds = [sit["seed"] for sit in desk.sits()]
    assert seeds[0::2] == seeds[1::2]  # both parts of an exam draw the same items
    assert len(set(seeds[0::2])) == 5
    desk.ask("finish", key="end", reason="enough")
    secret = bytes.fromhex(desk.records("end")[0].body["secret"])
    assert seeds[0::2] == [exam_seed(secret, k) for k in range(1, 6)]


def test_the_frontier_of_the_champion_is_the_one_last_measured(desk):
    first = make_checkpoint(desk.run, copy=1, sum=1)
    better = make_checkpoint(desk.run, copy=5, sum=4)
    worse = make_checkpoint(desk.run, copy=2, sum=2)
    for n, name in enumerate((first, better, worse, worse)):
        examine(desk, f"e{n}", name)
    asked = [
        {name: family["frontier"] for name, family in sit["families"].items()}
        for sit in desk.sits()[::2]
    ]
    at_first = {name: family["wall"] for name, family in FAMILIES.items()}
    top = {"copy": 5, "sum": 4}
    assert asked == [at_first, {"copy": 1, "sum": 1}, top, top]


@pytest.mark.parametrize("file", ["weights.safetensors", "genome.json"])
def test_a_checkpoint_with_other_content_is_refused_and_logged(desk, file):
    name = make_checkpoint(desk.run, copy=1, sum=1)
    path = desk.run / "checkpoints" / name / file
    path.write_bytes(path.read_bytes().replace(b"weights", b"weighty").replace(b"1", b"6"))
    with pytest.raises(Refused, match="does not match"):
        examine(desk, "e1", name)
    assert desk.records()[-1].kind == "refused"
    assert not desk.records("exam")


def test_a_champion_changed_on_the_disk_is_not_measured_against(desk):
    first, second = (make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 5))
    examine(desk, "e1", first)
    (desk.run / "checkpoints" / first / "weights.safetensors").write_bytes(b"weaker")
    with pytest.raises(Refused, match=first):
        examine(desk, "e2", second)


def test_weights_swapped_during_the_exam_are_refused(desk, monkeypatch):
    name = make_checkpoint(desk.run, copy=1, sum=1)
    examiners = desk.gate._judges.examiners
    sit = examiners.sit

    def swap(sitting):
        result = sit(sitting)
        (sitting.successor / "weights.safetensors").write_bytes(b"others")
        return result

    monkeypatch.setattr(examiners, "sit", swap)
    with pytest.raises(Refused, match="does not match"):
        examine(desk, "e1", name)
    assert not desk.records("decision")


@pytest.mark.parametrize("name", ["../data", "nothing", "a/../b", "/etc"])
def test_no_path_leads_out_of_the_checkpoints(desk, name):
    with pytest.raises(Refused):
        examine(desk, "e1", name)


def test_a_linked_checkpoint_is_refused(desk, tmp_path):
    name = make_checkpoint(desk.run, copy=1, sum=1)
    folder = desk.run / "checkpoints" / name
    folder.rename(tmp_path / name)
    folder.symlink_to(tmp_path / name)
    with pytest.raises(Refused):
        examine(desk, "e1", name)


def test_a_decision_cut_off_by_a_kill_is_made_from_the_exam(open_desk):
    desk = open_desk()
    first, second = (make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 5))
    examine(desk, "e1", first)
    examine(desk, "e2", second)
    whole = desk.records()
    log = desk.run / "log" / "records.jsonl"
    log.write_bytes(b"".join(record.line() for record in whole[:-1]))
    desk = open_desk()
    assert desk.records() == whole  # before anybody asks, and without another exam
    assert examine(desk, "e2", second) == {"promoted": True, "reason": "better"}
    assert desk.records() == whole


def test_the_final_exam_tells_the_engine_nothing(desk):
    first = make_checkpoint(desk.run, copy=5, sum=1)
    examine(desk, "e1", first)
    assert desk.ask("final", key="f") == {}
    final = desk.records("final")[0].body
    assert (final["checkpoint"], final["exam"]) == (first, 2)
    assert final["families"]["copy"] == {
        "wall": 3,
        "frontier": 5,
        "accuracy": 5 / 6,
        "lower95": 0.5,
        "levels": [[level, 8, 8 if level <= 5 else 0] for level in range(1, 7)],
    }
    assert desk.sits()[-1]["full"]
    assert desk.sits()[-1]["champion"] is None
    assert desk.ask("final", key="f") == {}
    assert len(desk.records("final")) == 1


def test_without_a_champion_there_is_no_final(desk):
    with pytest.raises(Refused, match="no champion"):
        desk.ask("final", key="f")


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


def test_data_changed_during_the_audit_is_refused(desk, monkeypatch):
    file = make_data(desk.run, "1", 1, 0)
    oracle = desk.gate._judges.oracle
    audit = oracle.audit

    def swap(path: Path):
        report = audit(path)
        path.write_text("")
        return report

    monkeypatch.setattr(oracle, "audit", swap)
    with pytest.raises(Refused, match="changed"):
        desk.ask("data", key="d", generation=1, file=file)
    assert not desk.records("data")


@pytest.mark.parametrize(
    "file", ["data/../config.json", "data/../../x", "config.json", "/etc/hostname", "data/link"]
)
def test_no_path_leads_out_of_the_data(desk, file):
    (desk.run / "data" / "link").symlink_to(desk.run / "config.json")
    with pytest.raises(Refused):
        desk.ask("data", key="d", generation=1, file=file)
    assert [record.kind for record in desk.records()] == ["run", "refused"]


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
    assert (first.kind, first.body["exam_sealed"], first.body["version"]) == ("run", True, 1)
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
