import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.config import SIGNALS
from ouroboros.errors import UsageError
from ouroboros.executors import Serial
from ouroboros.loop import believe
from ouroboros.loop.attempts import Answered, Paper
from ouroboros.loop.believe import Belief, belief, belief_path, calibrated, judged, upheld, within
from ouroboros.loop.calibrate import Combiner
from ouroboros.loop.learner import fresh, learner_files
from ouroboros.loop.signals import Text, measure
from ouroboros.loop.solve import Solved, SolveJob
from ouroboros.loop.verify import verify

from .surroundings import (
    DeafWarden,
    MemoryWarden,
    make_engine,
    make_state,
    place_learner,
    taught,
)

CALIBRATED = "loop.acceptance=calibrated", "training.drafts=0.1"
LOW_WALLS = 'families={"copy": {"wall": 1}, "reverse": {"wall": 1}}'
CHARACTERS = "0123456789abcdefghij"
ALL = {(family, f"{c}="): c for family in ("copy", "reverse") for c in CHARACTERS}


def erring(step: int) -> dict[tuple[str, str], str]:
    """In the place of every fifth character stands one that is so many further."""
    return {
        (family, f"{c}="): CHARACTERS[i + step * (i % 5 == 1)]
        for family in ("copy", "reverse")
        for i, c in enumerate(CHARACTERS)
    }


ERRING, OTHERWISE = erring(1), erring(-1)


def answered(*texts: str, prompts, author=0, family="copy") -> Answered:
    """A paper of these prompts; its author was sure of nothing."""
    paper = Paper(family=family, level=len(prompts[0]) - 1, author=author, prompts=prompts)
    return Answered(paper=paper, completions=texts, sure=(False,) * len(texts))


# what the base's training shows ------------------------------------------------------------


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """Bodies that write single characters again: all of them, or all but a fifth."""
    engine = make_engine(tmp_path_factory.mktemp("lessons"), LOW_WALLS, *CALIBRATED)
    lessons = {"one": ALL, "other": ALL, "errs": ERRING, "errs otherwise": OTHERWISE}
    return {
        name: taught(engine, lesson, seed, steps=150)
        for seed, (name, lesson) in enumerate(lessons.items())
    }


YOUNG = "errs", "errs otherwise"


def place(engine, names, step: int, bodies) -> list[str]:
    """Leave both learners of a state of the base behind."""
    (engine.folder / "learners").mkdir(parents=True, exist_ok=True)
    for file, name in zip(learner_files(step), names, strict=True):
        assert place_learner(engine, Path(file).stem, bodies[name]) == file
    return list(learner_files(step))


def grown(folder, bodies, *settings: str, states=(YOUNG, YOUNG)):
    """An engine whose base left these learners behind, at steps 8, 40, 100."""
    engine = make_engine(folder, LOW_WALLS, *CALIBRATED, *settings)
    for step, names in zip((8, 40, 100), states, strict=False):
        place(engine, names, step, bodies)
    return engine


@pytest.fixture(scope="module")
def ripe(tmp_path_factory, bodies):
    """An engine with a belief, found where the learners made mistakes first and none later."""
    states = YOUNG, YOUNG, ("one", "other")
    folder = tmp_path_factory.mktemp("ripe")
    engine = grown(folder, bodies, "loop.calibration=600", states=states)
    belief(engine, make_state(()))
    return replace(engine, warden=DeafWarden())


@pytest.mark.parametrize("family", ["copy", "reverse"])
def test_what_both_would_write_is_believed_and_what_only_its_author_would_is_not(
    ripe, bodies, family
):
    learners = place(ripe, ("errs", "one"), 200, bodies)
    prompts = tuple(f"{c}=" for c in CHARACTERS)
    written = [tuple(lesson[family, prompt] for prompt in prompts) for lesson in (ERRING, ALL)]
    papers = [
        answered(*texts, prompts=prompts, author=author, family=family)
        for author, texts in enumerate(written)
    ]
    found, flop = judged(ripe, make_state(learners, earlier=learners), papers)
    agreed = tuple(one == other for one, other in zip(*written, strict=True))
    for paper in found:
        assert not any(yes and not both for yes, both in zip(paper.accepted, agreed, strict=True))
        assert sum(paper.accepted) > sum(agreed) / 2
    assert [tuple(doubt < 0 for doubt in j.doubt) for j in found] == [agreed, agreed]
    assert [j.answered for j in found] == papers
    assert flop > 0


def test_the_states_of_the_base_are_calibrated_on_in_their_order_and_the_first_only_compared_with(
    tmp_path, bodies
):
    @dataclass
    class Recording(Serial):
        solvers: list[str] = field(default_factory=list)

        def map(self, unit, items):
            self.solvers += [item.learner for item in items if isinstance(item, SolveJob)]
            return super().map(unit, items)

    states = [YOUNG] * 3
    engine = replace(
        grown(tmp_path, bodies, "loop.calibration=4", states=states), executor=Recording()
    )
    nobody = make_state(("learners/none", "learners/neither"))  # who answers now has no part in it
    calibrated(engine, nobody)
    places = [*learner_files(40), *learner_files(100)]
    assert engine.executor.solvers == [str(tmp_path / place) for place in places]


@pytest.fixture
def newborn(tmp_path):
    """An engine with a wall at 3 whose base left new bodies behind, and the state of the last."""
    engine = make_engine(tmp_path, *CALIBRATED, "loop.calibration=20")
    new = {str(seed): fresh(engine.genome, seed) for seed in range(4)}
    before, now = place(engine, "01", 2, new), place(engine, "23", 4, new)
    return engine, make_state(now, earlier=before)


def test_nothing_past_the_wall_is_asked_for_and_no_verdict_at_all(newborn):
    engine, state = newborn
    belief(engine, state)
    assert {each[0] for each in engine.warden.asked} == {"examples"}
    asked = engine.warden.of("examples")
    assert {(family, level) for _, _, family, level, _, _ in asked} == {
        (family, level) for family in ("copy", "reverse") for level in (1, 2, 3)
    }
    assert len({key for _, key, *_ in asked}) == len(asked)
    assert len({seed for *_, seed in asked}) == len(asked)  # nobody answers another's problems


def test_learners_that_never_wrote_an_answer_calibrate_nothing_and_are_not_believed(newborn):
    engine, state = newborn
    found = belief(engine, state)
    assert (found.bar, found.mended_bar) == (math.inf, math.inf)
    (paper,), _ = judged(engine, state, [answered("12", "?", prompts=("12=", "34="))])
    assert paper.accepted == (False, False)


class Scrawling(Serial):
    """Whatever is asked, what comes back begins with what is no text."""

    def map(self, unit, items):
        return [
            replace(result, answered=tuple(scrawled(a) for a in result.answered))
            if isinstance(result, Solved)
            else result
            for result in super().map(unit, items)
        ]


def scrawled(answer: Answered) -> Answered:
    return replace(answer, completions=("1?\n12",) * len(answer.completions))


def test_lines_that_are_no_text_do_not_disturb_a_calibration(newborn):
    engine, state = newborn
    assert belief(replace(engine, executor=Scrawling()), state).bar == math.inf


# the file ----------------------------------------------------------------------------------


def test_a_belief_is_written_whole_and_read_back_without_asking_anybody(tmp_path, bodies):
    engine = grown(tmp_path, bodies, "loop.calibration=8")
    before = {file.name for file in (tmp_path / "learners").iterdir()}
    found = belief(engine, make_state(()))
    after = {file.name for file in (tmp_path / "learners").iterdir()}
    assert after - before == {belief_path(engine).name}
    content = belief_path(engine).read_bytes()
    deaf = replace(engine, warden=DeafWarden())
    assert belief(deaf, make_state(())) == found
    assert belief_path(engine).read_bytes() == content


def test_a_bar_that_nothing_reaches_is_read_back_as_it_was(tmp_path, bodies):
    engine = grown(tmp_path, bodies, "loop.calibration=4")
    found = belief(engine, make_state(()))
    assert (found.bar, found.mended_bar) == (math.inf, math.inf)  # of so few answers
    assert belief(replace(engine, warden=DeafWarden()), make_state(())) == found


class Stopping(MemoryWarden):
    """Dies after some questions."""

    def examples(self, key, family, level, count, seed):
        if len(self.asked) == 3:
            raise KeyboardInterrupt
        return super().examples(key, family, level, count, seed)


def test_a_calibration_that_was_cut_short_leaves_nothing_and_is_repeated_alike(tmp_path, bodies):
    states = [YOUNG, YOUNG, ("one", "other")]
    whole = grown(tmp_path / "whole", bodies, "loop.calibration=8", states=states)
    found = belief(whole, make_state(()))
    cut = grown(tmp_path / "cut", bodies, "loop.calibration=8", states=states)
    with pytest.raises(KeyboardInterrupt):
        belief(replace(cut, warden=Stopping()), make_state(()))
    assert not belief_path(cut).exists()
    assert belief(cut, make_state(())) == found


SPOILT = {
    "empty": lambda _: b"",
    "cut short": lambda whole: whole[: len(whole) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "something else": lambda _: b"[1, 2]",
    "without a bar": lambda whole: whole.replace(b'"bar"', b'"bear"'),
    "a word for a number": lambda whole: whole.replace(b'"bias": ', b'"bias": "x", "was": ', 1),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_damaged_belief_is_a_mistake_that_one_line_tells(tmp_path, bodies, spoilt):
    engine = grown(tmp_path, bodies, "loop.calibration=4")
    belief(engine, make_state(()))
    path = belief_path(engine)
    path.write_bytes(SPOILT[spoilt](path.read_bytes()))
    with pytest.raises(UsageError) as caught:
        belief(replace(engine, warden=DeafWarden()), make_state(()))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


# what is believed --------------------------------------------------------------------------


RIGHT = {("copy", f"{n}="): n for n in ("12", "21", "34", "43")}
LESSONS = {
    "right": RIGHT,
    "mistaken": RIGHT | {("copy", "34="): "33"},
    "deaf to echoes": RIGHT | {("copy", "43="): "44"},
}


@pytest.fixture(scope="module")
def copyists(tmp_path_factory):
    """Bodies that copy four strings: rightly, one of them wrongly, one echo wrongly."""
    engine = make_engine(tmp_path_factory.mktemp("copyists"), "genome.layers=2")
    return {
        name: taught(engine, lesson, seed, steps=120)
        for seed, (name, lesson) in enumerate(LESSONS.items())
    }


def combiner(weights: dict[str, float], bias: float = 0.0) -> Combiner:
    return Combiner(
        names=SIGNALS,
        weights=tuple(weights.get(name, 0.0) for name in SIGNALS),
        bias=bias,
        fallback=(0.0,) * len(SIGNALS),
    )


def believer(weights: dict[str, float], bias: float = 0.0, bar: float = 0.5) -> Belief:
    """The same belief of answers and of mended texts, whatever their family."""
    each = {name: combiner(weights, bias) for name in ("copy", "reverse")}
    return Belief(answers=each, mended=each, bar=bar, mended_bar=bar)


@pytest.fixture
def believing(tmp_path, copyists, monkeypatch):
    """Makes an engine that believes so, and the state of two copyists."""

    def make(found: Belief, author="right", peer="right", signals='["confident","peer","inverse"]'):
        monkeypatch.setattr(believe, "calibrated", lambda *_: found)
        settings = ("genome.layers=2", "loop.acceptance=calibrated", f"loop.signals={signals}")
        engine = make_engine(tmp_path, *settings, warden=DeafWarden())
        learners = (
            place_learner(engine, author, copyists[author]),
            place_learner(engine, peer, copyists[peer]),
        )
        return engine, make_state(learners, earlier=learners)

    return make


PAIR = ("12=", "34=")


def test_an_answer_of_the_wrong_form_is_not_believed_though_everything_else_is(believing):
    engine, state = believing(believer({}, bias=50.0))
    texts = ("12", "1", "123", "ab", "", "1?", "1\n2", "21")
    found, _ = judged(engine, state, [answered(*texts, prompts=("12=",) * len(texts))])
    assert found[0].accepted == (True, *(False,) * 6, True)


def test_a_bar_that_nothing_reaches_is_not_reached(believing):
    engine, state = believing(believer({"peer": 100.0}, bias=100.0, bar=math.inf))
    found, _ = judged(engine, state, [answered("12", "34", prompts=PAIR)])
    assert found[0].accepted == (False, False)


@pytest.mark.parametrize(
    ("author", "peer", "text", "accepted"),
    [
        ("right", "right", "34", True),
        ("mistaken", "right", "33", False),
        ("right", "deaf to echoes", "34", False),
        ("deaf to echoes", "right", "34", False),
    ],
)
def test_an_answer_is_believed_where_the_weights_of_its_signals_reach_the_bar(
    believing, author, peer, text, accepted
):
    engine, state = believing(believer({"peer": 9.0, "inverse": 9.0}), author, peer)
    found, _ = judged(engine, state, [answered("12", text, prompts=PAIR)])
    assert found[0].accepted == (True, accepted)


@pytest.mark.parametrize(("bar", "accepted"), [(0.999, True), (0.99999, False)])
def test_hope_of_what_an_answer_does_not_have_does_not_lift_it_over_the_bar(
    believing, bar, accepted
):
    # 77 backwards is the same again: without an inverse it is right in 99.95 %
    engine, state = believing(believer({"inverse": 0.5}, bias=math.log(1999), bar=bar))
    found, _ = judged(engine, state, [answered("77", prompts=("77=",))])
    assert found[0].accepted == (accepted,)


def test_what_the_peer_doubts_can_be_believed_for_what_follows_from_it(believing):
    engine, state = believing(believer({"peer": 9.0, "inverse": 40.0}), peer="mistaken")
    found, _ = judged(engine, state, [answered("34", prompts=("34=",))])
    assert (found[0].accepted, found[0].doubt) == ((True,), (1,))


@pytest.mark.parametrize(("odds", "accepted"), [(99, False), (1999, True)])
def test_above_the_bar_too_a_level_at_which_too_many_would_be_wrong_gives_nothing(
    believing, odds, accepted
):
    engine, state = believing(believer({}, bias=math.log(odds), bar=0.5))
    found, _ = judged(engine, state, [answered("12", "34", prompts=PAIR)])
    assert found[0].accepted == (accepted, accepted)


def test_what_cannot_reach_the_bar_any_more_is_not_measured_dearly(believing):
    # with the best of echoes an answer that the peer finds unlikely would not come up to the bar
    engine, state = believing(believer({"peer": 9.0, "inverse": 0.9}), "mistaken")
    papers = {text: answered(text, prompts=("34=",)) for text in ("33", "34")}
    flop = {
        (text, names): measure(
            engine, state.learners, state.earlier, [Text("copy", "34=", text)], np.array([0]), names
        ).flop
        for text in papers
        for names in (("confident", "peer"), ("inverse",))
    }
    (found,), spent = judged(engine, state, [papers["33"]])
    assert (found.accepted, spent) == ((False,), flop["33", ("confident", "peer")])
    (found,), spent = judged(engine, state, [papers["34"]])
    assert (found.accepted, spent) == (
        (True,),
        sum(f for (text, _), f in flop.items() if text == "34"),
    )
    assert flop["34", ("inverse",)] > 0


def test_leaving_out_what_is_dear_changes_no_judgement(believing):
    made = believer({"confident": 3.0, "peer": 5.0, "inverse": 7.0}, bias=-40.0, bar=0.9)
    engine, state = believing(made, "mistaken", "deaf to echoes")
    texts = [
        (prompt, text, author)
        for prompt in ("12=", "34=", "43=", "21=")
        for text in ("12", "33", "34", "43", "44", "21")
        for author in (0, 1)
    ]
    papers = [answered(text, prompts=(prompt,), author=a) for prompt, text, a in texts]
    found, _ = judged(engine, state, papers)
    everything = measure(
        engine,
        state.learners,
        state.earlier,
        [Text("copy", prompt, text) for prompt, text, _ in texts],
        np.array([author for *_, author in texts]),
        ("confident", "peer", "inverse"),
    )
    probability = made.answers["copy"].probability(everything.values)
    assert [j.accepted[0] for j in found] == (probability >= made.bar).tolist()
    assert 0 < sum(j.accepted[0] for j in found) < len(texts)
    assert [j.doubt[0] for j in found] == everything.doubt.tolist()


def test_only_the_signals_that_the_run_looks_at_count(believing):
    made = believer({"peer": 9.0, "inverse": 9.0})
    paper = answered("34", prompts=("34=",))
    engine, state = believing(made, peer="mistaken", signals='["confident","inverse"]')
    assert judged(engine, state, [paper])[0][0].accepted == (True,)
    engine, state = believing(made, peer="mistaken", signals='["confident","peer"]')
    assert judged(engine, state, [paper])[0][0].accepted == (False,)


def test_papers_of_all_kinds_are_judged_beside_one_another_as_they_are_alone(believing):
    engine, state = believing(believer({"peer": 9.0}), "right", "mistaken")
    papers = [
        answered("12", "34", prompts=PAIR),
        answered("33", prompts=("34=",), author=1),
        answered("43", prompts=("34=",), family="reverse", author=1),
        answered("21", "43", "34", prompts=("21=", "43=", "34=")),
    ]
    together, flop = judged(engine, state, papers)
    alone = [judged(engine, state, [paper]) for paper in papers]
    assert list(together) == [found for (found,), _ in alone]
    assert flop == sum(spent for _, spent in alone)
    assert [j.accepted for j in together[:2]] == [(True, False), (False,)]


def test_verifying_takes_what_is_believed_though_the_author_was_not_sure(believing):
    engine, state = believing(believer({"peer": 9.0, "inverse": 9.0}), "mistaken")
    paper = answered("12", "33", prompts=PAIR)
    found = verify(engine, state, Solved(answered=(paper,), flop=5), band=0)
    assert found.judged[0].accepted == (True, False)
    assert found.judged[0].doubt == (-1, 1)
    assert found.flop == 5 + judged(engine, state, [paper])[1]


def test_in_formal_mode_the_verdict_counts_and_no_belief(tmp_path):
    engine = make_engine(tmp_path, *CALIBRATED, "run.verification=formal")
    paper = answered("12", "33", prompts=PAIR)
    found = verify(engine, make_state(()), Solved(answered=(paper,), flop=5), band=0)
    assert (found.judged[0].accepted, found.flop) == ((True, False), 5)
    assert {each[0] for each in engine.warden.asked} == {"verify"}
    assert not belief_path(engine).exists()


PROBABLE = st.sampled_from([1.0, 0.99995, 0.9995, 0.999, 0.998, 0.5, 0.0]) | st.floats(0.99, 1)
PLACES = st.sampled_from([("copy", 4), ("copy", 7), ("reverse", 4)])


@given(st.lists(st.tuples(PROBABLE, PLACES), max_size=40))
def test_of_every_level_as_many_are_believed_as_are_right_by_their_own_account(answers):
    probability = np.array([p for p, _ in answers])
    places = [place for _, place in answers]
    kept = within(probability, places)
    assert len(kept) == len(answers)
    for place in set(places):
        rows = np.array([found == place for found in places])
        sure, rest = probability[rows & kept], probability[rows & ~kept]
        assert (within(probability[rows], [place] * int(rows.sum())) == kept[rows]).all()
        if len(sure):
            assert (1 - sure).mean() <= 0.001 + 1e-12
        if len(rest):
            assert rest.max() <= sure.min(initial=1.0)
            assert (1 - np.append(sure, rest.max())).mean() > 0.001 - 1e-12  # one more is too many


def test_a_level_of_many_doubts_gives_what_is_sure_in_it():
    found = within(np.array([0.9, 1.0, 0.9999, 0.9, 0.0]), [("copy", 4)] * 5)
    assert found.tolist() == [False, True, True, False, False]


# texts that two learners wrote together ----------------------------------------------------


@pytest.mark.parametrize("seat", ["author", "peer"])
def test_a_mended_text_is_upheld_by_both_learners_whoever_began_it(believing, seat):
    engine, state = believing(believer({"inverse": 9.0}), **{seat: "deaf to echoes"})
    papers = [
        answered("12", "34", prompts=PAIR),
        answered("34", prompts=("34=",), author=1),
        answered("21", prompts=("21=",), author=1),
    ]
    found, flop = upheld(engine, state, papers)
    assert [sure.tolist() for sure in found] == [[True, False], [False], [True]]
    assert flop > 0


def test_a_mended_text_is_not_upheld_by_what_its_author_or_its_mender_thinks_of_it(believing):
    sure = believer({"confident": 1.0, "sampled": 1.0, "raw": 1.0, "earlier": 1.0, "peer": 1.0})
    engine, state = believing(replace(sure, mended_bar=0.51))
    (found,), _ = upheld(engine, state, [answered("34", prompts=("34=",))])
    assert found.tolist() == [False]


def test_a_mended_text_is_weighed_by_a_scale_and_a_bar_of_its_own(believing):
    fond, stern = believer({}, bias=50.0), believer({}, bias=-50.0)
    paper = answered("34", prompts=("34=",))
    engine, state = believing(replace(fond, mended=stern.mended))
    assert judged(engine, state, [paper])[0][0].accepted == (True,)
    assert not upheld(engine, state, [paper])[0][0].any()


def test_a_mended_text_of_the_wrong_form_is_not_upheld(believing):
    engine, state = believing(believer({}, bias=50.0))
    texts = ("34", "", "3", "3?", "ab")
    (found,), _ = upheld(engine, state, [answered(*texts, prompts=("34=",) * 5)])
    assert found.tolist() == [True, False, False, False, False]
