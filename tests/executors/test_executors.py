import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ouroboros.errors import WorkerError
from ouroboros.executors import Executor, Processes, Serial

from . import units

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pool() -> Iterator[Processes]:
    """Two workers; every test leaves them usable, and closing ends them."""
    with closing(Processes(2)) as pool:
        yield pool
        workers = set(pool.map(units.identity, range(20)))
    assert not any(map(is_alive, workers))


@pytest.fixture(params=["serial", "processes"])
def executor(request) -> Executor:
    return Serial() if request.param == "serial" else request.getfixturevalue("pool")


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(condition, seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_results_come_in_the_order_of_the_items(executor):
    assert executor.map(units.sleepy_square, range(5)) == [0, 1, 4, 9, 16]


def test_no_items_give_no_results(executor):
    assert executor.map(units.square, []) == []


def test_a_unit_that_raises_is_named_and_the_executor_stays_usable(executor):
    with pytest.raises(WorkerError, match=r"divide: .*division by zero"):
        executor.map(units.divide, [4, 2, 0, 1, 5, 8])
    assert executor.map(units.divide, [1, 2, 4]) == [1.0, 0.5, 0.25]


def test_work_runs_beside_this_process_on_one_thread_a_worker(pool):
    workers = set(pool.map(units.identity, range(20)))
    assert len(workers) == 2
    assert os.getpid() not in workers
    assert pool.map(units.threads, range(2)) == [1, 1]


@pytest.mark.parametrize("unit", [units.die_once, units.die_amid_an_answer])
def test_a_unit_whose_worker_dies_is_run_again(pool, unit, tmp_path):
    markers = [str(tmp_path / "a"), str(tmp_path / "b"), str(tmp_path / "a")]
    Path(markers[1]).touch()  # this one lives
    assert pool.map(unit, markers) == ["alive"] * 3


def test_a_unit_that_kills_twice_is_an_error_and_no_late_answer_meets_the_next_map(pool, tmp_path):
    with pytest.raises(WorkerError, match="die_always_or_linger killed its worker twice"):
        pool.map(units.die_always_or_linger, [str(tmp_path), f"linger:{tmp_path}"])
    assert (tmp_path / "deaths").read_text() == "xx"
    assert pool.map(units.square, range(6)) == [0, 1, 4, 9, 16, 25]


def test_a_worker_that_died_while_idle_is_replaced(pool):
    victim = pool.map(units.identity, [0])[0]
    os.kill(victim, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(victim))
    assert pool.map(units.square, range(4)) == [0, 1, 4, 9]


def test_a_result_that_cannot_travel_is_the_units_failure(pool):
    with pytest.raises(WorkerError, match="unpicklable"):
        pool.map(units.unpicklable, [0])
    assert pool.map(units.square, [3]) == [9]


def test_a_unit_that_cannot_travel_leaves_no_answer_behind(pool):
    with pytest.raises(Exception, match=r"pickle|local object"):
        pool.map(lambda item: item, [0])
    assert pool.map(units.square, [3, 4]) == [9, 16]


def test_no_worker_survives_its_parents_kill(tmp_path):
    code = (
        "import sys\n"
        "from executors.units import note_and_sleep\n"
        "from ouroboros.executors import Processes\n"
        "Processes(1).map(note_and_sleep, sys.argv[1:])\n"
    )
    note = tmp_path / "note"
    paths = [str(TESTS), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    parent = subprocess.Popen([sys.executable, "-c", code, str(note)], env=environment)
    try:
        assert wait_until(lambda: note.exists() and note.read_text())
        worker = int(note.read_text())
        assert is_alive(worker)
    finally:
        parent.kill()
        parent.wait()
    assert wait_until(lambda: not is_alive(worker), seconds=5)
