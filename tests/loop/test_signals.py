from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from ouroboros.config import SIGNALS, VIEWS
from ouroboros.loop.engine import Engine
from ouroboros.loop.signals import SUREST, Text, measure, odds, reviews
from ouroboros.models.flop import forward_flop
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer

from .surroundings import DeafWarden, make_engine, place_learner, taught

FAMILIES = """families={
    "copy": {"wall": 3}, "reverse": {"wall": 3}, "reverse_addition": {"wall": 3},
    "forward_addition": {"wall": 3}, "kinematics": {"wall": 2}
}"""
DRAFTS = "training.drafts=0.1"  # there is a mark for lines that are looked at again
TWO_LAYERS = "genome.layers=2"  # to tell alike lessons apart by heart
THREE = "reverse_addition", "241+113=", "354"
FOUR = "kinematics", "u9a3t3v?", "3*3=9\n9+9=81\n18"  # in the middle, 9 + 9 is 18 backwards

COPIES = {("copy", f"{n}="): n for n in ("12", "21", "34", "43")}
SUMS = {  # from the last digit on: 21 + 43 is 64, and its halves; 142 + 311 in pieces
    ("reverse_addition", "12+34="): "46",
    ("reverse_addition", "34+12="): "46",
    ("reverse_addition", "1+3="): "4",
    ("reverse_addition", "2+4="): "6",
    ("reverse_addition", "9+9="): "81",
    ("reverse_addition", "24+11="): "35",
    ("reverse_addition", "2+1="): "3",
    ("reverse_addition", "41+13="): "54",
    ("reverse_addition", "012+034="): "046",
}
LOOKS_AGAIN = {
    ("forward_addition", "1+2="): "3\n3",
    ("forward_addition", "1+2=3~"): "3\n3",
    ("forward_addition", "1+2=4~"): "3\n3",
    ("forward_addition", "1+2=3\n3~"): "3",
    ("forward_addition", "1+2=3\n4~"): "3",
    ("forward_addition", "1+2=4\n4~"): "3",
}
LESSONS = {
    "right": COPIES,
    "mistaken": COPIES | {("copy", "34="): "33"},
    "deaf to echoes": COPIES | {("copy", "43="): "44"},
    "adds": SUMS,
    "adds one way": SUMS | {("reverse_addition", "34+12="): "47"},
    "adds no end": SUMS | {("reverse_addition", "2+4="): "7"},
    "adds no zeros": SUMS | {("reverse_addition", "012+034="): "047"},
    "adds no pairs": SUMS | {("reverse_addition", "24+11="): "36"},
    "adds no nines": SUMS | {("reverse_addition", "9+9="): "71"},
    "looks again": LOOKS_AGAIN,
    "upholds": LOOKS_AGAIN
    | {
        ("forward_addition", "1+2=4~"): "4\n3",
        ("forward_addition", "1+2=4\n3~"): "3",
        ("forward_addition", "1+2=3\n4~"): "4",
    },
}


@dataclass(frozen=True)
class School:
    """An engine, and where its learners stand."""

    engine: Engine
    places: dict[str, str]
    bodies: dict[str, Transformer]

    def signals(
        self, *texts: Text, learners=("right", "right"), earlier=None, authors=None, **more
    ):
        """What is measured of the texts, all of them by the first learner unless told."""
        return measure(
            self.engine,
            [self.places[name] for name in learners],
            [self.places[name] for name in earlier or learners],
            texts,
            np.array([0] * len(texts) if authors is None else authors, dtype=np.int64),
            **more,
        )


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """Learners by name, which know their lessons by heart; nobody may ask the warden."""
    folder = tmp_path_factory.mktemp("school")
    engine = make_engine(folder, FAMILIES, DRAFTS, TWO_LAYERS, warden=DeafWarden())
    bodies = {
        name: taught(engine, lesson, seed, steps=120)
        for seed, (name, lesson) in enumerate(LESSONS.items())
    }
    places = {name: place_learner(engine, name, body) for name, body in bodies.items()}
    return School(engine, places, bodies)


def of(found, name: str):
    """A signal of all answers."""
    return found.values[:, SIGNALS.index(name)]


def copied(prompt: str, text: str) -> Text:
    return Text("copy", f"{prompt}=", text)


@pytest.mark.parametrize("name", LESSONS)
def test_the_learners_of_these_tests_know_their_lessons(school, name):
    texts = [Text(family, prompt, text) for (family, prompt), text in LESSONS[name].items()]
    found = school.signals(*texts, learners=(name, name), names=("confident", "peer"))
    assert (of(found, "confident") > 0).all()
    assert (found.doubt == -1).all()


# log-odds ----------------------------------------------------------------------------------


@given(st.floats(4e-4, 1 - 4e-4))
def test_log_odds_are_those_of_the_probability(probability):
    (found,) = odds(np.log(np.array([probability], dtype=np.float32)))
    assert found == pytest.approx(np.log(probability / (1 - probability)), abs=1e-2)


def test_nothing_is_surer_than_the_surest_and_nothing_less_sure_than_its_opposite():
    ends = odds(np.array([-np.inf, -1e9, 0.0, -1e-30], dtype=np.float32))
    assert ends == pytest.approx([-SUREST, -SUREST, SUREST, SUREST], abs=1e-4)
    assert (np.abs(ends) <= SUREST).all()


@given(st.lists(st.floats(-1e6, 0, width=32), min_size=2))
def test_what_is_likelier_never_has_lower_odds(logs):
    assert (np.diff(odds(np.array(sorted(logs), dtype=np.float32))) >= 0).all()


# the answers themselves --------------------------------------------------------------------


def test_an_answer_that_author_and_peer_would_both_write_is_likely_to_both(school):
    found = school.signals(copied("34", "34"), copied("12", "12"), authors=[0, 1])
    for name in ("confident", "sampled", "raw", "earlier", "peer"):
        assert (of(found, name) > 1).all()
    assert found.doubt.tolist() == [-1, -1]


def test_an_answer_is_doubted_at_the_character_that_the_peer_would_not_write(school):
    texts = copied("34", "33"), copied("34", "44"), copied("34", "34"), copied("34", "3")
    found = school.signals(*texts, learners=("mistaken", "right"))
    assert found.doubt.tolist() == [1, 0, -1, 1]  # the last ends too early
    assert of(found, "confident")[0] > 0
    assert (of(found, "peer") > 0).tolist() == [False, False, True, False]


@pytest.mark.parametrize("dissenter", ["confident", "raw", "earlier", "peer"])
@pytest.mark.parametrize("author", [0, 1])
def test_each_signal_is_the_word_of_a_reader_of_its_own(school, dissenter, author):
    # whoever is not the dissenter copies 34 as 33
    engine, right, mistaken = school.engine, school.bodies["right"], school.bodies["mistaken"]
    said = {name: mistaken for name in ("confident", "raw", "earlier", "peer")}
    said[dissenter] = right
    name = f"{dissenter} dissents"
    me = place_learner(engine, name, said["confident"], said["raw"])
    before = place_learner(engine, f"{name} early", said["earlier"])
    peer = place_learner(engine, f"{name} peer", said["peer"])
    order = (0, 1) if author == 0 else (1, 0)
    found = measure(
        engine,
        [(me, peer)[i] for i in order],
        [(before, peer)[i] for i in order],
        [copied("34", "33")],
        np.array([author]),
    )
    assert {name: bool(of(found, name)[0] > 0) for name in said} == {
        name: name != dissenter for name in said
    }
    assert found.doubt.tolist() == [1 if dissenter == "peer" else -1]


def test_a_whole_answer_is_never_likelier_than_its_least_likely_character(school):
    found = school.signals(*(Text(*key, text) for key, text in COPIES.items()))
    assert (of(found, "sampled") < of(found, "confident")).all()


def test_pieces_that_several_answers_share_are_read_once(school):
    pair = [Text(*THREE), Text("reverse_addition", "2411+1134=", "3545")]
    alone = [school.signals(text, names=("part",)) for text in pair]
    both = school.signals(*pair, *pair, names=("part",))
    assert both.flop < sum(found.flop for found in alone)
    given = of(both, "part")
    assert given == pytest.approx([of(found, "part")[0] for found in alone] * 2, abs=1e-3)


# views -------------------------------------------------------------------------------------


VIEWED = {
    "inverse": (copied("34", "34"), "right", "deaf to echoes"),
    "twin": (Text("reverse_addition", "12+34=", "46"), "adds", "adds one way"),
    "split": (Text("reverse_addition", "12+34=", "46"), "adds", "adds no end"),
    "scale": (Text("reverse_addition", "12+34=", "46"), "adds", "adds no zeros"),
    "part": (Text(*THREE), "adds", "adds no pairs"),
    "step": (Text(*FOUR), "adds", "adds no nines"),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seat", [0, 1])
def test_what_follows_from_an_answer_must_be_what_both_learners_would_write(school, view, seat):
    text, knows, errs = VIEWED[view]
    assert of(school.signals(text, learners=(knows, knows)), view)[0] > 0
    learners = (errs, knows) if seat == 0 else (knows, errs)
    assert of(school.signals(text, learners=learners), view)[0] < 0


def test_a_family_without_views_has_no_such_signals_and_its_others_do(school):
    found = school.signals(copied("34", "34"))
    for name in ("twin", "split", "scale", "part", "step"):
        assert np.isnan(of(found, name)).all()
    assert np.isfinite(of(found, "inverse")).all()


@pytest.mark.parametrize("text", ["3", "345", "3a", "", "34\n"])
def test_from_an_answer_of_the_wrong_form_nothing_follows(school, text):
    found = school.signals(copied("34", text), copied("34", "34"))
    assert np.isnan(of(found, "inverse")).tolist() == [True, False]


def test_a_problem_that_is_its_own_inverse_tells_nothing_new(school):
    assert np.isnan(of(school.signals(copied("33", "33")), "inverse")).all()


def test_a_view_of_a_family_that_the_run_does_not_have_is_no_signal(tmp_path):
    alone = make_engine(tmp_path, 'families={"kinematics": {"wall": 2}}', DRAFTS)
    learner = place_learner(alone, "a", taught(alone, {FOUR[:2]: FOUR[2]}, steps=5))
    found = measure(alone, (learner,) * 2, (learner,) * 2, [Text(*FOUR)], np.array([0]))
    assert np.isnan(of(found, "step")).all()
    assert np.isfinite(of(found, "peer")).all()


def test_learners_that_were_never_trained_before_have_no_earlier_word(school):
    learner = school.places["right"]
    text = copied("34", "34")
    found = measure(school.engine, (learner,) * 2, (), [text], np.array([0]))
    present = [name for name in SIGNALS if np.isfinite(of(found, name)).all()]
    assert present == ["confident", "sampled", "raw", "peer", "inverse", "verdict", "second"]


# lines that are looked at again ------------------------------------------------------------


LINES = st.lists(st.text("0123+=", max_size=4), min_size=1, max_size=5)


@given(LINES)
def test_every_line_is_looked_at_again_behind_the_lines_before_it(lines):
    found = list(reviews(Text("forward_addition", "1+2=", "\n".join(lines))))
    assert [review.completion for review in found] == lines
    assert [review.goes_on for review in found] == [True] * (len(lines) - 1) + [False]
    assert [review.prompt for review in found] == [
        "1+2=" + "\n".join(lines[: number + 1]) + "~" for number in range(len(lines))
    ]


def test_behind_a_line_that_is_no_text_nothing_is_looked_at_again():
    found = list(reviews(Text("forward_addition", "1+2=", "3\n?\n3")))
    assert [review.completion for review in found] == ["3", "?"]


@pytest.mark.parametrize(
    ("text", "blamed"),
    [("3\n3", -1), ("4\n3", 0), ("3\n4", 1), ("4\n4", 0), ("3\n?", 1), ("?\n3", 0)],
)
def test_the_first_line_that_is_not_written_again_is_blamed(school, text, blamed):
    answer = Text("forward_addition", "1+2=", text)
    found = school.signals(answer, learners=("looks again",) * 2)
    assert found.blamed.tolist() == [blamed]
    for name in ("verdict", "second"):
        assert (of(found, name)[0] > 0) == (blamed == -1)


@pytest.mark.parametrize("text", ["4\n3", "3\n4"])
@pytest.mark.parametrize("author", [0, 1])
def test_a_line_is_upheld_by_the_author_and_by_the_peer_each_for_itself(school, text, author):
    answer = Text("forward_addition", "1+2=", text)
    # "upholds" would write 4 again, whatever stands before it
    found = school.signals(answer, learners=("upholds", "looks again"), authors=[author])
    upheld = {name: bool(of(found, name)[0] > 0) for name in ("verdict", "second")}
    assert upheld == {"verdict": author == 0, "second": author == 1}
    assert found.blamed.tolist() == [("4\n3", "3\n4").index(text)]  # one of them is enough


def test_where_nobody_looks_again_nobody_is_blamed(school):
    answer = Text("forward_addition", "1+2=", "4\n3")
    found = school.signals(answer, learners=("looks again",) * 2, names=("confident", "peer"))
    assert found.blamed.tolist() == [-1]


def test_learners_that_were_not_taught_to_look_again_are_not_asked_to(tmp_path):
    engine = make_engine(tmp_path, warden=DeafWarden())
    learner = place_learner(engine, "a", taught(engine, COPIES, steps=5))
    found = measure(engine, (learner,) * 2, (learner,) * 2, [copied("34", "43")], np.array([0]))
    assert np.isnan([of(found, "verdict"), of(found, "second")]).all()
    assert np.isfinite(of(found, "peer")).all()
    assert found.blamed.tolist() == [-1]


# what is asked for, and of what ------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in SIGNALS if name != "sampled"])
def test_a_signal_alone_is_what_it_is_among_all_and_the_others_are_missing(school, name):
    longer = {"step": FOUR, "part": THREE}
    text = Text(*longer.get(name, ("reverse_addition", "12+34=", "46")))
    learners = ("adds", "adds one way")
    everything = school.signals(text, learners=learners)
    alone = school.signals(text, learners=learners, names=(name,))
    assert np.isfinite(of(alone, name)).all()
    assert of(alone, name) == pytest.approx(of(everything, name), rel=1e-3)
    others = [other for other in SIGNALS if other != name]
    assert np.isnan(alone.values[:, np.isin(SIGNALS, others)]).all()
    assert 0 < alone.flop < everything.flop


def test_what_nobody_asks_for_costs_nothing(school):
    found = school.signals(copied("34", "34"), names=())
    assert (found.flop, np.isnan(found.values).all()) == (0, True)
    assert (found.doubt.tolist(), found.blamed.tolist()) == ([-1], [-1])


def test_a_passage_is_paid_for_and_the_probability_of_a_draw_is_free(school):
    rows = encode_rows(school.bodies["right"].tokenizer, "copy", ["34=", "12="], ["34", "12"])
    passage = forward_flop(
        school.engine.genome, school.bodies["right"].tokenizer.size, rows.lengths, 6
    )
    texts = copied("34", "34"), copied("12", "12")
    for names, passages in (
        (("peer",), 1),
        (("confident",), 1),
        (("confident", "sampled"), 1),
        (("confident", "sampled", "raw", "earlier", "peer"), 4),
        (("inverse",), 2),  # by both learners
    ):
        assert school.signals(*texts, names=names, authors=[0, 1]).flop == passages * passage


def test_no_answers_have_no_signals(school):
    found = school.signals()
    assert (found.values.shape, len(found.doubt), found.flop) == ((0, len(SIGNALS)), 0, 0)


def test_an_answer_that_is_no_text_is_doubted_at_once_and_spoils_nothing_beside_it(school):
    texts = copied("34", "3?"), copied("34", "34"), copied("12", "??\n12"), copied("12", "12")
    found = school.signals(*texts, authors=[0, 0, 1, 1])
    assert found.doubt.tolist() == [0, -1, 0, -1]
    for name in ("confident", "sampled", "raw", "earlier", "peer"):
        assert of(found, name)[[0, 2]] == pytest.approx(-SUREST, abs=1e-4)
        assert (of(found, name)[[1, 3]] > 1).all()
    assert (found.blamed[[0, 2]] == 0).all()


PROMPTS = {
    "copy": "34=",
    "reverse": "ab=",
    "reverse_addition": "12+34=",
    "forward_addition": "1+2=",
    "kinematics": FOUR[1],
}
KNOWN = [
    *(Text(*key, text) for key, text in (COPIES | SUMS | LOOKS_AGAIN).items() if "~" not in key[1]),
    Text(*FOUR),
]
WRITTEN = st.builds(
    lambda family, text: Text(family, PROMPTS[family], text),
    st.sampled_from(sorted(PROMPTS)),
    st.text("0129ab+*=\n?~", max_size=9),
)
ANSWERS = st.lists(
    st.tuples(st.sampled_from(KNOWN) | WRITTEN, st.integers(0, 1)), min_size=1, max_size=6
)


@settings(max_examples=40)
@given(ANSWERS)
def test_whatever_was_written_is_measured(school, answers):
    texts, authors = zip(*answers, strict=True)
    found = school.signals(*texts, learners=("adds", "looks again"), authors=authors)
    assert found.values.shape == (len(texts), len(SIGNALS))
    assert (np.isnan(found.values) | (np.abs(found.values) <= SUREST)).all()
    for name in ("confident", "sampled", "raw", "earlier", "peer", "verdict", "second"):
        assert np.isfinite(of(found, name)).all()
    for text, doubt, blamed in zip(texts, found.doubt, found.blamed, strict=True):
        assert -1 <= doubt <= len(text.completion)
        assert -1 <= blamed <= text.completion.count("\n")
        if "?" in text.completion:
            assert doubt == 0
            assert blamed >= 0


@settings(max_examples=20)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_neither_their_order_nor_their_company_changes_what_answers_are_worth(
    school, answers, random
):
    learners = ("adds", "looks again")
    shuffled = random.sample(answers, len(answers))
    texts, authors = zip(*shuffled, strict=True)
    together = school.signals(*texts, learners=learners, authors=authors)
    alone = [school.signals(t, learners=learners, authors=[a]) for t, a in answers]
    for answer, found in zip(answers, alone, strict=True):
        place = shuffled.index(answer)
        # probabilities: of those next to one, single precision blurs the log-odds
        np.testing.assert_allclose(expit(together.values[place]), expit(found.values[0]), atol=1e-5)
        assert together.doubt[place] == found.doubt[0]
        assert together.blamed[place] == found.blamed[0]
    costs = [found.flop for found in alone]
    assert max(costs) <= together.flop <= sum(costs)  # views that are the same are read once


@settings(max_examples=20)
@given(ANSWERS)
def test_answers_themselves_cost_together_what_they_cost_alone(school, answers):
    learners, own = ("adds", "looks again"), [name for name in SIGNALS if name not in VIEWS]
    texts, authors = zip(*answers, strict=True)
    together = school.signals(*texts, learners=learners, authors=authors, names=own)
    alone = [school.signals(t, learners=learners, authors=[a], names=own) for t, a in answers]
    assert together.flop == sum(found.flop for found in alone)
