"""Verdicts: which items of a data set stay, and why the others do not.

    sources = open_sources(Path("in"))
    drop_same(sources)
    drop_near(sources, 0.8)
    sources[0].verdicts       array([0, 0, 2, 0, ...])

Each step only judges items that the steps before it left. Shards are in the order of their family,
level and path; "earlier" means earlier in that order, at whatever level.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ouroboros.errors import UsageError
from ouroboros.mill.hashes import hash64
from ouroboros.mill.near import elements, survivors
from ouroboros.mill.reading import find_shards, read_rows


class Verdict(IntEnum):
    """What becomes of an item, and why."""

    KEPT = 0
    SAME = 1
    """Its signature is that of an earlier one."""
    NEAR = 2
    """It is near to an earlier one."""
    FEW = 3
    """Its family has too few items of its level."""
    SURPLUS = 4
    """Its family's level would have more than the others."""


@dataclass(slots=True, kw_only=True)
class Source:
    """A shard that is read, and what becomes of each of its rows."""

    path: Path
    family: str
    level: int
    verdicts: NDArray[np.uint8]


def open_sources(folder: Path) -> list[Source]:
    """The shards of a data set, by family, level and path; UsageError for a mixed one."""
    sources = []
    for path in find_shards(folder):
        places = Counter(read_rows(path, ["family", "level"]))
        if len(places) > 1:
            raise UsageError(f"{path} mixes families or levels: no shard of `ouro data make` does")
        for (family, level), rows in places.items():
            verdicts = np.zeros(rows, np.uint8)
            sources.append(Source(path=path, family=family, level=level, verdicts=verdicts))
    return sorted(sources, key=place_of)


def place_of(source: Source) -> tuple[str, int]:
    """Its family and level."""
    return source.family, source.level


def drop_same(sources: Sequence[Source]) -> None:
    """Of the items with one signature, whatever shards they are in, only the first stays."""
    found = (mark for each in sources for (mark,) in read_rows(each.path, ["signature"]))
    marks = np.fromiter(map(hash64, found), np.uint64)
    verdicts = np.full(len(marks), Verdict.SAME, np.uint8)
    verdicts[np.unique(marks, return_index=True)[1]] = Verdict.KEPT
    _judge(sources, verdicts)


def drop_near(sources: Sequence[Source], near: float) -> None:
    """Of the items of one family that are near to each other only the first stays."""
    held, sizes = array("Q"), array("q")
    for source in sources:
        rows = read_rows(source.path, ["compact", "lines"])
        for (compact, lines), verdict in zip(rows, source.verdicts, strict=True):
            if verdict == Verdict.KEPT:
                own = elements(compact, lines)
                held.extend(own)
                sizes.append(len(own))
    if not sizes:
        return
    starts = np.cumsum(np.frombuffer(sizes, np.int64)) - np.frombuffer(sizes, np.int64)
    stays = survivors(np.frombuffer(held, np.uint64), starts, near)
    verdicts = np.concatenate([source.verdicts for source in sources])
    verdicts[np.flatnonzero(verdicts == Verdict.KEPT)[~stays]] = Verdict.NEAR
    _judge(sources, verdicts)


def drop_unequal(sources: Sequence[Source], *, balance: bool, at_least: int) -> None:
    """Levels with too few items go, then what others have more than the shortest.

    Raises UsageError where nothing would be left.
    """
    places = [list(own) for _, own in groupby(sources, key=place_of)]
    verdicts = [np.concatenate([source.verdicts for source in own]) for own in places]
    counts = [int((own == Verdict.KEPT).sum()) for own in verdicts]
    enough = [count for count in counts if count >= max(1, at_least)]
    if not enough:
        raise UsageError(f"no level of a family has {at_least} items: nothing would be left")
    for own, each, count in zip(places, verdicts, counts, strict=True):
        kept = np.flatnonzero(each == Verdict.KEPT)
        if count < at_least:
            each[kept] = Verdict.FEW
        elif balance:
            each[kept[min(enough) :]] = Verdict.SURPLUS
        _judge(own, each)


def _judge(sources: Sequence[Source], verdicts: NDArray[np.uint8]) -> None:
    """Deal out verdicts over all rows of some shards."""
    ends = np.cumsum([len(source.verdicts) for source in sources])
    for source, own in zip(sources, np.split(verdicts, ends[:-1]), strict=True):
        source.verdicts[:] = own
