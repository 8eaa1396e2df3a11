"""`ouro why`: the evidence of a decision."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson, RunOption

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from ouroboros.lineage.history import Data, Evidence, Measure, Row
    from ouroboros.lineage.mistakes import Mistakes

SHOWN = 12  # classes that are printed, besides the conquered ones
WIDE, NARROW = 28, 13  # characters of an example, and of each number in a long one


def why(
    checkpoint: Annotated[
        str | None, typer.Argument(help="A checkpoint's name or its beginning; the champion's.")
    ] = None,
    run_dir: RunOption = None,
    as_json: AsJson = False,
) -> int:
    """Say why a checkpoint was promoted or rejected, with all that the decision rests on."""
    from ouroboros.cli.output import emit, page
    from ouroboros.cli.runs import find_run
    from ouroboros.errors import UsageError
    from ouroboros.lineage.history import champion, examinations, find_checkpoint
    from ouroboros.lineage.index import open_index

    folder = find_run(run_dir)
    with open_index(folder) as index:
        holder = champion(index)
        if checkpoint is None and holder is None:
            raise UsageError(f"{folder} has no champion yet")
        name = find_checkpoint(index, checkpoint or (holder.checkpoint if holder else ""))
        found = examinations(index, name)
    if as_json:
        is_champion = holder is not None and holder.checkpoint == name
        decisions = [
            asdict(evidence) | {"mistakes": [asdict(m) for m in _mended(folder, evidence)]}
            for evidence in found
        ]
        emit({"checkpoint": name, "is_champion": is_champion, "decisions": decisions})
        return 0
    if not found:
        page().print(f"{name} sits its examination; there is no decision yet")
    for evidence in found:
        _print(page(), evidence)
        _print_mistakes(page(), _mended(folder, evidence))
    return 0


def _mended(folder: "Path", evidence: "Evidence") -> "list[Mistakes]":
    """The classes of mistakes in the data that a decision rests on; damaged files have none."""
    from ouroboros.errors import UsageError
    from ouroboros.lineage.mistakes import classes

    try:
        return classes(folder / file.file for file in evidence.data)
    except UsageError:
        return []


def _print(console: "Console", evidence: "Evidence") -> None:
    from ouroboros.cli.output import plain, table
    from ouroboros.lineage import figures

    exam = evidence.exam
    decided = "promoted" if evidence.promoted else "rejected"
    console.print(f"{exam.checkpoint} was {decided}: {evidence.reason}", style="bold")
    parent = plain(evidence.parent or figures.UNKNOWN)
    console.print(
        f"record {evidence.record}, generation {exam.generation}, parent {parent}, "
        f"{figures.duration(evidence.seconds)} after the start"
    )
    if exam.champion:
        bar = figures.evidence(exam.e_value, exam.threshold)
        sat = f"{exam.sittings} sitting{'s' * (exam.sittings > 1)}"
        console.print(
            f"examination {exam.exam} against {exam.champion}, {sat}: e-value, threshold {bar}"
        )
    else:
        console.print(f"examination {exam.exam}, alone: there was no champion to beat")
    rows = [_measured(measure) for measure in exam.measures]
    heads = ("family", "frontier", "accuracy", "lower95", "verdict")
    console.print(table(*heads, rows=rows, numbers=(1, 2, 3)))
    heads = ("family", "level", "items", "champion", "successor", "wins", "losses")
    lines = [_counts(row) for row in exam.rows]
    console.print(table(*heads, rows=lines, numbers=(1, 2, 3, 4, 5, 6)))
    _print_data(console, evidence.data)


def _measured(measure: "Measure") -> list[str]:
    from ouroboros.lineage import figures

    shares = (figures.share(measure.accuracy), figures.share(measure.lower95))
    verdict = "worse" if measure.inferior else ""
    return [measure.family, str(measure.frontier), *shares, verdict]


def _counts(row: "Row") -> list[str]:
    counts = (row.level, row.items, row.champion_correct, row.successor_correct)
    return [row.family, *map(str, (*counts, row.wins, row.losses))]


def _print_data(console: "Console", files: "tuple[Data, ...]") -> None:
    from ouroboros.cli.output import table
    from ouroboros.lineage import figures

    rows = [
        [
            str(file.generation),
            file.file,
            figures.number(file.rows),
            figures.share((file.correct or 0) / file.rows if file.rows else None),
            figures.variety(file.variety),
            file.id[:8],
        ]
        for file in files
    ]
    console.print("data made since that champion, by the judges' audit:" if rows else "no new data")
    if rows:
        heads = ("generation", "file", "examples", "right", "variety", "id")
        console.print(table(*heads, rows=rows, numbers=(0, 2, 3, 4)))


def _print_mistakes(console: "Console", mistakes: "list[Mistakes]") -> None:
    from ouroboros.cli.output import table

    if not mistakes:
        return
    console.print("mistakes that were mended in it, with the first of each kind:")
    shown = [m for place, m in enumerate(mistakes) if place < SHOWN or m.conquered]
    heads = ("family", "line", "kind", "operation", "times", "in 1,000", "problem", "written")
    rows = [_mistake(m) for m in shown]
    console.print(table(*heads, "mended", rows=rows, numbers=(1, 4)))
    conquered = sum(m.conquered for m in mistakes)
    console.print(
        f"{conquered} of {len(mistakes)} kinds conquered: a tenth or less as many in a thousand "
        "rows of the later generations as in the earlier ones, and not by chance"
    )


def _mistake(m: "Mistakes") -> list[str]:
    from ouroboros.lineage.mistakes import first_difference

    place = first_difference(m.wrong, m.right)
    what = m.kind if m.run == "1" else f"{m.kind} ({m.run})"
    written, mended = _window(m.wrong, place, WIDE), _window(m.right, place, WIDE)
    counts = (str(m.count), _change(m))
    return [m.family, str(m.line), what, m.operation, *counts, _problem(m), written, mended]


def _change(m: "Mistakes") -> str:
    from ouroboros.lineage.figures import UNKNOWN

    if m.before is None or m.after is None:
        return UNKNOWN
    return f"{m.before:.1f} to {m.after:.1f}{', conquered' * m.conquered}"


def _problem(m: "Mistakes") -> str:
    """The problem with its long numbers cut to what lies around the wrong column."""
    from ouroboros.lineage.mistakes import NUMBER

    if len(m.prompt) <= WIDE:
        return m.prompt
    if not any(len(number) > NARROW for number in NUMBER.findall(m.prompt)):
        return _window(m.prompt, m.column, WIDE)
    return NUMBER.sub(
        lambda n: _window(n[0], len(n[0]) - 1 - m.column if m.mirrored else m.column, NARROW),
        m.prompt,
    )


def _window(text: str, place: int, wide: int) -> str:
    """So many characters of a text around a place, with "..." where it is cut."""
    begin = max(0, min(place - wide // 2, len(text) - wide))
    shown = text[begin : begin + wide]
    shown = f"...{shown[3:]}" if begin else shown
    return f"{shown[:-3]}..." if begin + wide < len(text) else shown
