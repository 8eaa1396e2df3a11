"""The story of a generation. Every line below is a call to the room of that name."""

from dataclasses import replace

from ouroboros.loop.curate import curate, keep, unharvested
from ouroboros.loop.engine import Engine
from ouroboros.loop.learn import train
from ouroboros.loop.promote import due, evaluate, promote
from ouroboros.loop.propose import propose
from ouroboros.loop.record import record
from ouroboros.loop.revise import revise
from ouroboros.loop.solve import solve
from ouroboros.loop.state import State
from ouroboros.loop.verify import verify


def run_generation(engine: Engine, state: State) -> State:
    """One turn of the loop: climb while the learners agree, learn from it, face the exam."""
    state = replace(state, generation=state.generation + 1)
    harvest = unharvested(engine, state)
    for band in range(engine.config.loop.bands):
        papers = propose(engine, state, harvest, band)
        answered = solve(engine, state, papers)
        judged = verify(engine, state, answered, band)
        mended = revise(engine, state, judged)
        harvest = curate(engine, state, harvest, judged, mended)
        if not harvest.active:
            break
    state = train(engine, keep(engine, state, harvest), harvest)
    if due(engine, state):
        checkpoint = evaluate(engine, state)
        state = promote(engine, state, checkpoint)
    return record(engine, state, harvest)
