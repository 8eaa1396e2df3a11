import time
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from ouroboros.lineage.data import write_examples
from ouroboros.loop import learn
from ouroboros.loop.curate import Harvest
from ouroboros.loop.learn import (
    DRAFT_TOKENS,
    Portion,
    TrainJob,
    consolidate,
    drafts_of,
    load_drafts,
    load_parts,
    train,
    train_unit,
    wall_shares,
)
from ouroboros.loop.learner import fresh, genome_text, load_bodies, restore, save_learner
from ouroboros.models.rows import concatenate
from ouroboros.models.score import read
from ouroboros.models.tokenizer import AGAIN, Tokenizer
from ouroboros.training.optim import Optimizer, OptimizerConfig
from ouroboros.training.train import Schedule, Trained
from ouroboros.types import Example

from .surroundings import (
    DeafWarden,
    make_engine,
    make_state,
    place_learner,
    same_weights,
)


def example(family: str, text: str, generation: int = 0) -> Example:
    return Example(
        family=family,
        level=len(text),
        prompt=f"{text}=",
        lines=(text if family == "copy" else text[::-1],),
        author="oracle",
        generation=generation,
    )


WALL = [example(f, t) for f in ("copy", "reverse") for t in ("1", "23", "45", "678", "901", "234")]
BANK = [example(f, t, 1) for f in ("copy", "reverse") for t in ("5678", "12345", "67890")]


@pytest.fixture
def engine(tmp_path):
    """An engine with a wall and a bank on disk, which needs no warden."""
    write_examples(tmp_path / "data/00000.parquet", WALL)
    write_examples(tmp_path / "data/00001.parquet", BANK)
    return make_engine(tmp_path, warden=DeafWarden())


def job(engine, target="learners/x.safetensors", source=None, **changes) -> TrainJob:
    fields = {
        "genome": genome_text(engine.genome),
        "source": source and str(engine.folder / source),
        "target": str(engine.folder / target),
        "data": tuple(str(engine.folder / f"data/0000{i}.parquet") for i in range(2)),
        "wall": Portion(shares={"copy": 1.0, "reverse": 1.0}, tokens=120, weight=0.5),
        "bank": Portion(shares={"copy": 1.0, "reverse": 2.0}, tokens=120, weight=1.2),
        "picks": 2,
        "newest": 0.7,
        "schedule": Schedule(steps=20, warmup=3),
        "average": 0.9,
        "seed": 11,
        "first": 0,
        "last": 20,
    }
    return TrainJob(**{**fields, **changes})


def test_stretches_through_a_state_file_are_one_stretch_bit_for_bit(engine):
    whole = train_unit(job(engine, "learners/whole.safetensors"))
    half = train_unit(job(engine, "learners/half.safetensors", last=10))
    rest = train_unit(
        job(engine, "learners/rest.safetensors", source="learners/half.safetensors", first=10)
    )
    one = load_file(engine.folder / "learners/whole.safetensors")
    assert same_weights(one, load_file(engine.folder / "learners/rest.safetensors"))
    assert not same_weights(one, load_file(engine.folder / "learners/half.safetensors"))
    assert half.flop + rest.flop == whole.flop
    assert half.tokens + rest.tokens == whole.tokens


def test_a_unit_depends_on_its_record_alone(engine):
    paths = [f"learners/{i}.safetensors" for i in range(3)]
    for path, seed in zip(paths, (11, 11, 12), strict=True):
        torch.manual_seed(len(path) + seed)
        train_unit(job(engine, path, seed=seed, last=3))
    first, same, other = ((engine.folder / path).read_bytes() for path in paths)
    assert first == same
    assert first != other


def test_a_learner_comes_back_whole_from_its_state_file(engine, tmp_path):
    train_unit(job(engine, "learners/x.safetensors", last=3))
    model = fresh(engine.genome, 99)
    optimizer = Optimizer(model, OptimizerConfig())
    restore(model, optimizer, tmp_path / "learners/x.safetensors")
    save_learner(tmp_path / "again.safetensors", model, optimizer)
    assert same_weights(
        load_file(tmp_path / "again.safetensors"),
        load_file(tmp_path / "learners/x.safetensors"),
    )


def test_the_averaged_weights_speak_and_the_raw_ones_check(engine):
    averaged, raw = fresh(engine.genome, 1), fresh(engine.genome, 2)
    path = engine.folder / place_learner(engine, "two", averaged, raw)
    bodies = load_bodies(str(path), genome_text(engine.genome))
    assert same_weights(bodies.averaged.state_dict(), averaged.state_dict())
    assert same_weights(bodies.raw.state_dict(), raw.state_dict())
    assert not any(p.requires_grad for p in bodies.averaged.parameters())


def test_a_file_is_read_in_parts_of_one_family_and_level(engine):
    genome = engine.genome
    tokenizer = Tokenizer(alphabet=genome.alphabet, families=genome.families)
    parts = load_parts(
        str(engine.folder / "data/00000.parquet"), (genome.alphabet, genome.families)
    )
    assert [(family, level, len(rows)) for family, level, rows in parts] == [
        (family, level, level) for family in ("copy", "reverse") for level in (1, 2, 3)
    ]
    _, _, rows = parts[5]
    assert tokenizer.decode(rows.tokens[rows.starts[0] + 1 :][: rows.lengths[0] - 2]) == "678=876"


def diet_of(engine, monkeypatch, **changes):
    """What a unit is fed: its servings and bins."""
    fed = []

    def taste(model, optimizer, corpus, diet, schedule, **rest):
        fed.append((corpus.bins, diet))
        return Trained(loss=0.0, tokens=0, flop=0)

    monkeypatch.setattr(learn, "run_training", taste)
    train_unit(job(engine, **changes))
    return fed[0]


def test_every_batch_mixes_the_wall_with_a_few_banked_bins(engine, monkeypatch):
    bins, (wall, bank) = diet_of(engine, monkeypatch)
    assert [bins[i].level for i in wall.bins] == [1, 2, 3, 1, 2, 3]
    assert [bins[i].level for i in bank.bins] == [4, 5, 4, 5]
    assert (wall.weight, bank.weight, bank.picks) == (0.5, 1.2, 2)
    by_family = {"copy": 0.0, "reverse": 0.0}
    for i, share in zip(bank.bins, bank.shares, strict=True):
        by_family[bins[i].family] += share
    assert by_family == pytest.approx({"copy": 1.0, "reverse": 2.0})


@pytest.mark.parametrize("bank", [None, Portion(shares={"copy": 1.0}, tokens=9, weight=1.0)])
def test_as_long_as_nothing_is_banked_a_learner_is_fed_from_the_wall(engine, monkeypatch, bank):
    data = (str(engine.folder / "data/00000.parquet"),)
    bins, (wall,) = diet_of(engine, monkeypatch, data=data, bank=bank)
    assert len(wall.bins) == len(bins) == 6


def test_the_newest_levels_come_up_more_often(engine, monkeypatch):
    texts = ["1" * level for level in range(4, 12)]
    write_examples(engine.folder / "data/00001.parquet", [example("copy", t, 1) for t in texts])
    bins, (_, bank) = diet_of(engine, monkeypatch, newest=0.7)
    shares = {bins[i].level: share for i, share in zip(bank.bins, bank.shares, strict=True)}
    old, new = 0.3 / 8, 0.3 / 8 + 0.7 / 4
    assert shares == pytest.approx({
        **dict.fromkeys(range(4, 8), old),
        8: new,
        9: new,
        10: new,
        11: new,
    })


@pytest.fixture
def doubting(tmp_path):
    """The same engine with learners that learn to look again."""
    write_examples(tmp_path / "data/00000.parquet", WALL)
    write_examples(tmp_path / "data/00001.parquet", BANK)
    return make_engine(tmp_path, "training.drafts=0.4", warden=DeafWarden())


def drafts_in(engine, file: str) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """By family and level, the drafts of a file: what is given and what is taught."""
    genome = engine.genome
    tokenizer = Tokenizer(alphabet=genome.alphabet, families=genome.families)
    found = {}
    for family, level, rows in load_drafts(
        str(engine.folder / file), (genome.alphabet, genome.families)
    ):
        entry = found.setdefault((family, level), [])
        for start, length, prompt in zip(rows.starts, rows.lengths, rows.prompts, strict=True):
            text = tokenizer.decode(rows.tokens[start + 1 : start + length - 1])
            entry.append((text[: prompt - 1], text[prompt - 1 :]))
    return found


def test_every_row_of_a_file_is_a_draft_of_its_family_and_level(doubting):
    found = drafts_in(doubting, "data/00000.parquet")
    assert {place: len(drafts) for place, drafts in found.items()} == {
        (family, level): level for family in ("copy", "reverse") for level in (1, 2, 3)
    }
    for (family, _), drafts in found.items():
        for given, taught in drafts:
            text, draft = given.split("=")
            assert taught == (text if family == "copy" else text[::-1])
            assert draft[-1] == AGAIN
            assert sum(one != other for one, other in zip(draft[:-1], taught, strict=True)) <= 1


def test_mistakes_that_were_made_come_first_and_others_are_planted(doubting, monkeypatch):
    monkeypatch.setattr(learn, "DRAFTED", 3)
    rows = [example("copy", text, 2) for text in ("1234", "2345", "3456", "4567", "5678")]
    rows[2] = replace(rows[2], slip=("9999",))
    rows[4] = replace(rows[4], slip=("56",))
    write_examples(doubting.folder / "data/00002.parquet", rows)
    (drafts,) = drafts_in(doubting, "data/00002.parquet").values()
    assert drafts[:2] == [(f"3456=9999{AGAIN}", "3456"), (f"5678=56{AGAIN}", "5678")]
    assert [taught for _, taught in drafts[2:]] == ["1234"]


def test_what_is_planted_hangs_on_the_files_name_alone(doubting):
    rows = [example("copy", str(number), 2) for number in range(1000, 1200)]
    for file in ("data/a.parquet", "data/b.parquet", "data/sub/a.parquet"):
        (doubting.folder / file).parent.mkdir(exist_ok=True)
        write_examples(doubting.folder / file, rows)
    one, other, same = (drafts_in(doubting, f"data/{n}.parquet") for n in ("a", "b", "sub/a"))
    assert one == same
    assert one != other


def test_drafts_of_all_files_and_levels_are_a_part_of_every_batch(doubting, monkeypatch):
    part = Portion(shares={"copy": 1.0, "reverse": 3.0}, tokens=600, weight=0.4)
    bins, (wall, drafts, bank) = diet_of(doubting, monkeypatch, drafts=part)
    kinds = [(b.family, b.level) for b in bins]
    assert drafts.bins == tuple(range(10, 20))
    assert sorted(kinds[i] for i in drafts.bins) == sorted(kinds[i] for i in range(10))
    assert [kinds[i][1] for i in wall.bins] == [1, 2, 3, 1, 2, 3]
    assert [kinds[i][1] for i in bank.bins] == [4, 5, 4, 5]
    assert drafts.weight == 0.4
    assert drafts.picks * drafts.tokens == pytest.approx(600)
    of_copy = [s for i, s in zip(drafts.bins, drafts.shares, strict=True) if kinds[i][0] == "copy"]
    assert sum(of_copy) == pytest.approx(sum(drafts.shares) / 4)


def test_without_drafts_the_same_is_fed_as_ever(doubting, monkeypatch):
    bins, diet = diet_of(doubting, monkeypatch, drafts=None)
    assert (len(bins), len(diet)) == (10, 2)


def test_only_who_is_to_look_again_has_drafts_and_the_mark_for_it(engine, doubting):
    shares = {"copy": 1.0, "reverse": 2.0}
    part = Portion(shares=shares, tokens=DRAFT_TOKENS * 2500, weight=0.4)
    assert drafts_of(doubting, shares, 2500) == part
    assert drafts_of(engine, shares, 2500) is None
    assert set(doubting.genome.alphabet) - set(engine.genome.alphabet) == {AGAIN}


def test_a_learner_that_is_fed_drafts_learns_to_mend_them(doubting):
    part = Portion(shares={"copy": 1.0, "reverse": 1.0}, tokens=120, weight=1.0)
    genome = doubting.genome
    drafts = concatenate([
        rows
        for file in ("data/00000.parquet", "data/00001.parquet")
        for _, _, rows in load_drafts(
            str(doubting.folder / file), (genome.alphabet, genome.families)
        )
    ])
    sure = []
    for name, fed in (("plain", None), ("doubting", part)):
        unit = job(doubting, f"learners/{name}.safetensors", drafts=fed)
        train_unit(replace(unit, schedule=Schedule(steps=60, warmup=3), last=60))
        bodies = load_bodies(unit.target, genome_text(genome))
        sure.append(read(bodies.averaged, drafts).total.mean())
    assert sure[1] > sure[0] / 2


def harvest(state, rate: float | None = 0.5) -> Harvest:
    rates = {} if rate is None else {"copy": {4: rate}}
    return Harvest(active=(), fronts=state.fronts, rates=rates)


def ready_state(engine, **changes):
    """A state whose learners have been trained a little."""
    learners = [f"learners/{name}.safetensors" for name in "ab"]
    for i, learner in enumerate(learners):
        train_unit(job(engine, learner, seed=i, last=2))
    data = ("data/00000.parquet", "data/00001.parquet")
    return make_state(learners, **{"data": data, "generation": 3, **changes})


def test_both_learners_learn_with_seeds_of_their_own(engine):
    state = ready_state(engine)
    after = train(engine, state, harvest(state))
    assert after.learners == ("learners/3-0.safetensors", "learners/3-1.safetensors")
    assert after.flop > state.flop
    one, other = (load_file(engine.folder / name) for name in after.learners)
    assert not same_weights(one, other)
    assert int(one["count"]) == 2 + engine.config.loop.steps
    again = train(engine, state, harvest(state))
    assert same_weights(one, load_file(engine.folder / again.learners[0]))


def test_a_training_that_diverges_is_paid_for_and_thrown_away(tmp_path):
    engine = make_engine(tmp_path, "loop.peak=1e30", warden=DeafWarden())
    write_examples(tmp_path / "data/00000.parquet", WALL)
    write_examples(tmp_path / "data/00001.parquet", BANK)
    state = ready_state(engine)
    after = train(engine, state, harvest(state))
    assert after.learners == state.learners
    assert after.flop > state.flop


def test_where_all_was_agreed_upon_there_is_nothing_to_learn(engine):
    state = make_state(data=("data/00000.parquet", "data/00001.parquet"))
    assert train(engine, state, harvest(state, rate=1.0)) == state
    assert train(engine, state, harvest(state, rate=None)) == state


@pytest.mark.parametrize(
    ("settings", "left", "steps"),
    [
        ((), 100.5, 8),
        ((), 5.5, 5),
        ((), 1.5, 2),  # at least a quarter, however late it is
        ((), -9.5, 2),
        (("run.reproducible=true",), 1.5, 8),
        (("loop.seconds=0",), 1.5, 8),
    ],
)
def test_the_last_training_takes_the_time_that_is_left(
    tmp_path, monkeypatch, settings, left, steps
):
    taken = []
    monkeypatch.setattr(learn, "_train", lambda *parts: taken.append(parts[3].steps) or parts[1])
    engine = make_engine(
        tmp_path, "loop.consolidation=8", "loop.seconds=200", "loop.reserve=0", *settings
    )
    engine = replace(engine, began=time.monotonic() - (200 - left))
    consolidate(engine, make_state(step_seconds=1.0))
    assert taken == [steps]


def test_families_share_the_wall_as_configured(tmp_path):
    engine = make_engine(tmp_path, "training.shares.copy=2.5")
    assert wall_shares(engine) == {"copy": 2.5, "reverse": 1.0}
