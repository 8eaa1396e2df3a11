import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from ouroboros.errors import UsageError
from ouroboros.lineage.data import read_columns
from ouroboros.loop import base
from ouroboros.loop.base import WALL_FILE, begin, train_base, wall_counts
from ouroboros.loop.state import load_state
from ouroboros.training.train import Trained
from ouroboros_judges.answers import load_answers

from .surroundings import make_engine, same_weights


@given(st.integers(1, 40), st.integers(10, 50_000))
def test_every_level_of_the_wall_has_examples_and_higher_ones_more(wall, examples):
    counts = wall_counts(wall, examples)
    assert list(counts) == list(range(1, wall + 1))
    assert min(counts.values()) >= 1
    assert list(counts.values()) == sorted(counts.values())
    assert abs(sum(counts.values()) - examples) <= wall


def test_the_run_begins_with_the_walls_examples_and_nothing_beyond(tmp_path):
    engine = make_engine(tmp_path)
    state = begin(engine)
    reads = engine.warden.of("examples")
    assert {(family, level) for _, _, family, level, _, _ in reads} == {
        (family, level) for family in ("copy", "reverse") for level in (1, 2, 3)
    }
    columns = read_columns(tmp_path / WALL_FILE)
    assert max(columns["level"]) == 3
    assert set(columns["author"]) == {"oracle"}
    assert set(columns["generation"]) == {0}
    answers = load_answers(["copy", "reverse"])
    for family, prompt, lines in zip(
        columns["family"], columns["prompt"], columns["lines"], strict=True
    ):
        assert answers[family].verify(prompt, lines).correct
    assert engine.warden.asked[-1] == ("data", "base/data", 0, WALL_FILE)
    assert (state.data, state.learners, state.champion) == ((WALL_FILE,), (), None)
    assert {name: front.level for name, front in state.fronts.items()} == {"copy": 3, "reverse": 3}


def test_a_base_that_diverges_says_what_to_change(tmp_path, monkeypatch):
    engine = make_engine(tmp_path)
    monkeypatch.setattr(base, "train_unit", lambda _: Trained(loss=math.nan, tokens=0, flop=0))
    with pytest.raises(UsageError, match=r"lower training\.peak"):
        train_base(engine, begin(engine), tmp_path / "engine.json")


def test_beginning_twice_asks_and_writes_the_same(tmp_path):
    one, other = make_engine(tmp_path / "one"), make_engine(tmp_path / "other")
    assert begin(one) == begin(other)
    assert one.warden.asked == other.warden.asked
    assert (tmp_path / "one" / WALL_FILE).read_bytes() == (
        tmp_path / "other" / WALL_FILE
    ).read_bytes()


def test_a_base_training_cut_between_segments_ends_as_the_uncut_one(tmp_path):
    whole, cut = make_engine(tmp_path / "whole"), make_engine(tmp_path / "cut")
    end = train_base(whole, begin(whole), tmp_path / "whole/engine.json")
    assert (end.step, end.champion) == (4, None)

    class Killed(Exception):
        pass

    path, first = tmp_path / "cut/engine.json", begin(cut)
    cut.warden.progress = lambda body: (_ for _ in ()).throw(Killed)
    with suppress(Killed):
        train_base(cut, first, path)
    state = load_state(path)
    assert state.step == 2
    assert 0 < state.flop < end.flop
    del cut.warden.progress
    resumed = train_base(cut, state, path)
    assert resumed == end == load_state(path)
    for name in end.learners:
        assert same_weights(
            load_file(tmp_path / "whole" / name), load_file(tmp_path / "cut" / name)
        )


def test_it_does_not_matter_in_how_many_segments_a_base_is_trained(tmp_path):
    ends = []
    for segment in (1, 3, 4):
        engine = make_engine(tmp_path / str(segment), f"training.segment={segment}")
        ends.append(train_base(engine, begin(engine), tmp_path / f"{segment}.json"))
    assert ends[0] == ends[1] == ends[2]
    whole, *others = (load_file(tmp_path / f"{n}/{ends[0].learners[0]}") for n in (4, 1, 3))
    assert all(same_weights(whole, other) for other in others)


def test_the_learners_differ_from_the_first_step_on(tmp_path):
    engine = make_engine(tmp_path)
    state = train_base(engine, begin(engine), tmp_path / "engine.json")
    one, other = (load_file(tmp_path / name) for name in state.learners)
    assert not same_weights(one, other)


def test_whoever_watches_sees_the_base_grow(tmp_path):
    engine = make_engine(tmp_path)
    train_base(engine, begin(engine), tmp_path / "engine.json")
    assert [(s["stage"], s["step"], s["steps"]) for s in engine.warden.shown] == [
        ("base", 2, 4),
        ("base", 4, 4),
    ]


def test_a_trained_base_is_not_trained_again(tmp_path):
    engine = make_engine(tmp_path)
    state = train_base(engine, begin(engine), tmp_path / "engine.json")
    engine.warden.shown.clear()
    assert train_base(engine, state, tmp_path / "engine.json") == state
    assert engine.warden.shown == []
