"""Measures: known values on sets made by hand; anybody's texts are measured as ours are."""

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros.cli import measure as commands
from ouroboros.errors import UsageError
from ouroboros.mill.items import Item
from ouroboros.mill.measure import (
    answer_bits,
    measure_column,
    measure_shards,
    shape,
    spread,
)
from ouroboros.mill.shards import schema


def test_equal_shares_have_an_entropy_of_one():
    assert spread({"a": 5, "b": 5, "c": 5}).entropy == pytest.approx(1)
    assert spread({"a": 5}).entropy == 1


def test_three_to_one_is_four_fifths_of_evenness():
    found = spread({"a": 3, "b": 1})
    assert found.entropy == pytest.approx(0.811278, abs=1e-6)
    assert (found.kinds, found.smallest, found.largest) == (2, 0.25, 0.75)


@given(counts=st.lists(st.integers(1, 50), min_size=2, max_size=8))
def test_evenness_is_between_nothing_and_one(counts):
    found = spread(dict(enumerate(counts)))
    assert 0 < found.entropy <= 1 + 1e-12
    assert found.smallest <= 1 / len(counts) <= found.largest + 1e-12


def test_a_shape_is_the_lines_without_their_figures():
    assert shape(["12+345=357", "v=7 m/s"]) == "N1+N2=N2\nv=N0 m/s"
    assert shape(["12345678"]) == shape(["10000"]) != shape(["1234"])


@given(kinds=st.integers(1, 9), times=st.integers(1, 9))
def test_equally_frequent_answers_have_the_logarithm_of_their_number_and_the_correction(
    kinds, times
):
    correction = (kinds - 1) / (2 * kinds * times * math.log(2))
    assert answer_bits(list(range(kinds)) * times) == pytest.approx(math.log2(kinds) + correction)


# ----------------------------------------------------------------------------------- whole sets


def item(number: int, **changes: object) -> Item:
    """A problem of eleven tokens in words, and of two lines."""
    made = Item(
        family="sums", domain="mathematics", level=1, seed=0, prompt=f"What is {number} and 1?",
        steps=[f"{number} + 1"], answer=f"{number + 1} m", facts="{}",
        signature=f"{number:016x}", compact=f"{number}+1=",
        lines=[f"{number}+1={number + 1}", f"{number + 1}"],
    )  # fmt: skip
    return replace(made, **changes)


def put(folder: Path, name: str, items: list[Item]) -> None:
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist([asdict(i) for i in items], schema=schema()), folder / name)


def test_all_comes_first_and_then_every_domain(tmp_path):
    put(tmp_path, "a.parquet", [item(n, domain="physics", family="falls") for n in range(10, 40)])
    put(tmp_path, "b.parquet", [item(n) for n in range(10)])
    found = measure_shards(tmp_path)
    assert [(each.name, each.rows) for each in found] == [
        ("all", 40), ("mathematics", 10), ("physics", 30),
    ]  # fmt: skip
    assert found[0].families is not None
    assert found[0].families.largest == 0.75
    assert [each.families.kinds for each in found if each.families] == [2, 1, 1]


def test_coverage_counts_what_is_distinct(tmp_path):
    items = [item(n) for n in range(1, 8)]
    put(tmp_path, "a.parquet", [*items, *items])
    (found, _) = measure_shards(tmp_path)
    assert found.coverage.signatures == 0.5
    assert found.coverage.shapes == 1 / 14  # all of them are N0+N0=N0


def test_density_is_checked_lines_and_bits_of_answer_over_tokens(tmp_path):
    put(tmp_path, "a.parquet", [item(n) for n in range(1, 9)] * 25)
    (found, _) = measure_shards(tmp_path)
    assert found.density is not None
    assert found.density.tokens == 6 + 3 + 2
    assert found.density.steps == pytest.approx(100 * 2 / 11)
    bits = 3 + 7 / (2 * 200 * math.log(2))
    assert found.density.bits == pytest.approx(bits / 11)


def test_bits_are_those_of_a_family_and_level_not_of_all(tmp_path):
    put(tmp_path, "a.parquet", [item(n, level=n) for n in range(1, 9) for _ in range(5)])
    (found, _) = measure_shards(tmp_path)
    assert found.density is not None
    assert found.density.bits == 0


def test_the_same_set_is_measured_the_same_at_every_call(tmp_path):
    put(tmp_path, "a.parquet", [item(n) for n in range(300)])
    assert measure_shards(tmp_path, 50) == measure_shards(tmp_path, 50)
    assert measure_shards(tmp_path, 50)[0].prompts.texts == 50


def test_a_sample_is_of_all_rows_and_not_of_the_first(tmp_path):
    texts = tmp_path / "a.jsonl"
    texts.write_text("".join(json.dumps({"q": "x " * (1 + n // 100)}) + "\n" for n in range(1000)))
    assert measure_column(texts, "q", 1000).prompts.tokens == 5.5
    assert measure_column(texts, "q", 200).prompts.tokens == pytest.approx(5.5, abs=0.8)


def test_anybodys_texts_are_measured_as_ours_are(tmp_path):
    items = [item(n) for n in range(100)]
    put(tmp_path / "set", "a.parquet", items)
    lines = tmp_path / "texts.jsonl"
    lines.write_text("".join(json.dumps({"question": i.prompt}) + "\n" for i in items))
    ours, theirs = measure_shards(tmp_path / "set")[0], measure_column(lines, "question")
    assert theirs == replace(measure_column(tmp_path / "set", "prompt"), name="question")
    assert theirs.prompts == ours.prompts
    assert theirs.rows == 100
    assert theirs.density is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"q": "x"}\n{"q": 3}\n', "row 2: no text"),
        ('{"p": "x"}\n', "row 1: no text"),
        ("[1]\n", "row 1: not an object"),
        ('{"q": "x"}\nnonsense\n', "row 2: not an object"),
        ("", "no rows"),
    ],
)
def test_a_file_without_such_texts_is_the_users_business(tmp_path, text, complaint):
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(UsageError, match=complaint):
        measure_column(tmp_path / "a.jsonl", "q")


def test_what_cannot_be_measured_is_the_users_business(tmp_path):
    (tmp_path / "a.csv").write_text("q\nx\n")
    with pytest.raises(UsageError, match="no Parquet or JSONL file"):
        measure_column(tmp_path / "a.csv", "q")
    with pytest.raises(UsageError, match="no Parquet or JSONL file"):
        measure_column(tmp_path, "q")
    with pytest.raises(UsageError, match="holds no Parquet file"):
        measure_shards(tmp_path)
    put(tmp_path, "a.parquet", [])
    with pytest.raises(UsageError, match="no rows"):
        measure_shards(tmp_path)
    with pytest.raises(UsageError, match="no column 'q'; it has family"):
        measure_column(tmp_path / "a.parquet", "q")


def test_the_command_ends_with_one_object_and_shows_a_table_without(tmp_path, capsys):
    put(tmp_path, "a.parquet", [item(n) for n in range(100)])
    assert commands.report(tmp_path, sample=50, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in found["measures"]] == ["all", "mathematics"]
    assert found["measures"][0]["prompts"]["texts"] == 50
    assert commands.report(tmp_path, sample=50) == 0
    told = capsys.readouterr()
    assert "Self-BLEU" in told.out
    assert "50 rows" in told.err
    assert commands.report(tmp_path / "a.parquet", text_column="prompt", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["measures"][0]["density"] is None
