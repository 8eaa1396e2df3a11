"""Sealed items drawn again: what a run was examined on, once its last record reveals the secret.

Before that only the warden can, and it tells nobody (`ouroboros_warden.contamination`). Whoever
shows the items and whoever counts them draws them here, as the examiner did. An examination that
ended early for want of hope asked fewer items than are drawn: those left over count as sealed, too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from ouroboros.errors import UsageError
from ouroboros_judges import examiner
from ouroboros_warden.audit import Record
from ouroboros_warden.folder import Folder, load_config
from ouroboros_warden.papers import Paper, Place, papers_of


def is_over(records: Sequence[Record]) -> bool:
    """Whether a log has its end, and the secret with it."""
    return any(record.kind == "end" for record in records)


def revealed_papers(folder: Folder, records: Sequence[Record]) -> list[Paper]:
    """Every examination of a run that is over; UsageError where it is not."""
    revealed = [record.body["secret"] for record in records if record.kind == "end"]
    if not revealed:
        raise UsageError(f"{folder.root} is not over: its exam secret is not revealed yet")
    return papers_of(folder, load_config(folder), records, bytes.fromhex(revealed[0]))


def draw_paper(paper: Paper) -> Iterator[tuple[int, str, int, list[str]]]:
    """Sitting, family, level and prompts of an examination, at the levels that were asked."""
    for sitting, request in enumerate(paper.sittings, 1):
        for family, level, prompts in examiner.draw(request):
            yield sitting, family, level, prompts


def sealed_items(folder: Folder, records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """Family and prompt of every item of a run's examinations.

    Raises UsageError where the secret is not revealed, or the log asked what is not drawn here.
    """
    for paper in revealed_papers(folder, records):
        drawn: Counter[Place] = Counter()
        for _, family, level, prompts in draw_paper(paper):
            drawn[family, level] += len(prompts)
            yield from ((family, prompt) for prompt in prompts)
        paper.demand_agreement(drawn)
