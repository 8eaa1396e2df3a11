"""`ouro report`: write a run's report again."""

from ouroboros.cli.options import AsJson, RunArgument


def report(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Write index, report.md, report.html, climb.png and the champion's card from the log."""
    from ouroboros.cli.output import emit, page
    from ouroboros.cli.run import put_seal
    from ouroboros.cli.runs import find_run
    from ouroboros.lineage.report import write_report

    folder = find_run(run_dir)
    written = [str(path) for path in write_report(folder)]
    put_seal(folder)
    if as_json:
        emit({"run_dir": str(folder), "files": written})
    else:
        page().print("\n".join(written))
    return 0
