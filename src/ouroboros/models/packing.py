"""Packed batches: rows of unlike length side by side without a padding token.

Rows are sorted by length; every linear layer sees one flat (N, width) array, and only attention
works group by group, a group being rows of exactly one length. What a pair of tokens may know of
its relative position is one small integer, its *bucket*:

    run_start  index of the query in its run minus index of the key in its run, clipped to +-window
    run_end    index of the query in its run minus index of the key counted from the end of its
               finished run, clipped alike
    segment    symbols between the two, clipped
    token      tokens between the two, clipped

A run is a maximal stretch of characters of one class (digits, letters); symbols have index 0 and
one bucket of their own as keys. Nothing here knows what a sum is.

Buckets depend on a row's *pattern* alone, the classes of its characters. Long rows of one pattern
form a group of their own and share one set of buckets, which is most of what a long row costs.
"""

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ouroboros.models.genome import Genome
from ouroboros.models.rows import Rows

LONG_ROW = 64  # tokens from which rows are grouped by pattern, not by length alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`rows` rows of `length` tokens each, with `patterns` sets of buckets: one a row, or one."""

    rows: int
    length: int
    patterns: int

    @property
    def tokens(self) -> int:
        """Tokens of the group."""
        return self.rows * self.length

    @property
    def pairs(self) -> int:
        """Buckets of the group."""
        return self.patterns * self.length**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A batch of N tokens in groups of equal length."""

    tokens: Tensor
    """(N,) int64"""
    position: Tensor
    """(N,) int64, index of a token in its row"""
    run_index: Tensor
    """(N,) int64, 1-based index of a token in its run, 0 for symbols"""
    groups: tuple[Group, ...]
    buckets: Tensor | None
    """(P,) int32, a bucket per pair of tokens of a pattern; the last bucket is the causal mask"""
    order: NDArray[np.int64]
    """(R,) which of the chosen rows each packed row is"""
    target_index: Tensor
    """(M,) packed positions whose next token is part of a completion"""
    target: Tensor
    """(M,) int64, those next tokens"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a token shows of its place; tensors of one shape, int32 but for `is_symbol`."""

    position: Tensor
    """place in whatever sequence the features were computed over"""
    index: Tensor
    """1-based index in the token's run, 0 for symbols"""
    end_index: Tensor
    """1-based index counted from the end of the token's run, 0 for symbols"""
    run_end: Tensor
    """position of the last token of the token's run"""
    segment: Tensor
    """symbols up to and including the token"""
    is_symbol: Tensor

    def at(self, index: tuple[slice | None, ...], shape: tuple[int, ...]) -> "Features":
        """The same features viewed as `shape` and indexed."""
        return Features(**{
            f.name: getattr(self, f.name).view(shape)[index] for f in fields(Features)
        })


def run_features(classes: Tensor, begins_row: Tensor) -> Features:
    """Features along the last axis of `classes`, where `begins_row` marks first tokens of rows."""
    size = classes.shape[-1]
    position = torch.arange(size, dtype=torch.int32).expand_as(classes)
    is_symbol = classes == 0
    begins = is_symbol | begins_row
    begins[..., 1:] |= classes[..., 1:] != classes[..., :-1]
    start = torch.where(begins, position, 0).cummax(dim=-1).values
    ends = torch.ones_like(begins)
    ends[..., :-1] = begins[..., 1:]
    run_end = torch.where(ends, position, size).flip(-1).cummin(dim=-1).values.flip(-1)
    return Features(
        position=position,
        index=(position - start + 1).masked_fill(is_symbol, 0),
        end_index=(run_end - position + 1).masked_fill(is_symbol, 0),
        run_end=run_end,
        segment=is_symbol.cumsum(dim=-1, dtype=torch.int32),
        is_symbol=is_symbol,
    )


def bucket_sizes(genome: Genome) -> dict[str, int]:
    """Entries of each bias table, in the order in which buckets are numbered."""
    sizes = {
        "run_start": 2 * genome.window + 2,
        "run_end": 2 * genome.window + 2,
        "segment": genome.segments + 1,
        "token": genome.tokens + 1,
    }
    return {term: sizes[term] for term in genome.bias}


def num_buckets(genome: Genome) -> int:
    """Buckets besides the mask's, which is this number itself."""
    return int(np.prod(list(bucket_sizes(genome).values()), dtype=np.int64))


def pair_buckets(genome: Genome, query: Features, key: Features) -> Tensor:
    """Buckets of query-key pairs, int32; the features broadcast against each other."""
    window, bucket = genome.window, None
    for term, size in bucket_sizes(genome).items():
        if term == "run_start":
            part = (query.index - key.index).clamp_(-window, window).add_(window)
            part.masked_fill_(key.is_symbol, size - 1)
        elif term == "run_end":
            part = (query.index - key.end_index).clamp_(-window, window).add_(window)
            part.masked_fill_((key.run_end >= query.position) | key.is_symbol, size - 1)
        elif term == "segment":
            part = (query.segment - key.segment).clamp_(0, size - 1)
        else:
            part = (query.position - key.position).clamp_(0, size - 1)
        bucket = part if bucket is None else bucket.mul_(size).add_(part)
    if bucket is None:
        raise ValueError("a relative bias needs at least one term")
    return bucket


def _all_buckets(genome: Genome, features: Features, groups: tuple[Group, ...]) -> Tensor:
    """(P,) buckets of every group's pairs, the future masked."""
    mask, parts, start = num_buckets(genome), [], 0
    for group in groups:
        own = features.at((slice(start, start + group.patterns * group.length),), (-1,))
        start += group.tokens
        shape = (group.patterns, group.length)
        query = own.at((slice(None), slice(None), None), shape)
        key = own.at((slice(None), None), shape)
        buckets = pair_buckets(genome, query, key)
        buckets.masked_fill_(key.position > query.position, mask)
        parts.append(buckets.flatten())
    return torch.cat(parts)


def pack(genome: Genome, classes: Tensor, rows: Rows, chosen: NDArray[np.int64]) -> Packed:
    """Pack the chosen rows; `classes` (vocabulary,) int64 maps ids to character classes."""
    order, groups = _arrange(classes.numpy(), rows, chosen)
    packed = chosen[order]
    lengths = rows.lengths[packed]
    tokens = torch.from_numpy(rows.tokens[rows.flat_index(packed)].astype(np.int64))
    offsets = np.cumsum(lengths) - lengths
    position = np.arange(len(tokens)) - np.repeat(offsets, lengths)
    completes = position >= np.repeat(rows.prompts[packed] - 1, lengths)
    completes[offsets + lengths - 1] = False
    target_index = torch.from_numpy(np.flatnonzero(completes))
    features = run_features(classes[tokens], torch.from_numpy(position == 0))
    relative = genome.position == "relative"
    return Packed(
        tokens=tokens,
        position=torch.from_numpy(position),
        run_index=features.index.long(),
        groups=groups,
        buckets=_all_buckets(genome, features, groups) if relative else None,
        order=order,
        target_index=target_index,
        target=tokens[target_index + 1],
    )


def _arrange(
    classes: NDArray[np.int64], rows: Rows, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[Group, ...]]:
    """An order of the chosen rows by length, and for long ones by pattern, and its groups."""
    lengths = rows.lengths[chosen]
    order = np.argsort(lengths, kind="stable")
    short = int(np.searchsorted(lengths[order], LONG_ROW))
    sizes, counts = np.unique(lengths[order[:short]], return_counts=True)
    groups = [
        Group(rows=count, length=length, patterns=count)
        for length, count in zip(sizes.tolist(), counts.tolist(), strict=True)
    ]
    patterns: dict[bytes, list[int]] = {}
    for i in order[short:].tolist():
        start, length = rows.starts[chosen[i]], lengths[i]
        pattern = classes[rows.tokens[start : start + length]].astype(np.uint8).tobytes()
        patterns.setdefault(pattern, []).append(i)
    groups += [Group(rows=len(own), length=len(p), patterns=1) for p, own in patterns.items()]
    long = [i for own in patterns.values() for i in own]
    return np.concatenate([order[:short], np.array(long, dtype=np.int64)]), tuple(groups)
