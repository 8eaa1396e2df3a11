"""`ouro data make`: what it is asked for, what it says, what it refuses."""

import json

import pyarrow.parquet as pq
import pytest

from ouroboros.cli.data import chosen_families, chosen_levels
from ouroboros.envs import load_families
from ouroboros.errors import UsageError


def test_a_data_set_is_made_and_told_of_in_one_line(ouro, tmp_path):
    out = tmp_path / "set"
    made = ouro(
        "data", "make", "--families", "copy,kinematics", "--levels", "2-3", "--count", "80",
        "--out", out, "--workers", "1", "--json",
    )  # fmt: skip
    assert made.code == 0
    assert made.found["rows"] == 80
    assert made.found["disputed"] == 0
    assert sum(pq.read_table(p).num_rows for p in out.glob("data/*/*.parquet")) == 80
    assert "config_name: physics" in (out / "README.md").read_text()
    assert json.loads((out / "manifest.json").read_text())["order"]["count"] == 80


@pytest.mark.parametrize(
    "arguments",
    [
        ["--families", "chess"],
        ["--families", ","],
        ["--levels", "0"],
        ["--levels", "3-"],
        ["--levels", "9-2"],
        ["--count", "0"],
    ],
)
def test_a_misuse_is_one_clear_line_and_makes_nothing(ouro, tmp_path, arguments):
    made = ouro("data", "make", "--out", tmp_path / "set", *arguments)
    assert made.code == 2
    assert not (tmp_path / "set").exists()


def test_families_are_chosen_by_name_by_domain_or_all():
    assert chosen_families("copy, reverse") == ("copy", "reverse")
    assert "kinematics" in chosen_families("physics")
    assert "copy" not in chosen_families("physics")
    assert chosen_families("all") == tuple(load_families())
    assert chosen_families("kinematics,physics")[0] == "kinematics"
    assert len(chosen_families("kinematics,physics")) == len(chosen_families("physics"))


def test_levels_are_numbers_and_ranges():
    assert chosen_levels("1-3,8") == (1, 2, 3, 8)
    assert chosen_levels("4") == (4,)
    with pytest.raises(UsageError, match="--levels takes"):
        chosen_levels("four")
