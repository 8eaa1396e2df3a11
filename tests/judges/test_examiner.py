"""The examiner: weights in, counts out, whatever the weights and whatever the request."""

import io
import itertools
import json
import math
import os
import pickle
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from ouroboros.envs import load_families
from ouroboros.models.decode import decode
from ouroboros.models.flop import forward_flop
from ouroboros.models.genome import Genome
from ouroboros.models.packing import pack
from ouroboros.models.rows import encode_rows
from ouroboros.models.transformer import Transformer
from ouroboros_judges import examiner
from ouroboros_judges.answers import load_answers
from ouroboros_judges.trials import lower_bound
from ouroboros_warden.canonical import checkpoint_id

NAMES = ["reverse_addition", "forward_addition", "copy", "reverse", "parity_chain"]
FILES = {"genome": "genome.json", "weights": "weights.safetensors"}
SEED, OTHER_SEED = "ab" * 32, "cd" * 32
GENOME = Genome(
    alphabet="+0123456789=abcdefghij",
    families=tuple(NAMES),
    layers=1,
    width=8,
    heads=1,
    mlp_ratio=1.0,
)
FULL = {"families": {"copy": {"wall": 2, "frontier": 2}}, "seed": SEED, "items": 60}


def write(folder: Path, genome: Genome = GENOME, seed: int = 0, **changes: torch.Tensor) -> str:
    """A checkpoint folder in `folder` with random weights, some of them changed."""
    draft = folder / "draft"
    draft.mkdir(parents=True)
    weights = {**Transformer(genome, seed=seed).state_dict(), **changes}
    (draft / "genome.json").write_text(json.dumps(genome.to_json()))
    (draft / "weights.safetensors").write_bytes(save(weights))
    return named(draft)


def named(folder: Path | str, **files: bytes) -> str:
    """Change a checkpoint's files, and give the folder the name that it deserves then."""
    for name, content in files.items():
        (Path(folder) / FILES[name]).write_bytes(content)
    return str(Path(folder).rename(Path(folder).with_name(checkpoint_id(Path(folder)))))


def sitting(successor: str, champion: str | None = None, **changes: object) -> dict:
    request = {
        "op": "sit",
        "champion": champion,
        "successor": successor,
        "families": {"copy": {"wall": 3, "frontier": 3}, "reverse": {"wall": 2, "frontier": 5}},
        "seed": SEED,
        "items": 8,
        "part": [0, 1],
        "full": False,
    }
    return {**request, **changes}


def ask(request: object) -> dict:
    return examiner.answer(json.dumps(request).encode())


# the process -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def process():
    with subprocess.Popen(
        [sys.executable, "-m", "ouroboros_judges.examiner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    ) as running:
        yield running
        running.stdin.close()
        assert running.wait(timeout=30) == 0  # it ends with its input


def talk(process, line: bytes) -> dict:
    process.stdin.write(line + b"\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def test_the_process_answers_as_the_module_does(process, tmp_path):
    one, other = write(tmp_path / "one"), write(tmp_path / "other", seed=1)
    request = sitting(one, other)
    sat = talk(process, json.dumps(request).encode())
    assert sat == ask(request)
    assert {row[0] for row in sat["rows"]} == {"copy", "reverse"}
    assert sat["flop"] > 0
    weighing = {
        "op": "weigh",
        "rows": sat["rows"],
        "families": request["families"],
        "alpha": 0.05,
        "margin": 0.03,
        "full": False,
    }
    weighed = talk(process, json.dumps(weighing).encode())
    assert weighed == ask(weighing)
    assert weighed["e_value"] == 1.0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b"[]",
        b"{}",
        b'{"op": "sit"}',
        b'{"op": "weigh"}',
        b'{"op": "__import__"}',
        b'{"op": ["sit"]}',
        b'{"op": "weigh", "rows": [["copy", 1]], "families": {}, "margin": 0.03, "full": false}',
        b'{"op": "sit", "families": {"cooking": {}}, "successor": "/nowhere", "champion": null}',
        b"\xff\xfe",
        b'"' + b"x" * 100_000,
        b"[" * 100_000,
    ],
)
def test_a_malformed_request_is_an_answer_and_the_process_lives_on(process, line):
    assert list(talk(process, line)) == ["error"]
    good = {"op": "weigh", "rows": [], "families": {}, "margin": 0.03, "full": False}
    assert talk(process, json.dumps(good).encode()) == {"e_value": 1.0, "families": {}}


# weights are data --------------------------------------------------------------------------


class Attack:
    """Unpickling it leaves a trace."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return (open, (str(self.trace), "w"))


def test_a_pickle_in_place_of_weights_is_unfit_and_is_not_run(tmp_path):
    folder, trace = write(tmp_path / "bad"), tmp_path / "trace"
    saved = io.BytesIO()
    torch.save({"qkv": Attack(trace)}, saved)
    pickles = [pickle.dumps(Attack(trace)), pickle.dumps({"qkv": Attack(trace)}, 0)]
    for content in (*pickles, saved.getvalue(), b""):
        folder = named(folder, weights=content)
        assert "no body: Error while deserializing" in ask(sitting(folder))["unfit"]
    assert not trace.exists()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"head": torch.zeros(3, 3)}, "head"),
        ({"extra": torch.zeros(1)}, "extra"),
    ],
)
def test_weights_that_are_not_the_genomes_are_unfit(tmp_path, changes, named):
    assert named in ask(sitting(write(tmp_path / "bad", **changes)))["unfit"]


@pytest.mark.parametrize(
    "changes",
    [{"qkv": torch.full((1, 24, 8), torch.nan)}, {"out": torch.full((1, 8, 8), torch.inf)}],
)
def test_weights_that_are_no_numbers_get_nothing_right(tmp_path, changes):
    rows = ask(sitting(write(tmp_path / "bad", **changes)))["rows"]
    assert rows
    assert not any(row[4] for row in rows)


def test_missing_weights_are_unfit(tmp_path):
    weights = Transformer(GENOME).state_dict()
    del weights["head"]
    folder = named(write(tmp_path / "bad"), weights=save(weights))
    assert "head" in ask(sitting(folder))["unfit"]


def test_bytes_that_do_not_deserve_the_folders_name_are_unfit(tmp_path):
    folder, other = write(tmp_path / "new"), write(tmp_path / "old", seed=1)
    for request in (sitting(folder, other), sitting(other, folder)):
        assert "rows" in ask(request)
    weights = (Path(other) / FILES["weights"]).read_bytes()
    (Path(folder) / FILES["weights"]).write_bytes(weights)
    for request in (sitting(folder, other), sitting(other, folder)):
        assert "is not what was handed in" in ask(request)["unfit"]


@pytest.mark.parametrize(
    "genome",
    [
        b"{}",
        b'{"alphabet": "01", "families": ["copy"], "code": "import os"}',
        json.dumps({**GENOME.to_json(), "heads": 0}).encode(),
        json.dumps({**GENOME.to_json(), "width": "8"}).encode(),
    ],
)
def test_a_genome_that_builds_no_body_is_unfit(tmp_path, genome):
    folder = named(write(tmp_path / "bad"), genome=genome)
    assert "no body" in ask(sitting(folder))["unfit"]


@pytest.mark.parametrize("genome", [b"", b"[]", b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_a_genome_that_is_none_is_unfit(tmp_path, genome):
    folder = write(tmp_path / "bad")
    (Path(folder) / FILES["genome"]).write_bytes(genome)
    assert list(ask(sitting(folder))) == ["unfit"]


@pytest.mark.parametrize("change", [{"families": ("copy",)}, {"alphabet": "abc="}])
def test_a_body_that_does_not_know_the_tasks_is_unfit(tmp_path, change):
    narrow = replace(GENOME, **change)
    found = ask(sitting(write(tmp_path / "narrow", narrow)))
    assert "reverse" in found["unfit"] or "the character" in found["unfit"]


# items -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("items", [8, 9, 48])
def test_half_of_the_items_are_adversarial_and_all_of_the_level(name, items):
    family, answers = load_families([name])[name], load_answers([name])[name]
    minted = examiner.mint(family, answers, 7, items, SEED, (0, 1))
    assert len(minted) == items
    assert {family.level_of(prompt) for prompt in minted} == {7}
    hard = answers.adversarial(7, examiner.derive(SEED, "hard", name, 7), items // 2)
    assert minted[items - items // 2 :] == hard


@given(
    st.sampled_from(NAMES), st.integers(1, 30), st.integers(8, 40), st.integers(1, 5), st.binary()
)
def test_the_parts_of_an_examination_share_its_items_without_overlap(
    name, level, items, parts, secret
):
    family, answers = load_families([name])[name], load_answers([name])[name]
    seed = secret.hex()
    whole = examiner.mint(family, answers, level, items, seed, (0, 1))
    shared = [examiner.mint(family, answers, level, items, seed, (i, parts)) for i in range(parts)]
    # dealt like cards, so that each part has its half of adversarial items
    assert [shared[i % parts][i // parts] for i in range(items)] == whole
    assert sum(map(len, shared)) == items


def test_the_same_seed_mints_the_same_items_and_another_seed_others():
    family, answers = load_families(["copy"])["copy"], load_answers(["copy"])["copy"]

    def minted(seed: str, level: int = 12) -> list[str]:
        return examiner.mint(family, answers, level, 48, seed, (0, 1))

    assert minted(SEED) == minted(SEED)
    # constant strings and the corner cases of a level are few: they come up again and again
    one, other = (
        {prompt for prompt in minted(seed) if len(set(prompt)) > 3} for seed in (SEED, OTHER_SEED)
    )
    assert len(one) > 20
    assert not one & other


def test_no_two_purposes_share_a_seed():
    names = [(w, f, n) for w in ("plain", "hard") for f in NAMES for n in range(1, 40)]
    assert len({examiner.derive(SEED, *name) for name in names}) == len(names)


def test_a_reference_that_a_judge_itself_doubts_is_counted(monkeypatch):
    answers = load_answers(["copy"])["copy"]
    monkeypatch.setattr(type(answers), "by_characters", lambda self, prompt: "x")
    probes = Counter()
    assert examiner.solutions(answers, ["12=", "9="], probes)[1] in {"9", "x"}
    assert probes == {"right": 2, "refused": 2}


def drawing(**changes: object) -> dict:
    known = {"copy": {"wall": 2, "frontier": 2}, "reverse": {"wall": 2, "frontier": 2}}
    request = {"op": "marks", "families": known, "seed": SEED, "items": 6, "full": False}
    return {**request, "levels": {"copy": [2, 8, 9], "reverse": [1]}, **changes}


def test_a_sitting_is_drawn_again_as_its_parts_were_at_the_levels_that_were_asked():
    request = drawing()
    drawn = {(name, level): prompts for name, level, prompts in examiner.draw(request)}
    assert drawn.keys() == {("copy", 2), ("copy", 8), ("reverse", 1)}  # none has level 9
    families, answers = load_families(["copy", "reverse"]), load_answers(["copy", "reverse"])
    items = {(name, *place) for name in families for place in examiner.paper(request, name)}
    for name, level, count in items:
        parts = [
            examiner.mint(families[name], answers[name], level, count, SEED, (part, 2))
            for part in range(2)
        ]
        if (name, level) in drawn:
            assert sorted(drawn[name, level]) == sorted(parts[0] + parts[1])


def test_marks_name_places_and_hashes_and_no_item(process):
    told = talk(process, json.dumps(drawing()).encode())
    drawn = list(examiner.draw(drawing()))
    assert told == {
        "marks": [[name, level, [examiner.mark(name, p) for p in ps]] for name, level, ps in drawn]
    }
    assert not any(json.dumps(p) in json.dumps(told) for _, _, ps in drawn for p in ps)
    assert talk(process, json.dumps(drawing(seed=OTHER_SEED)).encode()) != told


def test_a_mark_is_of_the_family_and_the_prompt_together():
    assert examiner.mark("copy", "12=") == "836889968159c50f"  # b2sum -l 64
    assert len({examiner.mark(*pair) for pair in (("copy", "1="), ("reverse", "1="))}) == 2


# levels ------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.binary(max_size=9))
def test_a_full_examination_holds_all_levels_to_twice_the_wall_and_reaches_the_top(wall, secret):
    levels = examiner.full_levels(wall, secret.hex(), "copy")
    assert levels == sorted(set(levels))
    assert levels[: 2 * wall] == list(range(1, 2 * wall + 1))
    assert levels[-1] == examiner.TOP * wall
    steps = round(math.log(examiner.TOP / 2) / math.log(examiner.RATIO))
    assert len(levels) <= 2 * wall + 2 * steps
    # no gap wider than the grid's ratio, rounding aside
    beyond = levels[2 * wall - 1 :]
    assert all(high <= low * examiner.RATIO * 1.1 + 2 for low, high in itertools.pairwise(beyond))


@given(st.integers(1, 60), st.integers(0, 2000), st.binary(max_size=9))
def test_a_paired_examination_looks_from_the_wall_to_far_beyond_the_champion(wall, reached, secret):
    reached = min(reached, examiner.TOP * wall)
    levels = examiner.paired_levels(wall, reached, secret.hex(), "copy")
    assert levels == sorted(set(levels))
    assert 1 <= levels[0] <= wall
    assert wall in levels
    assert levels[-1] == min(examiner.TOP * wall, examiner.AHEAD * max(wall, reached))
    # its cost grows with the logarithm of the champion's frontier
    assert len(levels) <= 7 + math.log(levels[-1] / wall) / math.log(examiner.COARSE)


def test_levels_that_are_drawn_differ_from_seed_to_seed():
    for levels in (
        lambda seed: examiner.full_levels(6, seed, "copy"),
        lambda seed: examiner.paired_levels(6, 60, seed, "copy"),
    ):
        assert levels(SEED) == levels(SEED)
        assert levels(SEED) != levels(OTHER_SEED)


# examinations ------------------------------------------------------------------------------


@pytest.fixture
def gifted(monkeypatch, tmp_path):
    """Make models that are right up to a level of `copy` or `reverse`, whatever their weights."""
    reach: dict[int, int] = {}

    def make(name: str, level: int) -> str:
        folder = write(tmp_path / name)
        (Path(folder) / "reach").write_text(str(level))
        return folder

    honest = examiner.load_candidate

    def load(folder: Path) -> Transformer:
        model = honest(folder)
        reach[id(model)] = int((folder / "reach").read_text())
        return model

    def difference(model: Transformer, rows) -> np.ndarray:
        return np.where(rows.prompts - 2 <= reach[id(model)], -1, 0)

    monkeypatch.setattr(examiner, "load_candidate", load)
    monkeypatch.setattr(examiner, "first_difference", difference)
    return make


def test_who_passes_an_impossible_task_is_found_out(gifted):
    request = sitting(gifted("new", 10**6), gifted("old", 0))
    sat = ask(request)
    levels = len(sat["rows"])
    probes = sat["probes"]
    assert probes["wrong"] == 3 * levels  # for the judge's own routes and for each of the two
    assert probes["accepted"] == levels  # this one claims to be right whatever is wanted
    assert probes["right"] == sum(row[2] for row in sat["rows"])
    assert probes["refused"] == 0


def test_honest_weights_pass_no_impossible_task(tmp_path, half_taught):
    probes = ask(sitting(write(tmp_path / "new"), write(tmp_path / "old", seed=1)))["probes"]
    assert probes["accepted"] == probes["refused"] == 0
    assert probes["wrong"] > 0
    family, answers = load_families(["copy"])["copy"], load_answers(["copy"])["copy"]
    for level in range(1, 6):
        prompts = [task.prompt for task in family.propose(level, 3, 20)]
        wanted = ["\n".join(examiner.impossible(family, answers, level, SEED, p)) for p in prompts]
        assert not examiner.grade(half_taught, "copy", prompts, wanted)[0].any()


def weighed(rows: list, families: dict, *, full: bool) -> dict:
    request = {"op": "weigh", "rows": rows, "families": families, "alpha": 0.05}
    return ask({**request, "margin": 0.03, "full": full})


def test_a_model_that_is_always_right_has_its_frontier_at_the_top(gifted):
    rows = ask(sitting(gifted("all", 10**6), full=True, **FULL))["rows"]
    assert [row[1] for row in rows] == examiner.full_levels(2, SEED, "copy")
    assert all(row[2:] == [60, 0, 60, 60, 0] for row in rows)
    found = weighed(rows, FULL["families"], full=True)["families"]["copy"]
    assert found["frontier"] == 2 * examiner.TOP
    assert found["accuracy"] == 1.0
    assert found["lower95"] == pytest.approx(lower_bound(60, 60))
    assert found["champion_frontier"] == 2
    assert found["inferior"] is False


def test_a_model_that_is_right_up_to_a_level_has_its_frontier_there(gifted):
    rows = ask(sitting(gifted("some", 7), full=True, **FULL))["rows"]
    levels = examiner.full_levels(2, SEED, "copy")
    known = [level for level in levels if level <= 7]
    assert weighed(rows, FULL["families"], full=True)["families"]["copy"]["frontier"] == known[-1]
    # two hopeless levels more, then no time is wasted on the rest
    assert [row[1] for row in rows] == levels[: len(known) + examiner.HOPELESS]


def test_a_better_successor_wins_on_the_levels_that_it_alone_knows(gifted):
    families = {"copy": {"wall": 3, "frontier": 3}}
    request = sitting(gifted("new", 9), gifted("old", 4), families=families, items=48)
    rows = ask(request)["rows"]
    for _, level, items, champion, successor, wins, losses in rows:
        assert (champion, successor) == (items * (level <= 4), items * (level <= 9))
        assert (wins, losses) == (successor - champion, 0)
    result = weighed(rows, families, full=False)
    assert result["e_value"] > 1e6
    copy = result["families"]["copy"]
    assert 4 < copy["frontier"] <= 9
    assert copy["inferior"] is False


def test_a_successor_that_forgot_what_the_champion_knows_is_inferior(gifted):
    families = {"copy": {"wall": 3, "frontier": 9}}
    request = sitting(gifted("new", 4), gifted("old", 9), families=families)
    result = weighed(ask(request)["rows"], families, full=False)
    assert result["families"]["copy"]["inferior"] is True
    assert result["e_value"] < 1


def test_a_paired_examination_goes_on_while_one_of_the_two_has_hope(gifted):
    families = {"copy": {"wall": 3, "frontier": 3}}
    request = sitting(gifted("new", 1), gifted("old", 10**6), families=families)
    levels = [row[1] for row in ask(request)["rows"]]
    assert levels == examiner.paired_levels(3, 3, SEED, "copy")


def test_the_parts_of_an_examination_add_up_to_the_whole(gifted):
    new, old = gifted("new", 9), gifted("old", 4)
    whole = ask(sitting(new, old))["rows"]
    parts = [ask(sitting(new, old, part=[i, 3]))["rows"] for i in range(3)]
    sums: dict[tuple, Counter] = {}
    for row in (row for part in parts for row in part):
        sums.setdefault(tuple(row[:2]), Counter()).update(dict(enumerate(row[2:])))
    assert [[*place, *(sums[place][i] for i in range(5))] for place in sums] == whole


def test_cheap_levels_of_a_paired_examination_get_twice_the_items(gifted):
    families = {"copy": {"wall": 1, "frontier": 8}}
    request = sitting(gifted("new", 10**6), gifted("old", 10**6), families=families)
    items = {row[1]: row[2] for row in ask(request)["rows"]}
    assert all(count == (16 if level <= examiner.CHEAP else 8) for level, count in items.items())
    assert max(items) > examiner.CHEAP


def test_an_examination_repeats_with_its_seed(tmp_path):
    one, other = write(tmp_path / "one"), write(tmp_path / "other", seed=1)
    assert ask(sitting(one, other)) == ask(sitting(one, other))


# grading -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def half_taught() -> Transformer:
    """A body that answers some one-digit problems of `copy` right and others not."""
    genome = replace(GENOME, width=32, heads=2, layers=1)
    model = Transformer(genome, seed=0)
    prompts = [f"{i}=" for i in range(10)]
    texts = [str(i) if i < 5 else str((i + 1) % 10) for i in range(10)]
    rows = encode_rows(model.tokenizer, "copy", prompts, texts)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(60):
        packed = pack(genome, model.classes, rows, np.arange(10))
        torch.nn.functional.cross_entropy(model(packed), packed.target).backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.requires_grad_(False)


def test_an_item_is_right_exactly_if_the_model_would_write_the_right_text(half_taught):
    family, answers = load_families(["copy"])["copy"], load_answers(["copy"])["copy"]
    prompts = [f"{i}=" for i in range(10)] + ["12=", "a=", "77="]
    texts = examiner.solutions(answers, prompts, Counter())
    right, flop = examiner.grade(half_taught, "copy", prompts, texts)

    rows = encode_rows(half_taught.tokenizer, "copy", prompts)
    decoded = decode(half_taught, rows, max(map(family.completion_length, prompts)) + 1)
    written = [
        half_taught.tokenizer.decode(ids[: size - 1]).split("\n") if ended else []
        for ids, size, ended in zip(decoded.tokens, decoded.lengths, decoded.ended, strict=True)
    ]
    verdicts = [answers.verify(p, lines).correct for p, lines in zip(prompts, written, strict=True)]
    assert right.tolist() == verdicts
    assert verdicts[:10] == [True] * 5 + [False] * 5
    whole = encode_rows(half_taught.tokenizer, "copy", prompts, texts)
    targets = int((whole.lengths - whole.prompts).sum())
    size = half_taught.tokenizer.size
    assert flop == forward_flop(half_taught.genome, size, whole.lengths, targets)
