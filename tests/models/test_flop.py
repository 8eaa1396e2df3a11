import numpy as np
import pytest
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from ouroboros.models.decode import decode
from ouroboros.models.flop import decode_flop, forward_flop, token_flop, update_flop
from ouroboros.models.genome import Genome
from ouroboros.models.packing import pack
from ouroboros.models.rows import encode_rows
from ouroboros.models.tokenizer import END
from ouroboros.models.transformer import Transformer
from ouroboros.training.optim import Optimizer, OptimizerConfig

from .bodies import VARIANTS, everything, mixed_rows, scrambled

every_body = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
unlike_bodies = pytest.mark.parametrize(
    "name", ["relative", "relative, looped", "rope, odd heads", "swiglu", "all at once"]
)


def convolved(genome: Genome, tokens: int) -> int:
    """What the short convolution costs; it is element-wise, so torch does not count it."""
    return 2 * genome.convolution * genome.width * genome.layers * genome.loops * tokens


def counted(action) -> int:
    with FlopCounterMode(display=False) as counter:
        action()
    return counter.get_total_flops()


@every_body
def test_a_forward_pass_costs_what_torch_counts(changes):
    model = scrambled(**changes)
    rows = mixed_rows(model)
    packed = pack(model.genome, model.classes, rows, everything(rows))
    stated = forward_flop(model.genome, model.tokenizer.size, rows.lengths, len(packed.target))
    tokens = len(packed.tokens)
    assert stated - convolved(model.genome, tokens) == counted(lambda: model(packed))


@unlike_bodies
def test_a_training_step_costs_three_forward_passes(name):
    model = scrambled(**VARIANTS[name]).requires_grad_()
    rows = mixed_rows(model)
    packed = pack(model.genome, model.classes, rows, everything(rows))
    stated = forward_flop(model.genome, model.tokenizer.size, rows.lengths, len(packed.target))
    found = counted(lambda: F.cross_entropy(model(packed), packed.target).backward())
    assert 3 * (stated - convolved(model.genome, len(packed.tokens))) == found


@unlike_bodies
def test_a_decode_costs_what_torch_counts_where_no_row_waits_for_another(name):
    model = scrambled(**VARIANTS[name])
    model.head[END] = -model.head[END + 1 :].mean(dim=0)  # never the best
    prompts = encode_rows(model.tokenizer, "sum", ["12+345=", "99ab99=", "+++++++"])
    budget = 6
    found = []
    flop = counted(lambda: found.append(decode(model, prompts, budget)))
    lengths = found[0].lengths
    assert (lengths == budget).all()
    assert not found[0].ended.any()
    stated = decode_flop(model.genome, model.tokenizer.size, prompts.lengths, lengths)
    tokens = int(prompts.lengths.sum()) + len(prompts) * (budget - 1)
    assert stated - convolved(model.genome, tokens) == flop


def test_a_decode_is_charged_for_its_own_rows_only():
    # what a row that has ended costs while it waits for the others is the batch's affair
    genome, lengths, new = scrambled().genome, np.array([7, 12]), np.array([3, 9])
    together = decode_flop(genome, 22, lengths, new)
    apart = sum(decode_flop(genome, 22, lengths[[i]], new[[i]]) for i in range(2))
    assert together == apart


@pytest.mark.parametrize(
    "changes",
    [{}, {"mlp": "swiglu"}, {"mlp_ratio": 0.5}, {"mlp_ratio": 1.0}, {"layers": 3}, {"loops": 2}],
)
def test_an_update_costs_what_torch_counts(changes):
    model: Transformer = scrambled(**changes).requires_grad_()
    rows = mixed_rows(model)
    packed = pack(model.genome, model.classes, rows, everything(rows))
    F.cross_entropy(model(packed), packed.target).backward()
    optimizer = Optimizer(model, OptimizerConfig())
    assert update_flop(model.genome) == counted(lambda: optimizer.step(1.0))


def test_the_cost_of_a_token_by_hand():
    genome = Genome(alphabet="01", families=("copy",), layers=1, width=4, heads=1, convolution=2)
    # q, k, v, out: 4 maps of 4 x 4; up, down: 2 of 4 x 16; 2 taps of 4 channels
    assert token_flop(genome) == 2 * (4 * 16 + 2 * 64) + 2 * 2 * 4
