"""`ouro solve`: problems of anybody's making in, the champion's answers out, a line each."""

import sys
from collections.abc import Iterator
from io import BufferedReader
from typing import TYPE_CHECKING, cast

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros.cli.champion import Problem
    from ouroboros.errors import UsageError

AT_ONCE = 1 << 18  # bytes


def solve(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Answer JSON lines {"family", "prompt"} from standard input with {"answer", "steps"}.

    Answers come in the order of the lines; a line that cannot be asked gets {"error"}. With
    --json a last line counts them.
    """
    from ouroboros.cli.champion import answer_object, load_solver
    from ouroboros.cli.output import emit
    from ouroboros.cli.runs import find_run
    from ouroboros.errors import UsageError

    folder = find_run(run_dir)
    solver = load_solver(folder)
    answered = errors = 0
    for lines in _chunks():
        asked = [read_problem(line) for line in lines]
        problems = [each for each in asked if not isinstance(each, UsageError)]
        answers = iter(solver.answer(problems))
        for each in asked:
            answer = each if isinstance(each, UsageError) else next(answers)
            errors += isinstance(answer, UsageError)
            answered += not isinstance(answer, UsageError)
            emit(answer_object(answer))
    if as_json:
        counts = {"answered": answered, "errors": errors, "checkpoint": solver.checkpoint}
        emit({**counts, "run_dir": str(folder)})
    return 0


def _chunks() -> Iterator[list[bytes]]:
    """The lines that have come so far, so that whoever waits for an answer gets it."""
    source, rest = cast(BufferedReader, sys.stdin.buffer), b""
    while came := source.read1(AT_ONCE):
        *lines, rest = (rest + came).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def read_problem(line: bytes) -> "Problem | UsageError":
    """The problem in a line, or what is wrong with it."""
    import json

    from ouroboros.cli.champion import Problem
    from ouroboros.errors import UsageError

    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return UsageError('not JSON; a line reads {"family": "copy", "prompt": "abc="}')
    family, prompt = (
        (found.get("family"), found.get("prompt")) if isinstance(found, dict) else (None, None)
    )
    if not isinstance(family, str) or not isinstance(prompt, str):
        return UsageError('a line is an object with the texts "family" and "prompt"')
    return Problem(family=family, prompt=prompt)
