"""Two clocks that no engine holds: what they count, and that none is set back unseen."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from ouroboros_warden import meter
from ouroboros_warden.canonical import canonical
from ouroboros_warden.errors import LogDamaged
from ouroboros_warden.meter import Meter, cpu_below

BURN = "import time\nwhile time.process_time() < {}: pass\nprint(flush=True)\n"


class Clocks:
    """The machine's clocks, moved by hand."""

    def __init__(self) -> None:
        self.boot, self.wall, self.used = 100.0, 1_000_000.0, 0.0


@pytest.fixture
def clocks(monkeypatch) -> Clocks:
    found = Clocks()
    monkeypatch.setattr(meter, "_since_boot", lambda: found.boot)
    monkeypatch.setattr(meter.time, "time", lambda: found.wall)
    monkeypatch.setattr(meter, "cpu_below", lambda _: found.used)
    return found


@pytest.fixture
def times(tmp_path):
    """Write lines of `times.jsonl`."""

    def write(*lines):
        path = tmp_path / "times.jsonl"
        path.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
        return path

    return write


def pass_by(clocks: Clocks, seconds: float) -> None:
    clocks.boot += seconds
    clocks.wall += seconds


def test_a_run_begins_with_nothing_used(clocks, tmp_path):
    found = Meter(tmp_path / "none.jsonl")
    assert found.clock() == {"time": 1_000_000.0, "seconds": 0, "cpu": 0}
    assert not found.was_set_back


def test_a_session_goes_on_where_the_last_one_stopped(clocks, times):
    clocks.used = 3.0
    path = times(
        {"index": 0, "time": 1.0, "seconds": 1, "cpu": 2},
        {"index": 1, "time": 9.0, "seconds": 10.5, "cpu": 20.25},
    )
    found = Meter(path)
    assert (found.seconds, found.cpu) == (10.5, 23.25)
    pass_by(clocks, 7)
    clocks.used = 4.0
    assert (found.seconds, found.cpu) == (17.5, 24.25)
    assert found.clock() == {"time": 1_000_007.0, "seconds": 17.5, "cpu": 24.25}


def test_time_between_sessions_is_not_the_run_s(clocks, times):
    path = times({"index": 0, "time": clocks.wall, "seconds": 5, "cpu": 5})
    pass_by(clocks, 1e6)
    assert Meter(path).seconds == 5


def test_a_reading_of_the_processors_holds_for_half_a_second_and_never_falls(clocks, times):
    found = Meter(times())
    clocks.used = 1.0
    assert found.cpu == 1.0
    clocks.used = 2.0
    pass_by(clocks, meter.READ_AGAIN - 0.01)
    assert found.cpu == 1.0
    pass_by(clocks, 0.01)
    assert found.cpu == 2.0
    clocks.used = 0.5  # a process ended that nobody waited for
    pass_by(clocks, 1)
    assert found.cpu == 2.0


def test_what_a_clock_says_is_rounded_to_what_it_can_tell(clocks, times):
    found = Meter(times())
    clocks.used = 1.23456
    pass_by(clocks, 1.23456)
    assert found.clock() == {"time": 1_000_001.23456, "seconds": 1.235, "cpu": 1.23}


@pytest.mark.parametrize(("earlier", "seen"), [(0, False), (4.9, False), (5.1, True), (1e6, True)])
def test_a_clock_set_back_between_sessions_is_seen(clocks, times, earlier, seen):
    path = times({"index": 0, "time": clocks.wall + earlier, "seconds": 0, "cpu": 0})
    assert Meter(path).was_set_back is seen


@pytest.mark.parametrize(("back", "seen"), [(0, False), (4.9, False), (5.1, True)])
def test_a_clock_set_back_in_a_session_is_seen_and_not_forgotten(clocks, times, back, seen):
    found = Meter(times())
    pass_by(clocks, 50)
    assert not found.was_set_back
    clocks.wall -= back
    assert found.was_set_back is seen
    clocks.wall += back + 10  # put right again, and more
    assert found.was_set_back is seen


def test_a_clock_set_ahead_is_no_clock_set_back(clocks, times):
    found = Meter(times())
    clocks.wall += 1e6
    assert not found.was_set_back
    assert found.seconds == 0


def test_a_clock_set_back_is_not_forgotten_once_something_was_logged_by_it(clocks, times):
    ahead = clocks.wall + 86400
    lines = [
        {"index": 0, "time": ahead, "seconds": 0, "cpu": 0},
        {"index": 1, "time": clocks.wall, "seconds": 1, "cpu": 1},
    ]
    assert Meter(times(*lines)).was_set_back


def test_readings_that_were_edited_are_damage(clocks, tmp_path):
    (tmp_path / "times.jsonl").write_text('{"time": 1}\n')
    with pytest.raises(LogDamaged):
        Meter(tmp_path / "times.jsonl")


class Group:
    """A control group that says how much it used."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds

    def cpu_seconds(self) -> float:
        if self.seconds is None:
            raise FileNotFoundError
        return self.seconds


def test_groups_are_believed_where_there_are_some(clocks, times, monkeypatch):
    monkeypatch.setattr(meter.time, "process_time", lambda: 0.25)
    clocks.used = 7.0
    found = Meter(times())
    found.groups = [Group(1.5), Group(2.0)]
    assert found.cpu == 3.75


def test_a_group_that_was_removed_is_made_up_for(clocks, times):
    clocks.used = 7.0
    found = Meter(times())
    found.groups = [Group(1.0), Group(None)]
    assert found.cpu == 7.0


# --- the real clocks


@contextmanager
def burning(code: str):
    """A child that said a line once it has burnt what it should."""
    command = [sys.executable, "-I", "-S", "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE) as child:
        assert child.stdout.readline()
        yield child
        child.kill()


def test_processor_time_of_children_and_of_theirs_counts_alive_and_once_waited_for():
    before = cpu_below(os.getpid())
    child = f"import subprocess, sys, time; time.sleep(0)\nexec({BURN.format(0.3)!r})\n"
    grand = "import subprocess, sys\np = subprocess.Popen([sys.executable, '-I', '-S', '-c', "
    grand += f"{child + 'time.sleep(60)'!r}], stdout=subprocess.PIPE)\np.stdout.readline()\n"
    with burning(grand + "print(flush=True)\nsys.stdin.read(1)\np.kill()\np.wait()") as parent:
        alive = cpu_below(os.getpid()) - before
        assert 0.25 < alive < 5
        parent.stdin.write(b"x")
        parent.stdin.close()
        parent.wait()
    assert cpu_below(os.getpid()) - before >= alive - 0.05


def test_what_is_not_below_does_not_count():
    with burning(BURN.format(0.3) + "time.sleep(60)") as child:
        own = cpu_below(os.getpid())
        only = meter._read(str(child.pid))
        assert only[0] == os.getpid()
        assert 0.2 < only[1] < 2
        assert own > only[1]


def test_a_real_meter_counts_both(tmp_path):
    found = Meter(tmp_path / "times.jsonl")
    first = found.clock()
    deadline = time.process_time() + 0.2
    while time.process_time() < deadline:
        pass
    time.sleep(meter.READ_AGAIN)
    second = found.clock()
    assert second["seconds"] - first["seconds"] >= 0.6
    assert second["cpu"] - first["cpu"] >= 0.1
    assert abs(second["time"] - time.time()) < 60
    assert json.loads(canonical(second)) == second
