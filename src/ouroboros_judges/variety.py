"""How varied a handful of rows is, beside as many that their family draws by itself.

    varied([("12+3=", ("51",)), ...], [("97+8=", ("501",)), ...])    # 0 to 1000

Rows are looked at in three ways: their prompts, their answers (the last line), and all pairs of
characters that stand beside each other in them. Of each, `effective` says how many kinds there are
if each counts by how often it comes up: e to the Shannon entropy. What a set of rows has beyond one
kind, over what the family's own have, is its variety; the least of the three counts, in
thousandths, and 1000 is as varied as the family's own or more. So the same few prompts again,
answers nearly all the same, and prompts of few or equal digits all show, whatever the family is.

Of 86 families' parts in 35 data files of nine runs, three of them the presets', the least varied
had 707, and all but seven beyond 870. A tenth of the prompts ten times each have 97; sums of
twelve equal digits 26; of ones and twos 103; of nines that a carry runs through 93.

Not covered: what only arithmetic sees. Sums that never carry, with digits as they come, are as
varied as any by this reckoning (940 and more); the examination's hard half is for them. One level
alone is not narrow, either: honest generations often learn from one. Files are not compared.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random

Row = tuple[str, Sequence[str]]
"""prompt, lines"""

MOST = 256  # rows of a level that are looked at
LETTERS = 1 << 18  # of a level's rows, about; long rows are looked at in smaller numbers
FULL = 1000


class Sample:
    """A fair choice of up to `MOST` rows of each level from however many come; seeded."""

    def __init__(self, seed: int) -> None:
        """Begin with no rows."""
        self.levels: dict[int, list[Row]] = {}
        self._seen: Counter[int] = Counter()
        self._rng = Random(seed)

    def add(self, level: int, row: Row) -> None:
        """Take a row in, or leave it; every row of the level has the same chance."""
        self._seen[level] += 1
        kept = self.levels.setdefault(level, [])
        if len(kept) < MOST:
            kept.append(row)
        elif (place := self._rng.randrange(self._seen[level])) < MOST:
            kept[place] = row

    def against(self, draw: Callable[[int, int], Iterable[Row]]) -> int:
        """Its variety; `draw` gives so many rows of a level as its family would."""
        own: list[Row] = []
        drawn: list[Row] = []
        for level, rows in sorted(self.levels.items()):
            longest = max(map(_letters, rows))
            rows = rows[: max(2, LETTERS // longest)]
            own += rows
            drawn += draw(level, len(rows))
        return varied(own, drawn)


def varied(own: Sequence[Row], drawn: Sequence[Row]) -> int:
    """The variety of some rows beside others, as many: 0 to 1000."""
    views: tuple[Callable[[Sequence[Row]], Iterator[Hashable]], ...] = (_prompts, _answers, _pairs)
    return min(_share(effective(view(own)), effective(view(drawn))) for view in views)


def effective(things: Iterable[Hashable]) -> float:
    """How many kinds of things there are, each counted by how often it comes up; 1 for none.

    All alike: 1. n kinds as often as each other: n.
    """
    counts = Counter(things).values()
    total = sum(counts)
    if not total:
        return 1.0
    return total / math.exp(math.fsum(n * math.log(n) for n in counts) / total)


def _share(own: float, drawn: float) -> int:
    """What there is beyond one kind, in thousandths of what there could be."""
    if drawn <= 1:
        return FULL
    return max(0, min(FULL, round(FULL * (own - 1) / (drawn - 1))))


def _prompts(rows: Sequence[Row]) -> Iterator[str]:
    return (prompt for prompt, _ in rows)


def _answers(rows: Sequence[Row]) -> Iterator[str]:
    return (lines[-1] for _, lines in rows if lines)


def _pairs(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    return (pair for prompt, lines in rows for pair in pairwise("\n".join([prompt, *lines])))


def _letters(row: Row) -> int:
    return len(row[0]) + sum(map(len, row[1])) + 1
