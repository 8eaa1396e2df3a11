"""Near-duplicates: problems that share nearly all of what is worked out in them.

    a = elements("3,5,9=", ["3+5=8", "8+9=17", "17"])
    b = elements("3,5,9,4=", ["3+5=8", "8+9=17", "17+4=21", "21"])
    similarity(frozenset(a), frozenset(b))      0.4: four of ten

An item holds each line of its solution, together with the line before it, and each entry of its
prompt: what stands between commas, semicolons, strokes and spaces. What it holds twice counts
twice. The similarity of two items is the Jaccard share of what they hold.

The line before counts because a long solution over few signs (`t&f=f`) shares nearly all of its
lines with every other one, but not their sequence. The prompt counts because solutions of one line
would all be alike; an entry is taken whole because the signs of a family stand in all its prompts.

Candidates are found by MinHash with banding, and each is confirmed exactly: nothing is dropped that
is not near, and a pair right at the threshold is missed with a probability below `MISSED`.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ouroboros.mill.hashes import Hashes, hash64, mix

MISSED = 1e-6
HASHES = 256  # at most; more of them, fewer candidates in vain
LEAST = 0.1  # similarity; below it no choice of `HASHES` finds nearly all pairs
WIDEST = 16  # hashes of a band, at most
BLOCK = 1 << 14  # items whose hashes are computed at once
_SEPARATORS = re.compile(r"[,;/ ]")


def elements(compact: str, lines: Sequence[str]) -> list[int]:
    """What an item holds, a hash each."""
    held = [f"{before}\x1f{line}" for before, line in pairwise(["", *lines])]
    held += [f"\x1e{entry}" for entry in _SEPARATORS.split(compact.rstrip("=?"))]
    times: Counter[str] = Counter()
    for each in held:
        times[each] += 1
    return [hash64(f"{each}\x1d{nth}") for each, n in times.items() for nth in range(n)]


def similarity(one: frozenset[int], other: frozenset[int]) -> float:
    """The Jaccard share of what two items hold."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def banding(near: float) -> tuple[int, int]:
    """How many bands of how many hashes each find a pair of this similarity.

    A pair meets in a band where all of the band's hashes agree, each of which does with the
    pair's similarity as its probability. Wide bands let fewer other pairs meet.
    """
    shapes = [(_bands(near**width), width) for width in range(1, WIDEST + 1)]
    return max((s for s in shapes if s[0] * s[1] <= HASHES), key=lambda shape: shape[1])


def _bands(met: float) -> int:
    return 1 if met > 1 - MISSED else math.ceil(math.log(MISSED) / math.log1p(-met))


def survivors(held: Hashes, starts: NDArray[np.int64], near: float) -> NDArray[np.bool_]:
    """Which items stay if each is dropped that is near to an earlier one that stays.

    `held` is what all items hold, one after another; item i begins at `starts[i]`.
    """
    stays = np.ones(len(starts), bool)
    rows, buckets = _meetings(held, starts, near)
    ends = np.append(starts[1:], len(held))
    hosts: dict[int, list[int]] = {}  # bucket -> the items in it that stay
    known: dict[int, frozenset[int]] = {}
    firsts = np.flatnonzero(np.diff(rows, prepend=-1)).tolist()
    for first, last in pairwise([*firsts, len(rows)]):
        row, its = int(rows[first]), buckets[first:last].tolist()
        own = frozenset(held[starts[row] : ends[row]].tolist())
        rivals = {rival for bucket in its for rival in hosts.get(bucket, ())}
        if any(similarity(own, known[rival]) >= near for rival in rivals):
            stays[row] = False
            continue
        known[row] = own
        for bucket in its:
            hosts.setdefault(bucket, []).append(row)
    return stays


def _meetings(
    held: Hashes, starts: NDArray[np.int64], near: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The items that meet others, in order, and for each of their meetings a bucket's number."""
    bands, width = banding(near)
    functions = mix(np.arange(2 * bands * width, dtype=np.uint64)).reshape(bands, width, 2)
    rows, buckets = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for band in range(bands):
        _, bucket, sizes = np.unique(
            _keys(held, starts, functions[band]), return_inverse=True, return_counts=True
        )
        crowded = np.flatnonzero(sizes[bucket] > 1)
        rows.append(crowded)
        buckets.append(bucket[crowded] + band * len(starts))
    every = np.concatenate(rows)
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate(buckets)[order]


def _keys(held: Hashes, starts: NDArray[np.int64], functions: Hashes) -> Hashes:
    """Each item's place in a band: the least of its elements under each of the band's hashes.

    A hash is a slope and an offset modulo 2**64: as good as any hash of what is hashed already.
    """
    keys = np.zeros(len(starts), np.uint64)
    for first in range(0, len(starts), BLOCK):
        here = starts[first : first + BLOCK]
        end = starts[first + BLOCK] if first + BLOCK < len(starts) else len(held)
        part = held[here[0] : end]
        for slope, offset in functions:
            least = np.minimum.reduceat(part * (slope | np.uint64(1)) + offset, here - here[0])
            keys[first : first + BLOCK] = mix(keys[first : first + BLOCK] ^ least)
    return keys
