"""Shards: one Parquet file a family and level, made in parallel, each whole or not there.

    make(Order(families=("copy",), levels=(1, 2), count=100, seed=0), Path("out"), workers=2)

    out/README.md              the dataset card, which `datasets.load_dataset("out")` reads
    out/manifest.json          what was ordered, and each shard's rows and hash
    out/data/copy/00001.parquet

The same order makes the same bytes, however many workers and interruptions: a shard is written
beside its place and moved there when done, and what is there is not made again. A folder with
another order in it is refused. Rows are spread evenly over families and levels; a level with fewer
problems than its share gives what it has, and the manifest says so.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ouroboros.errors import UsageError
from ouroboros.mill.items import Item, Mint

GROUP = 8192  # rows a row group
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made."""

    families: tuple[str, ...]
    levels: tuple[int, ...]
    count: int
    """Items altogether."""
    seed: int

    def shares(self) -> dict[tuple[str, int], int]:
        """Items of each family and level; the first ones get what does not divide."""
        places = [(family, level) for family in self.families for level in self.levels]
        each, rest = divmod(self.count, len(places))
        return {place: each + (i < rest) for i, place in enumerate(places)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """What became of a family's share at a level."""

    family: str
    level: int
    rows: int
    wanted: int
    repeated: int
    disputed: int
    sha256: str

    @property
    def file(self) -> str:
        """Its place below the data set's folder."""
        return shard_file(self.family, self.level)


def shard_file(family: str, level: int) -> str:
    """The place of a shard below the data set's folder."""
    return f"data/{family}/{level:05d}.parquet"


def make(
    order: Order, folder: Path, *, workers: int, report: Callable[[Shard], None]
) -> list[Shard]:
    """Make what is not there yet, `report` each shard, and give all of them in order.

    Raises UsageError where the folder holds something else, OSError where the disk refuses.
    """
    done = _opened(order, folder)
    for shard in done.values():
        report(shard)
    shares = {place: n for place, n in order.shares().items() if n and place not in done}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [
            pool.submit(make_shard, str(folder), family, level, order.seed, wanted)
            for (family, level), wanted in shares.items()
        ]
        try:
            for future in as_completed(waiting):
                shard = future.result()
                done[shard.family, shard.level] = shard
                _write_manifest(order, folder, done)
                report(shard)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[place] for place in order.shares() if place in done]


def make_shard(folder: str, family: str, level: int, seed: int, wanted: int) -> Shard:
    """Write one shard: beside its place first, then there in one move."""
    path = Path(folder) / shard_file(family, level)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.part")
    mint = Mint(family, level=level, seed=seed)
    try:
        rows = write_items(beside, mint.rows(wanted))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return Shard(
        family=family,
        level=level,
        rows=rows,
        wanted=wanted,
        repeated=mint.repeated,
        disputed=mint.disputed,
        sha256=_hash(path),
    )


def write_items(path: Path, items: Iterator[Item]) -> int:
    """Stream items into a Parquet file; how many they were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(path, schema(), compression="zstd") as writer:
        while group := list(islice(items, GROUP)):
            columns = {f.name: [getattr(i, f.name) for i in group] for f in fields(Item)}
            writer.write_table(pa.table(columns, schema=schema()))
            rows += len(group)
    return rows


def schema() -> Any:
    """The columns of a shard."""
    import pyarrow as pa

    kinds: dict[Any, Any] = {str: pa.string(), int: pa.int64(), list[str]: pa.list_(pa.string())}
    return pa.schema([pa.field(f.name, kinds[f.type], nullable=False) for f in fields(Item)])


def _opened(order: Order, folder: Path) -> dict[tuple[str, int], Shard]:
    """The shards that are there already, each as its manifest says."""
    path = folder / MANIFEST
    if not path.exists():
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty and holds no {MANIFEST}: choose another --out")
        folder.mkdir(parents=True, exist_ok=True)
        _write_manifest(order, folder, {})
        return {}
    try:
        found = json.loads(path.read_text())
        if isinstance(found, dict) and "order" not in found:
            raise UsageError(f"{folder} was not made by `ouro data make`: choose another --out")
        shards = [Shard(**each) for each in found["shards"]]
        ordered = found["order"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is damaged: delete {folder} and make it anew") from error
    if ordered != json.loads(json.dumps(asdict(order))):
        raise UsageError(f"{folder} holds another order (see {MANIFEST}): choose another --out")
    for left in folder.glob("data/*/*.part"):
        left.unlink()
    whole = [s for s in shards if _hash(folder / s.file) == s.sha256]
    return {(shard.family, shard.level): shard for shard in whole}


def _write_manifest(order: Order, folder: Path, done: dict[tuple[str, int], Shard]) -> None:
    shards = [asdict(done[place]) for place in order.shares() if place in done]
    beside = folder / f"{MANIFEST}.part"
    beside.write_text(json.dumps({"order": asdict(order), "shards": shards}, indent=1) + "\n")
    beside.replace(folder / MANIFEST)


def _hash(path: Path) -> str:
    """The SHA-256 of a file; empty where there is none."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
