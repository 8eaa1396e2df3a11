import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden.canonical import canonical, checkpoint_id, content_id, decode, file_id
from ouroboros_warden.errors import UsageError

from .harness import make_checkpoint, make_run

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), JSON))
def test_what_is_written_is_read_back_and_written_alike(value):
    assert decode(canonical(value)) == value
    assert canonical(decode(canonical(value))) == canonical(value)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_count(value):
    backwards = dict(reversed(value.items()))
    assert canonical(backwards) == canonical(value)
    assert content_id(backwards) == content_id(value)


@given(st.binary(max_size=60))
def test_junk_is_refused_or_can_be_written_again(data):
    try:
        value = decode(data)
    except UsageError:
        return
    canonical(value)


def test_there_is_no_space_and_no_escaped_letter():
    assert canonical({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800", {1, 2}, b"x"])
def test_what_has_no_canonical_form_is_an_error(value):
    with pytest.raises(UsageError):
        canonical({"value": value})


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":-Infinity}',
        b'{"a":"\\ud800"}',
        b"\xff",
        b"[]",
        b"7",
        b"",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_hostile_bytes_are_one_clean_error(data):
    with pytest.raises(UsageError):
        decode(data)


def test_a_checkpoint_is_named_by_genome_and_weights(tmp_path: Path):
    run = make_run(tmp_path)
    name = make_checkpoint(run, copy=1, sum=1)
    folder = run / "checkpoints" / name
    genome = json.loads((folder / "genome.json").read_text())
    weights = file_id(folder / "weights.safetensors")
    assert name == content_id({"genome": genome, "weights": weights})[:16]
    assert name != make_checkpoint(run, copy=2, sum=1)
    assert name != make_checkpoint(run, copy=1, sum=1, weights=b"others")


@pytest.mark.parametrize("file", ["genome.json", "weights.safetensors"])
def test_a_linked_or_missing_part_makes_no_checkpoint(tmp_path: Path, file: str):
    run = make_run(tmp_path)
    folder = run / "checkpoints" / make_checkpoint(run, copy=1, sum=1)
    (folder / file).rename(tmp_path / file)
    with pytest.raises(UsageError):
        checkpoint_id(folder)
    (folder / file).symlink_to(tmp_path / file)
    with pytest.raises(UsageError):
        checkpoint_id(folder)


def test_a_genome_of_a_book_is_refused(tmp_path: Path):
    run = make_run(tmp_path)
    folder = run / "checkpoints" / make_checkpoint(run, copy=1, sum=1)
    (folder / "genome.json").write_bytes(b'{"a":"' + b"x" * (1 << 20) + b'"}')
    with pytest.raises(UsageError, match="oversized"):
        checkpoint_id(folder)


def test_a_name_that_comes_twice_is_no_json():
    for text in ('{"a":1,"a":1}', '{"b":[{"a":1,"a":2}]}', '{"a":1,"\\u0061":2}'):
        with pytest.raises(UsageError, match="twice"):
            decode(text.encode())


@pytest.mark.parametrize("opened", ['{"a":', "["])
def test_nesting_has_a_limit(opened):
    closed = {"[": "]", '{"a":': "}"}[opened]
    for depth, fine in ((63, True), (64, False), (500, False), (100_000, False)):
        text = '{"a":' + opened * (depth - 1) + "1" + closed * (depth - 1) + "}"
        if fine:
            assert decode(text.encode())
        else:
            with pytest.raises(UsageError, match=r"nested|recursion"):
                decode(text.encode())
