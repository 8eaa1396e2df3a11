"""Evaluate and promote: write the successor, hand it to the warden, take the answer.

The engine learns one of six words of an examination: better, no evidence, worse, first, or that its
data went bad: drift (too many labels are wrong) or narrow (they are not varied enough). The last
two say nothing of any problem, and no more often than examinations are granted.
"""

import math
from dataclasses import replace
from pathlib import Path

from ouroboros.lineage.checkpoints import read_checkpoint, write_checkpoint
from ouroboros.lineage.files import write_whole
from ouroboros.loop.canaries import forget_since
from ouroboros.loop.engine import Engine
from ouroboros.loop.learner import body, load_average, save_learner
from ouroboros.loop.state import State, load_state, save_state
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros_warden.client import Greeting

BAD_DATA = ("drift", "narrow")
SETBACKS = 2  # examinations found worse in a row after which a learner is set back

CARD = """# Checkpoint CHECKPOINT

Run `{run}`, generation {generation}, parent {parent}. Families: {families}.
Weights: `weights.safetensors`, body: `genome.json`, both covered by the name.
What it can do is in the run's log, not here: `ouro why CHECKPOINT`.
"""


def evaluate(engine: Engine, state: State) -> str:
    """Write the successor-to-be's averaged weights as a checkpoint; returns its id."""
    card = CARD.format(
        run=engine.config.run.name,
        generation=state.generation,
        parent=state.champion or "none",
        families=", ".join(engine.families),
    )
    weights = load_average(engine.folder / state.learners[state.successor])
    return write_checkpoint(engine.folder / "checkpoints", engine.genome.to_json(), weights, card)


def promote(engine: Engine, state: State, checkpoint: str) -> State:
    """Have the warden examine the checkpoint; the state after its answer.

    A successor without evidence of progress simply learns on and is examined again sooner. After
    two in a row that were found worse, the learner starts again from the champion's weights, with
    all data kept. After one that bad data taught, the loop goes back to its last good examination.
    """
    key = f"g{state.generation}/examine"
    decision = engine.warden.examine(key, state.generation, checkpoint, state.champion)
    bad = decision.reason in BAD_DATA
    state = _gone_back(engine, state) if bad else _remembered(engine, state)
    reached, growth = capability(engine, state), engine.config.loop.examine_growth
    if decision.promoted:
        return replace(state, champion=checkpoint, examined=reached, setbacks=0)
    state = replace(state, examined=reached / math.sqrt(growth))
    if decision.reason != "worse":
        return replace(state, setbacks=0)
    if state.setbacks + 1 < SETBACKS or state.champion is None:
        return replace(state, setbacks=state.setbacks + 1)
    return replace(state, learners=_reverted(engine, state), setbacks=0)


def _remembered(engine: Engine, state: State) -> State:
    """The state, kept aside with both learners as one to go back to; its data passed the gate."""
    folder = _aside(engine)
    for i, file in enumerate(state.learners):
        write_whole(folder / f"{i}.safetensors", (engine.folder / file).read_bytes())
    save_state(folder / "state.json", state)
    return state


def _gone_back(engine: Engine, state: State) -> State:
    """The state with data, fronts and learners as they were at the last good examination.

    The files handed in since stay on the disk and in the log, and teach nobody any more; how far
    the loop believed to have come by them is forgotten, and so are the canaries that were drawn
    from them. Both learners go back to what they were themselves: with the champion's weights in
    both, each would agree with the other about everything, and labels rest on two who do not.
    Without a good examination, nothing changes.
    """
    good = load_state(_aside(engine) / "state.json")
    if good is None:
        return state
    files = tuple(
        f"learners/{state.generation}-{i}-back.safetensors" for i in range(len(good.learners))
    )
    for i, file in enumerate(files):
        write_whole(engine.folder / file, (_aside(engine) / f"{i}.safetensors").read_bytes())
    forget_since(engine, good.generation)
    before = replace(state, data=good.data, fronts=good.fronts, successor=good.successor)
    return replace(before, learners=files, earlier=files)


def _aside(engine: Engine) -> Path:
    """Where the last good examination's state is kept, apart from files that get deleted."""
    return engine.folder / "learners" / "good"


def _reverted(engine: Engine, state: State) -> tuple[str, ...]:
    """The learners' state files, the successor-to-be's with the champion's weights, no momenta."""
    file = f"learners/{state.generation}-{state.successor}-reverted.safetensors"
    _, weights = read_checkpoint(engine.folder / "checkpoints" / str(state.champion))
    model = body(engine.genome, weights).requires_grad_(True)
    save_learner(engine.folder / file, model, Optimizer(model, OptimizerConfig()))
    return tuple(file if i == state.successor else f for i, f in enumerate(state.learners))


def follow(engine: Engine, state: State, greeting: Greeting) -> State:
    """The state after a rollback by the user: the learner goes back to the restored champion.

    A champion that is new because the last generation was cut short behind its exam is no rollback.
    """
    cut_short = f"g{state.generation + 1}/examine" in greeting.answered
    if state.champion is None or greeting.champion in (None, state.champion) or cut_short:
        return state
    state = replace(state, champion=greeting.champion)
    return replace(state, learners=_reverted(engine, state))


def due(engine: Engine, state: State) -> bool:
    """Whether the self-judged capability has grown enough for an exam."""
    grown = capability(engine, state) >= state.examined * engine.config.loop.examine_growth
    return grown or state.champion is None


def capability(engine: Engine, state: State) -> float:
    """Geometric mean over families of self-judged frontier / wall."""
    logs = [
        math.log(front.level / engine.config.families[name].wall)
        for name, front in state.fronts.items()
    ]
    return math.exp(sum(logs) / len(logs))
