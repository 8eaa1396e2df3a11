"""Plans: lines of sums, their form without their results, and the words for them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.digits import draw_numbers, plain, shifted, smaller, to_digits, to_int
from ouroboros.envs.kinematics import Kinematics
from ouroboros.envs.plan import Given, Step, follows, retrace, widest, work
from ouroboros.envs.planned import Planned
from ouroboros.errors import OuroborosError, UsageError
from ouroboros_judges.answers.sums import by_columns, by_integers

relaxed = settings(deadline=None)
values = st.integers(min_value=0, max_value=10**40).map(str)
digits = st.text("0123456789", min_size=1, max_size=40)
SPEED = (Step("gain", "a", "*", "t"), Step("v", "u", "+", "gain"))


def one(op: str, left: str, right: str) -> tuple[str, ...]:
    """The lines of a single step, worked by columns."""
    return work([Step("x", "a", op, "b")], {"a": left, "b": right}, by_columns).text()


@pytest.mark.parametrize(
    ("op", "left", "right", "lines"),
    [
        ("+", "43", "78", ("34+87=121", "121")),
        ("+", "1", "999", ("1+999=0001", "1000")),
        ("-", "543", "78", ("345-87=564", "465")),
        ("-", "543", "538", ("345-835=500", "5")),
        ("-", "7", "7", ("7-7=0", "0")),
        ("*", "12", "5", ("21*5=06", "60")),
        ("*", "12", "0", ("21*0=00", "0")),
        ("*", "12", "300", ("21*003=0063", "3600")),
        ("*", "34", "12", ("43*2=86", "43*01=043", "86+043=804", "408")),
        ("*", "34", "102", ("43*2=86", "43*001=0043", "86+0043=8643", "3468")),
        ("/", "846", "3", ("846%3=200", "846/3=282", "282")),
        ("/", "22", "3", ("22%3=21", "22/3=07", "7+1/3")),
        ("/", "22", "4", ("22%4=22", "22/4=05", "5+1/2")),
        ("/", "1", "9", ("1%9=1", "1/9=0", "1/9")),
        (
            "/",
            "745",
            "12",
            ("74/12=6", "21*6=27", "47-27=20", "25/12=2", "21*2=42", "52-42=10", "62+1/12"),
        ),
        ("/", "7", "12", ("7/12=0", "21*0=00", "7-0=7", "7/12")),
    ],
)
def test_a_step_is_worked_as_at_school(op, left, right, lines):
    assert one(op, left, right) == lines


@relaxed
@given(values, values, st.sampled_from("+-*/"))
def test_both_arithmetics_and_python_agree(a, b, op):
    if op == "-" and smaller(a, b):
        a, b = b, a
    if op == "/" and b == "0":
        b = "7"
    steps = [Step("x", "a", op, "b")]
    first, second = (work(steps, {"a": a, "b": b}, way) for way in (by_integers, by_columns))
    assert first.text() == second.text()
    truth = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}[op]
    assert int(first.values["x"]) == truth(int(a), int(b))
    if op == "/":
        assert int(first.rests["x"][0]) == int(a) % int(b)


@relaxed
@given(values, values, st.integers(2, 9).map(str), st.data())
def test_right_lines_follow_the_plan_and_no_line_may_be_missing_or_bent(u, a, t, data):
    facts = {"u": u, "a": a, "t": t}
    lines = work(SPEED, facts, by_columns).text()
    assert follows(SPEED, facts, lines)
    assert retrace(SPEED, facts, lines).answer() == lines[-1]
    place = data.draw(st.integers(0, len(lines) - 1))
    assert not follows(SPEED, facts, lines[:place] + lines[place + 1 :])
    assert not follows(SPEED, facts, (*lines, lines[-1]))
    bent = lines[place] + data.draw(st.sampled_from(["0", "x", " ", "\u0663", "="]))
    assert not follows(SPEED, facts, (*lines[:place], bent, *lines[place + 1 :]))


def test_form_is_checked_without_arithmetic():
    facts = {"u": "43", "a": "12", "t": "5"}
    assert follows(SPEED, facts, ("21*5=06", "34+06=301", "103"))
    assert follows(SPEED, facts, ("21*5=16", "34+16=401", "104"))  # wrong, of the right form
    assert not follows(SPEED, facts, ("21*5=06", "34+16=401", "104"))  # copied wrongly
    assert not follows(SPEED, facts, ("21*5=06", "34+06=301", "301"))  # not turned round
    assert not follows(SPEED, facts, ("21*5=060", "34+060=3010", "103"))  # too wide
    assert not follows(SPEED, facts, ("21*5=06", "34+06=302", "203"))  # a carry is a one


@relaxed
@given(values, values, st.sampled_from("+-*/"))
def test_no_solution_is_longer_than_its_bound(a, b, op):
    if op == "-" and smaller(a, b):
        a, b = b, a
    if op == "/" and b == "0":
        b = "1"
    steps, facts = [Step("x", "a", op, "b")], {"a": a, "b": b}
    right = work(steps, facts, by_columns)
    bound = work(steps, facts, widest)
    assert len(right.lines) <= len(bound.lines)
    assert sum(len(line) for _, line in right.lines) <= sum(len(line) for _, line in bound.lines)


@relaxed
@given(digits)
def test_digits_and_values_go_both_ways(text):
    assert to_int(text) == int(text)
    assert to_digits(int(text)) == plain(text)


def test_numbers_of_any_length_are_read_and_written():
    long = "123456789" * 1000
    assert to_digits(to_int(long)) == long


@relaxed
@given(
    st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=20),
    st.integers(0, 1),
    st.integers(0, 10),
)
def test_numbers_are_drawn_of_exactly_the_length_asked_for(wanted, lowest, seed):
    lengths, hard = [length for length, _ in wanted], [flag for _, flag in wanted]
    rng = np.random.default_rng(seed)
    drawn = draw_numbers(rng, lengths=lengths, hard=hard, lowest=lowest)
    assert [len(number) for number in drawn] == lengths
    assert all(number[0] != "0" or number == "0" for number in drawn)
    assert lowest == 0 or "0" not in drawn


def test_hard_numbers_are_those_that_are_got_wrong():
    drawn = draw_numbers(np.random.default_rng(0), lengths=[8] * 600, hard=[True] * 600)
    assert "9" * 8 in drawn
    assert "10000000" in drawn
    assert any(set(number[1:-1]) == {"0"} and number[-1] != "0" for number in drawn)
    assert any(number == number[0] * 8 for number in drawn)


@pytest.mark.parametrize(
    ("number", "power", "text"),
    [("43", 2, "4300"), ("43", -1, "4.3"), ("40", -1, "4"), ("43", -3, "0.043"), ("0", -2, "0")],
)
def test_a_quantity_in_another_unit_keeps_its_last_digit(number, power, text):
    assert shifted(number, power) == text


def test_a_declaration_is_a_whole_family():
    family = Kinematics()
    assert family.level_of("u43a1234t5v?") == 4
    assert family.check("u43a12t5v?", ("21*5=06", "34+06=301", "103"))
    assert not family.check("u43a12t1v?", ("21*1=21", "34+21=55", "55"))
    assert family.read("u43a12t5v?", ("21*5=06", "34+06=301", "103"))[-1] == "103 m/s"
    with pytest.raises(UsageError, match="kinematics: not a prompt"):
        family.level_of("u043a12t5v?")
    assert set("".join(re.findall("[a-z?]", family.alphabet))) == set("uatv?")


class Impossible(Planned):
    name, domain, form, asked = "impossible", "logic", "{a}=", "nothing"
    givens, steps, templates = (Given(name="a"),), (Step("x", "a", "+", "a"),), ("{a}",)

    def allowed(self, values):
        return False


def test_scenes_that_never_make_sense_are_an_error_and_no_endless_loop():
    with pytest.raises(OuroborosError, match="impossible: draws too few scenes"):
        Impossible().propose(1, 0, 1)
