"""Other people's tasks for us and our problems for other people: three commands of `ouro data`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson

if TYPE_CHECKING:
    from rich.table import Table

    from ouroboros.mill.gym import GymTask
    from ouroboros.mill.selftest import Report

MUTATE = "ouroboros.testing.fuzz:wrong_answer"
SUSPICIONS = ("mutant_accepted", "no_reference")  # to be looked at: they may be all right
SHOWN = 60  # characters of an example

Tasks = Annotated[str, typer.Option("--tasks", help="Names of reasoning-gym, with commas; or all.")]
Limit = Annotated[float, typer.Option("--limit", min=1, help="Seconds for a task.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same gives the same.")]


def gym_check(
    tasks: Tasks = "all",
    entries: Annotated[int, typer.Option("--entries", min=2, help="Tried of each task.")] = 20,
    level: Annotated[
        int | None, typer.Option("--level", min=1, help="Of the curriculum; else the default.")
    ] = None,
    seed: Seed = 0,
    limit: Limit = 120.0,
    listed: Annotated[bool, typer.Option("--list", help="List tasks, and try none.")] = False,
    as_json: AsJson = False,
) -> int:
    """Try reasoning-gym's tasks with answers that must not pass; fails where one is defective."""
    from dataclasses import asdict

    from ouroboros.cli.output import emit, note, page
    from ouroboros.errors import UsageError
    from ouroboros.mill.gym import list_tasks, version
    from ouroboros.mill.selftest import Trial, check

    chosen = list_tasks(_names(tasks))
    if listed:
        return _list(chosen, as_json=as_json)
    chosen = [task for task in chosen if level is None or level <= task.levels]
    if not chosen:
        raise UsageError(f"--level: none of these tasks has the level {level}")
    trial = Trial(entries=entries, level=level, seed=seed, limit=limit)
    reports: list[Report] = []
    for task in chosen:
        reports.append(check(task.name, trial, mutate=MUTATE))
        note(f"{len(reports)} of {len(chosen)}: {_line(reports[-1])}")
    bad = [report.task for report in reports if _wrong(report)]
    if as_json:
        found = [asdict(report) for report in reports]
        emit({"version": version(), "defective": bad, "trial": asdict(trial), "tasks": found})
    else:
        page().print(_table(reports))
        note(f"reasoning-gym {version()}: {len(bad)} of {len(reports)} tasks are defective")
    return 1 if bad else 0


def gym_make(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the rows go.")],
    tasks: Tasks = "all",
    levels: Annotated[str, typer.Option("--levels", help="Such as 1-4 or 1,3.")] = "1",
    count: Annotated[int, typer.Option("--count", min=1, help="Rows a task and level.")] = 100,
    seed: Seed = 0,
    limit: Limit = 120.0,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Take defective tasks, too, and try none.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Make rows of reasoning-gym's tasks in the columns of ours, as Parquet.

    Each task is tried first as by gym-check, and a defective one is left out.
    """
    from dataclasses import asdict

    from ouroboros.cli.data import chosen_levels
    from ouroboros.cli.output import emit, note
    from ouroboros.errors import UsageError
    from ouroboros.mill.gym import GymOrder, list_tasks, make_rows, version

    chosen = [task.name for task in list_tasks(_names(tasks))]
    defects = {} if unchecked else _defects(chosen, limit)
    sound = tuple(name for name in chosen if name not in defects)
    if not sound:
        raise UsageError("all of these tasks are defective: --unchecked takes them nevertheless")
    order = GymOrder(tasks=sound, levels=chosen_levels(levels), count=count, seed=seed, limit=limit)
    shards = list(make_rows(order, out))
    for shard in shards:
        if shard.rows < count:
            said = shard.error or f"{shard.refused} refused, {shard.repeated} repeated"
            note(f"{shard.family}, level {shard.level}: {shard.rows} of {count} ({said})")
    rows = sum(shard.rows for shard in shards)
    if as_json:
        found = [asdict(shard) for shard in shards]
        made = {"version": version(), "rows": rows, "out": str(out)}
        emit(made | {"left_out": defects, "shards": found})
    else:
        note(f"{rows:,} rows of {len(sound)} tasks of reasoning-gym {version()}, in {out}")
    return 0


def _defects(names: list[str], limit: float) -> dict[str, list[str]]:
    """What is wrong with those of the tasks that are defective."""
    from ouroboros.cli.output import note
    from ouroboros.mill.selftest import Trial, check

    found: dict[str, list[str]] = {}
    for name in names:
        kinds = _wrong(check(name, Trial(limit=limit), mutate=MUTATE))
        if kinds:
            found[name] = kinds
            note(f"{name} is left out: {', '.join(kinds)}")
    return found


def _wrong(report: "Report") -> list[str]:
    """The kinds of a task's defects, without what may be all right."""
    kinds = dict.fromkeys(finding.kind for finding in report.findings)
    return [kind for kind in kinds if kind not in SUSPICIONS]


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder to be made.")],
    to: Annotated[str, typer.Option("--to", help="verifiers or lm-eval.")],
    families: Annotated[
        str, typer.Option("--families", help="Names or domains, with commas; or all.")
    ] = "all",
    levels: Annotated[str, typer.Option("--levels", help="Such as 1-4 or 2,8,16.")] = "1-4",
    count: Annotated[int, typer.Option("--count", min=1, help="Items altogether.")] = 1000,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Write our problems for verifiers (a taskset) or lm-evaluation-harness (tasks)."""
    from ouroboros.cli.data import chosen_families, chosen_levels
    from ouroboros.cli.output import emit, note
    from ouroboros.errors import UsageError
    from ouroboros.mill.harness import write_tasks
    from ouroboros.mill.shards import Order
    from ouroboros.mill.taskset import write_taskset

    writers = {"verifiers": write_taskset, "lm-eval": write_tasks}
    if to not in writers:
        raise UsageError(f"--to takes {' or '.join(writers)}, not {to!r}")
    names = chosen_families(families)
    order = Order(families=names, levels=chosen_levels(levels), count=count, seed=seed)
    writers[to](order, out)
    if as_json:
        emit({"to": to, "families": list(names), "levels": list(order.levels), "out": str(out)})
    else:
        note(f"{len(names)} families for {to}, in {out}; see README.md there")
    return 0


def _names(text: str) -> list[str] | None:
    """The names in a list; None for all."""
    from ouroboros.errors import UsageError

    names = [part.strip() for part in text.split(",") if part.strip()]
    if not names:
        raise UsageError(f"--tasks: {text!r} holds no name")
    return None if "all" in names else names


def _list(tasks: list["GymTask"], *, as_json: bool) -> int:
    from dataclasses import asdict

    from ouroboros.cli.output import emit, page, table

    if as_json:
        emit({"tasks": [asdict(task) for task in tasks]})
        return 0
    rows = [
        [task.name, task.category, task.domain, str(task.levels), ", ".join(task.curriculum)]
        for task in tasks
    ]
    heads = ("task", "category", "domain", "levels", "harder by")
    page().print(table(*heads, rows=rows, numbers=(3,)))
    return 0


def _line(report: "Report") -> str:
    kinds = ", ".join(dict.fromkeys(finding.kind for finding in report.findings))
    return f"{report.task}: {kinds or 'nothing found'} ({report.answers} answers)"


def _table(reports: list["Report"]) -> "Table":
    from ouroboros.cli.output import table

    rows = [
        [report.task, f.kind, f.probe, str(f.entries), f.examples[0][:SHOWN]]
        for report in reports
        for f in report.findings
    ]
    return table("task", "found", "tried", "entries", "example", rows=rows, numbers=(3,))
