"""`ouro redteam`: attack the law here, in runs made up for it; nothing of yours is used."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ouroboros.cli.options import AsJson

SECONDS = 60.0  # that a script may take by default


def redteam(
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="A", help="Attacks of this class only; again for more."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="ID", help="This attack only, or all of A5; again for more."
        ),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Run a Python file in the engine's place instead."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long the script may take.")] = SECONDS,
    listed: Annotated[bool, typer.Option("--list", help="List the attacks and play none.")] = False,
    as_json: AsJson = False,
) -> int:
    """Play attacks on the law, each with a benign twin: the one must fail, the other pass."""
    from ouroboros.cli.output import emit
    from ouroboros.errors import UsageError
    from ouroboros_redteam.attack import chosen

    if script is not None:
        return _play_script(script, seconds, as_json=as_json)
    attacks = chosen([name.upper() for name in classes or ()], only or ())
    if not attacks:
        raise UsageError("there is no such attack; see `ouro redteam --list`")
    if listed:
        return _show(attacks, as_json=as_json)
    from ouroboros.cli.output import note
    from ouroboros_redteam.suite import run_suite

    found = run_suite(attacks, note)
    if as_json:
        emit(found)
    else:
        _describe(found)
    return 1 if found["failures"] else 0


def _play_script(file: Path, seconds: float, *, as_json: bool) -> int:
    from ouroboros.cli.output import emit, note, page, plain
    from ouroboros.errors import UsageError
    from ouroboros_redteam.script import run_script

    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    found = run_script(file, seconds)
    bad = bool(found["effects"] or found["verified"])
    if as_json:
        emit(found)
        return int(bad)
    for effect in found["effects"]:
        note(f"ouro: {plain(effect)}")
    for refused in found["refused"]:
        page().print(plain(f"refused: {refused['reason']}"))
    kinds = ", ".join(f"{count} {kind}" for kind, count in found["records"].items())
    page().print(f"{len(found['effects'])} effects outside its workspace; the log has {kinds}")
    page().print(plain(f"the warden ended with {found['exit']}: {found['words'] or 'finished'}"))
    return int(bad)


def _show(attacks: Any, *, as_json: bool) -> int:
    from ouroboros.cli.output import emit, page

    if as_json:
        emit({"attacks": [{"id": a.id, "title": a.title, "twin": a.benign.title} for a in attacks]})
        return 0
    for attack in attacks:
        page().print(f"{attack.id:>6}  {attack.title}  [twin: {attack.benign.title}]")
    return 0


def _describe(found: dict[str, Any]) -> None:
    from ouroboros.cli.output import page

    for name, counts in found["by_class"].items():
        page().print(f"class {name}: {counts['stopped']} of {counts['attacks']} stopped")
    page().print(
        f"{found['stopped']} of {found['attacks']} attacks stopped, {found['logged']} of them"
        f" logged; {found['benign_passed']} of {found['benign']} twins passed;"
        f" tier {found['tier']}, {found['seconds']} s"
    )
