"""What can be done with a data set once it is made: three commands of `ouro data`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouroboros.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.table import Table

    from ouroboros.mill.curate import Share
    from ouroboros.mill.measure import Measures


def curate(
    folder: Annotated[Path, typer.Argument(metavar="IN_DIR", help="A data set's folder.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder to be made.")],
    near: Annotated[
        float, typer.Option("--near", help="Similarity of near-duplicates, 0.1 to 1; 0: keep them.")
    ] = 0.8,
    balance: Annotated[
        bool, typer.Option("--balance", help="As many rows of every family and level.")
    ] = False,
    at_least: Annotated[
        int, typer.Option("--at-least", min=1, help="Leave out a family's level with fewer rows.")
    ] = 1,
    as_json: AsJson = False,
) -> int:
    """Copy a data set without duplicates and near-duplicates, the first of each kept."""
    import time
    from dataclasses import asdict

    from ouroboros.cli.bar import Bar
    from ouroboros.cli.output import emit, note
    from ouroboros.mill.curate import Rules, dropped
    from ouroboros.mill.curate import curate as curate_set

    began = time.monotonic()
    rules = Rules(near=near, balance=balance, at_least=at_least)
    with Bar("reading") as bar:
        shares = curate_set(_existing(folder), out, rules, report=bar.show)
    seconds = time.monotonic() - began
    read, rows = sum(share.read for share in shares), sum(share.rows for share in shares)
    if as_json:
        emit({
            "read": read, "rows": rows, "dropped": dropped(shares), "rules": asdict(rules),
            "seconds": round(seconds, 3), "out": str(out),
        })  # fmt: skip
        return 0
    _note_shares(shares, note)
    told = ", ".join(f"{count:,} {reason}" for reason, count in dropped(shares).items())
    note(f"{rows:,} of {read:,} rows kept ({told}) in {seconds:.1f} s, in {out}")
    return 0


def report(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="A data set; with --text-column, a file, too.")
    ],
    sample: Annotated[
        int, typer.Option("--sample", min=2, help="Rows whose diversity is measured, a domain.")
    ] = 1000,
    text_column: Annotated[
        str | None,
        typer.Option("--text-column", metavar="NAME", help="Measure this column of anybody's set."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Measure a data set: balance, repetition, coverage and density, by domain."""
    import time
    from dataclasses import asdict

    from ouroboros.cli.output import emit, note, page
    from ouroboros.mill.measure import measure_column, measure_shards

    began = time.monotonic()
    if text_column is None:
        measures = measure_shards(_existing(source), sample)
    else:
        measures = [measure_column(_existing(source), text_column, sample)]
    seconds = time.monotonic() - began
    if as_json:
        found = [asdict(each) for each in measures]
        emit({"source": str(source), "sample": sample, "seconds": seconds, "measures": found})
    else:
        page().print(_table(measures))
        note(f"diversity of {sample} rows each at most, the rest of all rows, in {seconds:.1f} s")
    return 0


def contamination(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A run, over or not.")],
    data_dir: Annotated[Path, typer.Argument(metavar="DATA_DIR", help="A data set's folder.")],
    as_json: AsJson = False,
) -> int:
    """Tell whether a data set holds items that a run was examined on; fails if it does.

    Of a run that is over, hits are counted; of any other, the warden says yes or no to its owner.
    """
    from dataclasses import asdict

    from ouroboros.cli.output import emit, note
    from ouroboros.cli.runs import find_run
    from ouroboros.mill.contamination import find_contamination
    from ouroboros.mill.sealed import is_over
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.folder import Folder

    run, data = find_run(run_dir), _existing(data_dir)
    if not is_over(read_log(Folder.at(run).records)):
        return _ask_warden(run, data, as_json=as_json)
    found = find_contamination(run, data)
    if as_json:
        emit({"contaminated": found.hits > 0, **asdict(found)})
    else:
        for family, level, hits in found.places:
            note(f"{family}, level {level}: {hits:,}")
        told = f"{found.hits:,} of {found.rows:,} rows are" if found.hits else "no row is"
        note(f"{told} among the {found.sealed:,} sealed items of {found.exams} examinations")
    return 1 if found.hits else 0


def _ask_warden(run: Path, data: Path, *, as_json: bool) -> int:
    """Have the warden compare a data set with the examinations of a run that is not over."""
    import json

    from ouroboros.cli.output import emit, note
    from ouroboros.cli.warden import call_or_raise
    from ouroboros.mill.contamination import marks

    given = [each for _, each in marks(data)]
    called = call_or_raise("contamination", str(run), handed="".join(f"{m}\n" for m in given))
    found = json.loads(called.stdout)
    if as_json:
        emit({**found, "rows": len(given)})
    else:
        told = "yes: the set holds" if found["contaminated"] else "no: the set holds no"
        note(f"{told} sealed items of the {found['exams']} examinations so far")
    return int(found["contaminated"])


def _existing(path: Path) -> Path:
    """The path; UsageError where there is nothing."""
    from ouroboros.errors import UsageError

    if not path.exists():
        raise UsageError(f"there is nothing at {path}")
    return path


def _note_shares(shares: "Sequence[Share]", note: "Callable[[str], None]") -> None:
    """A line for each level of a family that has lost rows otherwise than to make all equal."""
    for share in shares:
        lost = {why: n for why, n in share.dropped.items() if n and why != "surplus"}
        if lost:
            told = ", ".join(f"{count} {reason}" for reason, count in lost.items())
            note(f"{share.family}, level {share.level}: {told} of {share.read}")


def _table(measures: "Sequence[Measures]") -> "Table":
    from ouroboros.cli.output import table

    columns = [_figures(each) for each in measures]
    rows = [[name, *(column.get(name, "-") for column in columns)] for name in columns[0]]
    heads = ("measure", *(each.name for each in measures))
    return table(*heads, rows=rows, numbers=range(1, len(heads)))


def _figures(measures: "Measures") -> dict[str, str]:
    """What a table shows of some rows, by name."""
    shown = {"rows": f"{measures.rows:,}"}
    spreads = {"families": measures.families, "levels": measures.levels, "both": measures.places}
    for name, spread in spreads.items():
        if spread:
            shown[f"entropy, {name}"] = f"{spread.entropy:.3f}"
            shown[f"shares, {name}"] = f"{spread.smallest:.2%}-{spread.largest:.1%}"
    shown["signatures"] = f"{measures.coverage.signatures:.4f}"
    shown["shapes"] = f"{measures.coverage.shapes:.4f}"
    if density := measures.density:
        shown["tokens a row"] = f"{density.tokens:.1f}"
        shown["lines/100 tokens"] = f"{density.steps:.2f}"
        shown["bits a token"] = f"{density.bits:.4f}"
    shown["sample"] = f"{measures.prompts.texts:,}"
    for name, texts in {"prompts": measures.prompts, "solutions": measures.solutions}.items():
        if texts:
            shown |= {
                name: "",
                f"{name[0]}: tokens": f"{texts.tokens:.1f}",
                f"{name[0]}: compression": f"{texts.compression:.2f}",
                f"{name[0]}: 4-grams": f"{texts.repetition[4]:.3f}",
                f"{name[0]}: 8-grams": f"{texts.repetition[8]:.3f}",
                f"{name[0]}: Self-BLEU": f"{texts.self_bleu:.3f}",
                f"{name[0]}: nearest": f"{texts.nearest:.3f}",
                f"{name[0]}: nearest 95": f"{texts.nearest95:.3f}",
            }
    return shown
