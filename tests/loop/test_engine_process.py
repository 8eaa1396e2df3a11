import time
from dataclasses import replace

import pytest

from ouroboros.errors import UsageError
from ouroboros.executors import Serial
from ouroboros.loop import __main__ as main
from ouroboros.loop.engine import Engine
from ouroboros_warden.messages import WARDEN_FD

from .surroundings import MemoryWarden, configured, greeting_of, make_engine, make_state


@pytest.mark.parametrize("descriptor", [None, "nonsense", "250"])
def test_an_engine_started_by_hand_is_misuse_in_one_clear_line(monkeypatch, capsys, descriptor):
    monkeypatch.delenv(WARDEN_FD, raising=False)
    if descriptor is not None:
        monkeypatch.setenv(WARDEN_FD, descriptor)
    assert main.main() == 2
    assert capsys.readouterr().err == "the engine is started by the warden, not by hand\n"


def served(monkeypatch, folder, *settings):
    """The engine's exit code where a warden serves it that configuration."""
    warden = MemoryWarden()
    config = configured(*settings).model_dump(mode="json")
    warden.hello = lambda: greeting_of(warden, config=config, run_dir=str(folder))
    monkeypatch.setattr(main.Warden, "connect", lambda: warden)
    monkeypatch.setattr(main, "Processes", lambda count: Serial())
    return main.main()


def test_a_run_that_comes_to_its_end_is_success(tmp_path, monkeypatch):
    assert served(monkeypatch, tmp_path, "loop.generations=0") == 0


@pytest.mark.parametrize("settings", ["genome.heads=0", 'families={"cooking": {"wall": 1}}'])
def test_a_configuration_that_does_not_fit_is_misuse_in_one_clear_line(
    tmp_path, monkeypatch, capsys, settings
):
    assert served(monkeypatch, tmp_path, settings) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_damaged_state_is_misuse_in_one_clear_line(tmp_path, monkeypatch, capsys):
    main.state_path(tmp_path).parent.mkdir()
    main.state_path(tmp_path).write_text("{")
    assert served(monkeypatch, tmp_path) == 2
    assert "is damaged" in capsys.readouterr().err


def test_the_engine_is_built_from_the_configuration_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(main, "Processes", lambda count: f"{count} workers")
    config = configured(
        'families={"parity_chain": {"wall": 6}, "copy": {"wall": 3}}', "genome.layers=3"
    )
    engine = main.build(config, MemoryWarden(), tmp_path, 0.0)
    assert list(engine.families) == ["parity_chain", "copy"]
    assert engine.genome.families == ("parity_chain", "copy")
    assert engine.genome.alphabet == "0123456789=abcdefghij"
    assert (engine.genome.layers, engine.genome.width) == (3, 32)
    assert engine.executor == "2 workers"


@pytest.mark.parametrize("settings", [("genome.heads=0",), ("genome.depth=3",)])
def test_a_genome_that_does_not_fit_is_the_users_mistake_before_any_worker_starts(
    tmp_path, monkeypatch, settings
):
    monkeypatch.setattr(main, "Processes", lambda count: pytest.fail("too early"))
    with pytest.raises(UsageError, match="genome"):
        main.build(configured(*settings), MemoryWarden(), tmp_path, 0.0)


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        (["loop.generations=3"], {"generation": 2}, True),
        (["loop.generations=3"], {"generation": 3}, False),
        (["loop.generations=0"], {"generation": 0}, False),
        (["loop.flop=100"], {"generation": 1, "flop": 99}, True),
        (["loop.flop=100"], {"generation": 1, "flop": 100}, False),
        (["loop.generations=3"], {"generation": 2, "over": True}, False),
        (["loop.horizon=2"], {"generation": 1}, True),
        (["loop.horizon=1"], {"generation": 1}, False),
        (["loop.seconds=1000"], {"generation": 1}, True),
        (["loop.seconds=5"], {"generation": 1}, False),
        (["loop.seconds=5"], {"generation": 0}, True),
        (["loop.seconds=5", "run.reproducible=true"], {"generation": 1}, True),
        (["loop.seconds=100"], {"generation": 1, "base_seconds": 80.0}, True),
        (["loop.seconds=100"], {"generation": 1, "base_seconds": 95.0}, False),
        (["loop.seconds=100", "loop.reserve=0.5"], {"generation": 1, "base_seconds": 95.0}, True),
    ],
)
def test_the_loop_goes_on_until_a_limit(tmp_path, settings, changes, expected):
    ten_seconds_old = replace(make_engine(tmp_path, *settings), began=time.monotonic() - 10)
    assert main._goes_on(ten_seconds_old, make_state(**changes), 0.0) == expected


@pytest.mark.parametrize(("last", "expected"), [(80.0, True), (95.0, False)])
def test_no_generation_is_begun_that_would_not_end_in_time(tmp_path, last, expected):
    engine = make_engine(tmp_path, "loop.seconds=100", "loop.reserve=0")
    ten_seconds_old = replace(engine, began=time.monotonic() - 10)
    assert main._goes_on(ten_seconds_old, make_state(generation=1), last) == expected


def run_through(folder, *settings: str, before: MemoryWarden | None = None, **parts) -> Engine:
    """An engine that has run to its end, greeted with what the warden heard `before`."""
    engine = make_engine(folder, *settings, **parts)
    main.run(engine, greeting_of(before or MemoryWarden()))
    return engine


def steps_of(engine: Engine) -> list[tuple[str, str]]:
    """What the warden was asked for, the wall's examples left out."""
    return [each[:2] for each in engine.warden.asked if each[0] != "examples"]


SHORT = ("loop.generations=1", "loop.bank=0.01", "loop.accept=0.01")
END = [("final", "end/final"), ("claim", "end/record"), ("finish", "end")]


def test_a_run_without_generations_is_a_base_a_consolidation_and_an_end(tmp_path):
    engine = run_through(tmp_path, "loop.generations=0")
    first, last = ("examine", "g0/examine"), ("examine", "g1/examine")
    assert steps_of(engine) == [("data", "base/data"), first, last, *END]
    one, other = (each[3:] for each in engine.warden.of("examine"))
    assert (one[1], other[1]) == (None, one[0])


def test_a_run_ends_with_the_examination_of_its_last_successor(tmp_path):
    engine = run_through(tmp_path, "loop.generations=2", "loop.bank=0.01", "loop.accept=0.01")
    steps = steps_of(engine)
    assert steps[-4:] == [("examine", "g3/examine"), *END]
    assert {("claim", "g1/record"), ("claim", "g2/record")} <= set(steps)


def test_the_champion_itself_is_not_examined_again(tmp_path):
    engine = run_through(tmp_path, "loop.generations=0", "loop.consolidation=0")
    assert steps_of(engine) == [("data", "base/data"), ("examine", "g0/examine"), *END]


class Killed(Exception):
    """The end of a process, for a test in one process."""


class MortalWarden(MemoryWarden):
    """Dies once it has heard so many requests; the last is in its log, but goes unanswered."""

    def __init__(self, lives: int):
        super().__init__()
        self.lives = lives

    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        if name not in ("examples", "data", "examine", "claim", "final", "finish"):
            return value

        def answer(*request):
            answered = value(*request)
            self.lives -= 1
            if self.lives < 0:
                raise Killed
            return answered

        return answer


@pytest.fixture(scope="module")
def uncut(tmp_path_factory):
    """A run that nobody disturbed."""
    return run_through(tmp_path_factory.mktemp("uncut"), *SHORT)


@pytest.mark.parametrize("key", ["g0/examine", "g1/record"])
def test_a_resumed_run_whose_time_is_up_ends_with_the_generation_that_was_cut_short_or_the_first(
    tmp_path, uncut, key
):
    settings = ("loop.seconds=1000", "loop.generations=9", *SHORT[1:])
    warden = MortalWarden(lives=[each[1] for each in uncut.warden.asked].index(key))
    with pytest.raises(Killed):
        run_through(tmp_path, *settings, warden=warden)
    path = main.state_path(tmp_path)
    main.save_state(path, replace(main.load_state(path), seconds=1000.0))
    again = run_through(tmp_path, *settings, before=warden)
    assert steps_of(again)[-3:] == END
    assert main.load_state(path).generation == 2  # the consolidation is one, too
    same = {each[1]: each for each in warden.asked}
    assert all(same.get(each[1], each) == each for each in again.warden.asked)


@pytest.mark.parametrize("key", ["base/data", "g0/examine", "g1/record", "g2/examine", "end"])
def test_a_run_killed_over_a_request_asks_the_same_again_and_ends_alike(tmp_path, uncut, key):
    keys = [each[1] for each in uncut.warden.asked]
    warden = MortalWarden(lives=keys.index(key))
    with pytest.raises(Killed):
        run_through(tmp_path, *SHORT, warden=warden)
    again = run_through(tmp_path, *SHORT, before=warden)
    asked = dict(zip(keys, uncut.warden.asked, strict=True))
    assert all(asked[each[1]] == each for each in (*warden.asked, *again.warden.asked))
    path = main.state_path
    assert main.load_state(path(tmp_path)) == main.load_state(path(uncut.folder))
