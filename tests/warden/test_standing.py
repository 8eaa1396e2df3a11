"""What a log amounts to: each record's part in it, and what growth under a lease comes to."""

import math
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import Json
from ouroboros_warden.lease import Allowance
from ouroboros_warden.standing import (
    Standing,
    after,
    facts_of_exam,
    growth,
    last_step,
)

WALLS = {"copy": 3, "sum": 2}
SOME = Allowance(generations=3, flop=1.0, seconds=1.0, joules=1.0, gain=0.5)
START = Standing(walls=WALLS, frontiers=WALLS)


def record(kind: str, **body: Any) -> Record:
    return Record(index=0, previous="", kind=kind, body=body, hash="")


def decision(
    promoted: bool, copy: int, sum: int, name: str = "new", by: tuple[str, ...] = ("engine",)
) -> Record:
    """On a successor that reached these levels, against a champion at its walls."""
    families = {
        family: {"frontier": reached, "champion_frontier": WALLS[family]}
        for family, reached in (("copy", copy), ("sum", sum))
    }
    law = {"by": list(by)}
    return record("decision", promoted=promoted, checkpoint=name, families=families, law=law)


def fold(*records: Record, standing: Standing = START) -> Standing:
    for each in records:
        standing = after(standing, each)
    return standing


LEASE = record("lease", allowance=asdict(SOME))


def test_a_run_begins_at_its_walls_with_nothing_granted():
    assert growth(START, WALLS) == {"nats": 0, "gain": 0, "granted": 0}
    assert growth(START, {"copy": 6, "sum": 4})["gain"] == 694  # ln 2, rounded up


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        (record("exam", champion=None), {"exams": 1}),
        (record("exam", champion="x"), {"exams": 1, "duels": 1}),
        (record("final"), {"exams": 1}),
        (record("end"), {"over": True}),
        (record("data", generation=7), {"taught": 7}),
        (LEASE, {"allowance": SOME}),
        (
            record("rollback", checkpoint="old", frontiers={"copy": 9, "sum": 9}),
            {"champion": "old", "frontiers": {"copy": 9, "sum": 9}},
        ),
        (record("claim"), {}),
        (record("refused"), {}),
        (record("oracle"), {}),
        (record("brake"), {}),
    ],
)
def test_each_record_has_its_part(what, changed):
    assert after(START, what) == replace(START, **changed)


def test_a_promotion_makes_a_champion_and_a_rejection_measures_the_old_one():
    taken = fold(LEASE, decision(True, 4, 2))
    assert (taken.champion, taken.champions) == ("new", {"new"})
    assert (taken.frontiers, taken.generations) == ({"copy": 4, "sum": 2}, 1)
    kept = fold(decision(False, 9, 9, "other"), standing=taken)
    assert (kept.champion, kept.champions, kept.frontiers) == ("new", {"new"}, WALLS)
    assert kept.generations == 2
    third = fold(decision(True, 5, 3, "third"), standing=kept)
    assert third.champions == {"new", "third"}


def test_another_lease_counts_from_where_the_champion_stands():
    grown = fold(LEASE, decision(True, 4, 2), decision(False, 3, 2, by=("10-growth",)))
    assert (grown.generations, grown.outgrown) == (2, True)
    grown = replace(grown, frontiers={"copy": 6, "sum": 4})
    again = after(grown, LEASE)
    assert (again.generations, again.outgrown) == (0, False)
    assert again.base == pytest.approx(math.log(2))
    assert growth(again, {"copy": 6, "sum": 4})["gain"] == 0
    assert growth(again, {"copy": 12, "sum": 8})["gain"] == 694


@pytest.mark.parametrize(
    ("granted", "outgrown"), [(0.6931, True), (0.694, False), (0.6939, True), (0.695, False)]
)
def test_a_lease_is_outgrown_by_a_champion_that_got_further_than_it_grants(granted, outgrown):
    lease = record("lease", allowance=asdict(replace(SOME, gain=granted)))
    assert fold(lease, decision(True, 6, 4)).outgrown is outgrown


def test_a_lease_once_outgrown_stays_so_until_another():
    outgrown = fold(LEASE, decision(False, 3, 2, by=("10-growth", "6-better")))
    assert outgrown.outgrown
    assert fold(decision(True, 3, 2), decision(False, 3, 2), standing=outgrown).outgrown
    assert not fold(LEASE, standing=outgrown).outgrown


# --- the facts of an examination


def exam(**change: Any) -> Json:
    families = {
        name: {"frontier": wall, "champion_frontier": wall, "inferior": False}
        for name, wall in WALLS.items()
    }
    body: Json = {"exam": 1, "threshold": 20.0, "e_value": 20.0, "families": families}
    return {**body, "probes": {"right": 2, "refused": 0, "wrong": 1, "accepted": 0}, **change}


HELD = fold(LEASE, record("exam", champion="x"))


def facts(**change: Any) -> Json:
    return facts_of_exam(HELD, exam(**change))[0]


def test_a_good_examination_has_good_facts():
    found, report = facts_of_exam(HELD, exam())
    assert found == {
        "fresh": True,
        "evidence": True,
        "worse": 0,
        "probes": True,
        "monitored": True,
        "gain": 0,
        "granted": 500,
        "precision": 10_000,
        "variety": 1000,
    }
    assert report == {"nats": 0, "gain": 0, "granted": 500}


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"exam": 0}, "fresh", False),
        ({"exam": 2}, "fresh", False),
        ({"e_value": 19.99}, "evidence", False),
        ({"e_value": math.nan}, "evidence", False),
        ({"e_value": 0.0, "threshold": None}, "evidence", True),
    ],
)
def test_freshness_and_evidence_follow_from_numbers(change, name, value):
    assert facts(**change)[name] is value


@pytest.mark.parametrize("name", ["refused", "accepted"])
def test_a_judge_that_graded_one_probe_wrong_is_no_judge(name):
    probes = exam()["probes"]
    assert facts(probes={**probes, name: 1})["probes"] is False


@pytest.mark.parametrize("name", ["right", "wrong"])
def test_a_judge_that_was_not_probed_both_ways_is_no_judge(name):
    probes = exam()["probes"]
    assert facts(probes={**probes, name: 0})["probes"] is False
    assert facts(probes={**probes, name: 1})["probes"] is True


def test_families_in_which_it_is_worse_are_counted_where_there_is_somebody_to_be_worse_than():
    families = exam()["families"]
    for count, worse in ((1, ("copy",)), (2, ("copy", "sum"))):
        marked = {name: {**each, "inferior": name in worse} for name, each in families.items()}
        assert facts(families=marked)["worse"] == count
        assert facts(families=marked, threshold=None)["worse"] == 0


@given(st.integers(1, 50), st.integers(1, 50))
def test_growth_is_that_of_the_successor_and_not_of_its_champion(copy, sum):
    families = {
        "copy": {"frontier": copy, "champion_frontier": 3, "inferior": False},
        "sum": {"frontier": sum, "champion_frontier": 2, "inferior": False},
    }
    found = facts(families=families)
    assert found["gain"] == growth(HELD, {"copy": copy, "sum": sum})["gain"]
    assert found["gain"] >= 500 * math.log(copy * sum / 6) - 1e-6


def test_the_last_step_is_none_of_those_that_stand_aside():
    steps = [record("run"), record("exam")]
    aside = [record(k) for k in ("confinement", "brake", "lease", "constitution", "spent")]
    assert last_step([*steps, *aside]) is steps[1]
    assert last_step(steps[:1]) is steps[0]
