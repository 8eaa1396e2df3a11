"""Views: other problems that an attempt solves, and that are right and wrong together with it."""

from itertools import count

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ouroboros.envs import BUILT_IN, load_families
from ouroboros.envs.addition import ForwardAddition, ReverseAddition
from ouroboros.envs.base import View
from ouroboros.envs.boolean_chain import PART as STEPS
from ouroboros.envs.boolean_chain import BooleanChain
from ouroboros.envs.collision import ElasticCollision
from ouroboros.envs.kinematics import Kinematics
from ouroboros.envs.multiplication import Multiplication, ShortMultiplication
from ouroboros.envs.plan import Given, Step, work
from ouroboros.envs.planned import Planned
from ouroboros.envs.sums import PART
from ouroboros_judges.answers import load_answers
from ouroboros_judges.answers.sums import by_columns

SUMS = [ReverseAddition(), ForwardAddition()]
VIEWED = ("reverse_addition", "forward_addition", "boolean_chain")  # kinds that look at all lines
PLANNED = ("kinematics", "collision", "multiplication", "long_division")
ADDING = ("kinematics", "momentum", "series_circuit", "multiplication")  # no more than products
FAMILIES, ANSWERS = load_families(), load_answers()
relaxed = settings(deadline=None)
sums = pytest.mark.parametrize("family", SUMS)
numbers = st.integers(0, 10**40) | st.text("0189", min_size=1, max_size=12).map(int)
chains = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*(st.text(signs, min_size=n, max_size=n) for signs in ("aoxi", "01")))
)


def asked(family, a, b):
    """The prompt of a + b."""
    turn = 1 if family.most_significant_first else -1
    return f"{str(a)[::turn]}+{str(b)[::turn]}="


def written(family, total):
    """The lines that say so of a sum, last digit first."""
    return (total, total[::-1]) if family.most_significant_first else (total,)


def pieces_of(size, part):
    """How many pieces there are of so many columns or steps, cut at two sets of places."""
    return -(-size // part) + 1 + -(-(size - part // 2) // part) if size > part else 0


def is_right(view):
    return ANSWERS[view.family].verify(view.prompt, view.lines).correct


def of_kind(views, kind):
    return [view for view in views if view.kind == kind]


@sums
@relaxed
@given(numbers, numbers)
def test_all_views_of_a_right_sum_are_right_sums(family, a, b):
    views = family.views(asked(family, a, b), written(family, str(a + b)[::-1]))
    for view in views:
        assert view.family == family.name
        assert family.check(view.prompt, view.lines)
        assert is_right(view)
    assert len(of_kind(views, "twin")) == (a != b)
    assert len(of_kind(views, "split")) == (2 if max(a, b) > 9 else 0)
    assert len(of_kind(views, "scale")) == (max(a, b) > 0)
    columns = len(str(max(a, b)))
    assert len(of_kind(views, "part")) == pieces_of(columns, PART)


@sums
@relaxed
@given(st.integers(1, 12), st.data())
def test_a_carry_over_the_middle_is_born_again_in_the_upper_half(family, half, data):
    low = data.draw(st.integers(1, 10**half - 1))
    other = data.draw(st.integers(10**half - low, 10**half - 1))
    first, second = data.draw(st.tuples(*[st.integers(0, 10**half - 1)] * 2))
    a, b = first * 10**half + low, second * 10**half + other
    assume(max(len(str(a)), len(str(b))) // 2 == half)
    views = family.views(asked(family, a, b), written(family, str(a + b)[::-1]))
    lower, upper = of_kind(views, "split")
    assert lower.lines[0] == str(low + other)[::-1]
    assert upper.lines[0] == "0" + str(first + second + 1)[::-1]
    assert is_right(lower)
    assert is_right(upper)


@sums
@relaxed
@given(numbers, numbers, st.data())
def test_a_single_wrong_digit_makes_the_twin_and_its_own_half_wrong(family, a, b, data):
    right, prompt = str(a + b)[::-1], asked(family, a, b)
    place = data.draw(st.integers(0, len(right) - 1))
    digit = data.draw(st.sampled_from("0123456789".replace(right[place], "")))
    lines = written(family, right[:place] + digit + right[place + 1 :])
    assume(family.check(prompt, lines))
    views = family.views(prompt, lines)
    assert not any(map(is_right, (*of_kind(views, "twin"), *of_kind(views, "scale"))))
    if splits := of_kind(views, "split"):
        lower, upper = map(is_right, splits)
        in_lower = place < max(len(str(a)), len(str(b))) // 2
        assert not (lower if in_lower else upper)
        assert in_lower or lower


@sums
@relaxed
@given(numbers, numbers, st.data())
def test_both_halves_are_right_where_the_sum_is_and_only_there(family, a, b, data):
    width = max(len(str(a)), len(str(b)))
    assume(width > 1)
    near = st.integers(-1, 1).map(lambda step: a + b + step * 10 ** (width // 2))
    total = data.draw(st.integers(10 ** (width - 1), 2 * 10**width - 1) | near)
    lines = written(family, str(total)[::-1])
    assume(family.check(asked(family, a, b), lines))
    splits = of_kind(family.views(asked(family, a, b), lines), "split")
    assert all(map(is_right, splits)) == (total == a + b)


def view(kind, family, prompt, *lines, at=(0, 0)):
    return View(kind=kind, family=family, prompt=prompt, lines=lines, at=at)


def test_a_sum_is_seen_from_the_other_side_in_halves_and_in_pieces():
    # 543 + 78: 3 + 8 = 11; 54 + 7 and the carry of 9 + 1 in front of them, 549 + 71 = 620
    # in pieces: 43 + 78 = 121; 5 and the carry, 59 + 1 = 60
    name = "reverse_addition"
    assert ReverseAddition().views("345+87=", ("126",)) == (
        view("twin", name, "87+345=", "126"),
        view("split", name, "3+8=", "11", at=(0, 1)),
        view("split", name, "945+17=", "026", at=(1, 3)),
        view("scale", name, "0345+087=", "0126"),
        view("part", name, "34+87=", "121", at=(0, 2)),
        view("part", name, "95+1=", "06", at=(2, 3)),
        view("part", name, "3+8=", "11", at=(0, 1)),
        view("part", name, "945+17=", "026", at=(1, 3)),
    )
    name = "forward_addition"
    assert ForwardAddition().views("543+78=", ("126", "621")) == (
        view("twin", name, "78+543=", "126", "621"),
        view("split", name, "3+8=", "11", "11", at=(0, 1)),
        view("split", name, "549+71=", "026", "620", at=(1, 3)),
        view("scale", name, "5430+780=", "0126", "6210"),
        view("part", name, "43+78=", "121", "121", at=(0, 2)),
        view("part", name, "59+1=", "06", "60", at=(2, 3)),
        view("part", name, "3+8=", "11", "11", at=(0, 1)),
        view("part", name, "549+71=", "026", "620", at=(1, 3)),
    )


def test_halves_have_no_needless_zeros_and_an_operand_that_ends_is_zero():
    name = "forward_addition"

    def halves(prompt, *lines):
        return of_kind(ForwardAddition().views(prompt, lines), "split")

    assert halves("1002+2001=", "3003", "3003") == [
        view("split", name, "2+1=", "3", "3", at=(0, 2)),
        view("split", name, "10+20=", "03", "30", at=(2, 4)),
    ]
    assert halves("7+4000=", "7004", "4007") == [
        view("split", name, "7+0=", "7", "7", at=(0, 2)),
        view("split", name, "0+40=", "04", "40", at=(2, 4)),
    ]
    assert halves("9999+1=", "00001", "10000") == [
        view("split", name, "99+1=", "001", "100", at=(0, 2)),
        view("split", name, "999+1=", "0001", "1000", at=(2, 5)),
    ]


def test_lone_digits_have_no_halves_and_equal_operands_no_twin():
    assert [v.kind for v in ForwardAddition().views("3+4=", ("7", "7"))] == ["twin", "scale"]
    assert [v.kind for v in ForwardAddition().views("3+3=", ("6", "6"))] == ["scale"]
    found = ReverseAddition().views("12+12=", ("24",))
    assert [v.kind for v in found] == ["split", "split", "scale"]


def test_nothing_is_no_more_in_a_smaller_unit():
    assert ReverseAddition().views("0+0=", ("0",)) == ()
    assert not of_kind(FAMILIES["subtraction"].views("0-0=", ("0-0=0", "0")), "scale")


SCALED = (
    "subtraction", "short_multiplication", "multiplication", "kinematics", "elastic_collision",
    "springs", "pendulum", "incline", "momentum", "rocket", "series_circuit", "orbit", "heat",
    "buoyancy", "torque",
)  # fmt: skip


@pytest.mark.parametrize("name", SCALED)
@relaxed
@given(level=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_a_scene_told_in_a_smaller_unit_has_the_same_solution_with_more_zeros(name, level, seed):
    family = FAMILIES[name]
    (task,) = family.propose(level, seed, 1)
    lines = ANSWERS[name].solve(task.prompt)
    assume(task.prompt != "0-0=")  # which is the same in any unit
    (told,) = of_kind(family.views(task.prompt, lines), "scale")
    assert told.family == name
    assert told.prompt != task.prompt
    assert is_right(told)
    assert told.lines[-1].rstrip("0") == lines[-1].rstrip("0")


@pytest.mark.parametrize("name", SCALED)
@relaxed
@given(seed=st.integers(0, 2**32), number=st.integers(0, 3), by=st.integers(1, 9))
def test_a_wrong_solution_stays_wrong_in_a_smaller_unit(name, seed, number, by):
    family = FAMILIES[name]
    (task,) = family.propose(4, seed, 1)
    right = ANSWERS[name].solve(task.prompt)
    slips = slipping(number % (len(right) - 1), by, ops="+-*")
    lines = work(family.steps, family.values(task.prompt), slips).text()
    assume(lines != right and family.check(task.prompt, lines))
    (told,) = of_kind(family.views(task.prompt, lines), "scale")
    assert not is_right(told)


def test_what_divides_or_adds_what_does_not_grow_alike_has_no_smaller_unit():
    for name in ("collision", "long_division", "braking"):
        for task in FAMILIES[name].propose(3, 1, 8):
            views = FAMILIES[name].views(task.prompt, ANSWERS[name].solve(task.prompt))
            assert not of_kind(views, "scale")


def bits_of(steps):
    """The value after each step of a chain, from the connectives' meanings."""
    value, found = 0, ""
    for connective, bit in zip(*steps, strict=True):
        b = int(bit)
        value = {"a": value & b, "o": value | b, "x": value ^ b, "i": (1 - value) | b}[connective]
        found += str(value)
    return found


@relaxed
@given(chains, st.data())
def test_halves_and_pieces_of_a_chain_are_right_where_all_its_bits_are(chain, data):
    right, size = bits_of(chain), len(chain[0])
    bits = data.draw(st.just(right) | st.text("01", min_size=size, max_size=size))
    views = BooleanChain().views("".join(chain) + "=", (bits, bits[-1]))
    splits, parts = of_kind(views, "split"), of_kind(views, "part")
    assert len(splits) == 2 * (size > 1)
    assert len(parts) == pieces_of(size, STEPS)
    for each in views:
        assert each.family == "boolean_chain"
        assert BooleanChain().check(each.prompt, each.lines)
    for found in (splits, parts):
        assert not found or all(map(is_right, found)) == (bits == right)


@relaxed
@given(chains, st.data())
def test_a_single_wrong_bit_of_a_chain_makes_its_own_half_wrong(chain, data):
    right = bits_of(chain)
    assume(len(right) > 1)
    place = data.draw(st.integers(0, len(right) - 1))
    bits = right[:place] + "10"[int(right[place])] + right[place + 1 :]
    views = BooleanChain().views("".join(chain) + "=", (bits, bits[-1]))
    lower, upper = map(is_right, of_kind(views, "split"))
    in_lower = place < len(right) // 2
    assert not (lower if in_lower else upper)
    assert in_lower or lower


def test_the_second_half_of_a_chain_begins_with_what_the_first_found():
    assert BooleanChain().views("aoxa1011=", ("0011", "1")) == (
        view("split", "boolean_chain", "ao10=", "00", "0", at=(0, 2)),
        view("split", "boolean_chain", "xxa011=", "011", "1", at=(2, 4)),
        view("part", "boolean_chain", "aox101=", "001", "1", at=(0, 3)),
        view("part", "boolean_chain", "xa11=", "11", "1", at=(3, 4)),
        view("part", "boolean_chain", "a1=", "0", "0", at=(0, 1)),
        view("part", "boolean_chain", "xoxa0011=", "0011", "1", at=(1, 4)),
    )


@pytest.mark.parametrize("name", VIEWED)
@relaxed
@given(level=st.integers(1, 40), seed=st.integers(0, 2**32))
def test_views_at_every_level_are_right_problems(name, level, seed):
    proposed = [task.prompt for task in FAMILIES[name].propose(level, seed, 2)]
    for prompt in proposed + ANSWERS[name].adversarial(level, seed, 2):
        views = FAMILIES[name].views(prompt, ANSWERS[name].solve(prompt))
        assert all(map(is_right, views))
        assert all(1 <= FAMILIES[name].level_of(each.prompt) <= level + 1 for each in views)


@pytest.mark.parametrize("name", PLANNED)
@relaxed
@given(level=st.integers(1, 20), seed=st.integers(0, 2**32))
def test_every_sum_of_a_right_plan_is_a_right_problem_of_its_own(name, level, seed):
    for task in FAMILIES[name].propose(level, seed, 3):
        lines = ANSWERS[name].solve(task.prompt)
        views = FAMILIES[name].views(task.prompt, lines)
        assert len(views) >= sum("+" in line.partition("=")[0] for line in lines[:-1])
        for each in views:
            assert each.kind in ("step", "scale", "part")
            assert each.family == (name if each.kind == "scale" else "reverse_addition")
            assert FAMILIES[each.family].check(each.prompt, each.lines)
            assert is_right(each)


def slipping(number, by, ops="+"):
    """School arithmetic with a wrong last digit in one of these lines, counted from 0."""
    counted = count()

    def result(op, left, right):
        found = by_columns(op, left, right)
        slips = op in ops and next(counted) == number
        return str((int(found[0]) + by) % 10) + found[1:] if slips else found

    return result


@pytest.mark.parametrize("name", ADDING)
@relaxed
@given(
    level=st.integers(2, 20),
    seed=st.integers(0, 2**32),
    number=st.integers(0, 3),
    by=st.integers(1, 9),
)
def test_a_sum_that_is_wrong_in_a_plan_is_wrong_by_itself(name, level, seed, number, by):
    family = FAMILIES[name]
    (task,) = family.propose(level, seed, 1)
    lines = work(family.steps, family.values(task.prompt), slipping(number, by)).text()
    assume(lines != ANSWERS[name].solve(task.prompt))
    assert family.check(task.prompt, lines)
    views = family.views(task.prompt, lines)
    assert [is_right(each) for each in of_kind(views, "step")].count(False) == 1
    parts = of_kind(views, "part")
    assert not parts or not all(map(is_right, parts))


class Left(Planned):
    """What is left of a number, and another: a difference keeps the width of the number."""

    name, domain, form, asked = "left", "mathematics", "a{a}b{b}c{c}=", "the total"
    givens = (Given(name="a"), Given(name="b"), Given(name="c"))
    steps = (Step("d", "a", "-", "b"), Step("s", "d", "+", "c"))
    templates = ("Of {a}, {b} are taken and {c} are added.",)


def test_a_plan_shows_its_sums_without_needless_zeros_and_what_is_taken_twice():
    name = "reverse_addition"
    assert Kinematics().views("u43a12t5v?", ("21*5=06", "34+06=301", "103")) == (
        view("step", name, "34+06=", "301"),
        view("scale", "kinematics", "u430a120t5v?", "021*5=006", "034+006=0301", "1030"),
    )
    assert Left().views("a543b538c7=", ("345-835=500", "500+7=210", "12")) == (
        view("step", name, "5+7=", "21"),
        view("scale", "left", "a5430b5380c70=", "0345-0835=0500", "0500+07=0210", "120"),
    )
    assert ShortMultiplication().views("34*2=", ("43*2=86", "68")) == (
        view("step", name, "43+43=", "86"),
        view("scale", "short_multiplication", "340*2=", "043*2=086", "680"),
        view("part", name, "43+43=", "86", at=(5, 7)),
    )
    assert Multiplication().views("34*12=", ("43*2=86", "43*01=043", "86+043=804", "408")) == (
        view("step", name, "43+43=", "86"),
        view("step", name, "86+043=", "804"),
        view(
            "scale",
            "multiplication",
            "340*120=",
            "043*02=0086",
            "043*001=00043",
            "0086+00043=00804",
            "40800",
        ),
    )


def test_a_plan_of_nothing_but_sums_is_cut_into_small_ones():
    name, family = "reverse_addition", ElasticCollision()
    lines = ("605*2=2101", "1+2101=3101", "1013")
    views = family.views("u1w506b?", lines)
    assert views == (
        view("step", name, "605+605=", "2101"),
        view("step", name, "1+2101=", "3101"),
        view("scale", family.name, "u10w5060b?", "0605*2=02101", "01+02101=03101", "10130"),
        view("part", name, "6+6=", "21", at=(6, 8)),
        view("part", name, "5+5=", "01", at=(8, 10)),
        view("part", name, "6+6=", "21", at=(6, 7)),
        view("part", name, "905+105=", "0101", at=(7, 10)),
        view("part", name, "1+21=", "31", at=(18, 20)),
        view("part", name, "0+01=", "01", at=(20, 22)),
        view("part", name, "1+2=", "3", at=(18, 19)),
        view("part", name, "0+1=", "1", at=(19, 21)),
        view("part", name, "0+1=", "1", at=(21, 22)),
    )
    short = family.views("u1w4b?", ("4*2=8", "1+8=9", "9"))
    assert of_kind(short, "part") == [
        view("part", name, "4+4=", "8", at=(4, 5)),
        view("part", name, "1+8=", "9", at=(10, 11)),
    ]


def test_what_is_mended_in_one_line_of_a_plan_is_taken_up_by_the_next():
    family, lines = ElasticCollision(), ("605*2=3101", "1+3101=4101", "1014")
    piece = view("part", "reverse_addition", "6+6=", "31", at=(6, 8))
    mended = family.patched("u1w506b?", lines, piece, ("21",))
    assert mended == ("605*2=2101", "1+2101=4101", "1014")  # the second is as it was found
    for found in ((), ("",), ("x",), ("21", "1"), ("-1",)):
        assert family.patched("u1w506b?", lines, piece, found) == lines
    assert family.patched("u1w506b?", ("605*2=3101",), piece, ("21",)) == ("605*2=3101",)


@relaxed
@given(chains, st.data())
def test_a_chain_is_mended_in_no_more_rounds_than_it_has_pieces(chain, data):
    right, family, prompt = bits_of(chain), BooleanChain(), "".join(chain) + "="
    bits = data.draw(st.text("01", min_size=len(right), max_size=len(right)))
    lines = (bits, bits[-1])
    for _ in of_kind(family.views(prompt, lines), "part"):
        parts = of_kind(family.views(prompt, lines), "part")
        wrong = [part for part in parts if not is_right(part)]
        if not wrong:
            break
        found = ANSWERS["boolean_chain"].solve(wrong[0].prompt)
        lines = family.patched(prompt, lines, wrong[0], found)
        assert family.check(prompt, lines)
    assert lines[0] == right or len(right) <= STEPS


def test_what_has_no_form_is_not_put_into_a_chain():
    family, prompt, lines = BooleanChain(), "aoxa1011=", ("0111", "1")
    first = of_kind(family.views(prompt, lines), "part")[0]
    assert family.patched(prompt, lines, first, ("001", "1")) == ("0011", "1")
    for found in ((), ("001",), ("00", "0"), ("001", "0"), ("0x1", "1")):
        assert family.patched(prompt, lines, first, found) == lines
    assert family.patched(prompt, ("0111",), first, ("001", "1")) == ("0111",)


@pytest.mark.parametrize("name", [*VIEWED, *PLANNED])
@relaxed
@given(seed=st.integers(0, 2**32), lines=st.lists(st.text("0123456789+*=", max_size=9), max_size=4))
def test_lines_without_the_form_of_a_solution_have_no_views(name, seed, lines):
    (task,) = FAMILIES[name].propose(3, seed, 1)
    assume(not FAMILIES[name].check(task.prompt, lines))
    assert FAMILIES[name].views(task.prompt, lines) == ()


@pytest.mark.parametrize("name", BUILT_IN)
def test_only_another_familys_views_leave_a_family_and_only_to_sums(name):
    for task in FAMILIES[name].propose(4, 1, 8):
        for each in FAMILIES[name].views(task.prompt, ANSWERS[name].solve(task.prompt)):
            at_home = each.family == name and each.kind in ("twin", "split", "scale", "part")
            away = each.family == "reverse_addition" and each.kind in ("step", "part")
            assert at_home or away
