"""`ouro data`: problems with verified solutions, as Parquet."""

from pathlib import Path
from typing import Annotated

import typer

from ouroboros.cli.options import AsJson

app = typer.Typer(
    help="Problems with verified solutions, in words and in compact form.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("make")
def make(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the data set goes.")],
    families: Annotated[
        str, typer.Option("--families", help="Names or domains, with commas; or all.")
    ] = "all",
    levels: Annotated[str, typer.Option("--levels", help="Such as 1-4 or 2,8,16.")] = "1-4",
    count: Annotated[int, typer.Option("--count", min=1, help="Items altogether.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same gives the same.")] = 0,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; all cores by default.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Make a data set, or go on with one that was interrupted."""
    import os
    import time

    from ouroboros.cli.bar import Bar
    from ouroboros.cli.output import emit, note
    from ouroboros.mill.card import write_card
    from ouroboros.mill.shards import Order, Shard
    from ouroboros.mill.shards import make as make_shards

    order = Order(
        families=chosen_families(families), levels=chosen_levels(levels), count=count, seed=seed
    )
    began = time.monotonic()
    with Bar("making") as bar:
        done = 0

        def show(shard: Shard) -> None:
            nonlocal done
            done += shard.wanted
            bar.show(done, order.count, f"{shard.family} {shard.level}")

        shards = make_shards(order, out, workers=workers or os.cpu_count() or 1, report=show)
    seconds = time.monotonic() - began
    write_card(order, shards, out)
    rows, disputed = sum(s.rows for s in shards), sum(s.disputed for s in shards)
    short = [s for s in shards if s.rows < s.wanted]
    for shard in short:
        note(f"{shard.family}, level {shard.level}: has only {shard.rows} of {shard.wanted}")
    if as_json:
        emit({
            "rows": rows, "disputed": disputed, "short": len(short), "shards": len(shards),
            "seconds": round(seconds, 3), "rows_per_second": round(rows / seconds, 1),
            "out": str(out),
        })  # fmt: skip
    else:
        note(f"{rows:,} items in {seconds:.1f} s ({rows / seconds:,.0f} a second), in {out}")
    return 0


def chosen_families(text: str) -> tuple[str, ...]:
    """The families that a list of names and domains means; UsageError for an unknown one."""
    from typing import get_args

    from ouroboros.envs import load_families
    from ouroboros.envs.base import Domain
    from ouroboros.errors import UsageError

    domains = get_args(Domain)
    asked = [part.strip() for part in text.split(",") if part.strip()]
    if not asked:
        raise UsageError("--families takes names of `ouro envs list`, domains, or all")
    if any(part == "all" or part in domains for part in asked):
        every = load_families()
    else:
        every = load_families(asked)
    found: dict[str, None] = {}
    for part in asked:
        if part == "all" or part in domains:
            found |= {n: None for n, f in every.items() if part in ("all", f.domain)}
        else:
            found |= dict.fromkeys(load_families([part]))
    return tuple(found)


def chosen_levels(text: str) -> tuple[int, ...]:
    """The levels that a list of numbers and ranges means; UsageError where it is none."""
    import re

    from ouroboros.errors import UsageError

    levels: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5}))?\s*", part)
        if found is None:
            raise UsageError(f"--levels takes numbers and ranges, such as 1-4,8, not {text!r}")
        first = int(found[1])
        levels |= set(range(first, int(found[2] or first) + 1))
    if not levels:
        raise UsageError(f"--levels: {text!r} holds no level")
    return tuple(sorted(levels))
