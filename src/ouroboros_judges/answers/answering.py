"""What most answering halves share: two solutions that must agree, hard items, free answers.

    class DoublingAnswers(Answering):
        name, family = "doubling", Doubling()
        def solve(self, prompt): ...          # route one: the reference lines
        def again(self, prompt): ...          # route two: the same lines by another way

Route two may know less than every line: `confirms` is for what only tells whether an answer holds
(a simulation, a substitution, a proof checker). Both are asked; what one of them denies is wrong.
Many problems go faster together where a family has both routes in columns (`in_columns`).
What was found out about a problem is kept at hand, so that a reference and many verdicts on one
problem cost both routes once.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ouroboros.envs.base import Family, generator
from ouroboros.errors import UsageError
from ouroboros.types import Verdict
from ouroboros_judges.answers.base import compare, same_text

REMEMBERED = 4096  # problems whose truth is kept at hand
BATCH = 1024  # problems that are worked out together, at most
MEMORABLE = 10_000  # characters of a problem and its solution, beyond which it is not kept
Truth = tuple[tuple[str, ...], bool]
"""Route one's lines, and whether route two finds and confirms the same."""


class Drawing(Family, Protocol):
    """A family that draws hard problems when asked to, as `ouroboros.envs.asking.Asking` does."""

    def draw(self, rng: np.random.Generator, level: int, hard: NDArray[np.bool_]) -> list[str]:
        """A prompt of this level for each of `hard`."""
        ...


class Answering(ABC):
    """The answering half of a family with one right solution a problem."""

    name: str
    family: Drawing

    @abstractmethod
    def solve(self, prompt: str) -> tuple[str, ...]:
        """Route one: the reference lines; UsageError where the text is not a prompt."""

    def again(self, prompt: str) -> tuple[str, ...] | None:
        """Route two: the same lines found another way; None where it only confirms answers."""
        del prompt
        return None

    def confirms(self, prompt: str, answer: str) -> bool:
        """Route two: whether the answer, the last line, holds of the problem."""
        del prompt, answer
        return True

    def work_out(self, prompt: str) -> Truth:
        """Route one's lines and whether route two finds and confirms the same.

        UsageError where the text is no prompt.
        """
        lines = self.solve(prompt)
        return lines, self.again(prompt) in (None, lines) and self.confirms(prompt, lines[-1])

    def reference(self, prompt: str) -> tuple[str, ...] | None:
        """The lines that both routes agree on; None where they do not."""
        lines, agreed = self._truth(prompt)
        return lines if agreed else None

    def references(self, prompts: Sequence[str]) -> list[tuple[str, ...] | None]:
        """As `reference`, of many problems at once."""
        known = self._known
        found: list[tuple[str, ...] | None] = []
        for start in range(0, len(prompts), BATCH):
            batch = prompts[start : start + BATCH]
            if len(known) + len(batch) > REMEMBERED:
                known.clear()
            known.update(self.in_columns([prompt for prompt in batch if prompt not in known]))
            found += map(self.reference, batch)
        return found

    def in_columns(self, prompts: Sequence[str]) -> Mapping[str, Truth]:
        """As `work_out`, of those of many texts that can be worked out together; here, of none."""
        del prompts
        return {}

    def verify(self, prompt: str, lines: Sequence[str]) -> Verdict:
        """Correct where both routes say so of every line."""
        try:
            reference, agreed = self._truth(prompt)
        except UsageError:
            return Verdict(correct=False, first_bad_line=0, judge=self.name)
        is_same = tuple(lines) == reference
        verdict = self._right if is_same else compare(self.name, lines, reference)
        if verdict.correct and not agreed:
            return replace(verdict, correct=False, first_bad_line=len(reference) - 1)
        return verdict

    def _truth(self, prompt: str) -> Truth:
        """What `work_out` says; kept at hand."""
        known = self._known.get(prompt)
        if known is None:
            known = self.work_out(prompt)
            if len(prompt) + sum(map(len, known[0])) <= MEMORABLE:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[prompt] = known
        return known

    @cached_property
    def _right(self) -> Verdict:
        return Verdict(correct=True, first_bad_line=None, judge=self.name)

    @cached_property
    def _known(self) -> dict[str, Truth]:
        return {}

    def accepts(self, prompt: str, answer: str) -> bool:
        """Whether a free answer says the same as the last line; never raises."""
        try:
            reference, agreed = self._truth(prompt)
        except UsageError:
            return False
        return agreed and self.means(prompt, answer, reference[-1])

    def means(self, prompt: str, answer: str, right: str) -> bool:
        """Whether a free answer and the right last line mean the same: here, but for spaces."""
        del prompt
        return same_text(answer, right)

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """Problems of this level, all hard."""
        rng = generator(f"answers/{self.name}", level, seed, count)
        return self.family.draw(rng, level, np.ones(count, dtype=np.bool_))
