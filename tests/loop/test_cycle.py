import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file

from ouroboros.lineage.data import read_columns
from ouroboros.loop import cycle
from ouroboros.loop.base import begin
from ouroboros.loop.curate import unharvested
from ouroboros.loop.cycle import run_generation
from ouroboros.loop.learner import save_learner
from ouroboros.loop.record import state_path
from ouroboros.loop.state import load_state, save_state

from .surroundings import MemoryWarden, make_engine, same_weights, teach

SETTINGS = (
    "loop.bands=1",
    "loop.problems=4",
    "loop.steps=2",
    "loop.wall_tokens=200",
    "loop.bank_tokens=100",
    "loop.bank=0.3",
    "loop.accept=0.3",
)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A run's folder and state: two learners who know the first problems and echoes by heart.

    It takes long to learn what generalises past the wall, and a second to learn this.
    """
    engine = make_engine(tmp_path_factory.mktemp("base"), *SETTINGS)
    state = replace(begin(engine), step=4)
    papers = cycle.propose(engine, replace(state, generation=1), unharvested(engine, state), 0)
    answers = {
        (paper.family, prompt): prompt[:-1] if paper.family == "copy" else prompt[-2::-1]
        for paper in papers
        for prompt in paper.prompts
    }
    echoes = [
        (name, engine.families[name].echo(prompt, (text,)))
        for (name, prompt), text in answers.items()
    ]
    answers |= {(name, echo[0]): echo[1][0] for name, echo in echoes if echo}
    learners = ("learners/base-0.safetensors", "learners/base-1.safetensors")
    for seed, learner in enumerate(learners):
        save_learner(engine.folder / learner, *teach(engine, answers, seed, steps=300))
    return engine.folder, replace(state, learners=learners)


@pytest.fixture
def run(base, tmp_path):
    """Make engines on copies of that run; the name says which copy."""

    def run(name: str, *settings: str, **parts):
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(base[0], folder)
        engine = make_engine(folder, *SETTINGS, *settings, **parts)
        save_state(state_path(folder), base[1])
        return engine, base[1]

    return run


@pytest.fixture(scope="module")
def uncut(base, tmp_path_factory):
    """A generation that nobody disturbed, and what the warden heard of it."""
    folder = tmp_path_factory.mktemp("uncut") / "run"
    shutil.copytree(base[0], folder)
    engine = make_engine(folder, *SETTINGS)
    return run_generation(engine, base[1]), engine.warden.asked


def test_a_generation_climbs_learns_and_is_recorded(run):
    engine, state = run("one")
    after = run_generation(engine, state)
    assert after.generation == 1
    assert after.flop > state.flop
    assert after.champion
    assert all(after.fronts[name].level >= state.fronts[name].level for name in after.fronts)
    assert load_state(state_path(engine.folder)) == after
    asked = [each[0] for each in engine.warden.asked]
    assert asked == ["data", "examine", "claim"]
    (figures,) = [each[3] for each in engine.warden.of("claim")]
    columns = read_columns(engine.folder / after.data[-1])
    assert figures["kept"] == len(columns["prompt"]) > 0
    # families, levels, learners, problems, four times as many at so short a level
    assert figures["proposed"] == 2 * 2 * 2 * 4 * 4
    assert figures["accepted"] > 64
    # everything that is kept lies beyond the wall, and each prompt is there once
    assert min(columns["level"]) > 3
    pairs = list(zip(columns["family"], columns["prompt"], strict=True))
    assert len(pairs) == len(set(pairs))


def test_no_truth_is_read_in_self_mode(run):
    engine, state = run("one")
    run_generation(engine, state)
    assert {each[0] for each in engine.warden.asked} == {"data", "examine", "claim"}


def test_formal_mode_asks_for_every_verdict_and_keeps_only_what_is_right(run):
    engine, state = run("one", "run.verification=formal")
    after = run_generation(engine, state)
    asked = {(each[2], each[3]) for each in engine.warden.of("verify")}
    (figures,) = [each[3] for each in engine.warden.of("claim")]
    rates = {(f, int(level)) for f, levels in figures["agreement"].items() for level in levels}
    assert asked == rates
    assert figures["doubted"] == 0
    columns = read_columns(engine.folder / after.data[-1])
    for family, prompt, lines in zip(
        columns["family"], columns["prompt"], columns["lines"], strict=True
    ):
        text = prompt[:-1]
        assert lines == [text if family == "copy" else text[::-1]]


def test_a_generation_repeats_itself_bit_for_bit(run):
    ends = []
    for name in ("one", "two"):
        engine, state = run(name)
        after = run_generation(engine, state)
        ends.append((engine, after))
    (one, first), (two, second) = ends
    assert first == second
    assert one.warden.asked == two.warden.asked
    assert all(
        (one.folder / file).read_bytes() == (two.folder / file).read_bytes() for file in first.data
    )
    assert all(
        same_weights(load_file(one.folder / name), load_file(two.folder / name))
        for name in first.learners
    )


class Killed(Exception):
    """The end of a process, for a test in one process."""


@pytest.mark.parametrize("step", ["verify", "curate", "keep", "train", "promote", "record"])
def test_a_generation_that_was_killed_anywhere_ends_as_the_uncut_one(run, uncut, monkeypatch, step):
    cut, state = run("cut")
    honest = getattr(cycle, step)

    def die(*arguments):
        honest(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(cycle, step, die)
        with pytest.raises(Killed):
            run_generation(cut, state)
    expected, asked = uncut
    saved = load_state(state_path(cut.folder))
    if step == "record":
        assert saved == expected
        return
    assert saved == state
    resumed, _ = run("cut", warden=MemoryWarden())
    assert run_generation(resumed, saved) == expected
    assert resumed.warden.asked == asked


def test_a_band_that_is_wholly_agreed_upon_is_followed_by_the_next(run, monkeypatch):
    engine, state = run("one", "loop.bands=3", "loop.spread=99")
    monkeypatch.setattr("ouroboros.loop.curate.SATURATED", 0.0)
    turns = []
    honest = cycle.propose
    monkeypatch.setattr(
        cycle, "propose", lambda *arguments: turns.append(arguments[3]) or honest(*arguments)
    )
    run_generation(engine, state)
    assert turns == [0, 1, 2]
    monkeypatch.setattr("ouroboros.loop.curate.SATURATED", 1.1)
    turns.clear()
    run_generation(engine, state)
    assert turns == [0]
