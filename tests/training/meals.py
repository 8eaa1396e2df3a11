"""A small body and a corpus of two families on two levels each, for tests that train."""

import numpy as np

from ouroboros.models.genome import Genome
from ouroboros.models.rows import encode_rows
from ouroboros.models.tokenizer import Tokenizer
from ouroboros.models.transformer import Transformer
from ouroboros.training.corpus import Corpus, Serving, build_corpus

GENOME = Genome(
    alphabet="0123456789=", families=("copy", "reverse"), width=32, heads=2, mlp_ratio=2.0
)
TOKENIZER = Tokenizer(alphabet=GENOME.alphabet, families=GENOME.families)


def body(seed: int = 0, genome: Genome = GENOME) -> Transformer:
    return Transformer(genome, seed=seed)


def corpus() -> Corpus:
    """Bins: copy 2, copy 4, reverse 2, reverse 4, of 5, 6, 7 and 8 rows."""
    rng = np.random.default_rng(0)
    parts = []
    for i, (family, level) in enumerate(
        (family, level) for family in GENOME.families for level in (2, 4)
    ):
        texts = ["".join(map(str, rng.integers(10, size=level))) for _ in range(5 + i)]
        solved = texts if family == "copy" else [text[::-1] for text in texts]
        parts.append((
            family,
            level,
            encode_rows(TOKENIZER, family, [text + "=" for text in texts], solved),
        ))
    return build_corpus(parts)


def serving(**changes: object) -> Serving:
    fields = {
        "bins": (0, 1, 2, 3),
        "shares": (1.0, 1.0, 1.0, 1.0),
        "picks": 3,
        "tokens": 40.0,
        "weight": 1.0,
    }
    return Serving(**{**fields, **changes})
