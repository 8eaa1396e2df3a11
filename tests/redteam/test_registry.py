"""What attacks there are: each with a name of its own, a twin and an article that stands there."""

import re

import pytest

from ouroboros_redteam import attack
from ouroboros_redteam.attack import Benign, Inside, Outside, asked, chosen, letter, registry
from ouroboros_warden.constitution import shipped


def test_every_class_that_applies_has_attacks():
    counts = {name: len(chosen([name], [])) for name in "ACDEFGHI"}
    assert all(count >= 15 for count in counts.values()), counts
    assert sum(counts.values()) == len(registry()) >= 100
    assert not chosen(["B"], [])  # timing and kernels: the loop writes none yet


def test_every_attack_says_what_the_attacker_wants_and_has_a_twin():
    titles = [each.title for each in registry().values()]
    assert len({*titles}) == len(titles)
    for each in registry().values():
        assert each.title[0].islower()
        assert each.benign.title
        assert callable(each.benign.act)
        assert each.benign.act is not each.attempt


def test_the_article_that_an_attack_offends_is_one_of_the_constitutions():
    articles = set(re.findall(r'@id\("(\d+)-', shipped()["articles.cedar"]))
    assert {each.article for each in registry().values()} <= {*articles, ""}


def test_attacks_are_chosen_by_class_by_number_and_by_family_of_numbers():
    assert {letter(each) for each in chosen(["E"], [])} == {"E"}
    assert [each.id for each in chosen([], ["D1.1"])] == ["D1.1"]
    assert {each.id.partition(".")[0] for each in chosen([], ["A5"])} == {"A5"}
    assert len(chosen([], [])) == len(registry())
    assert not chosen([], ["A5.999"])


def test_attacks_come_in_the_order_of_their_numbers():
    ids = [each.id for each in chosen(["A"], [])]
    numbers = [[*map(int, each[1:].split("."))] for each in ids]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("identity", ["Z1.1", "A1", "A1.x", "A1.1 ", ""])
def test_what_is_no_id_is_found_when_attacks_are_gathered(monkeypatch, identity):
    odd = asked(identity, "x", lambda e: None, Benign("y", lambda e: None))
    monkeypatch.setattr(attack, "_all", lambda: iter([odd]))
    with pytest.raises(ValueError, match="no id of an attack"):
        registry.__wrapped__()


def test_two_attacks_of_one_id_are_found(monkeypatch):
    one = asked("A1.1", "x", lambda e: None, Benign("y", lambda e: None))
    monkeypatch.setattr(attack, "_all", lambda: iter([one, one]))
    with pytest.raises(ValueError, match="that of another"):
        registry.__wrapped__()


def test_attacks_by_system_calls_promise_a_tier_and_the_others_do_not():
    inside = [each for each in registry().values() if isinstance(each, Inside)]
    assert {each.least for each in inside if each.by == "box"} <= {"T1", "T2", "T3"}
    assert {each.least for each in inside if each.by == "gate"} == {"T1"}
    assert len(inside) + sum(isinstance(e, Outside) for e in registry().values()) == len(registry())
