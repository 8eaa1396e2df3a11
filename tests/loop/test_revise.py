from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.config import SIGNALS
from ouroboros.loop import believe
from ouroboros.loop.attempts import Answered, Judged, Paper, lines_of, slip_of
from ouroboros.loop.calibrate import Combiner, Steps
from ouroboros.loop.revise import revise
from ouroboros.loop.rules import Belief, Rule
from ouroboros.loop.verify import Verified
from ouroboros.models.rows import encode_rows
from ouroboros.models.score import first_difference

from .surroundings import DeafWarden, make_engine, make_state, place_learner, taught

# the author copies 1234 as 1243; what it says of 4321, the echo, differs from test to test
MISTAKE = {("copy", "1234="): "1243", ("copy", "77="): "77"}
PEER = {("copy", "1234="): "1234", ("copy", "4321="): "4321", ("copy", "77="): "77"}


TWO_LAYERS = "genome.layers=2"  # to tell 1234 from 4321 by heart
LESSONS = {
    "peer": PEER,
    "sees reason": {**MISTAKE, ("copy", "4321="): "4321"},
    "stays stubborn": {**MISTAKE, ("copy", "4321="): "3421"},
    "peer wavers": {**PEER, ("copy", "4321="): "4312"},
    "peer never ends": {**PEER, ("copy", "1234="): "12345555555555"},
}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """Bodies by name, which know their lessons by heart."""
    engine = make_engine(tmp_path_factory.mktemp("school"), TWO_LAYERS)
    return {
        name: taught(engine, lesson, seed, steps=75)
        for seed, (name, lesson) in enumerate(LESSONS.items())
    }


@pytest.mark.parametrize("name", LESSONS)
def test_the_bodies_of_these_tests_know_their_lessons(bodies, name):
    prompts, texts = zip(*((p, text) for (_, p), text in LESSONS[name].items()), strict=True)
    rows = encode_rows(bodies[name].tokenizer, "copy", prompts, texts)
    differs = first_difference(bodies[name], rows)
    assert ((differs < 0) | (differs > 7)).all()  # where one never ends, the end is no lesson


def judged(
    text="1243", doubt=2, *, sure=True, prompt="1234=", author=0, accepted=False, family="copy"
) -> Judged:
    paper = Paper(family=family, level=len(prompt) - 1, author=author, prompts=(prompt,))
    return Judged(
        answered=Answered(paper=paper, completions=(text,), sure=(sure,)),
        accepted=(accepted,),
        doubt=(doubt,),
    )


def revised(folder, bodies, *papers: Judged, author="sees reason", peer="peer", settings=()):
    engine = make_engine(folder, TWO_LAYERS, *settings, warden=DeafWarden())
    learners = (
        place_learner(engine, author, bodies[author]),
        place_learner(engine, peer, bodies[peer]),
    )
    state = make_state(learners, earlier=learners)
    return revise(engine, state, Verified(judged=papers, flop=0))


def test_a_doubted_answer_is_cut_at_the_doubt_and_the_peer_goes_on_from_there(tmp_path, bodies):
    found = revised(tmp_path, bodies, judged())
    (mended,) = found.judged
    assert mended.answered.paper.prompts == ("1234=",)
    assert mended.answered.completions == ("1234",)
    assert mended.answered.paper.author == 0
    assert mended.accepted == (True,)
    assert found.doubted == 1
    assert found.faults == (1, 0)
    assert found.flop > 0


def test_what_stands_before_the_doubt_stays_as_the_author_wrote_it(tmp_path, bodies):
    # asked to go on from "2", the peer cannot make a right answer of it any more
    found = revised(tmp_path, bodies, judged("2143", doubt=1))
    assert found.doubted == 1
    assert all("1234" not in j.answered.completions for j in found.judged)


@pytest.mark.parametrize(
    ("author", "peer", "kept"),
    [
        ("sees reason", "peer", True),
        ("stays stubborn", "peer", False),
        ("sees reason", "peer wavers", False),
        ("stays stubborn", "peer wavers", False),
    ],
)
def test_a_correction_is_kept_only_if_both_learners_would_write_its_echo(
    tmp_path, bodies, author, peer, kept
):
    found = revised(tmp_path, bodies, judged(), author=author, peer=peer)
    assert [j.answered.completions for j in found.judged] == [("1234",)] * kept
    assert (found.doubted, found.faults) == (1, (int(kept), 0))


def test_a_correction_of_the_wrong_form_or_without_an_end_is_dropped(tmp_path, bodies):
    found = revised(tmp_path, bodies, judged(), peer="peer never ends")
    assert (found.judged, found.doubted) == ((), 1)


def test_what_was_accepted_is_not_looked_at_again(tmp_path, bodies):
    found = revised(tmp_path, bodies, judged("1234", doubt=-1, accepted=True))
    assert (found.judged, found.doubted, found.faults, found.flop) == ((), 0, (0, 0), 0)


def test_an_answer_that_its_author_was_not_sure_of_is_mended_like_any_other(tmp_path, bodies):
    found = revised(tmp_path, bodies, judged(sure=False))
    assert [j.answered.completions for j in found.judged] == [("1234",)]


@pytest.mark.parametrize("author", ["sees reason", "stays stubborn"])
def test_an_unsure_answer_that_the_peer_would_write_stays_as_it_is_if_upheld(
    tmp_path, bodies, author
):
    unsure = judged("1234", doubt=-1, sure=False)
    found = revised(tmp_path, bodies, unsure, author=author)
    upheld = author == "sees reason"
    assert [j.answered.completions for j in found.judged] == [("1234",)] * upheld
    assert (found.doubted, found.faults) == (1, (0, 0))  # nobody was found wrong


def test_an_answer_without_an_echo_is_not_revised(tmp_path, bodies):
    # 77 reversed is 77: asking it backwards is asking the same
    found = revised(tmp_path, bodies, judged("78", doubt=1, prompt="77="))
    assert (found.judged, found.doubted, found.flop) == ((), 0, 0)


def test_good_and_bad_corrections_of_one_paper_are_told_apart(tmp_path, bodies):
    paper = Paper(family="copy", level=4, author=0, prompts=("1234=", "1234=", "1234="))
    mixed = Judged(
        answered=Answered(paper=paper, completions=("2143", "1243", "1342"), sure=(True,) * 3),
        accepted=(False,) * 3,
        doubt=(1, 2, 0),
    )
    found = revised(tmp_path, bodies, mixed)
    assert found.doubted == 3
    (mended,) = found.judged
    assert set(mended.answered.completions) == {"1234"}
    assert len(mended.accepted) == len(mended.answered.paper.prompts) == 2


def test_the_second_learners_answers_are_mended_by_the_first(tmp_path, bodies):
    engine = make_engine(tmp_path, TWO_LAYERS, warden=DeafWarden())
    learners = (
        place_learner(engine, "peer", bodies["peer"]),
        place_learner(engine, "author", bodies["sees reason"]),
    )
    found = revise(engine, make_state(learners), Verified(judged=(judged(author=1),), flop=0))
    assert [j.answered.completions for j in found.judged] == [("1234",)]
    assert found.judged[0].answered.paper.author == 1
    assert found.faults == (0, 1)


def test_in_formal_mode_nothing_is_revised_and_what_was_rejected_counts(tmp_path, bodies):
    papers = (judged(), judged(author=1), judged(author=1), judged(author=1, accepted=True))
    found = revised(tmp_path, bodies, *papers, settings=("run.verification=formal",))
    assert (found.judged, found.doubted, found.faults, found.flop) == ((), 0, (1, 2), 0)


# what is kept of the first version ---------------------------------------------------------


TEXTS = st.lists(st.sampled_from(["1", "2", "12", ""]), min_size=1, max_size=4).map("\n".join)


@given(TEXTS, TEXTS)
def test_a_slip_ends_with_the_first_line_that_was_mended(text, mended):
    lines, others = lines_of(text), lines_of(mended)
    slip = slip_of(text, mended)
    differ = [i for i, (one, other) in enumerate(zip(lines, others, strict=False)) if one != other]
    # an answer that only ends too early or too late has no line that is wrong
    assert slip == (lines[: differ[0] + 1] if differ else ())
    assert slip[:-1] == others[: len(slip)][:-1]


@given(TEXTS)
def test_what_was_not_mended_has_no_slip(text):
    assert slip_of(text, text) == ()


@pytest.mark.parametrize("text", ["1?\n2", "3\n?", "?"])
def test_a_line_that_is_no_text_is_no_slip_to_learn_from(text):
    assert slip_of(text, "3\n4") == ()


def test_a_mended_answer_carries_what_its_author_wrote_up_to_the_first_wrong_line(tmp_path, bodies):
    assert revised(tmp_path, bodies, judged()).judged[0].slips == (("1243",),)


def test_an_answer_that_stays_as_it_was_carries_no_slip(tmp_path, bodies):
    unsure = judged("1234", doubt=-1, sure=False)
    assert revised(tmp_path, bodies, unsure).judged[0].slips == ((),)


def test_slips_stand_beside_the_answers_that_they_were_mended_to(tmp_path, bodies):
    paper = Paper(family="copy", level=4, author=0, prompts=("1234=",) * 5)
    texts = ("2143", "1243", "1234", "1342", "1234")
    mixed = Judged(
        answered=Answered(paper=paper, completions=texts, sure=(False,) * 5),
        accepted=(False, False, False, False, True),
        doubt=(1, 2, -1, 0, -1),
    )
    (mended,) = revised(tmp_path, bodies, mixed).judged
    # the first is lost, the last was right
    assert mended.answered.completions == ("1234",) * 3
    assert mended.slips == (("1243",), (), ("1342",))


# asked to look again -----------------------------------------------------------------------


LOOKS = TWO_LAYERS, "training.drafts=0.1"
AGAIN = ("copy", "1234=2143~")
REVIEWERS = {"sees": PEER | {AGAIN: "1234"}, "upholds": PEER | {AGAIN: "2143"}}


@pytest.fixture(scope="module")
def reviewers(tmp_path_factory):
    """Bodies that, asked to look again at a wrong line, see the mistake or do not."""
    engine = make_engine(tmp_path_factory.mktemp("reviewers"), *LOOKS)
    return {
        name: taught(engine, lesson, seed, steps=120)
        for seed, (name, lesson) in enumerate(REVIEWERS.items())
    }


@pytest.mark.parametrize(
    ("author", "peer", "kept"),
    [
        ("upholds", "sees", True),
        ("sees", "upholds", True),
        ("sees", "sees", True),
        ("upholds", "upholds", False),
    ],
)
def test_a_line_that_was_wrong_from_its_first_character_is_written_anew_by_who_sees_it(
    tmp_path, reviewers, author, peer, kept
):
    # the peer cannot go on rightly from the 2; one of both, looking at the whole line, can mend it
    wrong = judged("2143", doubt=1)
    found = revised(tmp_path, reviewers, wrong, author=author, peer=peer, settings=LOOKS[1:])
    assert [(j.answered.completions, j.slips) for j in found.judged] == [
        (("1234",), (("2143",),))
    ] * kept
    assert (found.doubted, found.faults) == (1, (int(kept), 0))


def test_what_the_peer_mends_at_once_is_not_looked_at_again(tmp_path, reviewers):
    who = {"author": "sees", "peer": "sees", "settings": LOOKS[1:]}
    once = revised(tmp_path, reviewers, judged(), **who)
    both = revised(tmp_path, reviewers, judged(), judged("2143", doubt=1), **who)
    assert len(once.judged) == 1
    assert len(both.judged) == 2
    assert both.flop > 2 * once.flop


# calibrated --------------------------------------------------------------------------------


@pytest.fixture
def believing(monkeypatch):
    """Has mended texts believed from this bar on; the log-odds of their echo alone count."""

    def make(bar: float) -> tuple[str, ...]:
        weights = tuple(float(name == "inverse") for name in SIGNALS)
        each = {
            name: Combiner(names=SIGNALS, weights=weights, bias=0.0, fallback=(0.0,) * len(SIGNALS))
            for name in ("copy", "reverse")
        }
        rules = {name: Rule(combiner=each[name], bar=bar, share=0.3) for name in each}
        unreached = {name: replace(rule, bar=float("inf")) for name, rule in rules.items()}
        found = Belief(generation=1, answers=unreached, mended=rules, pieces=unreached)
        monkeypatch.setattr(believe, "known", lambda *_: None)
        monkeypatch.setattr(believe, "calibrated", lambda *_: found)
        return "loop.acceptance=calibrated", 'loop.signals=["confident","peer","inverse"]'

    return make


@pytest.mark.parametrize(
    ("author", "peer", "kept"),
    [
        ("sees reason", "peer", True),
        ("stays stubborn", "peer", False),
        ("sees reason", "peer wavers", False),
    ],
)
def test_a_correction_is_kept_where_it_is_believed(tmp_path, bodies, believing, author, peer, kept):
    settings = believing(0.5)
    found = revised(tmp_path, bodies, judged(), author=author, peer=peer, settings=settings)
    assert [(j.answered.completions, j.slips) for j in found.judged] == [
        (("1234",), (("1243",),))
    ] * kept
    assert (found.doubted, found.faults) == (1, (int(kept), 0))
    assert found.flop > 0


@pytest.mark.parametrize(("bar", "kept"), [(0.5, True), (0.51, False)])
def test_an_answer_without_an_echo_is_mended_if_what_is_left_is_enough(
    tmp_path, bodies, believing, bar, kept
):
    # of 77, which backwards is the same again, nothing is known here but what the others show
    doubted = judged("78", doubt=1, prompt="77=")
    found = revised(tmp_path, bodies, doubted, settings=believing(bar))
    assert [j.answered.completions for j in found.judged] == [("77",)] * kept
    assert found.doubted == 1


def test_an_answer_that_is_no_text_is_written_anew_and_is_no_slip_to_learn_from(
    tmp_path, bodies, believing
):
    found = revised(tmp_path, bodies, judged("1?34", doubt=0), settings=believing(0.5))
    (mended,) = found.judged
    assert (mended.answered.completions, mended.slips) == (("1234",), ((),))


def test_nothing_is_mended_where_no_correction_is_believed(tmp_path, bodies, believing):
    papers = judged(), replace(judged(), doubt=(2,))
    found = revised(tmp_path, bodies, *papers, settings=believing(float("inf")))
    assert (found.judged, found.doubted, found.faults) == ((), 2, (0, 0))


# in pieces ---------------------------------------------------------------------------------


SUMS = 'families={"reverse_addition": {"wall": 3}}'
SHORT_SUMS = {
    ("reverse_addition", "12+56="): "68",
    ("reverse_addition", "34+78="): "031",
    ("reverse_addition", "1+5="): "6",  # and the same cut at other places
    ("reverse_addition", "23+67="): "801",
    ("reverse_addition", "94+18="): "031",
    ("reverse_addition", "31968+1234="): "43219",  # the echo
}


@pytest.fixture(scope="module")
def adders(tmp_path_factory):
    """Bodies that know the short sums of which a long one consists, and its echo."""
    engine = make_engine(tmp_path_factory.mktemp("adders"), SUMS)
    return [taught(engine, SHORT_SUMS, seed, steps=90) for seed in range(2)]


@pytest.fixture(scope="module")
def stubborn(tmp_path_factory):
    """Bodies that know the short sums, and write the long one wrong."""
    engine = make_engine(tmp_path_factory.mktemp("stubborn"), SUMS)
    lesson = SHORT_SUMS | {("reverse_addition", "1234+5678="): "67031"}
    return [taught(engine, lesson, seed, steps=90) for seed in range(2)]


@pytest.fixture
def in_pieces(tmp_path, adders, monkeypatch):
    """Revises an answer to 4321 + 8765 where nothing is believed but what was solved in pieces."""

    def revised(text: str, bar: float = 0.0, acceptance: str = "calibrated", bodies=adders):
        part = SIGNALS.index("part")
        steps = Steps(signal=part, edges=(-8.0, 0.0), shares=(0.01, 0.9999))
        combiner = Combiner(
            names=SIGNALS, weights=(0.0,) * len(SIGNALS), bias=9.0, fallback=(0.0,) * len(SIGNALS)
        )
        never = {"reverse_addition": Rule(combiner=combiner, bar=float("inf"), share=0.5)}
        pieces = {"reverse_addition": Rule(combiner=steps, bar=bar, share=0.5)}
        found = Belief(generation=1, answers=never, mended=never, pieces=pieces)
        monkeypatch.setattr(believe, "known", lambda *_: None)
        monkeypatch.setattr(believe, "calibrated", lambda *_: found)
        settings = SUMS, f"loop.acceptance={acceptance}"
        engine = make_engine(tmp_path, *settings, warden=DeafWarden())
        learners = [place_learner(engine, f"{i}", body) for i, body in enumerate(bodies)]
        doubted = judged(text, doubt=1, prompt="1234+5678=", family="reverse_addition")
        return revise(engine, make_state(learners), Verified(judged=(doubted,), flop=0))

    return revised


def test_what_learners_fail_at_as_a_whole_is_mended_in_pieces_and_its_first_version_is_a_slip(
    in_pieces,
):
    found = in_pieces("67031")
    assert [(j.answered.completions, j.slips) for j in found.judged] == [
        (("68031",), (("67031",),))
    ]
    assert found.judged[0].accepted == (True,)
    assert (found.doubted, found.faults) == (1, (1, 0))
    assert found.flop > 0


def test_an_answer_whose_pieces_are_right_is_believed_as_it_was_and_carries_no_slip(in_pieces):
    (upheld,) = in_pieces("68031").judged
    assert (upheld.answered.completions, upheld.slips) == (("68031",), ((),))


@pytest.mark.parametrize("text", ["?", "", "670"])
def test_an_answer_of_no_form_is_not_mended_in_pieces(in_pieces, text):
    found = in_pieces(text)
    assert (found.judged, found.doubted) == ((), 1)


def test_what_the_peer_goes_on_to_is_mended_in_pieces_too(in_pieces, stubborn):
    found = in_pieces("6703?", bodies=stubborn)  # no form: it has no pieces as it is
    assert [j.answered.completions for j in found.judged] == [("68031",)]


def test_pieces_have_a_bar_of_their_own(in_pieces):
    assert in_pieces("67031", bar=float("inf")).judged == ()


def test_where_nothing_was_calibrated_nothing_is_tried_in_pieces(in_pieces):
    assert in_pieces("67031", acceptance="unanimous").judged == ()
