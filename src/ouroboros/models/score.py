"""Teacher-forced agreement: would this model, decoding greedily, have written the same text?

One pass over a finished text answers it exactly (each argmax is conditioned on the tokens before,
which are the same until the first difference), at a small part of the cost of decoding again.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from ouroboros.models.packing import pack
from ouroboros.models.rows import Rows
from ouroboros.models.transformer import Transformer

MAX_SCORES = 8_000_000  # attention scores held at once


def chunks(rows: Rows, heads: int) -> list[NDArray[np.int64]]:
    """Row numbers in runs of like length that fit `MAX_SCORES` attention scores each."""
    order = np.argsort(rows.lengths, kind="stable")
    cost = np.cumsum(rows.lengths[order] ** 2 * heads) // MAX_SCORES
    return [c for c in np.split(order, np.flatnonzero(np.diff(cost)) + 1) if len(c)]


@torch.no_grad()
def first_difference(model: Transformer, rows: Rows) -> NDArray[np.int64]:
    """(R,) index within each completion of the first token the model would not write, else -1."""
    result = np.full(len(rows), -1, dtype=np.int64)
    for chosen in chunks(rows, model.genome.heads):
        packed = pack(model.genome, model.classes, rows, chosen)
        wrong = (model(packed).argmax(dim=-1) != packed.target).numpy()
        ordered = chosen[packed.order]
        sizes = (rows.lengths - rows.prompts)[ordered]
        begins = np.cumsum(sizes) - sizes
        at = np.flatnonzero(wrong)
        row = np.searchsorted(begins, at, side="right") - 1
        row, first = np.unique(row, return_index=True)
        result[ordered[row]] = at[first] - begins[row]
    return result
