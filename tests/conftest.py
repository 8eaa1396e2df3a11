"""What every test relies on: one thread, as in the run's own processes, and patient Hypothesis.

Also one made-up run for reading, and copies of it for spoiling.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # read by torch as it loads, and by every child process

import pytest
import torch
from hypothesis import settings
from made_up_run import make_run

torch.set_num_threads(1)

_AUTHORITY = tempfile.TemporaryDirectory()  # no test makes a key in its user's home
os.environ["OUROBOROS_AUTHORITY"] = f"{_AUTHORITY.name}/authority.key"

# a busy machine must not fail a property
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of five families; nobody writes into it."""
    return make_run(tmp_path_factory.mktemp("made") / "laptop-1", turns=12)


@pytest.fixture
def spare(made_run: Path, tmp_path: Path) -> Callable[[], Path]:
    """A copy to do anything with."""

    def spare() -> Path:
        return Path(shutil.copytree(made_run, tmp_path / "laptop-1"))

    return spare
