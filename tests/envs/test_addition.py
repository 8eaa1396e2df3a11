"""Sums as they are asked: levels, notation, hard scenes, self checks without truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.addition import (
    ForwardAddition,
    ReverseAddition,
    draw_lengths,
    draw_sums,
    with_carry_runs,
)
from ouroboros.envs.subtraction import Subtraction
from ouroboros.errors import UsageError

FAMILIES = [ReverseAddition(), ForwardAddition()]
numbers = st.integers(min_value=0, max_value=10**40)


def operands(family, prompt):
    first, second = prompt[:-1].split("+")
    if family.most_significant_first:
        return int(first), int(second)
    return int(first[::-1]), int(second[::-1])


def carried(family, prompt):
    """Longest run of columns that a carry runs through because they add up to nine."""
    a, b = operands(family, prompt)
    longest = run = carry = 0
    while a or b or carry:
        total = a % 10 + b % 10 + carry
        run = run + 1 if carry and total == 10 else 0
        longest, carry = max(longest, run), int(total >= 10)
        a, b = a // 10, b // 10
    return longest


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", [1, 2, 3, 4, 9, 60])
def test_the_longer_operand_has_exactly_the_levels_digits_and_no_leading_zero(family, level):
    for task in family.propose(level, 5, 300):
        a, b = operands(family, task.prompt)
        assert max(len(str(a)), len(str(b))) == level
        assert len(task.prompt) == len(str(a)) + len(str(b)) + 2


@pytest.mark.parametrize("family", FAMILIES)
def test_either_operand_may_be_the_longer_and_half_are_of_unlike_length(family):
    prompts = [task.prompt for task in family.propose(30, 1, 2000)]
    signs = [np.sign(p.index("+") - (len(p) - p.index("+") - 2)) for p in prompts]
    assert 0.45 < np.mean([sign == 0 for sign in signs]) < 0.58
    assert 0.18 < np.mean([sign == 1 for sign in signs]) < 0.31


@pytest.mark.parametrize("family", FAMILIES)
def test_half_of_the_scenes_carry_far(family):
    rng = np.random.default_rng(0)
    plain = [f"{int(a)}+{int(b)}=" for a, b in rng.integers(10**17, 10**18, (1000, 2))]
    far = np.mean([carried(family, task.prompt) > 4 for task in family.propose(18, 2, 1000)])
    assert np.mean([carried(FAMILIES[1], prompt) > 4 for prompt in plain]) < 0.01
    assert 0.15 < far < 0.5  # a run of uniform length from a uniform column is short at times


def test_a_carry_run_passes_through_the_nines_of_the_longer_operand():
    rng = np.random.default_rng(3)
    sums = draw_sums(rng, 9, np.full(50, 3))
    chosen = np.ones(50, dtype=bool)
    sums = with_carry_runs(rng, sums, chosen, np.full(50, 1), np.full(50, 6))
    assert (sums.longer[:, 1] + sums.shorter[:, 1] >= 10).all()
    assert (sums.longer[:, 2] + sums.shorter[:, 2] == 9).all()
    assert (sums.longer[:, 3:8] == 9).all()
    assert sums.longer[:, 8].all()
    assert sums.shorter[:, 2].all()


def test_sums_that_are_not_chosen_keep_their_digits():
    rng = np.random.default_rng(3)
    sums = draw_sums(rng, 6, draw_lengths(rng, 6, 40))
    chosen = np.arange(40) % 2 == 0
    after = with_carry_runs(rng, sums, chosen, np.zeros(40, dtype=int), np.full(40, 5))
    assert (after.longer[~chosen] == sums.longer[~chosen]).all()
    assert (after.longer[chosen] != sums.longer[chosen]).any()


@settings(deadline=None)
@given(numbers, numbers)
def test_the_level_is_the_length_of_the_longer_operand(a, b):
    level = max(len(str(a)), len(str(b)))
    assert ForwardAddition().level_of(f"{a}+{b}=") == level
    assert ReverseAddition().level_of(f"{str(a)[::-1]}+{str(b)[::-1]}=") == level


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "=",
        "+=",
        "1+=",
        "+1=",
        "1+1",
        "1+1=\n",
        " 1+1=",
        "1+1+1=",
        "00+1=",
        "-1+1=",
        "\uff11+1=",
        "\u0663+1=",
    ],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_no_sum_is_refused_in_one_line(family, prompt):
    with pytest.raises(UsageError, match=f"{family.name}: not a prompt"):
        family.level_of(prompt)
    assert not family.check(prompt, ("2",))


def test_leading_zeros_are_refused_where_the_notation_puts_them():
    assert ReverseAddition().level_of("01+5=") == 2
    assert ForwardAddition().level_of("10+5=") == 2
    with pytest.raises(UsageError):
        ReverseAddition().level_of("10+5=")
    with pytest.raises(UsageError):
        ForwardAddition().level_of("01+5=")


def test_a_long_bad_prompt_is_quoted_in_part():
    with pytest.raises(UsageError) as caught:
        ReverseAddition().level_of("x" * 10**6)
    assert len(str(caught.value)) < 200


@settings(deadline=None)
@given(numbers, numbers)
def test_the_true_sum_passes_the_self_checks(a, b):
    total = str(a + b)
    assert ForwardAddition().check(f"{a}+{b}=", (total[::-1], total))
    assert ReverseAddition().check(f"{str(a)[::-1]}+{str(b)[::-1]}=", (total[::-1],))


def test_self_checks_look_at_form_and_never_at_truth():
    check = ReverseAddition().check
    assert check("345+87=", ("999",))
    assert check("345+87=", ("2221",))
    for lines in (
        (),
        ("126", "1"),
        ("12",),
        ("2226",),
        ("12345",),
        ("120",),
        ("12a",),
        ("12\uff16",),
    ):
        assert not check("345+87=", lines), lines
    assert check("0+0=", ("0",))


def test_forward_lines_must_mirror_each_other():
    check = ForwardAddition().check
    assert check("543+78=", ("321", "123"))
    assert not check("543+78=", ("126", "126"))
    assert not check("543+78=", ("126",))


def test_the_echo_takes_the_sum_back_by_adding():
    # 543 + 78 = 621, so (999 - 621) + 543 = 999 - 78
    assert ReverseAddition().echo("345+87=", ("126",)) == ("873+345=", ("129",))
    assert ForwardAddition().echo("543+78=", ("126", "621")) == ("378+543=", ("129", "921"))
    assert ForwardAddition().echo("99+1=", ("001", "100")) == ("899+99=", ("899", "998"))
    assert ForwardAddition().echo("999+0=", ("999", "999")) == ("0+999=", ("999", "999"))
    assert ForwardAddition().echo("7+1=", ("8", "8")) == ("1+7=", ("8", "8"))
    assert ForwardAddition().echo("3+3=", ("6", "6")) is None  # 9 - 6 + 3 is the same again
    assert ForwardAddition().echo("543+78=", ("junk", "knuj")) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bound_on_length_is_reached_by_a_carry_out_of_the_top(family):
    lines = ("81",) if family is FAMILIES[0] else ("81", "18")
    assert family.completion_length("9+9=") == len("\n".join(lines))


def test_a_sum_is_read_column_by_column_or_by_places():
    backward, forward = ReverseAddition(), ForwardAddition()
    assert backward.read("345+87=", ("126",)) == (
        "Ones: 3 + 8 = 11, write 1 and carry 1",
        "Tens: 4 + 7 + 1 = 12, write 2 and carry 1",
        "Hundreds: 5 + 1 = 6, write 6",
        "543 + 78 = 621",
        "621",
    )
    assert backward.read("9+1=", ("01",)) == ("9 + 1 = 10", "10")
    assert forward.read("939+264=", ("3021", "1203")) == (
        "939 + 264 = 939 + 200 + 60 + 4",
        "939 + 264 = 1203",
        "1203",
    )
    assert forward.read("9+1=", ("01", "10")) == ("9 + 1 = 10", "10")
    assert forward.read("9+1=", ("no",)) == ("no",)


def test_a_difference_is_read_column_by_column():
    assert Subtraction().read("305-8=", ("503-8=792", "297")) == (
        "Ones: 15 \u2212 8 = 7, borrow 1",
        "Tens: 10 \u2212 1 = 9, borrow 1",
        "Hundreds: 3 \u2212 1 = 2",
        "Difference: 305 \u2212 8 = 297",
        "297",
    )
    assert Subtraction().read("9-1=", ("9-1=8", "8")) == ("Difference: 9 \u2212 1 = 8", "8")
