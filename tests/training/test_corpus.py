import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.models.rows import encode_rows
from ouroboros.training.corpus import build_corpus, draw, family_shares

from .meals import TOKENIZER, corpus, serving


def bin_of(whole, row: int) -> int:
    return next(i for i, b in enumerate(whole.bins) if b.first <= row < b.first + b.count)


def test_a_corpus_keeps_its_parts_as_bins_in_their_order():
    whole = corpus()
    assert [(b.family, b.level, b.first, b.count) for b in whole.bins] == [
        ("copy", 2, 0, 5),
        ("copy", 4, 5, 6),
        ("reverse", 2, 11, 7),
        ("reverse", 4, 18, 8),
    ]
    # tag, string, "=", string, end
    assert [b.tokens for b in whole.bins] == [7.0, 11.0, 7.0, 11.0]
    assert len(whole.rows) == 26


def test_a_part_without_rows_is_an_empty_bin():
    whole = build_corpus([("copy", 1, encode_rows(TOKENIZER, "copy", []))])
    assert (whole.bins[0].count, whole.bins[0].tokens) == (0, 0.0)


@given(st.integers(0, 2**32), st.integers(1, 6), st.floats(1, 200))
def test_a_draw_depends_on_its_generator_alone_and_stays_within_its_bins(seed, picks, tokens):
    whole = corpus()
    diet = [serving(bins=(0, 2), shares=(1.0, 3.0), picks=picks, tokens=tokens), serving()]
    rows, origin = draw(whole, diet, np.random.default_rng(seed))
    again = draw(whole, diet, np.random.default_rng(seed))
    assert np.array_equal(rows, again[0])
    assert np.array_equal(origin, again[1])
    assert {bin_of(whole, row) for row in rows[origin == 0]} <= {0, 2}
    assert set(origin) == {0, 1}


def test_another_seed_draws_other_rows():
    one, other = (draw(corpus(), [serving()], np.random.default_rng(s))[0] for s in (1, 2))
    assert not np.array_equal(one, other)


def test_a_pick_gives_about_its_tokens_and_at_least_a_row():
    whole = corpus()
    for tokens, expected in ((40.0, 6), (7.0, 1), (1.0, 1)):
        diet = [serving(bins=(0,), shares=(1.0,), picks=1, tokens=tokens)]
        assert len(draw(whole, diet, np.random.default_rng(0))[0]) == expected


def test_bins_are_drawn_by_their_shares():
    whole = corpus()
    diet = [serving(shares=(1.0, 2.0, 0.0, 5.0), picks=4000, tokens=1.0)]
    rows, _ = draw(whole, diet, np.random.default_rng(0))
    counts = np.bincount([bin_of(whole, row) for row in rows], minlength=4)
    # four standard errors of a share of 4,000 draws are at most 0.032
    assert np.allclose(counts / len(rows), [1 / 8, 2 / 8, 0, 5 / 8], atol=0.032)


def test_rows_of_a_bin_are_drawn_alike():
    diet = [serving(bins=(1,), shares=(1.0,), picks=1, tokens=11.0 * 6000)]
    rows, _ = draw(corpus(), diet, np.random.default_rng(0))
    counts = np.bincount(rows - 5, minlength=6)
    assert np.allclose(counts / len(rows), 1 / 6, atol=0.02)


def test_a_family_gets_its_share_spread_over_its_rows():
    shares = family_shares(corpus().bins, {"copy": 1.0, "reverse": 3.0})
    assert shares == pytest.approx((5 / 11, 6 / 11, 3 * 7 / 15, 3 * 8 / 15))
