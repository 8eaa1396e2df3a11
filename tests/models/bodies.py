"""Small bodies with every parameter drawn at random, and the slow truth about what they write.

A new body's output maps, convolutions and biases are zero, so that it hides most mistakes: a
scrambled one uses all it has.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional as F

from ouroboros.models.genome import Genome
from ouroboros.models.packing import pack
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.transformer import Transformer

GENOME = Genome(
    alphabet="0123456789abcde+=",
    families=("sum", "copy"),
    layers=2,
    width=16,
    heads=2,
    mlp_ratio=2.0,
    window=2,
    segments=2,
    tokens=3,
)

VARIANTS = {
    "relative": {},
    "relative without convolution": {"convolution": 0},
    "relative, one table": {"bias": ("token",)},
    "relative, tables in another order": {"bias": ("segment", "run_end", "run_start")},
    "relative, looped": {"loops": 2, "input_injection": True},
    "relative, looped without injection": {"loops": 2, "convolution": 1},
    "none": {"position": "none"},
    "rope": {"position": "rope"},
    "rope, odd heads": {"position": "rope", "width": 18, "heads": 2, "convolution": 0},
    "rope, looped": {"position": "rope", "loops": 2, "input_injection": True},
    "learned": {"position": "learned"},
    "learned, short table": {"position": "learned", "max_position": 6, "convolution": 0},
    "learned, looped": {"position": "learned", "loops": 2, "input_injection": True},
    "index offset": {"position": "index_offset"},
    "index offset, looped": {"position": "index_offset", "loops": 2, "input_injection": True},
    "gelu": {"mlp": "gelu", "convolution": 3},
    "swiglu": {"mlp": "swiglu"},
    "layer norm": {"norm": "layer"},
    "plain queries": {"qk_norm": False},
    "all at once": {
        "mlp": "swiglu",
        "norm": "layer",
        "qk_norm": False,
        "position": "index_offset",
        "loops": 3,
        "layers": 1,
        "input_injection": True,
        "heads": 4,
    },
}


def scrambled(seed: int = 0, **changes: object) -> Transformer:
    """A body of `GENOME` with `changes`, no parameter of which is left as it begins."""
    model = Transformer(replace(GENOME, **changes), seed=seed)
    rng = torch.Generator().manual_seed(seed + 1000)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=rng)
            if name in ("gain", "norm_gain"):
                p.copy_(1 + 0.3 * noise)
            elif name == "head":
                p.copy_(noise)
            else:
                p.copy_(noise * p.shape[-1] ** -0.5)
    return model.requires_grad_(False)


def mixed_rows(model: Transformer, *, answered: bool = True) -> Rows:
    """Rows of both families and of unlike lengths, in no order of length."""
    prompts = ["12+345=", "9+9=", "a=", "12ab34=", "+=", "1234567+89=", "0+11=", "7+7=", "98+765="]
    texts = ["753\n357", "81", "a", "12ab\n34", "", "6532\n11ab", "11", "41", "863\n368"]
    return encode_rows(model.tokenizer, "sum", prompts, texts if answered else None)


def everything(rows: Rows) -> np.ndarray:
    """All row numbers."""
    return np.arange(len(rows), dtype=np.int64)


def read_alone(model: Transformer, ids: Sequence[int]) -> torch.Tensor:
    """(T, vocabulary): the probabilities after each of these ids, read as a row by themselves."""
    row = Rows(
        tokens=np.array(ids, dtype=np.uint8),
        starts=np.array([0]),
        lengths=np.array([len(ids)]),
        prompts=np.array([len(ids)]),
    )
    hidden, _ = model.hidden(pack(model.genome, model.classes, row, np.array([0])))
    return F.linear(hidden, model.head).softmax(dim=-1)
