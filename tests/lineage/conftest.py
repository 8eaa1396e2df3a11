"""One made-up run for reading, and copies of it for spoiling."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up_run import make_run


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
