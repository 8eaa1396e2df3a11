"""The engine's process: started by the warden, it speaks to the warden alone.

python -m ouroboros.loop        # with the warden's socket inherited; anything else is misuse
"""

import os
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ouroboros.config import Config, parse_config
from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.executors import Processes
from ouroboros.executors.thread import keep_freed_memory
from ouroboros.loop.base import begin, train_base
from ouroboros.loop.curate import behind
from ouroboros.loop.cycle import run_generation
from ouroboros.loop.engine import LEARNERS, Engine, body_of
from ouroboros.loop.learn import LEAST, consolidate, time_left
from ouroboros.loop.promote import evaluate, follow, promote
from ouroboros.loop.record import state_path
from ouroboros.loop.state import State, load_state, save_state
from ouroboros_warden import errors
from ouroboros_warden.client import Greeting, Warden


def main() -> int:
    """Run the loop to its end; the exit code is 2 for misuse, 0 otherwise."""
    started = time.monotonic()
    os.environ["OMP_NUM_THREADS"] = "1"
    keep_freed_memory()
    try:
        warden = Warden.connect()
        greeting = warden.hello()
        engine = build(parse_config(greeting.config), warden, Path(greeting.run_dir), started)
        with closing(engine.executor):
            run(engine, greeting)
    except (UsageError, errors.UsageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def build(config: Config, warden: Warden, folder: Path, started: float) -> Engine:
    """The engine's surroundings from its configuration, this session having `started` just now."""
    families = load_families(list(config.families))
    return Engine(
        config=config,
        genome=body_of(config, families),
        families=families,
        warden=warden,
        executor=Processes(LEARNERS),
        folder=folder,
        began=started,
    )


def run(engine: Engine, greeting: Greeting) -> None:
    """Base, first champion, generations until a limit, last exam."""
    path = state_path(engine.folder)
    state = load_state(path) or begin(engine)
    engine = replace(engine, began=engine.began - state.seconds)
    state = train_base(engine, state, path)
    state = follow(engine, state, greeting)
    if state.champion is None:
        state = promote(engine, state, evaluate(engine, state))
    lap = 0.0  # seconds of the last generation
    while _goes_on(engine, state, lap) or _cut_short(state, greeting):
        began = engine.elapsed()
        state = run_generation(engine, state)
        lap = engine.elapsed() - began
    _finish(engine, state, path)


def _cut_short(state: State, greeting: Greeting) -> bool:
    """Whether the log knows more of the next generation than the state: it has to be repeated."""
    return any(key.startswith(f"g{state.generation + 1}/") for key in greeting.answered)


def _goes_on(engine: Engine, state: State, lap: float) -> bool:
    """Whether no limit is reached, nor would be by another generation as long as the last.

    Where every family is at the horizon, there is nowhere to go. However late it is, there is a
    first generation.
    """
    loop = engine.config.loop
    if state.over or not behind(engine, state.fronts):
        return False
    if state.generation >= loop.generations or (loop.flop and state.flop >= loop.flop):
        return False
    last = LEAST * loop.consolidation * state.step_seconds
    is_late = engine.is_timed and lap + last >= time_left(engine, state)
    return not is_late or state.generation == 0


def _finish(engine: Engine, state: State, path: Path) -> None:
    """A last training and examination, then the champion's full one."""
    if not state.over:
        state = replace(consolidate(engine, state), over=True)
        save_state(path, state)
    checkpoint = evaluate(engine, state)
    if checkpoint != state.champion:
        promote(engine, state, checkpoint)
    engine.warden.final("end/final")
    engine.warden.claim("end/record", "end", {"flop": state.flop, "generations": state.generation})
    engine.warden.finish("end", "limit reached")


if __name__ == "__main__":
    sys.exit(main())
