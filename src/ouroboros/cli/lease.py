"""`ouro lease`: what a run may use up, granted by the authority's signatures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros_warden.folder import Folder
    from ouroboros_warden.lease import Lease

app = typer.Typer(
    help="Leases: generations, FLOP, seconds, joules and growth that humans signed for.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
KeyOption = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Default: this machine's key.")
]


@app.command()
def show(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """List the leases of a run."""
    from ouroboros.cli.output import emit, page
    from ouroboros_warden.lease import read_leases

    folder = _folder(run_dir)
    leases = read_leases(folder.leases)
    if as_json:
        emit({"leases": [lease.to_json() for lease in leases], "run_dir": str(folder.root)})
    for lease in leases if not as_json else ():
        page().print(_describe(lease))
    return 0


@app.command()
def grant(
    run_dir: RunArgument = None,
    generations: Annotated[int | None, typer.Option(min=0, help="Decisions at most.")] = None,
    flop: Annotated[float | None, typer.Option(min=0, help="FLOP at most.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Of the wall's clock.")] = None,
    joules: Annotated[float | None, typer.Option(min=0, help="At the limits' rate.")] = None,
    gain: Annotated[float | None, typer.Option(min=0, help="Nats of capability.")] = None,
    key: KeyOption = None,
    as_json: AsJson = False,
) -> int:
    """Grant a run another lease, all that the constitution lets one grant unless told less."""
    from dataclasses import replace

    from ouroboros.cli.authority import local_key
    from ouroboros_warden import opening

    folder = _folder(run_dir)
    asked = {
        "generations": generations,
        "flop": flop,
        "seconds": seconds,
        "joules": joules,
        "gain": gain,
    }
    drafted = opening.draft_lease(folder)
    limited = {name: value for name, value in asked.items() if value is not None}
    drafted = replace(drafted, allowance=replace(drafted.allowance, **limited))
    return _offer(folder, opening.sign_lease(drafted, local_key(key)), as_json)


@app.command()
def sign(run_dir: RunArgument = None, key: KeyOption = None, as_json: AsJson = False) -> int:
    """Add a signature to a lease that waits for more."""
    from ouroboros.cli.authority import local_key
    from ouroboros_warden import opening

    folder = _folder(run_dir)
    return _offer(folder, opening.sign_lease(opening.waiting(folder), local_key(key)), as_json)


def _offer(folder: "Folder", lease: "Lease", as_json: bool) -> int:
    from ouroboros.cli.output import emit, page
    from ouroboros_warden import opening

    granted = opening.offer_lease(folder, lease)
    if as_json:
        emit({"granted": granted, **lease.to_json(), "run_dir": str(folder.root)})
    elif granted:
        page().print(f"{_describe(lease)}; go on with: ouro run --resume --run-dir {folder.root}")
    else:
        page().print(f"signed; the others sign with: ouro lease sign {folder.root}")
    return 0


def _describe(lease: "Lease") -> str:
    from dataclasses import asdict
    from datetime import UTC, datetime

    amounts = ", ".join(f"{value:g} {name}" for name, value in asdict(lease.allowance).items())
    until = datetime.fromtimestamp(lease.expires, UTC).date()
    return f"lease {lease.number} until {until}: {amounts} ({len(lease.signatures)} signatures)"


def _folder(run_dir: Path | None) -> "Folder":
    from ouroboros.cli.runs import find_run
    from ouroboros_warden.folder import Folder

    return Folder.at(find_run(run_dir))
