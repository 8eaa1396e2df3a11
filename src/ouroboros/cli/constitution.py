"""`ouro constitution`: read it, sign it, check it, amend a run's."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson

if TYPE_CHECKING:
    from ouroboros_warden.constitution import Constitution

app = typer.Typer(
    help="The constitution: plain words, articles, limits, signed by the authority.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A constitution's folder.")]
RunOrFolder = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="A run's folder or a constitution's; the shipped one else."),
]
KeyOption = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Default: this machine's key.")
]


@app.command()
def show(folder: RunOrFolder = None, as_json: AsJson = False) -> int:
    """Print it for people: preamble, every article in a sentence, limits."""
    from ouroboros.cli.output import emit, page
    from ouroboros_warden import constitution, rules

    texts = constitution.read_texts(_texts_of(folder)) if folder else constitution.shipped()
    articles = rules.parse(texts["articles.cedar"])
    if as_json:
        told = [{"id": each.id, "effect": each.effect, **each.notes} for each in articles]
        emit({"preamble": texts["preamble.md"], "articles": told, "limits": texts["limits.json"]})
        return 0
    lines = [texts["preamble.md"], "# Articles\n"]
    for each in articles:
        notes = each.notes
        answers = f" (against {notes['answers']})" if notes.get("answers") else ""
        lines.append(f"{notes.get('article', '?'):>2}  {notes.get('sentence', each.id)}{answers}")
    page().print("\n".join([*lines, "\n# Limits\n", texts["limits.json"]]))
    return 0


@app.command()
def draft(
    folder: FolderArgument,
    authority: Annotated[
        list[str] | None,
        typer.Option("--authority", metavar="PUBLIC", help="A key that may sign; again for more."),
    ] = None,
    threshold: Annotated[int, typer.Option(min=1, help="How many of them it takes.")] = 1,
    days: Annotated[float, typer.Option(min=0, help="Until it expires.")] = 365,
    name: Annotated[str, typer.Option(help="What the authority is called.")] = "authority",
    after: Annotated[
        Path | None, typer.Option("--after", metavar="DIR", help="The one that it amends.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Write a manifest over the texts in DIR, the shipped ones where it has none, for signing."""
    import time

    from ouroboros.cli.authority import local_key
    from ouroboros_warden import constitution
    from ouroboros_warden.constitution import DAY
    from ouroboros_warden.keys import Authority, public_key
    from ouroboros_warden.policy import Policy

    texts = _texts_in(folder)
    Policy(texts)  # articles that do not fit their schema are found out before anybody signs
    keys = tuple(authority or [public_key(local_key())])
    before = constitution.read(_texts_of(after)) if after else None
    drafted = constitution.draft(
        texts,
        Authority(keys=keys, threshold=threshold),
        time.time() + days * DAY,
        before,
        name,
    )
    _ = drafted.limits
    constitution.write(drafted, folder)
    return _tell(drafted, folder, as_json)


@app.command()
def sign(folder: FolderArgument, key: KeyOption = None, as_json: AsJson = False) -> int:
    """Add a signature; first read what you sign: `ouro constitution show DIR`."""
    from ouroboros.cli.authority import local_key
    from ouroboros_warden import constitution, opening

    signed = opening.signed(constitution.read(folder), local_key(key))
    constitution.write(signed, folder)
    return _tell(signed, folder, as_json)


@app.command()
def verify(folder: FolderArgument, as_json: AsJson = False) -> int:
    """Whether it is in force: whole, signed by enough distinct keys, not expired."""
    import time

    from ouroboros_warden import constitution
    from ouroboros_warden.policy import Policy

    found = constitution.read(_texts_of(folder))
    constitution.demand_force(found, time.time())
    Policy(found.texts)
    return _tell(found, folder, as_json)


@app.command()
def amend(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="The run to amend.")],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Signed texts; the run's own for new judges if absent."),
    ] = None,
    key: KeyOption = None,
    as_json: AsJson = False,
) -> int:
    """Give a run the next version of its constitution; then grant it a lease and resume it.

    Without DIR, the run's own texts are signed again by this machine's key, for the judges and the
    warden that are installed now: this is what a new release of the software takes.
    """
    import time

    from ouroboros.cli.authority import local_key
    from ouroboros.cli.runs import find_run
    from ouroboros_warden import constitution, opening
    from ouroboros_warden.folder import Folder
    from ouroboros_warden.law import read_constitutions
    from ouroboros_warden.policy import Policy

    run = Folder.at(find_run(run_dir))
    before = read_constitutions(run)[-1]
    if folder:
        amended = constitution.read(folder)
    else:
        expires = time.time() + opening.YEAR
        drafted = constitution.draft(
            before.texts, before.authority, expires, before, before.said["name"]
        )
        amended = opening.signed(drafted, local_key(key))
    Policy(amended.texts)
    opening.adopt(run, amended)
    return _tell(amended, run.root, as_json)


def _texts_in(folder: Path) -> dict[str, str]:
    from ouroboros_warden import constitution

    if not any((folder / name).exists() for name in constitution.FILES):
        return constitution.shipped()
    return constitution.read_texts(folder)


def _texts_of(folder: Path) -> Path:
    """A constitution's folder; of a run, that of the version in force."""
    if (folder / "config.json").is_file():
        versions = [int(path.name) for path in (folder / "constitution").glob("[0-9]*")]
        return folder / "constitution" / str(max(versions, default=1))
    return folder


def _tell(told: "Constitution", folder: Path, as_json: bool) -> int:
    from ouroboros.cli.output import emit, page
    from ouroboros_warden.constitution import PURPOSE
    from ouroboros_warden.keys import signers

    authority = told.authority
    have = len(signers(authority, PURPOSE, told.said, told.signatures))
    found = {
        "version": told.version,
        "id": told.id,
        "name": told.said["name"],
        "keys": len(authority.keys),
        "threshold": authority.threshold,
        "signatures": have,
        "dir": str(folder),
    }
    if as_json:
        emit(found)
    else:
        page().print(
            f"version {told.version} of {told.said['name']}, {authority.threshold} of"
            f" {len(authority.keys)}: {have} signed; id {told.id[:16]}"
        )
    return 0
