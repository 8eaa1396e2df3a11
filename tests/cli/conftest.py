"""One made-up run for reading, copies of it for spoiling, and a way to call a command."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from made_up_run import make_run

from ouroboros.cli.__main__ import main


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


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def found(self) -> dict[str, Any]:
        """The object on the last line of standard output."""
        return json.loads(self.out.splitlines()[-1])

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        (line,) = self.err.splitlines()
        return line


@pytest.fixture
def ouro(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in this process."""

    def ouro(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return ouro
