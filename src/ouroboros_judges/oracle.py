"""The oracle: worked examples and verdicts, in a process of its own that the warden starts.

`python -m ouroboros_judges.oracle` reads one JSON object a line and answers each with one line:

    {"op": "examples", "family": "copy", "level": 3, "count": 2, "seed": 7}
        {"prompts": ["fhf=", "617="], "lines": [["fhf"], ["617"]]}
    {"op": "verify", "family": "copy", "prompts": ["ab="], "lines": [["ba"]]}
        {"correct": [false]}
    {"op": "audit", "file": "data/3.parquet", "families": ["copy"]}
        {"families": {"copy": {"7": {"rows": 96, "correct": 95}}}, "foreign": 0}

Examples come half from the family's proposals, half from its adversarial items, in turn, and are
the same for the same request. A request to verify may say `"level"`: then a prompt of another
level is an error, so that nobody reads truth past the wall under a lower level's name. Any
failure is answered with {"error": ...} and the process goes on; it ends with its input.

Not covered: who may ask what. The warden meters and refuses; the oracle only knows.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TextIO

from ouroboros.envs import Family, load_families
from ouroboros.errors import OuroborosError, PluginError, UsageError
from ouroboros.plugins import blame
from ouroboros_judges.answers import Answers, load_answers

LONGEST_ERROR = 500  # characters
LENGTHY = 2  # times the longest right solution, beyond which lines are no attempt at one
AUDITED = ["family", "level", "prompt", "lines"]
Row = tuple[str, int, str, list[str]]


class Unreadable(UsageError):
    """A file that is no Parquet file of the columns that are audited."""


def main() -> int:
    """Answer requests from standard input until it ends; the exit code."""
    # Whatever a plugin prints must not pass for an answer: the real output is kept aside.
    with os.fdopen(os.dup(1), "w", encoding="ascii") as channel:
        os.dup2(2, 1)
        for line in sys.stdin.buffer:
            _reply(channel, answer(line))
    return 0


def answer(line: bytes) -> dict[str, Any]:
    """The answer to one request as it came over the pipe; never raises."""
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise UsageError("a request is a JSON object")
        operation = OPERATIONS.get(str(request.get("op")))
        if operation is None:
            raise UsageError(f"unknown op; known: {', '.join(OPERATIONS)}")
        return operation(request)
    except OuroborosError as error:
        return {"error": str(error)[:LONGEST_ERROR]}
    except Exception as error:  # noqa: BLE001 one bad request must not end the process
        return {"error": f"{type(error).__name__}: {error}"[:LONGEST_ERROR]}


def examples(request: dict[str, Any]) -> dict[str, Any]:
    """`count` prompts of a level with their reference solutions."""
    name, level = _field(request, "family", str), _field(request, "level", int)
    count, seed = _field(request, "count", int), _field(request, "seed", int)
    family, answers = _halves(name)
    with blame(f"family {name!r}"):
        tasks = family.propose(level, seed, count - count // 2)
        prompts = [""] * count
        prompts[0::2] = [task.prompt for task in tasks]
        prompts[1::2] = answers.adversarial(level, seed, count // 2)
        if any(family.level_of(prompt) != level for prompt in prompts):
            raise PluginError(f"family {name!r} proposes prompts of other levels than {level}")
        return {"prompts": prompts, "lines": [answers.solve(prompt) for prompt in prompts]}


def verify(request: dict[str, Any]) -> dict[str, Any]:
    """Whether each attempt is right in every line."""
    name, prompts = _field(request, "family", str), _texts(request.get("prompts"), "prompts")
    attempts = [_texts(lines, "lines") for lines in _field(request, "lines", list)]
    if len(attempts) != len(prompts):
        raise UsageError(f"{len(prompts)} prompts but {len(attempts)} attempts")
    family, answers = _halves(name)
    with blame(f"family {name!r}"):
        if "level" in request:
            level = _field(request, "level", int)
            if any(family.level_of(prompt) != level for prompt in prompts):
                raise UsageError(f"family {name!r}: a prompt is not of level {level}")
        pairs = zip(prompts, attempts, strict=True)
        return {"correct": [answers.verify(*pair).correct for pair in pairs]}


def audit(request: dict[str, Any]) -> dict[str, Any]:
    """How many rows of a data file are right, by family and by the level that the row states.

    A row whose prompt is of another level than it states is counted as wrong. One that is no task
    of the families asked about, or whose lines hold what no solution can, is foreign and counted
    apart: nothing but these families' tasks can be in data without any.
    """
    rows: Counter[tuple[str, int]] = Counter()
    correct: Counter[tuple[str, int]] = Counter()
    file = _field(request, "file", str)
    known, foreign = set(_texts(request.get("families"), "families")), 0
    try:
        for name, level, prompt, lines in _read_rows(file):
            if name not in known or not _is_task(name, level, prompt, lines):
                foreign += 1
                continue
            rows[name, level] += 1
            correct[name, level] += _is_right(name, level, prompt, lines)
    except Unreadable as error:
        return {"unreadable": str(error)[:LONGEST_ERROR]}
    families: dict[str, dict[str, dict[str, int]]] = {}
    for name, level in sorted(rows):
        counts = {"rows": rows[name, level], "correct": correct[name, level]}
        families.setdefault(name, {})[str(level)] = counts
    return {"families": families, "foreign": foreign}


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "examples": examples,
    "verify": verify,
    "audit": audit,
}


@cache
def _halves(name: str) -> tuple[Family, Answers]:
    """Both halves of one family; a broken plugin harms only the requests that name it."""
    return load_families([name])[name], load_answers([name])[name]


def _is_task(name: str, level: Any, prompt: Any, lines: Any) -> bool:
    """Whether the row could stand in this family's data at all, right or wrong."""
    family, _ = _halves(name)
    texts = [prompt, *lines] if isinstance(lines, list) else [None]
    if type(level) is not int or level < 1 or not all(isinstance(text, str) for text in texts):
        return False
    with blame(f"family {name!r}"):
        try:
            family.level_of(prompt)
        except UsageError:
            return False
        text = "\n".join(lines)
        fits = len(text) <= LENGTHY * family.completion_length(prompt)
        return fits and set(text) <= {*family.alphabet, "\n"}


def _is_right(name: str, level: int, prompt: str, lines: Sequence[str]) -> bool:
    """Whether an attempt is right and of the level that it claims."""
    family, answers = _halves(name)
    with blame(f"family {name!r}"):
        return answers.verify(prompt, lines).correct and family.level_of(prompt) == level


def _read_rows(file: str) -> Iterator[Row]:
    """Rows of a Parquet file, a batch in memory at a time; UsageError where it is not one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(columns=AUDITED, use_threads=False):
                if batch.num_columns != len(AUDITED) or any(c.null_count for c in batch.columns):
                    raise Unreadable(f"{file}: needs the columns {', '.join(AUDITED)}, all filled")
                columns = {name: batch.column(name).to_pylist() for name in AUDITED}
                yield from zip(*(columns[name] for name in AUDITED), strict=True)
    except (OSError, pa.ArrowException) as error:
        raise Unreadable(f"{file}: cannot be read as Parquet: {error}") from error


def _reply(channel: TextIO, response: dict[str, Any]) -> None:
    """One line, at once."""
    channel.write(json.dumps(response, separators=(",", ":")) + "\n")
    channel.flush()


def _field(request: dict[str, Any], name: str, kind: type) -> Any:
    """A required field of a type; true and false are no integers."""
    value = request.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UsageError(f"field {name!r} must be of type {kind.__name__}")
    return value


def _texts(value: object, name: str) -> list[str]:
    """A list of strings, and nothing else."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UsageError(f"field {name!r} must hold lists of strings")
    return value


if __name__ == "__main__":
    sys.exit(main())
