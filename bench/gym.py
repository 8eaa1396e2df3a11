"""Our items against reasoning-gym's: making, solving and judging, a second, in one process.

    pip install 'ouroboros[gym]' && ouro bench gym --json

Each pair is measured in turns, a round each, so that a noisy machine is noisy for both; a round is
`items` problems made, and their reference answer judged. Of ours both routes find every line of the
solution, for a whole round at once where a family can, as the data mill has it; of theirs the
reference is one answer, which is compared with itself. So there are two ratios: items a second, and
checked lines a second, of which theirs have one an item. Theirs are at their default settings, ours
at the family's data wall; the lengths of both questions are told.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros_judges.answers import load_answers

PAIRS = {
    "forward_addition": "chain_sum",
    "multiplication": "products",
    "gcd": "gcd",
    "fractions": "fraction_simplification",
    "base_conversion": "base_conversion",
    "sequences": "number_sequence",
    "linear_equation": "simple_equations",
    "expansion": "polynomial_multiplication",
    "integral": "simple_integration",
    "matrix_product": "manipulate_matrix",
    "boolean_chain": "bitwise_arithmetic",
    "proof": "propositional_logic",
    "syllogism": "syllogism",
    "knights": "knights_knaves",
    "sorting": "number_sorting",
    "shortest_path": "shortest_path",
    "maze": "maze",
    "finite_automaton": "count_bits",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A batch of items, made and judged."""

    rate: float
    """Items a second."""
    lines: float
    """Checked lines an item."""
    length: float
    """Characters of a question."""


def ours(name: str, level: int, seed: int, items: int) -> Round:
    """A round of one family; UsageError where a route denies an item."""
    family, answers = load_families([name])[name], load_answers([name])[name]
    began = time.perf_counter()
    tasks = family.propose(level, seed, items)
    lines = 0
    references = answers.references([task.prompt for task in tasks])
    for task, reference in zip(tasks, references, strict=True):
        if reference is None or not answers.verify(task.prompt, reference).correct:
            raise UsageError(f"{name}: a route denies {task.prompt}")
        lines += len(reference)
    rate = items / (time.perf_counter() - began)
    length = statistics.mean(len(task.prompt) for task in tasks)
    return Round(rate=rate, lines=lines / items, length=length)


def theirs(task: str, seed: int, items: int) -> Round:
    """A round of one of their tasks."""
    import reasoning_gym

    began = time.perf_counter()
    made = reasoning_gym.create_dataset(task, seed=seed, size=items)
    for entry in made:
        made.score_answer(answer=entry["answer"], entry=entry)
    rate = items / (time.perf_counter() - began)
    length = statistics.mean(len(made[i]["question"]) for i in range(min(items, 20)))
    return Round(rate=rate, lines=1, length=length)


def main() -> None:
    """Every pair, in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    table: dict[str, Any] = {}
    for name, task in PAIRS.items():
        level = load_families([name])[name].wall
        ours(name, level, 0, 20)
        theirs(task, 0, 20)
        rounds = [
            (ours(name, level, i, arguments.items), theirs(task, i, arguments.items))
            for i in range(1, arguments.rounds + 1)
        ]
        table[name] = {"nearest": task} | compared(rounds)
    found = {
        "pairs": len(table),
        "ahead": sum(row["ratio"] > 1 for row in table.values()),
        "ahead_by_lines": sum(row["ratio_by_lines"] > 1 for row in table.values()),
    }
    print(json.dumps(found | {"families": table}))


def compared(rounds: list[tuple[Round, Round]]) -> dict[str, Any]:
    """The medians of both sides, and ours over theirs."""
    mine, other = (
        statistics.median(each.rate for each in side) for side in zip(*rounds, strict=True)
    )
    lines = statistics.mean(ours.lines for ours, _ in rounds)
    ratio = mine / other
    return {
        "items_per_second": round(mine),
        "reasoning_gym": round(other),
        "ratio": round(ratio, 2),
        "smallest_ratio": round(min(a.rate / b.rate for a, b in rounds), 2),
        "lines": round(lines, 1),
        "ratio_by_lines": round(ratio * lines, 2),
        "characters": [round(statistics.mean(each.length for each in side))
                       for side in zip(*rounds, strict=True)],
    }  # fmt: skip


if __name__ == "__main__":
    main()
