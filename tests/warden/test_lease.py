"""What a lease says, what is asked of it before it is taken up, and what is used up of it."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.canonical import Json, canonical, content_id
from ouroboros_warden.constitution import DAY, Constitution, draft, shipped
from ouroboros_warden.errors import LogDamaged, UsageError
from ouroboros_warden.keys import Authority, public_key, sign
from ouroboros_warden.lease import (
    PURPOSE,
    Allowance,
    Lease,
    Spent,
    facts_of,
    millinats,
    nats,
    read_leases,
)
from ouroboros_warden.opening import sign_lease

ANN, BEN, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 4))
SOME = Allowance(generations=3, flop=100.0, seconds=10.0, joules=5.0, gain=0.5)
AMOUNTS = [field.name for field in fields(Allowance)]
RUN, ROOT, OTHER = "ab" * 32, "01" * 32, "ff" * 32
NOW = 1e9


def adopted(threshold: int = 1, **limits: Any) -> Constitution:
    """A constitution of Ann and Ben, with other limits."""
    texts = dict(shipped())
    whole = json.loads(texts["limits.json"])
    for part in whole.values():
        part |= {name: limits[name] for name in limits.keys() & part.keys()}
    texts["limits.json"] = json.dumps(whole)
    keys = (public_key(ANN), public_key(BEN))
    return draft(texts, Authority(keys=keys, threshold=threshold), NOW + 1)


LAW = adopted()
LEASE = Lease(
    run=RUN,
    number=1,
    key=public_key(EVE),
    constitution=LAW.id,
    size=4,
    root=ROOT,
    granted=NOW,
    expires=NOW + 60,
    allowance=SOME,
)


def facts(
    lease: Lease,
    before: tuple[Lease, ...] = (),
    *,
    law: Constitution = LAW,
    decisions: int = 0,
    now: float = NOW,
    by: tuple[Ed25519PrivateKey, ...] = (ANN,),
) -> Json:
    for key in by:
        lease = sign_lease(lease, key)
    roots = {0: OTHER, 4: ROOT, 5: OTHER}
    return facts_of(
        lease, before, run=RUN, constitution=law, roots=roots, decisions=decisions, now=now
    )


# --- an allowance


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_allowance_is_of_numbers_from_zero_on(name):
    for value in (0, 7, 10**30):
        assert getattr(Allowance.from_json({**asdict(SOME), name: value}), name) == value
    wrong = (-1, -0.1, math.nan, math.inf, float("inf"), -math.inf, True, False, "1", None, [], {})
    for value in wrong:
        with pytest.raises(UsageError, match="numbers >= 0 of generations, flop"):
            Allowance.from_json({**asdict(SOME), name: value})
    with pytest.raises(UsageError):
        Allowance.from_json({key: value for key, value in asdict(SOME).items() if key != name})


def test_generations_are_whole_and_all_else_may_be_in_parts():
    with pytest.raises(UsageError):
        Allowance.from_json({**asdict(SOME), "generations": 2.0})
    parts = {name: 0.5 for name in AMOUNTS if name != "generations"}
    assert Allowance.from_json({"generations": 2, **parts}).gain == 0.5


@pytest.mark.parametrize("value", [{}, {**asdict(SOME), "more": 1}])
def test_an_allowance_is_of_exactly_those_numbers(value):
    with pytest.raises(UsageError, match="a lease grants"):
        Allowance.from_json(value)


def test_all_that_the_limits_let_one_lease_grant_is_within_them():
    most = Allowance.up_to(LAW.limits)
    assert most == Allowance(generations=200, flop=1e16, seconds=14400, joules=1e6, gain=3.5)
    assert most.within(most)
    for name in AMOUNTS:
        more = replace(most, **{name: getattr(most, name) * 2})
        assert not more.within(most)
        assert most.within(more)


FIVE = st.lists(st.integers(0, 3), min_size=5, max_size=5)


@given(FIVE, FIVE)
def test_within_is_no_more_of_anything(mine, theirs):
    one, other = (Allowance(**dict(zip(AMOUNTS, values, strict=True))) for values in (mine, theirs))
    assert one.within(other) == all(a <= b for a, b in zip(mine, theirs, strict=True))


# --- a line of the file


def test_a_lease_is_read_back_as_it_was_written():
    lease = sign_lease(LEASE, ANN)
    assert Lease.from_json(json.loads(canonical(lease.to_json()))) == lease
    assert lease.said == LEASE.said
    assert "signatures" not in lease.said
    assert lease.id == content_id({"said": LEASE.said, "signatures": list(lease.signatures)})
    assert lease.said["allowance"] == asdict(SOME)


FIELDS = [field.name for field in fields(Lease) if field.name != "signatures"]


@pytest.mark.parametrize("name", FIELDS)
def test_a_lease_lacks_nothing_and_has_each_of_its_type(name):
    wrong: list[Any] = [None, [], -1, 2.5, "x", {}, True, 1, math.inf]
    fits: dict[str, Callable[[Any], bool]] = {
        **dict.fromkeys(("run", "key", "constitution", "root"), lambda v: isinstance(v, str)),
        **dict.fromkeys(("number", "size"), lambda v: type(v) is int),
        **dict.fromkeys(("granted", "expires"), lambda v: v in (2.5, 1) and v is not True),
        "allowance": lambda _: False,
    }
    for value in wrong:
        line = {"said": {**LEASE.said, name: value}, "signatures": []}
        if fits[name](value):
            assert getattr(Lease.from_json(line), name) == value
        else:
            with pytest.raises(UsageError, match="a lease"):
                Lease.from_json(line)
    lacking = {key: value for key, value in LEASE.said.items() if key != name}
    with pytest.raises(UsageError, match="a lease says run, number"):
        Lease.from_json({"said": lacking, "signatures": []})


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"said": None, "signatures": []},
        {"said": [], "signatures": []},
        {"said": LEASE.said},
        {"said": LEASE.said, "signatures": {}},
        {"said": LEASE.said, "signatures": "x"},
        {"said": {**LEASE.said, "more": 1}, "signatures": []},
    ],
)
def test_what_is_no_lease_is_misuse(line):
    with pytest.raises(UsageError, match="a lease"):
        Lease.from_json(line)


def test_leases_are_read_in_their_order_and_nothing_else_is(tmp_path):
    path = tmp_path / "leases.jsonl"
    assert read_leases(path) == []
    lines = [canonical(replace(LEASE, number=n).to_json()) for n in (1, 2)]
    path.write_bytes(b"\n".join(lines) + b"\n" + b'{"torn')
    assert [lease.number for lease in read_leases(path)] == [1, 2]
    path.write_bytes(lines[0] + b" \n")
    with pytest.raises(LogDamaged):
        read_leases(path)
    path.write_bytes(b"{}\n")
    with pytest.raises(UsageError):
        read_leases(path)


# --- what is asked before it is taken up


def test_a_good_lease_is_signed_newer_and_bounded():
    good = {"signatures": 1, "threshold": 1, "newer": True, "bounded": True}
    assert facts(LEASE) == good
    line = json.loads(canonical(sign_lease(LEASE, ANN).to_json()))
    assert facts(Lease.from_json(line), by=()) == good


@pytest.mark.parametrize(
    ("by", "count"), [((), 0), ((ANN,), 1), ((ANN, ANN), 1), ((ANN, BEN), 2), ((EVE, BEN), 1)]
)
def test_keys_of_the_authority_are_counted_each_once(by, count):
    law = adopted(threshold=2)
    found = facts(replace(LEASE, constitution=law.id), law=law, by=by)
    assert (found["signatures"], found["threshold"]) == (count, 2)


def test_signatures_on_anything_else_do_not_count():
    for said, purpose in ((LEASE.said, "constitution"), ({**LEASE.said, "number": 2}, PURPOSE)):
        lease = replace(LEASE, signatures=(sign(ANN, purpose, said),))
        assert facts(lease, by=())["signatures"] == 0
    after = replace(sign_lease(LEASE, ANN), expires=NOW + 61)
    assert facts(after, by=())["signatures"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"run": OTHER},
        {"run": "00" * 32},
        {"constitution": OTHER},
        {"constitution": "00" * 32},
        {"number": 0},
        {"number": 2},
        {"root": OTHER},
        {"size": 5},
        {"size": 3},
        {"size": 6},
        {"size": -1},
    ],
)
def test_a_lease_of_another_run_law_number_or_log_is_not_newer(change):
    found = facts(replace(LEASE, **change))
    assert (found["newer"], found["bounded"], found["signatures"]) == (False, True, 1)


def test_a_lease_over_an_empty_log_is_newer_where_the_log_begins_so():
    assert facts(replace(LEASE, size=0, root=OTHER))["newer"]


def test_leases_are_numbered_without_a_gap_and_none_comes_again():
    second = replace(LEASE, number=2, granted=NOW + 1, expires=NOW + 2)
    assert facts(second, (LEASE,))["newer"]
    assert not facts(LEASE, (LEASE,))["newer"]
    assert not facts(replace(second, number=3), (LEASE,))["newer"]
    assert facts(replace(second, number=int("1001")), (LEASE,) * 1000)["newer"]


@pytest.mark.parametrize("name", AMOUNTS)
def test_a_lease_is_bounded_by_each_limit(name):
    most = Allowance.up_to(LAW.limits)
    assert facts(replace(LEASE, allowance=most))["bounded"]
    more = replace(most, **{name: getattr(most, name) * 1.001 + 1})
    assert not facts(replace(LEASE, allowance=more))["bounded"]


def test_a_lease_lasts_no_longer_than_the_limits_allow_and_ends_not_before_it_begins():
    days = LAW.limits.days * DAY
    assert (LAW.limits.days, DAY) == (30, 24 * 3600)
    for expires, bounded in (
        (NOW, True),
        (NOW - 1, False),
        (NOW + days, True),
        (NOW + days + 1, False),
    ):
        assert facts(replace(LEASE, expires=expires))["bounded"] is bounded


def test_leases_come_no_faster_than_decisions_can_be_reviewed():
    law = adopted(seconds_per_decision=10)
    first = replace(LEASE, constitution=law.id)
    second = replace(first, number=2, granted=NOW + 30, expires=NOW + 40)
    for decisions, bounded in ((0, True), (3, True), (4, False)):
        assert facts(second, (first,), law=law, decisions=decisions)["bounded"] is bounded
    third = replace(second, number=3, granted=NOW + 35)
    assert facts(third, (first, second), law=law, decisions=0)["bounded"]
    assert not facts(third, (first, second), law=law, decisions=1)["bounded"]  # since the last
    for granted in (NOW, 0):  # the first is the first
        early = replace(first, granted=granted, expires=granted)
        assert facts(early, law=law, decisions=9)["bounded"]


@pytest.mark.parametrize(("ahead", "fine"), [(0, True), (60, True), (61, False), (1e9, False)])
def test_a_lease_may_be_dated_no_further_ahead_than_clocks_differ(ahead, fine):
    assert facts(LEASE, now=NOW - ahead)["bounded"] is fine


def test_a_lease_granted_before_the_one_before_it_is_too_fast():
    back = replace(LEASE, number=2, granted=NOW - 1)
    assert not facts(back, (LEASE,))["bounded"]


# --- what is used up


@pytest.mark.parametrize("name", [name for name in AMOUNTS if name != "gain"])
def test_each_amount_is_used_up_exactly_at_its_limit(name):
    limit = getattr(SOME, name)
    just = limit - 1 if name == "generations" else math.nextafter(limit, 0)
    assert Spent(**{name: just}).beyond(SOME) == []
    assert Spent(**{name: limit}).beyond(SOME) == [name]
    assert Spent(**{name: limit + 1}).beyond(SOME) == [name]


def test_of_nothing_granted_there_is_nothing_left():
    none = Allowance(generations=0, flop=0, seconds=0, joules=0, gain=0)
    assert Spent().beyond(none) == ["generations", "flop", "seconds", "joules"]
    assert Spent() == Spent(generations=0, flop=0, seconds=0, joules=0)
    assert Spent().beyond(SOME) == []
    all_of_it = Spent(generations=9, flop=1e9, seconds=1e9, joules=1e9)
    assert all_of_it.beyond(SOME) == ["generations", "flop", "seconds", "joules"]


# --- capability

LEVELS = st.integers(1, 10_000)


def test_capability_is_the_mean_of_the_logarithms():
    assert nats({"a": 6, "b": 2}, {"a": 3, "b": 2}) == pytest.approx(math.log(2) / 2)
    assert nats({"a": 0}, {"a": 4}) == nats({"a": 1}, {"a": 4}) == math.log(1 / 4)
    assert nats({"a": 4, "more": 99}, {"a": 2}) == math.log(2)


@given(st.lists(st.tuples(LEVELS, LEVELS), min_size=1, max_size=6))
def test_capability_is_the_logarithm_of_the_geometric_mean(pairs):
    walls = {str(n): wall for n, (wall, _) in enumerate(pairs)}
    frontiers = {str(n): frontier for n, (_, frontier) in enumerate(pairs)}
    ratios = math.prod(frontier / wall for wall, frontier in pairs)
    assert math.exp(nats(frontiers, walls)) == pytest.approx(ratios ** (1 / len(pairs)))
    assert nats(walls, walls) == 0
    higher = {name: frontier + 1 for name, frontier in frontiers.items()}
    assert nats(higher, walls) > nats(frontiers, walls)


def test_thousandths_of_a_nat_are_rounded_up():
    shown = {
        0.0: 0,
        0.001: 1,
        0.0010001: 2,
        0.001000004: 2,
        0.5: 500,
        0.29: 290,
        -0.0009: 0,
        -0.001: -1,
    }
    assert {value: millinats(value) for value in shown} == shown
    assert millinats(0.0010000001) == 1  # less than a millionth of a millinat is no growth


@given(st.floats(-20, 20))
def test_no_growth_is_rounded_away(value):
    found = millinats(value)
    assert type(found) is int
    assert -1e-6 <= found - value * 1000 < 1 + 1e-6


def test_the_example_of_a_line_is_one(tmp_path: Path):
    line = json.loads(canonical(sign_lease(LEASE, ANN).to_json()))
    assert list(line) == ["said", "signatures"]
    assert sorted(line["said"]) == sorted(FIELDS)
