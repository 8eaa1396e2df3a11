"""How much texts repeat each other, measured in five ways that agree little with one another.

    tokens("v = 9.81 m/s")      ["v", "=", "9.81", "m", "/", "s"]
    compression(["the same"] * 1000)      167

The set of Shaib et al. (2403.00553), less the score that needs a language model, and with the
similarity of nearest neighbours. All of it grows or shrinks with the number and the length of the
texts: numbers are comparable between samples of one size and of like lengths. What is not covered
is meaning: the same problem in other words counts as another text, and the other way round.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ouroboros.mill.hashes import Hashes, mix

TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|[^\w\s]|_")  # words, numbers, signs
LENGTHS = (4, 5, 6, 7, 8)  # of the n-grams whose repetition is measured
BLEU = 4  # n-grams up to this length
SMOOTHING = 0.1  # n-grams found where none are: method 1 of Chen and Cherry
CHARACTERS = 4  # of the n-grams that nearest neighbours share
BLOCK = 256  # texts compared with all others at once

Indices = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """What a sample of texts comes to."""

    texts: int
    tokens: float
    """The mean number of tokens of a text."""
    compression: float
    """How many times smaller zlib makes the texts, one a line; more is more alike."""
    repetition: dict[int, float]
    """By n, the share of the n-grams of tokens that another text has, too."""
    self_bleu: float
    """The mean BLEU-4 of a text with all others as its references."""
    nearest: float
    """The mean cosine similarity of a text and the one that is most like it."""
    nearest95: float
    """Its 95th percentile."""


def measure_texts(texts: Sequence[str]) -> Diversity:
    """All measures of some texts; zero where there are too few for one."""
    numbers = _numbered([tokens(text) for text in texts])
    likest = nearest(texts)
    return Diversity(
        texts=len(texts),
        tokens=float(np.mean([len(each) for each in numbers])) if texts else 0.0,
        compression=compression(texts),
        repetition={n: repetition(numbers, n) for n in LENGTHS},
        self_bleu=float(self_bleu(numbers).mean()) if texts else 0.0,
        nearest=float(likest.mean()) if texts else 0.0,
        nearest95=float(np.percentile(likest, 95)) if texts else 0.0,
    )


def tokens(text: str) -> list[str]:
    """The words, numbers and signs of a text."""
    return TOKEN.findall(text)


def compression(texts: Sequence[str]) -> float:
    """Bytes before over bytes after zlib, whose window is 32 KiB: the order of texts matters."""
    whole = "\n".join(texts).encode(errors="surrogatepass")
    return len(whole) / len(zlib.compress(whole, 9)) if whole else 0.0


def repetition(numbers: Sequence[Hashes], n: int) -> float:
    """The share of n-grams that occur in another text, too."""
    owners, grams = _grams(numbers, n)
    if not len(grams):
        return 0.0
    _, found = np.unique(grams, return_inverse=True)
    pairs = np.unique(found * len(numbers) + owners)  # of an n-gram and a text that has it
    return float((np.bincount(pairs // len(numbers))[found] > 1).mean())


def self_bleu(numbers: Sequence[Hashes]) -> Reals:
    """BLEU-4 of each text, all others being its references."""
    lengths = np.array([len(each) for each in numbers], np.int64)
    if len(numbers) < 2:
        return np.zeros(len(numbers))
    logs = np.zeros(len(numbers))
    for n in range(1, BLEU + 1):
        owners, counts, others = _shared(numbers, n)
        matched = np.bincount(owners, np.minimum(counts, others), len(numbers))
        total = np.maximum(np.bincount(owners, counts, len(numbers)), 1)
        logs += np.log(np.where(matched > 0, matched, SMOOTHING) / total) / BLEU
    reference = _closest_lengths(lengths)
    brevity = np.minimum(0.0, 1 - reference / np.maximum(lengths, 1))
    return np.where(lengths > 0, np.exp(logs + brevity), 0.0)


def nearest(texts: Sequence[str]) -> Reals:
    """Each text's highest cosine with another, by TF-IDF of its character n-grams."""
    if len(texts) < 2:
        return np.zeros(len(texts))
    weights = _tf_idf([_characters(text) for text in texts])
    highest = np.zeros(len(texts))
    for first in range(0, len(texts), BLOCK):
        alike = (weights[first : first + BLOCK] @ weights.T).toarray()
        places = np.arange(len(alike))
        alike[places, first + places] = -1
        highest[first : first + BLOCK] = alike.max(axis=1)
    return np.clip(highest, 0, 1)


def _tf_idf(texts: Sequence[Hashes]) -> Any:
    """A row of length 1 a text; an n-gram that d of m texts have weighs 1 + ln((1+m)/(1+d))."""
    from scipy.sparse import csr_array

    owners, counts, kinds = _counts(texts, CHARACTERS)
    spread = np.bincount(kinds)
    weights = counts * (1 + np.log((1 + len(texts)) / (1 + spread)))[kinds]
    norms = np.sqrt(np.bincount(owners, weights**2, len(texts)))
    return csr_array((weights / norms[owners], (owners, kinds)), (len(texts), len(spread)))


def _characters(text: str) -> Hashes:
    """The code points of a text, which is made long enough for an n-gram."""
    padded = text.ljust(CHARACTERS).encode("utf-32-le", errors="surrogatepass")
    return np.frombuffer(padded, np.uint32).astype(np.uint64)


def _numbered(texts: Sequence[Sequence[str]]) -> list[Hashes]:
    """Tokens as numbers, the same number for the same token."""
    known: dict[str, int] = {}
    return [np.array([known.setdefault(t, len(known)) for t in text], np.uint64) for text in texts]


def _grams(texts: Sequence[Hashes], n: int) -> tuple[Indices, Hashes]:
    """All n-grams, hashed, none across a border, and for each the text that it is of."""
    flat = np.concatenate([np.zeros(0, np.uint64), *texts])
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    count = max(0, len(flat) - n + 1)
    grams = np.zeros(count, np.uint64)
    for place in range(n):
        grams = mix(grams ^ flat[place : place + count])
    whole = owners[:count] == owners[n - 1 : n - 1 + count]
    return owners[:count][whole], grams[whole]


def _counts(texts: Sequence[Hashes], n: int) -> tuple[Indices, Indices, Indices]:
    """For each text and kind of n-gram in it: the text, how often, the kind's number."""
    owners, grams = _grams(texts, n)
    _, kinds = np.unique(grams, return_inverse=True)
    pairs, counts = np.unique(kinds * len(texts) + owners, return_counts=True)
    return pairs % len(texts), counts, pairs // len(texts)


def _shared(texts: Sequence[Hashes], n: int) -> tuple[Indices, Indices, Indices]:
    """For each text and kind of n-gram in it: the text, how often, how often in another at most."""
    owners, counts, kinds = _counts(texts, n)
    order = np.lexsort((counts, kinds))
    owners, counts, kinds = owners[order], counts[order], kinds[order]
    is_most = np.append(kinds[1:] != kinds[:-1], True)[: len(kinds)]
    most = np.flatnonzero(is_most)
    second = np.where(np.append(True, is_most[:-1])[most], 0, counts[most - 1])
    place = np.cumsum(is_most) - is_most
    return owners, counts, np.where(is_most, second[place], counts[most][place])


def _closest_lengths(lengths: Indices) -> Indices:
    """For each text the length of another one that is closest to its own, the shorter of two."""
    kinds, found, counts = np.unique(lengths, return_inverse=True, return_counts=True)
    far = int(kinds[-1]) * 2 + 1
    below = np.append(-far, kinds[:-1])
    above = np.append(kinds[1:], kinds[-1] + far)
    other = np.where(kinds - below <= above - kinds, below, above)
    return np.where(counts > 1, kinds, other)[found]
