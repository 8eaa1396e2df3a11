import pytest
import torch
from torch.nn import functional as F

from ouroboros.kernels import newton_schulz
from ouroboros.models.packing import pack
from ouroboros.models.transformer import Transformer
from ouroboros.training.optim import Optimizer, OptimizerConfig

from .meals import GENOME, body, corpus


def take_steps(model: Transformer, optimizer: Optimizer, count: int, first: int = 0) -> None:
    rows = corpus().rows
    for step in range(first, first + count):
        chosen = (torch.arange(6) * 5 + step).numpy() % len(rows)
        packed = pack(model.genome, model.classes, rows, chosen)
        F.cross_entropy(model(packed), packed.target).backward()
        optimizer.step(1 / (1 + step))


def learner(seed: int = 0, **config: object) -> tuple[Transformer, Optimizer]:
    model = body(seed)
    return model, Optimizer(model, OptimizerConfig(**config))


def everything_of(model: Transformer, optimizer: Optimizer) -> dict[str, torch.Tensor]:
    return {**model.state_dict(), **optimizer.state()}


def test_a_saved_state_goes_on_bit_for_bit():
    model, optimizer = learner()
    take_steps(model, optimizer, 3)
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    state = {name: tensor.clone() for name, tensor in optimizer.state().items()}
    take_steps(model, optimizer, 4, first=3)

    again, other = learner(seed=9)
    with torch.no_grad():
        for name, p in again.named_parameters():
            p.copy_(weights[name])
    other.load(state)
    take_steps(again, other, 4, first=3)
    one, two = everything_of(model, optimizer), everything_of(again, other)
    assert one.keys() == two.keys()
    assert [name for name in one if not torch.equal(one[name], two[name])] == []


def test_a_state_before_the_first_step_can_be_loaded_too():
    _, optimizer = learner()
    other_model, other = learner(seed=1)
    other.load(optimizer.state())
    assert all(torch.equal(other.average[n], t) for n, t in optimizer.average.items())
    take_steps(other_model, other, 1)
    assert other.count == 1


def test_loading_does_not_tie_two_learners_together():
    model, optimizer = learner()
    take_steps(model, optimizer, 2)
    state = optimizer.state()
    before = {name: tensor.clone() for name, tensor in state.items()}
    other_model, other = learner()
    other.load(state)
    take_steps(other_model, other, 2)
    assert [name for name in state if not torch.equal(state[name], before[name])] == []


def test_the_average_ramps_from_the_newest_weights_to_a_long_memory():
    model, optimizer = learner(average=0.5)
    expected = {name: p.detach().clone() for name, p in model.named_parameters()}
    for t in range(12):
        take_steps(model, optimizer, 1, first=t)
        decay = min(0.5, (t + 1) / (t + 10))
        for name, p in model.named_parameters():
            expected[name] = decay * expected[name] + (1 - decay) * p.detach()
    for name, tensor in optimizer.average.items():
        assert torch.allclose(tensor, expected[name], atol=1e-5), name


@pytest.mark.parametrize(
    ("name", "rate"), [("qkv", 1.0), ("out", 1.0), ("up", 2**0.5), ("down", 1.0)]
)
def test_an_update_moves_each_matrix_by_its_rate_in_every_direction(name, rate):
    # up is (64, 32) and moves sqrt(2) times as far; queries, keys and values count apart
    model, optimizer = learner(muon_lr=0.01)
    p = dict(model.named_parameters())[name]
    before = p.detach().clone()
    split = (-1, GENOME.width, GENOME.width) if name == "qkv" else p.shape
    drawn = torch.randn(p.shape, generator=torch.Generator().manual_seed(0)).view(split)
    u, _, v = torch.linalg.svd(drawn, full_matrices=False)
    sizes = 10.0 ** torch.arange(len(drawn)).view(-1, 1, 1)
    p.grad = (sizes * u @ v).reshape(p.shape)
    optimizer.step(1.0)
    moved = (before - p.detach()).view(split) / (0.01 * rate)
    assert torch.allclose(moved, newton_schulz((sizes * u) @ v), atol=1e-3)
    assert torch.linalg.svdvals(moved).min() > 0.65


def test_a_matrix_without_a_gradient_stays():
    model, optimizer = learner()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    model.up.grad = torch.ones_like(model.up)
    optimizer.step(1.0)
    moved = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert moved == {"up"}


def test_a_step_forgets_the_gradients():
    model, optimizer = learner()
    take_steps(model, optimizer, 1)
    assert all(p.grad is None for p in model.parameters())


def test_a_step_of_scale_zero_moves_nothing():
    model, optimizer = learner()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    rows = corpus().rows
    packed = pack(GENOME, model.classes, rows, torch.arange(5).numpy())
    F.cross_entropy(model(packed), packed.target).backward()
    optimizer.step(0.0)
    assert all(torch.equal(p, before[name]) for name, p in model.named_parameters())
