"""Families of algebra: equations, derivatives, products and factors, matrices; their judges."""

import math
import re
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.envs.determinant import Determinant
from ouroboros.envs.reckoning import Reckoning
from ouroboros.errors import UsageError
from ouroboros.testing import check_family
from ouroboros_judges.answers import polynomials
from ouroboros_judges.answers.calculus import DerivativeAnswers, IntegralAnswers
from ouroboros_judges.answers.determinant import DeterminantAnswers
from ouroboros_judges.answers.expansion import ExpansionAnswers
from ouroboros_judges.answers.factoring import FactoringAnswers
from ouroboros_judges.answers.linear_equation import LinearEquationAnswers
from ouroboros_judges.answers.linear_system import LinearSystemAnswers, solution
from ouroboros_judges.answers.matrix_product import MatrixProductAnswers
from ouroboros_judges.answers.polynomials import factors, polynomial
from ouroboros_judges.answers.sums import by_columns, by_integers

ALL = {
    answers.name: answers
    for answers in (
        LinearEquationAnswers,
        LinearSystemAnswers,
        DerivativeAnswers,
        IntegralAnswers,
        ExpansionAnswers,
        FactoringAnswers,
        DeterminantAnswers,
        MatrixProductAnswers,
    )
}
RECKONED = [name for name in ALL if name != "linear_equation"]
LINEAR = (1, 2, 3, 7, 40, 5000)
each = pytest.mark.parametrize("name", list(ALL))
relaxed = settings(deadline=None, max_examples=50)  # two cores may be busy
digits = st.integers(2, 9)
numbers = st.integers(1, 10**30)
signed = st.integers(-(10**30), 10**30)


@each
def test_both_halves_keep_every_rule(name):
    levels = (1, 2, 3) if name == "determinant" else LINEAR
    assert check_family(ALL[name].family, ALL[name](), levels=levels, count=2) == []


@pytest.mark.parametrize(
    ("name", "prompt", "lines"),
    [
        ("linear_equation", "3x+5=26", "62-5=12 21%3=20 21/3=07 7"),
        ("linear_equation", "4x+1=10", "01-1=90 09%4=01 09/4=02 2+1/4"),
        ("linear_equation", "9x+998=1001", "1001-899=3000 0003%9=0003 0003/9=0000 1/3"),
        (
            "linear_system",
            "5x+3y=21;4x+3y=18",
            (
                "5*3=51 3*4=21 51-21=30 12*3=36 81*3=45 36-45=90 9%3=0 9/3=3 "
                "81*5=09 12*4=48 09-48=60 6%3=0 6/3=2 x=3,y=2"
            ),
        ),
        ("derivative", "(12x^4-7x^2+5x-3)'=", "21*4=84 7*2=41 48x^3-14x+5"),
        ("derivative", "(-x^3+x)'=", "1*3=3 -3x^2+1"),
        ("integral", "int(12x^3-6x^2+5)dx=", "12%4=10 12/4=03 6%3=0 6/3=2 3x^4-2x^3+5x"),
        ("integral", "int(-2x)dx=", "2%2=0 2/2=1 -x^2"),
        ("expansion", "(3x+12)(2x-5)=", "3*2=6 3*5=51 21*2=42 42-51=90 21*5=06 6x^2+9x-60"),
        ("expansion", "(x-3)(x+3)=", "1*1=1 1*3=3 3*1=3 3-3=0 3*3=9 x^2-9"),
        ("factoring", "x^2-7x+10=", "7-1=6 6*1=6 7-2=5 5*2=01 (x-2)(x-5)"),
        ("factoring", "x^2-4=", "0+1=1 1*1=1 0+2=2 2*2=4 (x-2)(x+2)"),
        ("factoring", "x^2-3x-4=", "3+1=4 4*1=4 (x+1)(x-4)"),
        ("determinant", "|-7|=", "-7"),
        ("determinant", "|3,-1;2,5|=", "3*5=51 2*1=2 51+2=71 17"),
        ("determinant", "|0,2;3,5|=", "R1=R2,R2=-R1 3*2=6 0*5=0 6+0=6 -6"),
        ("determinant", "|0,2;0,5|=", "0"),
        (
            "determinant",
            "|2,1,0;1,3,1;0,1,4|=",
            (
                "2*3=6 1*1=1 6-1=5 5 2*1=2 1*0=0 2-0=2 2 2*1=2 0*1=0 2-0=2 2 2*4=8 0*0=0 8-0=8 8 "
                "5*8=04 2*2=4 04-4=63 36%2=10 36/2=18 18"
            ),
        ),
        (
            "matrix_product",
            "[12,3;4,56][1,2;3,4]=",
            (
                "21*1=21 3*3=9 21+9=12 21*2=42 3*4=21 42+21=63 "
                "4*1=4 65*3=861 4+861=271 4*2=8 65*4=422 8+422=232 [21,36;172,232]"
            ),
        ),
    ],
)
def test_solutions_worked_by_hand(name, prompt, lines):
    answers = ALL[name]()
    assert answers.solve(prompt) == tuple(lines.split())
    assert answers.verify(prompt, lines.split()).correct


@pytest.mark.parametrize(
    ("name", "prompt", "answers"),
    [
        ("linear_equation", "4x+1=10", ("2+1/4", "2 1/4", "9/4", "18/8", "2.25", " x = 2.25\n")),
        ("linear_system", "5x+3y=21;4x+3y=18", ("x=3,y=2", "y = 2, x = 3", "x = 3 and y = 2.0")),
        ("linear_system", "5x+3y=21;4x+3y=18", ("(3, 2)", "x = 6/2; y = 2", "x=3, and y=2")),
        ("derivative", "(12x^4-7x^2+5x-3)'=", ("5 - 14*x + 48*x**3", "48x\u00b3 \u2212 14x + 5")),
        ("integral", "int(-2x)dx=", ("-x^2", "\u2212x\u00b2", "-1*x**2 ")),
        ("expansion", "(3x+12)(2x-5)=", ("-60 + 9x + 6x\u00b2", "+6x^2+9x^1-60x^0")),
        ("factoring", "x^2-7x+10=", ("(x-5)(x-2)", "(x - 5) * (-2 + x)", "(5-x)(2-x)")),
        ("factoring", "x^2+6x+9=", ("(x+3)(x+3)", "(x+3)^2", "(3 + x)**2", "(x+3)\u00b2")),
        ("determinant", "|0,2;3,5|=", ("-6", "\u22126", "-6.0", "-12/2")),
        ("matrix_product", "[1,0;0,1][1,2;3,4]=", ("[[1, 2], [3, 4]]", "[1 2; 3 4]")),
        ("matrix_product", "[1,0;0,1][1,2;3,4]=", ("[ 1,2; 3,4 ]", "[[1 2] [3 4]]")),
    ],
)
def test_equivalent_answers_are_accepted(name, prompt, answers):
    for answer in answers:
        assert ALL[name]().accepts(prompt, answer), answer


@pytest.mark.parametrize(
    ("name", "prompt", "answers"),
    [
        ("linear_equation", "4x+1=10", ("2", "2.2", "y = 9/4", "x", "x = ", "x = x", "9 1/4", "")),
        ("linear_system", "5x+3y=21;4x+3y=18", ("x=2,y=3", "(2, 3)", "3, 2", "x=3", "x=3,x=3")),
        ("linear_system", "5x+3y=21;4x+3y=18", ("x=3,y=2,", "x=3/1/1,y=2", "x=,y=2", "x=3/0,y=2")),
        ("derivative", "(12x^4-7x^2+5x-3)'=", ("48x^3-14x", "48x^3-14x+5+0x+C", "48x3-14x+5")),
        ("derivative", "(3x^2+3x)'=", ("3(2x+1)", "3x+3x+3", "6x+3=0", "6 x + 3 1", "6^1x+3")),
        ("integral", "int(2x)dx=", ("x^2+C", "x^2+1", "2x^2/2", "x*x", "x^2x^2", "x^-2", "x^222")),
        ("expansion", "(3x+12)(2x-5)=", ("(3x+12)(2x-5)", "6x^2-15x+24x-60", "6x^2+9x-6 0")),
        ("factoring", "x^2-7x+10=", ("x^2-7x+10", "(x-2)(x-5)(1)", "(x-2)", "*(x-2)(x-5)")),
        ("factoring", "x^2-7x+10=", ("(x-2)(5-x)", "(x-2)(x-5)^1(x-1)^0", "(x^2-7x+10)", "()()")),
        ("determinant", "|0,2;3,5|=", ("6", "--6", "-6 m", "det = -6")),
        (
            "matrix_product",
            "[1,0;0,1][1,2;3,4]=",
            ("[1,2,3,4]", "[12;34]", "[1,2;3,4", "[[1 2], [3, 4]]"),
        ),
    ],
)
def test_answers_that_mean_something_else_are_refused(name, prompt, answers):
    for answer in answers:
        assert not ALL[name]().accepts(prompt, answer), answer


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("linear_equation", "3x+5=5"),  # 0
        ("linear_equation", "3x+5=4"),  # below 0
        ("linear_system", "2x+2y=4;2x+2y=4"),  # no single solution
        ("linear_system", "2x+3y=9;3x+2y=9"),  # a negative determinant
        ("linear_system", "9x+2y=9;2x+9y=9"),  # one of two digits
        ("linear_system", "3x+2y=2;4x+3y=9"),  # a negative solution
        ("integral", "int(3x)dx="),  # a fraction
        ("factoring", "x^2+x+1="),  # no real zeros
        ("factoring", "x^2+30x+221="),  # 13 and 17
        ("derivative", "(x^2+x^3)'="),
        ("derivative", "(1x^2)'="),
        ("derivative", "(5x+3)'="),
        ("expansion", "(x+0)(x+1)="),
        ("determinant", "|1,2;3|="),
        ("determinant", "|1,2|="),
        ("determinant", "|-0|="),
        ("matrix_product", "[01,1;1,1][1,1;1,1]="),
    ],
)
def test_problems_without_an_answer_of_the_form_are_refused(name, prompt):
    answers = ALL[name]()
    with pytest.raises(UsageError):
        answers.solve(prompt)
    assert not answers.verify(prompt, ("0",)).correct
    assert not answers.accepts(prompt, "0")
    assert answers.family.check(prompt, ("0",)) is False


def wrong(op, left, right):
    """Results with another first digit."""
    found = by_columns(op, left, right)
    return str((int(found[0]) + 1) % 10) + found[1:]


@pytest.mark.parametrize("route", ["by_integers", "by_columns"])
@each
def test_one_arithmetic_alone_convinces_nobody(name, route, monkeypatch):
    prompt = ALL[name].family.propose(3, 5, 1)[0].prompt
    lines = ALL[name]().solve(prompt)
    monkeypatch.setattr(f"ouroboros_judges.answers.sums.{route}", wrong)
    assert not ALL[name]().verify(prompt, lines).correct
    try:
        faulty, agreed = ALL[name]().work_out(prompt)
    except UsageError:
        return
    assert not agreed
    assert not ALL[name]().verify(prompt, faulty).correct


@pytest.mark.parametrize("name", RECKONED)
def test_a_wrong_formula_is_caught_though_both_arithmetics_agree(name, monkeypatch):
    family = type(ALL[name].family)
    prompt = family().propose(3, 5, 1)[0].prompt
    reckon = family.reckon

    def faulty(self, prompt, reckoning):
        answer = reckon(self, prompt, reckoning)
        return re.sub("[0-9]", lambda found: str(int(found[0]) % 9 + 1), answer, count=1)

    monkeypatch.setattr(family, "reckon", faulty)
    answers = ALL[name]()
    lines = answers.solve(prompt)
    assert lines == family().text(prompt, by_columns)
    assert not answers.verify(prompt, lines).correct
    assert not answers.accepts(prompt, lines[-1])


def test_an_equation_is_weighed_though_both_arithmetics_agree(monkeypatch):
    answers = LinearEquationAnswers()
    monkeypatch.setattr(answers.family, "steps", answers.family.steps[:1], raising=False)
    lines = answers.solve("3x+5=26")
    assert lines == ("62-5=12", "21")
    assert not answers.verify("3x+5=26", lines).correct


@pytest.mark.parametrize("judge", ["_multiplied", "value"])
def test_values_and_sympy_are_both_asked_about_products(judge, monkeypatch):
    factors, product = [{1: 1, 0: 3}, {1: 1, 0: -3}], {2: 1, 0: -9}
    assert polynomials.same_product(factors, product)
    monkeypatch.setattr(polynomials, judge, lambda *arguments: len(arguments))
    assert not polynomials.same_product(factors, product)


@pytest.mark.parametrize("judge", ["holds", "by_sympy"])
@pytest.mark.parametrize("answers", [DerivativeAnswers, IntegralAnswers])
def test_values_and_sympy_are_both_asked_about_calculus(answers, judge, monkeypatch):
    prompt = answers.family.propose(3, 5, 1)[0].prompt
    lines = answers().solve(prompt)
    assert answers().verify(prompt, lines).correct
    monkeypatch.setattr(answers, judge, lambda *_: False)
    assert not answers().verify(prompt, lines).correct


@relaxed
@given(digits, numbers, numbers)
def test_a_linear_equation_is_solved(a, b, more):
    prompt = f"{a}x+{b}={b + more}"
    answers = LinearEquationAnswers()
    assert answers.accepts(prompt, str(Fraction(more, a)))
    assert answers.verify(prompt, answers.solve(prompt)).correct


@relaxed
@given(digits, digits, digits, digits, numbers, numbers)
def test_a_linear_system_with_a_known_solution_is_solved(a, b, d, e, x, y):
    if 0 < a * e - b * d < 10:
        prompt = f"{a}x+{b}y={a * x + b * y};{d}x+{e}y={d * x + e * y}"
        answers = LinearSystemAnswers()
        assert solution(answers.solve(prompt)[-1]) == {"x": x, "y": y}
        assert answers.verify(prompt, answers.solve(prompt)).correct


def text_of(polynomial):
    """A polynomial by hand, independent of the engine's writer."""
    text = ""
    for e, c in sorted(polynomial.items(), reverse=True):
        size = "" if abs(c) == 1 and e else str(abs(c))
        text += ("-" if c < 0 else "+" if text else "") + size + ("", "x", f"x^{e}")[min(e, 2)]
    return text


@relaxed
@given(st.dictionaries(st.integers(0, 4), signed.filter(bool)), signed.filter(bool))
def test_the_integral_of_the_derivative_is_the_function(function, leading):
    function = function | {3: leading}
    found = {e - 1: e * c for e, c in function.items() if e}
    derivative = DerivativeAnswers().solve(f"({text_of(function)})'=")[-1]
    assert polynomial(derivative) == found
    assert derivative == text_of(found)
    there = {e: c for e, c in function.items() if e}
    assert IntegralAnswers().solve(f"int({derivative})dx=")[-1] == text_of(there)


@relaxed
@given(digits, signed.filter(bool), digits, signed.filter(bool))
def test_an_expansion_has_the_values_of_the_product(a, b, c, d):
    prompt = f"({a}x{b:+})({c}x{d:+})="
    expanded = polynomial(ExpansionAnswers().solve(prompt)[-1])
    assert expanded is not None
    for x in (-7, Fraction(2, 3), 10**9):
        value = sum(number * x**e for e, number in expanded.items())
        assert value == (a * x + b) * (c * x + d)


@relaxed
@given(st.integers(-9, 9).filter(bool), signed.filter(bool))
def test_a_quadratic_with_known_zeros_is_factored(r, s):
    prompt = text_of({e: c for e, c in {2: 1, 1: -(r + s), 0: r * s}.items() if c}) + "="
    answers = FactoringAnswers()
    lines = answers.solve(prompt)
    found = sorted(-factor[0] for factor in factors(lines[-1]) or [])
    assert found == sorted((r, s))
    assert answers.verify(prompt, lines).correct


def by_permutations(rows):
    total = 0
    for order in permutations(range(len(rows))):
        swaps = sum(order[j] > order[i] for i in range(len(order)) for j in range(i))
        total += (-1) ** swaps * math.prod(rows[i][order[i]] for i in range(len(rows)))
    return total


@relaxed
@given(st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(-3, 9), min_size=n, max_size=n), min_size=n, max_size=n)
))  # fmt: skip
def test_a_determinant_is_that_of_the_permutations(rows):
    prompt = f"|{';'.join(','.join(map(str, row)) for row in rows)}|="
    answers = DeterminantAnswers()
    lines = answers.solve(prompt)
    assert lines[-1] == str(by_permutations(rows))
    assert answers.verify(prompt, lines).correct
    assert len("\n".join(lines)) <= answers.family.completion_length(prompt)
    assert Determinant().check(prompt, lines)


@relaxed
@given(st.lists(st.integers(0, 10**30), min_size=4, max_size=4), st.lists(
    st.integers(0, 9), min_size=4, max_size=4
))  # fmt: skip
def test_a_matrix_product_has_rows_by_columns(first, second):
    (a, b, c, d), (e, f, g, h) = first, second
    found = f"[{a * e + b * g},{a * f + b * h};{c * e + d * g},{c * f + d * h}]"
    prompt = f"[{a},{b};{c},{d}][{e},{f};{g},{h}]="
    assert MatrixProductAnswers().solve(prompt)[-1] == found


@relaxed
@given(signed, signed)
def test_reckoning_keeps_signs(a, b):
    for result in (by_integers, by_columns):
        reckoning = Reckoning(result)
        assert reckoning.product(str(a), str(b)) == str(a * b)
        assert reckoning.total(str(a), str(b)) == str(a + b)
        assert reckoning.less(str(a), str(b)) == str(a - b)
        if b:
            assert reckoning.whole_quotient(str(abs(a * b)), str(abs(b))) == str(abs(a))


@relaxed
@given(
    st.dictionaries(st.integers(0, 20), signed.filter(bool), min_size=1),
    st.randoms(use_true_random=False),
)
def test_a_polynomial_is_read_in_any_notation(function, random):
    terms = []
    for e, c in function.items():
        raised = str(e).translate(str.maketrans("0123456789", polynomials._RAISED))
        x = random.choice((f"x^{e}", f"x**{e}", f"x{raised}", f"*x ^ {e}"))
        terms.append(("-" if c < 0 else "+", str(abs(c)), x if e else ""))
    random.shuffle(terms)
    space = random.choice(("", " "))
    text = space.join(f"{sign}{space}{size}{x}" for sign, size, x in terms)
    assert polynomial(text) == function
    assert polynomial(text.replace("-", "\u2212")) == function


@relaxed
@given(st.text(alphabet="0123456789x^*+-() \u00b2\u2212\n") | st.text())
def test_hostile_text_is_read_or_refused_and_never_raises(text):
    for read in (polynomial, factors, solution):
        read(text)
    for name in ALL:
        prompt = ALL[name].family.propose(2, 5, 1)[0].prompt
        answers = ALL[name]()
        if text.strip() not in answers.solve(prompt)[-1]:
            answers.accepts(prompt, text)


@pytest.mark.parametrize(
    "text",
    ["(" * 10**5, "()" * 10**5, "(x+1)" * 10**5, "+x" * 10**5, " " * 10**5 + "x", "1 " * 10**5],
)
def test_long_junk_is_no_polynomial(text):
    assert polynomial(text) is None or text.endswith(" x")
    assert factors(text) is None


@each
def test_solutions_read_as_people_write_them(name):
    family, answers = ALL[name].family, ALL[name]()
    for task in family.propose(3, 4, 20):
        read = family.read(task.prompt, answers.solve(task.prompt))
        assert not any("*" in text or "--" in text or "+-" in text for text in read)
        assert answers.accepts(task.prompt, read[-1])
