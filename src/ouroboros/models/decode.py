"""Greedy decoding with a key-value cache, batched over rows of unlike prompt length.

Prompts are prefilled packed, then stand right-aligned in the cache, so that all rows write their
next token into the same column; columns before a row's start are masked. Every position the model
may know of is relative or counted from the row's own start, so alignment changes nothing.

The loop over new tokens is the only Python loop; what it costs is a few dozen tensor operations a
token, whatever the number of rows. A decode equals the argmax of a full forward pass; the tests
hold the two against each other for every position scheme.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ouroboros.kernels import gather_bias
from ouroboros.models.packing import Features, num_buckets, pack, pair_buckets, run_features
from ouroboros.models.rows import Rows
from ouroboros.models.tokenizer import END
from ouroboros.models.transformer import MASK, Transformer

MAX_PAIRS = 1_500_000  # attention scores held at once; keeps a prefill inside the caches
OPEN = 2**30  # run end of a run that is still being written


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came out for R prompts, in the order of the rows."""

    tokens: NDArray[np.uint8]
    """(R, M) ids after the prompt, END included; zeros behind it"""
    lengths: NDArray[np.int64]
    """(R,) ids up to and including END, or M where it never came"""
    ended: NDArray[np.bool_]
    """(R,) whether END came within the budget"""
    confidence: NDArray[np.float32]
    """(R,) the smallest probability among the chosen tokens"""


@torch.no_grad()
def decode(
    model: Transformer,
    rows: Rows,
    budget: int,
    *,
    temperature: float = 0.0,
    rng: torch.Generator | None = None,
) -> Decoded:
    """Continue every row (prompts without completion) by at most `budget` tokens.

    Greedily at temperature 0; else tokens are drawn from `rng`.
    """
    count = len(rows)
    tokens = np.zeros((count, budget), dtype=np.uint8)
    confidence = np.ones(count, dtype=np.float32)
    if count:
        longest = int(rows.lengths.max())
        order = np.argsort(rows.lengths, kind="stable")
        size = max(1, min(count, MAX_PAIRS // (longest + budget)))
        for first in range(0, count, size):
            part = order[first : first + size]
            tokens[part], confidence[part] = _Decoder(model, rows, part, budget).run(
                temperature, rng
            )
    is_end = tokens == END
    ended = is_end.any(axis=1)
    return Decoded(
        tokens=tokens,
        lengths=np.where(ended, is_end.argmax(axis=1) + 1, budget),
        ended=ended,
        confidence=confidence,
    )


class _Decoder:
    """One batch: caches (S, H, B, K, columns) and (S, H, B, columns, K), S stacked layer uses."""

    def __init__(
        self, model: Transformer, rows: Rows, chosen: NDArray[np.int64], budget: int
    ) -> None:
        self.model, self.budget = model, budget
        self.rows, self.chosen = rows, chosen
        genome = model.genome
        lengths = torch.from_numpy(rows.lengths[chosen])
        self.batch, self.prompt = len(chosen), int(lengths.max())
        self.start = self.prompt - lengths
        columns = self.prompt + budget
        uses = genome.layers * genome.loops
        shape = (uses, genome.heads, self.batch, columns, genome.head_width)
        # keys stand with their columns last: a product with one query then reads them in order
        self.keys, self.values = torch.zeros(shape).mT.contiguous(), torch.zeros(shape)
        taps = max(1, genome.convolution)
        self.recent = torch.zeros(uses, taps, self.batch, genome.width)
        self.table = model.bias_table() if genome.position == "relative" else None
        self.classes = torch.zeros(self.batch, columns, dtype=torch.int64)
        self.run_start = torch.zeros(self.batch, dtype=torch.int32)

    def run(
        self, temperature: float, rng: torch.Generator | None
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """(B, budget) ids and (B,) smallest probabilities, in the order of the chosen rows."""
        logits = self._prefill()
        tokens = torch.zeros(self.batch, self.budget, dtype=torch.int64)
        confidence = torch.zeros(self.batch)
        alive = torch.ones(self.batch, dtype=torch.bool)
        for step in range(self.budget):
            logs = logits.log_softmax(dim=-1)
            best, token = logs.max(dim=-1)
            if temperature:
                drawn = (logs / temperature).softmax(dim=-1).multinomial(1, generator=rng)
                best, token = logs.gather(1, drawn).squeeze(1), drawn.squeeze(1)
            token = torch.where(alive, token, 0)
            confidence = torch.where(alive, torch.minimum(confidence, best), confidence)
            tokens[:, step] = token
            alive &= token != END
            if not alive.any() or step + 1 == self.budget:
                break
            logits = self._next(token, self.prompt + step)
        return tokens.to(torch.uint8).numpy(), confidence.exp().numpy()

    def _prefill(self) -> Tensor:
        """Fill the caches with the prompts; logits (B, vocabulary) after each."""
        model, genome = self.model, self.model.genome
        last = torch.empty(self.batch, genome.width)
        size = max(1, MAX_PAIRS // (self.prompt**2 * genome.heads))
        for first in range(0, self.batch, size):
            part = np.arange(first, min(self.batch, first + size))
            packed = pack(genome, model.classes, self.rows, self.chosen[part])
            hidden, kept = model.hidden(packed, keep=True)
            part = part[packed.order]
            row = torch.from_numpy(np.repeat(part, self.rows.lengths[self.chosen[part]]))
            column = packed.position + self.start[row]
            self.classes[row, column] = model.classes[packed.tokens]
            for use, (z, k, v) in enumerate(kept):
                self.keys[use].permute(1, 3, 0, 2)[row, column] = k
                self.values[use].permute(1, 2, 0, 3)[row, column] = v
                for tap in range(genome.convolution):
                    at = column == self.prompt - 1 - tap
                    self.recent[use, tap, row[at]] = z[at]
            last[part] = hidden[column == self.prompt - 1]
        self._begin_features()
        return F.linear(last, model.head)

    def _begin_features(self) -> None:
        """Features of the prompts' columns; those of columns to come are filled by `_extend`."""
        columns = torch.arange(self.classes.shape[1])
        begins_row = columns == self.start.unsqueeze(1)
        features = run_features(self.classes, begins_row)
        open_run = features.run_end >= self.prompt - 1
        features.run_end.masked_fill_(open_run, OPEN)
        self.features = features
        self.is_padding = columns < self.start.unsqueeze(1)
        self.run_start = self.prompt - features.index[:, self.prompt - 1]

    def _extend(self, classes: Tensor, column: int) -> None:
        """Enter a new token's class (B,) at `column` and close the runs that it ends."""
        f = self.features
        is_symbol = classes == 0
        begins = is_symbol | (classes != self.classes[:, column - 1])
        if begins.any():
            closed = (f.position >= self.run_start.unsqueeze(1)) & begins.unsqueeze(1)
            closed &= f.position < column
            f.end_index.copy_(torch.where(closed & ~f.is_symbol, column - f.position, f.end_index))
            f.run_end.masked_fill_(closed, column - 1)
            self.run_start = torch.where(begins, column, self.run_start)
        self.classes[:, column] = classes
        f.is_symbol[:, column] = is_symbol
        f.index[:, column] = torch.where(is_symbol, 0, column - self.run_start + 1)
        f.end_index[:, column] = 0
        f.run_end[:, column] = OPEN
        f.segment[:, column] = f.segment[:, column - 1] + is_symbol

    def _bias(self, column: int) -> Tensor:
        """(L * H, B, column + 1) for the query in `column`."""
        padding = self.is_padding[:, : column + 1]
        if self.table is None:
            return torch.zeros(1, *padding.shape).masked_fill_(padding, MASK)
        key = _columns(self.features, slice(0, column + 1))
        query = _columns(self.features, slice(column, column + 1))
        buckets = pair_buckets(self.model.genome, query, key)
        buckets.masked_fill_(padding, num_buckets(self.model.genome))
        return gather_bias(self.table, buckets.flatten()).view(-1, *padding.shape)

    def _next(self, token: Tensor, column: int) -> Tensor:
        """Enter `token` (B,) at `column`; logits (B, vocabulary) after it."""
        model, genome = self.model, self.model.genome
        H, K = genome.heads, genome.head_width
        self._extend(model.classes[token], column)
        position = column - self.start
        bias = self._bias(column)
        injected = model.embed(token, position, self.features.index[:, column].long())
        x = injected
        for loop in range(genome.loops):
            if loop and genome.input_injection:
                x = x + injected
            for layer in range(genome.layers):
                use = loop * genome.layers + layer
                q, k, v = model.heads(self._convolve(model.norm(x, 2 * layer), use, layer), layer)
                if genome.position == "rope":
                    q, k = model.rotate(q, position), model.rotate(k, position)
                self.keys[use, :, :, :, column] = k.transpose(0, 1)
                self.values[use, :, :, column] = v.transpose(0, 1)
                own = bias[layer * H : (layer + 1) * H] if len(bias) > 1 else bias.expand(H, -1, -1)
                keys = self.keys[use, :, :, :, : column + 1]
                values = self.values[use, :, :, : column + 1]
                scores = torch.matmul(q.transpose(0, 1).unsqueeze(2), keys).squeeze(2).add_(own)
                mixed = torch.matmul(scores.softmax(dim=-1).unsqueeze(2), values).squeeze(2)
                x = x + F.linear(mixed.transpose(0, 1).reshape(-1, H * K), model.out[layer])
                x = x + model.mlp(model.norm(x, 2 * layer + 1), layer)
        return F.linear(model.norm(x, -1), model.head)

    def _convolve(self, z: Tensor, use: int, layer: int) -> Tensor:
        """Causal convolution of the newest input (B, D) with the kept ones, which then move on."""
        taps = self.model.genome.convolution
        mixed = z
        for tap in range(taps):
            mixed = mixed + self.recent[use, tap] * self.model.convolution[layer, tap]
        if taps > 1:
            self.recent[use, 1:] = self.recent[use, :-1].clone()
        if taps:
            self.recent[use, 0] = z
        return mixed


def _columns(features: Features, span: slice) -> Features:
    """The features of some columns."""
    return features.at((slice(None), span), tuple(features.index.shape))
