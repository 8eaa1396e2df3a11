"""`ouro exam`: once a run is over, anybody can draw its examinations again from the secret."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouroboros.cli.options import AsJson, RunOption

if TYPE_CHECKING:
    from ouroboros_warden.audit import Record
    from ouroboros_warden.folder import Config
    from ouroboros_warden.standing import Standing


def exam(
    number: Annotated[int, typer.Argument(min=1, help="Which examination, counted from 1.")],
    run_dir: RunOption = None,
    as_json: AsJson = False,
) -> int:
    """Print the items of an examination, a JSON line each, drawn anew from the revealed secret.

    The last line counts them, and says whether they are as many at each level as the log says. A
    sitting that ended early for want of hope asked fewer than are drawn here.
    """
    from collections import Counter

    from ouroboros.cli.output import emit, note
    from ouroboros.cli.runs import find_run
    from ouroboros.errors import UsageError
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.folder import Folder, load_config

    folder = Folder.at(find_run(run_dir))
    records = read_log(folder.records)
    ends = [record for record in records if record.kind == "end"]
    if not ends:
        raise UsageError(f"{folder.root} is not over: its exam secret is not revealed yet")
    record, standing = _held(records, number, load_config(folder))
    secret = bytes.fromhex(ends[0].body["secret"])
    drawn: Counter[tuple[str, int]] = Counter()
    for item in _items(record, standing, load_config(folder), secret, number):
        drawn[item["family"], item["level"]] += 1
        emit(item)
    asked = _asked(record)
    agrees = all(drawn[place] >= items for place, items in asked.items())
    if as_json:
        emit({"items": sum(asked.values()), "agrees": agrees, "run_dir": str(folder.root)})
    else:
        note(f"{sum(asked.values())} items were asked; the log {'agrees' if agrees else 'differs'}")
    return 0 if agrees else 2


def _held(records: "list[Record]", number: int, config: "Config") -> "tuple[Record, Standing]":
    """An examination's record, and how the run stood when it was drawn."""
    from ouroboros.errors import UsageError
    from ouroboros_warden.standing import after, start_of

    standing = start_of(config)
    for record in records:
        if record.kind in {"exam", "final"} and record.body["exam"] == number:
            return record, standing
        standing = after(standing, record)
    raise UsageError(f"there was no examination {number}; this run held {standing.exams}")


def _items(
    record: "Record", standing: "Standing", config: "Config", secret: bytes, number: int
) -> Iterator[dict[str, Any]]:
    """Every item of the levels that were asked, with its right answer."""
    from ouroboros.envs import load_families
    from ouroboros_judges import examiner
    from ouroboros_judges.answers import load_answers
    from ouroboros_warden.exam import exam_seed

    full, asked = record.kind == "final", _asked(record)
    families, answers = load_families(list(config.walls)), load_answers(list(config.walls))
    known = {
        name: {"wall": wall, "frontier": standing.frontiers[name]}
        for name, wall in config.walls.items()
    }
    items = config.final_items if full else config.items
    for sitting in range(1, record.body.get("sittings", 1) + 1):
        request = {
            "families": known,
            "seed": exam_seed(secret, number, sitting),
            "items": items,
            "full": full,
        }
        for name, family in families.items():
            for level, count in examiner.paper(request, name):
                if (name, level) not in asked:
                    continue
                for prompt in examiner.mint(
                    family, answers[name], level, count, request["seed"], (0, 1)
                ):
                    lines = list(answers[name].solve(prompt))
                    yield {
                        "sitting": sitting,
                        "family": name,
                        "level": level,
                        "prompt": prompt,
                        "lines": lines,
                    }


def _asked(record: "Record") -> dict[tuple[str, int], int]:
    """How many items the log says were asked, by family and level."""
    if record.kind == "exam":
        return {(row[0], row[1]): row[2] for row in record.body["rows"]}
    return {
        (name, level): items
        for name, family in record.body["families"].items()
        for level, items, _ in family["levels"]
    }
