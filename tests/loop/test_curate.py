from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.lineage.data import read_columns, write_examples
from ouroboros.loop.attempts import Answered, Judged, Paper
from ouroboros.loop.curate import (
    MIN_REACH,
    SATURATED,
    Harvest,
    advance,
    agreements,
    behind,
    ceilings,
    curate,
    keep,
    saturated,
    unharvested,
)
from ouroboros.loop.revise import Revised
from ouroboros.loop.state import Front
from ouroboros.loop.verify import Verified
from ouroboros.types import Example

from .surroundings import DeafWarden, make_engine, make_state

BOLD = make_engine(Path(), "loop.growth=2", warden=DeafWarden())
NOTHING = Revised(judged=(), doubted=0, faults=(0, 0), flop=0)


def judged(family, level, author, verdicts: dict[str, bool], texts=None) -> Judged:
    """A paper of these prompts, each answered by itself without its "=" unless told."""
    prompts = tuple(verdicts)
    paper = Paper(family=family, level=level, author=author, prompts=prompts)
    return Judged(
        answered=Answered(
            paper=paper,
            completions=texts or tuple(prompt[:-1] for prompt in prompts),
            sure=(True,) * len(prompts),
        ),
        accepted=tuple(verdicts.values()),
        doubt=(-1,) * len(prompts),
    )


def harvested(engine, *papers: Judged, revised: Revised = NOTHING, harvest=None, **changes):
    state = make_state(**changes)
    harvest = harvest or Harvest(active=("copy", "reverse"), fronts=state.fronts, rates={})
    found = {paper.answered.paper.family for paper in papers}
    harvest = Harvest(
        active=tuple(name for name in harvest.active if name in found),
        fronts=harvest.fronts,
        rates=harvest.rates,
        known=harvest.known,
        examples=harvest.examples,
    )
    return curate(engine, state, harvest, Verified(judged=papers, flop=5), revised)


def kept(harvest) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(e.family, e.prompt, e.lines) for e in harvest.examples]


# how far a front moves ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rates", "level"),
    [
        ({11: 0.9, 14: 0.8, 20: 0.7}, 20),  # all agreed upon: the last
        ({11: 0.9, 14: 0.69, 20: 1.0}, 11),  # what lies beyond a doubt does not count
        ({11: 0.1, 14: 1.0, 20: 1.0}, 10),  # the first is doubted: nothing moves
        ({20: 0.9, 11: 0.9, 14: 0.2}, 11),  # whatever the order in which they were tested
        ({11: 0.7}, 11),  # the bar itself is enough
        ({5: 0.9, 12: 1.0}, 12),  # an old level that holds
        ({5: 0.2, 12: 1.0}, 10),  # one that does not, and holds back the new
        ({5: 0.9, 12: 0.1}, 10),  # and none makes the front fall
    ],
)
def test_a_front_moves_to_the_highest_level_below_which_all_is_agreed_upon(tmp_path, rates, level):
    engine = make_engine(tmp_path, "loop.accept=0.7", warden=DeafWarden())
    front = Front(level=10, reach=1.5, agreement=0.0)
    assert advance(engine, front, rates).level == level


def test_the_reach_doubles_with_success_up_to_the_growth_and_shrinks_without(tmp_path):
    engine = make_engine(tmp_path, "loop.growth=2", "loop.accept=0.7")
    front = Front(level=10, reach=1.3, agreement=0.0)
    assert advance(engine, front, {12: 1.0}).reach == pytest.approx(1.6)
    assert advance(engine, Front(level=10, reach=1.8, agreement=0), {12: 1.0}).reach == 2.0
    assert advance(engine, front, {12: 0.0}).reach == pytest.approx(max(MIN_REACH, 1.3**0.5))
    assert advance(engine, Front(level=10, reach=4.0, agreement=0), {12: 0.0}).reach == 2.0


def test_the_agreement_is_the_mean_over_the_band(tmp_path):
    front = Front(level=10, reach=1.3, agreement=0.0)
    assert advance(make_engine(tmp_path), front, {11: 0.2, 13: 0.6}).agreement == pytest.approx(0.4)


@given(
    st.integers(1, 500),
    st.floats(MIN_REACH, 4.0),
    st.lists(st.tuples(st.integers(-20, 100), st.floats(0, 1)), min_size=1, max_size=5),
)
def test_a_front_never_falls_and_never_passes_what_was_tested(level, reach, steps):
    rates = {max(1, level + step): rate for step, rate in steps}
    moved = advance(BOLD, Front(level=level, reach=reach, agreement=1.0), rates)
    assert moved.level in (level, *rates)
    assert moved.level >= level
    assert MIN_REACH <= moved.reach <= max(2.0, reach)
    assert 0 <= moved.agreement <= 1


# what is kept ------------------------------------------------------------------------------


def test_agreement_is_the_share_accepted_over_both_learners():
    papers = (
        judged("copy", 5, 0, {"1=": True, "2=": True}),
        judged("copy", 4, 0, {"1=": False, "2=": False}),
        judged("copy", 5, 1, {"3=": True, "4=": False}),
        judged("reverse", 5, 0, {"1=": True}),
    )
    assert agreements(papers) == {"copy": {4: 0.0, 5: 0.75}, "reverse": {5: 1.0}}
    assert list(agreements(papers)["copy"]) == [4, 5]


def test_only_accepted_answers_of_levels_with_enough_agreement_are_kept(tmp_path):
    engine = make_engine(tmp_path, "loop.bank=0.5", warden=DeafWarden())
    harvest = harvested(
        engine,
        judged("copy", 4, 0, {"11=": True, "12=": False}),  # at the bar
        judged("copy", 5, 0, {"13=": True, "14=": False, "15=": False}),  # lucky ones
        judged("reverse", 5, 0, {"13=": True}, texts=("31",)),
    )
    assert kept(harvest) == [("copy", "11=", ("11",)), ("reverse", "13=", ("31",))]
    assert [(e.level, e.author, e.generation) for e in harvest.examples] == [
        (4, "learner 0", 1),
        (5, "learner 0", 1),
    ]


def test_agreement_counts_both_learners_before_anything_is_kept(tmp_path):
    engine = make_engine(tmp_path, "loop.bank=0.5", warden=DeafWarden())
    harvest = harvested(
        engine,
        judged("copy", 4, 0, {"11=": True}),
        judged("copy", 4, 1, {"12=": False, "13=": False}),
    )
    assert kept(harvest) == []


def test_a_prompt_is_kept_once_whoever_answers_it_and_never_again(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    twice = (judged("copy", 4, 0, {"11=": True}), judged("copy", 4, 1, {"11=": True, "12=": True}))
    harvest = harvested(engine, *twice)
    assert kept(harvest) == [("copy", "11=", ("11",)), ("copy", "12=", ("12",))]
    again = harvested(engine, judged("copy", 4, 0, {"12=": True, "13=": True}), harvest=harvest)
    assert [prompt for _, prompt, _ in kept(again)] == ["11=", "12=", "13="]


def test_the_same_prompt_of_another_family_is_another_problem(tmp_path):
    harvest = harvested(
        make_engine(tmp_path),
        judged("copy", 4, 0, {"12=": True}),
        judged("reverse", 4, 0, {"12=": True}, texts=("21",)),
    )
    assert len(kept(harvest)) == 2


def test_corrections_are_kept_beside_the_answers_but_do_not_raise_the_agreement(tmp_path):
    engine = make_engine(tmp_path, "loop.bank=0.5", warden=DeafWarden())
    mended = judged("copy", 4, 0, {"12=": True, "13=": True})
    low = judged("copy", 4, 0, {"11=": True, "12=": False, "13=": False})
    harvest = harvested(
        engine, low, revised=Revised(judged=(mended,), doubted=2, faults=(2, 0), flop=7)
    )
    assert harvest.rates == {"copy": {4: 1 / 3}}
    assert kept(harvest) == []
    high = judged("copy", 4, 0, {"10=": True, "11=": True, "12=": False, "13=": False})
    harvest = harvested(
        engine, high, revised=Revised(judged=(mended,), doubted=2, faults=(2, 0), flop=7)
    )
    assert [prompt for _, prompt, _ in kept(harvest)] == ["10=", "11=", "12=", "13="]
    assert (harvest.proposed, harvest.accepted, harvest.doubted, harvest.mended) == (4, 2, 2, 2)
    assert harvest.faults == (2, 0)
    assert harvest.flop == 12


def test_a_mended_answer_is_kept_with_the_slip_that_it_was_mended_from(tmp_path):
    engine = make_engine(tmp_path, "loop.bank=0.3", warden=DeafWarden())
    own = judged("copy", 4, 0, {"10=": True, "11=": False, "12=": False, "13=": False})
    mended = replace(
        judged("copy", 4, 0, {"11=": True, "12=": True, "13=": True}),
        accepted=(True, False, True),
        slips=(("19",), ("18",), ()),
    )
    lucky = judged("copy", 4, 1, {"14=": True})
    harvest = harvested(
        engine, own, lucky, revised=Revised(judged=(mended,), doubted=3, faults=(2, 0), flop=7)
    )
    assert {e.prompt: e.slip for e in harvest.examples} == {
        "10=": (),
        "14=": (),
        "11=": ("19",),
        "13=": (),
    }


def kin_of(paper: Judged) -> Judged:
    answered = paper.answered
    return replace(paper, answered=replace(answered, paper=replace(answered.paper, kin=True)))


def test_kin_of_mistakes_moves_no_front_and_says_nothing_of_the_agreement(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    own = judged("copy", 4, 0, {"11=": True, "12=": False})
    for verdict in (True, False):
        other = kin_of(judged("copy", 4, 0, dict.fromkeys(("13=", "14=", "15="), verdict)))
        far = kin_of(judged("copy", 3, 0, {"16=": verdict}))
        assert agreements((own, other, far)) == {"copy": {4: 0.5}}
        with_kin, without = harvested(engine, own, other, far), harvested(engine, own)
        assert (with_kin.fronts, with_kin.rates) == (without.fronts, without.rates)
        assert (with_kin.active, with_kin.proposed) == (without.active, 6)


def test_right_kin_of_mistakes_becomes_data_up_to_the_frontier(tmp_path):
    engine = make_engine(tmp_path, "loop.accept=0.7", warden=DeafWarden())
    papers = (
        judged("copy", 6, 0, {"11=": True}),  # the frontier comes here
        kin_of(judged("copy", 2, 0, {"12=": True, "13=": False, "14=": False})),
        kin_of(judged("copy", 6, 1, {"15=": True})),
        kin_of(judged("copy", 7, 1, {"16=": True})),
    )
    mended = replace(kin_of(judged("copy", 2, 0, {"13=": True})), slips=(("19",),))
    beyond = kin_of(judged("copy", 7, 0, {"17=": True}))
    revised = Revised(judged=(mended, beyond), doubted=2, faults=(1, 0), flop=7)
    harvest = harvested(engine, *papers, revised=revised)
    assert [prompt for _, prompt, _ in kept(harvest)] == ["11=", "12=", "15=", "13="]
    assert {e.prompt: e.slip for e in harvest.examples}["13="] == ("19",)


def test_a_band_adds_to_the_bands_before_it(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    first = harvested(engine, judged("copy", 5, 0, {"11=": True}))
    second = harvested(engine, judged("copy", 7, 0, {"12=": False}), harvest=first)
    assert second.rates == {"copy": {5: 1.0, 7: 0.0}}
    assert second.fronts["copy"].level == 5
    assert len(second.examples) == 1
    assert not second.learnt_all


# who goes on -------------------------------------------------------------------------------


def test_a_band_is_saturated_where_its_worst_level_is():
    assert saturated({5: 1.0, 7: SATURATED})
    assert not saturated({5: 1.0, 7: SATURATED - 0.01})


def test_only_families_whose_whole_band_was_agreed_upon_go_on_at_once(tmp_path):
    harvest = harvested(
        make_engine(tmp_path, "loop.spread=9"),
        judged("copy", 5, 0, {"11=": True}),
        judged("copy", 7, 0, {"12=": False, "13=": True}),
        judged("reverse", 5, 0, {"11=": True}),
    )
    assert harvest.active == ("reverse",)


def test_a_family_too_far_ahead_of_the_slowest_rests(tmp_path):
    engine = make_engine(
        tmp_path,
        'families.parity_chain={"wall": 6}',
        "loop.spread=1.5",
        "loop.growth=4",
        warden=DeafWarden(),
    )
    levels = {"copy": 6, "reverse": 9, "parity_chain": 13}  # 2, 3 and 2.2 walls
    fronts = {name: Front(level=n, reach=2.0, agreement=1.0) for name, n in levels.items()}
    assert ceilings(engine, fronts) == {"copy": 24, "reverse": 9, "parity_chain": 18}
    harvest = unharvested(engine, make_state(fronts=fronts))
    assert harvest.active == ("copy", "parity_chain")
    assert harvest.fronts == fronts
    assert harvest.examples == ()


def test_at_the_horizon_a_family_rests(tmp_path):
    settings = ("loop.growth=4", "loop.spread=4", "loop.horizon=2.5")
    engine = make_engine(tmp_path, *settings, warden=DeafWarden())
    fronts = {
        name: Front(level=n, reach=2.0, agreement=1.0) for name, n in (("copy", 7), ("reverse", 8))
    }
    assert ceilings(engine, fronts) == {"copy": 8, "reverse": 8}
    assert unharvested(engine, make_state(fronts=fronts)).active == ("copy",)


WALLED = {
    wall: make_engine(
        Path(),
        f'families={{"copy": {{"wall": {wall}}}, "reverse": {{"wall": 6}}}}',
        "loop.spread=1",
        warden=DeafWarden(),
    )
    for wall in (1, 7, 49)
}


@given(st.sampled_from(list(WALLED)), st.integers(1, 3000), st.integers(1, 3000))
def test_there_is_always_a_family_that_may_climb(wall, copy, reverse):
    # with walls such as 7, level / wall * wall need not be level again
    levels = {"copy": copy, "reverse": reverse}
    fronts = {name: Front(level=n, reach=2.0, agreement=1.0) for name, n in levels.items()}
    active = behind(WALLED[wall], fronts)
    slowest = min(levels, key=lambda name: levels[name] / {"copy": wall, "reverse": 6}[name])
    assert slowest in active


def test_a_family_that_has_run_ahead_within_a_generation_rests_too(tmp_path):
    engine = make_engine(tmp_path, "loop.spread=1.5", "loop.accept=0.7")
    harvest = harvested(
        engine,
        judged("copy", 7, 0, {"11=": True}),  # now at 2.3 walls
        judged("reverse", 4, 0, {"11=": True}),  # now at 1.3
    )
    assert harvest.active == ("reverse",)


def example(prompt: str, generation: int = 0) -> Example:
    return Example(
        family="copy",
        level=4,
        prompt=prompt,
        lines=(prompt[:-1],),
        author="learner 0",
        generation=generation,
    )


def test_a_generation_knows_what_earlier_ones_have_kept(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    write_examples(tmp_path / "wall", [example("0001=")])
    write_examples(tmp_path / "first", [example("1111=")])
    write_examples(tmp_path / "second", [example("2222=")])
    harvest = unharvested(engine, make_state(data=("wall", "first", "second")))
    assert harvest.known >= {("copy", "1111="), ("copy", "2222=")}


def test_slips_are_written_beside_the_lines_that_are_right(tmp_path):
    engine = make_engine(tmp_path)
    state = make_state(generation=2)
    slipped = replace(example("11="), lines=("3", "11"), slip=("3", "12"))
    harvest = Harvest(active=(), fronts=state.fronts, rates={}, examples=(slipped, example("12=")))
    columns = read_columns(tmp_path / keep(engine, state, harvest).data[-1])
    assert columns["lines"] == [["3", "11"], ["12"]]
    assert columns["slip"] == [["3", "12"], []]


def test_what_is_kept_is_written_and_handed_in(tmp_path):
    engine = make_engine(tmp_path)
    state = make_state(generation=7, data=("data/00000.parquet",), flop=1)
    fronts = {"copy": Front(level=9, reach=2.0, agreement=1.0)}
    harvest = Harvest(
        active=(), fronts=fronts, rates={}, examples=(example("11="), example("12=")), flop=4
    )
    after = keep(engine, state, harvest)
    file = "data/00007.parquet"
    assert after.data == ("data/00000.parquet", file)
    assert (after.fronts, after.flop) == (fronts, 5)
    assert read_columns(tmp_path / file)["prompt"] == ["11=", "12="]
    assert engine.warden.asked == [("data", "g7/data", 7, file)]


@pytest.mark.parametrize(
    ("successor", "faults", "named"),
    [(0, (3, 3), 0), (1, (3, 3), 1), (0, (3, 2), 1), (1, (2, 3), 0), (1, (3, 2), 1)],
)
def test_the_learner_found_wrong_least_often_is_the_successor_to_be(
    tmp_path, successor, faults, named
):
    engine = make_engine(tmp_path, warden=DeafWarden())
    state = make_state(successor=successor)
    harvest = Harvest(active=(), fronts=state.fronts, rates={}, faults=faults)
    assert keep(engine, state, harvest).successor == named


def test_where_nothing_is_kept_nothing_is_written(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    state = make_state(data=("data/00000.parquet",))
    harvest = Harvest(active=(), fronts=state.fronts, rates={})
    assert keep(engine, state, harvest) == state
    assert list(tmp_path.iterdir()) == []
