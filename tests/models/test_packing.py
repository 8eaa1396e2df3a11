from dataclasses import dataclass, replace
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.models import packing
from ouroboros.models.genome import Genome
from ouroboros.models.packing import (
    Features,
    Packed,
    bucket_sizes,
    num_buckets,
    pack,
    pair_buckets,
    run_features,
)
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.tokenizer import END, Tokenizer

from .bodies import GENOME

SYMBOL = 0
TOKENIZER = Tokenizer(alphabet=GENOME.alphabet, families=GENOME.families)
CLASSES = torch.from_numpy(TOKENIZER.classes)
ROWS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9), min_size=1, max_size=5)
TEXTS = st.lists(
    st.tuples(st.text("01ab+=", max_size=6), st.text("12cd=\n", max_size=6)),
    min_size=1,
    max_size=6,
)
TERMS = st.lists(st.sampled_from(list(bucket_sizes(GENOME))), min_size=1, unique=True)
every_grouping = pytest.mark.parametrize("long_row", [1, 6, 1000])


def packed_from(long_row: int, genome: Genome, rows: Rows, chosen: np.ndarray) -> Packed:
    """A pack in which rows of so many tokens count as long."""
    with mock.patch.object(packing, "LONG_ROW", long_row):
        return pack(genome, CLASSES, rows, chosen)


@dataclass(frozen=True)
class Place:
    """What packing's docstring says of one token, told token by token."""

    position: int
    index: int
    end_index: int
    run_end: int
    segment: int
    is_symbol: bool


def places(classes: list[int]) -> list[Place]:
    found = []
    for i, own in enumerate(classes):
        start = end = i
        while own != SYMBOL and start > 0 and classes[start - 1] == own:
            start -= 1
        while own != SYMBOL and end + 1 < len(classes) and classes[end + 1] == own:
            end += 1
        found.append(
            Place(
                position=i,
                index=0 if own == SYMBOL else i - start + 1,
                end_index=0 if own == SYMBOL else end - i + 1,
                run_end=end,
                segment=classes[: i + 1].count(SYMBOL),
                is_symbol=own == SYMBOL,
            )
        )
    return found


def clip(value: int, window: int) -> int:
    return max(-window, min(window, value)) + window


def slow_bucket(genome: Genome, query: Place, key: Place) -> int:
    """The pair's bucket as the module's docstring tells it; the future is the mask's."""
    if key.position > query.position:
        return num_buckets(genome)
    alone = 2 * genome.window + 1
    open_or_symbol = key.is_symbol or key.run_end >= query.position
    parts = {
        "run_start": alone if key.is_symbol else clip(query.index - key.index, genome.window),
        "run_end": alone if open_or_symbol else clip(query.index - key.end_index, genome.window),
        "segment": min(query.segment - key.segment, genome.segments),
        "token": min(query.position - key.position, genome.tokens),
    }
    bucket = 0
    for term, size in bucket_sizes(genome).items():
        bucket = bucket * size + parts[term]
    return bucket


@given(ROWS)
def test_features_of_packed_rows_are_those_that_a_reader_counts_by_hand(rows):
    begins = torch.tensor([i == 0 for row in rows for i in range(len(row))])
    features = run_features(torch.tensor([c for row in rows for c in row]), begins)
    offsets = np.cumsum([0] + [len(row) for row in rows])
    expected = [
        replace(p, position=p.position + offset, run_end=p.run_end + offset)
        for row, offset in zip(rows, offsets, strict=False)
        for p in places(row)
    ]
    assert features.position.tolist() == [p.position for p in expected]
    assert features.index.tolist() == [p.index for p in expected]
    assert features.end_index.tolist() == [p.end_index for p in expected]
    assert features.run_end.tolist() == [p.run_end for p in expected]
    assert features.is_symbol.tolist() == [p.is_symbol for p in expected]
    # segments count on from row to row; only differences within a row are ever used
    found = features.segment.split([len(row) for row in rows])
    for row, segment in zip(rows, found, strict=True):
        counted = [p.segment for p in places(row)]
        assert (segment - segment[0]).tolist() == [c - counted[0] for c in counted]


@every_grouping
@given(TEXTS, TERMS)
def test_every_pair_of_a_packed_row_has_the_bucket_that_a_reader_counts_by_hand(
    long_row, texts, terms
):
    genome = replace(GENOME, bias=tuple(terms))
    rows = encode_rows(TOKENIZER, "sum", *map(list, zip(*texts, strict=True)))
    packed = packed_from(long_row, genome, rows, np.arange(len(rows)))
    token = pair = 0
    for group in packed.groups:
        tokens = packed.tokens[token : token + group.tokens].view(group.rows, group.length)
        buckets = packed.buckets[pair : pair + group.pairs].view(group.patterns, -1)
        for row, found in zip(tokens, buckets.expand(group.rows, -1), strict=True):
            own = places(CLASSES[row].tolist())
            assert found.tolist() == [slow_bucket(genome, q, k) for q in own for k in own]
        token, pair = token + group.tokens, pair + group.pairs
    assert (token, pair) == (len(packed.tokens), len(packed.buckets))


@every_grouping
@given(TEXTS, st.randoms(use_true_random=False))
def test_a_pack_holds_the_chosen_rows_by_length_and_their_completions_as_targets(
    long_row, texts, rng
):
    rows = encode_rows(TOKENIZER, "copy", *map(list, zip(*texts, strict=True)))
    chosen = np.array(rng.choices(range(len(rows)), k=7), dtype=np.int64)
    packed = packed_from(long_row, GENOME, rows, chosen)
    assert sorted(packed.order) == list(range(7))
    numbers = chosen[packed.order]
    assert (np.diff(rows.lengths[numbers]) >= 0).all()
    assert packed.tokens.tolist() == rows.tokens[rows.flat_index(numbers)].tolist()
    assert packed.position.tolist() == [i for n in numbers for i in range(rows.lengths[n])]
    completions = [[*TOKENIZER.encode(texts[n][1]).tolist(), END] for n in numbers]
    assert packed.target.tolist() == [token for ids in completions for token in ids]
    assert packed.tokens[packed.target_index + 1].tolist() == packed.target.tolist()


@given(TEXTS)
def test_long_rows_share_the_buckets_of_their_pattern_and_short_ones_have_their_own(texts):
    rows = encode_rows(TOKENIZER, "sum", *map(list, zip(*texts, strict=True)))
    packed = packed_from(6, GENOME, rows, np.arange(len(rows)))
    token, seen = 0, set()
    for group in packed.groups:
        tokens = packed.tokens[token : token + group.tokens].view(group.rows, group.length)
        token += group.tokens
        patterns = {tuple(row) for row in CLASSES[tokens].tolist()}
        assert not seen & patterns
        if group.length < 6:
            assert group.patterns == group.rows
        else:
            assert group.patterns == len(patterns) == 1
            seen |= patterns


def test_prompts_alone_have_no_targets():
    rows = encode_rows(TOKENIZER, "sum", ["12=", "3="])
    assert pack(GENOME, CLASSES, rows, np.arange(2)).target.numel() == 0


def test_bodies_without_a_relative_bias_need_no_buckets():
    rows = encode_rows(TOKENIZER, "sum", ["12=", "3="])
    assert pack(replace(GENOME, position="rope"), CLASSES, rows, np.arange(2)).buckets is None


def test_a_body_without_a_table_has_no_buckets():
    empty = torch.zeros(1, 1, dtype=torch.int32)
    features = Features(
        position=empty,
        index=empty,
        end_index=empty,
        run_end=empty,
        segment=empty,
        is_symbol=empty.bool(),
    )
    genome = replace(GENOME, bias=("token",))
    object.__setattr__(genome, "bias", ())
    with pytest.raises(ValueError, match="at least one term"):
        pair_buckets(genome, features, features)
