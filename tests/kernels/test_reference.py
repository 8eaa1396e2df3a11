import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck
from torch.nn import functional as F

from ouroboros.kernels import (
    attention,
    causal_shift,
    gather_bias,
    newton_schulz,
    relu_squared,
    rms_norm,
)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def plain_rms_norm(x: torch.Tensor, eps: float) -> torch.Tensor:
    return x / (x.square().mean(dim=-1, keepdim=True) + eps).sqrt()


def gradient(function, x: torch.Tensor, direction: torch.Tensor) -> torch.Tensor:
    """Of sum(function(x) * direction)."""
    x = x.clone().requires_grad_()
    (found,) = torch.autograd.grad((function(x) * direction).sum(), x)
    return found


def test_relu_squared_is_the_square_of_the_positive_part():
    x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 3.0])
    assert relu_squared(x).tolist() == [0.0, 0.0, 0.0, 0.25, 9.0]


def test_relu_squared_has_the_gradient_that_autograd_finds():
    x = normal(5, 7)
    direction = normal(5, 7, seed=1)
    expected = gradient(lambda x: x.clamp_min(0) ** 2, x, direction)
    assert torch.allclose(gradient(relu_squared, x, direction), expected)
    assert gradcheck(relu_squared, x.requires_grad_())


def test_a_shared_gradient_survives_relu_squared():
    # backward works in place; what it is handed may still be needed by a residual
    x = normal(4, 3).requires_grad_()
    handed = normal(4, 3, seed=1)
    before = handed.clone()
    relu_squared(x).backward(handed)
    assert torch.equal(handed, before)


@pytest.mark.parametrize("eps", [1e-6, 0.5])
def test_rms_norm_and_its_gradient_are_those_of_the_plain_formula(eps):
    x, direction = 3 * normal(6, 8), normal(6, 8, seed=1)
    assert torch.allclose(rms_norm(x, eps), plain_rms_norm(x, eps))
    expected = gradient(lambda x: plain_rms_norm(x, eps), x, direction)
    assert torch.allclose(gradient(lambda x: rms_norm(x, eps), x, direction), expected)
    assert gradcheck(lambda x: rms_norm(x, eps), x.requires_grad_())


def test_rms_norm_leaves_its_input_and_the_gradient_alone():
    x = normal(4, 6).requires_grad_()
    before, handed = x.detach().clone(), normal(4, 6, seed=1)
    kept = handed.clone()
    rms_norm(x).backward(handed)
    assert torch.equal(x.detach(), before)
    assert torch.equal(handed, kept)


def test_rms_norm_of_nothing_is_nothing_and_has_a_finite_gradient():
    x = torch.zeros(2, 4, dtype=torch.float64, requires_grad=True)
    y = rms_norm(x)
    assert torch.equal(y, torch.zeros_like(y))
    y.sum().backward()
    assert torch.isfinite(x.grad).all()


def test_gather_bias_looks_up_columns_and_adds_up_the_gradients_of_repeated_ones():
    table = normal(3, 5)
    index = torch.tensor([4, 0, 0, 4, 2, 4], dtype=torch.int32)
    assert torch.equal(gather_bias(table, index), table[:, index.long()])
    direction = normal(3, 6, seed=1)
    expected = gradient(lambda t: t[:, index.long()], table, direction)
    assert torch.allclose(gradient(lambda t: gather_bias(t, index), table, direction), expected)
    assert gradcheck(lambda t: gather_bias(t, index), table.requires_grad_())


@pytest.mark.parametrize("shared", [False, True])
def test_attention_and_its_gradients_are_torchs_own(shared):
    H, B, T, K = 3, 2, 5, 4
    q, k, v = (normal(H * B, T, K, seed=i).requires_grad_() for i in range(3))
    bias = normal(H, 1 if shared else B, T, T, seed=3).requires_grad_()
    full = bias.expand(H, B, T, T).reshape(H * B, T, T)
    expected = F.scaled_dot_product_attention(q, k, v, attn_mask=full, scale=1.0)
    found = attention(q, k, v, bias)
    assert torch.allclose(found, expected)
    direction, inputs = normal(H * B, T, K, seed=4), (q, k, v, bias)
    for one, other in zip(
        torch.autograd.grad((found * direction).sum(), inputs),
        torch.autograd.grad((expected * direction).sum(), inputs),
        strict=True,
    ):
        assert torch.allclose(one, other)


@pytest.mark.parametrize("patterns", [1, 2])
def test_attention_gives_a_masked_key_no_say(patterns):
    q, k, v = (normal(2, 4, 3, seed=i) for i in range(3))
    bias = torch.zeros(1, patterns, 4, 4, dtype=torch.float64)
    bias[..., 2] = -1e9
    other = v.clone()
    other[:, 2] += 1e3
    assert torch.equal(attention(q, k, v, bias), attention(q, k, other, bias))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(1, 7))
def test_causal_shift_never_crosses_a_rows_start(lengths, distance):
    x = 1 + torch.arange(sum(lengths), dtype=torch.float32).unsqueeze(1).repeat(1, 2)
    position = torch.cat([torch.arange(length) for length in lengths])
    rows = x.split(lengths)
    zero = torch.zeros(1, 2)
    expected = [
        row[t - distance].unsqueeze(0) if t >= distance else zero
        for row in rows
        for t in range(len(row))
    ]
    assert torch.equal(causal_shift(x, position, distance), torch.cat(expected))


def conditioned(rows: int, columns: int, count: int = 3) -> torch.Tensor:
    """Matrices whose singular values lie between 0.1 and 1, at very unlike scales."""
    u, _, v = torch.linalg.svd(normal(count, rows, columns).float(), full_matrices=False)
    values = torch.linspace(1, 0.1, min(rows, columns))
    scales = torch.tensor([1e-3, 1.0, 1e3]).view(count, 1, 1)
    return scales * (u * values) @ v


@pytest.mark.parametrize(("rows", "columns"), [(24, 24), (48, 12), (12, 48)])
def test_newton_schulz_brings_every_singular_value_near_one(rows, columns):
    y = newton_schulz(conditioned(rows, columns))
    assert y.shape == (3, rows, columns)
    values = torch.linalg.svdvals(y)
    # the published coefficients trade exactness for speed: they settle in about 0.7 to 1.2
    assert values.min() > 0.65
    assert values.max() < 1.25


@pytest.mark.parametrize(("rows", "columns"), [(24, 24), (48, 12), (12, 48)])
def test_newton_schulz_keeps_the_singular_vectors(rows, columns):
    x = conditioned(rows, columns)
    u, _, v = torch.linalg.svd(x, full_matrices=False)
    turned = u.transpose(1, 2) @ newton_schulz(x) @ v.transpose(1, 2)
    off_diagonal = turned - torch.diag_embed(turned.diagonal(dim1=1, dim2=2))
    assert off_diagonal.abs().max() < 1e-3
    assert turned.diagonal(dim1=1, dim2=2).min() > 0.65


def test_newton_schulz_treats_each_matrix_of_a_stack_alone():
    x = conditioned(8, 6)
    alone = torch.cat([newton_schulz(matrix.unsqueeze(0)) for matrix in x])
    assert torch.allclose(newton_schulz(x), alone, atol=1e-5)


def test_newton_schulz_of_nothing_is_nothing():
    assert torch.equal(newton_schulz(torch.zeros(1, 4, 3)), torch.zeros(1, 4, 3))
