import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.errors import Refused
from ouroboros_warden.exam import exam_seed
from ouroboros_warden.gate import SITTINGS
from ouroboros_warden.standing import decide, share_of_alpha, undecided

from .harness import FAMILIES, make_checkpoint

FINE = {"inferior": False}
WORSE = {"inferior": True}


def examine(desk, key: str, checkpoint: str, parent: str | None = None):
    return desk.ask("examine", key=key, generation=1, checkpoint=checkpoint, parent=parent)


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
    assert spent <= alpha * (1 + 1e-9)
    assert alpha - spent <= alpha * 0.9**duels + 1e-9  # and nearly all is there to be spent


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


def test_an_undecided_examination_goes_on_with_fresh_items_until_it_is_decided(desk):
    names = [make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 3)]
    little = make_checkpoint(desk.run, copy=4, sum=3)
    for n, name in enumerate([*names, little]):
        examine(desk, f"e{n}", name)
    first, second, third = (r.body for r in desk.records("exam"))
    assert (first["sittings"], second["sittings"]) == (1, 1)
    # one sitting has 6 wins, worth 2^6; a second duel asks for 157
    assert (third["threshold"], third["sittings"]) == (pytest.approx(156.9, abs=0.1), 2)
    assert third["e_value"] == 2.0**12
    assert third["rows"][3] == ["copy", 4, 12, 0, 12, 12, 0]
    assert third["flop"] == 2 * second["flop"]
    assert desk.records("decision")[-1].body["promoted"]
    seeds = [sit["seed"] for sit in desk.sits()[::2]]
    assert len(set(seeds)) == 4
    desk.ask("finish", key="end", reason="enough")
    secret = bytes.fromhex(desk.records("end")[0].body["secret"])
    assert seeds[2:] == [exam_seed(secret, 3), exam_seed(secret, 3, 2)]


def test_an_examination_that_stays_undecided_ends_without_evidence(desk):
    first, same = (make_checkpoint(desk.run, copy=3, sum=3, weights=w) for w in (b"1", b"2"))
    examine(desk, "e1", first)
    report = {
        name: {"frontier": 3, "accuracy": 1, "lower95": 1, "inferior": False} for name in FAMILIES
    }
    looks = [None, None, {"e_value": 2.0, "families": report}]  # two to sit, one to weigh
    desk.moods("examiner", *looks * SITTINGS)
    assert examine(desk, "e2", same) == {"promoted": False, "reason": "no evidence"}
    assert desk.records("exam")[-1].body["sittings"] == SITTINGS


@pytest.mark.parametrize(
    ("e_value", "threshold", "expected"),
    [(1.5, 33.0, True), (33.0, 33.0, False), (1.0, 33.0, False), (0.2, 33.0, False)],
)
def test_only_evidence_for_the_successor_is_worth_more_items(e_value, threshold, expected):
    assert undecided(e_value, threshold) == expected
    assert not undecided(e_value, None)


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
