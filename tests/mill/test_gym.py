"""Other people's tasks: each class of defect is found, and rows of sound entries stand beside ours.

The package is imitated by one of its shape, whose tasks have one fault each.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ouroboros.cli import gym as commands
from ouroboros.errors import UsageError
from ouroboros.mill.gym import Guest, GymOrder, list_tasks, make_rows, open_task, plain
from ouroboros.mill.probe import kinship, same
from ouroboros.mill.selftest import Report, Trial, check
from ouroboros.mill.shards import schema, shard_file

ROOT = Path(__file__).parents[2]
TRIAL = Trial(entries=4, seconds=0.5, limit=20.0)
STUB = '''
import os, random, time
from dataclasses import dataclass, field

DATASETS, CURRICULA = {}, {}


@dataclass
class Config:
    digits: int = 3
    names: list = field(default_factory=lambda: ["Ada", "Emmy"])
    seed: int | None = None
    size: int = 500


class Sums:
    """Without fault."""

    __module__ = "reasoning_gym.arithmetic.sums"

    def __init__(self, config):
        self.config = config

    def __getitem__(self, i):
        rng = random.Random(f"{self.config.seed}/{i}")
        low = 10 ** (self.config.digits - 1)
        a, b = rng.randrange(low, 10 * low), rng.randrange(low, 10 * low)
        metadata = {"a": a, "both": {a, b}}
        return {"question": f"{a} + {b} = ?", "answer": str(a + b), "metadata": metadata}

    def score_answer(self, answer, entry):
        return float(answer == entry["answer"])


class Crashing(Sums):
    def score_answer(self, answer, entry):
        return float(answer is not None and answer != "" and int(answer) == int(entry["answer"]))


class Rejecting(Sums):
    def score_answer(self, answer, entry):
        return 0.5 * (answer == entry["answer"])


class Empty(Sums):
    def score_answer(self, answer, entry):
        return float(not answer or answer == entry["answer"])


class Junk(Sums):
    def score_answer(self, answer, entry):
        return float(answer in (entry["answer"], "I do not know"))


class Lenient(Sums):
    def score_answer(self, answer, entry):
        return float(entry["answer"] in (answer or ""))


class Running(Sums):
    def score_answer(self, answer, entry):
        try:
            eval(answer)
        except Exception:
            return 0.0
        return super().score_answer(answer, entry)


class Slow(Sums):
    def score_answer(self, answer, entry):
        if len(answer or "") > 1000:
            time.sleep(2)
        return super().score_answer(answer, entry)


class Hanging(Sums):
    def score_answer(self, answer, entry):
        while answer == "nan":
            try:
                time.sleep(1)
            except BaseException:
                pass
        return super().score_answer(answer, entry)


class Dying(Sums):
    def score_answer(self, answer, entry):
        if answer == "0":
            os._exit(3)
        return super().score_answer(answer, entry)


class Hungry(Sums):
    def __getitem__(self, i):
        return bytearray(1 << 36)


class Hashed(Sums):
    def __getitem__(self, i):
        return {**super().__getitem__(i), "answer": " ".join(set("abcdefgh"))}


class Counting(Sums):
    made = 0

    def __getitem__(self, i):
        Counting.made += 1
        return {**super().__getitem__(i), "answer": f"{Counting.made} apples"}


class Open(Sums):
    def __getitem__(self, i):
        entry = super().__getitem__(i)
        return {**entry, "answer": None, "metadata": {"sum": entry["answer"]}}

    def score_answer(self, answer, entry):
        return float(answer == entry["metadata"]["sum"])


class Example(Open):
    def __getitem__(self, i):
        entry = super().__getitem__(i)
        right = entry["metadata"]["sum"]
        return {**entry, "metadata": {"sum": right, "example_answer": right}}


class Noisy(Sums):
    def __getitem__(self, i):
        print({"kind": "crash"})
        return super().__getitem__(i)


class NoNumber(Sums):
    def score_answer(self, answer, entry):
        return answer == entry["answer"]


class Steps:
    def __init__(self):
        self.level = 0
        self.attributes = {"digits": type("A", (), {"levels": [1, 3, 5]})}

    def set_global_level(self, level):
        self.level = level

    def generate_configuration(self, given):
        return Config(digits=self.attributes["digits"].levels[self.level], **given)


for made in (
    Sums, Crashing, Rejecting, Empty, Junk, Lenient, Running, Slow, Hanging, Dying, Hungry, Hashed,
    Counting, Open, Example, Noisy, NoNumber,
):
    DATASETS[made.__name__.lower()] = made, Config
DATASETS["composite"] = Sums, Config
CURRICULA["sums"] = Steps
'''


@pytest.fixture
def imitated(tmp_path, monkeypatch):
    """A package of the real one's shape, before any real one, here and in processes below."""
    package = tmp_path / "imitated" / "reasoning_gym"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "factory.py").write_text(STUB)
    for name in [name for name in sys.modules if name.split(".")[0] == "reasoning_gym"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(package.parent))
    paths = [str(package.parent), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] == "reasoning_gym"]:
        del sys.modules[name]


def found(name: str, trial: Trial = TRIAL) -> Report:
    return check(name, trial, mutate=commands.MUTATE)


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


@pytest.mark.parametrize("name", ["sums", "noisy", "example"])
def test_a_task_without_fault_is_found_without_fault(imitated, name):
    report = found(name)
    assert report.findings == []
    assert report.answers > 4 * 15


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crashing", {"crash"}),
        ("rejecting", {"reference_rejected"}),
        ("empty", {"empty_accepted"}),
        ("junk", {"junk_accepted"}),
        ("lenient", {"mutant_accepted"}),
        ("running", {"code_run"}),
        ("slow", {"slow"}),
        ("dying", {"crash"}),
        ("hungry", {"crash"}),
        ("hashed", {"not_deterministic"}),
        ("counting", {"not_deterministic"}),
        ("open", {"no_reference"}),
        ("nonumber", {"crash"}),
    ],
)
def test_a_task_with_a_fault_is_found_with_this_one_alone(imitated, name, expected):
    assert kinds(found(name)) == expected


def test_a_task_that_hangs_is_ended_and_what_it_was_doing_is_told(imitated):
    report = found("hanging", Trial(entries=2, seconds=0.5, limit=4.0))
    assert [(f.kind, f.probe) for f in report.findings] == [("slow", "nan")]
    assert report.seconds < 15


def test_a_finding_says_what_was_tried_and_on_how_many_entries(imitated):
    (finding,) = found("junk").findings
    assert (finding.probe, finding.entries) == ("do not know", 4)
    assert finding.examples[0].startswith("'I do not know' for ")
    assert len(finding.examples) == 3


def test_answers_that_differ_in_writing_alone_are_no_mutants():
    assert same("12", " 12. ")
    assert same("\u0661\u0662", "12")
    assert same("24/2", "12")
    assert same("[1,2]", "[1, 2]")
    assert not same("1 2", "12")
    assert not same("0", "False")
    assert not same("-12", "12")
    assert not same("x" * 5000, "y" * 5000)


def test_a_mutant_is_told_by_its_kinship():
    assert kinship("12.01", "12") == "number nearby"
    assert kinship("17", "1") == "another number"
    assert kinship("a b", "ab") == "spaces moved"
    assert kinship("yes or no", "yes") == "reference among more"
    assert kinship("no", "yes") == "mutant"


def test_tasks_are_listed_with_parameters_and_curriculum(imitated):
    tasks = {task.name: task for task in list_tasks()}
    assert "composite" not in tasks
    sums = tasks["sums"]
    assert (sums.category, sums.domain, sums.levels) == ("arithmetic", "mathematics", 3)
    assert sums.parameters == {"digits": 3, "names": ["Ada", "Emmy"]}
    assert sums.curriculum == {"digits": [1, 3, 5]}
    assert tasks["crashing"].levels == 1


def test_a_level_is_a_step_of_the_curriculum(imitated):
    for level, digits in ((1, 1), (2, 3), (3, 5)):
        entry = open_task("sums", level=level, seed=0, size=4)[0]
        assert len(str(entry["metadata"]["a"])) == digits
    assert len(str(open_task("sums", level=None, seed=0, size=4)[0]["metadata"]["a"])) == 3


def order_of(*tasks, level=1, count=3):
    return GymOrder(tasks=tasks, levels=(level,), count=count, seed=0)


def test_rows_hold_the_columns_of_ours(imitated, tmp_path):
    (shard,) = make_rows(order_of("sums", level=2, count=50), tmp_path / "out")
    assert (shard.family, shard.rows, shard.refused) == ("rg_sums", 50, 0)
    table = pq.read_table(tmp_path / "out" / shard_file("rg_sums", 2))
    assert table.schema.equals(schema())
    row = table.to_pylist()[0]
    a, b = json.loads(row["facts"])["both"]
    assert row["answer"] == str(a + b)
    assert row["domain"] == "mathematics"
    assert row["steps"] == row["lines"] == []
    assert len(set(table["signature"].to_pylist())) == 50


def test_the_same_seed_makes_the_same_rows_and_another_others(imitated):
    first = list(Guest("sums", level=1, seed=1).rows(5))
    assert first == list(Guest("sums", level=1, seed=1).rows(5))
    assert first != list(Guest("sums", level=1, seed=2).rows(5))


@pytest.mark.parametrize("name", ["rejecting", "empty", "open", "hungry"])
def test_entries_that_their_own_scorer_gets_wrong_are_refused(imitated, name):
    guest = Guest(name, level=1, seed=0)
    assert list(guest.rows(5)) == []
    assert guest.refused == 26


def test_a_task_that_cannot_be_opened_does_not_keep_the_others_from_their_rows(
    imitated, tmp_path, monkeypatch
):
    def refuse(self, given):
        raise AssertionError("digits must be odd")

    steps = list_tasks(["sums"]) and sys.modules["reasoning_gym.factory"].Steps
    monkeypatch.setattr(steps, "generate_configuration", refuse)
    first, second = make_rows(order_of("sums", "crashing"), tmp_path)
    assert (first.rows, second.rows) == (0, 3)
    assert "digits must be odd" in first.error
    assert not list(tmp_path.glob("data/rg_sums/*"))


def test_an_unknown_task_or_level_is_the_users_business(imitated, tmp_path):
    with pytest.raises(UsageError, match="unknown task 'sum'"):
        list_tasks(["sum"])
    with pytest.raises(UsageError, match="levels 1 to 3"):
        Guest("sums", level=4, seed=0)
    with pytest.raises(UsageError, match="levels 1 to 1"):
        open_task("junk", level=2, seed=0, size=1)
    with pytest.raises(UsageError, match="has a level"):
        list(make_rows(order_of("sums", level=7), tmp_path))


def test_a_task_that_takes_too_long_leaves_no_rows_and_says_so(imitated, tmp_path):
    first, second = make_rows(replace(order_of("sums", "crashing"), limit=0), tmp_path)
    assert (first.rows, second.rows) == (0, 0)
    assert "was not done within 0 s" in first.error


def test_an_example_stands_for_a_reference_where_there_is_none(imitated):
    assert len(list(Guest("example", level=1, seed=0).rows(5))) == 5


def test_what_json_cannot_hold_becomes_what_it_can():
    held = plain({1: (2, {4, 3}), "x": float("nan"), "y": 1.5, "z": Trial(), "p": Path("a")})
    assert held["1"] == [2, [3, 4]]
    assert (held["x"], held["y"], held["p"]) == ("nan", 1.5, "a")
    assert held["z"]["entries"] == 20
    json.dumps(held, allow_nan=False)


def test_without_the_package_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "reasoning_gym.factory", None)
    with pytest.raises(UsageError, match=r"pip install 'ouroboros\[gym\]'"):
        list_tasks()


def test_the_commands_end_with_one_object_and_tell_a_defect_by_their_code(
    imitated, tmp_path, capsys
):
    assert commands.gym_check(tasks="sums", entries=2, as_json=True) == 0
    assert commands.gym_check(tasks="sums,junk", entries=2, as_json=True) == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["defective"] == ["junk"]
    assert commands.gym_check(tasks="all", listed=True) == 0
    assert "arithmetic" in capsys.readouterr().out
    out = tmp_path / "rows"
    assert commands.gym_make(out=out, tasks="sums,empty", count=3, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 3
    assert told["left_out"] == {"empty": ["empty_accepted"]}
    assert json.loads((out / "reasoning-gym.json").read_text())["shards"] == told["shards"]
    beside = {"out": tmp_path / "all", "count": 3, "as_json": True}
    assert commands.gym_make(tasks="sums,empty", unchecked=True, **beside) == 0
    assert json.loads(capsys.readouterr().out)["left_out"] == {}
    with pytest.raises(UsageError, match="--unchecked"):
        commands.gym_make(tasks="junk", **beside)


@pytest.mark.parametrize(
    "misuse",
    [{"tasks": ","}, {"tasks": "nope"}, {"tasks": "sums", "level": 9}],
)
def test_misuse_is_one_clear_line(imitated, misuse):
    with pytest.raises(UsageError):
        commands.gym_check(**misuse)


def real() -> None:
    pytest.importorskip("reasoning_gym", reason="needs the extra `gym` (reasoning-gym)")


def test_the_real_packages_tasks_are_listed_and_made():
    real()
    tasks = list_tasks()
    assert len(tasks) > 90
    assert all(task.category and task.levels >= 1 for task in tasks)
    (row,) = Guest("gcd", level=2, seed=0).rows(1)
    assert json.loads(row.facts)["source_dataset"] == "gcd"


def test_the_real_package_has_sound_tasks_and_others():
    real()
    assert found("gcd", Trial(entries=4)).findings == []
    assert "empty_accepted" in kinds(found("game_of_life_halting", Trial(entries=4)))


def test_the_probe_can_be_run_by_hand(imitated):
    told = json.dumps(["sums", {"entries": 2}, ""])
    command = [sys.executable, "-m", "ouroboros.mill.probe", told]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [list(json.loads(line)) for line in done.stdout.splitlines()] == [["made"], ["made"]]
