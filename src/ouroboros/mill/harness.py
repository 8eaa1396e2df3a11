"""Our problems as tasks of EleutherAI's lm-evaluation-harness: one a family, grouped by domain.

    write_tasks(Order(families=("kinematics",), levels=(2,), count=100, seed=0), Path("out"))

    out/ouroboros.yaml                 a group of groups
    out/ouroboros_physics.yaml         a group a domain
    out/ouroboros_kinematics.yaml      a task a family
    out/items.py                       reads the items, wherever the folder is moved
    out/kinematics.jsonl               the items; those of the split "shots" are the examples

    lm_eval --include_path out --tasks ouroboros_physics --num_fewshot 2 --model ...

A model is to end with a line "Answer: ..."; what stands there has to be the answer letter for
letter, so that scoring needs nothing of ours. Not covered: other ways to write a right answer,
which the taskset for `verifiers` judges by meaning.
"""

import json
from dataclasses import replace
from pathlib import Path

from ouroboros.envs import load_families
from ouroboros.mill.export import ASK, FINAL, SOURCE, drawn, empty_folder, named
from ouroboros.mill.items import Item
from ouroboros.mill.shards import Order

SHOTS = 8  # items a family that are kept apart as worked examples, at most
WIDEST = 4096  # tokens that a reply may have
_READER = '''\
"""The items of a family as lm-evaluation-harness reads them."""

import json
from pathlib import Path

import datasets


def read(family: str, **others: object) -> dict[str, datasets.Dataset]:
    """The splits of a family."""
    lines = Path(__file__).with_name(f"{family}.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return {
        split: datasets.Dataset.from_list([row for row in rows if row["split"] == split])
        for split in ("shots", "test")
    }
'''
_TASK = """\
task: {task}
custom_dataset: !function items.read
dataset_kwargs:
  family: {family}
test_split: test
fewshot_split: shots
output_type: generate_until
doc_to_text: {question}
doc_to_target: "{{{{answer}}}}"
target_delimiter: "\\n"
fewshot_config:
  sampler: first_n
  doc_to_target: "{{{{worked}}}}"
generation_kwargs:
  until: ["\\n\\nQuestion:"]
  do_sample: false
  max_gen_toks: {widest}
filter_list:
  - name: final
    filter:
      - function: regex
        regex_pattern: {pattern}
        group_select: -1
      - function: take_first
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1.0
"""
_README = """\
# Problems of Ouroboros for lm-evaluation-harness

{count:,} problems of {families} at the levels {levels}, seed {seed}, and up to {shots} worked
examples a family. Each solution was found by one route and confirmed by a second one. A reply's
last line "Answer: ..." has to be the answer letter for letter.

```bash
lm_eval --include_path . --tasks ouroboros --num_fewshot 2 --model ...
```
"""
_GROUP = """\
group: {group}
task: {members}
aggregate_metric_list:
  - metric: exact_match
    aggregation: mean
    weight_by_size: true
    filter_list: [final]
metadata:
  version: 1.0
"""


def write_tasks(order: Order, folder: Path) -> dict[str, int]:
    """Write the tasks; how many items each family has to be tested with.

    Raises UsageError for an unknown family, and where something is in the folder.
    """
    families = load_families(order.families)
    empty_folder(folder)
    (folder / "items.py").write_text(_READER)
    (folder / "README.md").write_text(_README.format(**named(order), shots=SHOTS))
    counts = {name: _write_family(order, name, folder) for name in families}
    members: dict[str, list[str]] = {}
    for name, family in families.items():
        members.setdefault(SOURCE + family.domain, []).append(SOURCE + name)
    for group, tasks in {**members, SOURCE.strip("_"): list(members)}.items():
        text = _GROUP.format(group=group, members=json.dumps(tasks))
        (folder / f"{group}.yaml").write_text(text)
    return counts


def _write_family(order: Order, family: str, folder: Path) -> int:
    """Write a family's items and its task; how many items are for the test."""
    wanted = sum(share for (name, _), share in order.shares().items() if name == family)
    items = list(drawn(replace(order, families=(family,), count=wanted + SHOTS)))
    shots = items[:: max(1, len(items) // SHOTS)][: min(SHOTS, len(items) // 4)]
    test = [item for item in items if item not in shots][:wanted]
    rows = [_row(item, "shots") for item in shots] + [_row(item, "test") for item in test]
    with (folder / f"{family}.jsonl").open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    text = _TASK.format(
        task=SOURCE + family,
        family=family,
        question=json.dumps(f"Question: {{{{question}}}}\n{ASK}"),
        pattern=json.dumps(FINAL),
        widest=WIDEST,
    )
    (folder / f"{SOURCE}{family}.yaml").write_text(text)
    return len(test)


def _row(item: Item, split: str) -> dict[str, str | int]:
    """What a line holds of an item."""
    return {
        "split": split,
        "family": item.family,
        "domain": item.domain,
        "level": item.level,
        "question": item.prompt,
        "answer": item.answer,
        "worked": "\n".join([*item.steps, f"Answer: {item.answer}"]),
        "compact": item.compact,
        "signature": item.signature,
    }
