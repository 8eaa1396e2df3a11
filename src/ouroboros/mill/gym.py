"""Other people's tasks: those of the package reasoning-gym, as rows beside ours.

    list_tasks(["gcd"])[0].levels                      4
    Guest("gcd", level=1, seed=0).rows(1)              one Item of family "rg_gcd"

A level is a step of the task's own curriculum, counted from 1; a task without one has the level 1,
which is its default configuration. A row is made only where the task's own scorer gives its
reference answer the full score and an empty answer less: what it refuses is counted and left out.
Not covered: whether the reference is right. `selftest` says what else is wrong with a task.
"""

import hashlib
import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from ouroboros.errors import PluginError, UsageError
from ouroboros.mill.items import Item
from ouroboros.mill.shards import shard_file, write_items
from ouroboros.plugins import blame

PACKAGE = "reasoning-gym"
PREFIX = "rg_"
FULL = 1.0  # what a right answer scores
COMPOSED = "composite"  # a mixture of other tasks, no task of its own
SPARE = 2  # times as many entries are drawn as rows are wanted
REFERENCES = ("example_answer", "example_correct_answer", "possible_answer")
"""Where the metadata of tasks without one reference answer hold one of several."""
DOMAINS = dict.fromkeys(("algebra", "arithmetic", "geometry", "probability"), "mathematics")


@dataclass(frozen=True, slots=True, kw_only=True)
class GymTask:
    """A task as its package declares it."""

    name: str
    category: str
    """The package's own."""
    domain: str
    levels: int
    """Of its curriculum; 1 where it has none."""
    parameters: dict[str, Any]
    """What can be configured, with the defaults."""
    curriculum: dict[str, list[Any]]
    """What each attribute of its curriculum is at each level."""


def factory() -> Any:
    """The package's registry; UsageError where it is not installed."""
    try:
        return import_module("reasoning_gym.factory")
    except ImportError as error:
        raise UsageError(f"{PACKAGE} is not here: pip install 'ouroboros[gym]'") from error


def version() -> str:
    """Of the installed package; "unknown" where it came without its papers."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return "unknown"


def list_tasks(names: Sequence[str] | None = None) -> list[GymTask]:
    """The tasks of these names, by default all but mixtures; UsageError for an unknown one."""
    registry = factory()
    known = sorted(name for name in registry.DATASETS if name != COMPOSED)
    for name in names or ():
        if name not in known:
            raise UsageError(f"unknown task {name!r} of {PACKAGE}; known: {', '.join(known)}")
    return [_task(registry, name) for name in (known if names is None else names)]


def _task(registry: Any, name: str) -> GymTask:
    made, config = registry.DATASETS[name]
    category = ([*made.__module__.split("."), "other"])[1]
    steps = {}
    if name in registry.CURRICULA:
        with blame(f"{PACKAGE} task {name!r}"):
            attributes = registry.CURRICULA[name]().attributes
        steps = {key: plain(each.levels) for key, each in attributes.items()}
    return GymTask(
        name=name,
        category=category,
        domain=DOMAINS.get(category, "logic"),
        levels=max(map(len, steps.values()), default=1),
        parameters={f.name: _default(f) for f in fields(config) if f.name not in ("seed", "size")},
        curriculum=steps,
    )


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return plain(field.default)
    return plain(field.default_factory()) if field.default_factory is not MISSING else None


def open_task(name: str, *, level: int | None, seed: int, size: int) -> Any:
    """The package's data set of a task, in its default configuration for no level.

    Raises UsageError for a level that the task's curriculum does not have.
    """
    registry = factory()
    (task,) = list_tasks([name])
    if level is not None and not 1 <= level <= task.levels:
        raise UsageError(f"{PACKAGE} task {name!r} has the levels 1 to {task.levels}, not {level}")
    made, config = registry.DATASETS[name]
    given = {"seed": seed, "size": size}
    if level is None or not task.curriculum:
        return made(config(**given))
    curriculum = registry.CURRICULA[name]()
    curriculum.set_global_level(level - 1)
    return made(curriculum.generate_configuration(given))


class Guest:
    """Makes rows of one task and level; the same seed makes the same rows."""

    def __init__(self, name: str, *, level: int, seed: int) -> None:
        """Look the task up; UsageError where there is no such task or level."""
        (self.task,) = list_tasks([name])
        if not 1 <= level <= self.task.levels:
            raise UsageError(f"{name} has the levels 1 to {self.task.levels}, not {level}")
        self.level, self.seed = level, seed
        self.refused = 0
        """Entries without a reference, or that their own scorer gets wrong or fails on."""
        self.repeated = 0
        """Entries that had come before."""

    def rows(self, count: int, limit: float = math.inf) -> Iterator[Item]:
        """Up to `count` distinct rows; fewer where the task refuses or repeats too many.

        No entry is begun after `limit` seconds; a PluginError says so.
        """
        name, size, end = self.task.name, SPARE * count + 16, time.monotonic() + limit
        with blame(f"{PACKAGE} task {name!r}"):
            data = open_task(name, level=self.level, seed=self.seed, size=size)
        known: set[str] = set()
        for place in range(size):
            if time.monotonic() > end:
                raise PluginError(f"{PACKAGE} task {name!r} was not done within {limit:g} s")
            item = self._item(data, place)
            if item is None:
                self.refused += 1
            elif item.signature in known:
                self.repeated += 1
            else:
                known.add(item.signature)
                yield item
            if len(known) == count:
                return

    def _item(self, data: Any, place: int) -> Item | None:
        """The row of an entry; None where it has no reference or its scorer is wrong about it."""
        try:
            entry = data[place]
            question, answer = entry["question"], reference_of(entry)
            if answer is None or not isinstance(question, str):
                return None
            if data.score_answer(answer, entry) != FULL or data.score_answer("", entry) >= FULL:
                return None
            facts = json.dumps(plain(entry["metadata"]), separators=(",", ":"))
        except Exception:  # noqa: BLE001 a third party's task raises anything; counted as refused
            return None
        family = PREFIX + self.task.name
        text = "\x1e".join((family, question, answer))
        return Item(
            family=family,
            domain=self.task.domain,
            level=self.level,
            seed=self.seed,
            prompt=question,
            steps=[],
            answer=answer,
            facts=facts,
            signature=hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16],
            compact="",
            lines=[],
        )


def reference_of(entry: Any) -> str | None:
    """The reference answer, or an example of one; None where the entry holds no text of any."""
    found = [entry["answer"], *(entry["metadata"].get(key) for key in REFERENCES)]
    found = [json.dumps(plain(each)) if isinstance(each, dict) else each for each in found]
    return next((each for each in found if isinstance(each, str)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GymShard:
    """What became of a task's rows at a level."""

    family: str
    level: int
    rows: int
    refused: int
    repeated: int
    error: str
    """Why the task could not be opened at this level; empty where it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GymOrder:
    """What rows are wanted."""

    tasks: tuple[str, ...]
    levels: tuple[int, ...]
    count: int
    """Of each task and level."""
    seed: int
    limit: float = math.inf
    """Seconds for a task's level."""


def make_rows(order: GymOrder, folder: Path) -> Iterator[GymShard]:
    """Write up to `count` rows of each task and level there is, and `reasoning-gym.json`.

    Raises UsageError where none of the tasks has one of the levels.
    """
    tops = {task.name: task.levels for task in list_tasks(order.tasks)}
    places = [(name, level) for name, top in tops.items() for level in order.levels if level <= top]
    if not places:
        raise UsageError(f"none of these tasks of {PACKAGE} has a level of {list(order.levels)}")
    shards: list[GymShard] = []
    for name, level in places:
        shards.append(_make_shard(name, level, order, folder))
        yield shards[-1]
    made = {"package": PACKAGE, "version": version(), "seed": order.seed, "count": order.count}
    text = json.dumps({**made, "shards": [asdict(shard) for shard in shards]}, indent=1)
    (folder / f"{PACKAGE}.json").write_text(text + "\n")


def _make_shard(name: str, level: int, order: GymOrder, folder: Path) -> GymShard:
    guest, rows, problem = Guest(name, level=level, seed=order.seed), 0, ""
    try:
        made = guest.rows(order.count, order.limit)
        rows = write_rows(folder, PREFIX + name, level, made)
    except PluginError as error:
        problem = str(error)
    return GymShard(
        family=PREFIX + name,
        level=level,
        rows=rows,
        refused=guest.refused,
        repeated=guest.repeated,
        error=problem,
    )


def write_rows(folder: Path, family: str, level: int, rows: Iterable[Item]) -> int:
    """Write a shard where the mill would put one of ours; how many rows it has."""
    path = folder / shard_file(family, level)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    try:
        count = write_items(beside, iter(rows))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def plain(value: Any) -> Any:
    """A value as JSON can hold it: keys as text, sets in order, anything else as its text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=repr)
    if hasattr(value, "tolist"):  # arrays and scalars of NumPy
        return plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return str(value)
