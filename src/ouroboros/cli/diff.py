"""`ouro diff`: two checkpoints beside each other."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson, RunOption

if TYPE_CHECKING:
    from ouroboros.lineage.history import Difference


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A checkpoint's name or its beginning.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another's.")],
    run_dir: RunOption = None,
    as_json: AsJson = False,
) -> int:
    """Compare two checkpoints: bodies, examinations, the data made in between, parents."""
    from ouroboros.cli.output import emit
    from ouroboros.cli.runs import find_run
    from ouroboros.lineage.history import compare, find_checkpoint
    from ouroboros.lineage.index import open_index

    folder = find_run(run_dir)
    with open_index(folder) as index:
        names = find_checkpoint(index, a), find_checkpoint(index, b)
        found = compare(index, folder, *names)
    if as_json:
        emit(asdict(found))
    else:
        _print(found)
    return 0


def _print(found: "Difference") -> None:
    from ouroboros.cli.output import page, plain, table

    console = page()
    for side in (found.a, found.b):
        parent = plain(side.parent or "-")
        console.print(f"{side.checkpoint}: generation {side.generation}, parent {parent}")
    rows = [[field, str(left), str(right)] for field, left, right in found.genome]
    console.print(table("genome", "A", "B", rows=rows) if rows else "the same body")
    lines = [
        [family, str(level), _score(left), _score(right)]
        for family, level, left, right in found.rows
    ]
    console.print(table("family", "level", "A", "B", rows=lines, numbers=(1, 2, 3)))
    made = sum(file.rows or 0 for file in found.data)
    console.print(f"made in between: {made:,} examples in {len(found.data)} files")


def _score(pair: tuple[int, int] | None) -> str:
    return "-" if pair is None else f"{pair[0]}/{pair[1]}"
