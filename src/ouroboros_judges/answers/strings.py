"""The truth about written-out strings, by slices and character by character.

    CopyAnswers().solve("abcde=")      ("abcde",)
    ReverseAnswers().solve("90210=")   ("01209",)

Adversarial items: constant, periodic and palindromic strings, palindromes and constants with one
character changed, two runs whose border must be found.
"""

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import generator
from ouroboros.envs.strings import CHARACTERS, Copy, Reverse, StringFamily, render
from ouroboros_judges.answers.answering import Answering
from ouroboros_judges.answers.base import with_corners

PERIODIC, PALINDROME, NEAR_PALINDROME, TWO_RUNS, NEAR_CONSTANT = range(5)
KINDS = 5


class StringAnswers(Answering):
    """What both families share; the two classes below are its final forms."""

    family: StringFamily  # pyright: ignore[reportIncompatibleVariableOverride]

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference line, by a slice; UsageError where the text is not a prompt."""
        return (self.by_slice(prompt[: self.family.level_of(prompt)]),)

    def again(self, prompt: str) -> tuple[str, ...]:
        """The same line, character by character."""
        return (self.by_characters(prompt),)

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Corner cases and five kinds of hard strings in equal parts."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        corners = [f"{text}=" for text in _corners(level)]
        return with_corners(rng, corners, count, lambda n: _hard_prompts(rng, level, n))

    @abstractmethod
    def by_slice(self, text: str) -> str:
        """The answer for a string."""

    @abstractmethod
    def by_characters(self, prompt: str) -> str:
        """The answer for a prompt, by another route."""


class CopyAnswers(StringAnswers):
    """Answers to `copy`."""

    name = "copy"
    family = Copy()

    def by_slice(self, text: str) -> str:
        """The string itself."""
        return text

    def by_characters(self, prompt: str) -> str:
        """Every character that is not the sign of the question, in turn."""
        return "".join(character for character in prompt if character != "=")


class ReverseAnswers(StringAnswers):
    """Answers to `reverse`."""

    name = "reverse"
    family = Reverse()

    def by_slice(self, text: str) -> str:
        """The string sliced with a step of -1."""
        return text[::-1]

    def by_characters(self, prompt: str) -> str:
        """Characters taken off a stack until it is empty."""
        stack = list(prompt)
        stack.pop()
        return "".join(stack.pop() for _ in range(len(stack)))


def _corners(level: int) -> list[str]:
    """Constant and alternating strings, and constants with an odd first or last character."""
    corners: list[str] = []
    for low, next_one, high in ("abj", "019"):
        corners += [low * level, high * level]
        corners += [((low + high) * level)[:level], ((high + low) * level)[:level]]
        corners += [next_one + low * (level - 1), low * (level - 1) + next_one]
    return corners


def _hard_prompts(rng: np.random.Generator, level: int, count: int) -> list[str]:
    """`count` prompts, the kinds in turn.

    Each string is a random one read through a map of places: a period, a mirror, two places or
    one; then, in the "near" kinds, one character is made another.
    """
    kinds = np.arange(count) % KINDS
    sources = _sources(rng, level, kinds)
    values = rng.integers(0, CHARACTERS, (count, level), dtype=np.uint8)
    values = np.take_along_axis(values, sources, axis=1)
    rows = np.flatnonzero((kinds == NEAR_PALINDROME) | (kinds == NEAR_CONSTANT))
    places = rng.integers(0, level, len(rows))
    shifts = rng.integers(1, CHARACTERS, len(rows), dtype=np.uint8)
    values[rows, places] = (values[rows, places] + shifts) % CHARACTERS
    return render(values, rng.random(count) < 0.5)


def _sources(rng: np.random.Generator, level: int, kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, level) which place of a random string each place of a hard one repeats."""
    columns, N = np.arange(level), len(kinds)
    # Short periods are the confusing ones; long ones keep the items from repeating.
    longest = np.where(rng.random(N) < 0.5, min(level, 4), level)
    periods = rng.integers(1, longest + 1)[:, None]
    borders = rng.integers(0, level, N)[:, None]
    return np.choose(
        kinds[:, None],
        [
            columns % periods,
            np.minimum(columns, level - 1 - columns),
            np.minimum(columns, level - 1 - columns),
            np.where(columns < borders, 0, level - 1),
            np.zeros_like(columns),
        ],
    )
