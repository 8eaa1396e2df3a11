"""What an attack is, and how all of them are found: by walking `attacks/`.

    ATTACKS = [
        Inside(
            id="A5.1",
            title="read worked examples one level past the wall",
            by="gate",
            attempt=lambda engine: engine.warden.examples(engine.key(), "copy", 4, 1, seed=1),
            benign=Benign("read worked examples at the wall", at_the_wall),
        ),
    ]

An attempt that returns got through; one that raises OSError, a WardenError or `Stopped` did not;
any other exception is a fault of the red team. What it says of itself is not enough: the log has
to agree (`suite`). A title says what the attacker wants, `benign` is the legitimate act next to it,
which must pass.
"""

import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ouroboros_redteam import attacks

if TYPE_CHECKING:
    from ouroboros_redteam.bench import Bench
    from ouroboros_redteam.engine import Engine

By = Literal["gate", "box"]
Mode = Literal["self", "formal"]
ID = re.compile(r"([A-I])[0-9]+\.[0-9]+")


class Stopped(Exception):
    """An attempt came to nothing; `logged` is what the log, or whoever reads it, says of it."""

    def __init__(self, logged: str = "") -> None:
        """Keep the words; empty where nobody says anything."""
        super().__init__(logged)
        self.logged = logged


class Benign(NamedTuple):
    """A twin, in words and as what it does; several attacks may have the same."""

    title: str
    act: "Callable[[Any], object]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An attack from the engine's place.

    Requests are stopped by the gate, and the log holds each refusal; system calls are stopped by
    the box, of which the log holds one record for all, `confinement`.
    """

    id: str
    title: str
    by: By
    attempt: "Callable[[Engine], object]"
    benign: Benign
    article: str = ""
    mode: Mode = "self"
    """of the run in which it is played"""
    twin_mode: Mode = "self"
    least: str = "T1"
    """tier that promises to stop it"""
    wide: bool = False
    """whether it is played in a run of all built-in families; so is its twin"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """An attack by somebody who edits files, offers signatures, or ends the run with it."""

    id: str
    title: str
    attempt: "Callable[[Bench], object]"
    benign: Benign
    article: str = ""


Attack = Inside | Outside


def boxed(
    identity: str,
    title: str,
    attempt: "Callable[[Engine], object]",
    benign: Benign,
    least: str = "T1",
) -> Inside:
    """An attack by system calls."""
    return Inside(
        id=identity,
        title=title,
        by="box",
        attempt=attempt,
        benign=benign,
        article="3",
        least=least,
    )


def asked(
    identity: str,
    title: str,
    attempt: "Callable[[Engine], object]",
    benign: Benign,
    article: str = "",
    mode: Mode = "self",
    twin_mode: Mode | None = None,
    *,
    wide: bool = False,
) -> Inside:
    """An attack by requests; its twin is played in the same mode unless another is named."""
    return Inside(
        id=identity,
        title=title,
        by="gate",
        attempt=attempt,
        benign=benign,
        article=article,
        mode=mode,
        twin_mode=twin_mode or mode,
        wide=wide,
    )


def letter(attack: Attack) -> str:
    """The class of attacks that it belongs to, A to I."""
    return attack.id[0]


@cache
def registry() -> dict[str, Attack]:
    """Every attack by its id, in order; ValueError for an id that is no id, or is used twice."""
    found: dict[str, Attack] = {}
    for attack in sorted(_all(), key=_place):
        if not ID.fullmatch(attack.id) or attack.id in found:
            raise ValueError(f"{attack.id!r} is no id of an attack, or that of another, too")
        found[attack.id] = attack
    return found


def chosen(classes: Iterable[str], only: Iterable[str]) -> list[Attack]:
    """The attacks of these classes or with these ids (A5 means A5.1, A5.2, ...); all by default."""
    classes, only = set(classes), set(only)
    return [
        attack
        for attack in registry().values()
        if not (classes or only)
        or letter(attack) in classes
        or {attack.id, attack.id.partition(".")[0]} & only
    ]


def _all() -> Iterator[Attack]:
    for module in pkgutil.iter_modules(attacks.__path__, f"{attacks.__name__}."):
        yield from import_module(module.name).ATTACKS


def _place(attack: Attack) -> tuple[str, list[int]]:
    numbers = re.findall("[0-9]+", attack.id)
    return attack.id[:1], [int(number) for number in numbers]
