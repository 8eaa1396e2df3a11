"""Rows of tokens in columns: many texts of unlike length in one flat array.

A row is `<family tag> prompt completion <end>`. `Rows` never holds a Python object per row, so
sampling, sorting and packing are a handful of NumPy calls whatever the number of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ouroboros.models.tokenizer import END, Tokenizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """R rows over one flat token array."""

    tokens: NDArray[np.uint8]
    """(N,) ids of all rows, one after another."""
    starts: NDArray[np.int64]
    """(R,) first token of each row."""
    lengths: NDArray[np.int64]
    """(R,) tokens of each row, tag and end included."""
    prompts: NDArray[np.int64]
    """(R,) tokens of each row's tag and prompt; what follows is the completion."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.starts)

    def flat_index(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions in `tokens` of the given rows' tokens, in their order."""
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        return np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            self.starts[rows] - (ends - lengths), lengths
        )


def encode_rows(
    tokenizer: Tokenizer,
    family: str,
    prompts: Sequence[str],
    completions: Sequence[str] | None = None,
    goes_on: Sequence[bool] | None = None,
) -> Rows:
    """Rows of one family; without completions the rows end after the prompt.

    A completion that goes on has a line break behind it, where others have the end.
    """
    ends = [""] * len(prompts) if completions is None else [c + "\n" for c in completions]
    tag = tokenizer.tag(family)
    tokens = tokenizer.encode("".join(f"\n{p}{e}" for p, e in zip(prompts, ends, strict=True)))
    prompt_lengths = np.fromiter(map(len, prompts), dtype=np.int64, count=len(prompts)) + 1
    lengths = prompt_lengths + np.fromiter(map(len, ends), dtype=np.int64, count=len(prompts))
    starts = np.cumsum(lengths) - lengths
    tokens[starts] = tag
    if completions is not None:
        last = starts + lengths - 1
        tokens[last if goes_on is None else last[~np.array(goes_on, dtype=np.bool_)]] = END
    return Rows(tokens=tokens, starts=starts, lengths=lengths, prompts=prompt_lengths)


def concatenate(parts: Sequence[Rows]) -> Rows:
    """All rows of the parts, in order."""
    sizes = np.cumsum([0] + [len(part.tokens) for part in parts])
    return Rows(
        tokens=np.concatenate([part.tokens for part in parts]),
        starts=np.concatenate([p.starts + size for p, size in zip(parts, sizes, strict=False)]),
        lengths=np.concatenate([part.lengths for part in parts]),
        prompts=np.concatenate([part.prompts for part in parts]),
    )
