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
    """List the leases of a run, and what is used up of the last one."""
    from ouroboros.cli.output import emit, page
    from ouroboros_warden.lease import read_leases

    folder = _folder(run_dir)
    leases, used = read_leases(folder.leases), spent(folder)
    if as_json:
        told = [lease.to_json() for lease in leases]
        emit({"leases": told, "used": used, "run_dir": str(folder.root)})
        return 0
    for lease in leases:
        page().print(_describe(lease))
    page().print("used: " + ", ".join(f"{value:g} {name}" for name, value in used.items()))
    return 0


def spent(folder: "Folder") -> dict[str, float]:
    """What is used up of the lease that was taken up last, by the warden's own meters."""
    from ouroboros_warden.audit import read_log, read_objects
    from ouroboros_warden.constitution import Limits
    from ouroboros_warden.folder import load_config
    from ouroboros_warden.law import leases_taken_up, read_constitutions
    from ouroboros_warden.lease import nats
    from ouroboros_warden.standing import after, start_of

    records = read_log(folder.records) if folder.records.exists() else []
    taken = leases_taken_up(folder, records)
    if not taken:
        return {}
    standing = start_of(load_config(folder))
    for record in records:
        standing = after(standing, record)
    limits: Limits = read_constitutions(folder)[-1].limits
    (_, then), now = taken[-1], read_objects(folder.times)[-1]
    seconds = now["cpu"] - then["cpu"]
    return {
        "generations": standing.generations,
        "flop": seconds * limits.flop_per_cpu_second,
        "seconds": round(now["seconds"] - then["seconds"], 1),
        "joules": seconds * limits.joules_per_cpu_second,
        "gain": round(nats(standing.frontiers, standing.walls) - standing.base, 3),
    }


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
