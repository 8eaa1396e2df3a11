"""Curate: what may be learnt from, and how far each family has come by its own reckoning.

All accepted data is kept, nothing is replaced. A level's accepted answers become data only where
agreement at that level is high enough that the accepted ones are not its lucky ones.
"""

import math
from dataclasses import dataclass, replace
from operator import add
from pathlib import Path
from typing import cast

from ouroboros.lineage.data import read_columns, write_examples
from ouroboros.loop.attempts import Judged, Paper, lines_of
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.revise import Revised
from ouroboros.loop.state import Front, State
from ouroboros.loop.verify import Verified
from ouroboros.types import Example

SATURATED = 0.98  # agreement at which a band needs no training before the next is tried
MIN_REACH = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What a generation has gathered so far."""

    active: tuple[str, ...]
    """families whose next band is to be tried"""
    fronts: dict[str, Front]
    examples: tuple[Example, ...] = ()
    known: frozenset[tuple[str, str]] = frozenset()
    """(family, prompt) of everything that is data already"""
    rates: dict[str, dict[int, float]]
    """agreement by family and level"""
    proposed: int = 0
    accepted: int = 0
    doubted: int = 0
    mended: int = 0
    faults: tuple[int, ...] = (0,) * LEARNERS
    """answers found wrong, by learner"""
    flop: int = 0

    @property
    def learnt_all(self) -> bool:
        """Whether every band was agreed upon, so that there is nothing to learn from it."""
        return all(saturated(rates) for rates in self.rates.values())


def unharvested(engine: Engine, state: State) -> Harvest:
    """The start of a generation: nothing gathered, every family that is not ahead to be tried."""
    known = frozenset(
        (cast(str, family), cast(str, prompt))
        for file in state.data[1:]  # the wall's problems lie below every frontier
        for family, prompt in _prompts(engine.folder / file)
    )
    return Harvest(active=behind(engine, state.fronts), fronts=state.fronts, known=known, rates={})


def ceilings(engine: Engine, fronts: dict[str, Front]) -> dict[str, int]:
    """How high each family may reach now: `spread` times the slowest family, measured in walls.

    The slowest itself may grow as it can, and nobody needs to beyond the horizon.
    """
    walls = {name: family.wall for name, family in engine.config.families.items()}
    places = {name: front.level / walls[name] for name, front in fronts.items()}
    slowest, loop = min(places.values()), engine.config.loop
    bounds = {
        name: slowest * (loop.growth if place == slowest else loop.spread)
        for name, place in places.items()
    }
    return {
        name: math.ceil(walls[name] * min(bound, loop.horizon or math.inf))
        for name, bound in bounds.items()
    }


def behind(engine: Engine, fronts: dict[str, Front]) -> tuple[str, ...]:
    """Families below their ceiling."""
    highest = ceilings(engine, fronts)
    return tuple(name for name, front in fronts.items() if front.level < highest[name])


def _prompts(path: Path) -> list[tuple[object, object]]:
    columns = read_columns(path)
    return list(zip(columns["family"], columns["prompt"], strict=True))


def curate(
    engine: Engine, state: State, harvest: Harvest, verified: Verified, revised: Revised
) -> Harvest:
    """The harvest after a band: more examples, fronts moved, families that may go on at once."""
    rates = agreements(verified.judged)
    judged = (*verified.judged, *revised.judged)
    moved = {name: advance(engine, harvest.fronts[name], found) for name, found in rates.items()}
    sizes = [len(j.accepted) for j in verified.judged]
    fronts = {**harvest.fronts, **moved}
    banked = [j for j in judged if _is_banked(engine, j.answered.paper, rates, fronts)]
    examples = _acceptable(engine, state.generation, banked, harvest.known)
    going = [name for name in harvest.active if saturated(rates[name])]
    return replace(
        harvest,
        active=tuple(name for name in behind(engine, fronts) if name in going),
        fronts=fronts,
        examples=(*harvest.examples, *examples),
        known=harvest.known | {(e.family, e.prompt) for e in examples},
        rates={
            n: {**harvest.rates.get(n, {}), **rates.get(n, {})}
            for n in harvest.fronts
            if n in rates or n in harvest.rates
        },
        proposed=harvest.proposed + sum(sizes),
        accepted=harvest.accepted + sum(sum(j.accepted) for j in verified.judged),
        doubted=harvest.doubted + revised.doubted,
        mended=harvest.mended + sum(len(j.accepted) for j in revised.judged),
        faults=tuple(map(add, harvest.faults, revised.faults)),
        flop=harvest.flop + verified.flop + revised.flop,
    )


def keep(engine: Engine, state: State, harvest: Harvest) -> State:
    """Write the generation's examples, hand them in, move the fronts, name the successor-to-be."""
    files = state.data
    if harvest.examples:
        file = f"data/{state.generation:05d}.parquet"
        write_examples(engine.folder / file, harvest.examples)
        engine.warden.data(f"g{state.generation}/data", state.generation, file)
        files = (*files, file)
    return replace(
        state,
        data=files,
        fronts=harvest.fronts,
        successor=better(state.successor, harvest.faults),
        flop=state.flop + harvest.flop,
    )


def better(successor: int, faults: tuple[int, ...]) -> int:
    """The learner that was found wrong least often; the successor-to-be among equals."""
    return min(range(len(faults)), key=lambda i: (faults[i], i != successor))


def agreements(judged: tuple[Judged, ...]) -> dict[str, dict[int, float]]:
    """Share of accepted answers by family and level, over both learners; kin is left out."""
    counts: dict[str, dict[int, list[int]]] = {}
    for j in judged:
        paper = j.answered.paper
        if paper.kin:
            continue
        entry = counts.setdefault(paper.family, {}).setdefault(paper.level, [0, 0])
        entry[0] += sum(j.accepted)
        entry[1] += len(j.accepted)
    return {
        family: {level: good / total for level, (good, total) in sorted(levels.items())}
        for family, levels in counts.items()
    }


def _is_banked(
    engine: Engine, paper: Paper, rates: dict[str, dict[int, float]], fronts: dict[str, Front]
) -> bool:
    """Whether there is enough agreement at its level; of kin, whether the frontier is there."""
    if paper.kin:
        return paper.level <= fronts[paper.family].level
    return rates[paper.family][paper.level] >= engine.config.loop.bank


def _acceptable(
    engine: Engine, generation: int, judged: list[Judged], known: frozenset[tuple[str, str]]
) -> list[Example]:
    """Accepted answers, each prompt once."""
    examples: dict[tuple[str, str], Example] = {}
    for j in judged:
        paper = j.answered.paper
        letters = {*engine.families[paper.family].alphabet}
        slips = j.slips or ((),) * len(paper.prompts)
        for prompt, text, accepted, slip in zip(
            paper.prompts, j.answered.completions, j.accepted, slips, strict=True
        ):
            key = (paper.family, prompt)
            if accepted and key not in known and key not in examples:
                examples[key] = Example(
                    family=paper.family,
                    level=paper.level,
                    prompt=prompt,
                    lines=lines_of(text),
                    author=f"learner {paper.author}",
                    generation=generation,
                    slip=slip if letters.issuperset("".join(slip)) else (),
                )
    return list(examples.values())


def advance(engine: Engine, front: Front, rates: dict[int, float]) -> Front:
    """The frontier after a band: the highest level that, like all tested below, is agreed upon.

    It never falls: what was agreed upon once is kept.
    """
    level = front.level
    for tested, rate in sorted(rates.items()):
        if rate < engine.config.loop.accept:
            break
        level = max(level, tested)
    bold = engine.config.loop.growth
    if level > front.level:
        reach = min(bold, 1 + (front.reach - 1) * 2)
    else:
        reach = max(MIN_REACH, math.sqrt(front.reach))
    mean = sum(rates.values()) / len(rates)
    return replace(front, level=level, reach=reach, agreement=mean)


def saturated(rates: dict[int, float]) -> bool:
    """Whether a whole band was agreed upon, so that the next can be tried at once."""
    return min(rates.values()) >= SATURATED
