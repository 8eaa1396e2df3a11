"""What the examinations of a run asked for, from its log and its secret: enough to draw them again.

    for paper in papers_of(folder, records, secret):
        for request in paper.sittings:      # {"families", "levels", "seed", "items", "full"}
            ...                             # the examiner draws such a sitting's items

Nothing here draws an item or decides who may have the secret: a run that is over has revealed it,
and before that `contamination` alone reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ouroboros_warden.audit import Record
from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import UsageError
from ouroboros_warden.exam import commitment, exam_seed
from ouroboros_warden.folder import Config, Folder
from ouroboros_warden.standing import Standing, after, start_of

Place = tuple[str, int]  # family and level


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One examination that the log holds."""

    number: int
    sittings: tuple[Json, ...]
    """What the examiner is asked to draw, a request a sitting."""
    asked: Mapping[Place, int]
    """How many items the log says were asked, all sittings together."""

    def agrees(self, drawn: Mapping[Place, int]) -> bool:
        """Whether as many items were drawn as the log says were asked, or more.

        A sitting that ended early for want of hope asked fewer than are drawn.
        """
        return all(drawn.get(place, 0) >= items for place, items in self.asked.items())

    def demand_agreement(self, drawn: Mapping[Place, int]) -> None:
        """UsageError where fewer were drawn."""
        if not self.agrees(drawn):
            raise UsageError(f"examination {self.number} cannot be drawn again as the log has it")


def papers_of(
    folder: Folder, config: Config, records: Sequence[Record], secret: bytes
) -> list[Paper]:
    """Every examination that a log holds, in order.

    Raises UsageError where configuration or secret are not those that the run began with.
    """
    if not records or records[0].kind != "run":
        raise UsageError(f"{folder.root} has not begun: its log has no first record")
    if config.whole != records[0].body["config"]:
        raise UsageError(f"{folder.root}: config.json is not the one that the run began with")
    if commitment(secret) != records[0].body["exam_commitment"]:
        raise UsageError(f"{folder.root} has another exam secret than it committed to")
    found: list[Paper] = []
    standing = start_of(config)
    for record in records:
        if record.kind in {"exam", "final"}:
            found.append(_paper(record, standing, config, secret))
        standing = after(standing, record)
    return found


def _paper(record: Record, standing: Standing, config: Config, secret: bytes) -> Paper:
    body, full, asked = record.body, record.kind == "final", _asked(record)
    levels = {name: [level for family, level in asked if family == name] for name in config.walls}
    request = {
        "families": {
            name: {"wall": wall, "frontier": standing.frontiers[name]}
            for name, wall in config.walls.items()
        },
        "levels": levels,
        "items": config.final_items if full else config.items,
        "full": full,
    }
    seeds = [exam_seed(secret, body["exam"], n) for n in range(1, body.get("sittings", 1) + 1)]
    sittings = tuple({**request, "seed": seed} for seed in seeds)
    return Paper(number=body["exam"], sittings=sittings, asked=asked)


def _asked(record: Record) -> dict[Place, int]:
    if record.kind == "exam":
        return {(row[0], row[1]): row[2] for row in record.body["rows"]}
    return {
        (name, level): items
        for name, family in record.body["families"].items()
        for level, items, _ in family["levels"]
    }
