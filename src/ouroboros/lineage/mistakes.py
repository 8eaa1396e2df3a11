"""Mistakes that were mended, in classes: where they begin, and what they are like.

A class is a family, the number of the first wrong line and a kind: one digit off by one (a carry
that was forgotten or made up), one other character, some in a row, in several places, or another
length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ouroboros.lineage.data import read_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """A class, how many there were, and the first of them."""

    family: str
    line: int
    """number of the first wrong line, from 1"""
    kind: str
    count: int
    prompt: str
    wrong: str
    """that line as it was written at first"""
    right: str


def classes(files: Iterable[Path]) -> list[Mistakes]:
    """The classes of all mistakes in some data files, the most frequent first."""
    found: dict[tuple[str, int, str], list[tuple[str, str, str]]] = {}
    for file in files:
        columns = cast("dict[str, list[Any]]", read_columns(file))
        rows = zip(*(columns[c] for c in ("family", "prompt", "lines", "slip")), strict=True)
        for family, prompt, lines, slip in rows:
            if slip:
                wrong, right = slip[-1], lines[len(slip) - 1]
                key = family, len(slip), kind(wrong, right)
                found.setdefault(key, []).append((prompt, wrong, right))
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Mistakes(
            family=family,
            line=line,
            kind=what,
            count=len(cases),
            prompt=cases[0][0],
            wrong=cases[0][1],
            right=cases[0][2],
        )
        for (family, line, what), cases in ranked
    ]


def kind(wrong: str, right: str) -> str:
    """What a wrong line is like beside the right one."""
    if len(wrong) != len(right):
        return "another length"
    places = [i for i, pair in enumerate(zip(wrong, right, strict=True)) if pair[0] != pair[1]]
    if len(places) == 1:
        return _single(wrong[places[0]], right[places[0]])
    in_a_row = places and places[-1] - places[0] + 1 == len(places)
    return "some characters in a row" if in_a_row else "several places"


def _single(wrong: str, right: str) -> str:
    digits: Sequence[str] = (wrong, right)
    if all(c.isdigit() for c in digits) and (int(wrong) - int(right)) % 10 in (1, 9):
        return "one digit off by one"
    return "one other character"
