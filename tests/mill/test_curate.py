"""Curation: what is said twice goes, whatever order it stands in, and nothing else does."""

import json
import shutil
from dataclasses import asdict, replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.cli import measure as commands
from ouroboros.errors import UsageError
from ouroboros.mill.card import write_card
from ouroboros.mill.curate import Rules, Share, curate, dropped
from ouroboros.mill.items import Item
from ouroboros.mill.near import elements, similarity
from ouroboros.mill.shards import Order, make, schema, shard_file

ORDER = Order(families=("copy", "factoring", "lattice_paths"), levels=(2, 3), count=480, seed=3)
PLACES = [(family, level) for family in ORDER.families for level in ORDER.levels]


def item(number: int, **changes: object) -> Item:
    """A problem that is near to no other number's."""
    made = Item(
        family="copy", domain="logic", level=2, seed=0, prompt=f"Copy {number}.", steps=[],
        answer=f"{number}", facts="{}", signature=f"{number:016x}", compact=f"{number}=",
        lines=[f"{number}"],
    )  # fmt: skip
    return replace(made, **changes)


def put(folder: Path, name: str, items: list[Item]) -> None:
    """Write a shard, and the manifest of a data set."""
    path = folder / "data" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([asdict(i) for i in items], schema=schema()), path)
    (folder / "manifest.json").write_text(json.dumps({"order": asdict(ORDER), "shards": []}))


def rows(folder: Path, family: str, level: int) -> list[dict]:
    path = folder / shard_file(family, level)
    return pq.ParquetFile(path).read().to_pylist() if path.exists() else []


def compacts(folder: Path) -> list[str]:
    return [row["compact"] for row in rows(folder, "copy", 2)]


def held(row: dict) -> frozenset[int]:
    return frozenset(elements(row["compact"], row["lines"]))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "set"
    write_card(ORDER, make(ORDER, folder, workers=2, report=lambda shard: None), folder)
    return folder


@pytest.fixture(scope="module")
def curated(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("data") / "curated"
    return out, curate(data, out, Rules(near=0.5))


def test_no_two_problems_of_a_family_are_near_at_whatever_levels(curated):
    out, shares = curated
    assert dropped(shares)["near"] > 0
    for family in ORDER.families:
        kept = [held(row) for level in ORDER.levels for row in rows(out, family, level)]
        assert all(similarity(a, b) < 0.5 for a, b in combinations(kept, 2))


def test_what_was_dropped_was_near_to_what_is_kept(data, curated):
    out, _ = curated
    for family in ORDER.families:
        kept = [held(row) for level in ORDER.levels for row in rows(out, family, level)]
        for row in (row for level in ORDER.levels for row in rows(data, family, level)):
            assert max(similarity(held(row), other) for other in kept) >= 0.5


def test_rows_stay_as_they_were_and_in_their_order(data, curated):
    out, _ = curated
    for place in PLACES:
        before, after = rows(data, *place), rows(out, *place)
        assert after == [row for row in before if row in after]


def test_the_manifest_accounts_for_every_row(data, curated):
    out, _ = curated
    found = json.loads((out / "manifest.json").read_text())
    assert [(s["family"], s["level"]) for s in found["shards"]] == PLACES
    for share in (Share(**each) for each in found["shards"]):
        assert share.read == len(rows(data, share.family, share.level))
        assert share.rows == len(rows(out, share.family, share.level))
        assert share.read == share.rows + sum(share.dropped.values())
    assert found["curated"]["order"]["seed"] == ORDER.seed
    assert found["curated"]["rules"]["near"] == 0.5


def test_the_card_says_what_is_left_and_what_went(curated):
    out, shares = curated
    card = (out / "README.md").read_text()
    assert f"kept {sum(s.rows for s in shares)} of the {sum(s.read for s in shares)} rows" in card
    assert f"| {dropped(shares)['near']} | are near to an earlier row" in card
    assert "data/copy/*.parquet" in card


def test_nothing_is_dropped_from_a_set_without_near_pairs(tmp_path):
    items = [item(n) for n in range(50)]
    put(tmp_path / "in", "a.parquet", items)
    shares = curate(tmp_path / "in", tmp_path / "out", Rules())
    assert dropped(shares) == {"same": 0, "near": 0, "few": 0, "surplus": 0}
    assert rows(tmp_path / "out", "copy", 2) == [asdict(i) for i in items]


@settings(max_examples=10)
@given(order=st.permutations(range(6)))
def test_the_order_of_shards_on_disk_does_not_matter(data, curated, tmp_path_factory, order):
    folder, (out, _) = tmp_path_factory.mktemp("data"), curated
    for index in order:
        path = folder / "in" / shard_file(*PLACES[index])
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data / shard_file(*PLACES[index]), path)
    shutil.copy(data / "manifest.json", folder / "in")
    curate(folder / "in", folder / "out", Rules(near=0.5))
    assert contents(folder / "out") == contents(out)


def test_the_first_of_one_signature_stays_whatever_shards_they_are_in(tmp_path):
    again = [item(n, prompt="again") for n in range(5, 15)]
    put(tmp_path / "in", "a.parquet", [item(n) for n in range(10)])
    put(tmp_path / "in", "b.parquet", again)
    shares = curate(tmp_path / "in", tmp_path / "out", Rules(near=0))
    assert dropped(shares)["same"] == 5
    assert rows(tmp_path / "out", "copy", 2) == [
        asdict(i) for i in [*(item(n) for n in range(10)), *again[5:]]
    ]


def test_near_pairs_stay_if_nobody_looks_for_them(tmp_path):
    twins = [item(1), item(1, signature="f" * 16)]
    put(tmp_path / "in", "a.parquet", twins)
    assert dropped(curate(tmp_path / "in", tmp_path / "kept", Rules(near=0)))["near"] == 0
    assert dropped(curate(tmp_path / "in", tmp_path / "cut", Rules(near=1)))["near"] == 1


def test_balance_drops_from_the_end_until_all_levels_are_equal(tmp_path):
    put(tmp_path / "in", "a.parquet", [item(n) for n in range(30)])
    put(tmp_path / "in", "b.parquet", [item(n, level=3) for n in range(100, 112)])
    shares = curate(tmp_path / "in", tmp_path / "out", Rules(balance=True))
    assert [share.rows for share in shares] == [12, 12]
    assert dropped(shares)["surplus"] == 18
    assert compacts(tmp_path / "out") == [f"{n}=" for n in range(12)]


def test_levels_with_too_few_rows_are_left_out_and_do_not_hold_down_the_others(tmp_path):
    put(tmp_path / "in", "a.parquet", [item(n) for n in range(30)])
    put(tmp_path / "in", "b.parquet", [item(n, level=3) for n in range(100, 103)])
    put(tmp_path / "in", "c.parquet", [item(n, level=4) for n in range(200, 220)])
    shares = curate(tmp_path / "in", tmp_path / "out", Rules(balance=True, at_least=4))
    assert [share.rows for share in shares] == [20, 0, 20]
    assert not (tmp_path / "out" / shard_file("copy", 3)).exists()


def test_a_curated_set_can_be_curated_again_and_stays_as_it_is(curated, tmp_path):
    out, _ = curated
    shares = curate(out, tmp_path / "again", Rules(near=0.5))
    assert set(dropped(shares).values()) == {0}
    for place in PLACES:
        assert rows(tmp_path / "again", *place) == rows(out, *place)


def test_row_groups_do_not_matter(tmp_path, monkeypatch):
    items = [item(n // 2) for n in range(200)]
    put(tmp_path / "in", "a.parquet", items)
    monkeypatch.setattr("ouroboros.mill.reading.GROUP", 7)
    curate(tmp_path / "in", tmp_path / "out", Rules())
    assert compacts(tmp_path / "out") == [f"{n}=" for n in range(100)]


# -------------------------------------------------------------------------------------- misuse


def test_a_folder_that_is_there_is_left_alone(data, tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(UsageError, match="there already"):
        curate(data, tmp_path, Rules())
    assert set(contents(tmp_path)) == {"thesis.tex"}


@pytest.mark.parametrize("near", [0.05, 1.5, -1, float("nan")])
def test_a_similarity_that_cannot_be_looked_for_is_refused(near):
    with pytest.raises(UsageError, match=r"0\.1 to 1"):
        Rules(near=near)


def test_a_set_of_which_nothing_would_be_left_is_not_written(data, tmp_path):
    with pytest.raises(UsageError, match="nothing would be left"):
        curate(data, tmp_path / "out", Rules(at_least=1000))
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_no_half_of_a_set(data, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("ouroboros.mill.curate.write_card", fail)
    with pytest.raises(OSError, match="no space"):
        curate(data, tmp_path / "out", Rules())
    assert not list(tmp_path.iterdir())


def test_what_is_no_data_set_is_the_users_business(tmp_path):
    def complaint(folder: Path) -> str:
        with pytest.raises(UsageError) as caught:
            curate(folder, tmp_path / "out", Rules())
        return str(caught.value)

    folder = tmp_path / "in"
    folder.mkdir()
    assert "no manifest.json" in complaint(folder)
    (folder / "manifest.json").write_text("[1]")
    assert "damaged" in complaint(folder)
    (folder / "manifest.json").write_text(json.dumps({"order": asdict(ORDER)}))
    assert "no Parquet file" in complaint(folder)
    put(folder, "a.parquet", [item(1), item(2, level=3)])
    assert "mixes families or levels" in complaint(folder)
    put(folder, "a.parquet", [item(1, family="knitting")])
    assert "knitting" in complaint(folder)
    pq.write_table(pa.table({"text": ["x"]}), folder / "data" / "a.parquet")
    assert "no column 'family'" in complaint(folder)
    (folder / "data" / "a.parquet").write_text("text")
    assert "cannot be read as Parquet" in complaint(folder)


def test_the_command_ends_with_one_object(data, tmp_path, capsys):
    code = commands.curate(data, tmp_path / "out", near=0.5, at_least=1, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (code, found["read"]) == (0, found["rows"] + sum(found["dropped"].values()))
    with pytest.raises(UsageError, match="there is nothing"):
        commands.curate(tmp_path / "nowhere", tmp_path / "other")
