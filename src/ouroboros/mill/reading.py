"""Reading data sets: the shards of a folder, in the one order that all commands keep to."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ouroboros.errors import UsageError
from ouroboros.mill.shards import GROUP, schema


def find_shards(folder: Path) -> list[Path]:
    """Every Parquet file below a folder, ordered by its path there.

    Raises UsageError where there is none, or one that is not in the columns of the mill.
    """
    found = sorted(folder.rglob("*.parquet"), key=lambda path: path.relative_to(folder).parts)
    if not found:
        raise UsageError(f"{folder} holds no Parquet file; `ouro data make` makes some")
    for path in found:
        missing = [name for name in schema().names if name not in columns_of(path)]
        if missing:
            raise UsageError(f"{path} has no column {missing[0]!r}: it is no shard of the mill's")
    return found


def columns_of(path: Path) -> list[str]:
    """The names of a Parquet file's columns; UsageError where it cannot be read as one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path).names
    except pa.ArrowException as error:
        raise UsageError(f"{path} cannot be read as Parquet: {_first_line(error)}") from error


def read_groups(path: Path, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """The rows of a Parquet file as record batches of `GROUP` rows at most."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(GROUP, columns=columns)
    except pa.ArrowException as error:
        raise UsageError(f"{path} is damaged: {_first_line(error)}") from error


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a Parquet file, as tuples of these columns."""
    for group in read_groups(path, columns):
        yield from zip(*(group.column(name).to_pylist() for name in columns), strict=True)


def read_texts(source: Path, column: str) -> Iterator[str]:
    """One column of a Parquet or JSONL file, or of all such files below a folder.

    Raises UsageError for any other file, and where the column is missing or holds no text.
    """
    kinds = {".parquet": _parquet_texts, ".jsonl": _jsonl_texts}
    files = [source] if source.is_file() else [p for p in source.rglob("*") if p.suffix in kinds]
    if not files or files[0].suffix not in kinds:
        raise UsageError(f"{source} is no Parquet or JSONL file, and no folder with one")
    for path in sorted(files):
        for place, text in enumerate(kinds[path.suffix](path, column), 1):
            if not isinstance(text, str):
                raise UsageError(f"{path}, row {place}: no text in the column {column!r}")
            yield text


def _parquet_texts(path: Path, column: str) -> Iterator[Any]:
    if column not in columns_of(path):
        raise UsageError(f"{path} has no column {column!r}; it has {', '.join(columns_of(path))}")
    yield from (text for (text,) in read_rows(path, [column]))


def _jsonl_texts(path: Path, column: str) -> Iterator[Any]:
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, 1):
            try:
                yield json.loads(line).get(column)
            except (ValueError, AttributeError) as error:
                raise UsageError(f"{path}, row {place}: not an object of JSON") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
