"""Pieces of a sum: right and wrong together with it, and put back into it when solved anew."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ouroboros.envs.addition import ForwardAddition, ReverseAddition
from ouroboros.envs.base import View
from ouroboros.envs.sums import PART
from ouroboros_judges.answers import load_answers

ANSWERS = load_answers(["reverse_addition", "forward_addition"])
relaxed = settings(deadline=None)
sums = pytest.mark.parametrize("family", [ReverseAddition(), ForwardAddition()])
numbers = st.integers(0, 10**40) | st.text("0189", min_size=1, max_size=12).map(int)


def asked(family, a, b):
    """The prompt of a + b."""
    turn = 1 if family.most_significant_first else -1
    return f"{str(a)[::turn]}+{str(b)[::turn]}="


def written(family, total):
    """The lines that say so of a sum, last digit first."""
    return (total, total[::-1]) if family.most_significant_first else (total,)


def is_right(piece):
    return ANSWERS[piece.family].verify(piece.prompt, piece.lines).correct


def pieces_of(family, prompt, lines):
    return [view for view in family.views(prompt, lines) if view.kind == "part"]


@st.composite
def tried(draw, family):
    """A sum and lines that could be its solution: right, with slips, off by a power, any."""
    a, b = draw(numbers), draw(numbers)
    right, width = str(a + b)[::-1], len(str(max(a, b)))
    slips = draw(st.dictionaries(st.integers(0, width), st.integers(1, 9), max_size=4))
    near = draw(st.integers(0, width).map(lambda power: abs(a + b - 10**power)))
    anyhow = draw(st.integers(10 ** (width - 1), 2 * 10**width - 1))
    slipped = "".join(str((int(d) + slips.get(i, 0)) % 10) for i, d in enumerate(right))
    total = draw(st.sampled_from([slipped, str(near)[::-1], str(anyhow)[::-1]]))
    prompt, lines = asked(family, a, b), written(family, total)
    assume(family.check(prompt, lines))
    return prompt, lines


def solved(family, prompt):
    """The right lines of a sum."""
    turn = 1 if family.most_significant_first else -1
    a, b = (int(operand[::turn]) for operand in family.operands(prompt))
    return written(family, str(a + b)[::-1])


@sums
@relaxed
@given(st.data())
def test_all_pieces_are_right_where_the_sum_is_and_only_there(family, data):
    prompt, lines = data.draw(tried(family))
    if pieces := pieces_of(family, prompt, lines):
        assert all(map(is_right, pieces)) == (lines == solved(family, prompt))


@sums
@relaxed
@given(st.data())
def test_pieces_are_small_and_cover_all_columns_twice_cut_at_other_places(family, data):
    prompt, lines = data.draw(tried(family))
    pieces = pieces_of(family, prompt, lines)
    assert bool(pieces) == (family.level_of(prompt) > PART)
    assert all(family.level_of(piece.prompt) <= PART + 1 for piece in pieces)
    second = next((i for i, piece in enumerate(pieces) if i and not piece.at[0]), 0)
    for covering in (pieces[:second], pieces[second:]) if pieces else ():
        assert (covering[0].at[0], covering[-1].at[1]) == (0, len(lines[0]))
        assert all(one.at[1] == other.at[0] for one, other in pairwise(covering))
        assert all(begin < end for begin, end in (piece.at for piece in covering))
    columns = family.level_of(prompt)
    cuts = [piece.at[0] for piece in pieces if piece.at[0]]
    assert sorted(cuts) == list(range(1, columns)) if pieces else not cuts


@sums
@relaxed
@given(numbers, numbers, st.data())
def test_the_first_wrong_piece_is_the_one_with_the_lowest_wrong_digit(family, a, b, data):
    right, prompt = str(a + b)[::-1], asked(family, a, b)
    place = data.draw(st.integers(0, len(right) - 1))
    wrong = str((int(right[place]) + data.draw(st.integers(1, 9))) % 10)
    above = data.draw(st.text("0123456789", min_size=len(right), max_size=len(right)))
    lines = written(family, right[:place] + wrong + above[place + 1 :])
    assume(family.check(prompt, lines))
    if pieces := pieces_of(family, prompt, lines):
        begin, end = next(piece.at for piece in pieces if not is_right(piece))
        assert begin <= place < end


@sums
@relaxed
@given(st.data())
def test_a_piece_with_its_own_lines_changes_nothing(family, data):
    prompt, lines = data.draw(tried(family))
    for each in family.views(prompt, lines):
        assert family.patched(prompt, lines, each, each.lines) == lines


@sums
@relaxed
@given(st.data())
def test_a_wrong_sum_is_mended_in_no_more_rounds_than_it_has_pieces(family, data):
    prompt, lines = data.draw(tried(family))
    pieces = pieces_of(family, prompt, lines)
    for _ in pieces:
        wrong = [piece for piece in pieces_of(family, prompt, lines) if not is_right(piece)]
        if not wrong:
            break
        lines = family.patched(prompt, lines, wrong[0], solved(family, wrong[0].prompt))
        assert family.check(prompt, lines)
    assert not pieces or lines == solved(family, prompt)


@sums
@relaxed
@given(st.data())
def test_whatever_is_found_for_a_piece_the_sum_keeps_its_form(family, data):
    prompt, lines = data.draw(tried(family))
    line = st.text("0123456789", max_size=PART + 2)
    found = data.draw(line.map(lambda total: written(family, total)) | st.lists(line, max_size=3))
    for piece in pieces_of(family, prompt, lines):
        anew = family.patched(prompt, lines, piece, found)
        assert family.check(prompt, anew)
        assert anew == lines or family.check(piece.prompt, found)


def test_what_has_no_form_is_not_put_into_a_sum():
    family, prompt, lines = ReverseAddition(), "345+321=", ("666",)
    lower, upper, *_ = pieces_of(family, prompt, lines)
    assert family.patched(prompt, lines, lower, ("07",)) == ("076",)
    assert family.patched(prompt, lines, upper, ("7",)) == ("667",)
    for found in ((), ("",), ("7",), ("7777",), ("x6",), ("66", "66"), ("70",)):
        assert family.patched(prompt, lines, lower, found) == lines
    assert family.patched(prompt, lines, upper, ("0",)) == lines  # 345 + 321 is not 66
    assert family.patched(prompt, ("06",), lower, ("66",)) == ("06",)
    assert family.patched("345*321=", lines, lower, ("66",)) == lines


def test_a_carry_runs_through_several_pieces_and_past_the_end_of_an_operand():
    def piece(prompt, total, *at):
        return View(kind="part", family="reverse_addition", prompt=prompt, lines=(total,), at=at)

    assert pieces_of(ReverseAddition(), "999999+1=", ("0000001",)) == [
        piece("99+1=", "001", 0, 2),
        piece("999+1=", "0001", 2, 4),
        piece("999+1=", "0001", 4, 7),
        piece("9+1=", "01", 0, 1),
        piece("999+1=", "0001", 1, 3),
        piece("999+1=", "0001", 3, 5),
        piece("99+1=", "001", 5, 7),
    ]
