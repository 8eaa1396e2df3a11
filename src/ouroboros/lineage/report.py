"""The report of a run: `report.md`, `report.html`, `climb.png`, and the champion's `card.md`.

    write_report(Path("runs/laptop-1"))

All of it comes from the log by way of the index, so it can be written again at any time, for an
unfinished run too. What nobody has checked (the engine's own claims) is called so.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ouroboros.lineage import figures
from ouroboros.lineage.files import write_whole
from ouroboros.lineage.history import Champion
from ouroboros.lineage.index import build_index, open_index
from ouroboros.lineage.page import render_page
from ouroboros.lineage.picture import draw
from ouroboros.lineage.summary import Account, Levels, account, basis

REPORTS = ("report.md", "report.html", "climb.png", "card.md")


def write_report(run_dir: Path) -> tuple[Path, ...]:
    """Write index, picture, reports and card into the run's folder; the files written.

    Raises:
        UsageError: The log is empty, or the disk full.
        ouroboros_warden.errors.WardenError: The log cannot be read, or is damaged.
    """
    name = run_dir.resolve().name
    build_index(run_dir)
    with open_index(run_dir) as index:
        told = account(index)
    picture = draw(told)
    written = {
        "climb.png": picture,
        "report.md": render_report(told, name).encode(),
        "report.html": render_page(told, name, picture).encode(),
    }
    if told.summary.champion:
        written["card.md"] = render_card(told, told.summary.champion, name).encode()
    for file, content in written.items():
        write_whole(run_dir / file, content)
    return tuple(run_dir / file for file in REPORTS if file in written)


def render_report(told: Account, name: str) -> str:
    """The report as Markdown."""
    parts = [
        f"# {name}",
        "\n".join(_state(told)),
        "## What the champion reaches",
        families_table(told),
        basis(told.summary),
        "![frontier by generation, accuracy by level, data and cost](climb.png)",
        "## Figures",
        "\n".join(f"- {what}: {figure}" for what, figure in facts(told)),
        "## Every examination",
        _decisions(told),
        "## Accuracy by level, before and after",
        _levels(told),
        "## Data made by the loop",
        _data(told),
        "## Check it yourself",
        _commands(name),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_card(told: Account, champion: Champion, name: str) -> str:
    """The champion's model card as Markdown."""
    place, summary = f"checkpoints/{champion.checkpoint}", told.summary
    precision = figures.share(summary.label_precision)
    facets = (
        f"Files: `{place}/genome.json` (the body), `{place}/weights.safetensors`",
        f"Its name, {champion.checkpoint}, is the content id of both",
        f"Made for {', '.join(summary.families)}, in the formats of `ouro envs show FAMILY`",
        f"Learnt from {summary.labels_read:,} worked examples up to the wall",
        f"Learnt from {summary.examples_made:,} examples of its own making, {precision} right",
        f"Taught past the wall by {_teacher(told)}",
    )
    parts = [
        f"# Model card: {champion.checkpoint}",
        f"Champion of run `{name}` by record {champion.record} of its log ({champion.how}).",
        "\n".join(f"- {facet}" for facet in facets),
        "## Measured",
        families_table(told),
        basis(told.summary),
        "\n".join(f"- {what}: {figure}" for what, figure in facts(told)[:4]),
        "## Limits",
        "Beyond its frontiers it is wrong ever more often, and does not say when.",
        "## Use",
        f"`ouro solve {name}` reads problems as JSON lines, `ouro chat {name}` is for people.",
    ]
    return "\n\n".join(parts) + "\n"


def facts(told: Account) -> list[tuple[str, str]]:
    """The figures that a reader asks for, in words; the first five concern trust."""
    run, summary = told.run, told.summary
    sealed = "sealed; SHA-256 of its secret stands in the log's first record"
    exam = sealed if run.exam_sealed else "**exam not sealed**: its secret follows from the seed"
    first = figures.after_base(summary.first_promotion_seconds)
    judges = figures.flop(summary.flop_of_judges)
    return [
        ("Verification", f"{run.verification} ({_teacher(told)})"),
        ("Labels read past the wall", f"{summary.labels_read_past_wall:,}"),
        ("Examination", exam),
        ("Signed for by", run.authority),
        ("Log head", f"`{run.head}` ({run.records} records)"),
        (
            "Label precision",
            f"{figures.share(summary.label_precision, 3)} (never shown to the engine)",
        ),
        ("Successors", f"{summary.promoted} promoted, {summary.rejected} rejected"),
        ("Generations", f"{summary.generations}"),
        ("First promotion", first),
        ("Time", f"{figures.duration(summary.wall_seconds)} of work"),
        ("Compute", f"{figures.flop(summary.flop)} FLOP, {judges} of them the judges'"),
        ("Processes", processes(told)),
        ("Seed", f"{run.seed}, preset {run.preset}"),
    ]


def families_table(told: Account) -> str:
    """Family, wall, frontier, accuracy, lower95."""
    rows = [
        [
            family,
            figures.number(s.wall),
            f"**{figures.number(s.frontier)}**",
            figures.share(s.accuracy),
            figures.share(s.lower95),
        ]
        for family, s in told.summary.families.items()
    ]
    return _table(["family", "wall", "frontier", "accuracy", "lower95"], rows)


def processes(told: Account) -> str:
    """Who ran beside whom."""
    count, examiners = 3 + told.run.examiners, told.run.examiners
    return f"{count} (warden, oracle, {examiners} examiners, engine) and the engine's workers"


def _teacher(told: Account) -> str:
    if told.run.verification == "self":
        return "itself: answers on which independent learners agree, no truth read"
    return "the environment's verifier, whose every verdict is metered"


def _state(told: Account) -> Iterator[str]:
    summary = told.summary
    yield (
        f"The run is over: {told.run.reason}." if summary.finished else "**The run is not over.**"
    )
    if summary.capability is not None:
        yield f"Capability (geometric mean of frontier / wall): {summary.capability:.1f}."
    if not told.run.exam_sealed:
        yield "**Exam not sealed**: the run is reproducible, its exam secret follows from the seed."


def _decisions(told: Account) -> str:
    rows = [
        [
            str(e.exam.generation),
            f"`{e.exam.checkpoint}`",
            "promoted" if e.promoted else "rejected",
            e.reason,
            figures.evidence(e.exam.e_value, e.exam.threshold),
            figures.duration(e.seconds),
        ]
        for e in told.decisions
    ]
    heads = ["generation", "checkpoint", "decision", "reason", "e-value, threshold", "after"]
    return _table(heads, rows) if rows else "None."


def _levels(told: Account) -> str:
    families = list(told.summary.families)
    before = {family: _accuracy(told.before, family) for family in families}
    after = {family: _accuracy(told.after, family) for family in families}
    levels = sorted({
        level for part in (before, after) for found in part.values() for level in found
    })
    rows = [
        [str(level), *(_change(before[f].get(level), after[f].get(level)) for f in families)]
        for level in levels
    ]
    return _table(["level", *families], rows) if rows else "No level was examined."


def _accuracy(levels: Levels, family: str) -> dict[int, float]:
    return {level: right / items for level, items, right in levels.get(family, ()) if items}


def _change(before: float | None, after: float | None) -> str:
    if before is None and after is None:
        return ""
    return f"{figures.share(before, 1)} → {figures.share(after, 1)}"


def _data(told: Account) -> str:
    sums: dict[int, list[int]] = {}
    least: dict[int, int] = {}
    for made in told.yields:
        entry = sums.setdefault(made.generation, [0, 0])
        entry[0] += made.rows
        entry[1] += made.correct
        if made.variety is not None:
            least[made.generation] = min(made.variety, least.get(made.generation, made.variety))
    rows = [
        [
            str(generation),
            figures.number(rows),
            figures.share(right / rows if rows else None),
            figures.variety(least.get(generation)),
        ]
        for generation, (rows, right) in sorted(sums.items())
    ]
    heads = ["generation", "examples", "label precision", "least variety"]
    return _table(heads, rows) if rows else "None: everything learnt came from the wall's examples."


def _commands(name: str) -> str:
    commands = ("verify", "status", "why CHECKPOINT --run-dir", "solve", "chat")
    lines = [f"ouro {command} {name}" for command in commands]
    return "\n".join(["```", *lines, "ouro envs show FAMILY", "```"])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
