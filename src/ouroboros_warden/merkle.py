"""The log's Merkle tree (RFC 6962, section 2.1): one short root stands for every record.

A leaf is SHA-256(0x00 || record), a node SHA-256(0x01 || left || right). An inclusion proof shows
that a record stands under a root, a consistency proof that a longer log begins with a shorter one;
both are checked as in RFC 9162, sections 2.1.3.2 and 2.1.4.2, without the log.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().digest()  # the root of no leaves


def leaf(record: bytes) -> bytes:
    """The hash of a record as a leaf."""
    return hashlib.sha256(b"\0" + record).digest()


class Tree:
    """A tree that grows at its end: a leaf and the root cost O(log n)."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Begin with the hashes of `leaves`."""
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the full subtrees, the largest first
        for each in leaves:
            self.add(each)

    def add(self, hashed: bytes) -> None:
        """Add the hash of a leaf."""
        self._peaks.append(hashed)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._peaks.pop()
            self._peaks.append(_node(self._peaks.pop(), right))

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        if not self._peaks:
            return EMPTY
        *rest, found = self._peaks
        for peak in reversed(rest):
            found = _node(peak, found)
        return found


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of `leaves`."""
    return Tree(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What shows that leaf `index` stands under the root of `leaves`, from the bottom up."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root_of(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split])]


def is_included(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf `hashed` is the one at `index` of `size` under `root`."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, hashed
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, each)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """What shows that the tree over `leaves` begins with that over the first `before`."""
    if not 0 < before < len(leaves):
        return []
    return _subproof(leaves, before, whole=True)


def is_consistent(before: int, after: int, old: bytes, new: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `after` leaves under `new` continues that under `old`.

    Every tree continues the empty one, and itself.
    """
    if before in {0, after}:
        return not proof and old == (EMPTY if before == 0 else new)
    if not 0 < before < after or not proof:
        return False
    path = [old, *proof] if before & (before - 1) == 0 else list(proof)
    place, last = before - 1, after - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = _node(each, first), _node(each, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = _node(second, each)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old and second == new


def _subproof(leaves: Sequence[bytes], before: int, *, whole: bool) -> list[bytes]:
    if before == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = _split(len(leaves))
    if before <= split:
        return [*_subproof(leaves[:split], before, whole=whole), root_of(leaves[split:])]
    return [*_subproof(leaves[split:], before - split, whole=False), root_of(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
