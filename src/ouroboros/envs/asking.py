r"""What most asking halves share: a pattern, a way to draw, templates of words.

    class Doubling(Asking):
        name, domain, alphabet = "doubling", "mathematics", "0123456789*="
        pattern = re.compile("2\*([1-9][0-9]*)=")
        templates = ("What is twice {number}?",)
        ...

A family says how its problems are drawn and how they read; this class does what the protocol
`ouroboros.envs.Family` asks besides. Not covered: what is true.
"""

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Domain, Format, View, generator, match_prompt, tasks
from ouroboros.errors import UsageError
from ouroboros.types import Task


class Worded(ABC):
    """How a family's problems read in words."""

    name: str
    templates: tuple[str, ...]
    """The question in words, for `str.format` with the names of `words`."""

    @abstractmethod
    def facts(self, prompt: str) -> dict[str, Any]:
        """The scene as data, enough to work out the answer; UsageError where it is no prompt."""

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """What the templates' names stand for; `rng` may choose among ways to say it."""
        del rng
        return {name: str(value) for name, value in self.facts(prompt).items()}

    def phrase(self, prompt: str, seed: int) -> str:
        """The question in words, one of several ways; the same for the same seed."""
        rng = random.Random(f"{self.name}/{prompt}/{seed}".encode("ascii", "replace"))
        return rng.choice(self.templates).format(**self.words(prompt, rng))

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """A right solution's lines as people read them; the last is the answer, with its unit."""
        del prompt
        return tuple(lines)

    def views(self, prompt: str, lines: Sequence[str]) -> tuple[View, ...]:
        """Other problems whose solutions follow from the lines; none here."""
        del prompt, lines
        return ()

    def patched(
        self, prompt: str, lines: Sequence[str], piece: View, found: Sequence[str]
    ) -> tuple[str, ...]:
        """The lines with a piece of them solved anew; they have none here."""
        del prompt, piece, found
        return tuple(lines)


class Asking(Worded):
    """The asking half of a family that is told apart by a pattern."""

    domain: Domain
    wall: int = 4
    alphabet: str
    pattern: re.Pattern[str]
    """A whole prompt."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """A prompt of exactly this level for each of `hard` (N,), hard to get right where true."""

    @abstractmethod
    def level_of(self, prompt: str) -> int:
        """The level of a prompt; UsageError where it is not one of ours."""

    @abstractmethod
    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines of an attempt at a prompt of ours have the form of a solution."""

    @abstractmethod
    def completion_length(self, prompt: str) -> int:
        """Characters of the longest possible completion."""

    @abstractmethod
    def describe(self) -> Format:
        """The exact format."""

    def propose(self, level: int, seed: int, count: int) -> list[Task]:
        """Tasks of this level, about half of them hard."""
        rng = generator(self.name, level, seed, count)
        return tasks(self.name, level, seed, self.draw(rng, level, rng.random(count) < 0.5))

    def parts(self, prompt: str) -> re.Match[str]:
        """The pattern's groups; UsageError where the text is not a prompt."""
        return match_prompt(self.name, self.pattern, prompt)

    def check(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines could be a solution by their form alone."""
        try:
            self.parts(prompt)
        except UsageError:
            return False
        return self.fits(prompt, lines)

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """None: there is no other problem that this one's solution solves."""
        del prompt, lines
        return None
