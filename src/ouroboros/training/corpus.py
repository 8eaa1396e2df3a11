"""What a learner trains on: all rows in columns, and *bins*, the rows of one family at one level.

A `Diet` says how a step's batch is drawn: some rows of wall bins (worked examples) and some tokens'
worth of rows from a few banked bins (accepted answers past the wall). Drawing is vectorised and
depends on the generator alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ouroboros.models.rows import Rows, concatenate


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Rows `first` to `first + count` of a corpus: one family at one level."""

    family: str
    level: int
    first: int
    count: int
    tokens: float
    """mean tokens a row"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All rows and their bins."""

    rows: Rows
    bins: tuple[Bin, ...]


def build_corpus(parts: Sequence[tuple[str, int, Rows]]) -> Corpus:
    """Join (family, level, rows) parts; equal family and level stay bins of their own."""
    bins, first = [], 0
    for family, level, rows in parts:
        mean = float(rows.lengths.mean()) if len(rows) else 0.0
        bins.append(Bin(family=family, level=level, first=first, count=len(rows), tokens=mean))
        first += len(rows)
    return Corpus(rows=concatenate([rows for _, _, rows in parts]), bins=tuple(bins))


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A part of every batch: `picks` bins drawn by `shares`, each giving `tokens` worth of rows."""

    bins: tuple[int, ...]
    shares: tuple[float, ...]
    picks: int
    tokens: float
    weight: float
    """this part's share of the loss"""


Diet = Sequence[Serving]


def draw(
    corpus: Corpus, diet: Diet, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of one batch and the serving each came from, (R,) and (R,)."""
    rows, origins = [], []
    for origin, serving in enumerate(diet):
        share = np.array(serving.shares) / sum(serving.shares)
        for pick in rng.choice(len(serving.bins), size=serving.picks, p=share):
            chosen = corpus.bins[serving.bins[pick]]
            count = max(1, round(serving.tokens / chosen.tokens))
            rows.append(chosen.first + rng.integers(chosen.count, size=count))
            origins.append(np.full(count, origin))
    return np.concatenate(rows), np.concatenate(origins)


def family_shares(bins: Sequence[Bin], shares: Mapping[str, float]) -> tuple[float, ...]:
    """A share per bin so that each family gets its share, spread evenly over its bins' rows."""
    totals: dict[str, int] = {}
    for b in bins:
        totals[b.family] = totals.get(b.family, 0) + b.count
    return tuple(shares[b.family] * b.count / totals[b.family] for b in bins)
