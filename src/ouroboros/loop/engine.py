"""What every verb of the loop needs at hand, and nothing it could change."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ouroboros.config import Config
from ouroboros.envs.base import Family
from ouroboros.executors import Executor
from ouroboros.models.genome import Genome
from ouroboros.models.tokenizer import AGAIN
from ouroboros_warden.client import Warden

LEARNERS = 2  # a successor-to-be and its peer, one thread each


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The run's fixed surroundings."""

    config: Config
    genome: Genome
    families: Mapping[str, Family]
    warden: Warden
    executor: Executor
    folder: Path
    began: float
    """when the run began by the monotonic clock, had all sessions followed without a pause"""

    def elapsed(self) -> float:
        """Wall seconds of the run so far, all sessions together."""
        return time.monotonic() - self.began

    @property
    def is_timed(self) -> bool:
        """Whether the run's wall time is limited; a reproducible one never looks at the clock."""
        return bool(self.config.loop.seconds) and not self.config.run.reproducible

    def seed(self, *parts: int) -> int:
        """A seed for one purpose of this run, from small integers that name the purpose."""
        value = self.config.run.seed
        for number in parts:
            value = (value * 1_000_003 + number + 1) % (2**31 - 1)
        return value


def body_of(config: Config, families: Mapping[str, Family]) -> Genome:
    """The genome of a run's learners; UsageError where the configuration's fields do not fit.

    Where lines are looked at again, the alphabet has the mark for that.
    """
    characters = {c for family in families.values() for c in family.alphabet}
    alphabet = "".join(sorted(characters | ({AGAIN} if config.training.drafts else set())))
    return Genome.from_json({"alphabet": alphabet, "families": list(families), **config.genome})


def wall_counts(wall: int, examples: int) -> dict[int, int]:
    """Examples a level: half uniform, half the larger of two uniform draws, at least one each."""
    return {
        level: max(1, round(examples * (0.5 / wall + 0.5 * (2 * level - 1) / wall**2)))
        for level in range(1, wall + 1)
    }
