import errno
import subprocess
import sys
import time

import pytest

from ouroboros.cli.__main__ import app, exit_code
from ouroboros.errors import OuroborosError, PluginError, UsageError, WorkerError
from ouroboros_warden.errors import LogDamaged, Refused, WardenError

COMMANDS = [command.callback.__name__ for command in app.registered_commands]
HEAVY = {"torch", "numpy", "pyarrow", "matplotlib", "pydantic", "scipy", "sqlite3"}


def test_help_is_quick_because_nothing_heavy_is_loaded():
    loads = "import ouroboros.cli.__main__, sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert not HEAVY & set(run.stdout.split())
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ouroboros.cli", "--help"], capture_output=True)
    assert time.perf_counter() - began < 2  # half a second on a quiet machine


@pytest.mark.parametrize("command", [*COMMANDS, "envs list", "envs show"])
def test_every_command_takes_json(ouro, command):
    shown = ouro(*command.split(), "--help")
    assert shown.code == 0
    assert "--json" in shown.out


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["status", "--fast"], ["run", "--seed", "x"], ["run", "--seed", "-1"], []],
)
def test_a_command_that_is_not_one_is_misuse(ouro, arguments):
    done = ouro(*arguments)
    assert done.code == 2
    assert done.err.startswith("ouro: ")
    assert "Traceback" not in done.err


def test_a_mistake_is_an_object_too_where_json_is_asked_for(ouro, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ouro("status", "--json")
    assert done.code == done.found["exit_code"] == 2
    assert "no run" in done.found["error"]
    assert done.complaint == f"ouro: {done.found['error']}"


def test_the_exit_code_says_whose_fault_it_was():
    assert exit_code(UsageError("x")) == exit_code(PluginError("x")) == 2
    assert exit_code(OSError(errno.ENOSPC, "x")) == exit_code(LogDamaged(3, "x")) == 2
    assert exit_code(Refused("x")) == 3
    assert exit_code(OuroborosError("x")) == exit_code(WorkerError("x")) == 1
    assert exit_code(WardenError("x")) == exit_code(OSError(errno.EIO, "x")) == 1
