"""What `ouro bench stability` says of its runs: which there are, who decays, what is not redone."""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from _lab import make_engine
from _poison import BELIEVED
from stability import ARMS, SETTINGS, Gate, Run, kept, plans, summary, table


def run(arm: str, *curve: float, seed: int = 70, noise: str = "none", share: float = 0.0) -> Run:
    return Run(
        seed=seed,
        arm=arm,
        noise=noise,
        share=share,
        accuracy=tuple((value, value) for value in curve),
        labels=(1.0,) * (len(curve) - 1),
        examples=(10,) * (len(curve) - 1),
        variety=(1.0,) * (len(curve) - 1),
    )


def test_every_arm_is_run_clean_and_by_every_noise_and_share_once():
    found = list(plans([70, 71], ["replace", "gate"], ["uniform", "structured"], [0.01, 0.2]))
    assert len(found) == len(set(found)) == 2 * 2 * (1 + 2 * 2)
    assert {noise for _, _, noise, share in found if not share} == {"none"}
    assert [noise for _, _, noise, _ in found[:4]] == ["none"] * 4  # the clean ones come first


def test_poison_that_was_believed_is_only_for_arms_in_which_somebody_verifies():
    found = list(plans([70], ARMS, [BELIEVED], [0.05]))
    assert [arm for _, arm, noise, _ in found if noise == BELIEVED] == ["verify", "gate"]


@pytest.mark.parametrize(
    ("labels", "drifted"),
    [
        ([(99, 0)], False),
        ([(5, 45), (9, 40)], False),  # 99, of which nothing is concluded yet
        ([(5, 45), (9, 41)], True),
        ([(98, 2)], False),
        ([(190, 10)], True),
        ([(190, 10), (99, 0)], True),  # too few to take back what was found
        ([(190, 10), (100, 0)], False),
    ],
)
def test_the_gate_refuses_a_successor_that_too_many_wrong_labels_taught(tmp_path, labels, drifted):
    engine = make_engine(tmp_path, 70, SETTINGS, "tiny")
    with closing(engine.executor):
        gate = Gate(engine)
        for right, wrong in labels:
            gate.audit([True] * right + [False] * wrong)
            found = gate.drifted()
    assert found is drifted


@pytest.mark.parametrize(("end", "decays"), [(0.7, True), (0.79, False), (0.9, False)])
def test_an_arm_decays_where_it_ends_clearly_below_its_base(end, decays):
    (row,) = summary([run("replace", 0.8, 0.9, end, end, end)])
    assert (row["base"], row["decays"]) == (0.8, decays)
    assert row["end"] == pytest.approx(end)


def test_one_seed_that_decays_is_enough():
    runs = [run("verify", 0.8, 0.9, 0.9, 0.9), run("verify", 0.8, 0.6, 0.6, 0.6, seed=71)]
    (row,) = summary(runs)
    assert (row["seeds"], row["decays"]) == (2, True)
    assert row["worst_change"] == pytest.approx(-0.2)


def test_the_table_has_a_line_for_each_poison_and_arm():
    runs = [
        run(arm, 0.8, 0.9, share=share, noise="uniform") for arm in "ab" for share in (0.0, 0.2)
    ]
    lines = table(summary(runs)).splitlines()
    assert len(lines) == 2 + 4
    assert {line.count("|") for line in lines} == {8}


def test_finished_runs_are_read_back_under_the_names_they_were_planned_by(tmp_path):
    file = tmp_path / "curves.jsonl"
    assert kept(file) == kept(None) == []
    runs = [run("gate", 0.8, 0.9), run("replace", 0.8, 0.6, noise="uniform", share=0.05)]
    file.write_text("".join(json.dumps(asdict(each)) + "\n" for each in runs))
    assert [each.name for each in kept(file)] == [each.name for each in runs]
    assert {each.name for each in runs} < set(plans([70], ["gate", "replace"], ["uniform"], [0.05]))
