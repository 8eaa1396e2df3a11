import math
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from ouroboros.errors import UsageError
from ouroboros.lineage.data import read_columns
from ouroboros.loop import base
from ouroboros.loop.base import FAVOUR, WALL_FILE, begin, mastery, train_base
from ouroboros.loop.engine import wall_counts
from ouroboros.loop.learner import fresh, learner_files
from ouroboros.loop.state import load_state
from ouroboros.training.train import Trained
from ouroboros_judges.answers import load_answers

from .surroundings import make_engine, make_state, place_learner, same_weights, taught


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
    first, *others = (replace(end, earlier=()) for end in ends)
    assert others == [first, first]
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


def test_a_base_that_is_not_ripe_goes_on_and_is_saved_after_each_segment(tmp_path):
    engine, path, saved = make_engine(tmp_path, "training.extra=3"), tmp_path / "engine.json", []
    engine.warden.progress = lambda body: saved.append((body, load_state(path)))
    end = train_base(engine, begin(engine), path)
    shown, states = zip(*saved, strict=True)
    assert [(body["step"], body["steps"]) for body in shown] == [(2, 4), (4, 4), (6, 6), (7, 7)]
    assert [state.step for state in states] == [2, 4, 6, 7]
    assert (end, end.generation) == (states[-1], 0)
    assert (end.learners, end.earlier) == (learner_files(7), learner_files(6))
    assert all(one.flop < other.flop for one, other in pairwise(states))
    before, after = (load_file(tmp_path / learner_files(step)[0]) for step in (6, 7))
    assert not same_weights(before, after)


def test_a_base_that_is_ripe_goes_no_further(tmp_path):
    engine = make_engine(tmp_path, "training.extra=3", "training.ripe=0")
    end = train_base(engine, begin(engine), tmp_path / "engine.json")
    assert (end.step, end.learners) == (4, learner_files(4))
    assert [body["step"] for body in engine.warden.shown] == [2, 4]


def mastered(monkeypatch, *shares):
    """Let a base's share of solved problems be these, by family, one time after another."""
    left = list(shares)
    monkeypatch.setattr(base, "mastery", lambda *_: (left.pop(0), 7))
    return left


def test_a_base_is_ripe_where_its_worst_family_is(tmp_path, monkeypatch):
    engine = make_engine(tmp_path, "training.extra=9", "training.ripe=0.9")
    left = mastered(
        monkeypatch,
        {"copy": 1.0, "reverse": 0.89},
        {"copy": 0.5, "reverse": 1.0},
        {"copy": 0.9, "reverse": 0.9},
        {"copy": 0.0, "reverse": 0.0},
    )
    assert train_base(engine, begin(engine), tmp_path / "engine.json").step == 4 + 2 * 2
    assert len(left) == 1


def test_a_run_that_has_left_its_base_does_not_train_it_further(tmp_path, monkeypatch):
    engine = make_engine(tmp_path, "training.extra=9")
    mastered(monkeypatch)  # nobody asks
    state = make_state(learners=learner_files(4), generation=1)
    assert train_base(engine, state, tmp_path / "engine.json") == state


def test_further_training_is_gentler_and_gives_more_of_what_is_not_solved(tmp_path, monkeypatch):
    jobs, train = [], base.train_unit
    monkeypatch.setattr(base, "train_unit", lambda job: jobs.append(job) or train(job))
    engine = make_engine(tmp_path, "training.extra=2", "training.shares.copy=2", "loop.peak=0.3")
    mastered(monkeypatch, {"copy": 1.0, "reverse": 0.25})
    train_base(engine, begin(engine), tmp_path / "engine.json")
    first, *_, last = jobs
    assert first.wall.shares == {"copy": 2.0, "reverse": 1.0}
    assert last.wall.shares == {"copy": 2.0, "reverse": 1 + 0.75 * FAVOUR}
    assert [last.schedule.scale(step) for step in range(2)] == pytest.approx([0.3, 0.15])
    assert len({job.seed for job in jobs}) == 4  # of two learners, in the first and the further


def test_a_further_training_that_is_cut_anywhere_ends_as_the_uncut_one(tmp_path):
    settings = ("training.extra=3", "training.segment=2")
    whole, cut = (make_engine(tmp_path / name, *settings) for name in ("whole", "cut"))
    end = train_base(whole, begin(whole), tmp_path / "whole/engine.json")

    class Killed(Exception):
        pass

    path, state, kills = tmp_path / "cut/engine.json", begin(cut), 0
    cut.warden.progress = lambda body: (_ for _ in ()).throw(Killed)
    while state.step < end.step:
        with suppress(Killed):
            train_base(cut, state, path)
        state, kills = load_state(path), kills + 1
    assert kills == 4
    assert train_base(cut, state, path) == state == end
    for name in (*end.learners, *end.earlier):
        assert same_weights(
            load_file(tmp_path / "whole" / name), load_file(tmp_path / "cut" / name)
        )


def held_out(engine, step):
    """What a base is asked after so many steps, with its solutions."""
    new = place_learner(engine, "new", fresh(engine.genome, 1))
    mastery(engine, make_state([new, new], step=step))
    found = {}
    for _, key, family, level, count, seed in engine.warden.of("examples"):
        assert key == f"held/{step}/{family}/{level}"
        prompts, lines = engine.warden.examples(key, family, level, count, seed)
        found |= {(family, p): "\n".join(each) for p, each in zip(prompts, lines, strict=True)}
    engine.warden.asked.clear()
    return found


def test_a_family_is_mastered_as_far_as_the_weaker_learner_solves_it(tmp_path, monkeypatch):
    monkeypatch.setattr(base, "HELD_OUT", 4)
    engine = make_engine(tmp_path)
    answers = held_out(engine, 4)
    ours = [key for key in answers if key[0] == "copy"]
    strong = place_learner(engine, "strong", taught(engine, answers, steps=150))
    spoilt = answers | {ours[0]: answers[ours[0]] + "7"}
    weak = place_learner(engine, "weak", taught(engine, spoilt, seed=1, steps=150))
    assert mastery(engine, make_state([strong, strong]))[0] == {"copy": 1.0, "reverse": 1.0}
    for learners in ([strong, weak], [weak, strong]):
        found, _ = mastery(engine, make_state(learners))
        assert found == {"copy": 1 - 1 / len(ours), "reverse": 1.0}


def test_what_shows_whether_a_base_is_ripe_is_fresh_and_below_the_wall(tmp_path):
    engine = make_engine(tmp_path, "training.extra=3")
    train_base(engine, begin(engine), tmp_path / "engine.json")
    asked = engine.warden.of("examples")
    assert {level for _, _, _, level, _, _ in asked} == {1, 2, 3}
    keys, seeds = [each[1] for each in asked], [each[5] for each in asked]
    assert {key.rpartition("/")[0] for key in keys} == {
        f"{part}/{family}"
        for part in ("wall", "held/4", "held/6")
        for family in ("copy", "reverse")
    }
    assert len(set(keys)) == len(set(seeds)) == len(asked) == 18
