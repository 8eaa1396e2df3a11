from dataclasses import replace

import pytest

from ouroboros.loop.attempts import Answered, Judged, Paper
from ouroboros.loop.pieces import ROUNDS, solved_anew

from .surroundings import (
    DeafWarden,
    Scripted,
    make_engine,
    make_state,
    place_learner,
    taught,
    truth,
)

FAMILIES = 'families={"reverse_addition": {"wall": 3}, "copy": {"wall": 3}}'
LONG = "1234+5678="  # from the last digit on: 4321 + 8765 = 13086
RIGHT, WRONG = "68031", "67031"


def short(who: str, family: str, prompt: str) -> str:
    """The truth of strings and of sums of up to three digits; nothing sensible of longer ones."""
    if family == "copy" or max(map(len, prompt[:-1].split("+"))) <= 3:
        return truth(family, prompt)
    return "?"


def judged(*texts: str, prompts=(LONG,), author=0, family="reverse_addition") -> Judged:
    """A paper of which nothing was accepted."""
    prompts = prompts * (len(texts) // len(prompts))
    paper = Paper(family=family, level=len(prompts[0]) // 2, author=author, prompts=prompts)
    N = len(texts)
    return Judged(
        answered=Answered(paper=paper, completions=texts, sure=(False,) * N),
        accepted=(False,) * N,
        doubt=(0,) * N,
    )


@pytest.fixture
def scripted(tmp_path):
    """Makes an engine whose learners follow a script."""

    def make(says=short):
        engine = make_engine(tmp_path, FAMILIES, warden=DeafWarden())
        return replace(engine, executor=Scripted(says))

    return make


def mended(engine, *papers: Judged) -> list[tuple[str, ...]]:
    found, _ = solved_anew(engine, make_state(), papers)
    return [paper.answered.completions for paper in found]


def test_a_wrong_digit_of_a_long_sum_is_mended_by_learners_that_know_short_ones(scripted):
    engine = scripted()
    assert mended(engine, judged(WRONG)) == [(RIGHT,)]
    asked = {prompt for _, paper in engine.executor.solved for prompt in paper.prompts}
    assert asked == {"12+56="}  # nothing but the piece, and it once


@pytest.mark.parametrize("author", [0, 1])
def test_a_piece_is_read_by_both_learners_and_solved_by_the_peer(scripted, author):
    engine = scripted()
    mended(engine, judged(WRONG, author=author))
    assert [who for who, _ in engine.executor.solved] == ["ba"[author]]
    assert {who for who, _ in engine.executor.read} == {"a", "b"}


def other_than(author_says: str, peer_says: str):
    """What two learners say of the first piece; they know the second."""
    return lambda who, *asked: (
        {"a": author_says, "b": peer_says}[who] if asked[1] == "12+56=" else short(who, *asked)
    )


def test_what_the_peer_alone_doubts_is_mended(scripted):
    assert mended(scripted(other_than("67", "68")), judged(WRONG)) == [(RIGHT,)]


def test_what_its_author_alone_doubts_stays_as_the_peer_would_write_it(scripted):
    engine = scripted(other_than("68", "67"))
    assert mended(engine, judged(WRONG)) == [(WRONG,)]
    assert len(engine.executor.solved) == 1  # and is not asked for again


def test_what_changes_above_a_piece_is_seen_in_the_next_round(scripted):
    # 99 + 01 in front: the carry that was lost runs on through the nines
    prompt = "999999+1="
    assert truth("reverse_addition", prompt) == "0000001"
    engine = scripted()
    assert mended(engine, judged("999999", prompts=(prompt,))) == [("0000001",)]
    assert len(engine.executor.solved) == 3


def test_every_wrong_piece_is_mended_one_a_round_and_no_more_than_there_are_rounds(scripted):
    columns = 2 * (ROUNDS + 3)
    prompt = f"{'1' * columns}+{'1' * columns}="
    engine = scripted()
    ((found,),) = mended(engine, judged("3" * columns, prompts=(prompt,)))
    assert found == "2" * 2 * ROUNDS + "3" * 6
    assert len(engine.executor.solved) == ROUNDS


def test_what_nobody_doubts_stays_as_it_was_and_nothing_is_solved(scripted):
    engine = scripted()
    assert mended(engine, judged(RIGHT, RIGHT)) == [(RIGHT, RIGHT)]
    assert engine.executor.solved == []


def test_an_answer_without_pieces_stays_as_it_was(scripted):
    papers = (
        judged("4", "5", prompts=("1+2=",)),
        judged("12", "21", prompts=("12=",), family="copy"),
    )
    engine = scripted()
    assert mended(engine, *papers) == [("4", "5"), ("12", "21")]
    assert engine.executor.jobs
    assert engine.executor.read == []


@pytest.mark.parametrize("text", ["?", "", "6?031", "67031\n1", "670", "00000", "a", "67031?"])
def test_what_is_no_answer_is_left_alone(scripted, text):
    assert mended(scripted(), judged(text, WRONG)) == [(text, RIGHT)]


@pytest.mark.parametrize("text", ["?", "", "6?", "1\n2", "000", "ab", "99999"])
def test_what_is_found_for_a_piece_and_is_no_answer_changes_nothing(scripted, text):
    assert mended(scripted(lambda *_: text), judged(WRONG)) == [(WRONG,)]


def test_papers_of_both_learners_and_of_all_families_keep_their_places(scripted):
    papers = (
        judged(WRONG, RIGHT, "68131"),
        judged("21", prompts=("12=",), family="copy", author=1),
        judged("?", WRONG, author=1),
        judged("999999", prompts=("999999+1=",)),
    )
    engine = scripted()
    found, _ = solved_anew(engine, make_state(), papers)
    assert [paper.answered.completions for paper in found] == [
        (RIGHT, RIGHT, RIGHT),
        ("21",),
        ("?", RIGHT),
        ("0000001",),
    ]
    for before, after in zip(papers, found, strict=True):
        assert after.answered.paper == before.answered.paper
        assert (after.accepted, after.doubt) == (before.accepted, before.doubt)


def test_every_text_that_is_read_or_solved_is_paid_for(scripted):
    engine = scripted()
    _, flop = solved_anew(engine, make_state(), [judged(WRONG, "999"), judged(RIGHT, author=1)])
    solved = sum(len(paper.prompts) for _, paper in engine.executor.solved)
    assert solved == 1
    assert flop == solved + len(engine.executor.read)
    later = replace(make_state(), generation=9)  # who has read nothing yet
    _, again = solved_anew(engine, later, [judged(RIGHT)])
    assert again == 10  # two pieces and three, two readers


def test_of_no_answers_nothing_is_left(scripted):
    assert solved_anew(scripted(), make_state(), []) == ([], 0)


def test_a_piece_in_the_notation_of_two_lines_is_put_back_in_both(tmp_path):
    engine = make_engine(tmp_path, 'families={"forward_addition": {"wall": 3}}')
    engine = replace(engine, executor=Scripted(short))
    (found,), _ = solved_anew(
        engine,
        make_state(),
        [judged("67031\n13076", prompts=("4321+8765=",), family="forward_addition")],
    )
    assert found.answered.completions == ("68031\n13086",)


# by real learners --------------------------------------------------------------------------


LESSON = {
    ("reverse_addition", "12+56="): "68",
    ("reverse_addition", "34+78="): "031",
}


def test_learners_that_were_taught_short_sums_mend_a_long_one(tmp_path):
    engine = make_engine(tmp_path, FAMILIES, warden=DeafWarden())
    learners = [
        place_learner(engine, name, taught(engine, LESSON, seed))
        for seed, name in enumerate(("author", "peer"))
    ]
    papers = [judged(WRONG, RIGHT, "?"), judged("68041", author=1)]
    found, flop = solved_anew(engine, make_state(learners), papers)
    assert [paper.answered.completions for paper in found] == [(RIGHT, RIGHT, "?"), (RIGHT,)]
    assert flop > 0
