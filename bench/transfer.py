"""Whether what is learnt on sums carries over to physics: the same steps, three pasts.

    ouro bench transfer --json            # some six minutes on one core

Three bodies of one seed learn a physics family for the same few steps. One has learnt the sums and
products that its lines are made of before, one strings and parities for as many steps, one nothing.
Reported is the share of fresh problems solved at the wall and beyond; levels past the wall were
seen by none of them.
"""

import argparse
import json
import statistics
import sys
from typing import Any

import torch

from ouroboros.envs import load_families
from ouroboros.executors.thread import keep_freed_memory
from ouroboros.loop.engine import wall_counts
from ouroboros.loop.learn import Portion, wall_serving
from ouroboros.models.decode import decode
from ouroboros.models.genome import Genome
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.tokenizer import Tokenizer
from ouroboros.models.transformer import Transformer
from ouroboros.training.corpus import build_corpus
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, train
from ouroboros_judges.answers import load_answers
from ouroboros_judges.oracle import examples

PASTS = {
    "sums": ("reverse_addition", "short_multiplication"),
    "strings": ("copy", "reverse", "parity_chain"),
    "none": (),
}
WALL, EXAMPLES, TOKENS, ASKED = 4, 10_000, 2200.0, 100


def wall_data(tokenizer: Tokenizer, name: str) -> list[tuple[str, int, Rows]]:
    """Worked examples of a family up to the wall."""
    parts = []
    for level, many in wall_counts(WALL, EXAMPLES).items():
        drawn = examples({"family": name, "level": level, "count": many, "seed": level})
        texts = ["\n".join(lines) for lines in drawn["lines"]]
        parts.append((name, level, encode_rows(tokenizer, name, drawn["prompts"], texts)))
    return parts


def learn(model: Transformer, names: tuple[str, ...], steps: int, seed: int) -> None:
    """Train on the walls of some families; the model ends with its averaged weights."""
    corpus = build_corpus([part for n in names for part in wall_data(model.tokenizer, n)])
    shares = dict.fromkeys(names, 1.0)
    diet = [wall_serving(corpus.bins, Portion(shares=shares, tokens=TOKENS, weight=1.0))]
    optimizer = Optimizer(model, OptimizerConfig())
    train(model, optimizer, corpus, diet, Schedule(steps=steps), seed=seed)
    model.load_state_dict(optimizer.average)


def solved(model: Transformer, name: str, level: int) -> float:
    """The share of fresh problems with every line right."""
    family, answers = load_families([name])[name], load_answers([name])[name]
    asked = examples({"family": name, "level": level, "count": ASKED, "seed": 1_000_003})["prompts"]
    budget = max(map(family.completion_length, asked)) + 1
    with torch.no_grad():
        found = decode(model, encode_rows(model.tokenizer, name, asked), budget)
    texts = [
        model.tokenizer.decode(ids[: size - 1])
        for ids, size in zip(found.tokens, found.lengths, strict=True)
    ]
    right = [answers.verify(p, t.split("\n")).correct for p, t in zip(asked, texts, strict=True)]
    return sum(right) / len(right)


def main() -> None:
    """Every past, every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default="kinematics")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--before", type=int, default=500, help="steps on the past")
    parser.add_argument("--after", type=int, default=300, help="steps on the physics")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    name = arguments.family
    known = load_families([name, *(n for past in PASTS.values() for n in past)])
    alphabet = "".join(sorted({c for family in known.values() for c in family.alphabet}))
    genome = Genome(alphabet=alphabet, families=tuple(known))
    levels = (2, WALL, 2 * WALL)
    table: dict[str, dict[int, list[float]]] = {p: {lv: [] for lv in levels} for p in PASTS}
    for seed in range(arguments.seeds):
        for past, names in PASTS.items():
            model = Transformer(genome, seed=seed)
            if names:
                learn(model, names, arguments.before, seed)
            learn(model, (name,), arguments.after, seed)
            for level in levels:
                table[past][level].append(solved(model, name, level))
            print(json.dumps({"seed": seed, past: table[past]}), file=sys.stderr, flush=True)
    medians: dict[str, Any] = {
        past: {level: statistics.median(shares) for level, shares in row.items()}
        for past, row in table.items()
    }
    print(json.dumps({"family": name, "median": medians, "by_seed": table}))


if __name__ == "__main__":
    main()
