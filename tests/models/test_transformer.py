from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from ouroboros.models import packing
from ouroboros.models.genome import Genome
from ouroboros.models.packing import num_buckets, pack
from ouroboros.models.rows import Rows, encode_rows
from ouroboros.models.transformer import BIAS_SCALE, MASK, Transformer, parameter_count

from .bodies import GENOME, VARIANTS, everything, mixed_rows, scrambled

FIVE_FAMILIES = ("reverse_addition", "forward_addition", "copy", "reverse", "parity_chain")
every_body = pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())


def logits_by_row(model: Transformer, rows: Rows, chosen: np.ndarray) -> dict[int, torch.Tensor]:
    """Each chosen row's logits, from one packed pass."""
    packed = pack(model.genome, model.classes, rows, chosen)
    ordered = chosen[packed.order]
    sizes = (rows.lengths - rows.prompts)[ordered].tolist()
    return dict(zip(ordered.tolist(), model(packed).split(sizes), strict=True))


@pytest.mark.parametrize("long_row", [8, 1000])
@every_body
def test_a_row_is_read_alike_alone_and_in_company_whatever_the_order(
    changes, long_row, monkeypatch
):
    monkeypatch.setattr(packing, "LONG_ROW", long_row)
    model = scrambled(**changes)
    rows = mixed_rows(model)
    alone = {i: logits_by_row(model, rows, np.array([i]))[i] for i in range(len(rows))}
    for chosen in (everything(rows), everything(rows)[::-1], np.array([5, 2, 7])):
        for i, logits in logits_by_row(model, rows, chosen).items():
            assert torch.allclose(logits, alone[i], atol=2e-4), i


@every_body
def test_a_later_token_changes_nothing_before_it(changes):
    model = scrambled(**changes)
    ids = model.tokenizer.encode("12+345=753\n357ab").tolist()
    size = len(ids)
    choices = (2, *model.tokenizer.encode("1a=").tolist())
    changed = [(place, token) for place in range(1, size) for token in choices]
    texts = [ids] + [[*ids[:place], token, *ids[place + 1 :]] for place, token in changed]
    lengths = np.full(len(texts), size)
    rows = Rows(
        tokens=np.array(texts, dtype=np.uint8).ravel(),
        starts=np.arange(len(texts)) * size,
        lengths=lengths,
        prompts=lengths,
    )
    hidden, _ = model.hidden(pack(model.genome, model.classes, rows, everything(rows)))
    first, *others = hidden.view(len(texts), size, -1)
    for (place, _), other in zip(changed, others, strict=True):
        assert torch.allclose(first[:place], other[:place], atol=2e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"position": "rope"},
        {"position": "learned"},
        {"position": "index_offset"},
        {"position": "relative"},
    ],
    ids=lambda changes: changes["position"],
)
def test_each_position_scheme_but_none_tells_orders_apart(changes):
    def last(model: Transformer, text: str) -> torch.Tensor:
        rows = encode_rows(model.tokenizer, "sum", [text])
        return model.hidden(pack(model.genome, model.classes, rows, everything(rows)))[0][-1]

    blind = scrambled(position="none", convolution=0, layers=1)
    assert torch.allclose(last(blind, "1234="), last(blind, "3214="), atol=1e-5)
    model = scrambled(convolution=0, layers=1, **changes)
    assert not torch.allclose(last(model, "1234="), last(model, "3214="), atol=1e-2)


def test_the_same_seed_builds_the_same_body_and_another_seed_another():
    one, same, other = (Transformer(GENOME, seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["qkv"], other["qkv"])


def test_building_a_body_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    Transformer(GENOME, seed=1)
    assert torch.equal(before, torch.get_rng_state())


def test_a_new_body_passes_its_input_through():
    # the maps back into the residual stream begin at zero
    model = Transformer(GENOME, seed=0)
    rows = mixed_rows(model)
    packed = pack(GENOME, model.classes, rows, everything(rows))
    embedded = model.embed(packed.tokens, packed.position, packed.run_index)
    assert torch.allclose(model.hidden(packed)[0], embedded, atol=1e-5)


def test_the_default_body_has_the_parameters_that_its_genome_says():
    genome = Genome(alphabet="+0123456789=abcdefghij", families=FIVE_FAMILIES)
    L, D, H, M = 2, 64, 4, 256
    vocabulary = 3 + 5 + 22
    tables = 2 * (2 * 2 + 2) + (3 + 1) + (4 + 1)
    expected = (
        2 * vocabulary * D  # embedding, head
        + L * (4 * D * D + 2 * M * D)  # queries, keys, values, output; up, down
        + L * H * (1 + tables)  # gains, biases
        + L * 2 * D  # convolution
    )
    assert parameter_count(genome) == expected == 102_576


@every_body
def test_every_parameter_of_a_body_takes_part(changes):
    model = scrambled(**changes).requires_grad_()
    rows = mixed_rows(model)
    packed = pack(model.genome, model.classes, rows, everything(rows))
    F.cross_entropy(model(packed), packed.target).backward()
    idle = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert idle == []


def test_the_bias_table_is_the_sum_of_its_parts_with_the_mask_last():
    genome = replace(GENOME, bias=("token", "segment"), layers=1)
    model = scrambled(bias=genome.bias, layers=1)
    table = model.bias_table()
    assert table.shape == (2, num_buckets(genome) + 1)
    segments = genome.segments + 1
    for token in range(genome.tokens + 1):
        for segment in range(segments):
            parts = model.bias_token[:, token] + model.bias_segment[:, segment]
            assert torch.allclose(table[:, token * segments + segment], BIAS_SCALE * parts)
    assert (table[:, -1] == MASK).all()


def test_far_bias_begins_with_a_prior_of_locality():
    model = Transformer(replace(GENOME, far_bias=0.5))
    for table in (model.bias_run_start, model.bias_run_end):
        assert (table[:, [0, 4]] == -0.5).all()
        assert (table[:, [1, 2, 3, 5]] == 0).all()
    assert not model.bias_token.any()


def test_a_random_offset_moves_every_index_but_no_symbol():
    model = scrambled(position="index_offset")
    rows = encode_rows(model.tokenizer, "sum", ["12+3="])
    packed = pack(model.genome, model.classes, rows, everything(rows))
    plain = model.embed(packed.tokens, packed.position, packed.run_index)
    moved = model.embed(packed.tokens, packed.position, packed.run_index, 7)
    same = [torch.equal(a, b) for a, b in zip(plain, moved, strict=True)]
    assert same == [True, False, False, True, False, True]


def test_positions_beyond_the_table_share_its_last_row():
    model = scrambled(position="learned", max_position=4, convolution=0)
    tokens = torch.zeros(6, dtype=torch.int64)
    embedded = model.embed(tokens, torch.arange(6), torch.zeros(6, dtype=torch.int64))
    assert torch.equal(embedded[3], embedded[5])
    assert not torch.equal(embedded[2], embedded[3])
