"""Whether marks are sealed items: yes or no, whatever the judge says, and nothing is written."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ouroboros_warden.audit import Log
from ouroboros_warden.constitution import draft, shipped, write
from ouroboros_warden.contamination import contamination
from ouroboros_warden.errors import JudgeError, UsageError
from ouroboros_warden.exam import commitment, exam_secret, exam_seed
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.keys import Authority, public_key
from ouroboros_warden.law import law_folder
from ouroboros_warden.opening import YEAR, signed
from ouroboros_warden.papers import papers_of

from .harness import FAMILIES, KEY, children_of, make_run, set_moods

A, B, C = "a" * 16, "b" * 16, "c" * 16
ROWS = [["copy", 1, 2, 0, 2, 2, 0], ["sum", 1, 1, 0, 1, 1, 0]]
DRAWN = {"marks": [["copy", 1, [A, B]], ["sum", 1, [C]]]}


def begin(folder: Path, *exams: dict[str, Any], reproducible: bool = True) -> Path:
    """A run's folder, and a log with these examinations."""
    run = Folder.at(make_run(folder, reproducible=reproducible))
    config = load_config(run)
    promised = commitment(exam_secret(run, config))
    with closing(Log.open(run.records)) as log:
        log.append("run", {"config": config.whole, "exam_commitment": promised})
        for number, body in enumerate(exams, 1):
            log.append("exam", {"exam": number, "champion": None, "rows": ROWS, **body})
    return run.root


def ask(run: Path, *marks: str) -> Any:
    return contamination(run, marks, children_of(run))


@pytest.mark.parametrize(
    ("marks", "answer"), [((C,), True), (("d" * 16, B), True), (("d" * 16,), False), ((), False)]
)
def test_one_mark_among_the_sealed_ones_is_a_yes(tmp_path, marks, answer):
    run = begin(tmp_path / "run", {})
    set_moods(run, "examiner", DRAWN)
    assert ask(run, *marks) == {"contaminated": answer, "exams": 1}


def test_every_sitting_of_every_examination_is_drawn(tmp_path):
    run = begin(tmp_path / "run", {"sittings": 2}, {})
    set_moods(run, "examiner", DRAWN, {"marks": [["copy", 1, ["e" * 16]]]}, DRAWN)
    assert ask(run, "e" * 16) == {"contaminated": True, "exams": 2}


def test_before_the_first_examination_no_judge_is_started(tmp_path):
    run = begin(tmp_path / "run")
    set_moods(run, "examiner", "die", "die")
    assert ask(run, A) == {"contaminated": False, "exams": 0}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"marks": None},
        {"marks": 7},
        {"marks": [["copy", 1]]},
        {"marks": [["copy", "1", [A]]]},
        {"marks": [["copy", True, [A]]]},
        {"marks": [[None, 1, [A]]]},
        {"marks": [["copy", 1, ["12+34="]]]},
        {"marks": [["copy", 1, [A.upper()]]]},
        {"marks": [["copy", 1, [7]]]},
        {"error": "ValueError: 12+34= is no task"},
        {"unfit": "12+34= is no task"},
    ],
)
def test_an_answer_of_anything_but_marks_is_an_error_that_quotes_nothing(tmp_path, answer):
    run = begin(tmp_path / "run", {})
    set_moods(run, "examiner", answer, answer)
    with pytest.raises(JudgeError, match=r"^the examiner failed to draw an examination again$"):
        ask(run, A)


def test_an_examiner_that_dies_once_is_asked_again(tmp_path):
    run = begin(tmp_path / "run", {})
    set_moods(run, "examiner", "die", DRAWN)
    assert ask(run, A)["contaminated"] is True


def test_fewer_items_than_the_log_says_are_no_answer(tmp_path):
    run = begin(tmp_path / "run", {}, {"rows": [["copy", 1, 3, 0, 2, 2, 0]]})
    set_moods(run, "examiner", DRAWN, DRAWN)
    with pytest.raises(UsageError, match="examination 2 cannot be drawn again"):
        ask(run, A)


@pytest.mark.parametrize("mark", ["", "a" * 15, "a" * 17, "A" * 16, "12+34=", A + "\n"])
def test_a_mark_that_is_none_is_misuse_wherever_it_stands(tmp_path, mark):
    run = begin(tmp_path / "run", {})
    set_moods(run, "examiner", DRAWN)
    with pytest.raises(UsageError, match="a mark is 16 hexadecimal digits"):
        ask(run, A, mark)


def test_another_secret_than_the_one_committed_to_is_refused(tmp_path):
    run = begin(tmp_path / "run", {}, reproducible=False)
    (run / "warden" / "secret").write_bytes(b"u" * 32)
    with pytest.raises(UsageError, match="another exam secret than it committed to"):
        ask(run, A)


def test_a_run_of_another_examiner_than_the_installed_one_is_refused(tmp_path):
    run = begin(tmp_path / "run", {})
    sole = Authority(keys=(public_key(KEY),), threshold=1)
    drafted = draft(shipped(), sole, YEAR)
    drafted = replace(drafted, said={**drafted.said, "judges": {"examiner": "0" * 64}})
    write(signed(drafted, KEY), law_folder(Folder.at(run), 1))
    with pytest.raises(UsageError, match="another examiner than the installed one"):
        ask(run, A)


def test_a_log_without_a_record_is_one_line_and_no_input(tmp_path):
    run = make_run(tmp_path / "run", reproducible=False)
    (run / "log" / "records.jsonl").touch()
    done = subprocess.run(
        [sys.executable, "-m", "ouroboros_warden", "contamination", str(run)],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "has not begun" in done.stderr


def test_the_command_tells_one_object_of_marks_on_its_standard_input(tmp_path):
    run = begin(tmp_path / "run")
    done = subprocess.run(
        [sys.executable, "-m", "ouroboros_warden", "contamination", str(run)],
        input=f"{A}\n{B}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"contaminated": False, "exams": 0}


def test_a_paper_asks_for_each_sitting_what_the_gate_asked_for(tmp_path):
    families = {n: {"frontier": 9, "champion_frontier": 2} for n in FAMILIES}
    run = Folder.at(begin(tmp_path / "run", {}, {"sittings": 2}))
    promoted = {"promoted": True, "checkpoint": "c", "families": families, "law": {"by": []}}
    levels = {"copy": {"levels": [[1, 8, 8], [4, 8, 0]]}, "sum": {"levels": []}}
    with closing(Log.open(run.records)) as log:
        log.append("decision", promoted)
        log.append("final", {"exam": 3, "families": levels})
        records = log.records
    config = load_config(run)
    secret = exam_secret(run, config)
    first, second, final = papers_of(run, config, records, secret)
    assert [request["seed"] for request in second.sittings] == [
        exam_seed(secret, 2),
        exam_seed(secret, 2, 2),
    ]
    walls = {
        name: {"wall": known["wall"], "frontier": known["wall"]} for name, known in FAMILIES.items()
    }
    assert first.sittings[0]["families"] == walls
    assert first.sittings[0]["levels"] == {"copy": [1], "sum": [1]}
    assert first.asked == {("copy", 1): 2, ("sum", 1): 1}
    (last,) = final.sittings
    assert (last["full"], last["items"], last["levels"]["copy"]) == (True, 8, [1, 4])
    assert last["families"]["sum"] == {"wall": 2, "frontier": 9}
    assert final.agrees({("copy", 1): 8, ("copy", 4): 9})
    assert not final.agrees({("copy", 1): 8})
