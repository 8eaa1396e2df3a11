from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from ouroboros.errors import UsageError
from ouroboros.lineage.checkpoints import read_checkpoint
from ouroboros.loop.learner import fresh, load_average, part
from ouroboros.loop.promote import capability, due, evaluate, follow, promote
from ouroboros.loop.state import Front
from ouroboros_warden.client import Decision

from .surroundings import (
    DeafWarden,
    MemoryWarden,
    greeting_of,
    make_engine,
    make_state,
    place_learner,
    same_weights,
)

REASONS = {
    "first": Decision(promoted=True, reason="first"),
    "better": Decision(promoted=True, reason="better"),
    "no evidence": Decision(promoted=False, reason="no evidence"),
    "worse": Decision(promoted=False, reason="worse"),
    "drift": Decision(promoted=False, reason="drift"),
    "narrow": Decision(promoted=False, reason="narrow"),
}


def school(tmp_path, reason: str, **changes: object):
    """An engine with two learners and a champion of its own, whose warden decides so."""
    engine = make_engine(tmp_path, warden=MemoryWarden(decisions=[REASONS[reason]]))
    old = place_learner(engine, "old", fresh(engine.genome, 7), fresh(engine.genome, 8))
    champion = evaluate(engine, make_state((old, old)))
    learners = (
        place_learner(engine, "a", fresh(engine.genome, 1), fresh(engine.genome, 2)),
        place_learner(engine, "b", fresh(engine.genome, 3), fresh(engine.genome, 4)),
    )
    return engine, make_state(learners, **{"champion": champion, "generation": 6, **changes})


def weights_of(engine, name: str):
    return read_checkpoint(engine.folder / "checkpoints" / name)[1]


def test_the_successors_averaged_weights_are_what_is_handed_in(tmp_path):
    engine, state = school(tmp_path, "better")
    name = evaluate(engine, state)
    genome, weights = read_checkpoint(tmp_path / "checkpoints" / name)
    assert genome == engine.genome.to_json()
    assert same_weights(weights, fresh(engine.genome, 1).state_dict())
    card = (tmp_path / "checkpoints" / name / "card.md").read_text()
    assert all(word in card for word in (name, str(state.champion), "generation 6", "copy"))


def test_the_warden_hears_of_successor_and_champion_under_a_key_of_the_generation(tmp_path):
    engine, state = school(tmp_path, "better")
    promote(engine, state, "0123456789abcdef")
    assert engine.warden.asked == [("examine", "g6/examine", 6, "0123456789abcdef", state.champion)]


@pytest.mark.parametrize("reason", ["first", "better"])
def test_a_promoted_successor_is_the_champion_and_learns_on(tmp_path, reason):
    engine, state = school(tmp_path, reason, setbacks=1)
    after = promote(engine, state, "0123456789abcdef")
    assert after.champion == "0123456789abcdef"
    assert after.learners == state.learners
    assert after.setbacks == 0


def test_without_evidence_the_champion_stays_and_the_learner_learns_on(tmp_path):
    engine, state = school(tmp_path, "no evidence", setbacks=1)
    after = promote(engine, state, "0123456789abcdef")
    assert after.champion == state.champion
    assert after.learners == state.learners
    assert after.setbacks == 0


def test_a_successor_once_found_worse_has_another_chance(tmp_path):
    engine, state = school(tmp_path, "worse")
    after = promote(engine, state, "0123456789abcdef")
    assert (after.champion, after.learners) == (state.champion, state.learners)
    assert after.setbacks == 1


def test_one_found_worse_again_starts_anew_from_the_champions_weights(tmp_path):
    data = ("data/00000.parquet", "data/00001.parquet")
    engine, state = school(tmp_path, "worse", data=data, setbacks=1)
    before = load_average(tmp_path / state.learners[0])
    after = promote(engine, state, "0123456789abcdef")
    assert (after.champion, after.data, after.setbacks) == (state.champion, data, 0)
    assert after.learners[0] != state.learners[0]
    assert after.learners[1] == state.learners[1]
    tensors = load_file(tmp_path / after.learners[0])
    champion = weights_of(engine, state.champion)
    assert same_weights(part(tensors, "average"), champion)
    assert same_weights(part(tensors, "weights"), champion)
    assert not any(t.any() for t in part(tensors, "momentum").values())
    assert not part(tensors, "adam")
    # what it would hand in now is the champion itself; what it was is still on the disk
    assert evaluate(engine, after) == state.champion
    assert same_weights(load_average(tmp_path / state.learners[0]), before)


def test_the_learner_that_is_the_successor_to_be_is_handed_in_and_set_back(tmp_path):
    engine, state = school(tmp_path, "worse", setbacks=1, successor=1)
    assert evaluate(engine, state) != evaluate(engine, replace(state, successor=0))
    after = promote(engine, state, "0123456789abcdef")
    assert after.learners[0] == state.learners[0]
    assert after.learners[1] != state.learners[1]
    assert evaluate(engine, after) == state.champion


@pytest.mark.parametrize("setbacks", [0, 1])
def test_a_run_without_a_champion_has_nothing_to_go_back_to(tmp_path, setbacks):
    engine, state = school(tmp_path, "worse", champion=None, setbacks=setbacks)
    assert promote(engine, state, "0123456789abcdef").learners == state.learners


GOOD_DATA = ("data/00000.parquet", "data/00001.parquet")
BAD_DATA = (*GOOD_DATA, "data/00002.parquet", "data/00003.parquet")


def spoilt(tmp_path, told: str, before: str = "no evidence", **changes: object):
    """An engine, its state at a good examination, one that bad data taught, and what follows."""
    engine, good = school(
        tmp_path, before, data=GOOD_DATA, fronts=fronts_at(6, 3), successor=1, tokens=5
    )
    promote(engine, good, "0123456789abcdef")
    learners = (
        place_learner(engine, "c", fresh(engine.genome, 11), fresh(engine.genome, 12)),
        place_learner(engine, "d", fresh(engine.genome, 13), fresh(engine.genome, 14)),
    )
    fields = {"data": BAD_DATA, "fronts": fronts_at(90, 90), "generation": 8, "tokens": 9}
    bad = replace(good, learners=learners, successor=0, **{**fields, **changes})
    engine.warden.decisions.append(REASONS[told])
    return engine, good, bad, promote(engine, bad, "fedcba9876543210")


@pytest.mark.parametrize("told", ["drift", "narrow"])
@pytest.mark.parametrize("before", ["first", "better", "no evidence", "worse"])
def test_after_bad_data_the_loop_goes_back_to_its_last_good_examination(tmp_path, told, before):
    engine, good, bad, after = spoilt(tmp_path, told, before)
    assert (after.data, after.fronts, after.successor) == (GOOD_DATA, good.fronts, 1)
    for old, new in zip(good.learners, after.learners, strict=True):
        assert (tmp_path / new).read_bytes() == (tmp_path / old).read_bytes()
    assert not {*after.learners} & {*good.learners, *bad.learners}  # workers keep files in memory
    assert (after.champion, after.generation, after.tokens) == (bad.champion, 8, 9)
    assert after.setbacks == 0
    growth = engine.config.loop.examine_growth
    assert after.examined == pytest.approx(capability(engine, good) / growth**0.5)
    assert not due(engine, after)


def test_two_learners_that_went_back_are_still_two(tmp_path):
    *_, after = spoilt(tmp_path, "drift")
    one, other = (load_average(tmp_path / file) for file in after.learners)
    assert not same_weights(one, other)


def test_a_good_examination_is_gone_back_to_as_often_as_it_takes(tmp_path):
    engine, good, bad, after = spoilt(tmp_path, "narrow")
    engine.warden.decisions.append(REASONS["drift"])
    later = promote(engine, replace(bad, generation=9), "0" * 16)
    assert (later.data, later.fronts) == (after.data, after.fronts)
    for old, new in zip(good.learners, later.learners, strict=True):
        assert (tmp_path / new).read_bytes() == (tmp_path / old).read_bytes()


def test_what_is_gone_back_to_outlives_old_learners_and_a_resumed_generation(tmp_path):
    engine, _, bad, after = spoilt(tmp_path, "drift")
    for file in (tmp_path / "learners").glob("*.safetensors"):
        file.unlink()  # as `forget` does, but for more
    engine.warden.decisions.append(REASONS["drift"])
    assert promote(engine, bad, "fedcba9876543210") == after
    assert all((tmp_path / file).exists() for file in after.learners)


def test_only_the_last_good_examination_is_gone_back_to(tmp_path):
    engine, good, bad, _ = spoilt(tmp_path, "drift")
    newer = replace(good, learners=good.learners[::-1], data=(*GOOD_DATA, "data/00007.parquet"))
    engine.warden.decisions += [REASONS["no evidence"], REASONS["drift"]]
    promote(engine, newer, "1" * 16)
    after = promote(engine, bad, "2" * 16)
    assert after.data == newer.data
    assert (tmp_path / after.learners[0]).read_bytes() == (tmp_path / good.learners[1]).read_bytes()


def test_canaries_of_data_that_went_bad_are_forgotten(tmp_path, monkeypatch):
    forgotten = []
    monkeypatch.setattr(
        "ouroboros.loop.promote.forget_since", lambda _, generation: forgotten.append(generation)
    )
    _, good, *_ = spoilt(tmp_path, "drift")
    assert forgotten == [good.generation]


def test_without_a_good_examination_there_is_nothing_to_go_back_to(tmp_path):
    engine, state = school(tmp_path, "drift", champion=None, data=BAD_DATA, setbacks=1)
    after = promote(engine, state, "0123456789abcdef")
    assert (after.learners, after.data, after.champion) == (state.learners, BAD_DATA, None)


def test_a_good_state_that_was_damaged_is_named(tmp_path):
    engine, _, bad, _ = spoilt(tmp_path, "drift")
    (tmp_path / "learners" / "good" / "state.json").write_text("{")
    engine.warden.decisions.append(REASONS["drift"])
    with pytest.raises(UsageError, match="is damaged"):
        promote(engine, bad, "fedcba9876543210")


@pytest.mark.parametrize("reason", REASONS)
def test_the_next_examination_is_reckoned_from_this_one_and_comes_sooner_after_a_rejection(
    tmp_path, reason
):
    engine, state = school(tmp_path, reason, fronts=fronts_at(12, 3), examined=1.0)
    after = promote(engine, state, "0123456789abcdef")
    growth = engine.config.loop.examine_growth
    decision = REASONS[reason]
    assert after.examined == pytest.approx(2.0 if decision.promoted else 2.0 / growth**0.5)
    assert not due(engine, after)


def champion_again(tmp_path, **greeting: object):
    """A state and what becomes of it where a resumed run is greeted so."""
    engine, state = school(tmp_path, "better", generation=6)
    other = evaluate(engine, replace(state, learners=state.learners[::-1]))
    fields = {"champion": other, **greeting}
    return engine, state, other, follow(engine, state, greeting_of(engine.warden, **fields))


def test_a_resumed_run_follows_a_rollback_and_goes_on_from_the_restored_champion(tmp_path):
    engine, state, other, after = champion_again(tmp_path)
    assert after.champion == other
    assert after.learners[1] == state.learners[1]
    assert evaluate(engine, after) == other
    assert replace(after, champion=state.champion, learners=state.learners) == state


@pytest.mark.parametrize(
    "greeting",
    [
        {"champion": None},
        {"answered": frozenset({"g7/examine"})},  # the generation was cut short behind its exam
    ],
)
def test_a_champion_that_is_new_for_another_reason_is_no_rollback(tmp_path, greeting):
    _, state, _, after = champion_again(tmp_path, **greeting)
    assert after == state


def test_a_champion_that_is_still_the_same_changes_nothing(tmp_path):
    engine, state = school(tmp_path, "better")
    assert follow(engine, state, greeting_of(engine.warden, champion=state.champion)) == state


def fronts_at(copy: int, reverse: int) -> dict[str, Front]:
    levels = {"copy": copy, "reverse": reverse}
    return {name: Front(level=n, reach=2.0, agreement=1.0) for name, n in levels.items()}


@given(st.integers(1, 10**4), st.integers(1, 10**4))
def test_capability_is_the_geometric_mean_of_fronts_in_walls(copy, reverse):
    found = capability(ENGINE, make_state(fronts=fronts_at(copy, reverse)))
    assert found == pytest.approx((copy / 3 * reverse / 3) ** 0.5)


@pytest.mark.parametrize(
    ("copy", "examined", "champion", "expected"),
    [
        (3, 1.0, "0123", False),  # has not grown
        (4, 1.0, "0123", False),  # by a factor of 1.15
        (6, 1.0, "0123", True),  # by a factor of 1.41
        (6, 1.2, "0123", False),  # by a factor of 1.18 since the last examination
        (3, 1.0, None, True),  # somebody has to be the first
    ],
)
def test_an_examination_is_due_once_capability_has_grown_enough(copy, examined, champion, expected):
    state = make_state(fronts=fronts_at(copy, 3), examined=examined, champion=champion)
    assert due(ENGINE, state) == expected


ENGINE = make_engine(None, "loop.examine_growth=1.3", warden=DeafWarden())
