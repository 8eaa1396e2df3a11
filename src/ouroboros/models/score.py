"""Teacher-forced reading: what a model thinks of a finished text, in one pass over it.

Whether it would have written the same, decoding greedily, is answered exactly (each argmax is
conditioned on the tokens before, which are the same until the first difference), at a small part of
the cost of decoding again; so is how likely it finds every token.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ouroboros.models.packing import pack
from ouroboros.models.rows import Rows
from ouroboros.models.transformer import Transformer

MAX_SCORES = 8_000_000  # attention scores held at once


def chunks(rows: Rows, heads: int) -> list[NDArray[np.int64]]:
    """Row numbers in runs of like length that fit `MAX_SCORES` attention scores each."""
    order = np.argsort(rows.lengths, kind="stable")
    cost = np.cumsum(rows.lengths[order] ** 2 * heads) // MAX_SCORES
    return [c for c in np.split(order, np.flatnonzero(np.diff(cost)) + 1) if len(c)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a model thinks of R texts; only completions count, their ends included."""

    first: NDArray[np.int64]
    """(R,) index of the first token that it would not write, -1 where there is none"""
    least: NDArray[np.float32]
    """(R,) log-probability of the token that it finds least likely"""
    total: NDArray[np.float32]
    """(R,) log-probability of the completion: of its being what a decode at temperature 1 writes"""


@torch.no_grad()
def read(model: Transformer, rows: Rows) -> Reading:
    """Read finished rows."""
    R = len(rows)
    found = Reading(
        first=np.full(R, -1, dtype=np.int64),
        least=np.zeros(R, dtype=np.float32),
        total=np.zeros(R, dtype=np.float32),
    )
    for ordered, begins, logits, target in _passes(model, rows):
        written = logits.log_softmax(dim=-1).gather(1, target.unsqueeze(1)).squeeze(1).numpy()
        found.least[ordered] = np.minimum.reduceat(written, begins)
        found.total[ordered] = np.add.reduceat(written, begins)
        found.first[ordered] = _first((logits.argmax(dim=-1) != target).numpy(), begins)
    return found


def _first(marked: NDArray[np.bool_], begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """(R,) index within each of the rows that begin there of its first marked token, else -1."""
    result = np.full(len(begins), -1, dtype=np.int64)
    at = np.flatnonzero(marked)
    row = np.searchsorted(begins, at, side="right") - 1
    row, first = np.unique(row, return_index=True)
    result[row] = at[first] - begins[row]
    return result


@torch.no_grad()
def first_difference(model: Transformer, rows: Rows) -> NDArray[np.int64]:
    """(R,) index within each completion of the first token the model would not write, else -1."""
    result = np.full(len(rows), -1, dtype=np.int64)
    for ordered, begins, logits, target in _passes(model, rows):
        result[ordered] = _first((logits.argmax(dim=-1) != target).numpy(), begins)
    return result


def _passes(
    model: Transformer, rows: Rows
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Tensor, Tensor]]:
    """Rows in their packed order, where each begins among the targets, logits and targets."""
    for chosen in chunks(rows, model.genome.heads):
        packed = pack(model.genome, model.classes, rows, chosen)
        ordered = chosen[packed.order]
        sizes = (rows.lengths - rows.prompts)[ordered]
        yield ordered, np.cumsum(sizes) - sizes, model(packed), packed.target
