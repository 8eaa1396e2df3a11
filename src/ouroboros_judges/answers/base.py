"""What the answering half of a family owes the judges: solutions, verdicts, adversarial items.

    answers.solve("345+87=")                 ("126",)   by one route
    answers.reference("345+87=")             ("126",)   by both
    answers.references(["345+87=", ...])     [("126",), ...]
    answers.verify("345+87=", ("127",))      Verdict(correct=False, first_bad_line=0, judge=...)

A verdict needs two routes to the truth that share no arithmetic; what only one of them accepts is
wrong. Levels have no top, so no route may pass through Python's decimal conversion of integers,
which stops at 4,300 digits. Not covered: problems with more than one right solution.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from ouroboros.types import Verdict


@runtime_checkable
class Answers(Protocol):
    """The answering half of the family of the same name."""

    name: str

    def solve(self, prompt: str) -> tuple[str, ...]:
        """The reference solution; UsageError where the text is no prompt of the family."""
        ...

    def reference(self, prompt: str) -> tuple[str, ...] | None:
        """The solution that both routes agree on, None where they do not; UsageError as `solve`."""
        ...

    def references(self, prompts: Sequence[str]) -> list[tuple[str, ...] | None]:
        """As `reference`, of many problems at once, which may be much the faster."""
        ...

    def verify(self, prompt: str, lines: Sequence[str]) -> Verdict:
        """Correct where every line is right by both routes; never raises, whatever the lines.

        The first bad line is the first that differs from the solution, a missing one and one too
        many included. No attempt at a text that is no prompt is correct.
        """
        ...

    def accepts(self, prompt: str, answer: str) -> bool:
        """Whether a free answer means what the right last line means; never raises.

        Equivalent forms are accepted (another unit, an unreduced fraction), and nothing else is.
        """
        ...

    def adversarial(self, level: int, seed: int, count: int) -> list[str]:
        """`count` prompts of exactly this level that are made to be got wrong; deterministic.

        Raises UsageError for a level below 1 or a negative count.
        """
        ...


def compare(judge: str, lines: Sequence[str], *references: Sequence[str]) -> Verdict:
    """Correct where the lines equal every reference; else names the first that differs."""
    bad = [place for place in (_difference(lines, r) for r in references) if place is not None]
    return Verdict(correct=not bad, first_bad_line=min(bad, default=None), judge=judge)


def same_text(answer: str, right: str) -> bool:
    """Whether a free answer is the right text, but for spaces around it."""
    return len(answer) <= len(right) + 100 and answer.strip(" \n") == right


def _difference(lines: Sequence[str], reference: Sequence[str]) -> int | None:
    """Where two sequences first differ."""
    pairs = enumerate(zip(lines, reference, strict=False))
    place = next((i for i, (line, right) in pairs if line != right), None)
    if place is None and len(lines) != len(reference):
        return min(len(lines), len(reference))
    return place


def with_corners(
    rng: np.random.Generator,
    corners: Sequence[str],
    count: int,
    draw: Callable[[int], list[str]],
) -> list[str]:
    """`count` prompts, shuffled: up to a quarter corner cases, each once, the rest from `draw`."""
    distinct = list(dict.fromkeys(corners))
    chosen = rng.permutation(len(distinct))[: count // 4]
    prompts = [distinct[i] for i in chosen]
    prompts += draw(count - len(prompts))
    return [prompts[i] for i in rng.permutation(count)]
