"""Mistakes that were mended, in classes: where they begin, and what they are like.

A class is a family, the number of the first wrong line, a kind (one digit off by one: a carry that
was forgotten or made up; one other character, some in a row, in several places, or another
length), the operation of that line and how many characters in a row are wrong. All of it is read
off the notation. Not covered: mistakes that nobody found or mended.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from pathlib import Path
from typing import Any, NamedTuple, cast

from ouroboros.lineage.data import read_columns

COLUMNS = ("family", "level", "generation", "prompt", "lines", "slip")
NUMBER = re.compile("[0-9]+")
NO_OPERATOR = re.compile(r"[\w\s=.,:;()\[\]{}]")
RESULT = "result"  # operation of a line that names none
FALL = 0.1  # of its rate before; a class that fell so far is conquered
FEWEST = 3  # that must have been seen, and be due by that rate: fewer may stay away by chance (5 %)


class Class(NamedTuple):
    """What mistakes have in common."""

    family: str
    line: int
    """number of the first wrong line, from 1"""
    kind: str
    operation: str
    """signs before the last "=" of that line, or that it has none"""
    run: str
    """wrong characters in a row from the first"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A mended mistake: a problem, the first wrong line, and how it is right."""

    family: str
    level: int
    generation: int
    prompt: str
    lines: tuple[str, ...]
    """the right solution"""
    line: int
    """number of the first wrong line, from 1"""
    wrong: str

    @property
    def right(self) -> str:
        """The line as it was mended."""
        return self.lines[self.line - 1]

    @property
    def mirrored(self) -> bool:
        """Whether the work goes from the last digit on, but the problem is written from the first.

        Then a number of three digits or more stands in the solution and, turned round, in the
        problem or the answer; one that reads alike both ways tells nothing.
        """
        numbers = {n for text in self.lines for n in NUMBER.findall(text) if len(n) > 2}
        stated = {*NUMBER.findall(self.prompt), *NUMBER.findall(self.lines[-1])}
        return any(n[::-1] in stated for n in numbers if n != n[::-1])

    @property
    def column(self) -> int:
        """First wrong column of the result, counted in the direction of the work; 0 outside it."""
        head, sign, result = self.right.rpartition("=")
        place = max(0, first_difference(self.wrong, self.right) - len(head + sign))
        turned = self.mirrored and self.line == len(self.lines)  # the answer is as people write it
        return max(0, len(result) - 1 - place) if turned else place

    @property
    def group(self) -> Class:
        """The class it belongs to."""
        what, length = kind(self.wrong, self.right), run(self.wrong, self.right)
        return Class(self.family, self.line, what, operation(self.wrong), length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """A class, how many there were, whether they became fewer, and the first of them."""

    family: str
    line: int
    """number of the first wrong line, from 1"""
    kind: str
    operation: str
    run: str
    count: int
    before: float | None
    """a thousand of the family's rows in the first half of the generations; None without any"""
    after: float | None
    """a thousand of the family's rows in the second half"""
    conquered: bool
    """it fell to a tenth or less, and not by the chance of a few"""
    prompt: str
    wrong: str
    """that line as it was written at first"""
    right: str
    column: int
    """where the result is first wrong, in the direction of the work"""
    mirrored: bool
    """whether the problem's numbers are written the other way"""


def slips(files: Iterable[Path]) -> Iterator[Slip]:
    """All mistakes in some data files, in their order."""
    for family, level, generation, prompt, lines, slip in _rows(files):
        if slip:
            yield Slip(
                family=family,
                level=level,
                generation=generation,
                prompt=prompt,
                lines=tuple(lines),
                line=len(slip),
                wrong=slip[-1],
            )


def classes(files: Iterable[Path]) -> list[Mistakes]:
    """The classes of all mistakes in some data files, the most frequent first.

    A class is conquered by comparing the halves of the generations that made these rows; what was
    wrong and never mended is in neither.
    """
    files = list(files)
    made = Counter((family, generation) for family, _, generation, *_ in _rows(files) if generation)
    turns = sorted({generation for _, generation in made})
    early = set(turns[: (len(turns) + 1) // 2])
    found: dict[Class, list[Slip]] = {}
    for slip in slips(files):
        found.setdefault(slip.group, []).append(slip)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_counted(group, cases, made, early) for group, cases in ranked]


def _rows(files: Iterable[Path]) -> Iterator[tuple[Any, ...]]:
    for file in files:
        columns = cast("dict[str, list[Any]]", read_columns(file))
        yield from zip(*(columns[name] for name in COLUMNS), strict=True)


def _counted(
    group: Class, cases: list[Slip], made: Counter[tuple[str, int]], early: set[int]
) -> Mistakes:
    rows, seen = [0, 0], [0, 0]
    for (family, generation), count in made.items():
        rows[generation not in early] += count * (family == group.family)
    for case in cases:
        seen[case.generation not in early] += 1
    before, after = (1000 * n / of if of else None for n, of in zip(seen, rows, strict=True))
    due = (before or 0) * rows[1] / 1000
    return Mistakes(
        **group._asdict(),
        count=len(cases),
        before=before,
        after=after,
        conquered=min(seen[0], due) >= FEWEST and seen[1] <= FALL * due,
        prompt=cases[0].prompt,
        wrong=cases[0].wrong,
        right=cases[0].right,
        column=cases[0].column,
        mirrored=cases[0].mirrored,
    )


def kind(wrong: str, right: str) -> str:
    """What a wrong line is like beside the right one."""
    if len(wrong) != len(right):
        return "another length"
    places = [i for i, pair in enumerate(zip(wrong, right, strict=True)) if pair[0] != pair[1]]
    if len(places) == 1:
        return _single(wrong[places[0]], right[places[0]])
    in_a_row = places and places[-1] - places[0] + 1 == len(places)
    return "some characters in a row" if in_a_row else "several places"


def operation(line: str) -> str:
    """The signs before the last "=" of a line, each once, or that it has none."""
    return "".join(dict.fromkeys(NO_OPERATOR.sub("", line.rpartition("=")[0]))) or RESULT


def run(wrong: str, right: str) -> str:
    """How many characters in a row are wrong from the first on; missing ones count."""
    rest = list(zip_longest(wrong, right))[first_difference(wrong, right) :]
    length = sum(1 for _ in takewhile(lambda pair: pair[0] != pair[1], rest))
    return "1" if length < 2 else "2 to 3" if length < 4 else "4 or more"


def first_difference(one: str, other: str) -> int:
    """Index of the first character that differs; the longer length where none does."""
    pairs = enumerate(zip_longest(one, other))
    return next((i for i, (a, b) in pairs if a != b), len(one))


def _single(wrong: str, right: str) -> str:
    digits: Sequence[str] = (wrong, right)
    if all(c.isdigit() for c in digits) and (int(wrong) - int(right)) % 10 in (1, 9):
        return "one digit off by one"
    return "one other character"
