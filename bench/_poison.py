"""Poison: answers of which a share is wrong on purpose, at random places or by one wrong rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ouroboros.envs import Family
from ouroboros.loop.attempts import Answered, lines_of

TRIES = 40  # of finding another text that has the form of an answer
Rule = Callable[[Family, str, str, np.random.Generator], str]


def poisoned(
    families: Mapping[str, Family],
    papers: Sequence[Answered],
    noise: str,
    share: float,
    rng: np.random.Generator,
) -> tuple[Answered, ...]:
    """The papers, with about `share` of their well-formed answers made wrong by a rule of `NOISES`.

    An answer that was wrong by itself may come out right by chance; nobody looks.
    """
    rule, found = NOISES[noise], []
    for answered in papers:
        family = families[answered.paper.family]
        texts = [
            rule(family, prompt, text, rng) if rng.random() < share else text
            for prompt, text in zip(answered.paper.prompts, answered.completions, strict=True)
        ]
        found.append(replace(answered, completions=tuple(texts)))
    return tuple(found)


def uniform(family: Family, prompt: str, text: str, rng: np.random.Generator) -> str:
    """One character, anywhere, is another digit; the text where no such one has the form."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    digits = [c for c in family.alphabet if c.isdigit()]
    for _ in range(TRIES if places else 0):
        place = places[int(rng.integers(len(places)))]
        digit = digits[int(rng.integers(len(digits)))]
        altered = text[:place] + digit + text[place + 1 :]
        if altered != text and family.check(prompt, lines_of(altered)):
            return altered
    return text


def structured(family: Family, prompt: str, text: str, rng: np.random.Generator) -> str:
    """The same mistake wherever it can be made, which can be learnt: a carry that is forgotten.

    In a sum whose numbers are written from their last digit on, the first column that a carry comes
    into is one too low. Of any other answer the last character of its first line is, by one.
    """
    del rng
    lines = list(lines_of(text))
    if not family.check(prompt, lines):
        return text
    place = _carried(prompt, lines[0]) if "+" in prompt else len(lines[0]) - 1
    if place is None:
        return text
    digit = lines[0][place]
    bits = set("".join(lines)) <= {"0", "1"} and "+" not in prompt
    lower = str(1 - int(digit)) if bits else str((int(digit) - 1) % 10)
    lines[0] = lines[0][:place] + lower + lines[0][place + 1 :]
    if len(lines) > 1:
        lines[-1] = lines[0][-len(lines[-1]) :]
    return "\n".join(lines) if family.check(prompt, lines) else text


def _carried(prompt: str, total: str) -> int | None:
    """The first column of a reversed sum that a carry comes into; None where none does."""
    first, second = prompt.rstrip("=").split("+")
    for column, (a, b) in enumerate(zip(first, second, strict=False)):
        if int(a) + int(b) > 9:
            return column + 1 if column + 1 < len(total) else None
    return None


BELIEVED = "believed"  # `structured`, made behind the back of whoever verifies
NOISES: dict[str, Rule] = {"uniform": uniform, "structured": structured, BELIEVED: structured}
