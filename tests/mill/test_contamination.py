"""Contamination: the sealed items are those that the examiner asked, and nobody is shown one."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_up_run import KEY, LOG_KEY

from ouroboros.cli import measure as commands
from ouroboros.cli.__main__ import main
from ouroboros.cli.exam import exam as draw_again
from ouroboros.config import parse_config
from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.mill.contamination import find_contamination
from ouroboros.mill.items import Item
from ouroboros.mill.sealed import sealed_items
from ouroboros.mill.shards import schema
from ouroboros_judges import examiner
from ouroboros_judges.answers import load_answers
from ouroboros_warden import errors
from ouroboros_warden.audit import Log, read_log
from ouroboros_warden.canonical import canonical
from ouroboros_warden.contamination import contamination
from ouroboros_warden.exam import commitment, exam_seed
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.heads import signing
from ouroboros_warden.opening import open_run
from ouroboros_warden.papers import papers_of
from ouroboros_warden.processes import environment
from ouroboros_warden.server import DEFAULT_COMMANDS, make_boxes

WALLS = {"copy": 4, "reverse_addition": 3}
SECRET = b"t" * 32
ITEMS, FINAL_ITEMS = 8, 60


def examined(
    frontiers: dict[str, int], number: int, *, sitting: int = 1, full: bool = False
) -> list[tuple[str, int, list[str]]]:
    """What the examiner asks by itself: family, level and prompts."""
    request = {
        "families": {n: {"wall": wall, "frontier": frontiers[n]} for n, wall in WALLS.items()},
        "seed": exam_seed(SECRET, number, sitting),
        "items": FINAL_ITEMS if full else ITEMS,
        "full": full,
    }
    families, answers = load_families(list(WALLS)), load_answers(list(WALLS))
    return [
        (n, level, prompts)
        for n in WALLS
        for level, items in examiner.paper(request, n)
        for part in ((0, 2), (1, 2))
        for prompts in [examiner.mint(families[n], answers[n], level, items, request["seed"], part)]
    ]


def body(number: int, papers: list[tuple[str, int, list[str]]], sittings: int) -> dict[str, Any]:
    """The log's record of a paired examination."""
    counts: dict[tuple[str, int], int] = {}
    for name, level, prompts in papers:
        counts[name, level] = counts.get((name, level), 0) + len(prompts)
    rows = [[*place, items, 0, 0, 0, 0] for place, items in counts.items()]
    return {"exam": number, "champion": None, "rows": rows, "sittings": sittings}


def make_run(folder: Path, *, over: bool = True, secret: bytes = SECRET) -> set[tuple[str, str]]:
    """Write a run of two examinations, a promotion between them, and a final one; what it asked."""
    folder.mkdir()
    exam = {"items": ITEMS, "final_items": FINAL_ITEMS}
    given = {"families": {name: {"wall": wall} for name, wall in WALLS.items()}, "exam": exam}
    config = parse_config({"run": {"name": "x", "preset": "tiny"}, **given}).model_dump(mode="json")
    (folder / "config.json").write_bytes(canonical(config))
    if not over:
        put_under_the_law(Folder.at(folder), secret)
    reached = {"copy": 9, "reverse_addition": 7}
    first = examined(WALLS, 1)
    second = [*examined(reached, 2), *examined(reached, 2, sitting=2)]
    last = examined(reached, 3, full=True)
    promotion = {
        "promoted": True,
        "checkpoint": "c1",
        "law": {"by": []},
        "families": {n: {"frontier": r, "champion_frontier": r} for n, r in reached.items()},
    }
    levels = {n: {(v, FINAL_ITEMS, 0) for name, v, _ in last if name == n} for n in WALLS}
    final = {"exam": 3, "families": {n: {"levels": sorted(v)} for n, v in levels.items()}}
    path = folder / "log" / "records.jsonl"
    with closing(Log.open(path, signing(LOG_KEY, commitment(SECRET)))) as log:
        log.append("run", {"config": config, "exam_commitment": commitment(SECRET)})
        log.append("exam", body(1, first, 1))
        log.append("decision", promotion)
        log.append("exam", body(2, second, 2))
        log.append("final", final)
        if over:
            log.append("end", {"reason": "limit reached", "secret": secret.hex()})
    return {(n, prompt) for n, _, prompts in [*first, *second, *last] for prompt in prompts}


def put_under_the_law(folder: Folder, secret: bytes) -> None:
    folder.warden.mkdir()
    (folder.warden / "secret").write_bytes(secret)
    (folder.warden / "secret").chmod(0o600)
    open_run(folder, KEY)


def put(folder: Path, pairs: list[tuple[str, str]]) -> Path:
    """A data set of nothing but prompts."""
    folder.mkdir(parents=True)
    items = [
        Item(family=family, domain="logic", level=len(prompt), seed=0, prompt="", steps=[],
             answer="", facts="{}", signature="0", compact=prompt, lines=[])
        for family, prompt in pairs
    ]  # fmt: skip
    table = pa.Table.from_pylist([asdict(item) for item in items], schema=schema())
    pq.write_table(table, folder / "a.parquet")
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "run"
    return folder, make_run(folder)


def test_the_sealed_items_are_what_the_examiner_asks_in_its_parts(run):
    folder, asked = run
    found = set(sealed_items(Folder.at(folder), read_log(Folder.at(folder).records)))
    assert found == asked
    assert len(found) > 1000


def test_the_sealed_items_are_what_ouro_exam_prints(run, capsys):
    folder, _ = run
    printed = set()
    for number in (1, 2, 3):
        assert draw_again(number, run_dir=folder) == 0
        items = map(json.loads, capsys.readouterr().out.splitlines())
        printed |= {(item["family"], item["prompt"]) for item in items}
    assert set(sealed_items(Folder.at(folder), read_log(Folder.at(folder).records))) == printed


def test_every_sealed_item_in_a_set_is_found_and_nothing_else(run, tmp_path):
    folder, asked = run
    sealed = sorted(asked)[::100]
    fresh = [("copy", f"{n}=") for n in range(10**40, 10**40 + 50)]
    found = find_contamination(folder, put(tmp_path / "set", [*sealed, *fresh, sealed[0]]))
    assert (found.hits, found.rows) == (len(sealed) + 1, len(sealed) + 51)
    assert (found.exams, found.sealed) == (3, len(asked))
    assert sum(hits for _, _, hits in found.places) == found.hits


def test_a_clean_set_has_no_hits(run, tmp_path):
    found = find_contamination(run[0], put(tmp_path / "set", [("copy", f"{10**40}=")]))
    assert (found.hits, found.places) == (0, [])


def test_the_same_prompt_of_another_family_is_no_hit(run, tmp_path):
    folder, asked = run
    turned = [("reverse", prompt) for family, prompt in sorted(asked) if family == "copy"]
    assert find_contamination(folder, put(tmp_path / "set", turned)).hits == 0


def test_no_item_is_ever_shown(run, tmp_path, capsys):
    folder, asked = run
    prompts = [pair for pair in sorted(asked) if len(pair[1]) > 9]
    data = put(tmp_path / "set", prompts)
    assert commands.contamination(folder, data) == 1
    assert commands.contamination(folder, data, as_json=True) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["contaminated"] is True
    assert not any(prompt in told.out + told.err for _, prompt in prompts)


def test_a_clean_set_is_a_success(run, tmp_path, capsys):
    data = put(tmp_path / "set", [("copy", f"{10**40}=")])
    assert commands.contamination(run[0], data, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["contaminated"] is False
    assert commands.contamination(run[0], data) == 0
    assert "no row is among" in capsys.readouterr().err


def test_a_run_that_is_not_over_keeps_its_secret(tmp_path):
    make_run(tmp_path / "run", over=False)
    with pytest.raises(UsageError, match="not over: its exam secret is not revealed yet"):
        find_contamination(tmp_path / "run", put(tmp_path / "set", [("copy", "1=")]))


def test_a_secret_that_nobody_committed_to_is_refused(tmp_path):
    make_run(tmp_path / "run", secret=b"u" * 32)
    with pytest.raises(errors.UsageError, match="another exam secret than it committed to"):
        find_contamination(tmp_path / "run", put(tmp_path / "set", [("copy", "1=")]))


def test_a_log_that_asked_something_else_is_refused(made_run, tmp_path):
    with pytest.raises(errors.UsageError, match="examination 1 cannot be drawn again"):
        find_contamination(made_run, put(tmp_path / "set", [("copy", "1=")]))


def test_another_configuration_than_the_logs_is_refused(tmp_path):
    make_run(tmp_path / "run")
    path = tmp_path / "run" / "config.json"
    config = json.loads(path.read_bytes())
    config["families"]["copy"]["wall"] = 5
    path.write_bytes(canonical(config))
    with pytest.raises(errors.UsageError, match="not the one that the run began with"):
        find_contamination(tmp_path / "run", put(tmp_path / "set", [("copy", "1=")]))


# a run that is not over --------------------------------------------------------------------


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory):
    """A run that was killed as it wrote a record, and what it was examined on."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    asked = make_run(folder, over=False)
    with (folder / "log" / "records.jsonl").open("ab") as log:
        log.write(b'{"body":{"exam":4,"champion":null,"rows":[["copy",4,')
    return folder, asked


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """Hold a run's lock, as a warden does that serves it."""
    with (folder / "warden" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def test_a_set_with_one_sealed_item_of_a_live_run_is_told_yes_and_no_more(
    unfinished, tmp_path, capfd
):
    folder, asked = unfinished
    clean = [("copy", f"{n}=") for n in range(10**40, 10**40 + 50)]
    (item,) = [pair for pair in sorted(asked) if len(pair[1]) > 9][:1]
    data = put(tmp_path / "set", [*clean, item])
    with served(folder):
        before = snapshot(folder)
        assert main(["data", "contamination", str(folder), str(data), "--json"]) == 1
        assert snapshot(folder) == before
    told = capfd.readouterr()
    assert json.loads(told.out) == {"contaminated": True, "exams": 3, "rows": 51}
    assert told.err == ""


def test_the_marks_of_a_run_that_is_not_over_are_those_of_all_that_it_asked(unfinished):
    folder, asked = Folder.at(unfinished[0]), unfinished[1]
    papers = papers_of(folder, load_config(folder), read_log(folder.records), SECRET)
    answers = [examiner.marks(request) for paper in papers for request in paper.sittings]
    found = {each for told in answers for _, _, row in told["marks"] for each in row}
    assert found == {examiner.mark(*pair) for pair in asked}


def test_a_clean_set_of_a_killed_run_is_told_no_in_words(unfinished, tmp_path, capfd):
    folder, _ = unfinished
    data = put(tmp_path / "set", [("copy", f"{10**40}="), ("reverse", "12=")])
    before = snapshot(folder)
    assert main(["data", "contamination", str(folder), str(data)]) == 0
    assert snapshot(folder) == before
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == "no: the set holds no sealed items of the 3 examinations so far\n"


def test_where_the_secret_stayed_behind_nobody_is_told(tmp_path, capfd):
    make_run(tmp_path / "run", over=False)
    (tmp_path / "run" / "warden" / "secret").unlink()
    data = put(tmp_path / "set", [("copy", "1=")])
    assert main(["data", "contamination", str(tmp_path / "run"), str(data), "--json"]) == 2
    told = capfd.readouterr()
    assert told.err.count("\n") == 1
    assert "only its owner can have a data set compared" in told.err
    assert json.loads(told.out).keys() == {"error", "exit_code"}
    assert not (tmp_path / "run" / "warden" / "secret").exists()  # nor is another one made


def test_another_user_is_told_in_one_line_that_he_cannot_ask():
    with tempfile.TemporaryDirectory() as name:
        run = Path(name) / "run"
        make_run(run, over=False)
        Path(name).chmod(0o755)
        root = os.geteuid() == 0
        (run / "warden" / "secret").chmod(0o600 if root else 0)
        try:
            if root:
                os.seteuid(65534)
            with pytest.raises(errors.UsageError, match="Permission denied") as refusal:
                contamination(run, [])
        finally:
            if root:
                os.seteuid(0)
    assert "\n" not in str(refusal.value)


def test_the_engine_cannot_ask_from_its_box(tmp_path):
    asked = make_run(tmp_path / "run", over=False)
    command = [sys.executable, "-P", "-m", "ouroboros_warden", "contamination"]
    with make_boxes(Folder.at(tmp_path / "run"), DEFAULT_COMMANDS) as boxes:
        done = subprocess.run(
            boxes.engine.around([*command, str(tmp_path / "run")]),
            preexec_fn=boxes.engine.enter,
            pass_fds=boxes.engine.inherited,
            input="".join(f"{examiner.mark(*pair)}\n" for pair in asked),
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
        )
    assert done.returncode != 0
    assert done.stdout == ""
    assert "denied" in done.stderr or "not a run's folder" in done.stderr
