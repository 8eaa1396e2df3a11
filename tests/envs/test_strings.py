"""Strings as they are asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.strings import Copy, Reverse
from ouroboros.errors import UsageError

FAMILIES = [Copy(), Reverse()]
strings = st.text("abcdefghij", min_size=1) | st.text("0123456789", min_size=1)


@pytest.mark.parametrize("family", FAMILIES)
def test_half_are_letters_and_half_digits_never_mixed(family):
    texts = [task.prompt[:-1] for task in family.propose(20, 1, 1000)]
    assert all(text.isdigit() or set(text) <= set("abcdefghij") for text in texts)
    assert 430 < sum(text.isdigit() for text in texts) < 570


@pytest.mark.parametrize("family", FAMILIES)
def test_half_hold_runs_of_equal_characters(family):
    texts = [task.prompt[:-1] for task in family.propose(40, 1, 1000)]
    repeats = [sum(map(str.__eq__, t, t[1:])) for t in texts]
    assert 300 < sum(repeat > 12 for repeat in repeats) < 550  # a uniform string repeats 4 times


@settings(deadline=None)
@given(strings)
def test_the_level_is_the_length(text):
    assert Copy().level_of(text + "=") == len(text)


@pytest.mark.parametrize(
    "prompt", ["", "=", "a1=", "abc", "ab==", "k=", "A=", "a=\n", "\u0663=", "\uff11="]
)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_no_string_is_refused(family, prompt):
    with pytest.raises(UsageError, match=f"{family.name}: not a prompt"):
        family.level_of(prompt)
    assert not family.check(prompt, ("a",))


def test_self_checks_look_at_form_and_never_at_truth():
    for family in FAMILIES:
        assert family.check("abc=", ("jjj",))
        for lines in ((), ("abc", ""), ("ab",), ("abcd",), ("123",), ("ab=",), ("ab1",), ("ab\n",)):
            assert not family.check("abc=", lines), lines


@settings(deadline=None)
@given(strings)
def test_the_echo_of_a_right_answer_is_the_question_about_the_mirrored_string(text):
    mirrored = text[::-1]
    other = None if text == mirrored else mirrored + "="
    copied = Copy().echo(text + "=", (text,))
    turned = Reverse().echo(text + "=", (mirrored,))
    assert copied == (other and (other, (mirrored,)))
    assert turned == (other and (other, (text,)))


def test_an_echo_of_a_wrong_reversal_asks_another_question():
    assert Reverse().echo("abc=", ("cbb",)) == ("cbb=", ("abc",))
