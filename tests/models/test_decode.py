import numpy as np
import pytest

from ouroboros.models import decode as decoding
from ouroboros.models import packing
from ouroboros.models.decode import Decoded, decode
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.tokenizer import END
from ouroboros.models.transformer import Transformer

from .bodies import VARIANTS, mixed_rows, read_alone, scrambled

BUDGET = 14
every_body = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())


def ids_of(rows: Rows, number: int) -> list[int]:
    start = rows.starts[number]
    return rows.tokens[start : start + rows.lengths[number]].tolist()


def written(decoded: Decoded, number: int) -> list[int]:
    return decoded.tokens[number, : decoded.lengths[number]].tolist()


def continued(rows: Rows, decoded: Decoded) -> Rows:
    """The prompts with what was written after them."""
    whole = [ids_of(rows, i) + written(decoded, i) for i in range(len(rows))]
    lengths = np.array([len(ids) for ids in whole])
    return Rows(
        tokens=np.concatenate(whole).astype(np.uint8),
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        prompts=rows.lengths,
    )


def ending(seed: int = 0, **changes: object) -> Transformer:
    """A body that likes to end, so that some rows do early and others never."""
    model = scrambled(seed, **changes)
    model.head[END] *= 1.7
    return model


@every_body
def test_a_decode_is_the_argmax_of_a_full_pass_over_each_row_alone(changes):
    model = ending(**changes)
    prompts = mixed_rows(model, answered=False)
    decoded = decode(model, prompts, BUDGET)
    for i in range(len(prompts)):
        prompt, text = ids_of(prompts, i), written(decoded, i)
        best, token = read_alone(model, prompt + text)[len(prompt) - 1 : -1].max(dim=-1)
        assert text == token.tolist(), i
        assert decoded.confidence[i] == pytest.approx(float(best.min()), abs=1e-3)
        assert decoded.ended[i] == (text[-1] == END)
        assert decoded.ended[i] or len(text) == BUDGET


def test_the_bodies_of_these_tests_end_early_as_well_as_never():
    ended, lengths = set(), set()
    for changes in VARIANTS.values():
        model = ending(**changes)
        decoded = decode(model, mixed_rows(model, answered=False), BUDGET)
        ended |= set(decoded.ended.tolist())
        lengths |= set(decoded.lengths.tolist())
    assert ended == {True, False}
    assert {1, 3, 5, BUDGET} <= lengths


@pytest.mark.parametrize("long_row", [5, 1000])
@pytest.mark.parametrize("pairs", [1, 500, 10**6])
def test_batches_and_groups_of_any_size_write_the_same(monkeypatch, pairs, long_row):
    model = ending()
    prompts = mixed_rows(model, answered=False)
    whole = decode(model, prompts, BUDGET)
    monkeypatch.setattr(decoding, "MAX_PAIRS", pairs)
    monkeypatch.setattr(packing, "LONG_ROW", long_row)
    parts = decode(model, prompts, BUDGET)
    assert np.array_equal(parts.tokens, whole.tokens)
    assert np.allclose(parts.confidence, whole.confidence, atol=1e-5)


def test_nothing_stands_behind_an_end():
    model = ending()
    decoded = decode(model, mixed_rows(model, answered=False), BUDGET)
    for tokens, length, ended in zip(decoded.tokens, decoded.lengths, decoded.ended, strict=True):
        assert ended == (END in tokens)
        assert not tokens[length:].any()
        if ended:
            assert tokens.tolist().index(END) == length - 1


def test_a_budget_cuts_a_text_short_without_changing_it():
    model = ending()
    prompts = mixed_rows(model, answered=False)
    long, short = decode(model, prompts, BUDGET), decode(model, prompts, 3)
    assert short.tokens.shape == (len(prompts), 3)
    assert np.array_equal(short.tokens, long.tokens[:, :3])
    assert np.array_equal(short.lengths, np.minimum(long.lengths, 3))
    assert np.array_equal(short.ended, long.ended & (long.lengths <= 3))
    assert (short.confidence >= long.confidence - 1e-6).all()


def test_a_budget_of_one_token_needs_no_second_step():
    model = ending()
    prompts = mixed_rows(model, answered=False)
    assert np.array_equal(decode(model, prompts, 1).tokens, decode(model, prompts, 5).tokens[:, :1])


def test_no_prompts_give_no_text():
    model = scrambled()
    decoded = decode(model, encode_rows(model.tokenizer, "sum", []), 5)
    assert decoded.tokens.shape == (0, 5)
    assert len(decoded.lengths) == len(decoded.ended) == len(decoded.confidence) == 0
