"""Free answers: the same quantity in any usual notation, and nothing else."""

import time
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ouroboros_judges.answers.quantities import number_of, same_quantity

relaxed = settings(deadline=None)


@pytest.mark.parametrize(
    ("answer", "right", "unit"),
    [
        ("103", "103", "m/s"),
        ("103 m/s", "103", "m/s"),
        ("103m/s", "103", "m/s"),
        (" 103 m/s\n", "103", "m/s"),
        ("103 meter/second", "103", "m/s"),
        ("103 m s^-1", "103", "m/s"),
        ("0.103 km/s", "103", "m/s"),
        ("370.8 km/h", "103", "m/s"),
        ("1.03e2 m/s", "103", "m/s"),
        ("1.03 \u00d7 10^2 m/s", "103", "m/s"),
        ("+103", "103", ""),
        ("7 1/3", "7+1/3", ""),
        ("22/3", "7+1/3", ""),
        ("-7 1/3", "-22/3", ""),
        ("44/6", "7+1/3", ""),
        ("0.5", "1/2", ""),
        (".50", "1/2", ""),
        ("5 \u03a9", "5", "ohm"),
        ("0.005 kohm", "5", "ohm"),
        ("2 J", "2", "N*m"),
        ("20 \u00b0C", "20", "degC"),
        ("293.15 K", "20", "degC"),
        ("12 m\u00b2", "12", "m^2"),
    ],
)
def test_equivalent_forms_are_accepted(answer, right, unit):
    assert same_quantity(answer, right, unit)


@pytest.mark.parametrize(
    ("answer", "right", "unit"),
    [
        ("103 m", "103", "m/s"),
        ("103 km/s", "103", "m/s"),
        ("103 m/s^2", "103", "m/s"),
        ("-103 m/s", "103", "m/s"),
        ("104 m/s", "103", "m/s"),
        ("103 m/s or so", "103", "m/s"),
        ("103 apples", "103", ""),
        ("103 103", "103", ""),
        ("20 K", "20", "degC"),
        ("7.333", "7+1/3", ""),
        ("1/0", "1", ""),
        ("1 1/0", "1", ""),
        ("1,03", "103", ""),
        ("0103", "103", ""),
        ("103.", "103", ""),
        ("\u0661\u0660\u0663", "103", ""),
        ("\uff11\uff10\uff13", "103", ""),
        ("1e99999", "103", "m/s"),
        ("103 m**9999999/s", "103", "m/s"),
        ("103 m^9^9^9", "103", "m/s"),
        ("103 ((((m/s", "103", "m/s"),
        ("nan", "103", ""),
        ("", "0", ""),
        ("-0", "0", ""),
        ("5+1/2*10^1", "55", ""),
        ("5 1/2e1", "55", ""),
        ("1/2e1", "5", ""),
        ("-7+1/3", "-22/3", ""),
        ("718\n*\n10^0", "718", ""),
        ("718\u2028*10^0", "718", ""),
        ("m/s", "0", "m/s"),
    ],
)
def test_what_means_something_else_or_nothing_is_refused(answer, right, unit):
    assert not same_quantity(answer, right, unit)


@relaxed
@given(st.integers(0, 10**30), st.integers(1, 10**6))
def test_numbers_are_compared_exactly(top, bottom):
    assert number_of(f"{top}/{bottom}") == Fraction(top, bottom)
    assert same_quantity(f"{top}/{bottom}", f"{top * 7}/{bottom * 7}", "")
    assert not same_quantity(f"{top + 1}/{bottom}", f"{top}/{bottom}", "")


@relaxed
@given(st.text(max_size=60))
@example("1" * 5000 + "/" + "0" * 5000)
@example("9" * 10_000 + "e9999")
def test_no_text_whatever_makes_it_raise(text):
    assert not same_quantity(text, "12345678901234567", "m/s")


def test_a_verdict_on_hostile_text_is_quick():
    same_quantity("1 km", "1", "m")  # the units' definitions are read once
    for hostile in ("9" * 100_000, "1 " + "m" * 100_000, "1" + "/1" * 50_000, "1e-9999 km/h"):
        began = time.perf_counter()
        assert not same_quantity(hostile, "103", "m/s")
        assert time.perf_counter() - began < 0.5
