"""Every article both ways: what it forbids, and the nearest thing that it lets be."""

import pytest

from ouroboros_warden import policy as policies
from ouroboros_warden import rules
from ouroboros_warden.constitution import shipped
from ouroboros_warden.errors import UsageError
from ouroboros_warden.policy import ENGINE, HUMAN, Policy, Verdict

POLICY = Policy(shipped())
STATE = {
    "law_intact": True,
    "judges_intact": True,
    "brake": "running",
    "lease": True,
    "mode": "self",
}
SIGNED = {"signatures": 2, "threshold": 2, "newer": True, "bounded": True}
FINE = {
    "run": {"tier": 1, "escapes": 0},
    "claim": {},
    "final": {},
    "finish": {},
    "examples": {"level": 4, "wall": 4},
    "verify": {"level": 4, "wall": 4, "mode": "formal"},
    "data": {"lineage": True, "foreign": 0},
    "examine": {"lineage": True},
    "promote": {
        "fresh": True,
        "evidence": True,
        "worse": 0,
        "probes": True,
        "monitored": True,
        "gain": 3500,
        "granted": 3500,
    },
    "execute": {"jailed": True, "judged": False},
    "deploy": {"jailed": True, "judged": True},
    "pull": {"tightens": True},
    "release": SIGNED,
    "grant": SIGNED,
    "amend": SIGNED,
}
HUMANS = {"pull", "release", "grant", "amend"}
FORBIDDEN = [
    ("1-law", "claim", {"law_intact": False}),
    ("1-law", "promote", {"judges_intact": False}),
    ("1-brake", "finish", {"brake": "paused"}),
    ("1-brake", "examples", {"brake": "stopped"}),
    ("2-network", "run", {"escapes": 1}),
    ("3-reach", "run", {"tier": 0}),
    ("4-wall", "examples", {"level": 5}),
    ("4-verdicts", "verify", {"mode": "self"}),
    ("5-lease", "run", {"lease": False}),
    ("5-lease", "examples", {"lease": False}),
    ("5-lease", "data", {"lease": False}),
    ("5-lease", "examine", {"lease": False}),
    ("5-lease", "promote", {"lease": False}),
    ("6-exam", "promote", {"fresh": False}),
    ("6-exam", "promote", {"probes": False}),
    ("6-exam", "promote", {"monitored": False}),
    ("6-better", "promote", {"evidence": False}),
    ("6-better", "promote", {"worse": 1}),
    ("7-data", "data", {"lineage": False}),
    ("7-successor", "examine", {"lineage": False}),
    ("8-jail", "execute", {"jailed": False}),
    ("8-deploy", "deploy", {"judged": False}),
    ("8-deploy", "deploy", {"jailed": False}),
    ("9-content", "data", {"foreign": 1}),
    ("10-growth", "promote", {"gain": 3501}),
    ("11-loosen", "release", {"signatures": 1}),
    ("11-loosen", "grant", {"signatures": 0}),
    ("11-loosen", "amend", {"signatures": 0, "threshold": 0}),
    ("11-newer", "release", {"newer": False}),
    ("11-newer", "amend", {"newer": False}),
    ("11-bounded", "grant", {"bounded": False}),
]


def decide(action: str, **changes: object) -> Verdict:
    facts = {**FINE[action], **changes}
    context = {name: value for name, value in facts.items() if name not in STATE}
    if action in HUMANS:
        return POLICY.decide(action, context, HUMAN)
    state = {name: facts.get(name, value) for name, value in STATE.items()}
    return POLICY.decide(action, {"state": state, **context})


@pytest.mark.parametrize("action", FINE)
def test_what_the_articles_let_be_is_allowed(action):
    by = "tighten" if action == "pull" else "loosen" if action in HUMANS else "engine"
    assert decide(action) == Verdict(allowed=True, by=(by,))


@pytest.mark.parametrize(("name", "action", "change"), FORBIDDEN)
def test_what_an_article_forbids_is_denied_by_it(name, action, change):
    verdict = decide(action, **change)
    assert not verdict.allowed
    assert name in verdict.by
    assert POLICY.sentence(verdict.by).startswith("article ")


def test_no_article_is_left_out():
    forbids = {each.id for each in POLICY.articles if each.effect == "forbid"}
    assert {name for name, _, _ in FORBIDDEN} == forbids


def test_every_article_has_its_number_its_sentence_and_the_attacks_it_answers():
    for each in POLICY.articles:
        assert int(each.notes["article"]) in range(12)
        assert each.notes["sentence"].endswith(".")
        assert all(attack[0] in "ABCDEFGHI" for attack in each.notes["answers"].split())


@pytest.mark.parametrize("action", FINE)
def test_nobody_does_what_is_anothers(action):
    other = ENGINE if action in HUMANS else HUMAN
    facts = {name: value for name, value in FINE[action].items() if name not in STATE}
    context = facts if action in HUMANS else {"state": STATE, **facts}
    assert not POLICY.decide(action, context, other).allowed
    assert not POLICY.decide("fly", context, other).allowed


@pytest.mark.parametrize("value", ["4", 4.0, None, True, [4]])
def test_a_fact_of_another_type_denies(value):
    assert decide("examples", level=value).by[0] == "error"


def test_a_fact_too_few_or_too_many_denies():
    assert not POLICY.decide("examples", {"state": STATE, "level": 4}).allowed
    assert not POLICY.decide("examples", {"state": STATE, "level": 4, "wall": 4, "ok": 1}).allowed
    assert not POLICY.decide("examples", {}).allowed


def test_what_only_one_engine_allows_is_denied(monkeypatch):
    said = rules.Ruling(allowed=True, by=("engine", "other"), errors=())
    monkeypatch.setattr(policies.rules, "judge", lambda *_arguments: said)
    assert decide("claim") == Verdict(allowed=False, by=("disagreement",))


def test_a_forbid_that_errs_denies_although_cedar_alone_would_let_it_through():
    texts = shipped()
    typo = texts["articles.cedar"].replace("context.foreign == 0", "context.foriegn == 0")
    with pytest.raises(UsageError, match="does not fit the schema"):
        Policy({**texts, "articles.cedar": typo})
    ruling = rules.judge(rules.parse(typo), "data", {"state": STATE, **FINE["data"]})
    assert (ruling.allowed, ruling.errors) == (False, ("9-content",))


def test_a_decision_is_pure():
    context = {"state": dict(STATE), "level": 9, "wall": 4}
    before = repr(context)
    assert len({POLICY.decide("examples", context) for _ in range(3)}) == 1
    assert repr(context) == before
