"""Lessons: a page of teaching for every family that ships with this package.

    lesson_of(family).title    "Speeding up evenly"

Not covered: families of plugins, which are introduced by their own summary.
"""

from ouroboros.envs.base import Family
from ouroboros.mill.book.lessons.algebra import ALGEBRA
from ouroboros.mill.book.lessons.inference import INFERENCE
from ouroboros.mill.book.lessons.lesson import Lesson, summary_of
from ouroboros.mill.book.lessons.machines import MACHINES
from ouroboros.mill.book.lessons.matter import MATTER
from ouroboros.mill.book.lessons.motion import MOTION
from ouroboros.mill.book.lessons.numbers import NUMBERS

LESSONS: dict[str, Lesson] = NUMBERS | ALGEBRA | MOTION | MATTER | MACHINES | INFERENCE


def lesson_of(family: Family) -> Lesson:
    """The lesson of a family."""
    return LESSONS.get(family.name) or summary_of(family)
