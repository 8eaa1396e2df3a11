"""Examinations: the sealed secret they are drawn from, and the judges who hold and weigh them.

Before the run's first step the log commits to SHA-256 of a secret; examination k is drawn from
HMAC-SHA256(secret, "exam:k"), its further sittings from HMAC-SHA256(secret, "exam:k:2") and so on,
and no k is used twice, so nobody can know an item beforehand, and
once the secret is revealed at the end anybody can draw them all again. A reproducible run derives
the secret from its seed, and its log says that the exam is not sealed.

The judges are processes; what they answer is checked for type and range before anyone believes
it. Their statistics are theirs: this module adds up counts and nothing else.
"""

import hashlib
import hmac
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, cast

from ouroboros_warden.audit import write_whole
from ouroboros_warden.canonical import Json
from ouroboros_warden.errors import JudgeError
from ouroboros_warden.folder import Config, Folder
from ouroboros_warden.processes import Judge

SECRET_LENGTH = 32  # bytes


class Row(NamedTuple):
    """Counts of one level of one family; a win is an item that only the successor solved."""

    family: str
    level: int
    items: int
    champion_correct: int
    successor_correct: int
    wins: int
    losses: int


_PROBES = ("right", "refused", "wrong", "accepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """What came of one or more sittings, all parts together."""

    rows: Sequence[Row] = ()
    flop: int = 0
    probes: Json = field(default_factory=lambda: dict.fromkeys(_PROBES, 0))
    """How the judges graded what they knew beforehand: right answers, of which some were refused,
    and wrong ones and impossible tasks, of which some were accepted."""

    def __add__(self, other: "Sat") -> "Sat":
        """Both together, the counts of the same level of a family added up."""
        return Sat(
            rows=merge([*self.rows, *other.rows]),
            flop=self.flop + other.flop,
            probes={name: self.probes[name] + other.probes[name] for name in _PROBES},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What one examination asks: whom, in which families, how many items of a level."""

    champion: Path | None
    successor: Path
    families: Json
    """name -> {"wall", "frontier"}"""
    seed: str
    items: int
    full: bool


def exam_secret(folder: Folder, config: Config) -> bytes:
    """The run's exam secret, made and kept at the first call."""
    if config.reproducible:
        return hmac.digest(b"ouroboros exam", str(config.seed).encode(), "sha256")
    path = folder.warden / "secret"
    if not path.exists():
        write_whole(path, os.urandom(SECRET_LENGTH))
    return path.read_bytes()


def commitment(secret: bytes) -> str:
    """What the log says of the secret before the run."""
    return hashlib.sha256(secret).hexdigest()


def exam_seed(secret: bytes, number: int, sitting: int = 1) -> str:
    """The seed of a sitting of examination `number`, 64 hex digits."""
    name = f"exam:{number}" if sitting == 1 else f"exam:{number}:{sitting}"
    return hmac.digest(secret, name.encode(), "sha256").hex()


class Oracle:
    """Worked examples, verdicts and audits, from the oracle's process."""

    def __init__(self, judge: Judge) -> None:
        """Speak with `judge`."""
        self._judge = judge

    def examples(self, family: str, level: int, count: int, seed: int) -> Json:
        """{"prompts": [...], "lines": [[...], ...]}, `count` of each."""
        request = {"op": "examples", "family": family, "level": level}

        def read(answer: Json) -> Json:
            prompts, lines = _texts(answer.get("prompts")), _list(answer.get("lines"))
            _demand(len(prompts) == len(lines) == count, "as many examples as asked for")
            return {"prompts": prompts, "lines": [_texts(each) for each in lines]}

        return self._judge.ask({**request, "count": count, "seed": seed}, read)

    def verify(self, family: str, level: int, prompts: list[str], lines: list[list[str]]) -> Json:
        """{"correct": [...]}, one boolean a prompt; prompts of another level are unfit."""

        def read(answer: Json) -> Json:
            correct = _list(answer.get("correct"))
            _demand(all(isinstance(each, bool) for each in correct), "verdicts are booleans")
            _demand(len(correct) == len(prompts), "one verdict a prompt")
            return {"correct": correct}

        request = {"op": "verify", "family": family, "level": level}
        return self._judge.ask({**request, "prompts": prompts, "lines": lines}, read)

    def audit(self, file: Path, identity: str, walls: Mapping[str, int]) -> Json:
        """How much of a data file is right: {"families", "rows", "correct", "foreign", "made"}.

        Foreign is a row whose prompt or lines are none of its family, or of none of `walls`; it
        is counted apart. The oracle refuses bytes that do not have this content id. `made` says of
        what the loop made itself, by family, {"rows", "wrong", "variety"}.
        """

        def read(answer: Json) -> Json:
            found = _table(answer.get("families"))
            counts = [_audited(each) for levels in found.values() for each in _levels(levels)]
            rows, correct = sum(n for n, _ in counts), sum(right for _, right in counts)
            made = {name: _made(each) for name, each in _table(answer.get("made")).items()}
            _demand(made.keys() <= found.keys(), "what was made is of the file's families")
            _demand(sum(m["wrong"] for m in made.values()) == rows - correct, "all wrong is made")
            foreign = {"foreign": _count(answer.get("foreign"))}
            return {"families": found, "rows": rows, "correct": correct, **foreign, "made": made}

        request = {"op": "audit", "file": str(file), "id": identity, "families": dict(walls)}
        return self._judge.ask(request, read)


class Examiners:
    """Several examiners who share an examination's items."""

    def __init__(self, judges: Sequence[Judge]) -> None:
        """Speak with `judges`, one or more."""
        self._judges = judges

    def sit(self, sitting: Sitting) -> Sat:
        """Hold an examination: what came of all parts."""
        parts = len(self._judges)
        for part, judge in enumerate(self._judges):
            judge.post(_sit_request(sitting, [part, parts]))
        answers = [judge.collect(lambda answer: _sat(answer, sitting)) for judge in self._judges]
        sat = sum(answers, Sat())
        _demand({r.family for r in sat.rows} == set(sitting.families), "every family is examined")
        return sat

    def weigh(self, sitting: Sitting, rows: Sequence[Row], alpha: float, margin: float) -> Json:
        """{"e_value", "families"}: the judges' statistics over merged rows.

        `margin` is the loss of accuracy up to which a family does not count as inferior.
        """
        request = {"op": "weigh", "rows": rows, "families": sitting.families}

        def read(answer: Json) -> Json:
            weighed = _table(answer.get("families"))
            _demand(weighed.keys() == sitting.families.keys(), "every family is weighed")
            families = {name: _weighed(each) for name, each in sorted(weighed.items())}
            return {
                "e_value": _real(answer.get("e_value"), sys.float_info.max),
                "families": families,
            }

        request |= {"alpha": alpha, "margin": margin, "full": sitting.full}
        return self._judges[0].ask(request, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Whom the gate asks for truth."""

    oracle: Oracle
    examiners: Examiners


def merge(rows: Iterable[Row]) -> list[Row]:
    """Add up the counts of rows of the same family and level, in order of both."""
    sums: dict[tuple[str, int], Counter[int]] = {}
    for row in rows:
        sums.setdefault(row[:2], Counter()).update(dict(enumerate(row[2:])))
    return [Row(*place, *(sums[place][i] for i in range(5))) for place in sorted(sums)]


def _sit_request(sitting: Sitting, part: list[int]) -> Json:
    return {
        "op": "sit",
        "champion": str(sitting.champion) if sitting.champion else None,
        "successor": str(sitting.successor),
        "families": sitting.families,
        "seed": sitting.seed,
        "items": sitting.items,
        "part": part,
        "full": sitting.full,
    }


def _sat(answer: Json, sitting: Sitting) -> Sat:
    rows = [_row(each, sitting) for each in _list(answer.get("rows"))]
    table = _table(answer.get("probes"))
    probes = {name: _count(table.get(name)) for name in _PROBES}
    _demand(probes["refused"] <= probes["right"], "refused <= right")
    _demand(probes["accepted"] <= probes["wrong"], "accepted <= wrong")
    return Sat(rows=rows, flop=_count(answer.get("flop")), probes=probes)


def _row(value: Any, sitting: Sitting) -> Row:
    fields = _list(value)
    _demand(len(fields) == len(Row._fields), "a row has seven fields")
    known = isinstance(fields[0], str) and fields[0] in sitting.families
    _demand(known, "a row's family is one that was asked for")
    row = Row(fields[0], *(_count(each) for each in fields[1:]))
    _demand(max(row.champion_correct, row.successor_correct) <= row.items, "correct <= items")
    if sitting.champion is not None:
        gain = row.successor_correct - row.champion_correct
        _demand(row.wins - row.losses == gain, "wins - losses is the difference of the correct")
        _demand(row.wins <= row.successor_correct, "wins <= correct")
    return row


def _weighed(value: Any) -> Json:
    family = _table(value)
    _demand(isinstance(family.get("inferior"), bool), "inferior is a boolean")
    return {
        "frontier": _count(family.get("frontier")),
        "accuracy": _real(family.get("accuracy"), 1),
        "lower95": _real(family.get("lower95"), 1),
        "champion_frontier": _count(family.get("champion_frontier") or 0),
        "inferior": family["inferior"],
    }


def _levels(value: Any) -> Iterable[Any]:
    levels: Mapping[str, Any] = _table(value)
    _demand(all(level.isdecimal() for level in levels), "levels are numbers")
    return levels.values()


def _audited(value: Any) -> tuple[int, int]:
    table = _table(value)
    rows, correct = _count(table.get("rows")), _count(table.get("correct"))
    _demand(correct <= rows, "correct <= rows")
    return rows, correct


def _made(value: Any) -> Json:
    table = _table(value)
    made = {name: _count(table.get(name)) for name in ("rows", "wrong", "variety")}
    _demand(made["wrong"] <= made["rows"], "wrong <= rows")
    _demand(made["variety"] <= 1000, "variety is in thousandths")
    return made


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise JudgeError(f"a judge's answer breaks the rule: {what}")


def _table(value: Any) -> Json:
    _demand(isinstance(value, dict), "an object where one belongs")
    return cast("Json", value)


def _list(value: Any) -> list[Any]:
    _demand(isinstance(value, list), "a list where one belongs")
    return cast("list[Any]", value)


def _texts(value: Any) -> list[str]:
    texts = _list(value)
    _demand(all(isinstance(each, str) for each in texts), "text where it belongs")
    return texts


def _count(value: Any) -> int:
    _demand(type(value) is int and value >= 0, "counts are whole and not negative")
    return value


def _real(value: Any, most: float) -> float:
    _demand(type(value) in {int, float} and 0 <= value <= most, f"a number from 0 to {most}")
    return float(value)
