from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.models.decode import decode
from ouroboros.models.flop import forward_flop, update_flop
from ouroboros.models.packing import pack
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros.training import train as training
from ouroboros.training.corpus import build_corpus, draw
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, train, weighted_loss

from .meals import GENOME, TOKENIZER, body, corpus, serving

DIET = [serving(weight=0.5), serving(bins=(1, 3), shares=(1.0, 2.0), picks=1, weight=1.2)]
SCHEDULE = Schedule(steps=12, warmup=3)


def learner(seed: int = 0, genome=GENOME) -> tuple[Transformer, Optimizer]:
    model = body(seed, genome)
    return model, Optimizer(model, OptimizerConfig())


def trained(seed: int, genome=GENOME, body_seed: int = 0) -> dict[str, torch.Tensor]:
    model, optimizer = learner(body_seed, genome)
    train(model, optimizer, corpus(), DIET, SCHEDULE, seed=seed)
    return {**model.state_dict(), **optimizer.state()}


def differing(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if not torch.equal(one[name], other[name])]


@pytest.mark.parametrize("position", ["relative", "index_offset"])
def test_the_same_seed_trains_to_the_same_bits_and_another_seed_does_not(position):
    genome = replace(GENOME, position=position)
    first = trained(5, genome)
    assert differing(first, trained(5, genome)) == []
    assert {"qkv", "embedding", "average.up"} <= set(differing(first, trained(6, genome)))


def test_stretches_of_a_schedule_are_the_whole_of_it_bit_for_bit():
    model, optimizer = learner()
    parts = [
        train(model, optimizer, corpus(), DIET, SCHEDULE, seed=5, first=first, last=last)
        for first, last in ((0, 5), (5, 12))
    ]
    assert differing({**model.state_dict(), **optimizer.state()}, trained(5)) == []
    whole_model, whole_optimizer = learner()
    whole = train(whole_model, whole_optimizer, corpus(), DIET, SCHEDULE, seed=5)
    assert sum(part.tokens for part in parts) == whole.tokens
    assert sum(part.flop for part in parts) == whole.flop


def test_training_is_charged_for_three_passes_and_an_update_a_step():
    model, optimizer = learner()
    result = train(model, optimizer, corpus(), DIET, SCHEDULE, seed=5, last=2)
    expected = tokens = 0
    whole = corpus()
    for step in range(2):
        rows, _ = draw(whole, DIET, np.random.default_rng((5, step)))
        lengths = whole.rows.lengths[rows]
        targets = int((lengths - whole.rows.prompts[rows]).sum())
        expected += 3 * forward_flop(GENOME, TOKENIZER.size, lengths, targets)
        expected += update_flop(GENOME)
        tokens += int(lengths.sum())
    assert (result.flop, result.tokens) == (expected, tokens)


def test_a_handful_of_rows_is_learnt_by_heart_in_less_than_a_hundred_steps():
    prompts, texts = ["12=", "347=", "9=", "5550="], ["77\n1", "0", "28", "4\n4"]
    whole = build_corpus([("copy", 1, encode_rows(TOKENIZER, "copy", prompts, texts))])
    model, optimizer = learner()
    diet = [serving(bins=(0,), shares=(1.0,), picks=1, tokens=100.0)]
    result = train(model, optimizer, whole, diet, Schedule(steps=80, warmup=5), seed=0)
    assert result.loss < 0.01
    decoded = decode(model, encode_rows(TOKENIZER, "copy", prompts), 6)
    assert decoded.ended.all()
    assert [
        TOKENIZER.decode(ids[: size - 1])
        for ids, size in zip(decoded.tokens, decoded.lengths, strict=True)
    ] == texts


def test_the_loss_told_is_that_of_the_last_tenth(monkeypatch):
    seen = []
    honest = weighted_loss
    monkeypatch.setattr(
        training, "weighted_loss", lambda *parts: seen.append(honest(*parts)) or seen[-1]
    )
    model, optimizer = learner()
    result = train(model, optimizer, corpus(), DIET, Schedule(steps=20), seed=1)
    assert result.loss == pytest.approx(float(torch.stack(seen[-2:]).detach().mean()))


def test_whoever_watches_hears_of_every_twentieth_step():
    heard = []
    model, optimizer = learner()
    train(
        model,
        optimizer,
        corpus(),
        [serving(picks=1)],
        Schedule(steps=45),
        seed=1,
        report=lambda step, loss: heard.append(step),
    )
    assert heard == [20, 40]


def one_serving_a_row(texts: list[str], weights: list[float], monkeypatch) -> float:
    """The loss of a step in which every serving is one row and every target costs as told."""
    parts = [
        ("copy", i, encode_rows(TOKENIZER, "copy", ["1="], [text])) for i, text in enumerate(texts)
    ]
    diet = [
        serving(bins=(i,), shares=(1.0,), picks=1, tokens=1.0, weight=weight)
        for i, weight in enumerate(weights)
    ]
    losses = []

    def telling(logits, packed, given_weights):
        # a target costs 1 in rows of even length and 10 in rows of odd length
        costs = torch.cat([
            torch.full((group.rows * (group.length - 3),), [1.0, 10.0][group.length % 2])
            for group in packed.groups
        ])
        losses.append(float(torch.dot(costs, given_weights)))
        return weighted_loss(logits, packed, given_weights)

    monkeypatch.setattr(training, "weighted_loss", telling)
    model, optimizer = learner()
    train(model, optimizer, build_corpus(parts), diet, Schedule(steps=1), seed=0)
    return losses[0]


def test_each_serving_counts_its_weight_whatever_its_number_of_tokens(monkeypatch):
    # rows of 4 and of 13 tokens (tag, "1=", text, end)
    short, long = "", "123456789"
    assert one_serving_a_row([short, long], [1.0, 0.0], monkeypatch) == pytest.approx(1.0)
    assert one_serving_a_row([short, long], [0.0, 1.0], monkeypatch) == pytest.approx(10.0)
    assert one_serving_a_row([short, long], [0.5, 1.2], monkeypatch) == pytest.approx(12.5)
    assert one_serving_a_row([long, short], [0.5, 1.2], monkeypatch) == pytest.approx(6.2)


def test_a_row_that_two_servings_bring_counts_for_both(monkeypatch):
    honest, told = training.weighted_loss, []
    monkeypatch.setattr(
        training, "weighted_loss", lambda *parts: told.append(parts[2]) or honest(*parts)
    )
    whole = build_corpus([("copy", 1, encode_rows(TOKENIZER, "copy", ["1="], ["123"]))])
    shared = {"bins": (0,), "shares": (1.0,), "picks": 1}
    diet = [serving(**shared, tokens=14.0, weight=0.5), serving(**shared, tokens=1.0, weight=1.2)]
    model, optimizer = learner()
    train(model, optimizer, whole, diet, Schedule(steps=1), seed=0)
    # the first brings the row of four targets twice, the second once
    assert sorted(told[0].tolist()) == pytest.approx([0.5 / 8] * 8 + [1.2 / 4] * 4)


def test_the_weighted_loss_is_the_weighted_sum_of_cross_entropies():
    model = body()
    rows = corpus().rows
    packed = pack(GENOME, model.classes, rows, np.arange(len(rows)))
    logits = model(packed).detach()
    weights = torch.rand(len(packed.target), generator=torch.Generator().manual_seed(0))
    chosen = logits.log_softmax(dim=-1)[torch.arange(len(logits)), packed.target]
    assert torch.allclose(weighted_loss(logits, packed, weights), -(chosen * weights).sum())


def test_a_schedule_warms_up_stays_and_falls_to_almost_nothing():
    schedule = Schedule(steps=100, warmup=10, decay=0.4, peak=2.0)
    scales = [schedule.scale(step) for step in range(100)]
    assert scales[0] == pytest.approx(0.2)
    assert scales[4] == pytest.approx(1.0)
    assert scales[9:61] == [2.0] * 52
    assert scales[80] == pytest.approx(1.0)
    assert scales[99] == pytest.approx(2.0 / 40)


@given(
    st.integers(1, 500),
    st.integers(0, 50),
    st.floats(0, 1),
    st.floats(0.01, 10),
)
def test_a_schedule_rises_then_falls_and_never_leaves_its_peak(steps, warmup, decay, peak):
    schedule = Schedule(steps=steps, warmup=warmup, decay=decay, peak=peak)
    scales = [schedule.scale(step) for step in range(steps)]
    assert all(0 < scale <= peak for scale in scales)
    top = scales.index(max(scales))
    assert scales[: top + 1] == sorted(scales[: top + 1])
    assert scales[top:] == sorted(scales[top:], reverse=True)
