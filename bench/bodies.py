"""What other bodies reach from the wall's data alone: no loop, same data, same steps.

    ouro bench bodies --json          # about two minutes a body on one core

Each body is trained like the laptop's base and then sits the examiner's full examination. Bodies
that generalise at once are what an architecture search is to find; bodies that do not are what the
loop would have to carry.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from ouroboros.envs import load_families
from ouroboros.executors.thread import keep_freed_memory
from ouroboros.lineage.checkpoints import write_checkpoint
from ouroboros.loop.engine import wall_counts
from ouroboros.loop.learn import Portion, wall_serving
from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros.presets import PRESETS
from ouroboros.training.corpus import build_corpus
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, train
from ouroboros_judges.examiner import sit, weigh
from ouroboros_judges.oracle import examples

BODIES: dict[str, dict[str, Any]] = {
    "default": {},
    "far prior .75": {"far_bias": 0.75},
    "far prior .75, no convolution": {"far_bias": 0.75, "convolution": 0},
    "two loops, input injection": {"loops": 2, "input_injection": True},
    "no bias from the end of a run": {"bias": ("run_start", "segment", "token")},
    "RoPE": {"position": "rope"},
    "run index with random offset": {"position": "index_offset"},
    "learned positions": {"position": "learned"},
    "no positions": {"position": "none"},
}


def trained(fields: dict[str, Any], seed: int, steps: int) -> Transformer:
    """A body after the laptop's base training; its averaged weights."""
    config = PRESETS["laptop"]()
    families = load_families(list(config.families))
    alphabet = "".join(sorted({c for family in families.values() for c in family.alphabet}))
    model = Transformer(Genome(alphabet=alphabet, families=tuple(families), **fields), seed=seed)
    shares = {name: config.training.shares.get(name, 1.0) for name in families}
    parts = []
    for number, name in enumerate(families):
        count = round(config.training.examples * shares[name] / max(shares.values()))
        for level, many in wall_counts(config.families[name].wall, count).items():
            request = {"family": name, "level": level, "count": many, "seed": 97 * number + level}
            drawn = examples(request)
            texts = ["\n".join(lines) for lines in drawn["lines"]]
            parts.append((name, level, encode_rows(model.tokenizer, name, drawn["prompts"], texts)))
    corpus = build_corpus(parts)
    wall = Portion(shares=shares, tokens=config.training.tokens, weight=1.0)
    diet = [wall_serving(corpus.bins, wall)]
    optimizer = Optimizer(model, OptimizerConfig())
    train(model, optimizer, corpus, diet, Schedule(steps=steps), seed=seed)
    model.load_state_dict(optimizer.average)
    return model


def examined(model: Transformer, seed: int) -> dict[str, Any]:
    """Frontier and accuracy by family in a full examination."""
    config = PRESETS["laptop"]()
    families = {n: {"wall": f.wall, "frontier": f.wall} for n, f in config.families.items()}
    with tempfile.TemporaryDirectory() as folder:
        identity = write_checkpoint(
            Path(folder), model.genome.to_json(), dict(model.state_dict()), ""
        )
        request = {
            "champion": None,
            "successor": str(Path(folder) / identity),
            "families": families,
            "seed": f"{seed:064x}",
            "items": config.exam.final_items,
            "part": [0, 1],
            "full": True,
        }
        rows = sit(request)["rows"]
    report = weigh({"rows": rows, "families": families, "margin": 0.03, "full": True})
    return {name: family["frontier"] for name, family in report["families"].items()}


def main() -> None:
    """Train and examine every body."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--only", nargs="*", help="names of bodies")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    table = {}
    for name, fields in BODIES.items():
        if arguments.only and name not in arguments.only:
            continue
        table[name] = examined(trained(fields, arguments.seed, arguments.steps), arguments.seed)
        print(json.dumps({name: table[name]}), file=sys.stderr, flush=True)
    print(json.dumps({"seed": arguments.seed, "steps": arguments.steps, "frontiers": table}))


if __name__ == "__main__":
    main()
