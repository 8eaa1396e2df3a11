import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.errors import UsageError
from ouroboros.models.rows import Rows, concatenate, encode_rows
from ouroboros.models.tokenizer import BREAK, END, Tokenizer

TOKENIZER = Tokenizer(alphabet="0123456789+=", families=("sum", "copy"))
TEXT = st.text("0123456789+=", max_size=8)
PAIRS = st.lists(st.tuples(TEXT, st.text("0123\n", max_size=8)), min_size=1, max_size=8)


def row_of(rows: Rows, number: int) -> list[int]:
    start, length = rows.starts[number], rows.lengths[number]
    return rows.tokens[start : start + length].tolist()


@given(PAIRS)
def test_a_row_is_tag_prompt_completion_and_end(pairs):
    rows = encode_rows(TOKENIZER, "copy", *map(list, zip(*pairs, strict=True)))
    assert len(rows) == len(pairs)
    for i, (prompt, completion) in enumerate(pairs):
        ids = TOKENIZER.encode(prompt + completion).tolist()
        assert row_of(rows, i) == [TOKENIZER.tag("copy"), *ids, END]
        assert rows.prompts[i] == 1 + len(prompt)


@given(PAIRS, st.data())
def test_a_completion_that_goes_on_has_a_break_where_others_end(pairs, data):
    prompts, completions = map(list, zip(*pairs, strict=True))
    size = len(pairs)
    goes_on = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    rows = encode_rows(TOKENIZER, "sum", prompts, completions, goes_on)
    plain = encode_rows(TOKENIZER, "sum", prompts, completions)
    for i, more in enumerate(goes_on):
        assert row_of(rows, i) == [*row_of(plain, i)[:-1], BREAK if more else END]
    for field in ("starts", "lengths", "prompts"):
        assert np.array_equal(getattr(rows, field), getattr(plain, field))


@given(st.lists(TEXT, min_size=1, max_size=8))
def test_without_completions_a_row_ends_after_its_prompt(prompts):
    rows = encode_rows(TOKENIZER, "sum", prompts)
    for i, prompt in enumerate(prompts):
        assert row_of(rows, i) == [TOKENIZER.tag("sum"), *TOKENIZER.encode(prompt).tolist()]
    assert np.array_equal(rows.prompts, rows.lengths)


@given(PAIRS, st.randoms(use_true_random=False))
def test_flat_index_finds_the_tokens_of_any_rows_in_their_order(pairs, rng):
    rows = encode_rows(TOKENIZER, "sum", *map(list, zip(*pairs, strict=True)))
    chosen = np.array(rng.choices(range(len(rows)), k=rng.randint(0, 9)), dtype=np.int64)
    expected = [token for number in chosen for token in row_of(rows, number)]
    assert rows.tokens[rows.flat_index(chosen)].tolist() == expected


@given(st.lists(PAIRS, min_size=1, max_size=4))
def test_concatenated_rows_are_the_rows_of_the_parts(parts):
    encoded = [
        encode_rows(TOKENIZER, "sum", *map(list, zip(*pairs, strict=True))) for pairs in parts
    ]
    whole = concatenate(encoded)
    assert [row_of(whole, i) for i in range(len(whole))] == [
        row_of(part, i) for part in encoded for i in range(len(part))
    ]
    assert whole.prompts.tolist() == [p for part in encoded for p in part.prompts]


def test_no_prompts_are_no_rows():
    rows = encode_rows(TOKENIZER, "sum", [])
    assert len(rows) == 0
    assert rows.flat_index(np.array([], dtype=np.int64)).size == 0


def test_a_prompt_without_its_completion_is_an_error():
    with pytest.raises(ValueError, match="shorter"):
        encode_rows(TOKENIZER, "sum", ["1+1=", "2+2="], ["2"])


def test_an_unknown_family_or_character_is_the_users_mistake():
    with pytest.raises(UsageError, match="reverse"):
        encode_rows(TOKENIZER, "reverse", ["1="])
    with pytest.raises(UsageError, match="'x'"):
        encode_rows(TOKENIZER, "sum", ["1=", "x="])
