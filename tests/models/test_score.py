from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.models import packing, score
from ouroboros.models.decode import decode
from ouroboros.models.rows import Rows, concatenate, encode_rows
from ouroboros.models.score import chunks, first_difference, read
from ouroboros.models.tokenizer import BREAK, END

from .bodies import VARIANTS, mixed_rows, read_alone, scrambled
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


def read_slowly(model, rows):
    """Per row the first token that is not the likeliest, the least and the total log-probability.

    Every row is read by itself, each of its tokens by the probabilities behind the token before.
    """
    found = []
    for start, length, prompt in zip(rows.starts, rows.lengths, rows.prompts, strict=True):
        ids = rows.tokens[start : start + length]
        ahead = read_alone(model, ids.tolist())[prompt - 1 : -1].double()
        logs = np.log(ahead.numpy()[np.arange(length - prompt), ids[prompt:]])
        wrong = np.flatnonzero(ahead.numpy().argmax(axis=1) != ids[prompt:])
        found.append((wrong[0] if len(wrong) else -1, logs.min(), logs.sum()))
    return [np.array(column) for column in zip(*found, strict=True)]


def half_own_text(**changes: object):
    """A body and its own text, in which every second row has another character somewhere."""
    model, rows = own_text(**changes)
    tokens, sizes = rows.tokens.copy(), rows.lengths - rows.prompts
    for row in range(0, len(rows), 2):
        at = rows.starts[row] + rows.prompts[row] + row % sizes[row]
        tokens[at] = model.tokenizer.first_character + (tokens[at] % 2 == 0)
    return model, replace(rows, tokens=tokens)


def assert_reads(model, rows, expected):
    reading = read(model, rows)
    first, least, total = expected
    assert np.array_equal(reading.first, first)
    assert reading.least == pytest.approx(least, abs=1e-4)
    assert reading.total == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
def test_a_reading_is_what_the_probabilities_of_each_token_alone_come_to(changes):
    model, rows = half_own_text(**changes)
    expected = read_slowly(model, rows)
    assert len(set(expected[0])) > 2
    assert -1 in expected[0]
    assert_reads(model, rows, expected)


@pytest.mark.parametrize("long_row", [5, 1000])
@pytest.mark.parametrize("scores", [1, 900])
def test_likelihoods_do_not_depend_on_what_is_read_together(monkeypatch, scores, long_row):
    model, rows = half_own_text()
    prompts = ["12+3=", "1a+3=", "45+6=", "2b+3=", "ab+7="]  # of one length, grouped by pattern
    alike = encode_rows(model.tokenizer, "sum", prompts, ["15", "4", "51", "5a", ""])
    rows = concatenate([alike, rows, alike])
    expected = read_slowly(model, rows)
    monkeypatch.setattr(score, "MAX_SCORES", scores)
    monkeypatch.setattr(packing, "LONG_ROW", long_row)
    assert_reads(model, rows, expected)


def test_the_least_likely_token_is_no_likelier_than_the_whole_and_nothing_is_sure():
    model, rows = own_text()
    reading = read(model, rows)
    assert (reading.total <= reading.least).all()
    assert (reading.least < 0).all()


def test_of_a_row_that_goes_on_the_break_is_read_and_not_an_end():
    model = scrambled()
    pair = (["12+3=", "12+3="], ["45", "45"])
    rows = encode_rows(model.tokenizer, "sum", *pair, goes_on=[True, False])
    assert rows.tokens[rows.starts + rows.lengths - 1].tolist() == [BREAK, END]
    assert_reads(model, rows, read_slowly(model, rows))
    ended, gone_on = read(model, rows).total[::-1]
    behind = read_alone(model, rows.tokens[: rows.lengths[0] - 1].tolist())[-1].log()
    assert gone_on - ended == pytest.approx(float(behind[BREAK] - behind[END]), abs=1e-4)


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
    assert (read(model, rows).least.size, read(model, rows).total.size) == (0, 0)
