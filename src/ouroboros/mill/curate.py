"""Curation: a data set without what it says twice, and with equal shares if that is wanted.

    curate(Path("in"), Path("out"), Rules(near=0.8, balance=True, at_least=50))

    out/README.md, manifest.json, data/copy/00001.parquet ...     as `ouro data make` lays it out

In the order of families, levels, paths and rows, the first of several items stays: of those with
one signature, then of those of a family that are near to each other in the sense of
`ouroboros.mill.near`. Then levels with too few items are left out, and the others cut to equal
length from their end. The same input and rules make the same bytes, and the folder appears when all
of it is written.

Items are read and written a group of rows at a time. Kept in memory are 9 bytes an item, and of one
family at a time 8 bytes for each line of a solution and entry of a prompt, and some 130 bytes an
item more: about 0.2 GB for a million items of a family. Items that meet many others need more.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.mill.card import write_card
from ouroboros.mill.near import LEAST
from ouroboros.mill.reading import read_groups
from ouroboros.mill.shards import MANIFEST, Order, Shard, schema, shard_file
from ouroboros.mill.verdicts import (
    Source,
    Verdict,
    drop_near,
    drop_same,
    drop_unequal,
    open_sources,
    place_of,
)

REASONS = {
    "same": "have the signature of an earlier row",
    "near": "are near to an earlier row of their family",
    "few": "are of a family's level that has too few",
    "surplus": "are more than the shortest level has",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is to be dropped."""

    near: float = 0.8
    """Similarity from which on two items are near to each other; 0: none are."""
    balance: bool = False
    """Cut every level of every family to the length of the shortest."""
    at_least: int = 1
    """A family's level with fewer items is left out."""

    def __post_init__(self) -> None:
        """UsageError for a similarity that cannot be looked for."""
        if self.near and not LEAST <= self.near <= 1:
            raise UsageError(f"a near similarity is {LEAST} to 1, or 0 for none, not {self.near}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What became of a family's items at a level."""

    family: str
    level: int
    read: int
    rows: int
    dropped: dict[str, int]
    """By reason."""
    sha256: str
    """Of the shard; empty where nothing is left."""


Report = Callable[[int, int, str], None]
"""Told how many steps are done, of how many, and what the last one was."""


def curate(folder: Path, out: Path, rules: Rules, report: Report = lambda *_: None) -> list[Share]:
    """Write what `rules` leave of the data set in `folder` to `out`; `report` hears of each step.

    Raises UsageError where `out` is there already, `folder` is no data set or nothing would be
    left.
    """
    if out.exists():
        raise UsageError(f"{out} is there already: choose another --out")
    origin, sources = origin_of(folder), open_sources(folder)
    load_families(list(dict.fromkeys(source.family for source in sources)))
    families = [list(own) for _, own in groupby(sources, key=lambda source: source.family)]
    places = [list(own) for _, own in groupby(sources, key=place_of)]
    steps = len(families) + len(places)
    drop_same(sources)
    for done, own in enumerate(families, 1):
        if rules.near:
            drop_near(own, rules.near)
        report(done, steps, f"comparing {own[0].family}")
    drop_unequal(sources, balance=rules.balance, at_least=rules.at_least)
    beside = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        shares: list[Share] = []
        for own in places:
            shares.append(_write(beside, own))
            report(len(families) + len(shares), steps, f"writing {own[0].family} {own[0].level}")
        _write_account(origin, rules, shares, beside)
        beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return shares


def dropped(shares: Sequence[Share]) -> dict[str, int]:
    """How many rows went, by reason."""
    return {reason: sum(share.dropped[reason] for share in shares) for reason in REASONS}


def origin_of(folder: Path) -> Order:
    """The order that a data set was made to, before it was curated, if it was."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text())
        order = found.get("curated", found)["order"]
        return Order(**{**order, "families": (*order["families"],), "levels": (*order["levels"],)})
    except FileNotFoundError as error:
        raise UsageError(f"{folder} has no {MANIFEST}: `ouro data make` makes data sets") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is damaged, or not of `ouro data make`") from error


def _write(folder: Path, sources: Sequence[Source]) -> Share:
    """Write what is kept of a place's shards as one, if anything is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    family, level = place_of(sources[0])
    verdicts = np.concatenate([source.verdicts for source in sources])
    rows, path = int((verdicts == Verdict.KEPT).sum()), folder / shard_file(family, level)
    if rows:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(path, schema(), compression="zstd") as writer:
            for source in sources:
                at = 0
                for group in read_groups(source.path, schema().names):
                    here = source.verdicts[at : at + len(group)] == Verdict.KEPT
                    at += len(group)
                    if here.any():
                        kept = pa.Table.from_batches([group.filter(pa.array(here))])
                        writer.write_table(kept.cast(schema()))
    return Share(
        family=family,
        level=level,
        read=len(verdicts),
        rows=rows,
        dropped={name: int((verdicts == Verdict[name.upper()]).sum()) for name in REASONS},
        sha256=_hash(path) if rows else "",
    )


def _hash(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write_account(origin: Order, rules: Rules, shares: Sequence[Share], folder: Path) -> None:
    """The manifest, which says what was dropped and why, and the card."""
    curated = {"order": asdict(origin), "rules": asdict(rules)}
    written = {"curated": curated, "shards": [asdict(share) for share in shares]}
    (folder / MANIFEST).write_text(json.dumps(written, indent=1) + "\n")
    left = [share for share in shares if share.rows]
    order = replace(
        origin,
        families=tuple(dict.fromkeys(share.family for share in left)),
        levels=tuple(sorted({share.level for share in left})),
        count=sum(share.rows for share in left),
    )
    write_card(order, [_as_shard(share) for share in left], folder, _section(rules, shares))


def _as_shard(share: Share) -> Shard:
    fields = {"family": share.family, "level": share.level, "rows": share.rows}
    return Shard(**fields, wanted=share.read, repeated=0, disputed=0, sha256=share.sha256)


def _section(rules: Rules, shares: Sequence[Share]) -> str:
    """What the card says of the curation, in place of how to make the files again."""
    read, rows = sum(share.read for share in shares), sum(share.rows for share in shares)
    near = f"looked for from {rules.near:g} on" if rules.near else "not looked for"
    return "\n".join([
        f"`ouro data curate` kept {rows:,} of the {read:,} rows of a data set, which its order, in",
        "`manifest.json`, makes again; the same set and rules keep the same rows, byte for byte.",
        f"Near-duplicates, {near}, are of one family. Their similarity is the Jaccard share of",
        "their solutions' lines, each with the line before it, and of their prompts' entries.", "",
        "| rows dropped | because they |", "|---|---|",
        *(f"| {count:,} | {REASONS[reason]} |" for reason, count in dropped(shares).items()),
    ])  # fmt: skip
