"""The syllabus: which levels of a family fit on a page, and in which words problems are printed.

    course_of(family).levels      (1, 2, 3, 4)

Levels have no top, and pages do: the numbers in a printed problem have at most four digits, its
text is short, and its solution has few lines. Not covered: what a level counts; families say that.
"""

import re
from dataclasses import dataclass

from ouroboros.envs.base import Family
from ouroboros.mill.items import Item

DIGITS = 4  # of the longest number in a question
ANSWER_DIGITS = 8
WORDS = 110
LINES = 16  # of a worked solution
_VALUE = re.compile(r':"([0-9]+)"')  # of a quantity in facts
_RUN = re.compile(r"([0-9a-z])\1{3,}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Course:
    """Levels from easy to hard, and whether strings of digits are numbers."""

    levels: tuple[int, ...]
    counts: bool = True
    """Whether a run of digits is a number; else it is a string and may be longer."""


def _strings(*levels: int) -> Course:
    return Course(levels, counts=False)


COURSES = {
    "multiplication": Course((1, 2, 3)),
    "long_division": Course((1, 2, 3)),
    "gcd": Course((1, 2, 3)),
    "fractions": Course((1, 2, 3)),
    "base_conversion": Course((1, 2, 3)),
    "binomial": Course((1, 2)),
    "linear_system": Course((1, 2, 3)),
    "determinant": Course((2, 3)),
    "matrix_product": Course((1, 2, 3)),
    "kinematics": Course((1, 2, 3)),
    "circuit": Course((2, 3, 4, 5)),
    "copy": _strings(4, 6, 8, 12),
    "reverse": _strings(4, 6, 8, 12),
    "parity_chain": _strings(4, 6, 8, 12),
    "stack_depth": _strings(3, 5, 7, 10),
    "finite_automaton": _strings(2, 4, 6, 10),
    "stack_program": Course((2, 3, 4, 6)),
    "sorting": _strings(4, 5, 7, 9),
    "increasing_subsequence": _strings(4, 6, 8, 10),
    "shortest_path": Course((2, 3, 4, 5)),
    "maze": _strings(2, 3, 4, 5),
    "boolean_chain": _strings(2, 3, 4, 6),
    "boolean_expression": _strings(2, 3, 4, 5),
    "knights": Course((1, 2, 3, 4)),
    "proof": Course((1, 2, 3, 4)),
    "satisfiability": _strings(2, 3, 4),
    "syllogism": Course((1, 2, 3, 5)),
}


def course_of(family: Family) -> Course:
    """The course of a family; up to its wall, and no further than level 4, where none is set."""
    levels = tuple(range(1, max(1, min(family.wall, DIGITS)) + 1))
    return COURSES.get(family.name) or Course(levels)


def is_printable(item: Item, course: Course) -> bool:
    """Whether a problem is worth printing and fits on a page with its solution."""
    if len(item.prompt.split()) > WORDS or len(item.steps) > LINES:
        return False
    if not course.counts:
        return not _RUN.search(item.prompt)
    values = _VALUE.findall(item.facts)
    if "0" in values or (len(values) == 2 and len(set(values)) == 1):
        return False
    return _longest(item.prompt) <= DIGITS and _longest(item.answer) <= ANSWER_DIGITS


def _longest(text: str) -> int:
    """Digits of the longest number, with those behind its point."""
    return max((len(number.replace(".", "")) for number in _NUMBER.findall(text)), default=0)
