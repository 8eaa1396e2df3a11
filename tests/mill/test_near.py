"""Near-duplicates: what stays is what comparing all pairs leaves, and nothing goes for nothing."""

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.mill.near import HASHES, LEAST, MISSED, banding, elements, similarity, survivors

alike = st.frozensets(st.integers(0, 2**64 - 1), min_size=1, max_size=3)
few = st.frozensets(st.integers(0, 9).map(lambda n: n * 0x9E3779B97F4A7C15 % 2**64), min_size=1)


def first_come(items: list[frozenset[int]], near: float) -> list[bool]:
    """Whether each stays: by comparing with all that stay so far."""
    kept: list[frozenset[int]] = []
    stays: list[bool] = []
    for own in items:
        stays.append(all(similarity(own, other) < near for other in kept))
        if stays[-1]:
            kept.append(own)
    return stays


def surviving(items: list[frozenset[int]], near: float) -> list[bool]:
    flat = np.array([element for own in items for element in sorted(own)], np.uint64)
    sizes = np.array([len(own) for own in items], np.int64)
    return survivors(flat, np.cumsum(sizes) - sizes, near).tolist()


@settings(max_examples=60)
@given(items=st.lists(few | alike, min_size=1, max_size=40), near=st.floats(LEAST, 1))
def test_the_items_that_stay_are_those_that_comparing_all_pairs_leaves(items, near):
    assert surviving(items, near) == first_come(items, near)


@settings(max_examples=60)
@given(items=st.lists(few, min_size=2, max_size=30), near=st.sampled_from([0.2, 0.5, 0.8, 1.0]))
def test_no_near_pair_survives_and_what_goes_was_near_to_what_stays(items, near):
    stays = surviving(items, near)
    kept = [own for own, stay in zip(items, stays, strict=True) if stay]
    assert all(similarity(a, b) < near for a, b in combinations(kept, 2))
    for own, stay in zip(items, stays, strict=True):
        assert stay or any(similarity(own, other) >= near for other in kept)


@given(sizes=st.lists(st.integers(1, 20), min_size=1, max_size=30), near=st.floats(LEAST, 1))
def test_nothing_goes_where_nothing_is_shared(sizes, near):
    numbers = iter(range(sum(sizes)))
    items = [frozenset(next(numbers) for _ in range(size)) for size in sizes]
    assert all(surviving(items, near))


@given(near=st.floats(LEAST, 1))
def test_a_pair_at_the_threshold_is_hardly_ever_missed(near):
    bands, width = banding(near)
    assert (1 - near**width) ** bands <= MISSED * 1.001
    assert bands * width <= HASHES


def test_pairs_meet_as_often_as_the_theory_of_minhash_says(monkeypatch):
    monkeypatch.setattr("ouroboros.mill.near.banding", lambda near: (2, 5))
    pairs, rng = 20_000, np.random.default_rng(0)
    base = rng.integers(0, 2**63, (pairs, 10), np.uint64)  # of two times nine elements eight shared
    flat = np.concatenate([base[:, :9].ravel(), np.delete(base, 8, axis=1).ravel()])
    found = 1 - survivors(flat, np.arange(2 * pairs) * 9, 0.8)[pairs:].mean()
    assert found == pytest.approx(1 - (1 - 0.8**5) ** 2, abs=0.015)


def test_what_an_item_holds_are_its_lines_in_their_order_and_the_entries_of_its_prompt():
    assert len(elements("3,5,9=", ["3+5=8", "8+9=17", "17"])) == 6
    one, other = elements("3,5,9=", ["3+5=8", "17"]), elements("9,5,3=", ["3+5=8", "17"])
    assert set(one) == set(other)
    assert set(elements("1=", ["a", "b"])) != set(elements("1=", ["b", "a"]))


def test_what_is_held_twice_counts_twice():
    twice, once = (frozenset(elements(prompt, ["8"])) for prompt in ("4,4=", "4="))
    assert similarity(twice, once) == 2 / 3


def test_problems_with_one_line_and_the_same_answer_are_not_near():
    one, other = (frozenset(elements(prompt, ["yes"])) for prompt in ("17+5=", "18+4="))
    assert similarity(one, other) < 0.5


def test_long_solutions_over_few_signs_are_not_near_for_that():
    rng = random.Random(0)
    kinds = [f"{a}{c}{b}={r}" for a in "tf" for b in "tf" for c in "&|^>" for r in "tf"][::2]
    for one, other in combinations([rng.choices(kinds, k=200) for _ in range(12)], 2):
        assert similarity(frozenset(elements("a", one)), frozenset(elements("b", other))) < 0.8
