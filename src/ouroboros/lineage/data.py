"""Examples on disk: one Parquet file a generation, never changed once written.

Columns: family, level, prompt, lines (list of strings), author, generation, slip (list of strings:
the lines as they were written at first, up to a wrong one).
"""

# The libraries below ship no types:
# pyright: standard

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole
from ouroboros.types import Example

SCHEMA = pa.schema([
    ("family", pa.string()),
    ("level", pa.int64()),
    ("prompt", pa.string()),
    ("lines", pa.list_(pa.string())),
    ("author", pa.string()),
    ("generation", pa.int64()),
    ("slip", pa.list_(pa.string())),
])


def write_examples(path: Path, examples: Sequence[Example]) -> None:
    """Write the examples as Parquet; the same examples give the same bytes."""
    columns = {
        "family": [e.family for e in examples],
        "level": [e.level for e in examples],
        "prompt": [e.prompt for e in examples],
        "lines": [list(e.lines) for e in examples],
        "author": [e.author for e in examples],
        "generation": [e.generation for e in examples],
        "slip": [list(e.slip) for e in examples],
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, schema=SCHEMA), sink, compression="zstd")
    write_whole(path, sink.getvalue().to_pybytes())


def read_columns(path: Path) -> dict[str, list[object]]:
    """The file's columns as lists.

    Raises:
        UsageError: it is missing, damaged or no such table.
    """
    try:
        table = pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowException) as error:
        what = str(error).splitlines()[0]
        raise UsageError(f"{path} cannot be read ({what}); restore it or start over") from None
    return cast("dict[str, list[object]]", table.to_pydict())
