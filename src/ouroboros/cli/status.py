"""`ouro status`: where a run stands."""

from typing import TYPE_CHECKING, Any

from ouroboros.cli.options import AsJson, RunArgument

if TYPE_CHECKING:
    from ouroboros.lineage.history import Evidence
    from ouroboros.lineage.summary import Summary


def status(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Show a run's state, champion, frontiers and every decision."""
    from ouroboros.cli.output import emit, summary_object
    from ouroboros.cli.runs import find_run, is_live
    from ouroboros.lineage.history import history
    from ouroboros.lineage.index import open_index
    from ouroboros.lineage.summary import summarize

    folder = find_run(run_dir)
    with open_index(folder) as index:
        summary, decisions = summarize(index), history(index)
    state = "finished" if summary.finished else "live" if is_live(folder) else "stopped"
    if as_json:
        checkpoints = [_decided(evidence) for evidence in decisions]
        found = {**summary_object(summary, folder), "state": state, "checkpoints": checkpoints}
        emit(found)
    else:
        _print(summary, decisions, f"{folder}: {state}")
    return 0


def _decided(evidence: "Evidence") -> dict[str, Any]:
    return {
        "checkpoint": evidence.exam.checkpoint,
        "generation": evidence.exam.generation,
        "promoted": evidence.promoted,
        "reason": evidence.reason,
    }


def _print(summary: "Summary", decisions: "tuple[Evidence, ...]", headline: str) -> None:
    from ouroboros.cli.output import families_table, page, table
    from ouroboros.lineage import figures

    console = page()
    holder = summary.champion
    console.print(headline, style="bold")
    console.print(f"champion {holder.checkpoint} ({holder.how})" if holder else "no champion yet")
    console.print(families_table(summary))
    rows = [
        [
            str(e.exam.generation),
            e.exam.checkpoint,
            "promoted" if e.promoted else "rejected",
            e.reason,
            figures.duration(e.seconds),
        ]
        for e in decisions
    ]
    heads = ("generation", "checkpoint", "decision", "reason", "after")
    console.print(table(*heads, rows=rows, numbers=(0,)))
    console.print(
        f"generation {summary.generations}; {summary.examples_made:,} examples made, precision "
        f"{figures.share(summary.label_precision, 3)}; {summary.labels_read_past_wall} labels read "
        f"past the wall\n{figures.duration(summary.wall_seconds)} of work, "
        f"{figures.flop(summary.flop)} FLOP; {summary.records} records, head {summary.log_head}"
    )
    if not summary.exam_sealed:
        console.print("exam not sealed: its secret follows from the seed")
