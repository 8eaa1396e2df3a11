"""Contamination: whether a data set holds what a run was examined on.

    found = find_contamination(Path("runs/tiny-1"), Path("set"))
    found.rows, found.hits          20000, 3

The items of a run's examinations are drawn again as the examiner drew them (`sealed`), from the
secret that the run's last record reveals. Compared are a family's name and the compact prompt, and
what is handed back are counts, never items. Of a run that is not over the warden alone can tell,
and says yes or no; for its comparison there are the `marks` of a set.

Low levels have few problems, and a data set with all of them holds what any examination asks: hence
hits are counted by level. Not covered: problems that are alike without being the same, and runs of
other versions of the families than the installed ones, which asked other items.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ouroboros.mill.reading import find_shards, read_rows
from ouroboros.mill.sealed import sealed_items
from ouroboros_judges.examiner import mark
from ouroboros_warden.audit import read_log
from ouroboros_warden.folder import Folder
from ouroboros_warden.papers import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Contamination:
    """What of a data set a run was examined on."""

    exams: int
    sealed: int
    """Distinct items of all examinations."""
    rows: int
    """Of the data set."""
    hits: int
    """Rows that are sealed items."""
    places: list[tuple[str, int, int]]
    """Family, level and hits, where there are any."""


def find_contamination(run: Path, data: Path) -> Contamination:
    """Compare a data set with the examinations of a run that is over.

    Raises UsageError where the run is not over, or its examinations cannot be drawn again.
    """
    folder, found = Folder.at(run), marks(data)
    records = read_log(folder.records)
    sealed = {mark(name, prompt) for name, prompt in sealed_items(folder, records)}
    rows, hits = 0, Counter[Place]()
    for place, each in found:
        rows += 1
        hits[place] += each in sealed
    return Contamination(
        exams=sum(record.kind in {"exam", "final"} for record in records),
        sealed=len(sealed),
        rows=rows,
        hits=hits.total(),
        places=[(*place, count) for place, count in sorted(hits.items()) if count],
    )


def marks(data: Path) -> Iterator[tuple[Place, str]]:
    """Family and level of every row of a data set, and the hash that stands for its item.

    Raises UsageError at once where there is no such set.
    """
    shards = find_shards(data)
    return (
        ((family, level), mark(family, compact))
        for path in shards
        for family, level, compact in read_rows(path, ["family", "level", "compact"])
    )
