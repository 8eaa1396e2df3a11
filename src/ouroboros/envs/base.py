r"""What a family of problems owes the loop: tasks at a level, their format, checks without truth.

A problem is one line of text, its solution a few lines, the last of which is the answer:

    prompt "345+87="   lines ("126", "621")   completion "126\n621"

A level is a positive integer without a top. Everything a family does is a pure function of its
arguments: the same level, seed and count give the same tasks on every machine and executor.
Not covered: what is true. That is `ouroboros_judges.answers`, which nothing here may import.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ouroboros.errors import UsageError
from ouroboros.types import Task

SHOWN = 40  # characters of a bad prompt that a message quotes
Domain = Literal["mathematics", "physics", "logic"]
Kind = Literal["twin", "split", "scale", "part", "step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a family's problems read, for people who want to set some of their own."""

    summary: str
    """One sentence: what is asked."""
    level: str
    """What the level counts."""
    prompt_pattern: str
    """Regular expression that matches a whole prompt, and nothing else."""
    lines: tuple[str, ...]
    """One description per line of the completion; the last is the answer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Another problem, of this or another family, whose whole solution follows from an attempt."""

    kind: Kind
    """The same asked in another way, two halves, all in a smaller unit, small pieces, or a line
    asked by itself."""
    family: str
    prompt: str
    lines: tuple[str, ...]
    at: tuple[int, int] = (0, 0)
    """Of a piece, the places in the solution that it looks at: from the first up to the second."""


@runtime_checkable
class Family(Protocol):
    """The asking half of a family of problems. Nothing in it knows an answer."""

    name: str
    """Lower-case identifier; the answering half bears the same."""
    domain: Domain
    """Of what the problems are."""
    wall: int
    """Default data wall: the highest level with examples written by people."""
    alphabet: str
    """Every character of prompts and lines besides the line break."""

    def propose(self, level: int, seed: int, count: int) -> list[Task]:
        """`count` tasks of exactly this level, about half plain and half hard to get right.

        Raises UsageError for a level below 1 or a negative count.
        """
        ...

    def level_of(self, prompt: str) -> int:
        """The level of a prompt; UsageError (one clear line) where it is not one of ours."""
        ...

    def check(self, prompt: str, lines: Sequence[str]) -> bool:
        """Whether the lines could be a solution by their form alone; never raises, never truth.

        Looks at the number of lines, lengths, alphabet, leading zeros and whether the lines
        agree with each other.
        """
        ...

    def echo(self, prompt: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
        """Another problem and its whole solution, which is right if and only if `lines` is.

        A learner that would write that solution confirms the lines by another way of thought;
        best is one on which it makes other mistakes (the inverse, the mirror image). None where
        there is no other problem, or where `check` already says no.
        """
        ...

    def views(self, prompt: str, lines: Sequence[str]) -> tuple[View, ...]:
        """Other problems whose solutions are all right if the lines are.

        The views of one kind are wrong, one of them at least, where the lines they look at are
        wrong. Some may be of families that the reader does not know. Empty where there are none, or
        where `check` already says no. Only notation changes here: nothing is computed.
        """
        ...

    def patched(
        self, prompt: str, lines: Sequence[str], piece: View, found: Sequence[str]
    ) -> tuple[str, ...]:
        """The lines with what was `found` for one of their pieces put in its place.

        The same lines where it does not fit. Only notation changes here, too.
        """
        ...

    def describe(self) -> Format:
        """The exact format."""
        ...

    def completion_length(self, prompt: str) -> int:
        r"""At most so many characters has "\n".join(lines) of the right solution."""
        ...

    def facts(self, prompt: str) -> dict[str, Any]:
        """The scene as JSON, units included, enough for a stranger to work out the answer.

        Raises UsageError where the text is no prompt.
        """
        ...

    def phrase(self, prompt: str, seed: int) -> str:
        """The question in words, one of several ways; deterministic."""
        ...

    def read(self, prompt: str, lines: Sequence[str]) -> tuple[str, ...]:
        """A right solution's lines as a person reads them; the last is the answer, with its unit.

        Says nothing about lines that `check` refuses.
        """
        ...


def generator(family: str, level: int, seed: int, count: int) -> np.random.Generator:
    """The one source of randomness: a generator seeded by a hash of all four.

    Raises UsageError for a level below 1 or a negative count.
    """
    if level < 1 or count < 0:
        raise UsageError(f"{family}: needs level >= 1 and count >= 0, not {level} and {count}")
    digest = hashlib.sha256(f"{family}/{level}/{seed}/{count}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def tasks(family: str, level: int, seed: int, prompts: Sequence[str]) -> list[Task]:
    """The prompts as records."""
    return [Task(family=family, level=level, seed=seed, prompt=prompt) for prompt in prompts]


def texts(characters: NDArray[np.uint8], kept: NDArray[np.bool_] | None = None) -> list[str]:
    """One string per row of (N, W) ASCII codes, of the columns `kept` (N, W) in each row."""
    N, W = characters.shape
    if kept is None:
        flat, ends = characters.tobytes(), np.arange(1, N + 1) * W
    else:
        flat, ends = characters[kept].tobytes(), kept.sum(axis=1).cumsum()
    text, bounds = flat.decode("ascii"), [0, *ends.tolist()]
    return [text[bounds[i] : bounds[i + 1]] for i in range(N)]


def match_prompt(family: str, pattern: re.Pattern[str], prompt: str) -> re.Match[str]:
    """The match of a whole prompt; UsageError says which family refuses which text."""
    found = pattern.fullmatch(prompt)
    if found is None:
        raise refusal(family, prompt)
    return found


def refusal(family: str, prompt: str) -> UsageError:
    """What says that a text is no prompt of a family."""
    shown = prompt if len(prompt) <= SHOWN else prompt[:SHOWN] + "..."
    return UsageError(f"{family}: not a prompt of this family: {shown!r}")
