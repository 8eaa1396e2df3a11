"""Signed heads: each is signed for this log by a key that may, or is named."""

from contextlib import closing
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden import merkle
from ouroboros_warden.audit import Log, read_log, read_objects
from ouroboros_warden.canonical import canonical
from ouroboros_warden.heads import (
    PURPOSE,
    WITNESSED,
    broken_heads,
    is_signed,
    roots_of,
    said_of,
    signing,
)
from ouroboros_warden.keys import public_key, sign

OWN, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
RUN = "ab" * 32
KEYS = [public_key(OWN)]


@pytest.fixture
def folder(tmp_path):
    """A log of four records and its heads."""
    with closing(Log.open(tmp_path / "records.jsonl", signing(OWN, RUN))) as log:
        for n in range(4):
            log.append("note", {"n": n})
    return tmp_path


def broken(folder, **change: Any) -> list[str]:
    options = {"run": RUN, "keys": KEYS, "purpose": PURPOSE, **change}
    return broken_heads(folder / "heads.jsonl", read_log(folder / "records.jsonl"), **options)


def rewrite(folder, heads) -> None:
    (folder / "heads.jsonl").write_bytes(b"".join(canonical(head) + b"\n" for head in heads))


def test_every_record_has_a_head_that_stands(folder):
    heads = read_objects(folder / "heads.jsonl")
    assert [head["size"] for head in heads] == [1, 2, 3, 4]
    records = read_log(folder / "records.jsonl")
    leaves = [record.leaf() for record in records]
    assert roots_of(records) == {n: merkle.root_of(leaves[:n]).hex() for n in range(5)}
    assert roots_of([]) == {0: merkle.EMPTY.hex()}
    assert broken(folder) == []
    assert broken(folder, keys=[public_key(OTHER), *KEYS]) == []


@pytest.mark.parametrize(
    "change",
    [{"run": "cd" * 32}, {"keys": []}, {"keys": [public_key(OTHER)]}, {"purpose": WITNESSED}],
)
def test_heads_of_another_run_key_or_purpose_are_not_signed(folder, change):
    assert broken(folder, **change) == [
        f"heads.jsonl, line {n}: not signed by the run's key" for n in range(1, 5)
    ]


@pytest.mark.parametrize(
    "change",
    [{"size": 3}, {"root": "00" * 32}, {"signature": "00" * 64}, {"key": public_key(OTHER)}],
)
def test_a_head_with_anything_changed_is_named_by_its_line(folder, change):
    heads = read_objects(folder / "heads.jsonl")
    heads[1] |= change
    rewrite(folder, heads)
    assert broken(folder) == ["heads.jsonl, line 2: not signed by the run's key"]
    for name in change:
        heads[1].pop(name)
    rewrite(folder, heads)
    assert broken(folder) == ["heads.jsonl, line 2: not signed by the run's key"]


def test_a_head_that_was_signed_for_another_log_is_named(folder):
    heads = read_objects(folder / "heads.jsonl")
    for size, root in ((2, heads[2]["root"]), (9, heads[2]["root"])):
        head = {"size": size, "root": root, **sign(OWN, PURPOSE, said_of(RUN, size, root))}
        rewrite(folder, [*heads, head])
        assert broken(folder) == ["heads.jsonl, line 5: signed for another log than this one"]


def test_no_file_of_heads_has_no_broken_head(folder):
    (folder / "heads.jsonl").unlink()
    assert broken(folder) == []


def test_a_head_says_its_run_size_and_root():
    head = signing(OWN, RUN)(3, b"\7" * 32)
    assert (head["size"], head["root"]) == (3, "07" * 32)
    assert is_signed(head, RUN, public_key(OWN))
    assert not is_signed(head, RUN, public_key(OTHER))
    assert not is_signed({}, RUN, public_key(OWN))
