"""Signed heads: who wrote the log promises how long it is and what its Merkle root is.

A line of `log/heads.jsonl` is

    {"key": K, "root": R, "signature": S, "size": 7}

with S the Ed25519 signature of K on run, size and root. K is made for one run and named in the
lease that the authority signed, so whoever knows the authority's keys needs nothing else. A
*witness* is somebody else who signs heads too, and only such as continue those it signed before.
"""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ouroboros_warden.audit import Record, Sign, read_objects
from ouroboros_warden.canonical import Json
from ouroboros_warden.keys import sign, signer
from ouroboros_warden.merkle import Tree

PURPOSE = "log head"
WITNESSED = "witnessed head"


def said_of(run: str, size: int, root: str) -> Json:
    """What is signed."""
    return {"run": run, "size": size, "root": root}


def signing(key: Ed25519PrivateKey, run: str) -> Sign:
    """What signs the heads of a run's log."""

    def head(size: int, root: bytes) -> Json:
        said = said_of(run, size, root.hex())
        return {"size": size, "root": root.hex(), **sign(key, PURPOSE, said)}

    return head


def is_signed(head: Json, run: str, key: str, purpose: str = PURPOSE) -> bool:
    """Whether `key` signed this head of this run."""
    said = said_of(run, head.get("size", -1), head.get("root", ""))
    return signer(head, purpose, said) == key


def broken_heads(
    path: Path, records: Sequence[Record], run: str, keys: Sequence[str], purpose: str = PURPOSE
) -> list[str]:
    """What is wrong with the heads in a file: each must be signed, and be one of this log.

    The last may be one record behind where the writer was killed between the two.
    """
    heads = read_objects(path)
    problems: list[str] = []
    roots = roots_of(records)
    for number, head in enumerate(heads, start=1):
        if not any(is_signed(head, run, key, purpose) for key in keys):
            problems.append(f"{path.name}, line {number}: not signed by the run's key")
        elif roots.get(head["size"]) != head["root"]:
            problems.append(f"{path.name}, line {number}: signed for another log than this one")
    return problems


def roots_of(records: Sequence[Record]) -> dict[int, str]:
    """The Merkle roots of the log, by size."""
    tree = Tree()
    roots = {0: tree.root.hex()}
    for record in records:
        tree.add(record.leaf())
        roots[tree.size] = tree.root.hex()
    return roots
