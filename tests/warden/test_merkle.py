"""The Merkle tree: the published roots, and proofs that hold for the truth and nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouroboros_warden import merkle

# Inputs and roots of the test tree of Certificate Transparency's reference implementation.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
INPUTS.append("606162636465666768696a6b6c6d6e6f")
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf(str(number).encode()) for number in range(size)]


def naive(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\1" + naive(hashes[:split]) + naive(hashes[split:])).digest()


def test_the_published_roots_come_out():
    hashes = [merkle.leaf(bytes.fromhex(each)) for each in INPUTS]
    assert [merkle.root_of(hashes[: size + 1]).hex() for size in range(8)] == ROOTS


@pytest.mark.parametrize("size", range(40))
def test_a_tree_that_grows_has_the_root_of_the_definition(size: int):
    assert merkle.Tree(leaves(size)).root == naive(leaves(size))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 33])
def test_every_leaf_is_shown_to_be_included_and_at_no_other_place(size: int):
    hashes, root = leaves(size), naive(leaves(size))
    for index in range(size):
        proof = merkle.inclusion_proof(hashes, index)
        places = [
            each
            for each in range(-1, size + 2)
            if merkle.is_included(hashes[index], each, size, proof, root)
        ]
        assert places == [index]
        assert not merkle.is_included(merkle.leaf(b"other"), index, size, proof, root)


@pytest.mark.parametrize("after", range(1, 20))
def test_every_tree_continues_each_of_its_beginnings(after: int):
    hashes = leaves(after)
    for before in range(after + 1):
        proof = merkle.consistency_proof(hashes, before)
        old, new = naive(hashes[:before]), naive(hashes)
        assert merkle.is_consistent(before, after, old, new, proof)
        assert not merkle.is_consistent(before, after, merkle.leaf(b"x"), new, proof)
        if before:
            assert not merkle.is_consistent(before, after, old, merkle.leaf(b"x"), proof)


@given(st.data(), st.integers(2, 60))
def test_a_proof_with_anything_changed_shows_nothing(data: st.DataObject, size: int):
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    before = data.draw(st.integers(1, size - 1))
    inclusion, consistency = (
        merkle.inclusion_proof(hashes, index),
        merkle.consistency_proof(hashes, before),
    )
    root, old = naive(hashes), naive(hashes[:before])
    for proof, holds in (
        (inclusion, lambda p: merkle.is_included(hashes[index], index, size, p, root)),
        (consistency, lambda p: merkle.is_consistent(before, size, old, root, p)),
    ):
        assert holds(proof)
        place = data.draw(st.integers(0, len(proof) - 1))
        bit = data.draw(st.integers(0, 255))
        changed = bytearray(proof[place])
        changed[bit // 8] ^= 1 << bit % 8
        assert not holds([*proof[:place], bytes(changed), *proof[place + 1 :]])
        assert not holds([*proof[:place], *proof[place + 1 :]])
        assert not holds([*proof, root])


@given(st.integers(1, 40), st.integers(1, 40))
def test_a_log_that_was_rewritten_continues_nothing(before: int, after: int):
    before, after = min(before, after), max(before, after)
    hashes = leaves(after)
    other = [merkle.leaf(b"rewritten"), *hashes[1:]]
    proof = merkle.consistency_proof(other, before)
    old, new = naive(hashes[:before]), naive(other)
    assert not merkle.is_consistent(before, after, old, new, proof)
