"""Running parities as they are asked."""

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.parity import ParityChain
from ouroboros.errors import UsageError

family = ParityChain()
bit_strings = st.text("01", min_size=1)


def solution(bits):
    chain = "".join(str(ones % 2) for ones in accumulate(map(int, bits)))
    return (chain, chain[-1])


def test_half_of_the_strings_have_a_share_of_ones_of_their_own():
    ones = [task.prompt.count("1") for task in family.propose(100, 1, 1000)]
    assert 300 < sum(abs(n - 50) > 15 for n in ones) < 450  # a fair string strays so far 1 in 800


@settings(deadline=None)
@given(bit_strings)
def test_a_right_solution_passes_and_its_echo_is_right(bits):
    assert family.check(bits + "=", solution(bits))
    echo = family.echo(bits + "=", solution(bits))
    if bits == bits[::-1]:
        assert echo is None
    else:
        assert echo == (bits[::-1] + "=", solution(bits[::-1]))


def test_self_checks_look_at_form_and_never_at_truth():
    assert family.check("10110=", ("00000", "0"))
    for lines in (
        (),
        ("11011",),
        ("11011", "0"),
        ("1101", "1"),
        ("110112", "2"),
        ("11\uff1011", "1"),
    ):
        assert not family.check("10110=", lines), lines


@pytest.mark.parametrize("prompt", ["", "=", "012=", "01", "01=\n", "\u0660\u0661=", "0 1="])
def test_what_is_no_string_of_bits_is_refused(prompt):
    with pytest.raises(UsageError, match="parity_chain: not a prompt"):
        family.level_of(prompt)
    assert not family.check(prompt, ("1", "1"))
    assert family.echo(prompt, ("1", "1")) is None
