import numpy as np
import pytest

from ouroboros.loop.attempts import Paper
from ouroboros.loop.learner import genome_text
from ouroboros.loop.solve import SolveJob, budget, solve, solve_unit
from ouroboros.models.flop import decode_flop, forward_flop
from ouroboros.models.rows import encode_rows
from ouroboros.models.tokenizer import END

from .surroundings import DeafWarden, make_engine, make_state, place_learner, taught

KNOWN = {("copy", "12="): "12", ("copy", "34="): "34", ("reverse", "12="): "21"}


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    """A body that knows the three answers."""
    return taught(make_engine(tmp_path_factory.mktemp("school")), KNOWN)


@pytest.fixture(scope="module")
def other_body(tmp_path_factory):
    """A body that thinks that 34 is copied as 33."""
    engine = make_engine(tmp_path_factory.mktemp("school"))
    return taught(engine, {**KNOWN, ("copy", "34="): "33"}, seed=1)


def paper(family="copy", prompts=("12=", "34="), author=0, level=2) -> Paper:
    return Paper(family=family, level=level, author=author, prompts=prompts)


def answers(engine, learner, *papers, confidence=0.3, limit=6):
    job = SolveJob(
        learner=str(engine.folder / learner),
        genome=genome_text(engine.genome),
        papers=papers,
        budgets=(limit,) * len(papers),
        confidence=confidence,
    )
    return solve_unit(job)


def test_a_learner_answers_its_papers_with_its_averaged_weights(tmp_path, body):
    engine = make_engine(tmp_path)
    learner = place_learner(engine, "a", body)
    solved = answers(engine, learner, paper(), paper("reverse", ("12=",)))
    assert [a.completions for a in solved.answered] == [("12", "34"), ("21",)]
    assert [a.sure for a in solved.answered] == [(True, True), (True,)]


def test_an_answer_that_the_raw_weights_would_not_write_is_not_sure(tmp_path, body, other_body):
    engine = make_engine(tmp_path)
    learner = place_learner(engine, "a", averaged=body, raw=other_body)
    (answered,) = answers(engine, learner, paper()).answered
    assert answered.completions == ("12", "34")
    assert answered.sure == (True, False)


def test_an_answer_with_an_improbable_token_is_not_sure(tmp_path, body):
    engine = make_engine(tmp_path)
    learner = place_learner(engine, "a", body)
    (answered,) = answers(engine, learner, paper(), confidence=1.0).answered
    assert answered.completions == ("12", "34")
    assert answered.sure == (False, False)


def test_an_answer_that_does_not_end_within_its_budget_is_not_sure(tmp_path, body):
    engine = make_engine(tmp_path)
    learner = place_learner(engine, "a", body)
    (answered,) = answers(engine, learner, paper(), confidence=0.0, limit=2).answered
    assert answered.completions == ("12", "34")
    assert answered.sure == (False, False)


def test_an_answer_that_is_no_text_is_not_sure(tmp_path, body):
    engine = make_engine(tmp_path)
    model = taught(engine, KNOWN, steps=1)
    tag = model.tokenizer.tag("reverse")
    # it writes nothing but another family's tag, then ends
    model.head.zero_()
    model.head[tag] = model.head[END] = 0.0
    learner = place_learner(engine, "a", model)
    (answered,) = answers(engine, learner, paper(), confidence=0.0).answered
    assert answered.sure == (False, False)
    assert all("?" in text for text in answered.completions)


def test_solving_is_charged_for_its_decodes_and_its_second_reading(tmp_path, body):
    engine = make_engine(tmp_path)
    learner = place_learner(engine, "a", body)
    size = body.tokenizer.size
    prompts = encode_rows(body.tokenizer, "copy", ["12=", "34="])
    whole = encode_rows(body.tokenizer, "copy", ["12=", "34="], ["12", "34"])
    decoding = decode_flop(engine.genome, size, prompts.lengths, np.array([3, 3]))
    reading = forward_flop(engine.genome, size, whole.lengths, 6)
    assert answers(engine, learner, paper()).flop == decoding + reading
    # where nothing was sure nothing is read again
    assert answers(engine, learner, paper(), confidence=1.0).flop == decoding


def test_every_paper_is_answered_by_its_author_in_the_papers_order(tmp_path, body, other_body):
    engine = make_engine(tmp_path, "loop.confidence=0.3", warden=DeafWarden())
    learners = (place_learner(engine, "a", body), place_learner(engine, "b", other_body))
    papers = [
        paper("reverse", ("12=",), author=1),
        paper(author=0),
        paper(author=1),
        paper("reverse", ("12=",), author=0),
    ]
    solved = solve(engine, make_state(learners), papers)
    assert [a.paper for a in solved.answered] == papers
    assert [a.completions for a in solved.answered] == [
        ("21",),
        ("12", "34"),
        ("12", "33"),
        ("21",),
    ]


def test_the_budget_holds_the_longest_completion_and_its_end(tmp_path):
    engine = make_engine(tmp_path)
    assert budget(engine, paper(prompts=("1=", "123=", "12="))) == 4
