"""A/A trials of the gate: successors that carry no information must not be promoted.

    ouro bench null --json            # 200 trials, a few minutes on two cores

A small body is trained on the wall of one family until it is right on some levels and wrong on
others. In each trial champion and successor are that same body, each with noise of its own seed on
the weights (three parts in a hundred of each tensor's spread, enough that some items come out
differently): neither knows more than the other.
Both sit one paired examination of fresh items through the examiner's own code, with further
sittings as long as the gate finds it undecided, and the gate's own rule decides, at the share of
the error budget that a run's first examination has, the largest.
`alpha` is the rate stated for a whole run; `alpha_one` that of a single examination.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import torch

from ouroboros.lineage.checkpoints import write_checkpoint
from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros.training.corpus import Serving, build_corpus
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, train
from ouroboros_judges.examiner import sit, weigh
from ouroboros_judges.oracle import examples
from ouroboros_judges.trials import Tally
from ouroboros_warden.exam import Row, merge
from ouroboros_warden.gate import SITTINGS
from ouroboros_warden.standing import decide, share_of_alpha, undecided

FAMILY, WALL, STEPS, ITEMS, ALPHA, MARGIN = "reverse_addition", 4, 150, 48, 0.05, 0.03


def half_trained() -> Transformer:
    """A small body that knows a little: short sums mostly, longer ones seldom."""
    genome = Genome(alphabet="0123456789+=", families=(FAMILY,), width=32, heads=2)
    model = Transformer(genome, seed=0)
    parts = []
    for level in range(1, WALL + 1):
        drawn = examples({"family": FAMILY, "level": level, "count": 2000, "seed": level})
        texts = ["\n".join(lines) for lines in drawn["lines"]]
        parts.append((FAMILY, level, encode_rows(model.tokenizer, FAMILY, drawn["prompts"], texts)))
    corpus = build_corpus(parts)
    diet = [
        Serving(bins=tuple(range(WALL)), shares=(1.0,) * WALL, picks=16, tokens=60.0, weight=1.0)
    ]
    optimizer = Optimizer(model, OptimizerConfig())
    train(model, optimizer, corpus, diet, Schedule(steps=STEPS), seed=0)
    return model


def noisy(model: Transformer, noise: float, folder: Path, seed: int) -> str:
    """Write a copy with noise of this seed on the weights; returns its folder."""
    rng = torch.Generator().manual_seed(seed)
    weights = {
        name: p.detach() + noise * p.detach().std() * torch.randn(p.shape, generator=rng)
        for name, p in model.named_parameters()
    }
    return str(folder / write_checkpoint(folder, model.genome.to_json(), weights, ""))


def trial(model: Transformer, noise: float, folder: Path, number: int) -> tuple[bool, Tally]:
    """One examination of two equals; whether the gate would promote, and the counts."""
    families = {FAMILY: {"wall": WALL, "frontier": WALL}}
    request = {
        "champion": noisy(model, noise, folder, 2 * number),
        "successor": noisy(model, noise, folder, 2 * number + 1),
        "families": families,
        "items": ITEMS,
        "part": [0, 1],
        "full": False,
    }
    threshold = 1 / share_of_alpha(ALPHA, 1)
    rows: list[Row] = []
    for sitting in range(SITTINGS):
        request["seed"] = f"{SITTINGS * number + sitting:064x}"
        rows = merge([*rows, *map(Row._make, sit(request)["rows"])])
        report = weigh({"rows": rows, "families": families, "margin": MARGIN, "full": False})
        if not undecided(report["e_value"], threshold):
            break
    ruling = decide(report["e_value"], threshold, report["families"])
    items, champion, successor, wins, losses = (sum(row[i] for row in rows) for i in range(2, 7))
    return ruling.promoted, Tally(
        family=FAMILY,
        level=0,
        items=items,
        champion=champion,
        successor=successor,
        wins=wins,
        losses=losses,
    )


def main() -> None:
    """Run the trials and print the rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--noise", type=float, default=0.03, help="share of a tensor's spread")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()
    model = half_trained()
    promoted, tallies = 0, []
    for number in range(arguments.trials):
        with tempfile.TemporaryDirectory() as folder:
            better, tally = trial(model, arguments.noise, Path(folder), number)
        promoted += better
        tallies.append(tally)
        if number % 20 == 19:
            print(f"{number + 1} trials, {promoted} promoted", file=sys.stderr)
    items = sum(t.items for t in tallies)
    result = {
        "trials": arguments.trials,
        "promoted": promoted,
        "alpha": ALPHA,
        "alpha_one": share_of_alpha(ALPHA, 1),
        "noise": arguments.noise,
        "items_a_trial": items / arguments.trials,
        "accuracy": sum(t.champion for t in tallies) / items,
        "discordant_a_trial": sum(t.wins + t.losses for t in tallies) / arguments.trials,
        "seconds": time.monotonic() - started,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
