"""Evaluate and promote: write the successor, hand it to the warden, take the answer.

The engine learns one word of an examination: better, no evidence, worse, or first.
"""

import math
from dataclasses import replace

from ouroboros.lineage.checkpoints import read_checkpoint, write_checkpoint
from ouroboros.loop.engine import Engine
from ouroboros.loop.learner import body, load_average, save_learner
from ouroboros.loop.state import State
from ouroboros.training.optim import Optimizer, OptimizerConfig

CARD = """# Checkpoint CHECKPOINT

Run `{run}`, generation {generation}, parent {parent}. Families: {families}.
Weights: `weights.safetensors`, body: `genome.json`, both covered by the name.
What it can do is in the run's log, not here: `ouro why CHECKPOINT`.
"""


def evaluate(engine: Engine, state: State) -> str:
    """Write the first learner's averaged weights as a checkpoint; returns its id."""
    card = CARD.format(
        run=engine.config.run.name,
        generation=state.generation,
        parent=state.champion or "none",
        families=", ".join(engine.families),
    )
    weights = load_average(engine.folder / state.learners[0])
    return write_checkpoint(engine.folder / "checkpoints", engine.genome.to_json(), weights, card)


def promote(engine: Engine, state: State, checkpoint: str) -> State:
    """Have the warden examine the checkpoint; the state after its answer.

    A successor found worse is abandoned: its learner starts again from the champion's weights,
    with all data kept. One without evidence of progress simply learns on.
    """
    key = f"g{state.generation}/examine"
    decision = engine.warden.examine(key, state.generation, checkpoint, state.champion)
    state = replace(state, examined=capability(engine, state))
    if decision.promoted:
        return replace(state, champion=checkpoint)
    if decision.reason == "worse" and state.champion:
        return replace(state, learners=(_revert(engine, state), *state.learners[1:]))
    return state


def _revert(engine: Engine, state: State) -> str:
    """A learner with the champion's weights and empty momenta; returns its state file."""
    file = f"learners/{state.generation}-0-reverted.safetensors"
    _, weights = read_checkpoint(engine.folder / "checkpoints" / str(state.champion))
    model = body(engine.genome, weights).requires_grad_(True)
    save_learner(engine.folder / file, model, Optimizer(model, OptimizerConfig()))
    return file


def due(engine: Engine, state: State) -> bool:
    """Whether the self-judged capability has grown enough for an exam, or the end is near."""
    grown = capability(engine, state) >= state.examined * engine.config.loop.examine_growth
    return grown or state.champion is None


def capability(engine: Engine, state: State) -> float:
    """Geometric mean over families of self-judged frontier / wall."""
    logs = [
        math.log(front.level / engine.config.families[name].wall)
        for name, front in state.fronts.items()
    ]
    return math.exp(sum(logs) / len(logs))
