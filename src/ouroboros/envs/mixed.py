"""Families whose problems are of several kinds, each of which is solved by a plan of its own.

    class Sequences(Mixed):
        name, domain, summary = "sequences", "mathematics", "Find the next term of a sequence."
        kinds = (Arithmetic(), Geometric(), Quadratic())

A prompt tells its kind by its form: no text may be a prompt of two kinds. All kinds are equally
frequent. Not covered: kinds whose level counts different things.
"""

import random
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.asking import Asking
from ouroboros.envs.base import Format, refusal
from ouroboros.envs.plan import Step
from ouroboros.envs.planned import Planned


class Mixed(Asking):
    """What a subclass declares is all there is to its asking half."""

    summary: str
    """One sentence: what is asked."""
    kinds: tuple[Planned, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """A prompt of any kind."""
        return re.compile("|".join(_unnamed(kind.pattern.pattern) for kind in self.kinds))

    @cached_property
    def alphabet(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The characters of all kinds."""
        return "".join(dict.fromkeys("".join(kind.alphabet for kind in self.kinds)))

    def which(self, prompt: str) -> int:
        """The place of the prompt's kind among the kinds; UsageError where it has none."""
        for place, kind in enumerate(self.kinds):
            if kind.pattern.fullmatch(prompt):
                return place
        raise refusal(self.name, prompt)

    def kind(self, prompt: str) -> Planned:
        """The prompt's kind; UsageError where it has none."""
        return self.kinds[self.which(prompt)]

    def parts(self, prompt: str) -> re.Match[str]:
        """The groups of the kind's pattern; UsageError where the text is not a prompt."""
        return self.kind(prompt).parts(prompt)

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """Problems of every kind, in no order."""
        chosen = rng.integers(0, len(self.kinds), len(hard))
        drawn = [
            iter(kind.draw(rng, level, hard[chosen == place]))
            for place, kind in enumerate(self.kinds)
        ]
        return [next(drawn[place]) for place in chosen]

    def level_of(self, prompt: str) -> int:
        """The level that the prompt's kind gives it."""
        return self.kind(prompt).level_of(prompt)

    def fits(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines are of the form that the prompt's kind asks for."""
        return self.kind(prompt).fits(prompt, lines)

    def completion_length(self, prompt: str) -> int:
        """The bound of the prompt's kind."""
        return self.kind(prompt).completion_length(prompt)

    def describe(self) -> Format:
        """The formats of all kinds in one; they have the answer's line in common."""
        first = self.kinds[0]
        return Format(
            summary=self.summary,
            level=first.describe().level,
            prompt_pattern=self.pattern.pattern,
            lines=(
                *(f"{kind.name}, each in as many lines as it takes: {_told(kind.steps)}"
                  for kind in self.kinds),
                f"the {first.asked}",
            ),
        )  # fmt: skip

    def facts(self, prompt: str) -> dict[str, Any]:
        """What the prompt's kind states, and which it is."""
        kind = self.kind(prompt)
        return {"kind": kind.name} | kind.facts(prompt)

    def words(self, prompt: str, rng: random.Random) -> dict[str, str]:
        """What the templates of the prompt's kind ask for."""
        return self.kind(prompt).words(prompt, rng)

    def phrase(self, prompt: str, seed: int) -> str:
        """The question as the prompt's kind puts it."""
        return self.kind(prompt).phrase(prompt, seed)

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """The solution as the prompt's kind reads it."""
        return self.kind(prompt).read(prompt, lines)


def _told(steps: Sequence[Step]) -> str:
    """What a plan finds, in its order."""
    return ", ".join(step.says or step.name for step in steps)


def _unnamed(pattern: str) -> str:
    """A pattern without names of groups, which may occur only once in a pattern."""
    return re.sub(r"\?P<\w+>", "", pattern)
