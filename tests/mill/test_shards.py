"""The mill: the same order makes the same bytes, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ouroboros.errors import UsageError
from ouroboros.mill import items, shards
from ouroboros.mill.card import write_card
from ouroboros.mill.items import Mint, signature
from ouroboros.mill.shards import Order, Shard, make, make_shard, shard_file
from ouroboros_judges.answers import load_answers
from ouroboros_judges.answers.parity import ParityChainAnswers

ORDER = Order(families=("copy", "kinematics", "subtraction"), levels=(2, 3), count=600, seed=7)


def made(folder: Path, order: Order = ORDER, workers: int = 2) -> list[Shard]:
    return make(order, folder, workers=workers, report=lambda shard: None)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "set"
    write_card(ORDER, made(folder), folder)
    return folder


def test_rows_are_spread_evenly_over_families_and_levels(data):
    counts = {
        (family, level): pq.read_table(data / shard_file(family, level)).num_rows
        for family in ORDER.families
        for level in ORDER.levels
    }
    assert set(counts.values()) == {100}


def test_shares_add_up_to_the_count_even_where_it_does_not_divide():
    shares = Order(families=("a", "b", "c"), levels=(1, 2), count=10, seed=0).shares()
    assert sum(shares.values()) == 10
    assert set(shares.values()) == {1, 2}


def test_the_same_order_makes_the_same_bytes_on_any_number_of_workers(data, tmp_path):
    again = tmp_path / "again"
    write_card(ORDER, made(again, workers=1), again)
    assert contents(again) == contents(data)


def test_another_seed_makes_other_rows(data, tmp_path):
    make_shard(str(tmp_path), "kinematics", 3, 8, 100)
    assert (tmp_path / shard_file("kinematics", 3)).read_bytes() != (
        data / shard_file("kinematics", 3)
    ).read_bytes()


def test_every_row_holds_what_a_stranger_needs(data):
    answers = load_answers(list(ORDER.families))
    for family in ORDER.families:
        for row in pq.read_table(data / shard_file(family, 3)).to_pylist():
            assert answers[family].verify(row["compact"], row["lines"]).correct
            assert answers[family].accepts(row["compact"], row["answer"])
            assert json.loads(row["facts"])
            assert row["steps"] or family == "copy"
            assert row["level"] == 3
            assert row["family"] == family


def test_no_two_rows_of_a_level_are_the_same_problem(data):
    for family in ORDER.families:
        marks = pq.read_table(data / shard_file(family, 2))["signature"].to_pylist()
        assert len(set(marks)) == len(marks)


def test_a_signature_knows_the_problem_in_whatever_order_it_is_put():
    assert signature("sums", "345+87=", ["126"]) == signature("sums", "87+345=", ["126"])
    assert signature("sums", "345+87=", ["126"]) != signature("sums", "346+77=", ["126"])
    assert signature("sums", "1+2=", ["3"]) != signature("other", "1+2=", ["3"])


def test_a_level_with_few_problems_gives_all_that_it_has():
    mint = Mint("parity_chain", level=2, seed=0)
    assert len(list(mint.rows(100))) == 4
    assert mint.repeated > 0


def test_what_the_two_routes_disagree_about_is_not_written(monkeypatch, tmp_path):
    monkeypatch.setattr(ParityChainAnswers, "solve", lambda self, prompt: ("0" * 9, "0"))
    shard = make_shard(str(tmp_path), "parity_chain", 9, 0, 20)
    assert shard.rows < 20
    assert shard.disputed > 0


def test_finished_shards_are_not_made_again(data, tmp_path, monkeypatch):
    folder = tmp_path / "set"
    made(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("data/*/*")}
    seen = []
    make(ORDER, folder, workers=1, report=seen.append)
    assert len(seen) == 6
    assert {path: path.stat().st_mtime_ns for path in folder.glob("data/*/*")} == before


def test_a_damaged_shard_is_made_again(data, tmp_path):
    folder = tmp_path / "set"
    write_card(ORDER, made(folder), folder)
    file = folder / shard_file("copy", 2)
    file.write_bytes(file.read_bytes()[:-100])
    (folder / shard_file("copy", 3)).unlink()
    made(folder)
    assert contents(folder) == contents(data)


def test_a_kill_loses_no_finished_shard_and_leaves_no_half_one(data, tmp_path):
    folder = tmp_path / "set"
    script = (
        "from pathlib import Path; from ouroboros.mill.shards import Order, make;"
        f"print('ready', flush=True); make({ORDER!r}, Path({str(folder)!r}), workers=1,"
        " report=lambda s: print(s.file, flush=True))"
    )
    guarded = f"if __name__ == '__main__':\n    {script}"
    file = tmp_path / "making.py"
    file.write_text(guarded)
    with subprocess.Popen(
        [sys.executable, str(file)], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(3)]
        os.killpg(child.pid, signal.SIGKILL)
    assert lines[-1].endswith(".parquet\n")
    time.sleep(0.1)
    for path in folder.glob("data/*/*.parquet"):
        assert pq.read_table(path).num_rows == 100
    write_card(ORDER, made(folder), folder)
    assert contents(folder) == contents(data)


def test_a_folder_with_another_order_is_refused_and_left_alone(data):
    before = contents(data)
    with pytest.raises(UsageError, match="another order"):
        made(data, replace(ORDER, seed=8))
    assert contents(data) == before


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        made(tmp_path)


def test_a_damaged_manifest_is_the_users_business(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(UsageError, match="damaged"):
        made(tmp_path)


def test_a_curated_folder_is_not_gone_on_with(tmp_path):
    (tmp_path / "manifest.json").write_text('{"rules": {}, "shards": []}')
    with pytest.raises(UsageError, match="was not made by"):
        made(tmp_path)


def test_rows_are_streamed_in_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "GROUP", 64)
    make_shard(str(tmp_path), "copy", 5, 0, 200)
    file = pq.ParquetFile(tmp_path / shard_file("copy", 5))
    assert file.metadata.num_row_groups == 4
    assert file.metadata.num_rows == 200


def test_the_mill_proposes_in_bounded_batches(monkeypatch):
    monkeypatch.setattr(items, "BATCH", 32)
    assert len(list(Mint("copy", level=9, seed=0).rows(100))) == 100


def test_datasets_opens_the_folder_as_it_is(data, tmp_path):
    datasets = pytest.importorskip("datasets", reason="needs the extra `hub`")
    datasets.disable_progress_bars()
    loaded = datasets.load_dataset(str(data), cache_dir=str(tmp_path))
    assert loaded["train"].num_rows == 600
    physics = datasets.load_dataset(str(data), "physics", cache_dir=str(tmp_path))
    assert set(physics["train"]["family"]) == {"kinematics"}
