"""A package of the library `verifiers` (v1) that asks our problems and has our judges score.

    write_taskset(Order(families=("kinematics",), levels=(2,), count=100, seed=0), Path("out"))

    out/pyproject.toml                    depends on verifiers and ouroboros
    out/ouroboros_problems/order.json     the families, levels, count and seed by default
    out/ouroboros_problems/taskset.py     draws the problems, scores the replies

The package makes its problems as they are asked for, so that a trainer can set other families or
levels (`--env.taskset.levels '[8]'`). Not covered: other versions of `verifiers` than 0.4.
"""

import json
from dataclasses import asdict
from pathlib import Path

from ouroboros.envs import load_families
from ouroboros.mill.export import empty_folder, named
from ouroboros.mill.shards import Order

PACKAGE = "ouroboros_problems"
_PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "ouroboros-problems"
version = "0.1.0"
description = "Problems with verified solutions, scored by two routes that share no algorithm."
requires-python = ">=3.11"
dependencies = ["verifiers>=0.4,<0.5", "ouroboros"]

[tool.hatch.build.targets.wheel]
packages = ["ouroboros_problems"]
"""
_INIT = '''\
"""Problems of Ouroboros as a taskset of verifiers."""

from ouroboros_problems.taskset import ProblemsTaskset

__all__ = ["ProblemsTaskset"]
'''
_TASKSET = '''\
"""Problems of Ouroboros, drawn as they are asked for and scored by what they mean.

A reply scores 1 where the text after its last "Answer:" means the right answer, else 0.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import verifiers.v1 as vf

ORDER = json.loads(Path(__file__).with_name("order.json").read_text())


class ProblemData(vf.TaskData):
    """One problem; `compact` is what the judges know it by."""

    family: str
    level: int
    compact: str
    answer: str


class ProblemTask(vf.Task[ProblemData]):
    """Scores a reply by the family's judges."""

    @vf.reward(weight=1.0)
    async def correct(self, trace: vf.Trace) -> float:
        """1.0 where the reply's last "Answer:" means the right answer."""
        return self.judge(trace.last_reply)

    @vf.metric
    async def answered(self, trace: vf.Trace) -> float:
        """1.0 where the reply holds an "Answer:" at all."""
        from ouroboros.mill.export import final_answer

        return float(bool(final_answer(trace.last_reply)))

    async def validate(self, runtime: vf.Runtime) -> bool:
        """Whether the reference scores 1 and no answer scores 0."""
        return self.judge(f"Answer: {self.data.answer}") == 1.0 and self.judge("") == 0.0

    def judge(self, reply: str) -> float:
        """What a reply scores."""
        from ouroboros.mill.export import final_answer, score

        return score(self.data.family, self.data.compact, final_answer(reply))


class ProblemsConfig(vf.TasksetConfig):
    """Which problems are drawn."""

    families: list[str] = ORDER["families"]
    levels: list[int] = ORDER["levels"]
    count: int = ORDER["count"]
    """Problems altogether, spread evenly over families and levels."""
    seed: int = ORDER["seed"]


class ProblemsTaskset(vf.Taskset[ProblemTask, ProblemsConfig]):
    """The problems in the order of families and levels; shuffle them as you like."""

    def load(self) -> Iterator[ProblemTask]:
        """Draw them one by one."""
        from ouroboros.mill.export import ASK, drawn
        from ouroboros.mill.shards import Order

        chosen = self.config
        order = Order(
            families=tuple(chosen.families),
            levels=tuple(chosen.levels),
            count=chosen.count,
            seed=chosen.seed,
        )
        for item in drawn(order):
            data = ProblemData(
                id=item.signature,
                name=f"{item.family}-{item.level}-{item.signature}",
                prompt=f"{item.prompt}\\n\\n{ASK}",
                family=item.family,
                level=item.level,
                compact=item.compact,
                answer=item.answer,
            )
            yield ProblemTask(data, chosen.task)
'''
_README = """\
# ouroboros-problems

{count:,} problems of {families} at the levels {levels}, seed {seed}, as a taskset of verifiers v1.
Each solution was found by one route and confirmed by a second one; replies are scored by meaning,
so that another unit or an unreduced fraction counts where it is right.

```bash
pip install -e .
vf-validate ouroboros-problems --only-gold   # every reference scores 1, no answer scores 0
vf-eval ouroboros-problems -n 3
```

Ask for others: `--env.taskset.families '["parity_chain"]' --env.taskset.levels '[16, 32]'`.
"""


def write_taskset(order: Order, folder: Path) -> list[Path]:
    """Write the package; its files.

    Raises UsageError for an unknown family, and where something is in the folder.
    """
    load_families(order.families)
    empty_folder(folder)
    contents = {
        "pyproject.toml": _PROJECT,
        "README.md": _README.format(**named(order)),
        f"{PACKAGE}/__init__.py": _INIT,
        f"{PACKAGE}/taskset.py": _TASKSET,
        f"{PACKAGE}/order.json": json.dumps(asdict(order)) + "\n",
    }
    for place, text in contents.items():
        path = folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return [folder / place for place in contents]
