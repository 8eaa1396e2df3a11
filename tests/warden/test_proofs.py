"""The proofs of docs/proofs hold, can fail, and speak of what the real evaluators decide."""

import importlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros_warden import brake, heed, rules
from ouroboros_warden.constitution import shipped
from ouroboros_warden.lease import Spent
from ouroboros_warden.policy import ENGINE, HUMAN, Policy, Verdict

z3: Any = pytest.importorskip("z3", reason="z3-solver is missing: pip install -e '.[dev]'")
sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "proofs"))
articles: Any = importlib.import_module("articles")
brake_and_lease: Any = importlib.import_module("brake_and_lease")
cases, tightens = articles.cases, articles.tightens

TEXT = shipped()["articles.cedar"]
POLICY = Policy(shipped())
CASES = cases(TEXT)
FORBIDS = [each.id for each in rules.parse(TEXT) if each.effect == "forbid"]


def refuted(findings: list[Any]) -> dict[str, str]:
    return {each.claim: each.example for each in findings if each.example}


def without(name: str) -> str:
    """The articles but one."""
    kept = [each for each in re.split(r"(?=@id\()", TEXT) if f'@id("{name}")' not in each]
    return "".join(kept)


def broken_promises(text: str) -> list[str]:
    found = cases(text)
    said = (next(filter(None, articles.broken(found, claim)), None) for claim in articles.PROMISES)
    return [each for each in said if each]


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


# the articles


def test_every_promise_about_the_shipped_articles_is_proved():
    found = articles.promises()
    assert len(found) == len(articles.PROMISES) + 4
    assert refuted(found) == {}


@pytest.mark.parametrize("name", FORBIDS)
def test_without_any_one_forbid_a_promise_is_refuted(name):
    assert bool(broken_promises(without(name))) == (name not in articles.OVERLAPS)


def test_an_article_that_another_covers_may_go_without_loosening_anything():
    for name in articles.OVERLAPS:
        assert tightens(TEXT, without(name)).example is None


WEAKER = [
    ("context.gain <= context.granted", "context.gain <= context.granted || context.evidence"),
    ("context.worse == 0", "context.worse <= 0"),
    ("context.level > context.wall", "context.level > context.wall && context.level != 7"),
    ('context.state.brake == "running"', 'context.state.brake != "stopped"'),
    ('when { context.state.mode != "formal" };', 'when { context.state.mode == "self" };'),
    ("context.threshold >= 1 && ", ""),
    ("context.signatures >= context.threshold", "context.signatures >= 1"),
    ("context.fresh && ", ""),
    ("context.foreign == 0", "context.foreign < 1"),
    ('Action::"examine",\n    Action::"promote", Action::"execute"', 'Action::"examine"'),
]


@pytest.mark.parametrize(("old", "new"), WEAKER)
def test_a_weakened_article_is_refuted_in_words_and_is_no_tightening(old, new):
    text = changed(old, new)
    said = broken_promises(text)
    assert said
    assert all(" may " in each for each in said)
    assert tightens(TEXT, text).example
    assert tightens(text, TEXT).example is None


FLAWED = [
    (
        changed('(principal == Human::"human", action == Action::"pull"', "(principal, action"),
        articles.strangers,
        " may ",
    ),
    (
        TEXT + '@id("x") permit (principal == Other::"x", action, resource);',
        articles.strangers,
        'Other::"x" may ',
    ),
    (changed('Action::"claim", ', ""), articles.idle, "nobody may ever claim"),
    (
        TEXT + '@id("x") forbid (principal, action == Action::"data", resource)'
        "when { context.foreign > 3 };",
        articles.idle,
        "x forbids nothing that others do not",
    ),
    (
        changed("context.tier >= 1 && context.escapes == 0", "context.tier >= 1"),
        articles.idle,
        "2-network is not covered by 3-reach",
    ),
    (
        TEXT + '@id("x") permit (principal, action == Action::"go", resource);',
        articles.idle,
        "x permits nothing",
    ),
    (
        TEXT + '@id("x") forbid (principal == Engine::"engine", action, resource)'
        "when { context.jailed && context.state.lease };",
        articles.failing,
        "x fails where",
    ),
    (
        TEXT + '@id("x") forbid (principal, action == Action::"pull", resource);',
        articles.obstacles,
        'it is denied that Human::"human" may pull with tightens = True',
    ),
]


@pytest.mark.parametrize(("text", "look", "example"), FLAWED)
def test_other_flaws_are_found_and_told(text, look, example):
    assert any(example in each for each in filter(None, look(cases(text))))


def test_a_promise_about_no_act_of_the_schema_is_broken():
    schema = shipped()["schema.cedarschema"].replace("action execute, deploy", "action go, deploy")
    found = cases(TEXT, schema)
    assert any(articles.broken(found, "deploy: context.judged")) is False
    assert any(
        articles.broken(cases(TEXT, schema.replace("deploy", "do")), "deploy: context.judged")
    )


def test_what_cannot_be_translated_is_refused():
    with pytest.raises(ValueError, match=r"not translated: _Parser\.relation"):
        cases('@id("x") permit (principal, action, resource) when { context has tier };')
    with pytest.raises(ValueError, match=r"context\.state as a whole"):
        cases('@id("x") permit (principal, action, resource) when { context.state == 1 };')
    act = "action a appliesTo { principal: E, resource: R, context: { t: Set<Long> } };"
    for schema in (act, "namespace N {}", "action a;"):
        with pytest.raises(ValueError, match="not translated"):
            articles.read_schema(schema)


def test_more_forbids_tighten_and_a_permit_for_all_does_not():
    more = (
        '@id("x") forbid (principal, action == Action::"run", resource) when { context.tier < 2 };'
    )
    assert tightens(TEXT, TEXT).example is None
    assert tightens(TEXT, TEXT + more).example is None
    found = tightens(TEXT + more, TEXT)
    assert "may run with" in str(found.example)
    assert "tier = 1" in str(found.example)
    everything = '@id("y") permit (principal, action, resource);'
    assert "may run with" in str(tightens("", everything).example)
    assert tightens(everything, TEXT).example is None


# the translation and the real evaluators


def asked(values: dict[str, Any]) -> dict[str, Any]:
    """A context of facts by path."""
    context: dict[str, Any] = {}
    for path, value in values.items():
        *outer, name = path.split(".")
        table = context
        for each in outer:
            table = table.setdefault(each, {})
        table[name] = value
    return context


def constant(value: object) -> Any:
    for kind, make in ((bool, z3.BoolVal), (int, z3.IntVal), (str, z3.StringVal)):
        if isinstance(value, kind):
            return make(value)
    raise TypeError(value)


def theirs(case: Any, values: dict[str, Any], who: str) -> Verdict:
    """What the formulas say of one request."""
    kind, name = who.rstrip('"').split('::"')
    pairs = [(case.facts[path], constant(value)) for path, value in values.items()]
    pairs += list(zip(case.ask["principal"], map(constant, (kind, name)), strict=True))

    def says(formula: Any) -> bool:
        said = z3.simplify(z3.substitute(formula, *pairs))
        assert z3.is_true(said) or z3.is_false(said)
        return z3.is_true(said)

    failed = [name for name, formula in case.fails.items() if says(formula)]
    by = [name for name, formula in case.forbids.items() if says(formula)]
    by = by or [name for name, formula in case.permits.items() if says(formula)]
    decided = ("error", *sorted(failed)) if failed else tuple(sorted(by))
    return Verdict(allowed=says(case.allowed()), by=decided)


def assert_alike(case: Any, values: dict[str, Any], who: str) -> Verdict:
    """The formulas, our evaluator and Cedar say the same, and name the same articles."""
    real = POLICY.decide(case.act, asked(values), who)
    said = theirs(case, values, who)
    if who.startswith(f"{case.asker}::"):
        assert said == real
    assert said.allowed == real.allowed
    return real


NUMBERS = st.sampled_from([0, 1, 2, -1, 7, (1 << 63) - 1, -(1 << 63)])
WORDS = st.sampled_from(["running", "formal", "self", "paused", ""])
STRATEGIES = {z3.Bool("x").sort(): st.booleans(), z3.Int("x").sort(): NUMBERS}


@st.composite
def requests(draw: st.DrawFn) -> tuple[Any, dict[str, Any], str]:
    case = CASES[draw(st.sampled_from([act for act in CASES if act != "?"]))]
    facts = case.facts.items()
    values = {path: draw(STRATEGIES.get(fact.sort(), WORDS)) for path, fact in facts}
    return case, values, draw(st.sampled_from([ENGINE, HUMAN, 'Engine::"other"']))


@settings(max_examples=150)
@given(requests())
def test_the_formulas_decide_any_request_as_both_evaluators_do(request):
    assert_alike(*request)


def chosen(case: Any, *wanted: Any) -> dict[str, Any] | None:
    """A request of the act's own principal that is as wanted."""
    if (model := case.solve(case.rightful, *wanted)) is None:
        return None
    values: dict[str, Any] = {}
    for path, fact in case.facts.items():
        value = model.eval(fact, True)
        if z3.is_string(value):
            values[path] = value.as_string()
        else:
            values[path] = z3.is_true(value) if z3.is_bool(value) else value.as_long()
    return values


def test_what_z3_chooses_is_decided_so_by_both_evaluators_article_by_article():
    decided = set[str]()
    for case in (each for each in CASES.values() if each.asker):
        who = f'{case.asker}::"{case.asker.lower()}"'
        values = chosen(case, case.allowed())
        assert values is not None
        assert assert_alike(case, values, who).allowed
        for name, applies in case.forbids.items():
            if values := chosen(case, applies, case.allowed(without=name)):
                assert assert_alike(case, values, who) == Verdict(allowed=False, by=(name,))
                decided.add(name)
    assert decided == set(FORBIDS) - articles.OVERLAPS.keys()


# brake and lease


@cache
def findings() -> dict[str, str | None]:
    return {each.claim: each.example for each in brake_and_lease.findings()}


def test_every_proposition_on_brake_and_lease_is_proved():
    assert {claim: example for claim, example in findings().items() if example} == {}
    assert len(findings()) == 12


def explored(claim: str) -> str:
    brake_and_lease.heeded.cache_clear()
    nothing = frozenset[Any]()
    start = ("running", 0), nothing, nothing
    try:
        steps = brake_and_lease.turns
        return refuted(brake_and_lease.explore([claim], start, steps))[claim]
    finally:
        brake_and_lease.heeded.cache_clear()


def test_a_brake_that_believes_its_file_is_refuted(monkeypatch):
    for module in (brake, heed):
        monkeypatch.setattr(module, "checked", lambda before, after, run, authority: after)
    assert "finds" in explored(brake_and_lease.QUORUM)
    assert "finds" in explored(brake_and_lease.RISES)


def test_a_brake_that_takes_one_signature_for_two_is_neither_model(monkeypatch):
    monkeypatch.setattr(brake, "demand_quorum", lambda *_: frozenset())
    brake_and_lease.is_mended.cache_clear()
    with pytest.raises(ValueError, match="not enough values"):
        brake_and_lease.is_mended()
    brake_and_lease.is_mended.cache_clear()


def test_a_lease_that_counts_one_too_many_is_refuted(monkeypatch):
    def beyond(self: Spent, allowance: Any) -> list[str]:
        return [n for n in Spent.__dataclass_fields__ if getattr(self, n) > getattr(allowance, n)]

    monkeypatch.setattr(Spent, "beyond", beyond)
    assert "is allowed with" in str(next(filter(None, brake_and_lease.unleased())))
    start = None, 1, 0.0, False, 0, 0, 0, False
    said = refuted(brake_and_lease.explore(brake_and_lease.LEASED, start, brake_and_lease.leases))
    assert "an examination" in said[brake_and_lease.GENERATIONS]
