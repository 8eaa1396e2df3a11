"""A run without its warden, for experiments: the loop's own rooms, and the truth at hand.

The loop asks `Truth` as it would ask the warden. Nothing is gated, logged or confined here, and
what comes out is no run's result; what the loop itself gets to see is the same.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from ouroboros.config import Config, override
from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.executors import Processes
from ouroboros.executors.thread import keep_freed_memory
from ouroboros.loop.attempts import Answered, lines_of
from ouroboros.loop.base import begin, train_base
from ouroboros.loop.engine import LEARNERS, Engine, body_of
from ouroboros.loop.record import state_path
from ouroboros.loop.signals import Text, columns_of
from ouroboros.loop.state import State, load_state
from ouroboros.presets import PRESETS
from ouroboros_judges.answers import Answers, load_answers
from ouroboros_judges.oracle import examples as worked_examples
from ouroboros_warden.client import Warden


class Truth:
    """Gives examples and takes claims as the warden does; keeps nothing."""

    def examples(
        self, key: str, family: str, level: int, count: int, seed: int
    ) -> tuple[list[str], list[list[str]]]:
        """Worked examples, as the oracle draws them."""
        del key
        found = worked_examples({"family": family, "level": level, "count": count, "seed": seed})
        return found["prompts"], found["lines"]

    def data(self, *told: object) -> None:
        """Data is not audited."""

    def claim(self, *told: object) -> None:
        """Claims are not kept."""

    def progress(self, body: Mapping[str, Any]) -> None:
        """Progress is not shown."""


def make_engine(
    folder: Path, seed: int, settings: Sequence[str] = (), preset: str = "laptop"
) -> Engine:
    """A preset's engine with `Truth` in the warden's place."""
    keep_freed_memory()
    for name in ("data", "learners"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    config: Config = override(PRESETS[preset](), [f"run.seed={seed}", *settings])
    # a run's configuration has its families in order, and seeds go by that
    config = config.model_copy(update={"families": dict(sorted(config.families.items()))})
    families = load_families(list(config.families))
    return Engine(
        config=config,
        genome=body_of(config, families),
        families=families,
        warden=cast("Warden", Truth()),
        executor=Processes(LEARNERS),
        folder=folder,
        began=time.monotonic(),
    )


def base(engine: Engine) -> State:
    """The state after the base's training."""
    return train_base(engine, begin(engine), state_path(engine.folder))


def trained(folder: Path) -> State:
    """The state that a training left in a run's folder. UsageError where it left none."""
    state = load_state(state_path(folder))
    if state is None:
        raise UsageError(f"{folder} holds no base")
    return state


def grade(text: Text) -> int | None:
    """The first wrong line of an answer, None where every line is right."""
    verdict = _answers(text.family).verify(text.prompt, lines_of(text.completion))
    return None if verdict.correct else verdict.first_bad_line or 0


@cache
def _answers(family: str) -> Answers:
    (found,) = load_answers([family]).values()
    return found


def graded(papers: Sequence[Answered]) -> list[bool]:
    """Whether each answer of each paper is right, one after another."""
    return [grade(text) is None for text in columns_of(papers)[0]]
