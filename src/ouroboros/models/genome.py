"""The genome: a frozen, printable, hashable description from which a body is built.

    >>> Genome(alphabet="0123456789+=", families=("reverse_addition",)).width
    64

Every field is data, so a change of architecture is an edit of a record, and the examiner needs
nothing but `genome.json` and the weights to rebuild the model.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from ouroboros.errors import UsageError

Mlp = Literal["relu2", "gelu", "swiglu"]
Norm = Literal["rms", "layer"]
Position = Literal["none", "rope", "learned", "index_offset", "relative"]
BiasTerm = Literal["run_start", "run_end", "segment", "token"]


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
        if self.width % self.heads:
            raise UsageError(f"genome: width {self.width} is not a multiple of {self.heads} heads")
        if min(self.layers, self.width, self.heads, self.loops, self.window) < 1:
            raise UsageError("genome: layers, width, heads, loops and window must be at least 1")
        for name, choices in (("mlp", Mlp), ("norm", Norm), ("position", Position)):
            if getattr(self, name) not in get_args(choices):
                raise UsageError(
                    f"genome: {name} must be one of {', '.join(get_args(choices))}, "
                    f"not {getattr(self, name)!r}"
                )
        unknown = [term for term in self.bias if term not in get_args(BiasTerm)]
        if unknown:
            raise UsageError(f"genome: unknown bias terms {unknown}")

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
        known = {f.name for f in fields(cls)}
        if set(data) - known or not {"alphabet", "families"} <= set(data):
            raise UsageError(f"genome: fields {sorted(set(data) ^ known)} do not fit")
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})
