"""`ouro run`: configure a run, have the warden serve it, show how it goes, tell what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouroboros.cli.options import AsJson

if TYPE_CHECKING:
    from ouroboros.config import Config
    from ouroboros.lineage.summary import Summary

DEFAULT = "laptop"


def run(
    preset: Annotated[str | None, typer.Argument(help="tiny or laptop (the default).")] = None,
    run_dir: Annotated[
        Path | None, typer.Option("--run-dir", metavar="DIR", help="Default: runs/PRESET-N.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, e.g. loop.seconds=60."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run.")] = False,
    reproducible: Annotated[
        bool, typer.Option("--reproducible", help="Exam secret from the seed; no time limits.")
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the run.")] = None,
    witness: Annotated[
        str | None,
        typer.Option(metavar="WHO", help="A file elsewhere, or with --witness-key a command."),
    ] = None,
    witness_key: Annotated[
        str | None, typer.Option(metavar="PUBLIC", help="The key that the command signs with.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Run a preset from base to report, or go on with a run that was stopped."""
    asked = _assignments(settings, seed, reproducible)
    if resume:
        folder = _resumed(preset, run_dir, asked)
    else:
        folder = _begun(preset or DEFAULT, run_dir, asked, _witness(witness, witness_key))
    if resume and _is_finished(folder):
        _say(f"{folder} is finished already; its summary:")
    else:
        _serve(folder)
    _conclude(folder, as_json=as_json)
    return 0


def _assignments(settings: list[str] | None, seed: int | None, reproducible: bool) -> list[str]:
    asked = list(settings or ())
    if seed is not None:
        asked.append(f"run.seed={seed}")
    if reproducible:
        asked.append("run.reproducible=true")
    return asked


def _witness(who: str | None, key: str | None) -> dict[str, Any] | None:
    """Who is to see the log's heads; UsageError where that makes no sense."""
    import shlex

    from ouroboros.errors import UsageError

    if who is None or not who.strip():
        if key is not None:
            raise UsageError("--witness-key says who signs; name the command with --witness")
        return None
    if key is not None:
        return {"command": shlex.split(who), "key": key}
    return {"file": str(Path(who).absolute())}


def _begun(
    preset: str, run_dir: Path | None, asked: list[str], witness: dict[str, Any] | None
) -> Path:
    """A new run's folder with its configuration in it, under the law."""
    from ouroboros.cli.authority import appoint
    from ouroboros.cli.runs import claim_folder
    from ouroboros.config import override
    from ouroboros.lineage.files import write_whole
    from ouroboros_warden.canonical import canonical
    from ouroboros_warden.folder import Folder

    config = override(_preset(preset), asked)
    _check(config)
    folder = claim_folder(run_dir, preset)
    write_whole(folder / "config.json", canonical(config.model_dump(mode="json")) + b"\n")
    if witness:
        write_whole(folder / "witness.json", canonical(witness))
    appoint(Folder.at(folder))
    return folder


def _preset(name: str) -> "Config":
    from ouroboros.errors import UsageError
    from ouroboros.presets import PRESETS

    if name not in PRESETS:
        raise UsageError(f"unknown preset {name!r}; known: {', '.join(PRESETS)}")
    return PRESETS[name]()


def _check(config: "Config") -> None:
    """Find out before anything starts what the run's processes would stumble over."""
    from ouroboros.envs import load_families
    from ouroboros.loop.engine import body_of
    from ouroboros_judges.answers import load_answers

    families = load_families(list(config.families))
    load_answers(list(config.families))
    body_of(config, families)


def _resumed(preset: str | None, run_dir: Path | None, asked: list[str]) -> Path:
    """The folder of the run to go on with; UsageError if it was begun with other settings."""
    from ouroboros.cli.authority import appoint
    from ouroboros.cli.runs import find_run
    from ouroboros.config import override, parse_config
    from ouroboros.errors import UsageError
    from ouroboros_warden.folder import Folder

    folder = find_run(run_dir, preset=preset)
    config = parse_config(read_config(folder))
    if preset not in {None, config.run.preset}:
        raise UsageError(f"{folder} is a run of preset {config.run.preset}, not {preset}")
    if override(config, asked) != config:
        raise UsageError(f"{folder} keeps the settings it began with; start another run for others")
    if not (folder / "constitution").exists() and not (folder / "log" / "records.jsonl").exists():
        appoint(Folder.at(folder))  # the start was cut short
    return folder


def read_config(folder: Path) -> dict[str, Any]:
    """A run's `config.json`; UsageError where it cannot be read."""
    from ouroboros.errors import UsageError
    from ouroboros_warden.canonical import decode
    from ouroboros_warden.errors import UsageError as Unreadable

    try:
        return decode((folder / "config.json").read_bytes())
    except Unreadable as error:
        raise UsageError(f"{folder / 'config.json'}: {error}") from None


def _is_finished(folder: Path) -> bool:
    """Whether the log has its end; a damaged one raises."""
    from ouroboros_warden.audit import read_log

    records = folder / "log" / "records.jsonl"
    return records.exists() and any(record.kind == "end" for record in read_log(records))


def _serve(folder: Path) -> None:
    """Have the warden serve the run to its end, and show it; says how to resume if stopped."""
    from ouroboros.cli import warden
    from ouroboros.cli.display import display, follow
    from ouroboros.cli.progress import Tail, after, fresh_view, limits_of

    view = fresh_view(limits_of(read_config(folder), folder.name))
    tail = Tail(folder / "events.jsonl")
    for event in tail.read():  # of earlier sessions
        view = after(view, event)
    with warden.one_interrupt():
        served = warden.start(folder)
        try:
            with display() as show:
                follow(view, tail, show, lambda: served.process.poll() is None)
        except KeyboardInterrupt:
            _say("stopping the run ...")
            warden.stop(served)
            _say(f"nothing is lost; go on with: ouro run --resume --run-dir {folder}")
            raise
    warden.check_end(served)


def _conclude(folder: Path, *, as_json: bool) -> None:
    """Write index and report, print the summary."""
    from ouroboros.cli.output import emit, summary_object
    from ouroboros.lineage.index import open_index
    from ouroboros.lineage.report import write_report
    from ouroboros.lineage.summary import summarize

    written = write_report(folder)
    with open_index(folder) as index:
        summary = summarize(index)
    put_seal(folder)
    if as_json:
        emit(summary_object(summary, folder))
    else:
        _print(summary, folder, [path.name for path in written])


def put_seal(folder: Path) -> None:
    """Seal the folder of a run that rests; one handed on without its key stays as it is."""
    from ouroboros.cli.runs import is_live
    from ouroboros_warden.folder import Folder
    from ouroboros_warden.seal import seal_run

    run = Folder.at(folder)
    if run.log_key.exists() and not is_live(folder):
        seal_run(run)


def _print(summary: "Summary", folder: Path, written: list[str]) -> None:
    from ouroboros.cli.output import families_table, page
    from ouroboros.lineage import figures

    console = page()
    console.print(families_table(summary))
    first = ""
    if summary.first_promotion_seconds is not None:
        first = f" (the first {figures.duration(summary.first_promotion_seconds)} after the base)"
    precision = figures.share(summary.label_precision, 3)
    console.print(
        f"generations: {summary.generations}; successors: {summary.promoted} promoted"
        f"{first}, {summary.rejected} rejected\n"
        f"{summary.labels_read_past_wall} labels read past the wall; label precision {precision}\n"
        f"{figures.duration(summary.wall_seconds)}, {figures.flop(summary.flop)} FLOP, "
        f"log head {summary.log_head[:16]}; {summary.authority}"
    )
    if not summary.exam_sealed:
        console.print("exam not sealed: its secret follows from the seed")
    console.print(f"{folder}: {', '.join(written)}; try `ouro chat {folder}`")


def _say(line: str) -> None:
    from ouroboros.cli.output import note

    note(line)
