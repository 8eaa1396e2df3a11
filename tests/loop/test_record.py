import os

from ouroboros.loop.curate import Harvest
from ouroboros.loop.record import record, state_path
from ouroboros.loop.state import Front, load_state

from .surroundings import make_engine, make_state


def harvest(state) -> Harvest:
    return Harvest(
        active=(),
        fronts=state.fronts,
        rates={"copy": {5: 0.5, 7: 0.25}},
        proposed=12,
        accepted=6,
        doubted=3,
        mended=2,
        faults=(5, 4),
    )


def learner_files(folder, *names: str) -> list[str]:
    """State files, the later named the younger."""
    (folder / "learners").mkdir(exist_ok=True)
    for age, name in enumerate(names):
        path = folder / "learners" / name
        path.touch()
        os.utime(path, ns=(age, age))
    return sorted(names)


def files_of(folder) -> list[str]:
    return sorted(path.name for path in (folder / "learners").glob("*.safetensors"))


def test_a_generation_is_claimed_shown_and_saved(tmp_path):
    engine = make_engine(tmp_path)
    fronts = {"copy": Front(level=7, reach=2.0, agreement=0.4)}
    state = make_state(generation=2, fronts=fronts, champion="0123", flop=99)
    assert record(engine, state, harvest(state)) == state
    figures = {
        "generation": 2,
        "fronts": {"copy": 7},
        "agreement": {"copy": {"5": 0.5, "7": 0.25}},
        "proposed": 12,
        "accepted": 6,
        "doubted": 3,
        "mended": 2,
        "faults": [5, 4],
        "kept": 0,
        "champion": "0123",
        "flop": 99,
    }
    assert engine.warden.asked == [("claim", "g2/record", "generation", figures)]
    assert engine.warden.shown == [{"stage": "loop", **figures, "tokens": 0}]
    assert load_state(state_path(tmp_path)) == state


def test_old_learners_go_but_never_those_of_the_state(tmp_path):
    engine = make_engine(tmp_path)
    names = [f"{generation}-{i}.safetensors" for generation in (1, 2, 3, 4) for i in (0, 1)]
    learner_files(tmp_path, *names)
    state = make_state(("learners/1-0.safetensors", "learners/4-1.safetensors"))
    record(engine, state, harvest(state))
    assert files_of(tmp_path) == sorted([names[0], *names[4:]])


def test_a_young_run_loses_nothing(tmp_path):
    engine = make_engine(tmp_path)
    names = learner_files(tmp_path, "base-0.safetensors", "base-1.safetensors", "1-0.safetensors")
    state = make_state(("learners/1-0.safetensors", "learners/base-1.safetensors"))
    record(engine, state, harvest(state))
    assert files_of(tmp_path) == names


def test_the_state_is_saved_only_after_the_claim_is_acknowledged(tmp_path):
    # else a kill between the two would leave the generation out of the log
    engine = make_engine(tmp_path)
    engine.warden.claim = lambda *request: (_ for _ in ()).throw(ConnectionError)
    state = make_state()
    try:
        record(engine, state, harvest(state))
    except ConnectionError:
        saved = load_state(state_path(tmp_path))
    assert saved is None
