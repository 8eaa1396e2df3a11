"""Learners on disk and in workers.

A learner's state file (safetensors) holds its raw weights (`weights.*`), their average
(`average.*`) and the optimisers' memory. `Bodies` are the two models a worker needs of it.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from ouroboros.lineage.files import write_whole
from ouroboros.loop.engine import LEARNERS
from ouroboros.models.genome import Genome
from ouroboros.models.transformer import Transformer
from ouroboros.training.optim import Optimizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """A learner ready to answer: the averaged weights speak, the raw ones check."""

    averaged: Transformer
    raw: Transformer


def body(genome: Genome, weights: dict[str, Tensor]) -> Transformer:
    """The genome's transformer with these weights."""
    model = Transformer(genome)
    model.load_state_dict(weights)
    return model.requires_grad_(False).eval()


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors below `prefix.`, without it."""
    return {
        k.removeprefix(prefix + "."): v for k, v in tensors.items() if k.startswith(prefix + ".")
    }


def save_learner(path: Path, model: Transformer, optimizer: Optimizer) -> None:
    """Write the learner's whole state."""
    weights = {f"weights.{n}": p.detach() for n, p in model.named_parameters()}
    write_whole(path, save(weights | optimizer.state()))


def load_average(path: Path) -> dict[str, Tensor]:
    """The averaged weights of a learner's state file."""
    return part(load_file(path), "average")


@lru_cache(maxsize=4)
def load_bodies(path: str, genome: str) -> Bodies:
    """Both models of a learner; `genome` is its JSON text. Cached: state files never change."""
    tensors = load_file(path)
    described = Genome.from_json(json.loads(genome))
    return Bodies(
        averaged=body(described, part(tensors, "average")),
        raw=body(described, part(tensors, "weights")),
    )


def learner_files(step: int) -> tuple[str, ...]:
    """The learners' state files after so many steps of the base's training."""
    return tuple(f"learners/base-{step}-{i}.safetensors" for i in range(LEARNERS))


def genome_text(genome: Genome) -> str:
    """The genome as the JSON text that work units carry."""
    return json.dumps(genome.to_json())


def fresh(genome: Genome, seed: int) -> Transformer:
    """A body with new weights."""
    return Transformer(genome, seed=seed)


def restore(model: Transformer, optimizer: Optimizer, path: Path) -> None:
    """Take over a learner's state file in place."""
    tensors: dict[str, Any] = load_file(path)
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(tensors[f"weights.{name}"])
    optimizer.load({k: v for k, v in tensors.items() if not k.startswith("weights.")})
