"""The base: worked examples up to the wall, read once through the oracle, and a first training.

Nothing past the wall is asked for; in `self` mode the warden would refuse it.
"""

from dataclasses import replace
from pathlib import Path

from ouroboros.errors import UsageError
from ouroboros.lineage.data import write_examples
from ouroboros.loop.engine import LEARNERS, Engine
from ouroboros.loop.learn import Portion, TrainJob, diverged, train_unit, wall_shares
from ouroboros.loop.learner import genome_text
from ouroboros.loop.state import Front, State, save_state
from ouroboros.training.train import Schedule
from ouroboros.types import Example

WALL_FILE = "data/00000.parquet"


def begin(engine: Engine) -> State:
    """Read the worked examples and return the state before the first step."""
    examples = [e for name in engine.families for e in _read_wall(engine, name)]
    write_examples(engine.folder / WALL_FILE, examples)
    engine.warden.data("base/data", 0, WALL_FILE)
    fronts = {
        name: Front(level=family.wall, reach=engine.config.loop.growth, agreement=0.0)
        for name, family in engine.config.families.items()
    }
    return State(
        generation=0,
        step=0,
        learners=(),
        fronts=fronts,
        data=(WALL_FILE,),
        champion=None,
        examined=1.0,
        setbacks=0,
        flop=0,
    )


def wall_counts(wall: int, examples: int) -> dict[int, int]:
    """Examples a level: half uniform, half the larger of two uniform draws, at least one each."""
    return {
        level: max(1, round(examples * (0.5 / wall + 0.5 * (2 * level - 1) / wall**2)))
        for level in range(1, wall + 1)
    }


def _read_wall(engine: Engine, name: str) -> list[Example]:
    read = []
    number = list(engine.families).index(name)
    shares = wall_shares(engine)
    examples = round(engine.config.training.examples * shares[name] / max(shares.values()))
    counts = wall_counts(engine.config.families[name].wall, examples)
    for level, count in counts.items():
        seed = engine.seed(3, number, level)
        prompts, lines = engine.warden.examples(f"wall/{name}/{level}", name, level, count, seed)
        read += [
            Example(
                family=name,
                level=level,
                prompt=prompt,
                lines=tuple(solution),
                author="oracle",
                generation=0,
            )
            for prompt, solution in zip(prompts, lines, strict=True)
        ]
    return read


def train_base(engine: Engine, state: State, path: Path) -> State:
    """Train both learners on the wall's data, a segment at a time, saving the state after each."""
    training = engine.config.training
    schedule = Schedule(steps=training.steps, peak=training.peak)
    while state.step < training.steps:
        last = min(training.steps, state.step + training.segment)
        targets = tuple(f"learners/base-{last}-{i}.safetensors" for i in range(LEARNERS))
        jobs = [
            TrainJob(
                genome=genome_text(engine.genome),
                source=str(engine.folder / state.learners[i]) if state.learners else None,
                target=str(engine.folder / targets[i]),
                data=tuple(str(engine.folder / file) for file in state.data),
                wall=Portion(shares=wall_shares(engine), tokens=training.tokens, weight=1.0),
                bank=None,
                picks=0,
                newest=0,
                schedule=schedule,
                average=0.98,
                seed=engine.seed(4, i),
                first=state.step,
                last=last,
            )
            for i in range(LEARNERS)
        ]
        trained = engine.executor.map(train_unit, jobs)
        if diverged(trained):
            raise UsageError("the base's training diverged; start again with a lower training.peak")
        state = replace(
            state,
            step=last,
            learners=targets,
            flop=state.flop + sum(t.flop for t in trained),
            tokens=state.tokens + sum(t.tokens for t in trained),
            seconds=engine.elapsed(),
            base_seconds=engine.elapsed(),
        )
        save_state(path, state)
        engine.warden.progress({
            "stage": "base",
            "step": last,
            "steps": training.steps,
            "loss": trained[0].loss,
            "tokens": state.tokens,
            "flop": state.flop,
        })
    return state
