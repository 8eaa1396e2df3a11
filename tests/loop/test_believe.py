import math
from dataclasses import replace
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
from ouroboros.loop.believe import belief, belief_path, judged, upheld
from ouroboros.loop.calibrate import Combiner, Steps
from ouroboros.loop.canaries import COLUMNS, Known, known_path
from ouroboros.loop.learner import fresh, learner_files
from ouroboros.loop.rules import (
    PART,
    Belief,
    Rule,
    believed,
    calibrated,
    fitted,
    probability,
    surest,
)
from ouroboros.loop.signals import Text, measure
from ouroboros.loop.solve import Solved
from ouroboros.loop.verify import verify

from .surroundings import (
    DeafWarden,
    Scripted,
    make_engine,
    make_state,
    place_learner,
    taught,
    truth,
)

CALIBRATED = "loop.acceptance=calibrated", "training.drafts=0.1", "loop.canaries=4"
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
    settings = "loop.calibration=800", "loop.canaries=0"
    engine = grown(tmp_path_factory.mktemp("ripe"), bodies, *settings, states=states)
    belief(engine, make_state(learner_files(100)))
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


@pytest.fixture
def newborn(tmp_path):
    """An engine with a wall at 3 whose base left new bodies behind, and the state of the last."""
    engine = make_engine(tmp_path, *CALIBRATED, "loop.calibration=20")
    new = {str(seed): fresh(engine.genome, seed) for seed in range(4)}
    before, now = place(engine, "01", 2, new), place(engine, "23", 4, new)
    return engine, make_state(now, earlier=before)


def test_learners_that_never_wrote_an_answer_calibrate_nothing_and_are_not_believed(newborn):
    engine, state = newborn
    found = belief(engine, state)
    assert {rule.bar for rule in found.answers.values()} <= {math.inf}
    (paper,), _ = judged(engine, state, [answered("12", "?", prompts=("12=", "34="))])
    assert paper.accepted == (False, False)
    (sure,), _ = upheld(engine, state, [paper.answered])
    assert not sure.any()


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
    found = belief(replace(engine, executor=Scrawling()), state)
    assert (found.answers, found.mended, found.pieces) == ({}, {}, {})
    (paper,), _ = judged(engine, state, [answered("12", prompts=("12=",))])
    assert paper.accepted == (False,)
    assert not upheld(engine, state, [paper.answered], in_pieces=True)[0][0].any()


# the rules of a family ---------------------------------------------------------------------


def shown(*groups: tuple[str, float, int, int]) -> Known:
    """Answers of (family, log-odds of every signal, how many are right, how many wrong)."""
    rows = [
        (name, value, number < right)
        for name, value, right, wrong in groups
        for number in range(right + wrong)
    ]
    names, values, right = zip(*rows, strict=True)
    return Known(
        names=np.array(names),
        values=np.repeat(np.array(values)[:, None], len(SIGNALS), axis=1),
        right=np.array(right),
        generation=np.zeros(len(rows), dtype=np.int64),
    )


def test_each_family_has_a_bar_of_its_own(newborn):
    engine, _ = newborn
    known = shown(("copy", 3.0, 4000, 0), ("reverse", 1.0, 3900, 100), ("reverse", -3.0, 10, 400))
    known.values[:, PART] = np.nan
    found = calibrated(engine.families, known, 7)
    assert found.generation == 7
    for rules in (found.answers, found.mended):
        assert rules["copy"].bar < 1
        assert rules["reverse"].bar == math.inf
    assert found.answers["copy"].share == pytest.approx(4392 / 4443)
    assert found.answers["reverse"].share == pytest.approx(4311 / 4812)


def test_what_a_family_does_not_show_others_show_a_little(newborn):
    engine, _ = newborn
    others = [("reverse", 3.0, 600, 0), ("reverse", -3.0, 0, 600)]
    rules = fitted(engine.families, shown(("copy", 3.0, 600, 0), *others))
    surely, hardly = np.full((1, len(SIGNALS)), 3.0), np.full((1, len(SIGNALS)), -3.0)
    combiner = rules["copy"].combiner
    assert combiner.probability(hardly)[0] < 0.6 < 0.9 < combiner.probability(surely)[0]
    alone = fitted(engine.families, shown(("copy", 3.0, 600, 0)))["copy"].combiner
    assert alone.probability(hardly) == alone.probability(surely)


def test_a_bar_is_set_by_the_scores_that_answers_get_from_others(newborn):
    engine, _ = newborn
    known = shown(("copy", 3.0, 8, 0), ("copy", -3.0, 0, 8))
    learnt = []

    def learn(values, right, counts):
        learnt.append(len(right))
        return steps((-8.0, 0.5))

    fitted(engine.families, known, learn)
    assert learnt == [8, 8, 16] * 2  # halves, then all, for each of two families


@pytest.mark.parametrize("count", [0, 1])
def test_of_one_answer_or_none_there_are_no_rules(newborn, count):
    engine, _ = newborn
    one = shown(("copy", 3.0, 1, 0))
    few = replace(one, **{n: getattr(one, n)[:count] for n in COLUMNS})
    found = calibrated(engine.families, few, 1)
    assert (found.answers, found.mended, found.pieces) == ({}, {}, {})


def test_texts_with_pieces_have_rules_of_their_own_by_these_alone(newborn):
    engine, _ = newborn
    known = shown(("copy", 3.0, 4000, 0), ("copy", -3.0, 0, 100), ("reverse", 1.0, 50, 50))
    whole = known.names == "reverse"
    known.values[whole, PART] = np.nan
    found = calibrated(engine.families, known, 1)
    assert found.pieces["copy"].share is None
    assert found.pieces["copy"].bar == 3.0
    assert found.pieces["reverse"] == found.pieces["copy"]  # pieces are alike in all families
    assert found.answers["reverse"].share == pytest.approx(51 / 102)
    values = np.full((3, len(SIGNALS)), -8.0)
    values[:, PART] = 3.0, -3.0, np.nan
    given = probability(found, np.array(["copy"] * 3), values)
    assert given[0] > 0.999
    assert given[1] < 0.01
    assert given[2] == found.answers["copy"].combiner.probability(values)[2]


# the file ----------------------------------------------------------------------------------


def test_a_belief_is_written_whole_and_read_back_without_asking_anybody(tmp_path, bodies):
    engine = grown(tmp_path, bodies, "loop.calibration=8")
    state = make_state(learner_files(40))
    before = {file.name for file in (tmp_path / "learners").iterdir()}
    found = belief(engine, state)
    after = {file.name for file in (tmp_path / "learners").iterdir()}
    assert after - before == {belief_path(engine).name, known_path(engine).name}
    content = belief_path(engine).read_bytes()
    deaf = replace(engine, warden=DeafWarden(), executor=None)
    assert belief(deaf, state) == found
    assert belief_path(engine).read_bytes() == content


def test_a_bar_that_nothing_reaches_is_read_back_as_it_was(tmp_path, bodies):
    engine = grown(tmp_path, bodies, "loop.calibration=4")
    state = make_state(learner_files(40))
    found = belief(engine, state)
    assert {rule.bar for rule in found.answers.values()} == {math.inf}  # of so few answers
    assert belief(replace(engine, warden=DeafWarden(), executor=None), state) == found


def test_steps_and_weights_are_read_back_as_what_they_were(believing):
    made = replace(believer({"peer": 9.0}), pieces=rules(steps((-8.0, 0.1), (2.5, 0.9))))
    engine, state = believing(made)
    belief(engine, state)
    assert belief(engine, state) == made


def test_the_next_generation_is_calibrated_anew(newborn):
    engine, state = newborn
    first = belief(engine, state)
    second = belief(engine, replace(state, generation=2))
    assert (first.generation, second.generation) == (1, 2)
    assert {key.split("/")[1] for _, key, *_ in engine.warden.asked if "canaries" in key} == {
        "1",
        "2",
    }
    deaf = replace(engine, warden=DeafWarden(), executor=None)
    assert belief(deaf, replace(state, generation=2)) == second


def test_what_it_took_to_calibrate_is_counted_with_a_generations_first_band_and_in_its_repetition(
    newborn,
):
    engine, state = newborn
    solved = Solved(answered=(answered("12", prompts=("12=",)),), flop=5)
    first, second = (verify(engine, state, solved, band).flop for band in (0, 1))
    assert first - second == belief(engine, state).flop > 0
    assert verify(engine, state, solved, 0).flop == first  # it was cut short, and is repeated


SPOILT = {
    "empty": lambda _: b"",
    "cut short": lambda whole: whole[: len(whole) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "something else": lambda _: b"[1, 2]",
    "without a bar": lambda whole: whole.replace(b'"bar"', b'"bear"'),
    "without a generation": lambda whole: whole.replace(b'"generation"', b'"degeneration"'),
    "a word for a number": lambda whole: whole.replace(b'"bias": ', b'"bias": "x", "was": ', 1),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_damaged_belief_is_a_mistake_that_one_line_tells(tmp_path, bodies, spoilt):
    engine = grown(tmp_path, bodies, "loop.calibration=4")
    state = make_state(learner_files(40))
    belief(engine, state)
    path = belief_path(engine)
    path.write_bytes(SPOILT[spoilt](path.read_bytes()))
    with pytest.raises(UsageError) as caught:
        belief(replace(engine, warden=DeafWarden(), executor=None), state)
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


def steps(*pairs: tuple[float, float]) -> Steps:
    """Shares by what is said of small pieces."""
    edges, shares = zip(*pairs, strict=True)
    return Steps(signal=PART, edges=edges, shares=shares)


def rules(combiner: Combiner | Steps, bar: float = 0.5, share: float = 0.5) -> dict[str, Rule]:
    """The same rule for either family."""
    rule = Rule(combiner=combiner, bar=bar, share=share)
    return {name: rule for name in ("copy", "reverse")}


def believer(
    weights: dict[str, float], bias: float = 0.0, bar: float = 0.5, share: float = 0.5
) -> Belief:
    """The same belief of answers and of mended texts, whatever their family."""
    each = rules(combiner(weights, bias), bar, share)
    return Belief(generation=1, answers=each, mended=each, pieces=each)


@pytest.fixture
def believing(tmp_path, copyists, monkeypatch):
    """Makes an engine that believes so, and the state of two copyists."""

    def make(found: Belief, author="right", peer="right", signals='["confident","peer","inverse"]'):
        monkeypatch.setattr(believe, "known", lambda *_: None)
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
def test_above_the_bar_too_a_level_at_which_fewer_seem_right_than_before_gives_nothing(
    believing, odds, accepted
):
    engine, state = believing(believer({}, bias=math.log(odds), bar=0.5, share=0.995))
    found, _ = judged(engine, state, [answered("12", "34", prompts=PAIR)])
    assert found[0].accepted == (accepted, accepted)


def test_a_family_without_a_rule_is_not_believed_and_stops_nobody(believing):
    made = believer({}, bias=50.0)
    only = {"copy": made.answers["copy"]}
    engine, state = believing(replace(made, answers=only, mended=only))
    papers = [
        answered("12", prompts=("12=",)),
        answered("43", prompts=("34=",), family="reverse"),
    ]
    found, _ = judged(engine, state, papers)
    assert [paper.accepted for paper in found] == [(True,), (False,)]
    assert [sure.tolist() for sure in upheld(engine, state, papers)[0]] == [[True], [False]]


def test_each_family_is_held_against_its_own_bar(believing):
    made = believer({}, bias=math.log(1999))
    stern = replace(made.answers["reverse"], bar=0.9999)
    engine, state = believing(replace(made, answers=made.answers | {"reverse": stern}))
    papers = [answered("12", prompts=("12=",), family=name) for name in ("copy", "reverse")]
    found, _ = judged(engine, state, papers)
    assert [paper.accepted for paper in found] == [(True,), (False,)]


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
    rule = made.answers["copy"]
    probability = rule.combiner.probability(everything.values)
    assert [j.accepted[0] for j in found] == (probability >= rule.bar).tolist()
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


@given(st.lists(PROBABLE, max_size=40).map(np.array))
def test_as_many_are_believed_as_are_right_by_their_own_account(probability):
    found = surest(probability)
    assert len(found) == len(probability)
    sure, rest = probability[found], probability[~found]
    if len(sure):
        assert (1 - sure).mean() <= 0.001 + 1e-12
    if len(rest):
        assert rest.max() <= sure.min(initial=1.0)
        assert (1 - np.append(sure, rest.max())).mean() > 0.001 - 1e-12  # one more is too many


def test_many_doubts_leave_what_is_sure():
    found = surest(np.array([0.9, 1.0, 0.9999, 0.9, 0.0]))
    assert found.tolist() == [False, True, True, False, False]


def peer_says(*odds: float) -> np.ndarray:
    """(N, S) signals of which the peer alone says something."""
    values = np.full((len(odds), len(SIGNALS)), np.nan)
    values[:, SIGNALS.index("peer")] = odds
    return values


def test_at_a_level_where_most_are_wrong_fewer_are_believed_than_with_the_canaries_share():
    each = rules(combiner({"peer": 1.0}), bar=0.5, share=0.9)
    mostly, seldom = peer_says(*[7.5] * 20, *[-6.0] * 2), peer_says(*[7.5] * 20, *[-6.0] * 400)
    for values, count in ((mostly, 20), (seldom, 0)):
        possible, places = np.full(len(values), True), [("copy", 9)] * len(values)
        unadapted = surest(each["copy"].combiner.probability(values))
        assert unadapted.sum() == 20
        assert believed(each, values, possible, places).sum() == count


def test_every_level_of_every_family_is_watched_by_itself():
    each = rules(combiner({"peer": 1.0}), bar=0.5, share=0.9)
    values = peer_says(*[7.5] * 20, *[-6.0] * 400)
    places = [("copy", 9)] * 10 + [("reverse", 12)] * 10 + [("copy", 12)] * 400
    found = believed(each, values, np.full(len(values), True), places)
    assert found.tolist() == [True] * 20 + [False] * 400
    mixed = [("copy", 9)] * 420
    assert not believed(each, values, np.full(len(values), True), mixed).any()


def test_one_impossible_answer_among_thousands_is_not_believed_with_them():
    each = rules(combiner({"peer": 1.0}), bar=0.5, share=0.5)
    possible = np.arange(3000) < 2999
    found = believed(each, peer_says(*[8.0] * 3000), possible, [("copy", 9)] * 3000)
    assert found.tolist() == possible.tolist()


def test_what_is_not_possible_is_not_believed_and_counts_as_wrong():
    each = rules(combiner({"peer": 1.0}), bar=0.5, share=0.9)
    values = peer_says(*[7.5] * 40)
    for others in (20, 0):
        possible = np.arange(40) < 20
        places = [("copy", 9)] * 20 + [("copy", 9 if others else 8)] * 20
        found = believed(each, values, possible, places)
        assert found.tolist() == [not others] * 20 + [False] * 20


@given(
    st.lists(st.tuples(st.floats(-8, 8), st.booleans(), st.sampled_from([4, 7])), max_size=40),
    st.sampled_from([0.1, 0.5, 0.99]),
    st.sampled_from([0.3, 0.9, 0.999]),
)
def test_nothing_below_the_bar_and_nothing_impossible_is_ever_believed(answers, share, bar):
    each = rules(combiner({"peer": 1.0}), bar=bar, share=share)
    values, possible = peer_says(*[o for o, _, _ in answers]), [yes for _, yes, _ in answers]
    places = [("copy", level) for *_, level in answers]
    found = believed(each, values, np.array(possible, dtype=np.bool_), places)
    assert len(found) == len(answers)
    assert not found[~np.array(possible, dtype=np.bool_)].any()
    assert (each["copy"].combiner.probability(values[found]) >= bar).all()


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
    mended = {name: replace(rule, bar=0.51) for name, rule in sure.mended.items()}
    engine, state = believing(replace(sure, mended=mended))
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


# texts that have pieces ---------------------------------------------------------------------


@pytest.fixture
def adding(tmp_path, monkeypatch):
    """Makes an engine that believes pieces that are likelier than not, and nothing else."""

    def make(says=truth, signals='["part","peer","inverse"]', fond: float = -50.0):
        each = Rule(combiner=steps((-8.0, 0.01), (0.0, 0.9999)), bar=0.0, share=None)
        other = Rule(combiner=combiner({}, bias=fond), bar=0.5, share=0.5)
        named = {"reverse_addition": other}
        made = Belief(generation=1, answers=named, mended=named, pieces={"reverse_addition": each})
        monkeypatch.setattr(believe, "known", lambda *_: None)
        monkeypatch.setattr(believe, "calibrated", lambda *_: made)
        engine = make_engine(
            tmp_path,
            'families={"reverse_addition": {"wall": 3}}',
            "loop.acceptance=calibrated",
            f"loop.signals={signals}",
            warden=DeafWarden(),
        )
        return replace(engine, executor=Scripted(lambda _, *asked: says(*asked)))

    return make


PROMPTS = ("1234+5678=",) * 3 + ("1+2=", "123123+456456=")
SOLUTIONS = "68031", "67031", "?", "3", "579579"  # the fourth has no pieces


def sums(*texts: str, prompts=PROMPTS) -> Answered:
    return answered(*texts, prompts=prompts, family="reverse_addition")


def knows_short_ones(family: str, prompt: str) -> str:
    """Sums of up to three digits; of longer ones nothing."""
    return truth(family, prompt) if max(map(len, prompt[:-1].split("+"))) <= 3 else "0"


@pytest.mark.parametrize("says", [truth, knows_short_ones])
def test_an_answer_is_believed_for_its_pieces_though_nobody_would_write_it_as_a_whole(adding, says):
    engine = adding(says)
    (found,), _ = judged(engine, make_state(), [sums(*SOLUTIONS)])
    assert found.accepted == (True, False, False, False, True)
    assert [doubt < 0 for doubt in found.doubt] == [True, False, False, True, True]


def test_of_what_is_believed_for_its_pieces_nothing_else_is_measured(adding):
    engine = adding()
    judged(engine, make_state(), [sums("68031", "67031", prompts=PROMPTS[:2])])
    wholes = [text.completion for _, text in engine.executor.read if text.prompt == PROMPTS[0]]
    assert wholes == ["67031"]  # by the peer, who says where it is to be mended


def test_answers_without_pieces_are_weighed_by_all_their_signals(adding):
    engine = adding(fond=50.0)
    (found,), _ = judged(engine, make_state(), [sums(*SOLUTIONS)])
    assert found.accepted == (True, False, False, True, True)


def test_a_run_that_does_not_look_at_pieces_weighs_everything(adding):
    engine = adding(fond=50.0, signals='["peer","inverse"]')
    (found,), _ = judged(engine, make_state(), [sums(*SOLUTIONS)])
    assert found.accepted == (True, True, False, True, True)


@pytest.mark.parametrize(("in_pieces", "short"), [(True, False), (False, True)])
def test_what_was_mended_is_held_against_its_pieces_where_it_has_some(adding, in_pieces, short):
    engine = adding(knows_short_ones, fond=50.0)
    (found,), flop = upheld(engine, make_state(), [sums(*SOLUTIONS)], in_pieces=in_pieces)
    assert found.tolist() == [True, False, False, short, True]
    assert flop > 0
