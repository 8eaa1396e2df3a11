"""Decode and training step against plain eager PyTorch, in one run, as ratios.

    ouro bench speed --json                 # about a minute; run nothing else meanwhile

The plain arm is the same body written as one would first write it: padded batches, a bias looked
up per layer, autograd's own backward passes, AdamW for everything, and a decode that runs the whole
text again for every token. Both arms hold the same weights; their outputs are compared before
anything is timed. One thread; each figure is the median over alternating repetitions.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ouroboros.envs import load_families
from ouroboros.executors.thread import keep_freed_memory
from ouroboros.models.decode import decode
from ouroboros.models.genome import Genome
from ouroboros.models.packing import num_buckets, pack, pair_buckets, run_features
from ouroboros.models.rows import Rows, concatenate, encode_rows
from ouroboros.models.tokenizer import END
from ouroboros.models.transformer import Transformer
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros_judges.answers import load_answers


def plain_forward(model: Transformer, tokens: Tensor) -> Tensor:
    """Logits (B, T, V) of padded ids (B, T): the genome's body as one would first write it."""
    genome = model.genome
    B, T = tokens.shape
    H, K = genome.heads, genome.head_width
    first = torch.zeros(B, T, dtype=torch.bool)
    first[:, 0] = True
    features = run_features(model.classes[tokens], first)
    every = (slice(None),)
    query = features.at((*every, slice(None), None), (B, T))
    key = features.at((*every, None), (B, T))
    buckets = pair_buckets(genome, query, key)
    buckets = buckets.masked_fill(torch.ones(T, T).triu(1).bool(), num_buckets(genome)).long()
    x = F.rms_norm(F.embedding(tokens, model.embedding), (genome.width,))
    for layer in range(genome.layers):
        table = model.bias_table()[layer * H : (layer + 1) * H]
        bias = table[:, buckets].transpose(0, 1)
        z = F.rms_norm(x, (genome.width,))
        moved = [F.pad(z, (0, 0, tap + 1, 0))[:, :T] for tap in range(genome.convolution)]
        z = z + sum(m * c for m, c in zip(moved, model.convolution[layer], strict=True))
        q, k, v = F.linear(z, model.qkv[layer]).view(B, T, 3, H, K).permute(2, 0, 3, 1, 4)
        q, k = F.rms_norm(q, (K,)), F.rms_norm(k, (K,))
        q = q * model.gain[layer].view(H, 1, 1) * (genome.qk_gain / K**0.5)
        weights = (q @ k.transpose(-1, -2) + bias).softmax(-1)
        x = x + F.linear((weights @ v).transpose(1, 2).reshape(B, T, -1), model.out[layer])
        h = F.relu(F.linear(F.rms_norm(x, (genome.width,)), model.up[layer])) ** 2
        x = x + F.linear(h, model.down[layer])
    return F.linear(F.rms_norm(x, (genome.width,)), model.head)


def padded(rows: Rows, width: int) -> Tensor:
    """(R, width) ids, zeros behind each row."""
    out = torch.zeros(len(rows), width, dtype=torch.int64)
    for i, (start, length) in enumerate(zip(rows.starts, rows.lengths, strict=True)):
        out[i, :length] = torch.from_numpy(rows.tokens[start : start + length].astype(np.int64))
    return out


def plain_decode(model: Transformer, rows: Rows, budget: int) -> Tensor:
    """(R, budget) ids, the whole text run again for every token; rows of equal length."""
    tokens = padded(rows, int(rows.lengths[0]))
    alive = torch.ones(len(rows), dtype=torch.bool)
    new = []
    with torch.no_grad():
        for _ in range(budget):
            token = torch.where(alive, plain_forward(model, tokens)[:, -1].argmax(-1), 0)
            new.append(token)
            alive &= token != END
            tokens = torch.cat([tokens, token[:, None]], dim=1)
            if not alive.any():
                break
    out = torch.stack(new, dim=1)
    return F.pad(out, (0, budget - out.shape[1]))


def plain_step(model: Transformer, optimizer: torch.optim.Optimizer, rows: Rows) -> None:
    """One training step on padded rows."""
    tokens = padded(rows, int(rows.lengths.max()))
    logits = plain_forward(model, tokens[:, :-1])
    place = torch.arange(tokens.shape[1] - 1)
    lengths, prompts = torch.from_numpy(rows.lengths), torch.from_numpy(rows.prompts)
    counted = (place >= prompts[:, None] - 1) & (place < lengths[:, None] - 1)
    F.cross_entropy(logits[counted], tokens[:, 1:][counted]).backward()
    optimizer.step()
    optimizer.zero_grad()


def our_step(model: Transformer, optimizer: Optimizer, rows: Rows) -> None:
    """One training step as the engine does it, packing included."""
    packed = pack(model.genome, model.classes, rows, np.arange(len(rows)))
    F.cross_entropy(model(packed), packed.target).backward()
    optimizer.step(1.0)


def rows_of(model: Transformer, level: int, count: int, *, whole: bool) -> Rows:
    """Rows of forward addition at a level, with or without their solutions."""
    name = "forward_addition"
    tasks = load_families([name])[name].propose(level, 0, count)
    prompts = [task.prompt for task in tasks]
    if not whole:
        longest = max(map(len, prompts))
        prompts = [p for p in prompts if len(p) == longest]
    answers = load_answers([name])[name]
    texts = ["\n".join(answers.solve(p)) for p in prompts] if whole else None
    return encode_rows(model.tokenizer, name, prompts, texts)


def alternate(repeats: int, *arms: Callable[[], object]) -> list[float]:
    """Median seconds of each arm over alternating repetitions, after one warm-up each."""
    times: list[list[float]] = [[] for _ in arms]
    for repeat in range(repeats + 1):
        for arm, found in zip(arms, times, strict=True):
            started = time.perf_counter()
            arm()
            if repeat:
                found.append(time.perf_counter() - started)
    return [statistics.median(found) for found in times]


def main() -> None:
    """Check that both arms agree, time them, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    genome = Genome(alphabet="+0123456789=abcdefghij", families=("forward_addition",))
    model, twin = Transformer(genome, seed=0), Transformer(genome, seed=0)
    result: dict[str, object] = {}
    for level in (16, 64):
        rows = rows_of(model, level, 64, whole=False)
        budget = 2 * level + 4
        ours = torch.from_numpy(decode(model, rows, budget).tokens.astype(np.int64))
        if not torch.equal(ours, plain_decode(model, rows, budget)):
            raise SystemExit("the two arms decode differently: nothing was timed")
        seconds = alternate(
            arguments.repeats,
            lambda rows=rows, budget=budget: decode(model, rows, budget),
            lambda rows=rows, budget=budget: plain_decode(model, rows, budget),
        )
        result[f"decode_{level}_seconds"] = seconds
        result[f"decode_{level}_speedup"] = seconds[1] / seconds[0]
    mixed = concatenate([rows_of(model, level, 25, whole=True) for level in (1, 2, 3, 4)])
    for name, rows in (("wall", mixed), ("level_64", rows_of(model, 64, 12, whole=True))):
        ours, plain = Optimizer(model, OptimizerConfig()), torch.optim.AdamW(twin.parameters())
        seconds = alternate(
            arguments.repeats,
            lambda rows=rows, ours=ours: our_step(model, ours, rows),
            lambda rows=rows, plain=plain: plain_step(twin, plain, rows),
        )
        result[f"step_{name}_seconds"] = seconds
        result[f"step_{name}_speedup"] = seconds[1] / seconds[0]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
