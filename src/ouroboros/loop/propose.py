"""Propose: problems just beyond each family's own frontier, other ones for each learner.

Once a generation there may be kin of recent mistakes besides (`loop/kin.py`).
"""

import math
from itertools import pairwise

import numpy as np

from ouroboros.loop.attempts import Paper, paper_of
from ouroboros.loop.curate import SATURATED, Harvest, ceilings
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.kin import kin
from ouroboros.loop.state import Front, State

LONG = 48  # level at which a paper has the configured size


def band(front: Front, count: int, ceiling: int, rng: np.random.Generator) -> list[int]:
    """`count` levels beyond the frontier: one from each part of the reach, then its end.

    The band ends at the ceiling, but always holds `count` levels.
    """
    reach = math.ceil(front.level * (front.reach - 1))
    width = max(count, min(reach, ceiling - front.level))
    edges = [round(width * part / count) for part in range(count + 1)]
    parts = pairwise(edges[:-1])
    inner = [int(rng.integers(low + 1, high + 1)) for low, high in parts]
    return sorted({front.level + step for step in (*inner, width)})


def old_level(front: Front, wall: int, rng: np.random.Generator) -> int | None:
    """A level from beyond the wall up to the frontier, short ones as likely as long ones.

    What was hard there once and found no agreement may find it now.
    """
    if front.level <= wall:
        return None
    return round(math.exp(rng.uniform(math.log(wall + 1), math.log(front.level))))


def paper_size(problems: int, level: int, front: Front) -> int:
    """Problems of a paper: as many characters at any level, from four times the size to a third.

    Short problems cost little, and what is learnt from few of them is learnt by heart. Where all is
    agreed upon, there is little to learn, and the size is never above the given.
    """
    most = problems if front.agreement >= SATURATED else 4 * problems
    return max(math.ceil(problems / 3), min(most, problems * LONG // level))


def propose(engine: Engine, state: State, harvest: Harvest, turn: int) -> list[Paper]:
    """Papers for every active family and learner, from the families' own problem makers."""
    papers = []
    highest = ceilings(engine, harvest.fronts)
    for name in harvest.active:
        number = list(harvest.fronts).index(name)
        seed = engine.seed(1, state.generation, turn, number)
        rng = np.random.default_rng(seed)
        levels = band(harvest.fronts[name], engine.config.loop.levels, highest[name], rng)
        old = old_level(harvest.fronts[name], engine.config.families[name].wall, rng)
        for level in [old, *levels] if old and not turn else levels:
            count = paper_size(engine.config.loop.problems, level, harvest.fronts[name])
            for author in range(LEARNERS):
                tasks = engine.families[name].propose(level, engine.seed(2, seed, author), count)
                papers.append(paper_of(tasks, author))
    return papers if turn else [*papers, *kin(engine, state, papers)]
