"""Measures of a data set: its balance, how much it repeats itself, how densely it is checked.

    for each in measure_shards(Path("set"), sample=1000):
        each.name, each.rows, each.prompts.self_bleu        "physics", 24000, 0.81

The first is of all rows and the others are of a domain each. Balance, coverage and density are of
all rows, diversity is of a random sample that is the same at every call. A text column of any
Parquet or JSONL file is measured in the same way, as far as it goes: to set one beside the other,
give both the same sample size. Kept in memory are the samples, and 48 bytes of a row.

Density says how much of a text is checked by a second route, and how much one has to guess to have
the answer right: bits of answer are the entropy of the answers of a family and level. They cannot
exceed the logarithm of the rows there by much, so few rows have few bits; and they say nothing of
how hard an answer is to come by, or of what a reader learns from it.
"""

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

import numpy as np

from ouroboros.errors import UsageError
from ouroboros.mill.diversity import Diversity, measure_texts, tokens
from ouroboros.mill.hashes import hash64
from ouroboros.mill.reading import find_shards, read_rows, read_texts

SAMPLE = 1000
COLUMNS = ("domain", "family", "level", "prompt", "steps", "answer", "signature", "lines")
_NUMBER = re.compile(r"\d+")

T = TypeVar("T")
Place = tuple[str, int]  # family and level


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How evenly rows are spread over kinds."""

    kinds: int
    entropy: float
    """Of the shares, over its highest value: 1 where all are equal, and for one kind."""
    smallest: float
    largest: float
    """Shares of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of the rows, how many are not the same problem, or not of the same shape, as another."""

    signatures: float
    """Distinct signatures, or texts, over rows."""
    shapes: float
    """Distinct solutions, or texts, over rows, once numbers are replaced by their length class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """What is in a token of prompt, solution and answer."""

    tokens: float
    """Of a row, in the mean."""
    steps: float
    """Checked lines per hundred tokens."""
    bits: float
    """Bits of answer per token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What some rows come to; None is what a plain text has not."""

    name: str
    rows: int
    coverage: Coverage
    prompts: Diversity
    solutions: Diversity | None = None
    families: Spread | None = None
    levels: Spread | None = None
    places: Spread | None = None
    """Over families and levels at once."""
    density: Density | None = None


def measure_shards(folder: Path, sample: int = SAMPLE) -> list[Measures]:
    """The measures of a data set's rows: all, then by domain; UsageError where there are none."""
    parts: dict[str, _Part] = defaultdict(lambda: _Part(sample))
    whole = _Part(sample)
    for path in find_shards(folder):
        for row in read_rows(path, COLUMNS):
            domain, seen = row[0], _see(*row[1:])
            whole.add(seen)
            parts[domain].add(seen)
    if not parts:
        raise UsageError(f"{folder} holds no rows")
    return [whole.measured("all"), *(parts[name].measured(name) for name in sorted(parts))]


def measure_column(source: Path, column: str, sample: int = SAMPLE) -> Measures:
    """The measures of a column of texts in a Parquet or JSONL file, or in a folder of such.

    Raises UsageError where there is no such column, or no row.
    """
    drawn, signatures, shapes = _Sample[str](sample), array("Q"), array("Q")
    for text in read_texts(source, column):
        drawn.add(text)
        signatures.append(hash64(text))
        shapes.append(hash64(shape([text])))
    if not drawn.seen:
        raise UsageError(f"{source} holds no rows")
    return Measures(
        name=column,
        rows=drawn.seen,
        coverage=_coverage(signatures, shapes),
        prompts=measure_texts(drawn.shuffled()),
    )


def spread(counts: Mapping[Any, int]) -> Spread:
    """How evenly rows are spread."""
    shares = np.array(list(counts.values())) / sum(counts.values())
    entropy = float(-(shares * np.log(shares)).sum())
    return Spread(
        kinds=len(shares),
        entropy=entropy / math.log(len(shares)) if len(shares) > 1 else 1.0,
        smallest=float(shares.min()),
        largest=float(shares.max()),
    )


def shape(lines: Sequence[str]) -> str:
    """Lines without their figures: a number becomes its length class, 1, 2, 3-4, 5-8 digits ..."""
    return _NUMBER.sub(lambda n: f"N{(len(n[0]) - 1).bit_length()}", "\n".join(lines))


def answer_bits(answers: Sequence[int]) -> float:
    """The entropy of answers in bits, with the correction of Miller and Madow."""
    counts = np.unique(np.asarray(answers, np.uint64), return_counts=True)[1]
    shares = counts / counts.sum()
    nats = -(shares * np.log(shares)).sum() + (len(counts) - 1) / (2 * counts.sum())
    return float(nats / math.log(2))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of a row."""

    place: Place
    prompt: str
    solution: str
    tokens: int
    lines: int
    answer: int
    signature: int
    shape: int


def _see(
    family: str,
    level: int,
    prompt: str,
    steps: Sequence[str],
    answer: str,
    signature: str,
    lines: Sequence[str],
) -> _Seen:
    solution = "\n".join([*steps, answer])
    return _Seen(
        place=(family, level),
        prompt=prompt,
        solution=solution,
        tokens=len(tokens(prompt)) + len(tokens(solution)),
        lines=len(lines),
        answer=hash64(answer),
        signature=hash64(signature),
        shape=hash64(f"{family}\n{shape(lines)}"),
    )


class _Sample(Generic[T]):
    """`size` of the things it is shown, each with the same chance: Vitter's algorithm R."""

    def __init__(self, size: int) -> None:
        self.size, self.seen, self._random = size, 0, Random(0)
        self._kept: list[T] = []

    def add(self, thing: T) -> None:
        self.seen += 1
        if len(self._kept) < self.size:
            self._kept.append(thing)
        elif (place := self._random.randrange(self.seen)) < self.size:
            self._kept[place] = thing

    def shuffled(self) -> list[T]:
        """What was drawn, in no order."""
        return Random(0).sample(self._kept, len(self._kept))


class _Part:
    """Some rows: what is counted of all, and a sample of their texts."""

    def __init__(self, sample: int) -> None:
        self.sample = _Sample[tuple[str, str]](sample)
        self.tokens = self.lines = 0
        self.answers: defaultdict[Place, array[int]] = defaultdict(lambda: array("Q"))
        self.signatures, self.shapes = array("Q"), array("Q")

    def add(self, row: _Seen) -> None:
        self.sample.add((row.prompt, row.solution))
        self.tokens += row.tokens
        self.lines += row.lines
        self.answers[row.place].append(row.answer)
        self.signatures.append(row.signature)
        self.shapes.append(row.shape)

    def measured(self, name: str) -> Measures:
        """What they come to."""
        drawn = self.sample.shuffled()
        places = Counter({place: len(answers) for place, answers in self.answers.items()})
        families, levels = Counter[str](), Counter[int]()
        for (family, level), rows in places.items():
            families[family] += rows
            levels[level] += rows
        bits = sum(len(answers) * answer_bits(answers) for answers in self.answers.values())
        rows = self.sample.seen
        return Measures(
            name=name,
            rows=rows,
            coverage=_coverage(self.signatures, self.shapes),
            prompts=measure_texts([prompt for prompt, _ in drawn]),
            solutions=measure_texts([solution for _, solution in drawn]),
            families=spread(families),
            levels=spread(levels),
            places=spread(places),
            density=Density(
                tokens=self.tokens / rows,
                steps=100 * self.lines / self.tokens,
                bits=bits / self.tokens,
            ),
        )


def _coverage(signatures: "array[int]", shapes: "array[int]") -> Coverage:
    return Coverage(
        signatures=len(np.unique(signatures)) / len(signatures),
        shapes=len(np.unique(shapes)) / len(shapes),
    )
