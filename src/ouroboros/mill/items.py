"""Items: problems with worked solutions that both routes of their family's judges agree upon.

    rows = Mint("kinematics", level=2, seed=0).rows(100)
    next(rows).answer        "103 m/s"

An item's signature is a hash of what makes it the problem that it is: what its prompt holds, in
whatever order, and its solution. Two items of one signature are the same problem, and the second
is left out. Where the two routes disagree nothing is made, and the case is counted.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ouroboros.envs import load_families
from ouroboros.plugins import blame
from ouroboros_judges.answers import load_answers

BATCH = 4096  # problems proposed at once, at most
TOGETHER = 256  # problems solved at once, at most
PATIENCE = 8  # times as many problems as are known, all of them old: then a level has no more
_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+|[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A problem, its solution and what a stranger needs to check it."""

    family: str
    domain: str
    level: int
    seed: int
    """Of the batch that proposed it."""
    prompt: str
    """The question in words."""
    steps: list[str]
    """The worked solution as people write it, without its answer."""
    answer: str
    """With its unit."""
    facts: str
    """The scene as JSON, units included."""
    signature: str
    compact: str
    """The question for small models."""
    lines: list[str]
    """Its solution; the last line is the answer."""


class Mint:
    """Makes items of one family and level; the same seed makes the same items."""

    def __init__(self, family: str, *, level: int, seed: int) -> None:
        """Load both halves; UsageError where there is no such family or level."""
        self.family = load_families([family])[family]
        self.answers = load_answers([family])[family]
        self.level, self.seed = level, seed
        self.disputed = 0
        """Problems on which the two routes disagreed."""
        self.repeated = 0
        """Problems that had been made before."""

    def rows(self, count: int) -> Iterator[Item]:
        """Up to `count` distinct items; fewer where the level has no more."""
        known: set[str] = set()
        name, batch, idle = self.family.name, 0, 0
        while len(known) < count and idle < PATIENCE * (len(known) + 16):
            found = len(known)
            size = min(BATCH, 16 + 2 * (count - found))
            seed = batch_seed(self.seed, batch)
            with blame(f"family {name!r}"):
                tasks = self.family.propose(self.level, seed, size)
            place = 0
            while place < len(tasks) and len(known) < count:
                end = place + min(TOGETHER, count - len(known))
                with blame(f"family {name!r}"):
                    items = self._items([task.prompt for task in tasks[:end]], seed, place, known)
                yield from items
                place = end
            batch, idle = batch + 1, idle + size if len(known) == found else 0

    def _items(self, prompts: list[str], seed: int, start: int, known: set[str]) -> list[Item]:
        """The items of all prompts from a place on, without those of `known` and the disputed."""
        solved = enumerate(self.answers.references(prompts[start:]), start)
        items = [self._item(prompts[i], lines, seed, i, known) for i, lines in solved]
        return [item for item in items if item is not None]

    def _item(
        self, compact: str, lines: tuple[str, ...] | None, seed: int, place: int, known: set[str]
    ) -> Item | None:
        """The item of a solved prompt; None where it was made before or is disputed."""
        family = self.family
        if lines is None:
            self.disputed += 1
            return None
        mark = signature(family.name, compact, lines)
        if mark in known:
            self.repeated += 1
            return None
        known.add(mark)
        *steps, answer = family.read(compact, lines)
        return Item(
            family=family.name,
            domain=family.domain,
            level=self.level,
            seed=seed,
            prompt=family.phrase(compact, seed + place),
            steps=steps,
            answer=answer,
            facts=json.dumps(family.facts(compact), separators=(",", ":")),
            signature=mark,
            compact=compact,
            lines=list(lines),
        )


def batch_seed(seed: int, batch: int) -> int:
    """A 48-bit seed of one batch."""
    digest = hashlib.sha256(f"{seed}/{batch}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


def signature(family: str, compact: str, lines: Sequence[str]) -> str:
    """64 bits in hex: the family, what the prompt holds in whatever order, and the solution."""
    held = "\x1f".join(sorted(_TOKEN.findall(compact)))
    text = "\x1e".join((family, held, *lines))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
