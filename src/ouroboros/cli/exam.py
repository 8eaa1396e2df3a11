"""`ouro exam`: once a run is over, anybody can draw its examinations again from the secret."""

from typing import Annotated

import typer

from ouroboros.cli.options import AsJson, RunOption


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
    from ouroboros.mill.sealed import draw_paper, revealed_papers
    from ouroboros_judges.answers import load_answers
    from ouroboros_warden.audit import read_log
    from ouroboros_warden.folder import Folder

    folder = Folder.at(find_run(run_dir))
    papers = revealed_papers(folder, read_log(folder.records))
    paper = next((each for each in papers if each.number == number), None)
    if paper is None:
        raise UsageError(f"there was no examination {number}; this run held {len(papers)}")
    answers = load_answers(list(paper.sittings[0]["families"]))
    drawn: Counter[tuple[str, int]] = Counter()
    for sitting, family, level, prompts in draw_paper(paper):
        drawn[family, level] += len(prompts)
        place = {"sitting": sitting, "family": family, "level": level}
        for prompt in prompts:
            emit({**place, "prompt": prompt, "lines": list(answers[family].solve(prompt))})
    items, agrees = sum(paper.asked.values()), paper.agrees(drawn)
    if as_json:
        emit({"items": items, "agrees": agrees, "run_dir": str(folder.root)})
    else:
        note(f"{items} items were asked; the log {'agrees' if agrees else 'differs'}")
    return 0 if agrees else 2
