"""The oracle: worked examples and verdicts, in a process of its own that the warden starts.

`python -m ouroboros_judges.oracle` reads one JSON object a line and answers each with one line:

    {"op": "examples", "family": "copy", "level": 3, "count": 2, "seed": 7}
        {"prompts": ["fhf=", "617="], "lines": [["fhf"], ["617"]]}
    {"op": "verify", "family": "copy", "prompts": ["ab="], "lines": [["ba"]]}
        {"correct": [false]}
    {"op": "audit", "file": "data/3.parquet", "id": "9f...", "families": {"copy": 3}}
        {"families": {"copy": {"7": {"rows": 96, "correct": 95}}}, "foreign": 0,
         "made": {"copy": {"rows": 96, "wrong": 1, "variety": 981}}}

Examples come half from the family's proposals, half from its adversarial items, in turn, and are
the same for the same request. A prompt that is too long to be worked out in a moment, or whose
solution is, is unfit to be judged and no row of data. A request to verify may say `"level"`: then a
prompt of another level is unfit, so that nobody reads truth past the wall under a lower level's
name. What is unfit to be judged is answered with {"unfit": ...}, any failure with {"error": ...},
and the process goes on; it ends with its input.

Not covered: who may ask what. The warden meters and refuses; the oracle only knows.
"""

import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TextIO

from ouroboros.envs import Family, load_families
from ouroboros.errors import OuroborosError, PluginError, UsageError
from ouroboros.plugins import blame
from ouroboros_judges.answers import Answers, load_answers
from ouroboros_judges.errors import SHOWN, Unfit
from ouroboros_judges.variety import Row as Solved
from ouroboros_judges.variety import Sample

LONGEST_ERROR = 500  # characters
LONGEST_PROMPT = 1 << 15  # characters; what is longer costs a judge more than it is worth
LONGEST_SOLUTION = 1 << 22  # characters, by the family's own bound
LENGTHY = 2  # times the longest right solution, beyond which lines are no attempt at one
ORACLE = "oracle"
AUTHOR = re.compile(f"{ORACLE}|learner [0-9]{{1,6}}")
COLUMNS = ("family", "level", "prompt", "lines", "author", "generation", "slip")
BATCH = 1 << 16  # rows that are looked at together
Row = tuple[str, int, str, list[str], str, int, list[str]]


@dataclass(slots=True)
class Made:
    """What a file holds of the loop's own making in one family; the sample is of what is right."""

    sample: Sample
    rows: int = 0
    wrong: int = 0

    def add(self, level: int, solved: Solved, *, right: bool) -> None:
        """Count a row in."""
        self.rows += 1
        if right:
            self.sample.add(level, solved)
        else:
            self.wrong += 1


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
    except Unfit as unfit:
        return {"unfit": str(unfit)[:SHOWN]}
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
        if any(_is_oversize(family, prompt) for prompt in prompts):
            raise Unfit(f"family {name!r}: a prompt is too large to be judged")
        if "level" in request:
            level = _field(request, "level", int)
            if any(_level(family, prompt) != level for prompt in prompts):
                raise Unfit(f"family {name!r}: a prompt is not of level {level}")
        pairs = zip(prompts, attempts, strict=True)
        return {"correct": [answers.verify(*pair).correct for pair in pairs]}


def audit(request: dict[str, Any]) -> dict[str, Any]:
    """How many rows of a data file are right, by family and by the level that the row states.

    `made` says the same of what the loop made itself, and how varied the right ones of it are
    (`variety`): rows of learners, rows past the family's wall, and whatever is wrong. Worked
    examples up to the wall are left out, so that they cannot water anything down.

    A row whose prompt is of another level than it states is counted as wrong. One that is no task
    of the families asked about, whose lines hold what no solution can, or whose author is nobody,
    is foreign and counted apart: nothing but these families' tasks can be in data without any.
    """
    rows: Counter[tuple[str, int]] = Counter()
    correct: Counter[tuple[str, int]] = Counter()
    file, identity = _field(request, "file", str), _field(request, "id", str)
    walls, foreign = _walls(request), 0
    made: dict[str, Made] = {}
    seed = int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)
    for name, level, prompt, lines, author, generation, slip in _read_rows(file, identity):
        ours = name in walls and AUTHOR.fullmatch(author) and generation >= 0
        if not (ours and all(_is_task(name, level, prompt, each) for each in (lines, slip))):
            foreign += 1
            continue
        rows[name, level] += 1
        right = _is_right(name, level, prompt, lines) and _is_slip(lines, slip)
        correct[name, level] += right
        if not right or author != ORACLE or level > walls[name]:
            own = made.setdefault(name, Made(Sample(seed)))
            own.add(level, (prompt, lines), right=right)
    families: dict[str, dict[str, dict[str, int]]] = {}
    for name, level in sorted(rows):
        counts = {"rows": rows[name, level], "correct": correct[name, level]}
        families.setdefault(name, {})[str(level)] = counts
    return {
        "families": families,
        "foreign": foreign,
        "made": {
            name: {
                "rows": own.rows,
                "wrong": own.wrong,
                "variety": own.sample.against(partial(_drawn, name, seed)),
            }
            for name, own in sorted(made.items())
        },
    }


OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "examples": examples,
    "verify": verify,
    "audit": audit,
}


@cache
def _halves(name: str) -> tuple[Family, Answers]:
    """Both halves of one family; a broken plugin harms only the requests that name it."""
    return load_families([name])[name], load_answers([name])[name]


def _drawn(name: str, seed: int, level: int, count: int) -> list[Solved]:
    """Problems as the family proposes them, solved."""
    family, answers = _halves(name)
    with blame(f"family {name!r}"):
        prompts = [task.prompt for task in family.propose(level, seed, count)]
        return [(prompt, answers.solve(prompt)) for prompt in prompts]


def _level(family: Family, prompt: str) -> int:
    """The level of a prompt; 0 where it is none of the family."""
    try:
        return family.level_of(prompt)
    except UsageError:
        return 0


def _is_oversize(family: Family, prompt: str) -> bool:
    """Whether prompt or solution is so long that working it out would take the run's time.

    What is no prompt is not: it is judged at once.
    """
    if len(prompt) > LONGEST_PROMPT:
        return True
    return bool(_level(family, prompt)) and family.completion_length(prompt) > LONGEST_SOLUTION


def _is_task(name: str, level: int, prompt: str, lines: Sequence[str]) -> bool:
    """Whether the row could stand in this family's data at all, right or wrong."""
    family, _ = _halves(name)
    with blame(f"family {name!r}"):
        if level < 1 or len(prompt) > LONGEST_PROMPT or not _level(family, prompt):
            return False
        text, longest = "\n".join(lines), family.completion_length(prompt)
        fits = longest <= LONGEST_SOLUTION and len(text) <= LENGTHY * longest
        return fits and set(text) <= {*family.alphabet, "\n"}


def _is_right(name: str, level: int, prompt: str, lines: Sequence[str]) -> bool:
    """Whether an attempt is right and of the level that it claims."""
    family, answers = _halves(name)
    with blame(f"family {name!r}"):
        return answers.verify(prompt, lines).correct and family.level_of(prompt) == level


def _is_slip(lines: Sequence[str], slip: Sequence[str]) -> bool:
    """Whether a row's mistake is one: right lines, then one that is not the solution's."""
    known = len(slip) - 1
    return not slip or (
        known < len(lines) and slip[:known] == lines[:known] and slip[known] != lines[known]
    )


def _read_rows(file: str, identity: str) -> Iterator[Row]:
    """Rows of a data file; Unfit where it is not what it is called, or holds anything but rows.

    What nobody looks at would be a hiding place: other columns, notes in the footer, bytes between
    the pages. So the file has to be, byte for byte, what its rows are written as.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = os.path.basename(file)
    try:
        with open(file, "rb") as opened:
            data = opened.read()
        if hashlib.sha256(data).hexdigest() != identity:
            raise Unfit(f"{name} is not what was handed in")
        table = pq.read_table(pa.BufferReader(data), use_threads=False)
        if data != _written(table):
            raise Unfit(f"{name} holds more than the rows of a data file")
    except (OSError, pa.ArrowException) as error:
        raise Unfit(f"{name} cannot be read as a data file: {error}") from error
    for batch in table.to_batches(BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _written(table: Any) -> bytes:
    """The one file that holds these rows, as `ouroboros.lineage.data` writes it, too."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if table.column_names != [*COLUMNS]:
        raise Unfit(f"a data file has the columns {', '.join(COLUMNS)}")
    texts = pa.list_(pa.string())
    kinds = (pa.string(), pa.int64(), pa.string(), texts, pa.string(), pa.int64(), texts)
    rows = table.cast(pa.schema(zip(COLUMNS, kinds, strict=True))).combine_chunks()
    lines = [
        chunk.flatten()
        for i, kind in enumerate(kinds)
        if kind == texts
        for chunk in rows.column(i).chunks
    ]
    if any(each.null_count for each in (*rows.columns, *lines)):
        raise Unfit("a data file has no holes")
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


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


def _walls(request: dict[str, Any]) -> dict[str, int]:
    """The families asked about, each with its wall."""
    walls = _field(request, "families", dict)
    if not all(type(wall) is int for wall in walls.values()):
        raise UsageError("field 'families' must hold a wall for each")
    return walls


def _texts(value: object, name: str) -> list[str]:
    """A list of strings, and nothing else."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UsageError(f"field {name!r} must hold lists of strings")
    return value


if __name__ == "__main__":
    sys.exit(main())
