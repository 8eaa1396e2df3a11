"""Kin of mistakes: fresh problems that share with one that went wrong the place where it did.

A mistake that recurs points at something not yet understood, a long carry or an operation, so
problems like it are asked again. Only notation is looked at, no answer is worked out and no family
says how it is done: around the column that was wrong, the fresh problem's numbers are those of the
old one; where the problems have other words around their numbers but are equally long, so are the
characters there. What then is no problem of that level, or just the old one, is asked fresh.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ouroboros.envs.base import Family
from ouroboros.errors import UsageError
from ouroboros.lineage.mistakes import NUMBER, Class, Slip, slips
from ouroboros.loop.attempts import Paper
from ouroboros.loop.engine import Engine
from ouroboros.loop.state import State

RECENT = 2  # files of data, one a generation, whose mistakes are asked about
RECURS = 2  # mistakes of a class from which it recurs
SIDE = 3  # columns on each side of the wrong one


def kin(engine: Engine, state: State, papers: Sequence[Paper]) -> list[Paper]:
    """Papers of kin besides these: `revisit` times their problems, by family and author.

    Each paper has its mistakes' own level. A family in which nothing recurred gets none.
    """
    if not engine.config.loop.revisit:
        return []
    pools = recurring(engine.folder / file for file in state.data[1:][-RECENT:])
    sizes: dict[tuple[str, int], int] = {}
    for paper in papers:
        key = paper.family, paper.author
        sizes[key] = sizes.get(key, 0) + len(paper.prompts)
    found: list[Paper] = []
    for (name, author), size in sizes.items():
        count = round(engine.config.loop.revisit * size)
        if name in pools and count:
            seed = engine.seed(10, state.generation, list(engine.families).index(name), author)
            found += _papers(engine, pools[name], author, count, seed)
    return found


def recurring(files: Iterable[Path]) -> dict[str, list[Slip]]:
    """By family, the mistakes whose class recurs.

    One drawn from them evenly is of a class as often as that class is frequent.
    """
    groups: dict[Class, list[Slip]] = {}
    for slip in slips(files):
        groups.setdefault(slip.group, []).append(slip)
    pools: dict[str, list[Slip]] = {}
    for group, cases in groups.items():
        if len(cases) >= RECURS:
            pools.setdefault(group.family, []).extend(cases)
    return pools


def like(family: Family, mistake: Slip, fresh: str) -> str:
    """The fresh problem with the mistake's place in it; itself where that gives none."""
    made = _joined(mistake, fresh)
    try:
        fits = made != mistake.prompt and family.level_of(made) == mistake.level
    except UsageError:
        return fresh
    return made if fits else fresh


def _papers(
    engine: Engine, pool: Sequence[Slip], author: int, count: int, seed: int
) -> list[Paper]:
    """Kin of mistakes drawn from the pool, a paper a level, the lowest first."""
    family = engine.families[pool[0].family]
    drawn: dict[int, list[Slip]] = {}
    for number in np.random.default_rng(seed).integers(len(pool), size=count):
        drawn.setdefault(pool[number].level, []).append(pool[number])
    papers: list[Paper] = []
    for level, mistakes in sorted(drawn.items()):
        tasks = family.propose(level, engine.seed(10, seed, level), len(mistakes))
        prompts = (like(family, m, t.prompt) for m, t in zip(mistakes, tasks, strict=True))
        paper = Paper(
            family=family.name, level=level, author=author, prompts=tuple(prompts), kin=True
        )
        papers.append(paper)
    return papers


def _joined(mistake: Slip, fresh: str) -> str:
    """Number by number where the words between them are the same, else by position if possible."""
    old, column = mistake.prompt, mistake.column
    if NUMBER.search(old) and NUMBER.split(old) == NUMBER.split(fresh):
        numbers = iter(NUMBER.findall(old))
        turn = -1 if mistake.mirrored else 1
        return NUMBER.sub(
            lambda own: _around(next(numbers)[::turn], own.group()[::turn], column)[::turn], fresh
        )
    return _around(old, fresh, column) if len(old) == len(fresh) else fresh


def _around(old: str, new: str, column: int) -> str:
    """The new text with the old one's columns around this one, as far as both have them."""
    begin, end = max(0, column - SIDE), min(column + SIDE + 1, len(old), len(new))
    return new[:begin] + old[begin:end] + new[end:] if begin < end else new
