"""`ouro verify`: is the log whole, and is everything it names still what it was?"""

import json
from typing import Annotated

import typer

from ouroboros.cli.options import AsJson, RunArgument


def verify(
    run_dir: RunArgument = None,
    head: Annotated[
        str | None, typer.Option("--head", help="A log head noted earlier; it must still be there.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check the log's chain, the exam's promise, every checkpoint and every data file."""
    from ouroboros.cli.output import emit, note, page
    from ouroboros.cli.runs import find_run
    from ouroboros.cli.warden import call_or_raise

    folder = find_run(run_dir)
    seen = ["--head", head] if head else []
    called = call_or_raise("verify", str(folder), *seen, accepted=(0, 2))
    found = json.loads(called.stdout)
    if as_json:
        emit({**found, "run_dir": str(folder)})
    elif found["ok"]:
        page().print(f"{folder} is whole: {found['records']} records, head {found['head']}")
    for problem in found["problems"]:
        note(f"ouro: {problem}")
    return 0 if found["ok"] else 2
