"""Our problems for other people: entries, a taskset of verifiers, tasks of lm-evaluation-harness.

What needs one of these packages is skipped where it is not installed.
"""

import ast
import asyncio
import json
import random
import re
import sys
from pathlib import Path

import pytest

from ouroboros.cli import gym as commands
from ouroboros.errors import UsageError
from ouroboros.mill.export import FINAL, Problems, drawn, final_answer, register, score
from ouroboros.mill.harness import SHOTS, write_tasks
from ouroboros.mill.shards import Order
from ouroboros.mill.taskset import write_taskset
from ouroboros.testing.fuzz import equivalents, wrong_answer

FAMILIES = ("kinematics", "subtraction", "parity_chain", "copy")
ORDER = Order(families=FAMILIES, levels=(3, 5), count=80, seed=0)


def test_an_entry_depends_on_seed_and_index_alone():
    data = Problems("kinematics", level=2, seed=5, size=200)
    again = Problems("kinematics", level=2, seed=5, size=130)
    assert [data[i] for i in (129, 3, 64)] == [again[i] for i in (129, 3, 64)]
    assert data[0] != Problems("kinematics", level=2, seed=6)[0]
    assert data[0]["question"] != data[64]["question"]


def test_entries_are_counted_and_gone_through_in_order():
    data = Problems("subtraction", level=3, size=70)
    entries = list(data)
    assert len(data) == len(entries) == 70
    assert [entry["metadata"]["source_index"] for entry in entries] == list(range(70))
    assert len({entry["question"] for entry in entries[:64]}) == 64
    with pytest.raises(IndexError):
        data[70]


def test_a_level_with_few_problems_repeats_them():
    entries = list(Problems("parity_chain", level=1, size=50))
    assert {entry["metadata"]["compact"] for entry in entries} == {"0=", "1="}


def test_an_entry_says_what_it_is():
    entry = Problems("kinematics", level=2)[0]
    held = entry["metadata"]
    assert held["source_dataset"] == "ouroboros_kinematics"
    assert held["difficulty"] == {"level": 2}
    assert held["facts"]["asked"]["unit"] == "m/s"
    assert held["steps"]


@pytest.mark.parametrize("family", FAMILIES)
def test_right_answers_score_one_however_written_and_wrong_ones_nothing(family):
    data, rng = Problems(family, level=4, seed=1, size=8), random.Random(0)
    for entry in data:
        right = entry["answer"]
        number = right.split()[0].isdigit() and family in ("kinematics", "subtraction")
        for answer in (right, *equivalents(right, is_number=number)):
            assert data.score_answer(answer, entry) == 1.0
        for answer in (None, 7, "", "nan", " ", entry["question"], wrong_answer(rng, right)):
            assert data.score_answer(answer, entry) == 0.0


def test_no_such_family_level_or_size_is_the_users_business():
    for family, level, size in (("nope", 1, 1), ("copy", 0, 1), ("copy", 1, 0)):
        with pytest.raises(UsageError):
            Problems(family, level=level, size=size)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("Answer: 12 m/s", "12 m/s"),
        ("so\nAnswer: 5\nno,\n**Answer: 7**\n", "7"),
        ("answer:12", "12"),
        ("Answer: 5\nAnswer:\n", ""),
        ("The answer: 12", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_the_answer_of_a_reply_stands_in_its_last_line_that_says_so(reply, answer):
    assert final_answer(reply) == answer


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The written package of verifiers, ready to be imported."""
    write_taskset(ORDER, tmp_path / "package")
    monkeypatch.syspath_prepend(str(tmp_path / "package"))
    yield tmp_path / "package"
    for name in [name for name in sys.modules if name.split(".")[0] == "ouroboros_problems"]:
        del sys.modules[name]


def test_the_taskset_is_a_package_with_the_order_in_it(package):
    inside = package / "ouroboros_problems"
    assert json.loads((inside / "order.json").read_text())["levels"] == [3, 5]
    for file in inside.glob("*.py"):
        tree = ast.parse(file.read_text())
        top = [ast.unparse(node) for node in tree.body]
        assert not [
            line for line in top if line.startswith(("import ouroboros.", "from ouroboros."))
        ]
    assert "ouroboros" in (package / "pyproject.toml").read_text()
    assert "kinematics, subtraction" in (package / "README.md").read_text()


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    for write in (write_taskset, write_tasks):
        with pytest.raises(UsageError, match="not empty"):
            write(ORDER, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_verifiers_loads_the_taskset_and_scores_by_meaning(package):
    pytest.importorskip("verifiers", reason="needs the package verifiers")
    import verifiers.v1 as vf

    chosen = {"id": "ouroboros-problems", "families": ["kinematics", "copy"], "count": 12}
    config = vf.taskset_config_type("ouroboros-problems").model_validate(chosen)
    tasks = list(vf.load_taskset(config))
    assert len(tasks) == len({task.key for task in tasks}) == 12

    def reward(task, reply):
        named = vf.TraceTask(type="ProblemTask", data=task.data)
        trace = vf.Trace(task=named, agent=vf.AgentInfo(config=vf.AgentConfig()))
        message = vf.AssistantMessage(content=reply)
        trace.nodes.append(vf.MessageNode(message=message, sampled=True))
        asyncio.run(task.score(trace))
        return trace.reward

    for task in tasks:
        right = task.data.answer
        assert reward(task, f"Let me see.\nAnswer: 5\n**Answer: {right}**") == 1.0
        for reply in (f"Answer: {right}7", right, "", f"Answer: {right}\nAnswer: no"):
            assert reward(task, reply) == 0.0
        assert asyncio.run(task.validate(None)) is True


@pytest.fixture
def tasks(tmp_path):
    """The written tasks of lm-evaluation-harness."""
    write_tasks(ORDER, tmp_path / "tasks")
    return tmp_path / "tasks"


def rows(folder: Path, family: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{family}.jsonl").read_text().splitlines()]


def test_no_item_of_the_test_is_a_worked_example(tasks):
    for family in FAMILIES:
        held = rows(tasks, family)
        shots = {row["signature"] for row in held if row["split"] == "shots"}
        test = {row["signature"] for row in held if row["split"] == "test"}
        assert 0 < len(shots) <= SHOTS
        assert len(shots) + len(test) == len(held)
        assert not shots & test
        assert len(test) == (20 if family != "parity_chain" else 17)  # level 3 has 8 problems


def test_the_answer_is_found_in_every_worked_example_by_the_tasks_own_pattern(tasks):
    for family in FAMILIES:
        for row in rows(tasks, family):
            assert re.findall(FINAL, row["worked"])[-1] == row["answer"]
            assert score(family, row["compact"], row["answer"]) == 1.0


def test_the_same_order_writes_the_same_files(tasks, tmp_path):
    write_tasks(ORDER, tmp_path / "again")
    for path in tasks.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_tasks_are_grouped_by_domain_and_read_as_yaml(tasks):
    yaml = pytest.importorskip("yaml", reason="needs PyYAML")

    class Loader(yaml.SafeLoader):
        """Knows the harness's tag."""

    Loader.add_constructor("!function", lambda loader, node: node.value)
    held = {p.stem: yaml.load(p.read_text(), Loader) for p in tasks.glob("*.yaml")}
    assert held["ouroboros"]["task"] == [
        "ouroboros_physics", "ouroboros_mathematics", "ouroboros_logic",
    ]  # fmt: skip
    assert held["ouroboros_logic"]["task"] == ["ouroboros_parity_chain", "ouroboros_copy"]
    task = held["ouroboros_kinematics"]
    assert task["custom_dataset"] == "items.read"
    assert task["filter_list"][0]["filter"][0]["regex_pattern"] == FINAL


def test_the_harness_scores_right_replies_one_and_wrong_ones_nothing(tasks, monkeypatch):
    pytest.importorskip("lm_eval", reason="needs the package lm-eval")
    from lm_eval import simple_evaluate
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    gold = {row["question"]: row for family in FAMILIES for row in rows(tasks, family)}

    class Pretender(LM):
        """Knows every item, and answers in one way."""

        def __init__(self, form):
            super().__init__()
            self.form = form

        def loglikelihood(self, requests):
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

        def generate_until(self, requests):
            asked = [r.args[0].rsplit("Question: ", 1)[1].split("\nEnd with")[0] for r in requests]
            return [self.form.format(**gold[question]) for question in asked]

    manager = TaskManager(include_path=str(tasks), include_defaults=False)
    for form, expected in (
        ("{worked}", 1.0),
        ("Answer: 5\n**Answer: {answer}**", 1.0),
        ("Answer: {answer}7", 0.0),
        ("{answer}", 0.0),
    ):
        told = simple_evaluate(
            Pretender(form), tasks=["ouroboros"], num_fewshot=2, task_manager=manager,
            log_samples=False, bootstrap_iters=0,
        )  # fmt: skip
        scores = {name: each["exact_match,final"] for name, each in told["results"].items()}
        assert len(scores) == 8
        assert set(scores.values()) == {expected}


def test_an_order_is_drawn_evenly_and_again_the_same():
    items = list(drawn(ORDER))
    assert items == list(drawn(ORDER))
    assert {(i.family, i.level) for i in items} == {(f, v) for f in FAMILIES for v in (3, 5)}


def test_reasoning_gym_knows_our_families_once_they_are_registered():
    gym = pytest.importorskip("reasoning_gym", reason="needs the extra `gym` (reasoning-gym)")
    from reasoning_gym.factory import create_curriculum

    assert register(["kinematics", "copy"]) == ["ouroboros_kinematics", "ouroboros_copy"]
    assert register(["copy"]) == ["ouroboros_copy"]
    data = gym.create_dataset("ouroboros_kinematics", level=2, seed=4, size=10)
    assert len(data) == len(list(data)) == 10
    assert data.category == "physics"
    assert data[3] == Problems("kinematics", level=2, seed=4)[3]
    assert data.score_answer(data[3]["answer"], data[3]) == 1.0
    assert data.score_answer("0 m/s", data[3]) == 0.0
    steps = create_curriculum("ouroboros_copy")
    steps.set_global_level(4)
    assert steps.generate_configuration({"seed": 1, "size": 3}).level == 5
    scorer = gym.get_score_answer_fn("ouroboros_copy")
    assert scorer(data[0]["answer"], gym.create_dataset("ouroboros_copy", level=3)[0]) == 0.0


def test_our_families_mix_with_reasoning_gyms_own():
    pytest.importorskip("reasoning_gym", reason="needs the extra `gym` (reasoning-gym)")
    from reasoning_gym.composite import CompositeConfig, CompositeDataset, DatasetSpec

    register(["subtraction"])
    parts = [
        DatasetSpec(name="gcd", weight=1, config={}),
        DatasetSpec(name="ouroboros_subtraction", weight=1, config={"level": 3}),
    ]
    mixed = CompositeDataset(CompositeConfig(size=30, seed=0, datasets=parts))
    sources = {entry["metadata"]["source_dataset"] for entry in mixed}
    assert sources == {"gcd", "ouroboros_subtraction"}
    assert all(mixed.score_answer(entry["answer"], entry) == 1.0 for entry in mixed)


def test_without_reasoning_gym_registering_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "reasoning_gym.factory", None)
    with pytest.raises(UsageError, match="ouroboros"):
        register()


def test_the_command_writes_either_and_ends_with_one_object(tmp_path, capsys):
    for to in ("verifiers", "lm-eval"):
        out = tmp_path / to
        chosen = {"families": "physics,copy", "levels": "2", "count": 40}
        assert commands.export(out=out, to=to, as_json=True, **chosen) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["to"] == to
        assert {"kinematics", "copy"} <= set(told["families"])
        assert (out / "README.md").exists()
    with pytest.raises(UsageError, match="verifiers or lm-eval"):
        commands.export(out=tmp_path / "x", to="elsewhere")
    with pytest.raises(UsageError, match="--families takes"):
        commands.export(out=tmp_path / "x", to="lm-eval", families=",")
