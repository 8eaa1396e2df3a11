r"""Our problems for other people's programs: a data set that makes and judges them as asked for.

    data = Problems("kinematics", level=2, seed=0, size=500)
    data[3]["question"]                          "A cart rolls at 42 m/s. ..."
    data.score_answer("0.062 km/s", data[3])     1.0 where that is the speed, else 0.0

Entries and scores are as those of the package reasoning-gym, which is not needed; where it is
installed, `register()` adds our families to its own. `final_answer` finds the answer in a reply of
a model that was asked to end with one. All is drawn from the seed given: no secret of a run's
examinations is read here, so that nothing sealed can leave.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.mill.gym import factory
from ouroboros.mill.items import Item, Mint, batch_seed
from ouroboros.mill.shards import Order
from ouroboros.plugins import blame
from ouroboros_judges.answers import load_answers

SOURCE = "ouroboros_"  # before a family's name, in other people's registries
BLOCK = 64  # entries made at once
SIZE = 500  # of reasoning-gym's data sets by default
TOP = 4  # times the wall: where a curriculum there ends, for it has to end
ASK = "End with one line: Answer: and the answer alone, with its unit if it has one."
FINAL = r"(?im)^[ \t*]*answer:[ \t*]*([^\n]*?)[ \t*]*$"  # the answer in a line of a reply


class Problems:
    """Entries of one family and level by their index, each made as it is asked for.

    Entry `i` depends on the seed and `i` alone, and any two of a block of 64 differ where the
    level has so many problems.
    """

    def __init__(self, family: str, *, level: int, seed: int = 0, size: int = SIZE) -> None:
        """Raises UsageError where there is no such family, level or size."""
        if size < 1 or level < 1:
            raise UsageError(f"needs level >= 1 and size >= 1, not {level} and {size}")
        self.family = load_families([family])[family]
        self.level, self.seed, self.size = level, seed, size

    def __len__(self) -> int:
        """How many entries there are."""
        return self.size

    def __getitem__(self, index: int) -> dict[str, Any]:
        """The entry; IndexError beyond the last."""
        if not 0 <= index < self.size:
            raise IndexError(f"{self.family.name}: entry {index} of {self.size}")
        block = _block(self.family.name, self.level, self.seed, index // BLOCK)
        return entry_of(block[index % BLOCK % len(block)], index)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """All entries in order."""
        return (self[index] for index in range(self.size))

    def score_answer(self, answer: object, entry: Mapping[str, Any]) -> float:
        """1.0 for an answer that means the right one, 0.0 for anything else; never raises."""
        compact = entry["metadata"]["compact"]
        return score(self.family.name, compact, answer)

    @cached_property
    def category(self) -> str:
        """The family's domain."""
        return self.family.domain


@lru_cache(maxsize=256)
def _block(family: str, level: int, seed: int, block: int) -> tuple[Item, ...]:
    items = tuple(Mint(family, level=level, seed=batch_seed(seed, block)).rows(BLOCK))
    if not items:
        raise UsageError(f"{family}: no problem of level {level} that both routes agree upon")
    return items


def entry_of(item: Item, index: int) -> dict[str, Any]:
    """An item as reasoning-gym's programs expect it."""
    return {
        "question": item.prompt,
        "answer": item.answer,
        "metadata": {
            "source_dataset": SOURCE + item.family,
            "source_index": index,
            "family": item.family,
            "domain": item.domain,
            "compact": item.compact,
            "facts": json.loads(item.facts),
            "steps": list(item.steps),
            "signature": item.signature,
            "difficulty": {"level": item.level},
        },
    }


@lru_cache(maxsize=256)
def _answers(family: str) -> Any:
    return load_answers([family])[family]


def score(family: str, compact: str, answer: object) -> float:
    """1.0 where a text means the right answer to a problem in compact form, else 0.0."""
    if not isinstance(answer, str):
        return 0.0
    with blame(f"family {family!r}"):
        return float(_answers(family).accepts(compact, answer))


def final_answer(reply: str) -> str:
    """What stands in the last line that begins with "Answer:"; nothing where there is none."""
    found = re.findall(FINAL, reply)
    return found[-1] if found else ""


def drawn(order: Order) -> Iterator[Item]:
    """The items of an order, spread evenly; fewer where a level has no more."""
    for (family, level), share in order.shares().items():
        yield from Mint(family, level=level, seed=order.seed).rows(share)


def named(order: Order) -> dict[str, Any]:
    """An order for a page of text."""
    return {
        "families": ", ".join(order.families),
        "levels": ", ".join(map(str, order.levels)),
        "count": order.count,
        "seed": order.seed,
    }


def empty_folder(folder: Path) -> Path:
    """The folder, made where it is not there; UsageError where something is in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there and not empty: choose another --out")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def register(families: Sequence[str] | None = None) -> list[str]:
    """Add families, by default all, to reasoning-gym's registry; the names they have there.

    Raises UsageError where the package is not installed.
    """
    registry = factory()
    names = []
    for family in load_families(families).values():
        name = SOURCE + family.name
        if name not in registry.DATASETS:
            registry.register_dataset(name, *_classes(name, family.name, family.wall))
        names.append(name)
    return names


def _classes(name: str, family: str, wall: int) -> tuple[type, type, type]:
    """The data set, configuration and curriculum of a family for reasoning-gym's registry."""
    procedural = import_module("reasoning_gym.dataset").ProceduralDataset
    curriculum = import_module("reasoning_gym.coaching.base_curriculum").BaseCurriculum
    attribute = import_module("reasoning_gym.coaching.attributes").ScalarAttributeDefinition

    @dataclass
    class Config:
        level: int = wall
        seed: int = 0
        size: int = SIZE

    class Curriculum(curriculum):
        def __init__(self) -> None:
            super().__init__(f"{name}_curriculum", Config)
            levels = list(range(1, TOP * wall + 1))
            self._define_attributes(attribute(name="level", field_name="level", levels=levels))

    class Registered(Problems, procedural):
        def __init__(self, config: Config) -> None:
            super().__init__(family, level=config.level, seed=config.seed, size=config.size)
            self.config = config

    return Registered, Config, Curriculum
