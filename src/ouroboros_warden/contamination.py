"""Whether a data set holds items of the examinations so far, before a run is over: yes or no.

    python -m ouroboros_warden contamination RUN_DIR < MARKS     {"contaminated":false,"exams":7}

Marks are hashes of the set's items, made by whoever asks. The secret is read here and leaves only
as the seeds of examinations that were held, for an examiner confined as in an examination; it
draws their items again and answers with their marks; and all that is said of them is whether one
of the two is among the other. No count, no place, no item, and of a judge's failure no word of its
own, which might quote one.

Who can ask is who can read the run's `warden/secret`: its owner, who could draw the items himself
(a reproducible run's secret follows from its seed, and its log says that nothing is sealed).
The engine cannot. No message to the gate leads here. Within its box it can start this module, as
it can read it, but neither secret nor log nor the judges' code can be opened there, and whatever
it starts is in the same box. What it wrote is looked at only where a person names it as the data
set, and the answer goes to that person. Seeds of examinations to come are never derived here.

The log is read once, up to its last whole record; nothing is written into the run's folder and its
lock is not taken, so a run may be live, paused or killed. An examination that is being held is
looked at once it stands in the log.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ouroboros_warden.audit import read_log
from ouroboros_warden.canonical import Json
from ouroboros_warden.constitution import pinned
from ouroboros_warden.errors import JudgeError, Refused, UsageError
from ouroboros_warden.exam import exam_secret
from ouroboros_warden.folder import Config, Folder, load_config
from ouroboros_warden.law import read_constitutions
from ouroboros_warden.papers import Paper, Place, papers_of
from ouroboros_warden.processes import Judge
from ouroboros_warden.server import DEFAULT_COMMANDS, Commands, make_boxes

_MARK = re.compile("[0-9a-f]{16}")


def contamination(
    run_dir: Path, marks: Iterable[str], commands: Commands = DEFAULT_COMMANDS
) -> Json:
    """{"contaminated", "exams"}: whether any of the marks is an item's of the examinations held.

    Raises:
        UsageError: the secret cannot be read, or the items cannot be drawn again.
        Refused: this machine cannot confine the examiner.
        JudgeError: the examiner failed.
    """
    folder = Folder.at(run_dir)
    config, records = load_config(folder), read_log(folder.records)
    papers = papers_of(folder, config, records, _secret(folder, config))
    sealed = _sealed(folder, papers, commands) if papers else frozenset[str]()
    contaminated = False
    for mark in marks:  # all of them, so that the time taken does not tell which
        if not _MARK.fullmatch(mark):
            raise UsageError("a mark is 16 hexadecimal digits")
        contaminated |= mark in sealed
    return {"contaminated": contaminated, "exams": len(papers)}


def _secret(folder: Folder, config: Config) -> bytes:
    """The run's secret; unlike `exam_secret`, this never makes one."""
    if config.reproducible:
        return exam_secret(folder, config)
    try:
        return (folder.warden / "secret").read_bytes()
    except OSError as error:
        raise UsageError(
            f"the exam secret of {folder.root} cannot be read ({error.strerror}): until a run is "
            "over, only its owner can have a data set compared, in the folder where it runs"
        ) from error


def _sealed(folder: Folder, papers: Sequence[Paper], commands: Commands) -> frozenset[str]:
    """The marks of every item, from an examiner in a folder of its own, away from the run."""
    examiner = pinned().judges["examiner"].digest()
    if any(law.said["judges"].get("examiner") != examiner for law in read_constitutions(folder)):
        raise UsageError(
            f"{folder.root} was examined by another examiner than the installed one, "
            "which would draw other items"
        )
    with tempfile.TemporaryDirectory() as name:
        desk = Folder(root=Path(name).resolve())
        desk.warden.mkdir()
        with make_boxes(desk, commands) as boxes:
            judge = Judge(commands.examiner, desk.warden / "examiner.stderr", boxes.judges)
            try:
                return frozenset(mark for paper in papers for mark in _marks_of(paper, judge))
            finally:
                judge.stop()


def _marks_of(paper: Paper, judge: Judge) -> list[str]:
    drawn, found = Counter[Place](), list[str]()
    for request in paper.sittings:
        try:
            answer = judge.ask({"op": "marks", **request}, _read)
        except (JudgeError, Refused):
            raise JudgeError("the examiner failed to draw an examination again") from None
        for place, marks in answer:
            drawn[place] += len(marks)
            found += marks
    paper.demand_agreement(drawn)
    return found


def _read(answer: Json) -> list[tuple[Place, list[str]]]:
    """Marks by family and level, if the answer is made of nothing else."""
    rows: Any = answer.get("marks")
    try:
        found = [((name, level), list[str](marks)) for name, level, marks in rows]
        whole = all(
            isinstance(name, str) and type(level) is int and all(map(_MARK.fullmatch, marks))
            for (name, level), marks in found
        )
    except (TypeError, ValueError):
        whole, found = False, []
    if not whole:
        raise JudgeError("an answer is made of families, levels and marks")
    return found
