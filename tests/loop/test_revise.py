import pytest

from ouroboros.loop.attempts import Answered, Judged, Paper
from ouroboros.loop.revise import revise
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


def judged(text="1243", doubt=2, *, sure=True, prompt="1234=", author=0, accepted=False) -> Judged:
    paper = Paper(family="copy", level=len(prompt) - 1, author=author, prompts=(prompt,))
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
    return revise(engine, make_state(learners), Verified(judged=papers, flop=0))


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
