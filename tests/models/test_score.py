from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.models import packing, score
from ouroboros.models.decode import decode
from ouroboros.models.rows import Rows
from ouroboros.models.score import chunks, first_difference

from .bodies import VARIANTS, mixed_rows, scrambled
from .test_decode import continued


def own_text(seed: int = 0, **changes: object):
    model = scrambled(seed, **changes)
    prompts = mixed_rows(model, answered=False)
    return model, continued(prompts, decode(model, prompts, 9))


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
def test_a_body_differs_from_its_own_decode_nowhere(changes):
    model, rows = own_text(**changes)
    assert (first_difference(model, rows) == -1).all()


def test_a_changed_token_is_found_at_its_place_and_nowhere_before():
    model, rows = own_text()
    for row in range(len(rows)):
        for place in range(rows.lengths[row] - rows.prompts[row]):
            tokens = rows.tokens.copy()
            at = rows.starts[row] + rows.prompts[row] + place
            tokens[at] = model.tokenizer.first_character + (tokens[at] == 5)
            expected = np.full(len(rows), -1)
            if tokens[at] != rows.tokens[at]:
                expected[row] = place
            assert np.array_equal(first_difference(model, replace(rows, tokens=tokens)), expected)


@pytest.mark.parametrize("long_row", [5, 1000])
@pytest.mark.parametrize("scores", [1, 900, 10**6])
def test_chunks_and_groups_of_any_size_find_the_same(monkeypatch, scores, long_row):
    model, rows = own_text()
    tokens = rows.tokens.copy()
    tokens[rows.starts + rows.lengths - 2] = model.tokenizer.first_character
    rows = replace(rows, tokens=tokens)
    whole = first_difference(model, rows)
    monkeypatch.setattr(score, "MAX_SCORES", scores)
    monkeypatch.setattr(packing, "LONG_ROW", long_row)
    assert np.array_equal(first_difference(model, rows), whole)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=30), st.integers(1, 4))
def test_chunks_take_every_row_once_and_hold_little_more_than_their_limit(lengths, heads):
    sizes = np.array(lengths)
    rows = Rows(tokens=np.zeros(0, dtype=np.uint8), starts=sizes, lengths=sizes, prompts=sizes)
    found = chunks(rows, heads)
    assert sorted(np.concatenate(found)) == list(range(len(lengths)))
    for chunk in found:
        cost = sizes[chunk] ** 2 * heads
        assert cost.sum() - cost.max() <= score.MAX_SCORES


def test_no_rows_differ_nowhere():
    model = scrambled()
    none = np.zeros(0, dtype=np.int64)
    rows = Rows(tokens=np.zeros(0, dtype=np.uint8), starts=none, lengths=none, prompts=none)
    assert first_difference(model, rows).size == 0
