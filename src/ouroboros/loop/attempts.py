"""Attempts and judgements in columns: one record per family, level and author, not per item."""

from dataclasses import dataclass
from itertools import zip_longest

from ouroboros.types import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Problems of one family at one level, set to one learner."""

    family: str
    level: int
    author: int
    """number of the learner"""
    prompts: tuple[str, ...]
    kin: bool = False
    """whether they are like mistakes of before, so that they tell nothing of the level"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A paper with the author's texts; the tuples run parallel to its prompts."""

    paper: Paper
    completions: tuple[str, ...]
    sure: tuple[bool, ...]
    """it ended, no token was improbable, and the author's raw weights would write the same"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answered paper with what the judgements came to."""

    answered: Answered
    accepted: tuple[bool, ...]
    doubt: tuple[int, ...]
    """index of the first token the peer would not write, -1 where there is none"""
    slips: tuple[tuple[str, ...], ...] = ()
    """of mended answers, their lines as they were at first, up to a wrong one"""

    @property
    def agreement(self) -> float:
        """Share of the paper that was accepted."""
        return sum(self.accepted) / max(1, len(self.accepted))


def paper_of(tasks: list[Task], author: int) -> Paper:
    """A paper of tasks of one family and level."""
    return Paper(
        family=tasks[0].family,
        level=tasks[0].level,
        author=author,
        prompts=tuple(task.prompt for task in tasks),
    )


def slip_of(text: str, mended: str) -> tuple[str, ...]:
    """The first text's lines up to the first that the other has in another way.

    Empty where there is none: where they are equal, or one is only the beginning of the other.
    """
    lines, others = lines_of(text), lines_of(mended)
    for i, (line, other) in enumerate(zip_longest(lines, others)):
        if line != other:
            both = i < min(len(lines), len(others))
            return lines[: i + 1] if both and "?" not in line else ()  # "?" is no text to read
    return ()


def lines_of(completion: str) -> tuple[str, ...]:
    """A completion's lines of thought."""
    return tuple(completion.split("\n"))
