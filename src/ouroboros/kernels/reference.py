"""Reference kernels in plain PyTorch, with as few passes over memory as eager mode allows.

Shapes: N packed tokens, B rows, T tokens a row, H heads, K channels a head, P pairs.
On a CPU these models are bound by memory passes, not by FLOP, so three operations carry a
hand-written backward pass; the tests compare each with autograd's.

Not covered: dropout, half precision, sequence parallelism.
"""

import torch
from torch import Tensor


class _ReluSquared(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        rectified = x.clamp_min(0)
        ctx.save_for_backward(rectified)
        return rectified * rectified

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:  # type: ignore[override]
        (rectified,) = ctx.saved_tensors
        return (grad * rectified).mul_(2)


def relu_squared(x: Tensor) -> Tensor:
    """max(x, 0)^2 (So et al. 2021, Primer)."""
    return _ReluSquared.apply(x)  # type: ignore[no-any-return]


class _RmsNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, eps: float) -> Tensor:
        scale = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        scale = scale.square_().div_(x.shape[-1]).add_(eps).rsqrt_()
        y = x * scale
        ctx.save_for_backward(y, scale)
        return y

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[override]
        y, scale = ctx.saved_tensors
        inner = (grad * y).sum(dim=-1, keepdim=True).div_(y.shape[-1])
        return torch.addcmul(grad, y, inner, value=-1).mul_(scale), None


def rms_norm(x: Tensor, eps: float = 1e-6) -> Tensor:
    """X / rms(x) over the last axis, without a gain (Zhang & Sennrich 2019)."""
    return _RmsNorm.apply(x, eps)  # type: ignore[no-any-return]


class _GatherBias(torch.autograd.Function):
    @staticmethod
    def forward(ctx, table: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        ctx.width = table.shape[1]
        rows = torch.nn.functional.embedding(index, table.t().contiguous())
        return rows.t().contiguous()

    @staticmethod
    def backward(ctx, grad: Tensor):  # type: ignore[override]
        (index,) = ctx.saved_tensors
        table = grad.new_zeros(grad.shape[0], ctx.width)
        return table.index_add_(1, index, grad.contiguous()), None


def gather_bias(table: Tensor, index: Tensor) -> Tensor:
    """Look up `table` (C, buckets) at `index` (P,) int32 -> (C, P), one gather for all channels."""
    return _GatherBias.apply(table, index)  # type: ignore[no-any-return]


def attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    """softmax(q k^T + bias) v with q, k, v (H*B, T, K) and bias (H, B or 1, T, T) with the mask."""
    count, length, _ = query.shape
    if bias.shape[0] * bias.shape[1] == count:
        scores = torch.baddbmm(bias.reshape(count, length, length), query, key.transpose(1, 2))
    else:
        scores = torch.bmm(query, key.transpose(1, 2))
        scores.view(len(bias), -1, length, length).add_(bias)
    return torch.bmm(scores.softmax(dim=-1), value)


def causal_shift(x: Tensor, position: Tensor, distance: int) -> Tensor:
    """Packed x (N, D) moved `distance` tokens later within its row; zeros before a row's start."""
    moved = torch.zeros_like(x)
    moved[distance:] = x[:-distance]
    return moved * (position >= distance).unsqueeze(1)


def newton_schulz(matrices: Tensor, steps: int = 5) -> Tensor:
    """Nearly orthogonalise a stack (S, rows, columns) in float32.

    The quintic iteration of Muon (Jordan et al. 2024), coefficients as published there.
    torch's own runs in bfloat16, which CPUs without such instructions emulate slowly.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    transposed = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if transposed else matrices
    x = x / (torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x.transpose(1, 2) if transposed else x
