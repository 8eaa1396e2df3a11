"""`ouro verify`: is a run what it says, by its folder and the authority's public keys alone?"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ouroboros.cli.options import AsJson

Target = Annotated[
    Path | None, typer.Argument(metavar="RUN_DIR", help="A run's folder, or a proof's file.")
]


def verify(
    run_dir: Target = None,
    head: Annotated[
        str | None, typer.Option("--head", help="A log head noted earlier; it must still be there.")
    ] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option("--authority", metavar="PUBLIC", help="A key that may sign; again for more."),
    ] = None,
    threshold: Annotated[int, typer.Option(min=1, help="How many of them it takes.")] = 1,
    bundles: Annotated[
        Path | None,
        typer.Option("--bundles", metavar="DIR", help="Write a proof of every generation there."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Check signatures, log, seal, files, and decide every request again by the articles."""
    from ouroboros.cli.output import emit, note, page
    from ouroboros.cli.runs import find_run
    from ouroboros.cli.warden import call_or_raise

    target = run_dir if run_dir and run_dir.is_file() else find_run(run_dir)
    options = ["--head", head] if head else []
    for key in authority or ():
        options += ["--authority", key]
    options += ["--threshold", str(threshold)] if authority else []
    options += ["--bundles", str(bundles)] if bundles else []
    called = call_or_raise("verify", str(target), *options, accepted=(0, 2))
    found = json.loads(called.stdout)
    if as_json:
        emit({**found, "run_dir": str(target)})
    elif found["ok"]:
        page().print(_describe(target, found, trusted=bool(authority)))
    for problem in found["problems"]:
        note(f"ouro: {problem}")
    return 0 if found["ok"] else 2


def _describe(target: Path, found: dict[str, Any], *, trusted: bool) -> str:
    if "records" not in found:
        return f"{target} proves what it holds"
    who = found["authority"]
    keys = ", ".join(key[:16] for key in who["keys"])
    lines = [
        f"{target} is whole: {found['records']} records, head {found['head']}",
        f"{found['decisions']} decisions made again, by constitution {found['constitution']}",
        f"signed for by {who['name']}, {who['threshold']} of {len(who['keys'])} ({keys})"
        + ("" if trusted else "; is that who should have? --authority PUBLIC asks for it"),
    ]
    if not found["over"]:
        lines.append("the run is not over: nothing shows that its end was not cut off")
    elif not found["sealed"]:
        lines.append("the folder is not sealed: what the log does not name was not checked")
    return "\n".join(lines)
