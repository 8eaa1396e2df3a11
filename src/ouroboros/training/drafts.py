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

NEAR = 0.75  # of the mistakes that are planted are off by one
RUNS_ON = 0.2  # with which such a mistake goes on to the next character
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
    """The lines up to one of them, in half of all cases with a mistake in its result.

    The result is what stands behind the last "=", or the whole line. Real mistakes are most often
    off by one, now and then through a run of characters, like a carry that was lost; so are `NEAR`
    of these. The others are one character for any other of the `known` ones of its kind. Where
    there is none the line stays as it is.
    """
    number = int(rng.integers(len(lines)))
    line, found = lines[number], list(lines[:number])
    begin = line.rfind("=") + 1
    places = [i for i in range(begin, len(line)) if line[i].isalnum()]
    if not places or rng.random() < 0.5:
        return [*found, line]
    place = places[int(rng.integers(len(places)))]
    kinds = [[c for c in known if c.isdigit() == is_digit] for is_digit in (False, True)]
    kind = kinds[line[place].isdigit()]
    if rng.random() < NEAR or len(kind) < 2:
        step, run = int(rng.choice((-1, 1))), int(rng.geometric(1 - RUNS_ON))
    else:
        step, run = int(rng.integers(1, len(kind))), 1
    wrong = "".join(_moved(c, kinds[c.isdigit()], step) for c in line[place : place + run])
    return [*found, line[:place] + wrong + line[place + len(wrong) :]]


def _moved(character: str, kind: Sequence[str], steps: int) -> str:
    """The character so many steps further in its kind, round and round; others as they are."""
    if character not in kind:
        return character
    return kind[(kind.index(character) + steps) % len(kind)]
