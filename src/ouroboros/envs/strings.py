"""Strings to write again, as they are or from their end.

    copy     "abcde="  lines ("abcde",)
    reverse  "90210="  lines ("01209",)

A string is all letters a to j or all digits, half and half; the level is its length. Half of the
proposed strings are hard: runs of equal characters, where a reader loses count. Not covered: the
answers, though a reader of this page can guess them.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Worded
from ouroboros.envs.base import Domain, Format, generator, match_prompt, tasks, texts
from ouroboros.types import Task

CHARACTERS = 10  # of each class: a to j, 0 to 9
PATTERN = re.compile("([a-j]+|[0-9]+)=")


def with_runs(
    rng: np.random.Generator, values: NDArray[np.uint8], rates: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """(N, W) values in which each place repeats the one before unless it changes.

    A place changes with its row's probability `rates` (N,).
    """
    N, W = values.shape
    changes = rng.random((N, W)) < rates[:, None]
    sources = np.maximum.accumulate(np.where(changes, np.arange(W), 0), axis=1)
    return np.take_along_axis(values, sources, axis=1)


def render(values: NDArray[np.uint8], letters: NDArray[np.bool_]) -> list[str]:
    """Prompts of (N, level) values 0 to 9; rows marked in `letters` (N,) are spelt a to j."""
    offsets = np.where(letters, ord("a"), ord("0")).astype(np.uint8)[:, None]
    ends = np.full((len(values), 1), ord("="), dtype=np.uint8)
    return texts(np.hstack((values + offsets, ends)))


class StringFamily(Worded):
    """What both families share; `Copy` and `Reverse` are its final forms."""

    domain: Domain = "logic"
    wall: int = 6
    alphabet: str = "0123456789abcdefghij="

    def level_of(self, prompt: str) -> int:
        """Characters of the string; UsageError where the text is not a prompt."""
        return len(match_prompt(self.name, PATTERN, prompt)[1])

    def propose(self, level: int, seed: int, count: int) -> list[Task]:
        """Random strings, half of them with runs of equal characters."""
        rng = generator(self.name, level, seed, count)
        values = rng.integers(0, CHARACTERS, (count, level), dtype=np.uint8)
        rates = np.where(rng.random(count) < 0.5, rng.random(count), 1.0)
        prompts = render(with_runs(rng, values, rates), rng.random(count) < 0.5)
        return tasks(self.name, level, seed, prompts)

    def check(self, prompt: str, lines: Sequence[str]) -> bool:
        """One line, as long as the string and of the same class of characters."""
        if PATTERN.fullmatch(prompt) is None or len(lines) != 1:
            return False
        line = lines[0]
        if len(line) != len(prompt) - 1 or PATTERN.fullmatch(line + "=") is None:
            return False
        return line[0].isdigit() == prompt[0].isdigit()

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """The same question about the reversed string; None where that is no other problem."""
        if not self.check(prompt, lines):
            return None
        other, solution = self.mirror(prompt[:-1], lines[0])
        return None if f"{other}=" == prompt else (f"{other}=", (solution,))

    def completion_length(self, prompt: str) -> int:
        """As long as the string."""
        return self.level_of(prompt)

    def facts(self, prompt: str) -> dict[str, Any]:
        """The string and what is to be done with it."""
        return {"string": prompt[: self.level_of(prompt)], "asked": self.name}

    @abstractmethod
    def mirror(self, text: str, line: str) -> tuple[str, str]:
        """The reversed string and its answer, as they follow from `line` being right."""

    @abstractmethod
    def describe(self) -> Format:
        """The exact format."""


class Copy(StringFamily):
    """Write the string again: "abcde=" -> "abcde"."""

    name = "copy"
    templates = (
        "Copy this string: {string}",
        "Write this string again, character by character: {string}",
        "A clerk copies the line below without a mistake. What does the copy say?\n{string}",
        "Repeat exactly what follows the colon: {string}",
    )

    def mirror(self, text: str, line: str) -> tuple[str, str]:
        """Both turned around."""
        return text[::-1], line[::-1]

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Write the string again.",
            level="characters of the string",
            prompt_pattern=PATTERN.pattern,
            lines=("the string",),
        )


class Reverse(StringFamily):
    """Write the string from its end: "abcde=" -> "edcba"."""

    name = "reverse"
    templates = (
        "Reverse this string: {string}",
        "Write this string from its last character to its first: {string}",
        "What does the line below say when it is read from right to left?\n{string}",
        (
            "Cards with one character each are laid on a pile in this order: {string}. Then they"
            " are taken off one by one, always the topmost. In which order do they come off? Write"
            " the characters in one piece."
        ),
    )

    def mirror(self, text: str, line: str) -> tuple[str, str]:
        """The answer asked back gives the string."""
        return line, text

    def describe(self) -> Format:
        """The exact format."""
        return Format(
            summary="Write the string from its last character to its first.",
            level="characters of the string",
            prompt_pattern=PATTERN.pattern,
            lines=("the string reversed",),
        )
