import time

import pytest

from ouroboros.errors import UsageError
from ouroboros.executors import Serial
from ouroboros.loop import __main__ as main
from ouroboros.loop.promote import evaluate
from ouroboros_warden.messages import WARDEN_FD

from .surroundings import MemoryWarden, configured, make_engine, make_state


@pytest.mark.parametrize("descriptor", [None, "nonsense", "250"])
def test_an_engine_started_by_hand_is_misuse_in_one_clear_line(monkeypatch, capsys, descriptor):
    monkeypatch.delenv(WARDEN_FD, raising=False)
    if descriptor is not None:
        monkeypatch.setenv(WARDEN_FD, descriptor)
    assert main.main() == 2
    assert capsys.readouterr().err == "the engine is started by the warden, not by hand\n"


class Greeting:
    """What the warden says first."""

    def __init__(self, config, run_dir):
        self.config, self.run_dir = config, str(run_dir)


def served(monkeypatch, folder, *settings):
    """The engine's exit code where a warden serves it that configuration."""
    warden = MemoryWarden()
    warden.hello = lambda: Greeting(configured(*settings).model_dump(mode="json"), folder)
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
    main.state_path(tmp_path).write_text("{")
    assert served(monkeypatch, tmp_path) == 2
    assert "is damaged" in capsys.readouterr().err


def test_the_engine_is_built_from_the_configuration_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(main, "Processes", lambda count: f"{count} workers")
    config = configured(
        'families={"parity_chain": {"wall": 6}, "copy": {"wall": 3}}', "genome.layers=3"
    )
    engine = main.build(config, MemoryWarden(), tmp_path)
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
        main.build(configured(*settings), MemoryWarden(), tmp_path)


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        (["loop.generations=3"], {"generation": 2}, True),
        (["loop.generations=3"], {"generation": 3}, False),
        (["loop.generations=0"], {"generation": 0}, False),
        (["loop.flop=100"], {"generation": 1, "flop": 99}, True),
        (["loop.flop=100"], {"generation": 1, "flop": 100}, False),
        (["loop.seconds=1000"], {"generation": 1}, True),
        (["loop.seconds=5"], {"generation": 1}, False),
        (["loop.seconds=5", "run.reproducible=true"], {"generation": 1}, True),
    ],
)
def test_the_loop_goes_on_until_a_limit(tmp_path, settings, changes, expected):
    engine = make_engine(tmp_path, *settings)
    began_ten_seconds_ago = time.monotonic() - 10
    assert main._goes_on(engine, make_state(**changes), began_ten_seconds_ago) == expected


def test_a_run_without_generations_is_a_base_an_exam_and_an_end(tmp_path):
    engine = make_engine(tmp_path, "loop.generations=0")
    main.run(engine, time.monotonic())
    steps = [each[:2] for each in engine.warden.asked if each[0] != "examples"]
    assert steps == [
        ("data", "base/data"),
        ("examine", "g0/examine"),
        ("final", "end/final"),
        ("claim", "end/record"),
        ("finish", "end"),
    ]


def test_a_run_ends_with_the_exam_of_its_last_successor(tmp_path):
    engine = make_engine(tmp_path, "loop.generations=2", "loop.bank=0.01", "loop.accept=0.01")
    main.run(engine, time.monotonic())
    asked = [each[:2] for each in engine.warden.asked if each[0] != "examples"]
    assert asked[-3:] == [("final", "end/final"), ("claim", "end/record"), ("finish", "end")]
    assert ("claim", "g1/record") in asked
    assert ("claim", "g2/record") in asked


def test_the_champion_itself_is_not_examined_again(tmp_path):
    engine = make_engine(tmp_path, "loop.generations=0")
    main.run(engine, time.monotonic())
    state = main.load_state(main.state_path(tmp_path))
    assert len(engine.warden.of("examine")) == 1
    assert engine.warden.of("examine")[0][3] == evaluate(engine, state)


def test_a_run_that_goes_on_repeats_its_steps_under_the_same_keys(tmp_path):
    first = make_engine(tmp_path, "loop.generations=1")
    main.run(first, time.monotonic())
    again = make_engine(tmp_path, "loop.generations=1")
    main.run(again, time.monotonic())
    # the second engine found all but the end done
    keys = [each[1] for each in again.warden.asked]
    assert set(keys) <= {each[1] for each in first.warden.asked}
    assert keys[-1] == "end"
