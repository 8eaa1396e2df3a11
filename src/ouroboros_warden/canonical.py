r"""Canonical JSON and content ids: equal values have equal bytes, and bytes have one name.

>>> canonical({"b": [1, 2.5], "a": "é"})
b'{"a":"\xc3\xa9","b":[1,2.5]}'

Keys are sorted, nothing is padded, text is UTF-8, numbers are what Python's `json` writes.
`decode` is the only way foreign bytes become values: what it returns can always be written again.
Not covered: keys that are not strings are written as strings, so callers keep to strings.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from ouroboros_warden.errors import UsageError

Json = dict[str, Any]

CHECKPOINT_ID_LENGTH = 16  # hex digits of a checkpoint's name
DEPTH_LIMIT = 64  # objects and arrays in each other
GENOME_LIMIT = 1 << 20  # bytes; a genome is a page of text


def canonical(obj: Any) -> bytes:
    """The one encoding of `obj`; UsageError for NaN, infinities, lone surrogates, other types."""
    try:
        text = json.dumps(
            obj, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"not canonical JSON: {error}") from error


def decode(data: bytes) -> Json:
    """The JSON object in `data`; UsageError for anything that `canonical` could not write."""
    try:
        value: Any = json.loads(data.decode(), object_pairs_hook=_table)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UsageError("not a JSON object")
    if _is_deep([value]):
        raise UsageError(f"not JSON: nested deeper than {DEPTH_LIMIT}")
    canonical(value)
    return cast("Json", value)


def _table(pairs: list[tuple[str, Any]]) -> Json:
    """An object; ValueError where a name comes twice, for readers differ on which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice in an object")
    return found


def _is_deep(level: list[Any]) -> bool:
    """Whether values are nested so deep that whoever walks through them might not come back."""
    for _ in range(DEPTH_LIMIT):
        level = [part for each in level for part in _parts(each)]
    return bool(level)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast("Json", value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


def content_id(obj: Any) -> str:
    """SHA-256 of the canonical bytes, 64 hex digits."""
    return hashlib.sha256(canonical(obj)).hexdigest()


def file_id(path: Path | str) -> str:
    """SHA-256 of a file's bytes, 64 hex digits; OSError where it cannot be read."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checkpoint_id(directory: Path) -> str:
    """The name that a checkpoint's genome and weights deserve; UsageError, OSError if unreadable.

    Only regular files count: a link could point elsewhere the next moment.
    """
    genome, weights = directory / "genome.json", directory / "weights.safetensors"
    for file in (genome, weights):
        if file.is_symlink() or not file.is_file():
            raise UsageError(f"checkpoint {directory.name} has no regular file {file.name}")
    if genome.stat().st_size > GENOME_LIMIT:
        raise UsageError(f"checkpoint {directory.name} has an oversized genome.json")
    return checkpoint_name(genome.read_bytes(), file_id(weights))


def checkpoint_name(genome: bytes, weights: str) -> str:
    """The name of a genome as it was written and weights of this content id; UsageError."""
    return content_id({"genome": decode(genome), "weights": weights})[:CHECKPOINT_ID_LENGTH]
