"""The configuration of a run: one tree, written into the log's first record.

A preset returns a `Config`; `--set key=value` changes one leaf of it by its dotted name, for
example `--set loop.generations=3`. Unknown names and values that do not fit are UsageErrors.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, ValidationError

from ouroboros.errors import UsageError

Signal = Literal[
    "confident", "sampled", "raw", "earlier", "peer",
    "inverse", "twin", "split", "scale", "part", "step", "verdict", "second",
]  # fmt: skip
SIGNALS: tuple[Signal, ...] = get_args(Signal)
VIEWS = ("inverse", "twin", "split", "scale", "part", "step")


class Section(BaseModel):
    """A frozen part of the tree; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Run(Section):
    """Who and how."""

    name: str = "laptop"
    preset: str = "laptop"
    seed: int = Field(default=0, ge=0)
    verification: Literal["self", "formal"] = "self"
    reproducible: bool = False
    """Derive the exam's secret from the seed and ignore wall-clock limits."""


class FamilyWall(Section):
    """A family of the run and the last level with worked examples."""

    wall: int = Field(ge=1)


class Exam(Section):
    """The gate's settings, read by the warden."""

    alpha: float = Field(default=0.05, gt=0, lt=1)
    """Probability that any promotion of the whole run is a false one."""
    items: int = Field(default=48, ge=8)
    """Items a level in a paired examination."""
    final_items: int = Field(default=200, ge=60)
    """Items a level in the final examination."""
    processes: int = Field(default=2, ge=1)
    margin: float = Field(default=0.03, gt=0, lt=1)
    """How much worse a family may be before it counts as inferior."""


class Training(Section):
    """How the base is trained on the wall's data."""

    steps: int = Field(default=1000, ge=1)
    extra: int = Field(default=0, ge=0)
    """Steps that may follow while a learner is not ripe."""
    ripe: float = Field(default=0.95, ge=0, le=1)
    """Share of fresh problems below the wall, in every family, that a ripe learner solves."""
    segment: int = Field(default=250, ge=1)
    """Steps between two states from which a killed run goes on."""
    examples: int = Field(default=40000, ge=10)
    """Worked examples of the family with the largest share; of others in proportion."""
    tokens: float = Field(default=2200, gt=0)
    """Tokens a batch."""
    shares: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    """Relative share of each family in a batch; 1 where not named."""
    peak: float = 1.0
    drafts: NonNegativeFloat = 0.0
    """Weight in the loss of lines that are looked at again; 0 where nobody learns to."""


class Loop(Section):
    """How far and how boldly the loop goes."""

    generations: int = Field(default=40, ge=0)
    """With none, and no consolidation, the run ends after its base: the frozen arm."""
    flop: float = Field(default=0, ge=0)
    """Stop once this many FLOP are spent; 0 for no limit."""
    seconds: float = Field(default=0, ge=0)
    """Wall time of the whole run, `reserve` included; 0 for no limit; ignored when reproducible."""
    reserve: float = Field(default=1.0, ge=0)
    """Time kept for the last examinations, in multiples of what the base took."""
    problems: int = Field(default=40, ge=4)
    """Problems a level, learner and family."""
    levels: int = Field(default=3, ge=1)
    """Levels tested a band."""
    bands: int = Field(default=3, ge=1)
    """Bands that may be climbed without training in between."""
    growth: float = Field(default=2.0, gt=1)
    """Reach of a band beyond the frontier."""
    accept: float = Field(default=0.7, gt=0, le=1)
    """Agreement that moves the frontier."""
    bank: float = Field(default=0.4, gt=0, le=1)
    """Agreement above which a level's accepted answers are kept as data."""
    acceptance: Literal["unanimous", "calibrated"] = "unanimous"
    """Every judgement says yes; or its small pieces, or all together, make it probable enough."""
    signals: tuple[Signal, ...] = SIGNALS
    """What a calibrated acceptance looks at."""
    calibration: int = Field(default=500, ge=4)
    """Problems a family, learner and state of the base that calibrate it."""
    canaries: int = Field(default=40, ge=0)
    """Problems below the wall, and as many banked ones asked the other way round, a family and
    learner, that calibrate it anew in each generation."""
    confidence: float = Field(default=0.9, ge=0, le=1)
    """Smallest token probability an accepted answer may hold."""
    spread: float = Field(default=1.5, ge=1)
    """How far a family may be ahead of the slowest one, in walls; beyond it rests."""
    horizon: float = Field(default=0, ge=0)
    """How far the run means to come, in walls: a family there is only rehearsed; 0 for no end."""
    steps: int = Field(default=60, ge=1)
    wall_tokens: float = Field(default=700, gt=0)
    bank_tokens: float = Field(default=1800, gt=0)
    bank_picks: int = Field(default=2, ge=1)
    wall_weight: float = 0.5
    bank_weight: float = 1.2
    peak: float = 0.8
    consolidation: int = Field(default=100, ge=0)
    """Steps of the last training, on all levels alike; fewer where time is short."""
    revisit: float = Field(default=0.0, ge=0, le=1)
    """Problems like recent mistakes that recurred, as a share of those asked besides."""
    newest: float = Field(default=0.7, ge=0, le=1)
    """Share of banked rows that come from the newest levels of a family."""
    examine_growth: float = Field(default=1.5, gt=1)
    """Growth of self-judged capability after which the successor sits an exam."""


class Config(Section):
    """Everything about a run."""

    run: Run = Run()
    families: dict[str, FamilyWall]
    exam: Exam = Exam()
    loop: Loop = Loop()
    training: Training = Training()
    genome: dict[str, Any] = Field(default_factory=dict)
    """Fields of `ouroboros.models.genome.Genome` that differ from its defaults."""


def parse_config(data: dict[str, Any]) -> Config:
    """A Config from plain data; UsageError in one line where it does not fit."""
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"configuration: {where}: {first['msg']}") from None


def override(config: Config, assignments: Sequence[str]) -> Config:
    """Apply `key.path=value` assignments; values are JSON or plain strings."""
    data = config.model_dump(mode="json")
    for assignment in assignments:
        path, separator, text = assignment.partition("=")
        if not separator or not path:
            raise UsageError(
                f"--set takes KEY=VALUE, for example loop.seconds=60, not {assignment!r}"
            )
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        node, keys = data, path.split(".")
        for key in keys[:-1]:
            node = node.get(key) if isinstance(node, dict) else None
        free = keys[0] in ("genome", "families") or path.startswith("training.shares.")
        if not isinstance(node, dict) or (keys[-1] not in node and not free):
            raise UsageError(f"--set: there is no setting {path!r}")
        node[keys[-1]] = value
    return parse_config(data)
