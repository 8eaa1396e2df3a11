from dataclasses import replace

import pytest

from ouroboros.loop.signals import Text, view_text
from ouroboros.loop.small import pieces_of, read_pieces

from .surroundings import DeafWarden, Scripted, make_engine, make_state, truth

SUM = Text("reverse_addition", "123+456=", "579")
PIECES = ("12+45=", "3+6=", "1+4=", "23+56=")


def says(who: str, family: str, prompt: str) -> str:
    """The truth, but that the second learner cannot add 3 and 6."""
    return "8" if (who, prompt) == ("b", "3+6=") else truth(family, prompt)


@pytest.fixture
def engine(tmp_path):
    families = 'families={"reverse_addition": {"wall": 3}}'
    return replace(make_engine(tmp_path, families, warden=DeafWarden()), executor=Scripted(says))


def asked(engine, *texts: Text) -> list[Text]:
    return [view_text(view) for text in texts for view in pieces_of(engine, text)]


def test_a_sum_falls_into_pieces_of_two_columns_cut_twice(engine):
    assert tuple(piece.prompt for piece in asked(engine, SUM)) == PIECES


@pytest.mark.parametrize("text", ["57", "", "5?9", "5792"])
def test_what_has_not_the_form_of_an_answer_has_no_pieces(engine, text):
    assert asked(engine, replace(SUM, completion=text)) == []


def test_pieces_of_a_family_that_the_run_does_not_know_are_none(tmp_path):
    bounce = Text("elastic_collision", "u951w7b?", "7*2=41\n159+41=569\n965")
    both = 'families={"elastic_collision": {"wall": 3}, "reverse_addition": {"wall": 3}}'
    alone = 'families={"elastic_collision": {"wall": 3}}'
    assert asked(make_engine(tmp_path, both), bounce)
    assert asked(make_engine(tmp_path, alone), bounce) == []


def test_a_piece_is_as_sure_as_the_less_sure_learner_and_doubted_if_one_doubts_it(engine):
    said, _ = read_pieces(engine, make_state(), asked(engine, SUM))
    doubted = {piece.prompt: found.doubted for piece, found in said.items()}
    assert doubted == {prompt: prompt == "3+6=" for prompt in PIECES}
    assert all((found.odds < 0) == found.doubted for found in said.values())


def test_in_a_generation_a_piece_is_read_once_by_each_learner(engine):
    state = make_state()
    pieces = asked(engine, SUM, SUM)
    _, first = read_pieces(engine, state, pieces)
    assert {*engine.executor.read} == {(who, piece) for piece in pieces for who in "ab"}
    assert len(engine.executor.read) == 2 * len({*pieces})
    assert first == len(engine.executor.read)
    more = asked(engine, Text("reverse_addition", "124+456=", "570"))
    said, second = read_pieces(engine, state, [*pieces, *more])
    assert second == 2 * len({*more} - {*pieces})
    assert {*said} == {*pieces, *more}


def test_the_next_generation_and_other_learners_are_asked_anew(engine):
    state, pieces = make_state(), asked(engine, SUM)
    others = replace(state, learners=("learners/b", "learners/a"))
    states = state, replace(state, generation=2), others
    costs = [read_pieces(engine, each, pieces)[1] for each in states]
    assert costs == [2 * len(pieces)] * 3


def test_of_no_pieces_nothing_is_read(engine):
    assert read_pieces(engine, make_state(), []) == ({}, 0)
    assert engine.executor.jobs == []
