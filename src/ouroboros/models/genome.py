"""The genome: a frozen, printable, hashable description from which a body is built.

    >>> Genome(alphabet="0123456789+=", families=("reverse_addition",)).width
    64

Every field is data, so a change of architecture is an edit of a record, and the examiner needs
nothing but `genome.json` and the weights to rebuild the model.
"""

import math
from dataclasses import asdict, dataclass, fields
from inspect import formatannotation
from typing import Any, Literal, get_args, get_origin

from ouroboros.errors import UsageError

Mlp = Literal["relu2", "gelu", "swiglu"]
Norm = Literal["rms", "layer"]
Position = Literal["none", "rope", "learned", "index_offset", "relative"]
BiasTerm = Literal["run_start", "run_end", "segment", "token"]
MAY_BE_ZERO = ("segments", "tokens", "convolution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Genome:
    """A transformer's body. Sizes in channels, windows in tokens or run indices."""

    alphabet: str
    """Every character the model reads or writes besides the line break."""
    families: tuple[str, ...]
    """One tag token each; a row starts with its family's tag."""
    layers: int = 2
    width: int = 64
    heads: int = 4
    mlp: Mlp = "relu2"
    mlp_ratio: float = 4.0
    norm: Norm = "rms"
    qk_norm: bool = True
    qk_gain: float = 4.0
    position: Position = "relative"
    bias: tuple[BiasTerm, ...] = ("run_start", "run_end", "segment", "token")
    """The tables of the relative bias; read only where position is "relative"."""
    window: int = 2
    """Run-index differences beyond +-window share one bucket."""
    segments: int = 3
    """Segment differences beyond this share one bucket."""
    tokens: int = 4
    """Token distances beyond this share one bucket."""
    far_bias: float = 0.0
    """Initial value of the far buckets of both run-index tables (a prior of locality)."""
    convolution: int = 2
    """Previous tokens seen by the depthwise causal convolution before attention; 0 for none."""
    loops: int = 1
    """How often the stack of layers is applied with the same weights."""
    input_injection: bool = False
    """Whether each loop adds the embedding again (Bansal et al. 2022, recall)."""
    max_position: int = 1024
    """Rows of the learned position table and of the run-index table of "index_offset"."""

    def __post_init__(self) -> None:
        """Raise UsageError where no body can be built."""
        for field in fields(self):
            value, least = getattr(self, field.name), 0 if field.name in MAY_BE_ZERO else 1
            if not _fits(value, field.type):
                wanted = formatannotation(field.type)
                raise UsageError(f"genome: {field.name} must be {wanted}, not {value!r}")
            if field.type is int and value < least:
                raise UsageError(f"genome: {field.name} must be at least {least}, not {value}")
        if self.width % self.heads:
            raise UsageError(f"genome: width {self.width} is not a multiple of {self.heads} heads")
        if not 0 < self.mlp_ratio < math.inf or self.mlp_width < 1:
            raise UsageError(f"genome: mlp_ratio {self.mlp_ratio} leaves no hidden channel")
        if self.position == "relative" and not self.bias:
            raise UsageError("genome: a relative position needs at least one bias table")

    @property
    def head_width(self) -> int:
        """Channels a head."""
        return self.width // self.heads

    @property
    def mlp_width(self) -> int:
        """Hidden channels of the MLP."""
        return round(self.width * self.mlp_ratio)

    def to_json(self) -> dict[str, Any]:
        """A plain mapping for `genome.json`."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Genome":
        """Rebuild from `to_json`'s mapping; UsageError names an unknown or missing field."""
        unknown = set(data) - {f.name for f in fields(cls)}
        missing = {"alphabet", "families"} - set(data)
        if unknown or missing:
            raise UsageError(f"genome: unknown {sorted(unknown)}, missing {sorted(missing)}")
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items()
        }
        return cls(**values)


def _fits(value: object, kind: Any) -> bool:
    """Whether a value is of a field's type; True is no number, and 4 will do for 4.0."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is tuple:
        return type(value) is tuple and all(_fits(each, get_args(kind)[0]) for each in value)
    return type(value) is kind or (kind is float and type(value) is int)
