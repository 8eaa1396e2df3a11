"""What a family's rules are tried on, and how they say what is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ouroboros.envs import Family, load_families
from ouroboros.errors import UsageError
from ouroboros.testing.mutants import near_misses
from ouroboros_judges.answers import Answers, load_answers

LARGE = 1000  # a level from which on two prompts of each kind do
SHOWN = 60  # characters of a text that a message quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Both halves of a family and what to try them on."""

    family: Family
    answers: Answers
    levels: Sequence[int]
    count: int
    """Prompts of each kind at a level."""

    def prompts(self, seed: int = 1) -> Iterator[tuple[int, str]]:
        """(level, prompt) of proposed and adversarial problems at every level."""
        for level in self.levels:
            count = self.count if level < LARGE else 2
            for task in self.family.propose(level, seed, count):
                yield level, task.prompt
            for prompt in self.answers.adversarial(level, seed, count):
                yield level, prompt

    def solved(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(prompt, reference lines) of the same problems."""
        for _, prompt in self.prompts():
            yield prompt, self.answers.solve(prompt)

    def mistaken(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """(prompt, wrong lines) of the same problems: near misses, and another one's solution.

        The other's has the right form more often, where lines have to agree with each other.
        """
        other: tuple[str, ...] = ()
        for prompt, lines in self.solved():
            for attempt in (*near_misses(lines, self.family.alphabet), other):
                if attempt != tuple(lines):
                    yield prompt, attempt
            other = tuple(lines)

    def halves(self, name: str) -> tuple[Family, Answers] | None:
        """Both halves of a view's family; None where it is not known."""
        return (self.family, self.answers) if name == self.family.name else _known(name)


Rule = Callable[[Subject], Iterator[str]]


def quote(value: object) -> str:
    """A text short enough for a message."""
    shown = ascii(value)
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "..."


@cache
def _known(name: str) -> tuple[Family, Answers] | None:
    """Both halves of a family that is installed; None where there is none of that name."""
    try:
        return load_families([name])[name], load_answers([name])[name]
    except UsageError:
        return None
