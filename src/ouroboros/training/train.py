"""Training: a pure function from (weights, optimiser state, corpus, plan, seed) to the next.

A plan is a stretch of a schedule, so a long training is several units and resumes between them:
batch t of a training depends on (seed, t) alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ouroboros.models.flop import forward_flop, update_flop
from ouroboros.models.packing import Packed, pack
from ouroboros.models.transformer import Transformer
from ouroboros.training.corpus import Corpus, Diet, draw
from ouroboros.training.optim import Optimizer

MAX_OFFSET = 128  # random run-index offset of "index_offset" bodies, in training only


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Learning-rate scale by step: a warm-up, a constant stretch, a linear fall to zero."""

    steps: int
    warmup: int = 20
    decay: float = 0.4
    """share of the steps over which the rate falls"""
    peak: float = 1.0

    def scale(self, step: int) -> float:
        """Scale of step number `step`, counted from 0."""
        rise = min(1.0, (step + 1) / max(1, self.warmup))
        fall = min(1.0, (self.steps - step) / max(1.0, self.decay * self.steps))
        return self.peak * rise * fall


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a stretch of training cost and how it ended."""

    loss: float
    """mean loss of the last tenth of the steps"""
    tokens: int
    flop: int


def train(
    model: Transformer,
    optimizer: Optimizer,
    corpus: Corpus,
    diet: Diet,
    schedule: Schedule,
    *,
    seed: int,
    first: int = 0,
    last: int | None = None,
    report: Callable[[int, float], None] | None = None,
) -> Trained:
    """Run steps `first` to `last` of the schedule in place."""
    last = schedule.steps if last is None else last
    weights = torch.tensor([serving.weight for serving in diet])
    losses, tokens, flop = [], 0, 0
    for step in range(first, last):
        rng = np.random.default_rng((seed, step))
        chosen, origin = draw(corpus, diet, rng)
        packed = pack(model.genome, model.classes, corpus.rows, chosen)
        offset = int(rng.integers(MAX_OFFSET)) if model.genome.position == "index_offset" else 0
        loss = weighted_loss(
            model(packed, offset=offset),
            packed,
            _target_weights(corpus, chosen, origin, packed, weights),
        )
        loss.backward()
        optimizer.step(schedule.scale(step))
        losses.append(float(loss.detach()))
        tokens += len(packed.tokens)
        lengths = corpus.rows.lengths[chosen]
        flop += 3 * forward_flop(model.genome, model.tokenizer.size, lengths, len(packed.target))
        if report and step % 20 == 19:
            report(step + 1, losses[-1])
    tail = losses[-max(1, len(losses) // 10) :]
    flop += (last - first) * update_flop(model.genome)
    return Trained(loss=float(np.mean(tail)) if tail else 0.0, tokens=tokens, flop=flop)


def weighted_loss(logits: Tensor, packed: Packed, weights: Tensor) -> Tensor:
    """Cross-entropy (M, V) against the targets, weighted per target (M,)."""
    return torch.dot(F.cross_entropy(logits, packed.target, reduction="none"), weights)


def _target_weights(
    corpus: Corpus,
    chosen: NDArray[np.int64],
    origin: NDArray[np.int64],
    packed: Packed,
    weights: Tensor,
) -> Tensor:
    """(M,) weights: within a serving every completion token counts alike; servings add up."""
    ordered = chosen[packed.order]
    sizes = (corpus.rows.lengths - corpus.rows.prompts)[ordered]
    serving = torch.from_numpy(np.repeat(origin[packed.order], sizes))
    totals = torch.bincount(serving, minlength=len(weights)).clamp_min(1)
    return (weights / totals)[serving]
