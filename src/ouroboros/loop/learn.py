"""Train: both learners take the same diet with seeds of their own, one process each."""

import json
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import numpy as np

from ouroboros.lineage.data import read_columns
from ouroboros.loop.curate import Harvest
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learner import fresh, genome_text, restore, save_learner
from ouroboros.loop.state import State
from ouroboros.models.genome import Genome
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.tokenizer import Tokenizer
from ouroboros.training.corpus import Bin, Serving, build_corpus, family_shares
from ouroboros.training.drafts import draft_rows
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, Trained
from ouroboros.training.train import train as run_training

NEWEST = 4  # levels of a family that count as its newest
LEAST = 0.25  # of the last training's steps are taken however late it is
DRAFT_TOKENS = 0.2  # of a batch's other tokens
DRAFTED = 1000  # rows of a family's level in a file that are made drafts of
PICK_TOKENS = 60.0  # of the wall's rows, one bin gives this many tokens at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """A part of every batch: shares by family, tokens, weight in the loss."""

    shares: dict[str, float]
    tokens: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainJob:
    """A work unit: one learner, its data and a stretch of a schedule."""

    genome: str
    source: str | None
    """state file to go on from; None for new weights"""
    target: str
    data: tuple[str, ...]
    """Parquet files, the wall's first"""
    wall: Portion
    bank: Portion | None
    drafts: Portion | None = None
    """lines that are looked at again, of all data"""
    picks: int
    """banked bins a batch"""
    newest: float
    schedule: Schedule
    average: float
    seed: int
    first: int
    last: int


def train(engine: Engine, state: State, harvest: Harvest) -> State:
    """Both learners after a generation's training; unchanged where there was nothing to learn."""
    if harvest.learnt_all:
        return state
    loop = engine.config.loop
    schedule = Schedule(steps=loop.steps, warmup=1, decay=1.0, peak=loop.peak)
    return _train(engine, state, _rehearsal(state, harvest), schedule, loop.newest)


def consolidate(engine: Engine, state: State) -> State:
    """Both learners after a last, longer training on all that was kept, old levels like new.

    It takes the time that is left, up to so many steps as are configured.
    """
    loop = engine.config.loop
    if not loop.consolidation:
        return state
    state = replace(state, generation=state.generation + 1)
    steps = loop.consolidation
    if engine.is_timed and state.step_seconds:
        room = time_left(engine, state) / state.step_seconds
        steps = max(math.ceil(steps * LEAST), min(steps, math.floor(room)))
    schedule = Schedule(steps=steps, warmup=1, decay=1.0, peak=loop.peak)
    return _train(
        engine, state, dict.fromkeys(state.fronts, 1.0) | wall_shares(engine), schedule, 0.0
    )


def time_left(engine: Engine, state: State) -> float:
    """Wall seconds until the run's time is up, less those that the last examinations will take."""
    loop = engine.config.loop
    return loop.seconds - loop.reserve * state.base_seconds - engine.elapsed()


def _train(
    engine: Engine, state: State, shares: dict[str, float], schedule: Schedule, newest: float
) -> State:
    """The state after both learners took the same diet; as they were where that diverged."""
    loop = engine.config.loop
    targets = tuple(f"learners/{state.generation}-{i}.safetensors" for i in range(LEARNERS))
    jobs = [
        TrainJob(
            genome=genome_text(engine.genome),
            source=str(engine.folder / state.learners[i]),
            target=str(engine.folder / targets[i]),
            data=tuple(str(engine.folder / file) for file in state.data),
            wall=Portion(
                shares=wall_shares(engine), tokens=loop.wall_tokens, weight=loop.wall_weight
            ),
            bank=Portion(shares=shares, tokens=loop.bank_tokens, weight=loop.bank_weight),
            drafts=drafts_of(engine, shares, loop.wall_tokens + loop.bank_tokens),
            picks=loop.bank_picks,
            newest=newest,
            schedule=schedule,
            average=0.95,
            seed=engine.seed(5, state.generation, i),
            first=0,
            last=schedule.steps,
        )
        for i in range(LEARNERS)
    ]
    began = engine.elapsed()
    trained = engine.executor.map(train_unit, jobs)
    return replace(
        state,
        step_seconds=(engine.elapsed() - began) / schedule.steps,
        learners=state.learners if diverged(trained) else targets,
        earlier=state.earlier if diverged(trained) else state.learners,
        flop=state.flop + sum(t.flop for t in trained),
        tokens=state.tokens + sum(t.tokens for t in trained),
    )


def diverged(trained: list[Trained]) -> bool:
    """Whether a learner's loss is no number any more."""
    return not all(math.isfinite(each.loss) for each in trained)


def wall_shares(engine: Engine) -> dict[str, float]:
    """Each family's relative share of the wall's rows."""
    return {name: engine.config.training.shares.get(name, 1.0) for name in engine.families}


def _rehearsal(state: State, harvest: Harvest) -> dict[str, float]:
    """How often each family's banked answers come up: a floor, and more where learners disagree."""
    return {
        name: 0.12 + (min(1.0, 2 * (1 - front.agreement) + 0.15) if name in harvest.rates else 0.0)
        for name, front in state.fronts.items()
    }


def train_unit(job: TrainJob) -> Trained:
    """Train a learner over a stretch of steps and write its new state."""
    genome = Genome.from_json(json.loads(job.genome))
    tokenizer = Tokenizer(alphabet=genome.alphabet, families=genome.families)
    key = tokenizer_key(tokenizer)
    parts = [part for path in job.data for part in load_parts(path, key)]
    drafts = [part for path in job.data for part in load_drafts(path, key)] if job.drafts else []
    corpus = build_corpus([*parts, *drafts])
    wall = len(load_parts(job.data[0], key))
    model = fresh(genome, job.seed)
    optimizer = Optimizer(model, OptimizerConfig(average=job.average))
    if job.source:
        restore(model, optimizer, Path(job.source))
    result = run_training(
        model,
        optimizer,
        corpus,
        _diet(job, corpus.bins, wall, len(parts)),
        job.schedule,
        seed=job.seed,
        first=job.first,
        last=job.last,
    )
    save_learner(Path(job.target), model, optimizer)
    return result


def _diet(job: TrainJob, bins: tuple[Bin, ...], wall: int, plain: int) -> list[Serving]:
    """The wall's bins in every batch; of the banked ones a few, the newest levels more often.

    Bins from `plain` on are drafts, all levels alike.
    """
    diet = [wall_serving(bins[:wall], job.wall)]
    if job.drafts:
        drafts = wall_serving(bins[plain:], job.drafts)
        diet.append(replace(drafts, bins=tuple(range(plain, len(bins)))))
    banked = [i for i in range(wall, plain) if bins[i].count]
    if banked and job.bank:
        shares = _bank_shares([bins[i] for i in banked], job.bank.shares, job.newest)
        diet.append(
            Serving(
                bins=tuple(banked),
                shares=shares,
                picks=job.picks,
                tokens=job.bank.tokens,
                weight=job.bank.weight,
            )
        )
    return diet


def drafts_of(engine: Engine, shares: dict[str, float], tokens: float) -> Portion | None:
    """The drafts' part of every batch that has so many tokens else; None where nobody looks."""
    weight = engine.config.training.drafts
    if not weight:
        return None
    return Portion(shares=shares, tokens=DRAFT_TOKENS * tokens, weight=weight)


def wall_serving(bins: tuple[Bin, ...], wall: Portion) -> Serving:
    """The wall's part of every batch: a little of many of its bins, a corpus's first ones."""
    return Serving(
        bins=tuple(range(len(bins))),
        shares=family_shares(bins, wall.shares),
        picks=max(8, round(wall.tokens / PICK_TOKENS)),
        tokens=PICK_TOKENS,
        weight=wall.weight,
    )


def _bank_shares(bins: list[Bin], shares: dict[str, float], newest: float) -> tuple[float, ...]:
    """A share per banked bin: its family's, `newest` of it spread over the newest levels."""
    levels: dict[str, list[int]] = {}
    for b in bins:
        levels.setdefault(b.family, []).append(b.level)
    new = {family: set(sorted(set(found))[-NEWEST:]) for family, found in levels.items()}
    counts = {f: sum(level in new[f] for level in found) for f, found in levels.items()}
    return tuple(
        shares[b.family]
        * (
            (newest / counts[b.family] if b.level in new[b.family] else 0.0)
            + (1 - newest) / len(levels[b.family])
        )
        for b in bins
    )


def tokenizer_key(tokenizer: Tokenizer) -> tuple[str, tuple[str, ...]]:
    """What a tokenizer is made of, to cache by."""
    return tokenizer.alphabet, tokenizer.families


@lru_cache(maxsize=256)
def load_parts(path: str, key: tuple[str, tuple[str, ...]]) -> list[tuple[str, int, Rows]]:
    """The (family, level, rows) parts of a Parquet file, encoded; files never change, so cached."""
    tokenizer = Tokenizer(alphabet=key[0], families=key[1])
    columns = read_columns(Path(path))
    grouped: dict[tuple[str, int], tuple[list[str], list[str]]] = {}
    for family, level, prompt, lines in zip(
        columns["family"], columns["level"], columns["prompt"], columns["lines"], strict=True
    ):
        entry = grouped.setdefault((cast(str, family), cast(int, level)), ([], []))
        entry[0].append(cast(str, prompt))
        entry[1].append("\n".join(cast(list[str], lines)))
    return [
        (family, level, encode_rows(tokenizer, family, prompts, texts))
        for (family, level), (prompts, texts) in sorted(grouped.items())
    ]


@lru_cache(maxsize=256)
def load_drafts(path: str, key: tuple[str, tuple[str, ...]]) -> list[tuple[str, int, Rows]]:
    """The (family, level, drafts) parts of a Parquet file: real mistakes first, then planted ones.

    What is drawn depends on the file's name alone; cached, for files never change.
    """
    tokenizer = Tokenizer(alphabet=key[0], families=key[1])
    columns = cast("dict[str, list[Any]]", read_columns(Path(path)))
    rows = sorted(
        zip(
            *(columns[name] for name in ("family", "level", "prompt", "lines", "slip")), strict=True
        ),
        key=lambda row: (row[0], row[1], not row[4]),
    )
    rng, parts = np.random.default_rng(list(Path(path).name.encode())), []
    for (family, level), group in groupby(rows, key=itemgetter(0, 1)):
        _, _, prompts, solutions, slips = zip(*islice(group, DRAFTED), strict=True)
        parts.append((family, level, draft_rows(tokenizer, family, prompts, solutions, slips, rng)))
    return parts
