"""Many problems at once: solutions as one by one, and no route passes without the other."""

import hashlib
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import BUILT_IN, load_families
from ouroboros.envs.fractions import work
from ouroboros.envs.plan import Step
from ouroboros.envs.plan import work as walk
from ouroboros.errors import UsageError
from ouroboros_judges.answers import answering, base_conversion, fractions, load_answers, sums
from ouroboros_judges.answers.multiplication import MultiplicationAnswers
from ouroboros_judges.answers.planned import PlanInColumns
from ouroboros_judges.answers.sums import ALL, CHUNK, Numbers, Page, by_integers

IN_COLUMNS = ("short_multiplication", "multiplication", "fractions", "base_conversion")
JUNK = ("", "=", "12", "1\n2=", "\u0661*2=", "3/4+5/6", "4/6+1/2=", "|1/2-1/3|", "7>@1=", "9" * 99)
relaxed = settings(deadline=None)  # two cores may be busy
few = settings(deadline=None, max_examples=10)
number = st.integers(0, 10**CHUNK - 1).map(str)
columns = pytest.mark.parametrize("name", IN_COLUMNS)


@cache
def halves(name):
    return load_families([name])[name], load_answers([name])[name]


def fresh(name):
    """Answers that know of no problem yet."""
    return load_answers([name])[name]


def problems(name, level, seed, count):
    family, answers = halves(name)
    proposed = [task.prompt for task in family.propose(level, seed, count)]
    return proposed + answers.adversarial(level, seed, count)


@pytest.mark.parametrize("name", BUILT_IN)
@few
@given(level=st.integers(1, 5), seed=st.integers(0, 2**32), count=st.integers(0, 5))
def test_many_problems_have_the_solutions_that_they_have_alone(name, level, seed, count):
    prompts = problems(name, level, seed, count)
    alone = fresh(name)
    assert fresh(name).references(prompts) == [alone.reference(prompt) for prompt in prompts]


@columns
@relaxed
@given(st.lists(st.tuples(st.integers(1, 24), st.integers(0, 2**32)), max_size=5), st.data())
def test_numbers_that_do_not_fit_are_worked_out_alone(name, wanted, data):
    prompts = [prompt for level, seed in wanted for prompt in problems(name, level, seed, 4)]
    prompts = data.draw(st.permutations([*prompts, *prompts[:3]]))
    alone = fresh(name)
    assert fresh(name).references(prompts) == [alone.reference(prompt) for prompt in prompts]


@columns
@pytest.mark.parametrize("level", [1, 2, 3, 5])
def test_small_numbers_are_worked_out_together(name, level):
    prompts = problems(name, level, 7, 50)
    assert fresh(name).in_columns(prompts).keys() == set(prompts)


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("text", JUNK)
def test_a_text_that_is_no_prompt_is_refused_among_many(name, text):
    prompts = problems(name, 1, 1, 2)
    with pytest.raises(UsageError) as alone:
        fresh(name).reference(text)
    with pytest.raises(UsageError) as among:
        fresh(name).references([*prompts, text, *prompts])
    assert str(among.value) == str(alone.value)


@columns
@relaxed
@given(st.text(alphabet="0123456789*/+-|>@=", max_size=12))
def test_no_text_is_solved_together_but_a_prompt(name, text):
    try:
        expected = {text: fresh(name).work_out(text)}
    except UsageError:
        expected = {}
    assert fresh(name).in_columns([text]) == expected


@columns
def test_more_problems_than_are_kept_at_hand_are_solved(name, monkeypatch):
    monkeypatch.setattr(answering, "REMEMBERED", 10)
    monkeypatch.setattr(answering, "BATCH", 4)
    prompts, alone = problems(name, 2, 3, 15), fresh(name)
    assert fresh(name).references(prompts) == [alone.reference(prompt) for prompt in prompts]


def test_what_is_known_of_a_problem_is_not_worked_out_again(monkeypatch):
    answers = MultiplicationAnswers()
    found = answers.references(["34*12=", "5*5="])
    asked = []
    monkeypatch.setattr(answers, "work_out", asked.append)
    monkeypatch.setattr(answers, "in_columns", lambda prompts: asked.extend(prompts) or {})
    assert answers.references(["5*5=", "34*12="]) == found[::-1]
    assert asked == []
    assert answers.verify("34*12=", found[0]).correct


FAULTS = {
    "whole numbers": lambda values, digits, widths: (values + 1, digits, widths),
    "digits": lambda values, digits, widths: (values, np.roll(digits, 1, axis=0), widths),
    "a digit above 9": lambda values, digits, widths: (values, _uncarried(digits), widths),
}


def _uncarried(digits):
    """The same value, with ten in a column and one less in the next."""
    changed = digits.copy()
    rows = digits[1:].any(axis=0).nonzero()[0]
    places = (digits[1:, rows] > 0).argmax(axis=0)
    changed[places + 1, rows] -= 1
    changed[places, rows] += 10
    return changed


@columns
@pytest.mark.parametrize("fault", FAULTS)
def test_neither_route_passes_in_columns_with_a_fault_in_the_other(name, fault, monkeypatch):
    prompts = {
        "short_multiplication": ["34*7="],
        "multiplication": ["34*12="],
        "fractions": ["25/4+5/6="],
        "base_conversion": ["450>@7="],
    }[name]
    sound = sums._compared
    monkeypatch.setattr(sums, "_compared", lambda *found: sound(*FAULTS[fault](*found)))
    faulty = fresh(name)
    assert [agreed for _, agreed in faulty.in_columns(prompts).values()] == [False]
    assert faulty.references(prompts) == [None]


@pytest.mark.parametrize(
    ("name", "prompt", "module", "routine"),
    [
        ("fractions", "25/4+5/6=", fractions, "_all_hold"),
        ("base_conversion", "450>@7=", base_conversion, "_are_worth"),
    ],
)
def test_the_answer_is_judged_besides_the_lines(name, prompt, module, routine, monkeypatch):
    monkeypatch.setattr(module, routine, lambda *_: np.array([False]))
    assert fresh(name).references([prompt]) == [None]


@pytest.mark.parametrize(("name", "prompt"), [("short_multiplication", "34*7="),
                                              ("multiplication", "34*12=")])  # fmt: skip
def test_a_plan_in_columns_does_not_pass_against_the_simulation(name, prompt, monkeypatch):
    faulty = fresh(name)
    monkeypatch.setattr(faulty, "simulate_all", lambda values: values["a"])
    assert faulty.references([prompt, prompt]) == [None, None]


def test_a_fault_is_one_problems_alone(monkeypatch):
    faulty, sound = MultiplicationAnswers(), MultiplicationAnswers().simulate_all
    monkeypatch.setattr(faulty, "simulate_all", lambda values: sound(values) + (values["a"] == 7))
    first, second, third = faulty.references(["34*12=", "7*7=", "99*99="])
    assert (first[-1], second, third[-1]) == ("408", None, "9801")


def test_a_fault_in_remainders_is_found(monkeypatch):
    sound = base_conversion.divided

    def faulty(left, divisors):
        found, rests = sound(left, divisors)
        return found, (rests + 1) % divisors

    monkeypatch.setattr(base_conversion, "divided", faulty)
    assert fresh("base_conversion").references(["450>@7="]) == [None]


@relaxed
@given(st.lists(st.tuples(number, number), min_size=1, max_size=6), st.sampled_from("+-*/%"))
def test_columns_of_numbers_come_to_what_single_ones_do(pairs, op):
    if op == "-":
        pairs = [sorted(pair, key=int, reverse=True) for pair in pairs]
    elif op != "+":
        pairs = [(left, str(max(2, int(right[-1])))) for left, right in pairs]
    left, right = (Numbers.read(column) for column in zip(*pairs, strict=True))
    page, lone = Page(len(pairs)), right.digits[0]
    upright = op in "/%"
    if upright:
        found, rests = sums.divided(left, lone)
        shown = sums.written(rests, left.widths)[::-1]
        shown = page.keep(found).upright if op == "/" else shown
    else:
        routine = {"+": sums.added, "-": sums.less, "*": sums.times}[op]
        shown = page.keep(routine(left, lone if op == "*" else right)).turned
    page.line(ALL, shown)
    expected = [by_integers(op, *((a, b) if upright else (a[::-1], b[::-1]))) for a, b in pairs]
    for (line,), fits, agreed, right_side in zip(
        page.solutions(), page.fits, page.agreed, expected, strict=True
    ):
        assert fits == (len(right_side) <= CHUNK)
        assert not fits or (agreed and line == right_side)


@relaxed
@given(st.lists(st.tuples(*[st.integers(0, 9999).map(str)] * 3), min_size=1, max_size=6))
def test_walks_through_a_plan_write_what_each_does(rows):
    steps = (
        Step("p", "a", "*", "b"), Step("s", "p", "+", "c"), Step("d", "s", "-", "c"),
        Step("q", "d", "*", "20"), Step("z", "q", "*", "c"),
    )  # fmt: skip
    givens = {
        name: Numbers.read(column)
        for name, column in zip("abc", zip(*rows, strict=True), strict=True)
    }
    plan = PlanInColumns(givens, len(rows))
    answers = plan.work(steps)
    for lines, answer, fits, agreed, row in zip(
        plan.page.solutions(), answers, plan.page.fits, plan.page.agreed, rows, strict=True
    ):
        alone = walk(steps, dict(zip("abc", row, strict=True)), by_integers).text()
        assert fits
        assert agreed
        assert lines == alone
        assert str(answer) == lines[-1]


@relaxed
@given(st.integers(1, 10**15), st.integers(1, 10**15), st.integers(2, 9), st.integers(2, 9))
def test_fractions_in_columns_are_as_wide_as_alone(a, c, b, d):
    prompt = f"{a}/{b}+{c}/{d}="
    for text, (lines, agreed) in fresh("fractions").in_columns([prompt]).items():
        assert agreed
        assert lines == work(*halves("fractions")[0].operands(text), by_integers)


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("multiplication", "4cd1142204bd4125"),
        ("fractions", "9e97c0a50179b49e"),
        ("base_conversion", "64bd1dbf6074a456"),
        ("shortest_path", "0a4d076ac816969e"),
        ("gcd", "57f2a24e7751c649"),
    ],
)
def test_a_seed_draws_the_problems_that_it_always_drew(name, digest):
    drawn = [
        task.prompt
        for level in (1, 2, 3, 6, 20)
        for count in (0, 1, 2, 40)
        for task in halves(name)[0].propose(level, 11, count)
    ]
    assert hashlib.sha256("\n".join(drawn).encode()).hexdigest()[:16] == digest
