"""Drafts: rows that teach to look again, and to write what is right in place of what is wrong.

    prompt, good lines, a line, ~       ->  the right line, the rest

What stands before the mark is given, not taught: the loss begins behind it, so that no wrong step
is learnt. A draft's last line is a mistake that was really made where one is known; else, in half
of the drafts, it is the right line, which is to be upheld, and in half of them one of its
characters is another. Error-and-fix rows in training from the start are what small models learn to
correct themselves from (Ye et al. 2024, arXiv 2408.16293).
"""

from collections.abc import Sequence

import numpy as np

from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.tokenizer import AGAIN, Tokenizer

Lines = Sequence[str]


def drafted(lines: Lines) -> str:
    """Lines of which the last is to be looked at again."""
    return "\n".join(lines) + AGAIN


def draft_rows(
    tokenizer: Tokenizer,
    family: str,
    prompts: Sequence[str],
    solutions: Sequence[Lines],
    slips: Sequence[Lines],
    rng: np.random.Generator,
) -> Rows:
    """A row for each of R right solutions.

    Args:
        tokenizer: Has `AGAIN` in its alphabet.
        family: Of all problems.
        prompts: R problems.
        solutions: Their right lines.
        slips: Lines as they were first written, up to a wrong one; empty where none is known.
        rng: Draws lines and characters.
    """
    known = sorted({c for lines in solutions for line in lines for c in line if c.isalnum()})
    drafts = [
        list(slip) if slip else planted(lines, known, rng)
        for lines, slip in zip(solutions, slips, strict=True)
    ]
    return encode_rows(
        tokenizer,
        family,
        [prompt + drafted(draft) for prompt, draft in zip(prompts, drafts, strict=True)],
        [
            "\n".join(lines[len(draft) - 1 :])
            for lines, draft in zip(solutions, drafts, strict=True)
        ],
    )


def planted(lines: Lines, known: Sequence[str], rng: np.random.Generator) -> list[str]:
    """The lines up to one of them, in half of all cases with another character in its result.

    The result is what stands behind the last "=", or the whole line; the character is another
    digit or letter of those `known`. Where there is none the line stays as it is.
    """
    number = int(rng.integers(len(lines)))
    line, found = lines[number], list(lines[:number])
    begin = line.rfind("=") + 1
    places = [i for i in range(begin, len(line)) if line[i].isalnum()]
    if not places or rng.random() < 0.5:
        return [*found, line]
    place = places[int(rng.integers(len(places)))]
    others = [c for c in known if c != line[place] and c.isdigit() == line[place].isdigit()]
    if others:
        line = line[:place] + others[int(rng.integers(len(others)))] + line[place + 1 :]
    return [*found, line]
