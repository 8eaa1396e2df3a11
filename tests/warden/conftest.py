"""A gate with simulated judges and no engine, for tests that ask it directly."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import Json
from ouroboros_warden.exam import commitment, exam_secret
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.gate import Gate
from ouroboros_warden.heed import begin_log, heed_leases, open_log
from ouroboros_warden.law import Law
from ouroboros_warden.server import make_boxes, start_judges

from .harness import children_of, make_data, make_run, message, records, set_moods


@dataclass
class Desk:
    """A run, the gate on it, and what it told."""

    run: Path
    gate: Gate
    events: list[tuple[str, Json]] = field(default_factory=list)

    def ask(self, name: str, /, **fields: Any) -> Json:
        if name == "examine" and not self.records("data"):  # nobody is examined without any
            file = make_data(self.run, "first.parquet", 1, 0)
            self.gate.answer(message("data", key="first", generation=0, file=file))
        return self.gate.answer(message(name, **fields))

    def records(self, kind: str | None = None) -> list[Record]:
        return records(self.run, kind)

    def moods(self, role: str, *values: Any) -> None:
        set_moods(self.run, role, *values)

    def sits(self) -> list[Json]:
        return [
            json.loads(line)
            for line in (self.run / "judge" / "sits.jsonl").read_text().splitlines()
        ]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open a run, new or old; another call closes the desk before."""
    with ExitStack() as stack:

        def open_desk(name: str = "run", **options: Any) -> Desk:
            stack.close()
            run = make_run(tmp_path / name, **options)
            folder = Folder.at(run)
            config = load_config(folder)
            folder.warden.mkdir(exist_ok=True)
            secret = exam_secret(folder, config)
            law = Law(folder, config, commitment(secret))
            log = stack.enter_context(closing(open_log(folder, config, law.meter.clock)))
            begin_log(log, folder, config, secret, law)
            heed_leases(log, folder, law, reproducible=config.reproducible)
            commands = children_of(run)
            boxes = stack.enter_context(make_boxes(folder, commands))
            judges = stack.enter_context(start_judges(folder, config, commands, boxes.judges))
            events: list[tuple[str, Json]] = []

            def tell(event: str, body: Json) -> None:
                events.append((event, body))

            return Desk(run, Gate(folder, config, secret, log, judges, tell, law), events)

        yield open_desk


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A new run in self mode."""
    return open_desk()
