"""Diversity: known values on texts made by hand, and agreement with the plain definitions."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.mill.diversity import (
    LENGTHS,
    compression,
    measure_texts,
    nearest,
    repetition,
    self_bleu,
    tokens,
)

SAME = ["A stone of 3 kg falls for 12 s. How fast is it in the end?"] * 60
words = st.lists(st.lists(st.integers(0, 3), max_size=9), min_size=2, max_size=7)


def unlike(count: int) -> list[str]:
    """Texts that share no word and hardly a run of characters."""
    rng = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [" ".join("".join(rng.choices(letters, k=9)) for _ in range(12)) for _ in range(count)]


def numbered(texts: list[list[int]]) -> list[np.ndarray]:
    return [np.array(text, np.uint64) for text in texts]


def grams(text: list[int], n: int) -> Counter[tuple[int, ...]]:
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def bleu(text: list[int], references: list[list[int]]) -> float:
    """BLEU-4 by its definition, with method 1 of Chen and Cherry."""
    if not text:
        return 0.0
    score = 1.0
    for n in range(1, 5):
        most: Counter[tuple[int, ...]] = Counter()
        for reference in references:
            most |= grams(reference, n)
        own = grams(text, n)
        score *= ((own & most).total() or 0.1) / max(1, own.total())
    closest = min(
        (len(r) for r in references), key=lambda length: (abs(length - len(text)), length)
    )
    return score**0.25 * math.exp(min(0.0, 1 - closest / len(text)))


def test_texts_that_are_all_the_same_repeat_everything():
    found = measure_texts(SAME)
    assert found.texts == 60
    assert found.tokens == len(tokens(SAME[0])) == 18
    assert found.compression > 30
    assert set(found.repetition.values()) == {1.0}
    assert found.self_bleu == pytest.approx(1)
    assert found.nearest == pytest.approx(1)
    assert found.nearest95 == pytest.approx(1)


def test_texts_that_share_nothing_repeat_nothing():
    found = measure_texts(unlike(60))
    assert found.compression < 2
    assert set(found.repetition.values()) == {0.0}
    assert found.self_bleu < 0.02
    assert found.nearest < 0.1


def test_the_more_copies_the_more_repetition():
    found = [measure_texts([*unlike(60)[copies:], *SAME[:copies]]) for copies in (0, 10, 30, 50)]
    for measure in ("compression", "self_bleu", "nearest"):
        figures = [getattr(each, measure) for each in found]
        assert figures == sorted(set(figures))
    for n in LENGTHS:
        figures = [each.repetition[n] for each in found]
        assert figures == sorted(set(figures))


def test_one_text_alone_and_none_at_all_are_like_nothing():
    for texts in ([], SAME[:1], [""], ["", ""]):
        found = measure_texts(texts)
        assert found.texts == len(texts)
        assert set(found.repetition.values()) == {0.0}
        assert found.self_bleu == 0


def test_tokens_are_words_numbers_and_signs():
    assert tokens("v = 9.81 m/s, größer!") == ["v", "=", "9.81", "m", "/", "s", ",", "größer", "!"]


@given(texts=words)
def test_self_bleu_is_bleu_with_all_others_as_references(texts):
    found = self_bleu(numbered(texts)).tolist()
    plain = [bleu(text, texts[:i] + texts[i + 1 :]) for i, text in enumerate(texts)]
    assert found == pytest.approx(plain)


@given(texts=words, n=st.integers(1, 5))
def test_repetition_is_the_share_of_n_grams_that_another_text_has(texts, n):
    each = [grams(text, n) for text in texts]
    again = sum(
        count
        for i, own in enumerate(each)
        for gram, count in own.items()
        if any(gram in other for j, other in enumerate(each) if i != j)
    )
    assert repetition(numbered(texts), n) == pytest.approx(
        again / (sum(own.total() for own in each) or 1)
    )


@given(texts=st.lists(st.text("ab €", max_size=12), min_size=2, max_size=7))
def test_the_nearest_neighbour_is_the_one_of_the_highest_cosine(texts):
    padded = [text.ljust(4) for text in texts]
    each = [Counter(text[i : i + 4] for i in range(len(text) - 3)) for text in padded]
    spreads = Counter(gram for own in each for gram in own)
    idf = {gram: 1 + math.log((1 + len(texts)) / (1 + d)) for gram, d in spreads.items()}
    vectors = [{gram: count * idf[gram] for gram, count in own.items()} for own in each]

    def cosine(one: dict[str, float], other: dict[str, float]) -> float:
        product = sum(weight * other.get(gram, 0) for gram, weight in one.items())
        return product / math.hypot(*one.values()) / math.hypot(*other.values())

    plain = [
        max(cosine(own, other) for j, other in enumerate(vectors) if i != j)
        for i, own in enumerate(vectors)
    ]
    assert nearest(texts).tolist() == pytest.approx(plain)


def test_the_nearest_is_found_in_whatever_block_it_is(monkeypatch):
    texts = [*unlike(20), *unlike(20)]
    whole = nearest(texts)
    monkeypatch.setattr("ouroboros.mill.diversity.BLOCK", 7)
    assert nearest(texts).tolist() == pytest.approx(whole.tolist())
    assert whole.min() == pytest.approx(1)


@settings(max_examples=30)
@given(order=st.permutations(range(12)))
def test_only_compression_depends_on_the_order_of_texts(order):
    texts = [*unlike(6), *SAME[:3], *(f"A stone of {n} kg falls for {n} s." for n in range(3))]
    found, turned = (measure_texts(each) for each in (texts, [texts[i] for i in order]))
    assert turned.repetition == pytest.approx(found.repetition)
    assert turned.self_bleu == pytest.approx(found.self_bleu)
    assert (turned.nearest, turned.nearest95) == pytest.approx((found.nearest, found.nearest95))


def test_compression_is_bytes_over_bytes():
    assert compression(["the same"] * 1000) == pytest.approx(167, abs=10)
    assert compression([]) == 0
