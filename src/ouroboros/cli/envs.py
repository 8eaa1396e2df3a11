"""`ouro envs`: what the families ask, and exactly how it is written."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouroboros.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ouroboros.envs import Family

app = typer.Typer(
    help="Families of problems: what they ask and how it reads.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
EXAMPLES = 6  # half of them adversarial
SEED = 0


@app.command("list")
def list_families(as_json: AsJson = False) -> int:
    """List every family, those of plugins included."""
    from ouroboros.cli.output import emit, page, table
    from ouroboros.envs import load_families
    from ouroboros.plugins import blame

    found: list[dict[str, Any]] = []
    for name, family in load_families().items():
        with blame(f"family {name!r}"):
            summary = family.describe().summary
        found.append({
            "name": name, "domain": family.domain, "wall": family.wall, "summary": summary
        })  # fmt: skip
    if as_json:
        emit({"families": found})
    else:
        rows = [[e["name"], e["domain"], str(e["wall"]), e["summary"]] for e in found]
        page().print(table("family", "domain", "wall", "asks", rows=rows, numbers=(2,)))
    return 0


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="FAMILY", help="One of `ouro envs list`.")],
    as_json: AsJson = False,
) -> int:
    """Show a family's exact format, with examples at its wall and the judges' solutions."""
    from ouroboros.cli.output import emit
    from ouroboros.envs import load_families
    from ouroboros.plugins import blame

    family = load_families([name])[name]
    with blame(f"family {name!r}"):
        found = describe(family)
    if as_json:
        emit(found)
    else:
        _print(found)
    return 0


def describe(family: "Family") -> dict[str, Any]:
    """A family's format and solved examples."""
    from dataclasses import asdict

    from ouroboros_judges.answers import load_answers

    answers = load_answers([family.name])[family.name]
    half = EXAMPLES // 2
    prompts = [task.prompt for task in family.propose(family.wall, SEED, half)]
    prompts += answers.adversarial(family.wall, SEED, EXAMPLES - half)
    examples = [
        _example(family, prompt, answers.solve(prompt), i) for i, prompt in enumerate(prompts)
    ]
    facts = {
        "name": family.name,
        "domain": family.domain,
        "wall": family.wall,
        "alphabet": family.alphabet,
    }
    return {**facts, **asdict(family.describe()), "examples": examples}


def _example(family: "Family", prompt: str, lines: "Sequence[str]", seed: int) -> dict[str, Any]:
    """A problem in compact form and in words."""
    *read, answer = family.read(prompt, lines)
    return {
        "prompt": prompt,
        "steps": list(lines),
        "answer": lines[-1],
        "question": family.phrase(prompt, seed),
        "steps_in_words": read,
        "answer_in_words": answer,
        "facts": family.facts(prompt),
    }


def _print(found: dict[str, Any]) -> None:
    import json

    from ouroboros.cli.output import page, table

    console = page()
    console.print(f"{found['name']}: {found['summary']}", style="bold")
    facts = [
        ("level", f"{found['level']}; people's examples end at the wall, {found['wall']}"),
        ("alphabet", found["alphabet"]),
        ("prompt", f"matches {found['prompt_pattern']}"),
    ]
    facts += [(f"line {i}", line) for i, line in enumerate(found["lines"], 1)]
    facts[-1] = (facts[-1][0], f"{facts[-1][1]}: the answer")
    for what, fact in facts:
        console.print(f"{what:>9}  {fact}")
    rows = [[each["prompt"], " | ".join(each["steps"])] for each in found["examples"]]
    console.print(table("prompt", "lines", rows=rows))
    example = found["examples"][0]
    console.print(f"in words: {example['question']}")
    for line in (*example["steps_in_words"], f"Answer: {example['answer_in_words']}"):
        console.print(f"  {line}")
    console.print()
    line = json.dumps({"family": found["name"], "prompt": found["examples"][0]["prompt"]})
    console.print(f"ask a champion: echo '{line}' | ouro solve")
