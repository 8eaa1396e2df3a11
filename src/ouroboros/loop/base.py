"""The base: worked examples up to the wall, read once through the oracle, and a first training.

Nothing past the wall is asked for; in `self` mode the warden would refuse it.
"""

from dataclasses import replace
from pathlib import Path

from ouroboros.errors import UsageError
from ouroboros.lineage.data import write_examples
from ouroboros.loop.attempts import Paper
from ouroboros.loop.engine import LEARNERS, Engine, wall_counts
from ouroboros.loop.learn import (
    Portion,
    TrainJob,
    diverged,
    drafts_of,
    train_unit,
    wall_shares,
)
from ouroboros.loop.learner import genome_text, learner_files
from ouroboros.loop.solve import solve
from ouroboros.loop.state import Front, State, save_state
from ouroboros.training.train import Schedule
from ouroboros.types import Example

WALL_FILE = "data/00000.parquet"
HELD_OUT = 80  # problems a family that show whether the base is ripe
FAVOUR = 4.0  # how much more often comes up what nobody solves, over what is always solved


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
    """Train both learners on the wall's data, a segment at a time, saving the state after each.

    Then on, up to `training.extra` steps, while one of them fails at what is below the wall: a
    learner that never learnt a family holds up everybody, for nothing is believed that it denies.
    """
    training = engine.config.training
    schedule = Schedule(steps=training.steps, peak=training.peak)
    while state.step < training.steps:
        last = min(training.steps, state.step + training.segment)
        state = _trained(engine, state, schedule, state.step, last, wall_shares(engine), path)
    while state.generation == 0 and state.step < training.steps + training.extra:
        shares, flop = mastery(engine, state)
        state = replace(state, flop=state.flop + flop)
        if min(shares.values()) >= training.ripe:
            break
        last = min(training.steps + training.extra, state.step + training.segment)
        more = Schedule(steps=last - state.step, warmup=1, decay=1.0, peak=engine.config.loop.peak)
        wanting = {n: s * (1 + FAVOUR * (1 - shares[n])) for n, s in wall_shares(engine).items()}
        state = _trained(engine, state, more, 0, more.steps, wanting, path)
    return state


def mastery(engine: Engine, state: State) -> tuple[dict[str, float], int]:
    """By family, what the weaker learner solves of fresh problems below the wall; the FLOP."""
    papers, truth = [], []
    for number, name in enumerate(engine.families):
        for level, count in wall_counts(engine.config.families[name].wall, HELD_OUT).items():
            seed, key = (
                engine.seed(7, state.step, number, level),
                f"held/{state.step}/{name}/{level}",
            )
            prompts, lines = engine.warden.examples(key, name, level, count, seed)
            for author in range(LEARNERS):
                papers.append(
                    Paper(family=name, level=level, author=author, prompts=tuple(prompts))
                )
                truth.append(tuple("\n".join(solution) for solution in lines))
    right: dict[tuple[str, int], list[bool]] = {}
    solved = solve(engine, state, papers)
    for answered, texts in zip(solved.answered, truth, strict=True):
        marks = right.setdefault((answered.paper.family, answered.paper.author), [])
        marks += [text == known for text, known in zip(answered.completions, texts, strict=True)]
    shares = {who: sum(marks) / len(marks) for who, marks in right.items()}
    weakest = {n: min(shares[n, author] for author in range(LEARNERS)) for n in engine.families}
    return weakest, solved.flop


def _trained(
    engine: Engine,
    state: State,
    schedule: Schedule,
    first: int,
    last: int,
    shares: dict[str, float],
    path: Path,
) -> State:
    """The state after both learners took steps `first` to `last` of the schedule, saved."""
    training, step = engine.config.training, state.step + last - first
    targets = learner_files(step)
    jobs = [
        TrainJob(
            genome=genome_text(engine.genome),
            source=str(engine.folder / state.learners[i]) if state.learners else None,
            target=str(engine.folder / targets[i]),
            data=tuple(str(engine.folder / file) for file in state.data),
            wall=Portion(shares=shares, tokens=training.tokens, weight=1.0),
            bank=None,
            drafts=drafts_of(engine, shares, training.tokens),
            picks=0,
            newest=0,
            schedule=schedule,
            average=0.98,
            seed=engine.seed(4, i) + step - last,
            first=first,
            last=last,
        )
        for i in range(LEARNERS)
    ]
    trained = engine.executor.map(train_unit, jobs)
    if diverged(trained):
        raise UsageError("the base's training diverged; start again with a lower training.peak")
    state = replace(
        state,
        step=step,
        learners=targets,
        earlier=state.learners or targets,
        flop=state.flop + sum(t.flop for t in trained),
        tokens=state.tokens + sum(t.tokens for t in trained),
        seconds=engine.elapsed(),
        base_seconds=engine.elapsed(),
    )
    save_state(path, state)
    engine.warden.progress({
        "stage": "base",
        "step": step,
        "steps": max(step, training.steps),
        "loss": trained[0].loss,
        "tokens": state.tokens,
        "flop": state.flop,
    })
    return state
