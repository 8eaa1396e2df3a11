"""Reference operations: the plain, readable kernels every genome is built from."""

from ouroboros.kernels.reference import (
    attention,
    causal_shift,
    gather_bias,
    newton_schulz,
    relu_squared,
    rms_norm,
)

__all__ = [
    "attention",
    "causal_shift",
    "gather_bias",
    "newton_schulz",
    "relu_squared",
    "rms_norm",
]
