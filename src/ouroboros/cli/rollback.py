"""`ouro rollback`: make an earlier champion answer for the run again."""

from typing import Annotated

import typer

from ouroboros.cli.options import AsJson, RunOption


def rollback(
    checkpoint: Annotated[str, typer.Argument(help="A former champion's name or its beginning.")],
    run_dir: RunOption = None,
    as_json: AsJson = False,
) -> int:
    """Restore a former champion; the warden records it, nothing is deleted."""
    from ouroboros.cli.output import emit, page
    from ouroboros.cli.run import put_seal
    from ouroboros.cli.runs import find_run
    from ouroboros.cli.warden import call_or_raise
    from ouroboros.lineage.history import find_checkpoint
    from ouroboros.lineage.index import open_index
    from ouroboros.lineage.report import write_report

    folder = find_run(run_dir)
    with open_index(folder) as index:
        name = find_checkpoint(index, checkpoint)
    call_or_raise("rollback", str(folder), name)
    write_report(folder)
    put_seal(folder)
    if as_json:
        emit({"champion": name, "run_dir": str(folder)})
    else:
        page().print(f"{name} is champion of {folder} again")
    return 0
