import hashlib
import hmac
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros_warden.errors import JudgeError
from ouroboros_warden.exam import (
    Examiners,
    Oracle,
    Row,
    Sitting,
    commitment,
    exam_secret,
    exam_seed,
    merge,
)
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.processes import Judge

from .harness import make_checkpoint, make_run

ROWS = st.lists(
    st.builds(
        Row,
        family=st.sampled_from(["copy", "sum"]),
        level=st.integers(1, 4),
        items=st.integers(0, 9),
        champion_correct=st.integers(0, 9),
        successor_correct=st.integers(0, 9),
        wins=st.integers(0, 9),
        losses=st.integers(0, 9),
    )
)
GOOD = [["copy", 1, 3, 1, 2, 1, 0], ["sum", 1, 3, 1, 2, 1, 0]]
WEIGHED = {
    "frontier": 9,
    "accuracy": 1.0,
    "lower95": 0.9,
    "champion_frontier": 1,
    "inferior": False,
}
SITTING = Sitting(
    champion=Path("old"),
    successor=Path("new"),
    families={"copy": {"wall": 3, "frontier": 3}, "sum": {"wall": 2, "frontier": 2}},
    seed="00",
    items=3,
    full=False,
)


class ScriptedJudge(Judge):
    """Gives one answer to whatever it is asked, in this process."""

    def __init__(self, answer):
        self.answer = answer

    def post(self, request):
        pass

    def collect(self, read):
        return read(self.answer)


def secret_of(run: Path) -> bytes:
    folder = Folder.at(run)
    folder.warden.mkdir(exist_ok=True)
    return exam_secret(folder, load_config(folder))


def test_a_sealed_secret_is_random_kept_and_private(tmp_path):
    one, other = (make_run(tmp_path / name, reproducible=False) for name in "ab")
    secret = secret_of(one)
    assert len(secret) == 32
    assert secret_of(one) == secret
    assert secret_of(other) != secret
    kept = one / "warden" / "secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.glob("secret*")] == ["secret"]


def test_a_draft_left_by_a_kill_is_not_the_secret(tmp_path):
    run = make_run(tmp_path, reproducible=False)
    (run / "warden" / "secret").unlink()
    (run / "warden" / "secret.draft").write_bytes(b"half")
    assert len(secret_of(run)) == 32


def test_a_reproducible_secret_follows_from_the_seed(tmp_path):
    secret = secret_of(make_run(tmp_path, reproducible=True))
    assert secret == hmac.digest(b"ouroboros exam", b"7", "sha256")
    assert not (tmp_path / "warden" / "secret").exists()


def test_seeds_follow_from_the_secret_and_differ():
    assert exam_seed(b"s", 3) == hmac.digest(b"s", b"exam:3", "sha256").hex()
    assert len({exam_seed(b"s", number) for number in range(200)}) == 200
    assert commitment(b"s") == hashlib.sha256(b"s").hexdigest()


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_merging_adds_up_whatever_the_order_of_parts(rows, random):
    merged = merge(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert merge(shuffled) == merged
    assert [row[:2] for row in merged] == sorted({row[:2] for row in rows})
    for column in range(2, 7):
        assert sum(row[column] for row in merged) == sum(row[column] for row in rows)


def test_parts_of_an_exam_cover_every_item_once(desk):
    first = make_checkpoint(desk.run, copy=3, sum=2)
    desk.ask("examine", key="e", generation=0, checkpoint=first, parent=None)
    assert [sit["part"] for sit in desk.sits()] in ([[0, 2], [1, 2]], [[1, 2], [0, 2]])
    rows = desk.records("exam")[0].body["rows"]
    assert all(row[2] == 6 for row in rows)
    assert len(rows) == 12
    assert desk.records("exam")[0].body["flop"] == 2001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flop", -1),
        ("flop", 1.5),
        ("flop", None),
        ("rows", None),
        ("rows", []),
        ("rows", GOOD[:1]),
        ("rows", [*GOOD, ["other", 1, 3, 1, 2, 1, 0]]),
        ("rows", [*GOOD, [["copy"], 1, 3, 1, 2, 1, 0]]),
        ("rows", [*GOOD, ["copy", 1, 3, 1, 2, 1]]),
        ("rows", [*GOOD, ["copy", 1, 3, 1, 2, 1, 0, 0]]),
        ("rows", [*GOOD, ["copy", 1, 3, 1, 4, 3, 0]]),
        ("rows", [*GOOD, ["copy", 1, 3, 4, 2, 0, 2]]),
        ("rows", [*GOOD, ["copy", 1, 3, 1, 2, 2, 0]]),
        ("rows", [*GOOD, ["copy", 1, 3, 1, 2, 3, 2]]),
        ("rows", [*GOOD, ["copy", 1, 3, True, 2, 1, 0]]),
        ("rows", [*GOOD, ["copy", 1, 3.0, 1, 2, 1, 0]]),
        ("rows", [*GOOD, ["copy", -1, 3, 1, 2, 1, 0]]),
        ("rows", [*GOOD, None]),
    ],
)
def test_counts_out_of_range_are_not_believed(name, value):
    examiners = Examiners([ScriptedJudge({"rows": GOOD, "flop": 1, name: value})])
    with pytest.raises(JudgeError, match="breaks the rule"):
        examiners.sit(SITTING)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("e_value", -1),
        ("e_value", "1e9"),
        ("e_value", None),
        ("e_value", True),
        ("e_value", 10**400),
        ("families", {}),
        ("families", []),
        ("families", {"copy": {}, "sum": {}}),
    ],
)
def test_weights_out_of_range_are_not_believed(name, value):
    answer = {"e_value": 1.0, "families": {"copy": WEIGHED, "sum": WEIGHED}}
    assert Examiners([ScriptedJudge(answer)]).weigh(SITTING, [], 0.05, 0.03) == answer
    with pytest.raises(JudgeError, match="breaks the rule"):
        Examiners([ScriptedJudge({**answer, name: value})]).weigh(SITTING, [], 0.05, 0.03)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frontier", -1),
        ("accuracy", 1.5),
        ("lower95", -0.1),
        ("champion_frontier", "9"),
        ("inferior", 0),
        ("inferior", None),
    ],
)
def test_a_familys_weight_out_of_range_is_not_believed(name, value):
    families = {"copy": WEIGHED, "sum": {**WEIGHED, name: value}}
    with pytest.raises(JudgeError, match="breaks the rule"):
        Examiners([ScriptedJudge({"e_value": 1, "families": families})]).weigh(
            SITTING, [], 0.05, 0.03
        )


@pytest.mark.parametrize(
    "moods",
    [["die"] * 6, [["flop", -1]] * 6, [None, None, ["e_value", -1], ["e_value", -1]]],
)
def test_a_judge_that_fails_twice_promotes_nothing_and_the_step_can_be_repeated(desk, moods):
    first = make_checkpoint(desk.run, copy=1, sum=1)
    second = make_checkpoint(desk.run, copy=6, sum=6)
    desk.ask("examine", key="e1", generation=0, checkpoint=first, parent=None)
    before = len(desk.records())
    desk.moods("examiner", *moods)
    with pytest.raises(JudgeError):
        desk.ask("examine", key="e2", generation=1, checkpoint=second, parent=first)
    assert len(desk.records()) == before
    desk.moods("examiner")
    answer = desk.ask("examine", key="e2", generation=1, checkpoint=second, parent=first)
    assert answer == {"promoted": True, "reason": "better"}
    assert desk.records("exam")[-1].body["exam"] == 2


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"prompts": ["a"], "lines": [["a"]]},
        {"prompts": ["a", "b"], "lines": [["a"], "b"]},
        {"prompts": ["a", 1], "lines": [["a"], ["b"]]},
        {"prompts": "ab", "lines": [["a"], ["b"]]},
    ],
)
def test_examples_out_of_type_are_not_handed_on(answer):
    with pytest.raises(JudgeError, match="breaks the rule"):
        Oracle(ScriptedJudge(answer)).examples("copy", 1, 2, seed=1)


@pytest.mark.parametrize("correct", [None, [], [True, True], [1], ["true"]])
def test_verdicts_out_of_type_are_not_handed_on(correct):
    with pytest.raises(JudgeError, match="breaks the rule"):
        Oracle(ScriptedJudge({"correct": correct})).verify("copy", 1, ["a"], [["b"]])


@pytest.mark.parametrize(
    "families",
    [
        None,
        {"copy": 1},
        {"copy": {"one": {"rows": 1, "correct": 1}}},
        {"copy": {"1": {"rows": 1, "correct": 2}}},
        {"copy": {"1": {"rows": 1}}},
    ],
)
def test_an_audit_out_of_range_is_not_believed(families):
    with pytest.raises(JudgeError, match="breaks the rule"):
        Oracle(ScriptedJudge({"families": families, "foreign": 0, "made": {}})).audit(
            Path("data/1"), "id", {"copy": 3}
        )


GOOD = {"rows": 3, "wrong": 1, "variety": 1000}


@pytest.mark.parametrize(
    "made",
    [
        None,
        {},  # one row is wrong, and nobody made it
        {"copy": 1},
        {"copy": {"rows": 3, "wrong": 1}},
        {"copy": {**GOOD, "wrong": 0}},
        {"copy": {**GOOD, "rows": 0}},
        {"copy": {**GOOD, "variety": 1001}},
        {"copy": {**GOOD, "variety": -1}},
        {"copy": {**GOOD, "variety": 0.5}},
        {"copy": {**GOOD, "variety": True}},
        {"sum": GOOD},
    ],
)
def test_what_was_made_is_not_believed_out_of_range_or_against_the_counts(made):
    answer = {"families": {"copy": {"1": {"rows": 3, "correct": 2}}}, "foreign": 0, "made": made}
    with pytest.raises(JudgeError, match="breaks the rule"):
        Oracle(ScriptedJudge(answer)).audit(Path("data/1"), "id", {"copy": 3})


def test_an_audit_is_asked_with_walls_and_told_whole():
    answer = {"families": {"copy": {"1": {"rows": 3, "correct": 2}}}, "foreign": 0}
    judge = ScriptedJudge({**answer, "made": {"copy": {**GOOD, "note": "x"}}})
    told = Oracle(judge).audit(Path("data/1"), "id", {"copy": 3})
    assert told == {**answer, "rows": 3, "correct": 2, "made": {"copy": GOOD}}


def test_a_sitting_names_folders_walls_and_frontiers(desk):
    first = make_checkpoint(desk.run, copy=3, sum=1)
    second = make_checkpoint(desk.run, copy=5, sum=4)
    desk.ask("examine", key="e1", generation=0, checkpoint=first, parent=None)
    desk.ask("examine", key="e2", generation=1, checkpoint=second, parent=first)
    *_, last = desk.sits()
    assert last["champion"] == str(desk.run / "checkpoints" / first)
    assert last["successor"] == str(desk.run / "checkpoints" / second)
    assert last["families"] == {
        "copy": {"wall": 3, "frontier": 3},
        "sum": {"wall": 2, "frontier": 1},
    }
    assert (last["items"], last["full"]) == (6, False)
    start = json.loads((desk.run / "judge" / "sits.jsonl").read_text().splitlines()[0])
    assert start["champion"] is None
    assert start["families"]["sum"] == {"wall": 2, "frontier": 2}
