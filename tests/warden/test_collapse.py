"""Collapse guards: data that drifted or narrowed promote nobody, with the reason in the log."""

import math
import shutil
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.audit import Log, Record, read_log
from ouroboros_warden.canonical import canonical
from ouroboros_warden.errors import LogDamaged
from ouroboros_warden.folder import Folder
from ouroboros_warden.heads import signing
from ouroboros_warden.keys import load_key
from ouroboros_warden.standing import (
    ENOUGH,
    Ruling,
    Standing,
    after,
    facts_of_data,
    most_right,
    reason_of,
)
from ouroboros_warden.verify import check_run

from .harness import make_checkpoint, make_data

START = Standing(walls={"copy": 3, "sum": 2}, frontiers={"copy": 3, "sum": 2})
FINE = {"precision": 10_000, "variety": 1000}
FRONTIERS = {name: {"frontier": 3, "champion_frontier": 3} for name in ("copy", "sum")}


def record(kind: str, **body: Any) -> Record:
    return Record(index=7, previous="", kind=kind, body=body, hash="")


def audit(**made: tuple[int, int, int]) -> Record:
    """What was made by family: rows, wrong ones, variety."""
    names = ("rows", "wrong", "variety")
    return record("audit", made={f: dict(zip(names, m, strict=True)) for f, m in made.items()})


DECISION = record(
    "decision", promoted=False, checkpoint="x", families=FRONTIERS, law={"by": ["engine"]}
)


def fold(*records: Record) -> Standing:
    standing = START
    for each in records:
        standing = after(standing, each)
    return standing


def facts(*records: Record) -> dict[str, int]:
    return facts_of_data(fold(*records))


# what is concluded


def test_worked_examples_alone_and_few_rows_say_nothing():
    assert facts() == facts(audit()) == FINE
    assert facts(audit(copy=(ENOUGH - 1, ENOUGH - 1, 0))) == FINE
    assert facts(audit(copy=(ENOUGH, ENOUGH, 0))) == {"precision": 353, "variety": 0}


def test_small_files_are_taken_together_until_they_are_enough():
    small = audit(copy=(40, 20, 100))
    assert facts(small, small) == FINE
    assert facts(small, small, small) == {"precision": most_right(120, 60), "variety": 100}
    assert facts(small, DECISION, small, DECISION, small)["variety"] == 100


def test_precision_is_of_all_families_and_variety_of_the_least_varied():
    found = facts(audit(copy=(900, 0, 990), sum=(100, 30, 250)))
    assert found == {"precision": most_right(1000, 30), "variety": 250}
    assert facts(audit(copy=(900, 0, 990), sum=(99, 0, 250)))["variety"] == 990


def test_variety_is_the_mean_over_rows_of_all_files():
    found = facts(audit(copy=(300, 0, 1000)), audit(copy=(100, 0, 200)))
    assert found["variety"] == 800


def test_an_examination_concludes_what_was_handed_in_before_it():
    bad, good = audit(copy=(200, 100, 50)), audit(copy=(200, 0, 900))
    assert facts(bad, good)["variety"] == 475
    assert facts(bad, DECISION, good) == {"precision": 10_000, "variety": 900}
    assert facts(good, DECISION, bad)["variety"] == 50


def test_what_was_found_holds_until_there_is_enough_to_find_something_else():
    bad, few = audit(copy=(200, 100, 50)), audit(copy=(ENOUGH - 1, 0, 900))
    found = facts(bad)
    assert facts(bad, DECISION) == facts(bad, DECISION, DECISION) == found
    assert facts(bad, DECISION, few, DECISION) == found
    assert facts(bad, DECISION, few, DECISION, audit(copy=(1, 0, 900)))["variety"] == 900


def test_only_a_decision_concludes_anything():
    bad = audit(copy=(200, 100, 50))
    for kind, body in (("exam", {"champion": None}), ("final", {}), ("claim", {}), ("refused", {})):
        assert fold(bad, record(kind, **body)).made == fold(bad).made


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 1000))))
def test_no_way_of_cutting_data_into_files_changes_what_is_found_of_their_labels(parts):
    files = [(rows, min(rows, wrong), variety) for rows, wrong, variety in parts]
    rows, wrong = (sum(each[i] for each in files) for i in (0, 1))
    found = facts(*(audit(copy=file) for file in files))
    expected = most_right(rows, wrong) if rows >= ENOUGH else 10_000
    assert found["precision"] == expected
    assert 0 <= found["variety"] <= 1000


def test_an_audit_of_another_version_is_named_and_not_guessed_at():
    with pytest.raises(LogDamaged, match=r"record 7: .* another version"):
        after(START, record("audit", families={}, rows=0, correct=0))


# the bound


@pytest.mark.parametrize(
    ("rows", "wrong", "expected"),
    [
        (100, 0, 10_000),
        (100, 3, 9907),
        (100, 4, 9849),
        (1000, 50, 9606),
        (100, 100, 353),
        (10**6, 10**4, 9901),
        (10**9, 10**7, 9900),
    ],
)
def test_the_bound_is_what_so_many_wrong_ones_do_not_speak_against(rows, wrong, expected):
    assert most_right(rows, wrong) == expected


@given(st.integers(100, 10**6), st.data())
def test_the_bound_is_above_the_share_and_falls_with_every_wrong_label(rows, data):
    wrong = data.draw(st.integers(0, rows - 1))
    found = most_right(rows, wrong)
    assert Fraction(found + 1, 10_000) > Fraction(rows - wrong, rows)
    assert most_right(rows, wrong + 1) <= found <= 10_000
    assert (found == 10_000) == (wrong == 0)


@pytest.mark.parametrize("rows", [100, 149, 350, 1200, 4000])
def test_labels_that_are_right_in_99_of_100_are_refused_in_some_5_of_100(rows):
    least = next(wrong for wrong in range(rows) if most_right(rows, wrong) < 9900)
    chance = sum(
        math.comb(rows, k) * Fraction(1, 100) ** k * Fraction(99, 100) ** (rows - k)
        for k in range(least)
    )
    assert 1 - chance <= Fraction(64, 1000)  # a normal bound, corrected for continuity
    assert least <= rows / 100 + 2 * (rows / 100) ** 0.5 + 2


# the reason


def law(*by: str, **found: int) -> dict[str, Any]:
    return {"by": [*by], "allowed": by == ("engine",), "context": {**FINE, **found}}


WON, LOST = Ruling(promoted=True, reason="better"), Ruling(promoted=False, reason="worse on sum")


@pytest.mark.parametrize(
    ("ruling", "decided", "reason"),
    [
        (WON, law("engine"), "better"),
        (LOST, law("6-better"), "worse on sum"),
        (WON, law("10-growth"), "10-growth"),
        (WON, law("10-growth", "6-exam"), "10-growth, 6-exam"),
        (
            WON,
            law("6-sound", precision=9_807),
            "drift: at most 98.07 % of its new labels are right",
        ),
        (LOST, law("6-better", "6-sound"), "drift: at most 100.00 % of its new labels are right"),
        (
            WON,
            law("6-varied", variety=87),
            "narrow: its new data are 8.7 % as varied as they should be",
        ),
        (WON, law("6-sound", "6-varied"), "drift: at most 100.00 % of its new labels are right"),
    ],
)
def test_the_reason_is_in_words_and_what_is_wrong_with_the_data_comes_first(
    ruling, decided, reason
):
    assert reason_of(ruling, decided) == reason


# the gate


def duel(desk, key, name, parent=None, generation=9):
    fields = {"generation": generation, "checkpoint": name, "parent": parent}
    return desk.ask("examine", key=key, **fields)


def hand_in(desk, generation, *, correct=150, wrong=0, **more):
    file = make_data(desk.run, f"{generation}", correct, wrong, **more)
    desk.ask("data", key=f"d{generation}", generation=generation, file=file)


BAD = [
    ({"correct": 130, "wrong": 20}, "drift", "6-sound"),
    ({"variety": 120}, "narrow", "6-varied"),
    ({"correct": 130, "wrong": 20, "variety": 120}, "drift", "6-sound"),
]


@pytest.mark.parametrize(("spoilt", "told", "article"), BAD)
def test_a_better_successor_of_bad_data_is_refused_until_good_data_come(
    desk, spoilt, told, article
):
    first, second = (make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 5))
    hand_in(desk, 1)
    assert duel(desk, "e1", first, generation=1)["reason"] == "first"
    hand_in(desk, 2, **spoilt)
    assert duel(desk, "e2", second, first) == {"promoted": False, "reason": told}
    decision = desk.records("decision")[-1].body
    assert decision["reason"].startswith(f"{told}: ")
    assert article in decision["law"]["by"]
    assert desk.events[-1][1]["reason"] == decision["reason"]
    assert duel(desk, "e3", second, first)["reason"] == told  # asked again
    hand_in(desk, 3, correct=ENOUGH - 1)
    assert duel(desk, "e4", second, first)["reason"] == told  # with too few to tell
    hand_in(desk, 4)
    assert duel(desk, "e5", second, first) == {"promoted": True, "reason": "better"}
    desk.ask("finish", key="end", reason="enough")


def test_nobody_is_the_first_champion_by_bad_data_either(desk):
    hand_in(desk, 1, wrong=20)
    first = make_checkpoint(desk.run, copy=1, sum=1)
    assert duel(desk, "e1", first, generation=1) == {"promoted": False, "reason": "drift"}


def test_a_repeated_question_gets_the_same_word(open_desk):
    desk = open_desk()
    hand_in(desk, 1, variety=10)
    first = make_checkpoint(desk.run, copy=1, sum=1)
    told = duel(desk, "e1", first)
    written = desk.records()
    again = open_desk()
    assert duel(again, "e1", first) == told == {"promoted": False, "reason": "narrow"}
    assert again.records() == written


def test_a_decision_cut_off_by_a_kill_is_made_up_for_with_the_same_reason(open_desk):
    desk = open_desk()
    hand_in(desk, 1, wrong=30)
    duel(desk, "e1", make_checkpoint(desk.run, copy=1, sum=1))
    whole = desk.records()
    log = desk.run / "log" / "records.jsonl"
    log.write_bytes(b"".join(record.line() for record in whole[:-1]))
    assert open_desk().records() == whole


# whoever has the log


@pytest.fixture
def rejected(desk, tmp_path) -> Folder:
    """A finished run whose second successor was refused for its data."""
    first, second = (make_checkpoint(desk.run, copy=n, sum=n) for n in (1, 5))
    hand_in(desk, 1)
    duel(desk, "e1", first, generation=1)
    hand_in(desk, 2, variety=120)
    duel(desk, "e2", second, first)
    desk.ask("finish", key="end", reason="enough")
    return Folder.at(Path(shutil.copytree(desk.run, tmp_path / "copy")))


def rewritten(folder: Folder, change) -> list[str]:
    """What a check says of a log that the owner wrote again, with the run's own key."""
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


def of(kept, kind):
    return [body for found, body in kept if found == kind][-1]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda k: None, None),
        (
            lambda k: of(k, "audit")["made"]["copy"].update(variety=121),
            "promote was decided with variety = 120; it was 121",
        ),
        (
            lambda k: of(k, "audit")["made"]["copy"].update(wrong=50),
            "promote was decided with precision = 10000",
        ),
        (
            lambda k: of(k, "decision").update(reason="worse on copy"),
            "promote has another reason than its facts",
        ),
        (
            lambda k: of(k, "decision")["law"]["context"].update(variety=900),
            "promote was decided otherwise than the articles say",
        ),
        (lambda k: of(k, "audit").pop("made"), "another version wrote this log"),
    ],
)
def test_whoever_replays_the_log_finds_the_same_of_its_data(rejected, change, found):
    problems = rewritten(rejected, change)
    assert bool(problems) == (found is not None)
    assert found is None or any(found in problem for problem in problems), problems


def test_what_was_found_is_a_part_of_the_standing_alone():
    taken = fold(audit(copy=(200, 100, 50)), DECISION)
    assert taken == replace(
        fold(DECISION), found={"precision": most_right(200, 100), "variety": 50}
    )
