"""Contamination: whether a data set holds what a run was examined on.

    found = find_contamination(Path("runs/tiny-1"), Path("set"))
    found.rows, found.hits          20000, 3

The items of a run's examinations are drawn again as the examiner drew them, from the secret that
the run's last record reveals; before that nobody can tell. Compared are a family's name and the
compact prompt, and what is handed back are counts, never items. An examination that ended early for
want of hope asked fewer items than are drawn here: those left over count as sealed, too.

Low levels have few problems, and a data set with all of them holds what any examination asks: hence
hits are counted by level. Not covered: problems that are alike without being the same, and runs of
other versions of the families than the installed ones, which asked other items.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ouroboros.envs import load_families
from ouroboros.errors import UsageError
from ouroboros.mill.hashes import hash64
from ouroboros.mill.reading import find_shards, read_rows
from ouroboros_judges import examiner
from ouroboros_judges.answers import load_answers
from ouroboros_warden.audit import Record, read_log
from ouroboros_warden.exam import commitment, exam_seed
from ouroboros_warden.folder import Config, Folder, load_config
from ouroboros_warden.standing import Standing, after, start_of

Place = tuple[str, int]  # family and level


@dataclass(frozen=True, slots=True, kw_only=True)
class Contamination:
    """What of a data set a run was examined on."""

    exams: int
    sealed: int
    """Distinct items of all examinations."""
    rows: int
    """Of the data set."""
    hits: int
    """Rows that are sealed items."""
    places: list[tuple[str, int, int]]
    """Family, level and hits, where there are any."""


def find_contamination(run: Path, data: Path) -> Contamination:
    """Compare a data set with the examinations of a run that is over.

    Raises UsageError where the run is not over, or its examinations cannot be drawn again.
    """
    folder, shards = Folder.at(run), find_shards(data)
    records = read_log(folder.records)
    marks = {_mark(name, prompt) for name, prompt in sealed_items(folder, records)}
    rows, hits = 0, Counter[Place]()
    for path in shards:
        for family, level, compact in read_rows(path, ["family", "level", "compact"]):
            rows += 1
            hits[family, level] += _mark(family, compact) in marks
    return Contamination(
        exams=sum(record.kind in {"exam", "final"} for record in records),
        sealed=len(marks),
        rows=rows,
        hits=hits.total(),
        places=[(*place, count) for place, count in sorted(hits.items()) if count],
    )


def sealed_items(folder: Folder, records: list[Record]) -> Iterator[tuple[str, str]]:
    """Family and prompt of every item of a run's examinations.

    Raises UsageError where the secret is not revealed, or the log asked what is not drawn here.
    """
    secret, config = _secret(folder, records), load_config(folder)
    if config.whole != records[0].body["config"]:
        raise UsageError(f"{folder.root}: config.json is not the one that the run began with")
    standing = start_of(config)
    for record in records:
        if record.kind in {"exam", "final"}:
            drawn: Counter[Place] = Counter()
            for family, level, prompt in _draw(record, standing, config, secret):
                drawn[family, level] += 1
                yield family, prompt
            number = record.body["exam"]
            if any(drawn[place] < items for place, items in asked_items(record).items()):
                raise UsageError(f"examination {number} cannot be drawn again as the log has it")
        standing = after(standing, record)


def asked_items(record: Record) -> dict[Place, int]:
    """How many items the log says an examination asked, by family and level."""
    if record.kind == "exam":
        return {(row[0], row[1]): row[2] for row in record.body["rows"]}
    return {
        (name, level): items
        for name, family in record.body["families"].items()
        for level, items, _ in family["levels"]
    }


def _secret(folder: Folder, records: list[Record]) -> bytes:
    """The revealed secret, if it is the one that the run committed to."""
    revealed = [record.body["secret"] for record in records if record.kind == "end"]
    if not revealed:
        raise UsageError(f"{folder.root} is not over: its exam secret is not revealed yet")
    secret = bytes.fromhex(revealed[0])
    if commitment(secret) != records[0].body["exam_commitment"]:
        raise UsageError(f"{folder.root} reveals another exam secret than it committed to")
    return secret


def _draw(
    record: Record, standing: Standing, config: Config, secret: bytes
) -> Iterator[tuple[str, int, str]]:
    """Family, level and prompt of an examination's items, at the levels that were asked."""
    body, full, asked = record.body, record.kind == "final", asked_items(record)
    names = list(config.walls)
    families, answers = load_families(names), load_answers(names)
    known = {n: {"wall": config.walls[n], "frontier": standing.frontiers[n]} for n in names}
    for sitting in range(1, body.get("sittings", 1) + 1):
        request = {
            "families": known,
            "seed": exam_seed(secret, body["exam"], sitting),
            "items": config.final_items if full else config.items,
            "full": full,
        }
        for name in names:
            for level, items in examiner.paper(request, name):
                if (name, level) in asked:
                    whole = (0, 1)
                    drawn = examiner.mint(
                        families[name], answers[name], level, items, request["seed"], whole
                    )
                    yield from ((name, level, prompt) for prompt in drawn)


def _mark(family: str, prompt: str) -> int:
    return hash64(f"{family}\n{prompt}")
