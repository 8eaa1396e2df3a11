"""The truth: solutions, verdicts by two routes, adversarial items."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros_judges import answers
from ouroboros_judges.answers import Answers, load_answers
from ouroboros_judges.answers.addition import sum_by_columns, sum_by_decimals
from ouroboros_judges.answers.parity import chain_by_steps, chain_by_words

FIRST = ("reverse_addition", "forward_addition", "copy", "reverse", "parity_chain")
ALL = load_answers(FIRST)  # the others have a file of tests for each group
FAMILIES = load_families(FIRST)
relaxed = settings(deadline=None)  # two cores may be busy
each = pytest.mark.parametrize("name", list(ALL))
numbers = st.integers(min_value=0, max_value=10**60)
names = st.sampled_from(list(ALL))


@st.composite
def problems(draw):
    """A family's name and a prompt of it, proposed or adversarial."""
    name, level, seed = draw(names), draw(st.integers(1, 60)), draw(st.integers(0, 2**64))
    if draw(st.booleans()):
        return name, FAMILIES[name].propose(level, seed, 1)[0].prompt
    return name, ALL[name].adversarial(level, seed, 1)[0]


def value(text, *, reverse):
    return int(text[::-1] if reverse else text)


@pytest.mark.parametrize("name", list(answers.BUILT_IN))
def test_every_family_has_its_answers(name):
    found = load_answers([name])[name]
    assert isinstance(found, Answers)
    assert found.name == load_families([name])[name].name


def test_unknown_answers_are_the_users_mistake():
    with pytest.raises(UsageError, match="unknown answers 'chess'; known: reverse_addition"):
        load_answers(["chess"])


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("reverse_addition", "345+87=", ("126",)),
        ("reverse_addition", "999+1=", ("0001",)),
        ("reverse_addition", "0+0=", ("0",)),
        ("forward_addition", "543+78=", ("126", "621")),
        ("forward_addition", "99+1=", ("001", "100")),
        ("copy", "abcde=", ("abcde",)),
        ("copy", "90210=", ("90210",)),
        ("reverse", "abcde=", ("edcba",)),
        ("parity_chain", "10110=", ("11011", "1")),
        ("parity_chain", "0=", ("0", "0")),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    assert ALL[name].solve(prompt) == lines
    assert ALL[name].verify(prompt, lines).correct


@relaxed
@given(numbers, numbers)
def test_both_routes_to_a_sum_agree_with_python(a, b):
    total = str(a + b)
    assert sum_by_columns(str(a)[::-1], str(b)[::-1]) == total[::-1]
    assert sum_by_decimals(str(a), str(b)) == total


@relaxed
@given(st.text("01", min_size=1, max_size=200))
def test_both_routes_to_a_parity_agree_with_counting(bits):
    chain = "".join(str(bits[: i + 1].count("1") % 2) for i in range(len(bits)))
    assert chain_by_steps(bits) == chain_by_words(bits) == (chain, chain[-1])


@relaxed
@given(problems())
def test_the_reference_solution_verifies(problem):
    name, prompt = problem
    verdict = ALL[name].verify(prompt, ALL[name].solve(prompt))
    assert verdict.correct
    assert verdict.first_bad_line is None
    assert verdict.judge == name


@relaxed
@given(problems(), st.data())
def test_a_single_changed_character_is_caught_in_its_line(problem, data):
    name, prompt = problem
    lines = list(ALL[name].solve(prompt))
    bad = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[bad]) - 1))
    character = data.draw(st.sampled_from(FAMILIES[name].alphabet) | st.characters())
    if character != lines[bad][place]:
        lines[bad] = lines[bad][:place] + character + lines[bad][place + 1 :]
        verdict = ALL[name].verify(prompt, lines)
        assert not verdict.correct
        assert verdict.first_bad_line == bad


@relaxed
@given(problems(), st.lists(st.text(), max_size=4))
def test_junk_gets_a_verdict_and_no_exception(problem, junk):
    name, prompt = problem
    verdict = ALL[name].verify(prompt, junk)
    assert verdict.correct == (tuple(junk) == ALL[name].solve(prompt))


@relaxed
@given(names, st.text())
def test_no_attempt_at_a_text_that_is_no_prompt_is_correct(name, text):
    if not re.fullmatch(FAMILIES[name].describe().prompt_pattern, text):
        assert not ALL[name].verify(text, (text,)).correct
        with pytest.raises(UsageError):
            ALL[name].solve(text)


@relaxed
@given(problems())
def test_self_checks_and_echoes_hold_for_the_truth(problem):
    name, prompt = problem
    lines = ALL[name].solve(prompt)
    assert FAMILIES[name].check(prompt, lines)
    assert len("\n".join(lines)) <= FAMILIES[name].completion_length(prompt)
    echo = FAMILIES[name].echo(prompt, lines)
    if echo is not None:
        assert ALL[name].solve(echo[0]) == echo[1]


@pytest.mark.parametrize("name", ["reverse_addition", "forward_addition"])
def test_one_route_alone_convinces_nobody(name, monkeypatch):
    lines = ALL[name].solve("1+1=")
    assert type(ALL[name])().verify("1+1=", lines).correct
    monkeypatch.setattr("ouroboros_judges.answers.addition.sum_by_decimals", lambda a, b: "3")
    doubted = type(ALL[name])()  # what is known of a problem is kept at hand
    assert not doubted.verify("1+1=", lines).correct
    assert not doubted.verify("1+1=", tuple("3" for _ in lines)).correct
    assert doubted.reference("1+1=") is None


def test_one_route_alone_convinces_nobody_of_a_parity(monkeypatch):
    monkeypatch.setattr("ouroboros_judges.answers.parity.chain_by_words", lambda bits: ("0", "0"))
    doubted = type(ALL["parity_chain"])()
    assert not doubted.verify("1=", ("1", "1")).correct
    assert not doubted.verify("1=", ("0", "0")).correct


@pytest.mark.parametrize("name", ["copy", "reverse"])
def test_one_route_alone_convinces_nobody_of_a_string(name, monkeypatch):
    monkeypatch.setattr(type(ALL[name]), "by_characters", lambda self, prompt: "b")
    doubted = type(ALL[name])()
    assert not doubted.verify("a=", ("a",)).correct
    assert not doubted.verify("a=", ("b",)).correct


@each
def test_levels_have_no_top(name):
    for prompt in ALL[name].adversarial(20_000, 1, 4):
        assert FAMILIES[name].level_of(prompt) == 20_000
        lines = ALL[name].solve(prompt)
        assert ALL[name].verify(prompt, lines).correct
        assert not ALL[name].verify(prompt, (lines[0][:-1], *lines[1:])).correct


@each
def test_ten_megabytes_of_junk_are_rejected_quickly(name):
    prompt = ALL[name].adversarial(100, 1, 1)[0]
    start = time.perf_counter()
    for junk in (["9" * 10**7], ["\u0663" * 10**7], ["1"] * 10**6, ["\ud800" * 10**6]):
        assert not ALL[name].verify(prompt, junk).correct
    assert time.perf_counter() - start < 2


@each
@pytest.mark.parametrize("level", [1, 2, 3, 6, 47])
def test_adversarial_items_are_of_their_level_and_repeat_with_their_seed(name, level):
    prompts = ALL[name].adversarial(level, 11, 40)
    assert len(prompts) == 40
    assert {FAMILIES[name].level_of(prompt) for prompt in prompts} == {level}
    assert prompts == ALL[name].adversarial(level, 11, 40)
    assert level < 6 or prompts != ALL[name].adversarial(level, 12, 40)


@each
def test_adversarial_items_hardly_repeat_themselves(name):
    prompts = ALL[name].adversarial(60, 11, 200)
    assert len(set(prompts)) > 150


@each
def test_proposals_and_adversarial_items_do_not_share_their_randomness(name):
    proposed = {task.prompt for task in FAMILIES[name].propose(40, 3, 60)}
    shared = proposed & set(ALL[name].adversarial(40, 3, 60))
    assert len(shared) < 6  # constant strings are in both by right


@pytest.mark.parametrize("name", ["reverse_addition", "forward_addition"])
def test_adversarial_sums_hold_the_dreaded_ones(name):
    level, reverse = 30, name == "reverse_addition"
    pairs = [
        tuple(value(text, reverse=reverse) for text in prompt[:-1].split("+"))
        for prompt in ALL[name].adversarial(level, 5, 240)
    ]
    nines, top = 10**level - 1, 10 ** (level - 1)
    assert {(nines, 1), (1, nines), (nines, nines), (top, top), (nines, 0)} <= set(pairs)

    def ripples(a, b):  # columns of nine, above a column that gives birth to a carry
        digits = [(a // 10**i % 10) + (b // 10**i % 10) for i in range(level)]
        return digits[0] >= 10 and set(digits[1:]) == {9}

    assert sum(ripples(a, b) for a, b in pairs) > 25
    assert sum(a + b == nines for a, b in pairs) > 25  # nines everywhere and no carry at all
    uneven = [(max(pair), min(pair)) for pair in pairs if len(str(max(*pair))) == level]
    assert sum(str(a)[:8] == "9" * 8 and b < 10**20 and a + b > nines for a, b in uneven) > 5


def test_adversarial_strings_hold_constants_palindromes_and_near_ones():
    texts = [prompt[:-1] for prompt in ALL["copy"].adversarial(24, 5, 200)]
    assert {"a" * 24, "9" * 24, "01" * 12, "a" * 23 + "b", "1" + "0" * 23} <= set(texts)
    distance = [sum(x != y for x, y in zip(t, t[::-1], strict=True)) for t in texts]
    assert sum(d == 0 for d in distance) > 30
    assert sum(d == 2 for d in distance) > 30


def test_adversarial_bits_hold_all_ones_lone_ones_and_alternation():
    bits = [prompt[:-1] for prompt in ALL["parity_chain"].adversarial(24, 5, 200)]
    lone = {"1" + "0" * 23, "0" * 23 + "1"}
    assert {"1" * 24, "0" * 24, "10" * 12, "01" * 12, *lone} <= set(bits)
