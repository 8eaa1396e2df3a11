"""Mutants are wrong, equivalents are right, and both are as random as their seed."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.testing import fuzz
from ouroboros.testing.fuzz import (
    MUTATIONS,
    equivalents,
    is_written_as,
    noise,
    wrong_answer,
    wrong_lines,
)
from ouroboros_judges.answers.quantities import same_quantity

relaxed = settings(deadline=None)
rights = st.sampled_from([
    ("103", ""),
    ("103 m/s", "m/s"),
    ("7 1/3 kg", "kg"),
    ("0", ""),
    ("5 \u00b0C", "degC"),
])


@relaxed
@given(rights, st.integers(0, 10**6))
def test_no_mutant_means_what_the_answer_does(right, seed):
    text, unit = right
    wrong = wrong_answer(random.Random(seed), text)
    number = text.removesuffix(fuzz._NUMBER.sub("", text)).replace(" ", "+")
    assert not same_quantity(wrong, number, unit)


@relaxed
@given(st.lists(st.text("0123456789+=", min_size=1), min_size=1, max_size=5), st.integers(0, 10**6))
def test_no_mutated_solution_is_the_solution(lines, seed):
    assert wrong_lines(random.Random(seed), lines) != tuple(lines)


@pytest.mark.parametrize("kind", list(MUTATIONS))
def test_every_kind_of_mutation_changes_the_text(kind):
    rng = random.Random(0)
    assert all(MUTATIONS[kind](rng, "103 m/s") != "103 m/s" for _ in range(50))


def test_a_seed_repeats():
    first, again = random.Random(5), random.Random(5)
    assert [noise(first) for _ in range(50)] == [noise(again) for _ in range(50)]


def test_equivalents_are_accepted():
    for form in equivalents("103 m/s", is_number=True):
        assert same_quantity(form, "103", "m/s"), form
    assert len(equivalents("103 m/s", is_number=True)) == 5
    assert equivalents("abc", is_number=False) == [" abc ", "abc\n"]


@pytest.mark.parametrize("text", ["16 1/2 m", "16 1/2", "161/2m", "+16 1/2 m", "16 1/2 m\n"])
def test_a_form_of_the_answer_is_no_mutant(text):
    assert is_written_as(text, "16 1/2 m")


def test_another_number_or_unit_is_no_form_of_the_answer():
    assert not is_written_as("16", "16 1/2 m")
    assert not is_written_as("16 1/2 s", "16 1/2 m")
