"""A chapter: sections of lesson, figure, worked examples and exercises, before it is typeset.

    (chapter,) = compose(Outline(families=("kinematics",), seed=0))
    chapter.sections[0].exercises[6].number     "1.7"

Every problem is one that both routes of its family's judges agree upon, none occurs twice, and the
same outline gives the same chapters. Exercises go from easy to hard, and among those of a level
they are chosen to differ in their words. Not covered: how a chapter looks; see `markdown`, `html`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import get_args

from ouroboros.envs import load_families
from ouroboros.envs.base import Domain, Family
from ouroboros.mill.book.figures import Figure, draw
from ouroboros.mill.book.lessons import lesson_of
from ouroboros.mill.book.lessons.lesson import Lesson
from ouroboros.mill.book.syllabus import Course, course_of, is_printable
from ouroboros.mill.items import Item, Mint
from ouroboros.plugins import blame

DOMAINS: tuple[Domain, ...] = get_args(Domain)
CHOICE = 3  # problems looked at for each that is printed
GRADES = 3
TRIVIAL = ("0", "1", "no", "nothing follows", "unsatisfiable")  # answers that teach less
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a textbook is to hold."""

    families: tuple[str, ...]
    seed: int
    examples: int = 2
    """Worked examples of each family."""
    exercises: int = 8
    """Exercises of each family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A numbered problem."""

    number: str
    grade: int
    """How hard it is, from 1 to GRADES."""
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """All about one family."""

    number: int
    family: str
    lesson: Lesson
    figure: Figure | None
    """Of the first example."""
    examples: tuple[Problem, ...]
    exercises: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The sections of one domain."""

    domain: Domain
    seed: int
    sections: tuple[Section, ...]
    disputed: int
    """Problems left out because the two routes disagreed."""

    @property
    def title(self) -> str:
        """The domain as a heading."""
        return self.domain.capitalize()


def compose(outline: Outline) -> list[Chapter]:
    """A chapter for each domain that one of the families belongs to; UsageError for an unknown."""
    families = load_families(list(outline.families))
    return [
        _Author(outline, domain).write(members)
        for domain in DOMAINS
        if (members := [f for f in families.values() if f.domain == domain])
    ]


class _Author:
    """Writes one chapter, and remembers what it has asked."""

    def __init__(self, outline: Outline, domain: Domain) -> None:
        self.outline = outline
        self.domain: Domain = domain
        self.asked: set[str] = set()
        self.disputed = 0

    def write(self, families: Sequence[Family]) -> Chapter:
        """The chapter of these families, in their order."""
        sections = [self._section(number, family) for number, family in enumerate(families, 1)]
        return Chapter(
            domain=self.domain,
            seed=self.outline.seed,
            sections=tuple(sections),
            disputed=self.disputed,
        )

    def _section(self, number: int, family: Family) -> Section:
        course = course_of(family)
        pools = {level: self._pool(family, level, course) for level in course.levels}
        wanted = shares(self.outline.exercises, course.levels)
        shown = self._shown(course, pools)
        exercises: list[tuple[int, Item]] = []
        missing = 0
        for rank, level in enumerate(course.levels):
            before = [item.prompt for _, item in exercises]
            taken = self._take(pools[level], wanted[level] + missing, before)
            missing += wanted[level] - len(taken)
            exercises += [(1 + rank * GRADES // len(course.levels), item) for item in taken]
        with blame(f"family {family.name!r}"):
            lesson = lesson_of(family)
        return Section(
            number=number,
            family=family.name,
            lesson=lesson,
            figure=_drawn(shown[0]) if shown else None,
            examples=_numbered(number, [(1, item) for item in shown]),
            exercises=_numbered(number, exercises),
        )

    def _shown(self, course: Course, pools: Mapping[int, Sequence[Item]]) -> list[Item]:
        """The worked examples: not the easiest ones, and the first one can be drawn."""
        shown: list[Item] = []
        easiest = 1 if len(course.levels) > 2 else 0
        for place in range(self.outline.examples):
            level = course.levels[min(easiest + place, len(course.levels) - 1)]
            teaching = [item for item in pools[level] if self._teaches(item)] or pools[level]
            telling = sorted(teaching, key=_length)[len(teaching) // 2 :]
            if not shown:
                drawn = (item for item in telling if self._is_fresh(item) and _drawn(item))
                telling = list(islice(drawn, 1)) or telling
            before = [item.prompt for item in shown]
            shown += self._take(telling, 1, before) or self._take(pools[level], 1, before)
        return shown

    def _pool(self, family: Family, level: int, course: Course) -> list[Item]:
        """Problems of a level that can be printed."""
        mint = Mint(family.name, level=level, seed=self.outline.seed)
        count = CHOICE * (self.outline.examples + self.outline.exercises)
        made = [item for item in mint.rows(count) if is_printable(item, course)]
        self.disputed += mint.disputed
        return made

    def _take(self, pool: Sequence[Item], count: int, before: Sequence[str]) -> list[Item]:
        """Up to `count` problems that nobody was asked yet, least like each other in words."""
        taken: list[Item] = []
        words = [_words(prompt) for prompt in before]
        for _ in range(count):
            fresh = [item for item in pool if self._is_fresh(item)]
            if not fresh:
                break
            item = min(fresh, key=lambda item: _likeness(_words(item.prompt), words))
            self.asked.update(_marks(item))
            words.append(_words(item.prompt))
            taken.append(item)
        return taken

    def _teaches(self, item: Item) -> bool:
        return item.answer not in TRIVIAL and self._is_fresh(item)

    def _is_fresh(self, item: Item) -> bool:
        return self.asked.isdisjoint(_marks(item))


def shares(count: int, levels: Sequence[int]) -> dict[int, int]:
    """How many of so many exercises each level gets; the first ones get what does not divide."""
    each, rest = divmod(count, len(levels))
    return {level: each + (i < rest) for i, level in enumerate(levels)}


def _numbered(section: int, problems: Iterable[tuple[int, Item]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(number=f"{section}.{place}", grade=grade, item=item)
        for place, (grade, item) in enumerate(problems, 1)
    )


def _marks(item: Item) -> tuple[str, ...]:
    """What no other problem of the chapter may share with this one."""
    return item.signature, item.prompt, item.facts


def _words(prompt: str) -> frozenset[str]:
    return frozenset(_WORD.findall(prompt.lower()))


def _likeness(words: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    """How many words a text shares with the others, and once more with the last of them."""
    shared = [len(words & other) / len(words | other or {""}) for other in others]
    return sum(shared) + sum(shared[-1:])


def _length(item: Item) -> int:
    """How long the worked solution is."""
    return sum(map(len, item.steps))


def _drawn(item: Item) -> Figure | None:
    return draw(item.family, json.loads(item.facts))
