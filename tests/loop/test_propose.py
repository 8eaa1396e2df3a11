import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.loop.curate import Harvest
from ouroboros.loop.propose import band, old_level, paper_size, propose
from ouroboros.loop.state import Front

from .surroundings import DeafWarden, make_engine, make_state


def front(level: int, reach: float, agreement: float = 1.0) -> Front:
    return Front(level=level, reach=reach, agreement=agreement)


@given(
    st.integers(1, 5000),
    st.floats(1.0, 4.0),
    st.integers(1, 9),
    st.integers(0, 20_000),
    st.integers(0, 2**32),
)
def test_a_band_is_so_many_distinct_levels_beyond_the_frontier_up_to_reach_and_ceiling(
    level, reach, count, ceiling, seed
):
    levels = band(front(level, reach), count, ceiling, np.random.default_rng(seed))
    assert len(levels) == count
    assert levels == sorted(set(levels))
    assert levels[0] > level
    top = min(level + math.ceil(level * (reach - 1)), ceiling)
    assert levels[-1] == max(top, level + count)


def test_a_band_takes_one_level_from_each_part_of_the_reach():
    rng = np.random.default_rng(0)
    drawn = [band(front(30, 2.0), 3, 999, rng) for _ in range(400)]
    assert {levels[0] for levels in drawn} == set(range(31, 41))
    assert {levels[1] for levels in drawn} == set(range(41, 51))
    assert {levels[2] for levels in drawn} == {60}


@given(st.integers(1, 10**6), st.integers(4, 500))
def test_papers_hold_fewer_problems_the_longer_these_are_within_bounds(level, problems):
    size = paper_size(problems, level, front(4, 2.0, 0.9))
    assert problems / 3 <= size <= 4 * problems
    assert paper_size(problems, level + 1, front(4, 2.0, 0.9)) <= size
    assert paper_size(problems, 48, front(4, 2.0, 0.9)) == problems
    assert paper_size(problems, 1, front(4, 2.0, 0.9)) == 4 * problems


@given(st.integers(1, 10**6), st.integers(4, 500))
def test_where_all_is_agreed_upon_no_paper_is_larger_than_configured(level, problems):
    size = paper_size(problems, level, front(4, 2.0, 0.99))
    assert size == min(problems, paper_size(problems, level, front(4, 2.0, 0.9)))


def proposed(engine, turn=0, generation=1, active=("copy", "reverse")):
    state = make_state(generation=generation)
    return propose(engine, state, Harvest(active=active, fronts=state.fronts, rates={}), turn)


def test_every_active_family_and_learner_gets_papers_beyond_the_frontier(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    papers = proposed(engine)
    assert [(p.family, p.author) for p in papers] == [
        (family, author) for family in ("copy", "reverse") for _ in range(2) for author in (0, 1)
    ]
    for paper in papers:
        assert paper.level > 3
        assert len(paper.prompts) == 6
        family = engine.families[paper.family]
        assert {family.level_of(prompt) for prompt in paper.prompts} == {paper.level}


@given(st.integers(1, 50), st.integers(0, 5000), st.integers(0, 2**32))
def test_the_level_behind_lies_past_the_wall_and_not_beyond_the_frontier(wall, more, seed):
    level = old_level(front(wall + more, 2.0), wall, np.random.default_rng(seed))
    assert (level is None) == (more == 0)
    assert level is None or wall < level <= wall + more


def test_once_a_generation_a_family_past_its_wall_is_asked_for_an_old_level_too(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    fronts = {"copy": front(12, 2.0), "reverse": front(12, 2.0)}
    harvest = Harvest(active=("copy",), fronts=fronts, rates={})
    first, second = (
        [paper.level for paper in propose(engine, make_state(fronts=fronts), harvest, turn)]
        for turn in (0, 1)
    )
    assert len(first) == len(second) + 2  # one level, both learners
    assert 3 < first[0] <= 12
    assert min(first[2:] + second) > 12


def test_a_resting_family_gets_none(tmp_path):
    papers = proposed(make_engine(tmp_path), active=("reverse",))
    assert {paper.family for paper in papers} == {"reverse"}


def test_the_learners_get_problems_of_their_own(tmp_path):
    first, second, *_ = proposed(make_engine(tmp_path, "loop.problems=40"))
    assert (first.level, first.author, second.author) == (second.level, 0, 1)
    assert len(set(first.prompts) & set(second.prompts)) < 4


def test_proposals_repeat_and_depend_on_seed_generation_and_turn(tmp_path):
    engine = make_engine(tmp_path)
    papers = proposed(engine)
    assert proposed(make_engine(tmp_path)) == papers
    for others in (
        proposed(make_engine(tmp_path, "run.seed=1")),
        proposed(engine, generation=2),
        proposed(engine, turn=1),
    ):
        assert not {p.prompts for p in others} & {p.prompts for p in papers}


def test_a_resting_family_changes_nothing_for_the_others(tmp_path):
    engine = make_engine(tmp_path)
    both = [paper for paper in proposed(engine) if paper.family == "reverse"]
    assert proposed(engine, active=("reverse",)) == both


def test_a_family_ahead_of_the_slowest_is_held_back(tmp_path):
    engine = make_engine(tmp_path, "loop.spread=1.5", "loop.growth=4", "loop.levels=2")
    fronts = {"copy": front(30, 4.0), "reverse": front(24, 4.0)}
    harvest = Harvest(active=("copy", "reverse"), fronts=fronts, rates={})
    papers = propose(engine, make_state(fronts=fronts), harvest, 0)
    tops = {p.family: p.level for p in papers}
    assert tops == {"copy": 36, "reverse": 96}


@pytest.mark.parametrize("levels", [1, 5])
def test_a_band_has_as_many_levels_as_the_configuration_says(tmp_path, levels):
    papers = proposed(make_engine(tmp_path, f"loop.levels={levels}"), active=("copy",))
    assert len(papers) == 2 * levels
