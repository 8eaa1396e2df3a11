"""Products, quotients, remainders and common divisors: both halves of six families."""

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.division import Division, LongDivision
from ouroboros.envs.gcd import Gcd
from ouroboros.envs.modulus import Modulus
from ouroboros.envs.multiplication import Multiplication, ShortMultiplication
from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros_judges.answers import gcd, modulus, sums
from ouroboros_judges.answers.division import DivisionAnswers, LongDivisionAnswers, by_doubling
from ouroboros_judges.answers.gcd import GcdAnswers, are_remainders, by_halving, euclid
from ouroboros_judges.answers.modulus import ModulusAnswers, rests_by_steps, rests_by_strides
from ouroboros_judges.answers.multiplication import (
    MultiplicationAnswers,
    ShortMultiplicationAnswers,
)

ANSWERS = {
    answers.name: answers
    for answers in (
        ShortMultiplicationAnswers,
        MultiplicationAnswers,
        DivisionAnswers,
        LongDivisionAnswers,
        ModulusAnswers,
        GcdAnswers,
    )
}
LINEAR = (1, 2, 3, 7, 40, 5000)
relaxed = settings(deadline=None)  # two cores may be busy
each = pytest.mark.parametrize("name", list(ANSWERS))
by_plan = pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("short_multiplication", "34*7="),
        ("multiplication", "34*12="),
        ("division", "22/3="),
        ("long_division", "157/23="),
    ],
)
numbers = st.integers(1, 10**60)
digits = st.integers(2, 9)


def right(name, prompt):
    """The reference lines, which are verified on the way."""
    answers = ANSWERS[name]()
    lines = answers.solve(prompt)
    assert answers.verify(prompt, lines).correct
    return lines


@pytest.mark.parametrize(
    ("family", "answers", "levels", "count"),
    [
        (ShortMultiplication(), ShortMultiplicationAnswers(), LINEAR, 12),
        (Multiplication(), MultiplicationAnswers(), (1, 2, 3, 7), 12),
        (Multiplication(), MultiplicationAnswers(), (40,), 1),
        (Division(), DivisionAnswers(), LINEAR, 12),
        (LongDivision(), LongDivisionAnswers(), (1, 2, 3, 7), 12),
        (LongDivision(), LongDivisionAnswers(), (40,), 1),
        (Modulus(), ModulusAnswers(), LINEAR, 12),
        (Gcd(), GcdAnswers(), (1, 2, 3, 7), 12),
        (Gcd(), GcdAnswers(), (40,), 2),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_family_conforms(family, answers, levels, count):
    assert check_family(family, answers, levels=levels, count=count) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("short_multiplication", "34*7=", ("43*7=832", "238")),
        ("short_multiplication", "125*8=", ("521*8=0001", "1000")),
        ("short_multiplication", "1*9=", ("1*9=9", "9")),
        ("multiplication", "34*12=", ("43*2=86", "43*01=043", "86+043=804", "408")),
        ("multiplication", "7*8=", ("7*8=65", "56")),
        ("multiplication", "25*40=", ("52*04=0001", "1000")),
        ("multiplication", "11*101=", ("11*1=11", "11*001=0011", "11+0011=1111", "1111")),
        ("division", "22/3=", ("22%3=21", "22/3=07", "7+1/3")),
        ("division", "84/7=", ("84%7=10", "84/7=12", "12")),
        ("division", "1001/4=", ("1001%4=1201", "1001/4=0250", "250+1/4")),
        ("division", "99/6=", ("99%6=33", "99/6=16", "16+1/2")),
        (
            "long_division",
            "157/23=",
            (
                *("15/23=0", "32*0=00", "51-0=51"),
                *("157/23=6", "32*6=831", "751-831=910"),
                "6+19/23",
            ),
        ),
        ("long_division", "46/23=", ("46/23=2", "32*2=64", "64-64=00", "2")),
        (
            "long_division",
            "1008/100=",
            (
                *("100/100=1", "001*1=001", "001-001=000"),
                *("8/100=0", "001*0=000", "8-0=8"),
                "10+2/25",
            ),
        ),
        ("modulus", "4711%7=", ("4520", "0")),
        ("modulus", "999%9=", ("000", "0")),
        ("modulus", "3%8=", ("3", "3")),
        ("modulus", "0%5=", ("0", "0")),
        ("gcd", "gcd(48,18)=", ("48%18=12", "18%12=6", "12%6=0", "6")),
        ("gcd", "gcd(18,48)=", ("18%48=18", "48%18=12", "18%12=6", "12%6=0", "6")),
        ("gcd", "gcd(5,5)=", ("5%5=0", "5")),
        ("gcd", "gcd(8,5)=", ("8%5=3", "5%3=2", "3%2=1", "2%1=0", "1")),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert right(name, prompt) == lines


@pytest.mark.parametrize(
    ("name", "prompt", "accepted", "refused"),
    [
        ("short_multiplication", "34*7=", ["238", " 238.0", "476/2"], ["832", "237", "238 kg"]),
        ("multiplication", "34*12=", ["408", "4.08e2"], ["804", "4080", "34*12", "40.8"]),
        ("division", "22/3=", ["7+1/3", "7 1/3", "22/3", "44/6"], ["7", "7.333", "1/3", "7 3/1"]),
        ("division", "22/4=", ["5+1/2", "5.5", "11/2", "5 2/4"], ["5", "5 2", "5.05", "22/4="]),
        ("long_division", "157/23=", ["6 19/23", "157/23"], ["6", "6.826", "19/23", "6 R 19"]),
        ("long_division", "1008/100=", ["10.08", "10 8/100"], ["10.8", "10 8", "1008"]),
        ("modulus", "4712%7=", ["1", " 1\n", "1.0"], ["8", "-6", "4520", "4711+1", "0"]),
        ("gcd", "gcd(48,18)=", ["6", "6.0", "12/2"], ["3", "12", "144", "2*3", "0", "6%0"]),
    ],
)
def test_free_answers_are_taken_by_their_value(name, prompt, accepted, refused):
    answers = ANSWERS[name]()
    assert [text for text in accepted if not answers.accepts(prompt, text)] == []
    assert [text for text in refused if answers.accepts(prompt, text)] == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines", "bad"),
    [
        ("short_multiplication", "34*7=", ("43*7=828", "828"), 0),  # the carry forgotten
        ("short_multiplication", "34*7=", ("43*7=832", "832"), 1),  # not turned around
        ("multiplication", "34*12=", ("43*2=86", "43*1=43", "86+43=021", "120"), 1),  # no shift
        ("division", "22/3=", ("22%3=21", "22/3=07", "7"), 2),  # the rest forgotten
        ("division", "99/6=", ("99%6=33", "99/6=16", "16+3/6"), 2),  # not in lowest terms
        ("division", "803/8=", ("803%8=003", "803/8=10", "10+3/8"), 1),  # a zero forgotten
        ("long_division", "46/23=", ("46/23=1", "32*1=32", "64-32=32", "1+23/23"), 0),
        ("modulus", "4711%7=", ("4520", "5"), 1),
        ("modulus", "4711%7=", ("4527", "7"), 0),
        ("gcd", "gcd(48,18)=", ("48%18=12", "18%12=6", "6"), 2),  # stopped before nothing is left
        ("gcd", "gcd(18,48)=", ("48%18=12", "18%12=6", "12%6=0", "6"), 0),  # turned in silence
        ("gcd", "gcd(48,18)=", ("48%18=-6", "18%6=0", "6"), 0),  # least absolute remainders
    ],
)
def test_likely_slips_are_found_in_their_line(name, prompt, lines, bad):
    verdict = ANSWERS[name]().verify(prompt, lines)
    assert not verdict.correct
    assert verdict.first_bad_line == bad


@by_plan
@pytest.mark.parametrize("route", ["by_integers", "by_columns"])
def test_neither_arithmetic_passes_with_a_fault_in_the_other(name, prompt, route, monkeypatch):
    lines = right(name, prompt)
    sound = getattr(sums, route)

    def faulty(op, left, right):
        found = sound(op, left, right)
        slip = "1" if found[0] == "0" else "0"
        return slip + found[1:] if op in "*%" else found

    monkeypatch.setattr(sums, route, faulty)
    answers = ANSWERS[name]()
    assert not answers.verify(prompt, lines).correct
    assert not answers.verify(prompt, answers.work_out(prompt)[0]).correct


@by_plan
def test_the_plan_does_not_pass_against_the_simulation(name, prompt, monkeypatch):
    lines = right(name, prompt)
    answers = ANSWERS[name]()
    monkeypatch.setattr(answers, "simulate", lambda values: 1)
    assert not answers.verify(prompt, lines).correct
    assert not answers.accepts(prompt, lines[-1])


@pytest.mark.parametrize(
    ("module", "route", "name", "prompt"),
    [
        (modulus, "rests_by_steps", "modulus", "4712%7="),
        (modulus, "rests_by_strides", "modulus", "4712%7="),
        (modulus, "to_int", "modulus", "4712%7="),
        (gcd, "euclid", "gcd", "gcd(48,18)="),
        (gcd, "are_remainders", "gcd", "gcd(48,18)="),
        (gcd, "by_halving", "gcd", "gcd(48,18)="),
    ],
)
def test_no_route_passes_with_a_fault_in_another(module, route, name, prompt, monkeypatch):
    lines = right(name, prompt)
    faults = {
        "rests_by_steps": "4512",
        "rests_by_strides": "4512",
        "euclid": [6, 0],
        "are_remainders": False,
    }
    monkeypatch.setattr(module, route, lambda *_: faults.get(route, 2))
    answers = ANSWERS[name]()
    assert not answers.verify(prompt, lines).correct
    assert not answers.verify(prompt, answers.solve(prompt)).correct


def test_a_fault_in_euclids_remainders_is_found(monkeypatch):
    def by_subtraction(a, b):  # right but for larger quotients
        return [] if not b else [a - b, *by_subtraction(b, a - b)]

    monkeypatch.setattr(gcd, "euclid", by_subtraction)
    answers = GcdAnswers()
    assert answers.solve("gcd(8,5)=") == ("8%5=3", "5%3=2", "3%2=1", "2%1=1", "1%1=0", "1")
    assert answers.verify("gcd(8,5)=", answers.solve("gcd(8,5)=")).correct is False
    assert not answers.accepts("gcd(8,5)=", "1")


@relaxed
@given(numbers, numbers, st.data())
def test_nothing_but_euclids_remainders_passes_for_them(a, b, data):
    rests = euclid(a, b)
    assert are_remainders(a, b, rests)
    assert not are_remainders(a, b, rests[:-1])
    assert not are_remainders(a, b, [*rests, 0])
    place = data.draw(st.integers(0, len(rests) - 1))
    other = data.draw(st.sampled_from([-b, -1, 1, b]) | st.integers())
    altered = [*rests[:place], rests[place] + other, *rests[place + 1 :]]
    assert are_remainders(a, b, altered) == (other == 0)


@relaxed
@given(numbers, numbers, digits)
def test_products_agree_with_python(a, b, digit):
    assert right("multiplication", f"{a}*{b}=")[-1] == str(a * b)
    assert right("short_multiplication", f"{a}*{digit}=")[-1] == str(a * digit)


@relaxed
@given(numbers, digits, st.integers(10, 999))
def test_quotients_agree_with_fractions(a, digit, divisor):
    for name, b in (("division", digit), ("long_division", divisor)):
        *whole, part = right(name, f"{a}/{b}=")[-1].split("+")
        assert Fraction(part) + sum(map(Fraction, whole)) == Fraction(a, b)
        assert str(Fraction(part)) == part
        assert not whole or Fraction(part) < 1


@relaxed
@given(st.integers(0, 10**60), numbers)
def test_doubling_divides_like_python(a, b):
    assert by_doubling(a, b) == divmod(a, b)


@relaxed
@given(st.integers(0, 10**60), digits)
def test_every_beginning_leaves_what_python_says(a, divisor):
    rests = "".join(str(int(str(a)[: i + 1]) % divisor) for i in range(len(str(a))))
    assert rests_by_steps(str(a), divisor) == rests_by_strides(str(a), divisor) == rests
    assert right("modulus", f"{a}%{divisor}=") == (rests, rests[-1])


@relaxed
@given(numbers, numbers, numbers)
def test_the_answer_divides_both_numbers_and_is_a_sum_of_multiples_of_them(a, b, factor):
    a, b = a * factor, b * factor
    *lines, answer = right("gcd", f"gcd({a},{b})=")
    sums: dict[int, tuple[int, ...]] = {
        a: (1, 0),
        b: (0, 1),
    }  # numbers as multiples of a and b together
    for line in lines:
        x, y, rest = map(int, re.split("[%=]", line))
        sums[rest] = tuple(p - x // y * q for p, q in zip(sums[x], sums[y], strict=True))
    common = int(answer)
    assert a % common == b % common == 0
    assert sums[common][0] * a + sums[common][1] * b == common == by_halving(a, b)
    assert len("\n".join((*lines, answer))) <= Gcd().completion_length(f"gcd({a},{b})=")


@pytest.mark.parametrize("level", range(1, 40))
def test_no_pair_takes_more_room_than_fibonacci_numbers_do(level):
    a, b = 1, 1
    while a + b < 10**level:
        a, b = a + b, a
    prompt = f"gcd({b},{a})="
    length = len("\n".join(right("gcd", prompt)))
    assert length <= Gcd().completion_length(prompt) <= 1.5 * length


def test_common_divisors_above_one_are_common():
    prompts = [task.prompt for task in Gcd().propose(5, 1, 400)]
    answers = [math.gcd(*map(int, re.findall("[0-9]+", prompt))) for prompt in prompts]
    assert 0.25 < sum(answer == 1 for answer in answers) / len(answers) < 0.6
    assert sum(answer > 100 for answer in answers) > 80


@pytest.mark.parametrize("name", ["division", "long_division"])
def test_no_dividend_is_drawn_below_its_divisor(name):
    answers = ANSWERS[name]()
    for level in (1, 2, 3):
        prompts = [task.prompt for task in answers.family.propose(level, 1, 200)]
        for prompt in prompts + answers.adversarial(level, 1, 200):
            a, b = map(int, prompt[:-1].split("/"))
            assert a >= b


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("short_multiplication", "999*7="),
        ("multiplication", "999*999="),
        ("division", "700/7="),
        ("long_division", "9899/99="),
        ("modulus", "699%7="),
    ],
)
def test_adversarial_items_hold_the_corners(name, prompt):
    answers = ANSWERS[name]()
    assert prompt in answers.adversarial(3, 1, 400)


def test_a_step_of_the_level_is_a_digit_of_the_quotient():
    family = LongDivision()
    assert [family.level_of(p) for p in ("46/23=", "157/23=", "1008/100=")] == [1, 2, 2]
    with pytest.raises(UsageError, match="not a prompt"):
        family.level_of("46/7=")


def test_the_echo_of_a_remainder_has_other_digits_and_the_same_lines():
    family, lines = Modulus(), ("4520", "0")
    assert family.echo("4711%7=", lines) == ("4088%7=", lines)
    assert family.echo("4711%7=", ("4527", "7")) is None
    assert family.echo("7%7=", ("0", "0")) is None  # 0 may not begin a number
    assert family.echo("45%9=", ("40", "0")) is None  # no digit has another


@pytest.mark.parametrize(
    ("name", "prompt", "texts"),
    [
        ("short_multiplication", "8*7=", ("Product: 8 \u00d7 7 = 56", "56")),
        (
            "division",
            "22/3=",
            (
                "22 \u00f7 3 = 7, remainder 1",
                "Quotient: 22 \u00f7 3 = 7 1/3",
                "7 1/3",
            ),
        ),
        (
            "long_division",
            "88/23=",
            (
                "88 \u00f7 23, rounded down, is 3",
                "23 \u00d7 3 = 69",
                "Remainder: 88 \u2212 69 = 19",
                "Quotient: 88 \u00f7 23 = 3 19/23",
                "3 19/23",
            ),
        ),
        (
            "long_division",
            "104/52=",
            (
                "104 \u00f7 52, rounded down, is 2",
                "52 \u00d7 2 = 104",
                "Remainder: 104 \u2212 104 = 0",
                "Quotient: 104 \u00f7 52 = 2",
                "2",
            ),
        ),
        (
            "short_multiplication",
            "204*7=",
            (
                "204 \u00d7 7 = 200 \u00d7 7 + 4 \u00d7 7",
                "Product: 204 \u00d7 7 = 1428",
                "1428",
            ),
        ),
        (
            "division",
            "1815/3=",
            (
                "Digit by digit: 18 \u00f7 3 = 6; 1 \u00f7 3 = 0, remainder 1; 15 \u00f7 3 = 5",
                "Quotient: 1815 \u00f7 3 = 605",
                "605",
            ),
        ),
        (
            "modulus",
            "47%7=",
            (
                "Bring down 4: 4 divided by 7 leaves 4",
                "Bring down 7: 47 divided by 7 leaves 5",
                "5",
            ),
        ),
        (
            "gcd",
            "gcd(48,18)=",
            (
                "48 divided by 18 leaves 12",
                "18 divided by 12 leaves 6",
                "12 divided by 6 leaves 0, so 6 divides both",
                "6",
            ),
        ),
    ],
)
def test_solutions_read_as_people_write_them(name, prompt, texts):
    answers = ANSWERS[name]()
    assert answers.family.read(prompt, answers.solve(prompt)) == texts


@pytest.mark.parametrize("name", ["division", "long_division"])
def test_every_question_about_a_quotient_states_the_form_of_the_answer(name):
    family = ANSWERS[name]().family
    for task in family.propose(2, 2, 20):
        asked = {family.phrase(task.prompt, seed) for seed in range(20)}
        assert all(re.search("whole number .*mixed number in lowest terms", text) for text in asked)


@each
def test_no_summary_speaks_of_factors_by_letter(name):
    assert " from the " not in ANSWERS[name]().family.describe().summary


@each
def test_every_question_states_the_numbers(name):
    family = ANSWERS[name]().family
    for task in family.propose(4, 2, 60):
        asked = [family.phrase(task.prompt, seed) for seed in range(20)]
        for number in re.findall("[0-9]+", task.prompt):
            assert all(number in text for text in asked)
