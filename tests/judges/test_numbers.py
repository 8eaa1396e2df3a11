"""Fractions, other bases, sequences, lattice paths and choices: truth, form and words."""

import math
import re
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.base_addition import BaseAddition
from ouroboros.envs.base_conversion import BaseConversion
from ouroboros.envs.binomial import Binomial
from ouroboros.envs.fractions import Fractions
from ouroboros.envs.lattice_paths import LatticePaths
from ouroboros.envs.sequences import Sequences
from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros_judges.answers.base_addition import BaseAdditionAnswers
from ouroboros_judges.answers.base_conversion import BaseConversionAnswers, columns_hold
from ouroboros_judges.answers.binomial import BinomialAnswers
from ouroboros_judges.answers.fractions import FractionsAnswers
from ouroboros_judges.answers.lattice_paths import LatticePathsAnswers
from ouroboros_judges.answers.positional import numeral, value_of
from ouroboros_judges.answers.sequences import SequencesAnswers, extrapolated

FAMILIES = {
    "fractions": (Fractions, FractionsAnswers),
    "base_addition": (BaseAddition, BaseAdditionAnswers),
    "base_conversion": (BaseConversion, BaseConversionAnswers),
    "sequences": (Sequences, SequencesAnswers),
    "lattice_paths": (LatticePaths, LatticePathsAnswers),
    "binomial": (Binomial, BinomialAnswers),
}
ANSWERS = {name: answers() for name, (_, answers) in FAMILIES.items()}
ANSWERS_MODULE = "ouroboros_judges.answers"
relaxed = settings(deadline=None)  # two cores may be busy
numbers = st.integers(min_value=1, max_value=10**40)
lone = st.integers(2, 9)


def answer_to(name, prompt):
    """The last line of a solution that both routes find right."""
    lines = ANSWERS[name].solve(prompt)
    assert ANSWERS[name].verify(prompt, lines).correct
    return lines[-1]


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("fractions", (1, 2, 3, 7, 40, 5000)),
        ("base_addition", (1, 2, 3, 7, 40, 5000)),
        ("base_conversion", (1, 2, 3, 8)),
        ("sequences", (1, 2, 3, 7, 40, 5000)),
        ("lattice_paths", (1, 2, 3, 7)),
        ("binomial", (1, 2, 3, 5)),
    ],
)
def test_both_halves_keep_the_rules_of_a_family(name, levels):
    family, answers = FAMILIES[name]
    assert check_family(family(), answers(), levels=levels) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("fractions", "7/4+5/6=", "4*3=21 6*2=21 7*3=12 5*2=01 12+01=13 31%2=11 31/12"),
        (
            "fractions",
            "|1/6-1/2|=",
            "6*1=6 2*3=6 1*1=1 1*3=3 3-1=2 2%2=0 2/2=1 6/2=3 1/3",
        ),
        ("fractions", "1/2+2/3=", "2*3=6 3*2=6 1*3=3 2*2=4 3+4=7 7/6"),
        ("fractions", "|9/4-9/4|=", "4*1=4 4*1=4 9*1=9 9*1=9 9-9=0 0"),
        (
            "fractions",
            "3/4+5/4=",
            "4*1=4 4*1=4 3*1=3 5*1=5 3+5=8 8%2=0 8/2=4 4/2=2 4%2=0 4/2=2 2/2=1 2",
        ),
        ("base_addition", "345+66@7=", "543+66 0110 444 444"),
        ("base_addition", "1+111@2=", "1+111 0111 0001 1000"),
        ("base_addition", "0+0@9=", "0+0 00 0 0"),
        ("base_conversion", "45>@7=", "45%7=43 45/7=06 6%7=6 6/7=0 63"),
        ("base_conversion", "45>@16=", "45%16=4d 45/16=02 2%16=2 2/16=0 2d"),
        ("base_conversion", "5>@2=", "5%2=1 5/2=2 2%2=0 2/2=1 1%2=1 1/2=0 101"),
        ("base_conversion", "0>@3=", "0%3=0 0/3=0 0"),
        ("sequences", "a5,12,19?", "21-5=70 91-21=70 91+70=62 26"),
        ("sequences", "g3,6,12?", "3*2=6 6*2=21 21*2=42 24"),
        ("sequences", "q1,4,9,16?", "4-1=3 9-4=5 61-9=70 5-3=2 70-5=20 70+20=90 61+90=52 25"),
        ("lattice_paths", ".../.#./...?", "1,1,1 1,0,1 1,1,2 2"),
        ("lattice_paths", ".#/#.?", "1,0 0,0 0"),
        ("lattice_paths", "..../..../..../....?", "1,1,1,1 1,2,3,4 1,3,6,01 1,4,01,02 20"),
        ("binomial", "C(5,2)=", "5-1=4 5*4=02 20%2=00 20/2=10 10"),
        (
            "binomial",
            "C(12,3)=",
            (
                "21-1=11 21*1=21 21*01=021 21+021=231 132%2=110 132/2=066 "
                "21-2=01 660*01=0660 0660%3=0000 0660/3=0220 220"
            ),
        ),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert ANSWERS[name].solve(prompt) == tuple(lines.split())
    assert ANSWERS[name].verify(prompt, lines.split()).correct


@pytest.mark.parametrize(
    ("name", "prompt", "answer"),
    [
        ("fractions", "1/8+1/8=", "1/4"),
        ("fractions", "1/8+1/8=", "2/8"),
        ("fractions", "1/8+1/8=", "0.25"),
        ("fractions", "7/4+5/6=", "2 7/12"),
        ("fractions", "3/4+5/4=", "2/1"),
        ("base_addition", "345+66@7=", "444"),
        ("base_addition", "345+66@7=", "444 (base 7)"),
        ("base_addition", "345+66@7=", "444 in base 7"),
        ("base_addition", "1+1@2=", "0b10"),
        ("base_conversion", "45>@16=", "0x2D"),
        ("base_conversion", "45>@16=", "2d\u2081\u2086"),
        ("base_conversion", "45>@7=", "63_7"),
        ("sequences", "g3,6,12?", " 24\n"),
        ("sequences", "a5,12,19?", "26.0"),
        ("lattice_paths", ".../.#./...?", "2"),
        ("binomial", "C(12,3)=", "220"),
    ],
)
def test_equivalent_answers_are_accepted(name, prompt, answer):
    assert ANSWERS[name].accepts(prompt, answer)


@pytest.mark.parametrize(
    ("name", "prompt", "answer"),
    [
        ("fractions", "7/4+5/6=", "12/10"),  # tops and bottoms added
        ("fractions", "7/4+5/6=", "31/24"),
        ("fractions", "7/4+5/6=", "2.583"),
        ("fractions", "|1/6-1/2|=", "-1/3"),
        ("fractions", "1/8+1/8=", "1/4 (base 7)"),
        ("base_addition", "345+66@7=", "411"),  # as if in base ten
        ("base_addition", "345+66@7=", "228"),  # its value in base ten
        ("base_addition", "345+66@7=", "444 (base 8)"),
        ("base_addition", "345+66@7=", "0x444"),
        ("base_addition", "345+66@7=", "444.0"),
        ("base_conversion", "45>@7=", "36"),  # remainders from the first on
        ("base_conversion", "45>@16=", "213"),  # thirteen in decimal digits
        ("base_conversion", "45>@7=", "\u0666\u0663"),
        ("sequences", "g3,6,12?", "18"),  # by the difference
        ("sequences", "q1,4,9,16?", "23"),  # by the last difference
        ("lattice_paths", ".../.#./...?", "6"),  # as if nothing were blocked
        ("lattice_paths", ".../.#./...?", "2 3"),
        ("binomial", "C(12,3)=", "1320"),  # as if the order mattered
    ],
)
def test_tricky_wrong_answers_are_refused(name, prompt, answer):
    assert not ANSWERS[name].accepts(prompt, answer)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fractions", "2/4+1/3="),  # not in lowest terms
        ("fractions", "7/1+1/3="),
        ("fractions", "1/3-1/2="),
        ("base_addition", "345+67@7="),  # no such digit
        ("base_addition", "10+012@3="),
        ("base_conversion", "45>@10="),
        ("base_conversion", "045>@7="),
        ("sequences", "a5,12,20?"),
        ("sequences", "a12,5,0?"),
        ("sequences", "a19,12,5?"),
        ("sequences", "g2,22,242?"),  # the ratio has two digits
        ("sequences", "g4,6,9?"),
        ("sequences", "g3,3,3?"),
        ("sequences", "q1,4,9,17?"),
        ("sequences", "q16,9,4,1?"),
        ("lattice_paths", "../...?"),
        ("lattice_paths", ".../...?"),
        ("lattice_paths", ".?"),
        ("lattice_paths", "#./..?"),
        ("binomial", "C(2,3)="),
        ("binomial", "C(12,6)="),
    ],
)
def test_a_text_that_breaks_a_rule_is_no_prompt(name, text):
    family, answers = FAMILIES[name][0](), ANSWERS[name]
    for ask in (family.level_of, family.facts, family.completion_length, answers.solve):
        with pytest.raises(UsageError):
            ask(text)
    assert not family.check(text, ("0",))
    assert not answers.verify(text, ("0",)).correct
    assert not answers.accepts(text, "0")


def off_by_one(value):
    """A fault in whatever a route returns, that keeps its type."""
    if isinstance(value, str):
        return value[:-1] + str((int(value[-1], 16) + 1) % 2)
    if isinstance(value, list):
        return [*value[:-1], off_by_one(value[-1])]
    return value + 1 if isinstance(value, int) else (*value[:-1], off_by_one(value[-1]))


@pytest.mark.parametrize(
    ("name", "prompt", "routine"),
    [
        ("fractions", "7/4+5/6=", "sums.by_integers"),
        ("fractions", "7/4+5/6=", "sums.by_columns"),
        ("fractions", "7/4+5/6=", "fractions.to_int"),
        ("base_addition", "345+66@7=", "base_addition.sum_by_columns"),
        ("base_addition", "345+66@7=", "base_addition.sum_by_value"),
        ("base_conversion", "45>@8=", "base_conversion.divided_by_columns"),
        ("base_conversion", "45>@8=", "base_conversion.in_bytes"),
        ("base_conversion", "45>@8=", "base_conversion.value_of"),
        ("sequences", "a5,12,19?", "sums.by_integers"),
        ("sequences", "g3,6,12?", "sums.by_columns"),
        ("sequences", "q1,4,9,16?", "sequences.extrapolated"),
        ("lattice_paths", ".../.#./...?", "lattice_paths.counts_by_rows"),
        ("lattice_paths", ".../.#./...?", "lattice_paths.counts_by_exclusion"),
        ("binomial", "C(12,3)=", "sums.by_integers"),
        ("binomial", "C(12,3)=", "sums.by_columns"),
        ("binomial", "C(12,3)=", "binomial.coefficient"),
    ],
)
def test_a_fault_in_one_route_is_caught_by_the_other(name, prompt, routine, monkeypatch):
    module, function = f"{ANSWERS_MODULE}.{routine}".rsplit(".", 1)
    right = ANSWERS[name].solve(prompt)
    sound = getattr(__import__(module, fromlist=[function]), function)
    monkeypatch.setattr(f"{module}.{function}", lambda *given: off_by_one(sound(*given)))
    faulty = FAMILIES[name][1]()
    assert not faulty.verify(prompt, right).correct
    assert not faulty.verify(prompt, faulty.solve(prompt)).correct
    assert not faulty.accepts(prompt, right[-1])


@pytest.mark.parametrize("base", [2, 3, 7, 9, 16])
@pytest.mark.parametrize("number", ["0", "7", "45", "99"])
def test_no_columns_hold_but_those_of_the_division(number, base):
    beginnings = [int(number[: i + 1]) for i in range(len(number))]
    right = (
        "".join(f"{beginning % base:x}" for beginning in beginnings),
        "".join(str(beginning // base % 10) for beginning in beginnings),
    )
    rests = map("".join, product("0123456789abcdef", repeat=len(number)))
    quotients = map("".join, product("0123456789", repeat=len(number)))
    pairs = product(rests, quotients)
    assert [pair for pair in pairs if columns_hold(number, base, *pair)] == [right]
    assert not columns_hold(number, base, "0" + right[0], "0" + right[1])


def test_a_fraction_that_is_left_unreduced_by_both_arithmetics_is_not_confirmed(monkeypatch):
    monkeypatch.setattr("ouroboros.envs.fractions.PRIMES", ())
    faulty = FractionsAnswers()
    assert faulty.solve("1/8+1/8=")[-1] == "2/8"
    assert not faulty.verify("1/8+1/8=", faulty.solve("1/8+1/8=")).correct


def test_a_plan_with_a_wrong_formula_is_denied_by_the_simulation(monkeypatch):
    kinds = BinomialAnswers.kinds
    monkeypatch.setattr(kinds[1].family, "steps", kinds[0].family.steps)
    faulty = BinomialAnswers()
    assert faulty.solve("C(12,3)=")[-1] == "66"
    assert not faulty.verify("C(12,3)=", faulty.solve("C(12,3)=")).correct


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("fractions", "1/2+2/3=", "2*3=6 3*2=6 1*3=3 2*2=4 3+4=8 8/6"),
        ("base_addition", "345+66@7=", "543+66 0010 445 544"),
        ("base_conversion", "45>@7=", "45%7=42 45/7=05 5%7=6 5/7=0 62"),
        ("sequences", "g3,6,12?", "3*2=6 6*2=21 21*2=52 25"),
        ("lattice_paths", ".../.#./...?", "1,1,1 1,0,1 1,1,3 3"),
        ("binomial", "C(5,2)=", "5-1=4 5*4=12 21%2=01 21/2=10 10+1/2"),
    ],
)
def test_the_self_check_looks_at_form_and_not_at_truth(name, prompt, lines):
    assert FAMILIES[name][0]().check(prompt, lines.split())
    assert not ANSWERS[name].verify(prompt, lines.split()).correct


@pytest.mark.parametrize(
    ("name", "prompt", "read"),
    [
        (
            "fractions",
            "|1/6-1/2|=",
            (
                "The least common denominator of 1/6 and 1/2 is 6",
                "1/2 = 3/6, for 1 \u00d7 3 = 3 and 2 \u00d7 3 = 6",
                "3/6 \u2212 1/6 = 2/6, for 3 \u2212 1 = 2",
                "2/6 = 1/3, for 2 \u00f7 2 = 1 and 6 \u00f7 2 = 3",
                "1/3",
            ),
        ),
        (
            "fractions",
            "5/4+3/4=",
            (
                "Both denominators are 4",
                "5/4 + 3/4 = 8/4, for 5 + 3 = 8",
                "8/4 = 4/2, for 8 \u00f7 2 = 4 and 4 \u00f7 2 = 2",
                "4/2 = 2, for 4 \u00f7 2 = 2 and 2 \u00f7 2 = 1",
                "2",
            ),
        ),
        (
            "fractions",
            "7/8+5/6=",
            (
                "The least common denominator of 7/8 and 5/6 is 24",
                "7/8 = 21/24, for 7 \u00d7 3 = 21 and 8 \u00d7 3 = 24",
                "5/6 = 20/24, for 5 \u00d7 4 = 20 and 6 \u00d7 4 = 24",
                "21/24 + 20/24 = 41/24, for 21 + 20 = 41",
                "41 divided by 2 leaves 1, so 41/24 cannot be reduced by 2",
                "41/24",
            ),
        ),
        (
            "base_addition",
            "345+66@7=",
            (
                "Column 1 from the right: 5 + 6 = 7 + 4, write 4 and carry 1",
                "Column 2 from the right: 4 + 6 + 1 = 7 + 4, write 4 and carry 1",
                "Column 3 from the right: 3 + 1 = 4, write 4",
                "In base 7: 345 + 66 = 444",
                "444",
            ),
        ),
        (
            "binomial",
            "C(12,3)=",
            (
                "Things left for the second choice: 12 \u2212 1 = 11",
                "12 \u00d7 1 = 12",
                "12 \u00d7 10 = 120",
                "Ordered pairs: 12 + 120 = 132",
                "Digit by digit: 13 \u00f7 2 = 6, remainder 1; 12 \u00f7 2 = 6",
                "Sets of 2, each of which was counted twice: 132 \u00f7 2 = 66",
                "Things left for the third choice: 12 \u2212 2 = 10",
                "Sets of 2 with one thing more: 66 \u00d7 10 = 660",
                "Digit by digit: 6 \u00f7 3 = 2; 6 \u00f7 3 = 2; 0 \u00f7 3 = 0",
                "Sets of 3, each of which was counted 3 times: 660 \u00f7 3 = 220",
                "220",
            ),
        ),
        (
            "base_conversion",
            "45>@16=",
            (
                "45 \u00f7 16 = 2, remainder 13 (the digit d)",
                "2 \u00f7 16 = 0, remainder 2",
                "In base 16, the remainders from the last to the first: 2d",
                "2d",
            ),
        ),
        (
            "sequences",
            "g3,6,12?",
            (
                "Second term: 3 \u00d7 2 = 6",
                "Third term: 6 \u00d7 2 = 12",
                "Next term: 12 \u00d7 2 = 24",
                "24",
            ),
        ),
        (
            "lattice_paths",
            "..../..../..../....?",
            (
                "Ways to each place of row 1: 1, 1, 1, 1",
                "Ways to each place of row 2: 1, 2, 3, 4",
                "Ways to each place of row 3: 1, 3, 6, 10",
                "Ways to each place of row 4: 1, 4, 10, 20",
                "20",
            ),
        ),
    ],
)
def test_a_solution_reads_as_people_write_it(name, prompt, read):
    assert FAMILIES[name][0]().read(prompt, ANSWERS[name].solve(prompt)) == read


@st.composite
def reduced_fractions(draw):
    """A fraction with a lone-digit denominator, in lowest terms."""
    value = Fraction(draw(numbers), draw(lone))
    return value if value.denominator > 1 else value + Fraction(1, 2)


@relaxed
@given(reduced_fractions(), reduced_fractions(), st.booleans())
def test_sums_of_fractions_are_those_of_exact_arithmetic(first, second, added):
    prompt, value = f"{first}+{second}=", first + second
    if not added:
        prompt, value = f"|{first}-{second}|=", abs(first - second)
    assert answer_to("fractions", prompt) == str(value)


@relaxed
@given(numbers | st.just(0), numbers | st.just(0), lone)
def test_sums_in_other_bases_are_those_of_numpys_numerals(a, b, base):
    a, b = a % 10**12, b % 10**12
    first, second, total = (np.base_repr(value, base) for value in (a, b, a + b))
    assert answer_to("base_addition", f"{first}+{second}@{base}=") == total


@relaxed
@given(st.integers(0, 10**30), st.sampled_from([*range(2, 10), 16]))
def test_a_converted_number_reads_back_as_itself(number, base):
    assert int(answer_to("base_conversion", f"{number}>@{base}="), base) == number


@relaxed
@given(st.integers(0, 3**12000), st.integers(2, 16))
def test_numerals_of_any_length_and_their_values_are_inverse(value, base):
    digits = numeral(value, base)
    assert value_of(digits, base) == value
    assert digits == "0" or not digits.startswith("0")


@relaxed
@given(numbers, numbers, numbers, lone)
def test_next_terms_follow_from_the_terms_formula(first, step, growth, ratio):
    arithmetic = [first + step * i for i in range(4)]
    geometric = [first * ratio**i for i in range(4)]
    quadratic = [first + step * i + growth * i * (i - 1) // 2 for i in range(5)]
    for letter, terms in zip("agq", (arithmetic, geometric, quadratic), strict=True):
        *given_terms, following = map(str, terms)
        assert answer_to("sequences", f"{letter}{','.join(given_terms)}?") == following


@relaxed
@given(st.lists(st.integers(-100, 100), min_size=1, max_size=5))
def test_extrapolation_finds_the_next_value_of_any_polynomial(coefficients):
    values = [sum(c * x**i for i, c in enumerate(coefficients)) for x in range(6)]
    assert extrapolated(values[:5]) == values[5]


@relaxed
@given(st.integers(1, 5), st.data())
def test_ways_through_a_grid_are_as_many_as_can_be_walked(level, data):
    side = level + 1
    crossings = st.lists(st.sampled_from("...#"), min_size=side, max_size=side)
    grid = [data.draw(crossings) for _ in range(side)]
    grid[0][0] = grid[-1][-1] = "."
    walked = 0
    for downs in combinations(range(2 * level), level):
        row = column = 0
        free = True
        for step in range(2 * level):
            row, column = (row + 1, column) if step in downs else (row, column + 1)
            free = free and grid[row][column] == "."
        walked += free
    prompt = "/".join("".join(row) for row in grid) + "?"
    assert answer_to("lattice_paths", prompt) == str(walked)


@relaxed
@given(st.integers(5, 10**12), st.integers(2, 5))
def test_choices_are_as_many_as_the_library_counts(n, k):
    assert answer_to("binomial", f"C({n},{k})=") == str(math.comb(n, k))


def longest_carry_run(prompt):
    return max(map(len, ANSWERS["base_addition"].solve(prompt)[1].split("0")))


def test_hard_sums_carry_further_than_plain_ones():
    family, rng = BaseAddition(), np.random.default_rng(1)
    hard, plain = (
        np.mean([longest_carry_run(p) for p in family.draw(rng, 20, np.full(200, chosen))])
        for chosen in (True, False)
    )
    assert hard > plain + 3


def test_an_echo_takes_the_sum_back_with_the_same_carries():
    family, answers = BaseAddition(), ANSWERS["base_addition"]
    echo = family.echo("345+66@7=", answers.solve("345+66@7="))
    assert echo == ("222+345@7=", ("222+543", "0110", "006", "600"))
    assert answers.verify(*echo).correct
    wrong = ("543+66", "0100", "444", "444")
    assert not answers.verify(*family.echo("345+66@7=", wrong)).correct


def test_an_echo_that_would_not_tell_of_all_carries_is_not_made():
    family, answers = BaseAddition(), ANSWERS["base_addition"]
    assert family.echo("1+66@7=", answers.solve("1+66@7=")) is not None
    assert family.echo("1+600@7=", answers.solve("1+600@7=")) is None


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_problem_can_be_put_in_four_ways(name):
    family = FAMILIES[name][0]()
    prompt = family.propose(2, 1, 1)[0].prompt
    assert len({family.phrase(prompt, seed) for seed in range(60)}) >= 4


def questions(name, prompt):
    """Many ways in which a problem is put."""
    return {FAMILIES[name][0]().phrase(prompt, seed) for seed in range(60)}


@pytest.mark.parametrize("prompt", ["7/4+5/6=", "|1/6-1/2|="])
def test_every_question_about_fractions_states_the_form_of_the_answer(prompt):
    for text in questions("fractions", prompt):
        for part in ("proper or improper", "in lowest terms", "whole number"):
            assert part in text


def test_no_fraction_is_drawn_to_be_taken_from_itself():
    for prompt in (task.prompt for task in Fractions().propose(1, 1, 2000)):
        first, second, op = Fractions().operands(prompt)
        assert op == "+" or first != second


@pytest.mark.parametrize("prompt", ["345+66@7=", "0+1@2="])
def test_every_sum_in_another_base_says_how_numbers_are_written(prompt):
    said = f"(written|numerals|numbers) in base {prompt[-2]}"
    assert all(re.search(said, text) for text in questions("base_addition", prompt))


def test_a_choice_of_all_things_is_asked_for_as_a_coefficient_alone():
    asked = {"What is the binomial coefficient \u201c4 choose 4\u201d?"}
    assert questions("binomial", "C(4,4)=") == asked
    assert len(questions("binomial", "C(5,4)=")) > 4


def test_blocked_places_are_spoken_of_only_where_there_are_any():
    for prompt, spoken_of in (("../..?", False), (".#/..?", True)):
        texts = questions("lattice_paths", prompt)
        rules = "blocked crossing[?]|to a blocked square|avoid all blocked points"
        for text in (text for text in texts if "map" not in text):
            assert (re.search(rules, text) is not None) == spoken_of


def test_lists_of_blocked_crossings_agree_in_number():
    family = LatticePaths()
    for prompt, said in [
        ("../..?", "No crossing is blocked."),
        (".#/..?", "The crossing (1, 2) is blocked, given as (row, column)."),
        (".#/#.?", "The crossings (1, 2) and (2, 1) are blocked, each given as (row, column)."),
    ]:
        assert any(said in family.phrase(prompt, seed) for seed in range(30))
