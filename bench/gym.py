"""Our items against reasoning-gym's: making, solving and judging, a second, in one process.

    pip install 'ouroboros[gym]' && ouro bench gym --json

Each pair is measured in turns, a round each, so that a noisy machine is noisy for both; a round is
`items` problems made, and their reference answer judged. Ours are verified by both routes. Theirs
are at their default settings; the level of ours whose prompts are as long comes closest, and both
lengths are told.
"""

import argparse
import json
import statistics
import time
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


def ours(name: str, level: int, seed: int, items: int) -> float:
    """Items a second of one family; UsageError where a route denies one."""
    family, answers = load_families([name])[name], load_answers([name])[name]
    began = time.perf_counter()
    for task in family.propose(level, seed, items):
        if not answers.verify(task.prompt, answers.solve(task.prompt)).correct:
            raise UsageError(f"{name}: a route denies {task.prompt}")
    return items / (time.perf_counter() - began)


def theirs(task: str, seed: int, items: int) -> float:
    """Items a second of one of their tasks."""
    import reasoning_gym

    began = time.perf_counter()
    made = reasoning_gym.create_dataset(task, seed=seed, size=items)
    for entry in made:
        made.score_answer(answer=entry["answer"], entry=entry)
    return items / (time.perf_counter() - began)


def main() -> None:
    """Every pair, in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=200)
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
        mine, other = (statistics.median(column) for column in zip(*rounds, strict=True))
        table[name] = {
            "nearest": task,
            "items_per_second": round(mine),
            "reasoning_gym": round(other),
            "ratio": round(mine / other, 2),
            "smallest_ratio": round(min(a / b for a, b in rounds), 2),
        }
    ahead = sum(row["ratio"] > 1 for row in table.values())
    print(json.dumps({"pairs": len(table), "ahead": ahead, "families": table}))


if __name__ == "__main__":
    main()
