"""Checkpoints by content id: `genome.json`, `weights.safetensors`, `card.md`.

The id is the first 16 hex digits of the SHA-256 over the genome and the SHA-256 of the weights'
bytes, so a checkpoint cannot change without changing its name. Nothing is ever unpickled.
"""

# The libraries below ship no types:
# pyright: standard

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole
from ouroboros_warden import errors
from ouroboros_warden.canonical import canonical, checkpoint_id


def write_checkpoint(
    folder: Path, genome: dict[str, Any], weights: dict[str, Tensor], card: str
) -> str:
    """Write a checkpoint below `folder` and return its id; an existing one is kept."""
    staging = folder / ".staging"
    write_whole(staging / "genome.json", canonical(genome))
    write_whole(staging / "weights.safetensors", save(weights))
    identity = checkpoint_id(staging)
    for name in ("genome.json", "weights.safetensors"):
        target = folder / identity / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(target)
    write_whole(folder / identity / "card.md", card.replace("CHECKPOINT", identity).encode())
    return identity


def read_checkpoint(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Genome and weights of a checkpoint folder; UsageError where bytes and name differ."""
    try:
        found = checkpoint_id(folder)
        genome = json.loads((folder / "genome.json").read_bytes())
        weights = load_file(folder / "weights.safetensors")
    except (errors.UsageError, OSError, SafetensorError) as error:
        raise UsageError(f"checkpoint {folder.name} cannot be read: {error}") from None
    if found != folder.name:
        raise UsageError(
            f"checkpoint {folder.name}: the files do not match the name; do not use it"
        )
    return genome, weights
