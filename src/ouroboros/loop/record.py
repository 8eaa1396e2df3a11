"""Record: what the generation says of itself, in the log as a claim, and the state on disk."""

from dataclasses import replace
from pathlib import Path

from ouroboros.loop.curate import Harvest
from ouroboros.loop.engine import Engine
from ouroboros.loop.state import State, save_state

KEPT_GENERATIONS = 2  # of learners' state files, so that a kill between two writes loses nothing


def state_path(folder: Path) -> Path:
    """Where the loop's state stands in a run's folder: the engine writes no other part of it."""
    return folder / "learners" / "state.json"


def record(engine: Engine, state: State, harvest: Harvest) -> State:
    """Claim the generation's figures, show progress, save the state, drop old learner files."""
    figures = {
        "generation": state.generation,
        "fronts": {name: front.level for name, front in state.fronts.items()},
        "agreement": {
            name: {str(level): rate for level, rate in levels.items()}
            for name, levels in harvest.rates.items()
        },
        "proposed": harvest.proposed,
        "accepted": harvest.accepted,
        "doubted": harvest.doubted,
        "mended": harvest.mended,
        "faults": list(harvest.faults),
        "kept": len(harvest.examples),
        "champion": state.champion,
        "flop": state.flop,
    }
    engine.warden.claim(f"g{state.generation}/record", "generation", figures)
    engine.warden.progress({"stage": "loop", **figures, "tokens": state.tokens})
    state = replace(state, seconds=engine.elapsed())
    save_state(state_path(engine.folder), state)
    forget(engine.folder, state)
    return state


def forget(folder: Path, state: State) -> None:
    """Delete learners' files that neither the state nor the one before it names."""
    files = sorted((folder / "learners").glob("*.safetensors"), key=lambda f: f.stat().st_mtime_ns)
    kept = {folder / name for name in (*state.learners, *state.earlier)}
    for file in files[: -2 * KEPT_GENERATIONS]:
        if file not in kept:
            file.unlink()
