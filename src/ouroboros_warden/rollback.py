"""Making a former champion answer for the run again: one record more, nothing is deleted.

The record carries the frontiers that the checkpoint showed when it was promoted, so a later
examination is drawn around them. Only who was once promoted can come back this way; the gate's
rule, and what is left of the error budget, stay as they are.
"""

from contextlib import closing
from pathlib import Path

from ouroboros_warden.audit import Record
from ouroboros_warden.errors import UsageError
from ouroboros_warden.folder import Folder, check_checkpoint, load_config
from ouroboros_warden.heed import open_log
from ouroboros_warden.server import LOCK_PATIENCE, locked
from ouroboros_warden.standing import Standing, after, last_step, start_of


def rollback(run_dir: Path, checkpoint: str) -> Record:
    """Append a record `rollback` to the log of a run that nobody serves; the record.

    Raises:
        UsageError: The checkpoint was never promoted, is champion already, or the log ends in the
            middle of a step.
        Refused: The checkpoint's bytes do not deserve its name any more.
        Locked, LogDamaged, DiskFull: As when the run is served.
    """
    folder = Folder.at(run_dir)
    config = load_config(folder)
    standing = start_of(config)
    with (
        locked(folder.warden / "lock", LOCK_PATIENCE),
        closing(open_log(folder, config)) as log,
    ):
        past: dict[str | None, Standing] = {}
        for record in log.records:
            standing = after(standing, record)
            if record.kind == "decision" and record.body["promoted"]:
                past[standing.champion] = standing
        if checkpoint not in past:
            known = ", ".join(str(name) for name in past) or "nobody yet"
            raise UsageError(f"checkpoint {checkpoint} was never champion of this run; {known} was")
        if checkpoint == standing.champion:
            raise UsageError(f"checkpoint {checkpoint} is champion already")
        if last_step(log.records).kind in {
            "exam",
            "data",
        }:  # serving the run would complete the step
            raise UsageError("the run was stopped in the middle of a step; resume it first")
        check_checkpoint(folder, checkpoint)
        folder.seal.unlink(missing_ok=True)
        frontiers = dict(past[checkpoint].frontiers)
        return log.append("rollback", {"checkpoint": checkpoint, "frontiers": frontiers})
