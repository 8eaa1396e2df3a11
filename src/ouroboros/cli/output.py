"""What commands print: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ouroboros.lineage.summary import Summary


def emit(found: Mapping[str, Any]) -> None:
    """Write one object on one line of standard output."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def plain(text: str) -> str:
    """The text without characters that could command a terminal; some of it is the engine's."""
    return "".join(c if c.isprintable() else "?" for c in text)


def page() -> "Console":
    """A console on standard output."""
    from rich.console import Console

    return Console(highlight=False, markup=False, soft_wrap=True)


def table(*heads: str, rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> "Table":
    """A plain table; `numbers` are the columns that are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(heads):
        made.add_column(head, justify="right" if place in numbers else "left")
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    return made


def families_table(summary: "Summary") -> "Table":
    """Family, wall, frontier, accuracy, lower95."""
    from ouroboros.lineage import figures

    rows = [
        [
            name,
            figures.number(s.wall),
            figures.number(s.frontier),
            figures.share(s.accuracy),
            figures.share(s.lower95),
        ]
        for name, s in summary.families.items()
    ]
    heads = ("family", "wall", "frontier", "accuracy", "lower95")
    return table(*heads, rows=rows, numbers=(1, 2, 3, 4))


def summary_object(summary: "Summary", run_dir: Path) -> dict[str, Any]:
    """A run's figures as `ouro run --json` ends with them."""
    figures = asdict(summary)
    holder = summary.champion
    return {
        **figures,
        "champion": holder.checkpoint if holder else None,
        "capability": summary.capability,
        "flop_of_engine": summary.flop - summary.flop_of_judges,
        "run_dir": str(run_dir),
    }
