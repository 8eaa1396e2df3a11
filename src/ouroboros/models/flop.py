"""FLOP of a genome in closed form: one multiply-add counts two.

Counted are all matrix products, attention (the full square that is computed, mask included), the
short convolution and the optimiser's Newton-Schulz; element-wise work and look-ups are not. The
tests hold the formulas against PyTorch's own counter.
"""

import numpy as np
from numpy.typing import NDArray

from ouroboros.models.genome import Genome


def token_flop(genome: Genome) -> int:
    """Forward FLOP of one token through all layers, attention's products left out."""
    width, hidden = genome.width, genome.mlp_width
    matrices = 4 * width * width + width * hidden * (3 if genome.mlp == "swiglu" else 2)
    per_layer = 2 * matrices + 2 * genome.convolution * width
    return per_layer * genome.layers * genome.loops


def forward_flop(genome: Genome, vocabulary: int, lengths: NDArray[np.int64], targets: int) -> int:
    """Forward FLOP of packed rows of `lengths` tokens with `targets` positions through the head."""
    pairs = 4 * genome.width * genome.layers * genome.loops
    return (
        int(lengths.sum()) * token_flop(genome)
        + int((lengths**2).sum()) * pairs
        + 2 * targets * genome.width * vocabulary
    )


def decode_flop(
    genome: Genome, vocabulary: int, prompts: NDArray[np.int64], new: NDArray[np.int64]
) -> int:
    """FLOP of a prefill of `prompts` tokens and `new` cached steps per row."""
    per_pair = 4 * genome.width * genome.layers * genome.loops
    steps = np.maximum(new - 1, 0)
    attended = int((steps * prompts + steps * (steps + 1) // 2).sum())
    stepped = int(steps.sum())
    return (
        forward_flop(genome, vocabulary, prompts, len(prompts))
        + stepped * (token_flop(genome) + 2 * genome.width * vocabulary)
        + attended * per_pair
    )


def update_flop(genome: Genome, steps: int = 5) -> int:
    """FLOP of one Muon update (the Newton-Schulz products)."""
    width, hidden = genome.width, genome.mlp_width
    up = hidden * (2 if genome.mlp == "swiglu" else 1)

    def stack(rows: int, columns: int) -> int:
        small, large = min(rows, columns), max(rows, columns)
        # the products act on the orientation that Muon hands over, rows >= columns
        return steps * (2 * small * small * large * 2 + 2 * small**3)

    return genome.layers * (4 * stack(width, width) + stack(up, width) + stack(hidden, width))
