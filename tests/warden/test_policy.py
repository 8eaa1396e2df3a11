"""Every article of the shipped constitution both ways, and what is denied besides."""

import copy
import json
from typing import Any

import cedarpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden import policy, rules
from ouroboros_warden.canonical import Json
from ouroboros_warden.constitution import shipped
from ouroboros_warden.errors import UsageError
from ouroboros_warden.policy import ENGINE, HUMAN, NOBODY, RUN, Policy, Verdict

TEXTS = shipped()
POLICY = Policy(TEXTS)
BY_ID = {each.id: each for each in POLICY.articles}
FORBIDS = [each.id for each in POLICY.articles if each.effect == "forbid"]
PERMITS = [each.id for each in POLICY.articles if each.effect == "permit"]

STATE = {
    "law_intact": True,
    "judges_intact": True,
    "brake": "running",
    "lease": True,
    "mode": "self",
}
SIGNED = {"signatures": 2, "threshold": 2, "newer": True, "bounded": True}
BUILT = {"jailed": True, "judged": True}
FINE: dict[str, Json] = {  # what each action may be asked with, as near to a no as it gets
    "run": {"tier": 1, "escapes": 0},
    "claim": {},
    "final": {},
    "finish": {},
    "examples": {"level": 3, "wall": 3},
    "verify": {"state": {**STATE, "mode": "formal"}, "level": 9, "wall": 3},
    "data": {"lineage": True, "foreign": 0},
    "examine": {"lineage": True},
    "promote": {
        "fresh": True,
        "evidence": True,
        "worse": 0,
        "probes": True,
        "monitored": True,
        "gain": 500,
        "granted": 500,
        "precision": 9900,
        "variety": 300,
    },
    "execute": {**BUILT, "judged": False},
    "deploy": BUILT,
    "pull": {"tightens": True},
    "release": SIGNED,
    "grant": SIGNED,
    "amend": SIGNED,
}
HUMANS = {"pull", "release", "grant", "amend"}
ENGINES = sorted(FINE.keys() - HUMANS)
LEASED = ("run", "examples", "verify", "data", "examine", "promote", "execute", "deploy")
LOOSENING = ("release", "grant", "amend")


def fine(action: str, **change: Any) -> Json:
    """The facts of an act that is allowed, changed here and there; of the state by its names."""
    context: Json = copy.deepcopy(FINE[action])
    if action not in HUMANS:
        context.setdefault("state", dict(STATE))
        context["state"] |= {name: change.pop(name) for name in STATE.keys() & change.keys()}
    return {**context, **change}


def decide(action: str, context: Json, principal: str | None = None) -> Verdict:
    return POLICY.decide(action, context, principal or (HUMAN if action in HUMANS else ENGINE))


# of each forbid: acts, and the least change of their facts that it forbids
STOPS: list[tuple[str, str, Json]] = [
    *(("1-law", act, {name: False}) for act in ENGINES for name in ("law_intact", "judges_intact")),
    *(("1-brake", act, {"brake": it}) for act in ENGINES for it in ("paused", "stopped", "")),
    ("2-network", "run", {"escapes": 1}),
    ("2-network", "run", {"escapes": -1}),
    ("3-reach", "run", {"tier": 0}),
    ("3-reach", "run", {"escapes": 1}),
    ("4-wall", "examples", {"level": 4}),
    ("4-wall", "examples", {"wall": 2}),
    ("4-wall", "examples", {"level": 4, "mode": "anything else"}),
    ("4-verdicts", "verify", {"mode": "self"}),
    ("4-verdicts", "verify", {"mode": "", "level": 1}),
    *(("5-lease", act, {"lease": False}) for act in LEASED),
    *(("6-exam", "promote", {name: False}) for name in ("fresh", "probes", "monitored")),
    ("6-better", "promote", {"evidence": False}),
    ("6-better", "promote", {"worse": 1}),
    ("6-sound", "promote", {"precision": 9899}),
    ("6-varied", "promote", {"variety": 299}),
    ("7-data", "data", {"lineage": False}),
    ("7-successor", "examine", {"lineage": False}),
    ("8-jail", "execute", {"jailed": False}),
    ("8-deploy", "deploy", {"jailed": False}),
    ("8-deploy", "deploy", {"judged": False}),
    ("9-content", "data", {"foreign": 1}),
    ("10-growth", "promote", {"gain": 501}),
    ("10-growth", "promote", {"granted": 499}),
    *(("11-loosen", act, {"signatures": 1}) for act in LOOSENING),
    *(("11-loosen", act, {"signatures": 0, "threshold": 0}) for act in LOOSENING),
    *(("11-newer", act, {"newer": False}) for act in LOOSENING),
    ("11-bounded", "grant", {"bounded": False}),
]
COVERS = {"2-network": {"3-reach"}}  # two sentences for what one of them would forbid

# of each forbid: facts on the other side that it lets through, further from it than `FINE`
PASSES: list[tuple[str, str, Json]] = [
    ("3-reach", "run", {"tier": 5}),
    ("4-wall", "examples", {"level": 1}),
    ("4-wall", "examples", {"level": 99, "mode": "formal"}),
    ("5-lease", "claim", {"lease": False}),
    ("5-lease", "final", {"lease": False}),
    ("5-lease", "finish", {"lease": False}),
    ("8-jail", "execute", {"judged": True}),
    ("10-growth", "promote", {"gain": -1}),
    ("10-growth", "promote", {"gain": 499}),
    ("11-loosen", "grant", {"signatures": 3}),
    ("11-loosen", "grant", {"signatures": 1, "threshold": 1}),
    ("11-bounded", "release", {"bounded": False}),
    ("11-bounded", "amend", {"bounded": False}),
]


@pytest.mark.parametrize("action", FINE)
def test_every_act_is_allowed_where_all_is_well(action):
    permit = "tighten" if action == "pull" else "loosen" if action in HUMANS else "engine"
    assert decide(action, fine(action)) == Verdict(allowed=True, by=(permit,))


@pytest.mark.parametrize(("name", "action", "change"), STOPS)
def test_an_article_forbids_what_is_but_one_fact_from_being_allowed(name, action, change):
    found = decide(action, fine(action, **change))
    assert found.allowed is False
    assert name in found.by
    assert set(found.by) - {name} <= COVERS.get(name, set()) | {
        other for other, covered in COVERS.items() if name in covered
    }


@pytest.mark.parametrize(("name", "action", "change"), PASSES)
def test_an_article_forbids_no_more_than_it_says(name, action, change):
    assert decide(action, fine(action, **change)).allowed
    assert name in FORBIDS


def test_no_article_is_left_out():
    assert {name for name, _, _ in STOPS} == set(FORBIDS)
    assert set(PERMITS) == {"engine", "tighten", "loosen"}
    assert len(BY_ID) == len(POLICY.articles) == TEXTS["articles.cedar"].count("@id(")


def test_all_that_is_wrong_is_named():
    context = fine("promote", brake="paused", lease=False, fresh=False, worse=2, gain=9999)
    by = ("1-brake", "10-growth", "5-lease", "6-better", "6-exam")
    assert decide("promote", context) == Verdict(allowed=False, by=by)


def test_a_brake_is_pulled_by_whoever_tightens_and_by_no_engine():
    assert decide("pull", {"tightens": True}).allowed
    assert decide("pull", {"tightens": False}) == Verdict(allowed=False, by=())
    assert not decide("pull", {"tightens": True}, ENGINE).allowed


@pytest.mark.parametrize("action", FINE)
def test_nobody_does_what_is_not_his(action):
    other = ENGINE if action in HUMANS else HUMAN
    for principal in (other, 'Engine::"other"', 'Human::"other"', 'Nobody::"x"'):
        assert not decide(action, fine(action), principal).allowed


@pytest.mark.parametrize("action", ["", "fly", "Run", "promote ", 'run"'])
def test_an_act_that_no_article_knows_is_denied(action):
    assert not POLICY.decide(action, fine("claim")).allowed


@pytest.mark.parametrize("each", POLICY.articles, ids=lambda each: each.id)
def test_every_article_says_whose_it_is_in_which_words_and_what_it_answers(each):
    assert each.notes.keys() == {"id", "article", "sentence", "answers"}
    assert each.notes["article"] in {str(number) for number in range(12)}
    assert each.notes["sentence"].endswith(".")
    assert (each.effect == "permit") == (each.notes["answers"] == "")


def test_the_sentence_of_a_decision_names_the_article():
    assert POLICY.sentence(["4-wall"]) == (
        "article 4: In self mode no truth past the wall is read."
    )
    assert POLICY.sentence(["1-brake", "error"]) == (
        "article 1: While the brake is on, the engine does nothing.; error"
    )
    assert POLICY.sentence([]) == NOBODY
    plain = Policy({**TEXTS, "articles.cedar": '@id("all") permit (principal, action, resource);'})
    assert plain.sentence(["all"]) == "article ?: "


# --- contexts that are not what the schema says


def paths(context: Json) -> list[tuple[str, ...]]:
    return [
        *((name,) for name in context),
        *(("state", name) for name in context.get("state", {})),
    ]


def put(context: Json, path: tuple[str, ...], *value: object) -> Json:
    """The context with another value there, or none."""
    whole = copy.deepcopy(context)
    table = whole["state"] if len(path) > 1 else whole
    table.pop(path[-1])
    if value:
        table[path[-1]] = value[0]
    return whole


PLACES = [(action, path) for action in FINE for path in paths(fine(action))]
ERROR = "error"


@pytest.mark.parametrize(("action", "path"), PLACES)
def test_a_fact_that_is_missing_denies(action, path):
    found = decide(action, put(fine(action), path))
    assert found.allowed is False
    assert found.by[0] == ERROR


@pytest.mark.parametrize(("action", "path"), PLACES)
def test_a_fact_of_another_type_denies(action, path):
    for value in (True, 1, "running", [], ["x"], {}, {"lease": True}, None, 1.0):
        if type(value) is not type(find(fine(action), path)):
            found = decide(action, put(fine(action), path, value))
            assert (found.allowed, found.by[0]) == (False, ERROR), value


def find(context: Json, path: tuple[str, ...]) -> object:
    return context["state"][path[1]] if len(path) > 1 else context[path[0]]


@pytest.mark.parametrize("action", FINE)
def test_a_fact_too_many_denies(action):
    assert decide(action, {**fine(action), "more": 1}).by == (ERROR,)
    assert decide(action, fine(action)).allowed
    if action not in HUMANS:
        context = fine(action)
        context["state"]["more"] = True
        assert decide(action, context).by == (ERROR,)


@pytest.mark.parametrize("context", [{}, {"state": {}}, {"state": None}])
def test_no_facts_at_all_deny(context):
    for action in ENGINES:
        assert decide(action, context).allowed is False


@pytest.mark.parametrize("number", [1 << 63, -(1 << 63) - 1, 10**40])
def test_a_number_that_cannot_be_counted_denies(number):
    assert decide("examples", fine("examples", level=number)).by[0] == ERROR
    assert decide("promote", fine("promote", gain=number)).by[0] == ERROR


# --- errors and disagreement

ERRS = """
@id("on") @article("0") @sentence("All may run.") permit (principal, action, resource);
@id("no") @article("1") @sentence("None without.") forbid (principal, action, resource)
unless { context.level < 3 };
"""


def alone(text: str, context: Json) -> Any:
    """What Cedar says without the schema, and without our own evaluator."""
    request = {"principal": ENGINE, "action": 'Action::"claim"', "resource": RUN}
    return cedarpy.is_authorized({**request, "context": context}, text, "[]")


def test_a_forbid_that_errs_denies_though_cedar_alone_would_allow():
    context = {"level": "1"}
    skipped = alone(ERRS, context)
    assert skipped.decision == cedarpy.Decision.Allow
    assert skipped.diagnostics.errors
    schema = TEXTS["schema.cedarschema"].replace(
        "context: { state: State }", "context: { level: Long }"
    )
    strict = Policy({"articles.cedar": ERRS.replace("action,", 'action == Action::"claim",'),
                     "schema.cedarschema": schema})  # fmt: skip
    assert strict.decide("claim", {"level": 2}).allowed
    assert strict.decide("claim", {"level": 3}) == Verdict(allowed=False, by=("no",))
    assert strict.decide("claim", context) == Verdict(allowed=False, by=(ERROR, "no"))
    assert strict.decide("claim", {}) == Verdict(allowed=False, by=(ERROR, "no"))


def test_an_error_of_ours_alone_denies(monkeypatch):
    ruling = rules.Ruling(allowed=True, by=("engine",), errors=("4-wall",))
    monkeypatch.setattr(rules, "judge", lambda *_: ruling)
    assert decide("claim", fine("claim")) == Verdict(allowed=False, by=(ERROR, "4-wall"))


@pytest.mark.parametrize(
    "found",
    [
        Verdict(allowed=True, by=("engine", "loosen")),
        Verdict(allowed=True, by=()),
        Verdict(allowed=False, by=("engine",)),
        Verdict(allowed=False, by=()),
    ],
)
def test_engines_that_disagree_deny_even_where_both_would_allow(monkeypatch, found):
    ruling = rules.Ruling(allowed=found.allowed, by=found.by, errors=())
    with monkeypatch.context() as patch:
        patch.setattr(rules, "judge", lambda *_: ruling)
        assert decide("claim", fine("claim")) == Verdict(allowed=False, by=("disagreement",))
    monkeypatch.setattr(Policy, "_ask_cedar", lambda *_: found)
    assert decide("claim", fine("claim")) == Verdict(allowed=False, by=("disagreement",))


@pytest.mark.parametrize("decision", ["Allow", "NoDecision"])
def test_an_error_or_no_decision_of_cedar_denies(monkeypatch, decision):
    errors = ["it erred"] if decision == "Allow" else []

    class Answer:
        class diagnostics:
            reasons = ("policy18",)

    Answer.diagnostics.errors = errors
    Answer.decision = getattr(cedarpy.Decision, decision)

    class Cedar:
        Decision = cedarpy.Decision

        @staticmethod
        def is_authorized(*_: object) -> Any:
            return Answer

    monkeypatch.setattr(policy, "_cedar", Cedar)
    assert decide("claim", fine("claim")) == Verdict(allowed=False, by=(ERROR,))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("articles.cedar", "context.level > context.wall", "context.levle > context.wall"),
        ("articles.cedar", "context.escapes == 0", "context.escapes"),
        ("articles.cedar", "context.escapes == 0", 'context.escapes == "none"'),
        ("articles.cedar", 'Action::"run", Action::"examples"', 'Action::"fly", Action::"walk"'),
        ("articles.cedar", 'principal == Engine::"engine"', 'principal == Motor::"engine"'),
        ("articles.cedar", "context.state.lease", "context.state.leash"),
        ("schema.cedarschema", "wall: Long", "wall: String"),
        ("schema.cedarschema", "tier: Long", "tier: Number"),
        ("schema.cedarschema", "entity Run;", "entity Run"),
        ("schema.cedarschema", "action run appliesTo", "action walk appliesTo"),
        ("schema.cedarschema", "lease: Bool", "lease?: Bool"),
    ],
)
def test_texts_that_do_not_fit_each_other_are_misuse(name, old, new):
    assert old in TEXTS[name]
    with pytest.raises(UsageError, match=r"schema|line|cannot be read"):
        Policy({**TEXTS, name: TEXTS[name].replace(old, new)})


@pytest.mark.parametrize("text", ["permit", "@id(1)", '@id("x") permit (principal);', "\x00"])
def test_articles_that_cannot_be_read_are_misuse(text):
    with pytest.raises(UsageError):
        Policy({**TEXTS, "articles.cedar": text})


def test_without_articles_nothing_is_allowed():
    assert Policy({**TEXTS, "articles.cedar": ""}).decide("claim", fine("claim")) == Verdict(
        allowed=False, by=()
    )


@given(st.sampled_from(STOPS + PASSES))
def test_a_decision_is_the_same_each_time_and_changes_no_fact(case):
    _, action, change = case
    context = fine(action, **change)
    before = json.dumps(context)
    first, second = decide(action, context), decide(action, context)
    assert (
        first
        == second
        == Policy(TEXTS).decide(action, context, HUMAN if action in HUMANS else ENGINE)
    )
    assert json.dumps(context) == before
    assert first.to_json() == {"allowed": first.allowed, "by": list(first.by)}
