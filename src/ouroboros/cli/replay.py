"""`ouro replay`: decide every past request again, and show by which articles."""

from pathlib import Path

from ouroboros.cli.options import AsJson, RunArgument


def replay(run_dir: RunArgument = None, as_json: AsJson = False) -> int:
    """Have the articles decide every request of a run again; they must say the same."""
    from collections import Counter

    from ouroboros.cli.output import emit, note, page, table
    from ouroboros.cli.runs import find_run
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.folder import Folder, load_config
    from ouroboros_warden.law import read_constitutions
    from ouroboros_warden.replay import promotions
    from ouroboros_warden.replay import replay as decide_again

    folder = Folder.at(find_run(run_dir))
    records = read_log(folder.records)
    decisions, problems = decide_again(records, read_constitutions(folder), load_config(folder))
    counts: Counter[tuple[str, bool, str]] = Counter()
    for record in records:
        if law := record.body.get("law"):
            counts[law["action"], law["allowed"], ", ".join(law["by"])] += 1
    if as_json:
        told = [
            {"action": action, "allowed": allowed, "by": by.split(", "), "times": times}
            for (action, allowed, by), times in sorted(counts.items())
        ]
        found = {"decisions": decisions, "differ": problems, "counts": told}
        emit({**found, "promotions": promotions(records), "run_dir": str(folder.root)})
    else:
        rows = [
            [action, "allowed" if allowed else "denied", by, str(times)]
            for (action, allowed, by), times in sorted(counts.items())
        ]
        page().print(table("action", "decision", "articles", "times", rows=rows, numbers=(3,)))
        page().print(_verdict(decisions, problems, folder.root))
    for problem in problems:
        note(f"ouro: {problem}")
    return 2 if problems else 0


def _verdict(decisions: int, problems: list[str], run: Path) -> str:
    if problems:
        return f"{len(problems)} of {decisions} decisions of {run} do not follow from its articles"
    return f"all {decisions} decisions of {run} came out the same"
