"""The constitution: plain words, articles, their schema and limits, signed by the authority.

A folder holds the texts (`FILES`) and `manifest.json`,

    {"said": {...}, "signatures": [{"key", "signature"}, ...]}

where `said` names the version, when it expires, the manifest before it, who the authority is, the
hash of each text, of each judge with its import closure, and of the warden. A constitution is in
force when enough distinct keys of its authority signed exactly that, and, if it amends another,
enough of the other's too; there is nothing in between.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from ouroboros_warden.audit import write_whole
from ouroboros_warden.canonical import Json, canonical, content_id, decode
from ouroboros_warden.closure import Closure, closure_of
from ouroboros_warden.errors import Refused, UsageError
from ouroboros_warden.keys import Authority, demand_quorum

FILES = ("preamble.md", "articles.cedar", "schema.cedarschema", "limits.json")
JUDGES = {"examiner": "ouroboros_judges.examiner", "oracle": "ouroboros_judges.oracle"}
PURPOSE = "constitution"
TEXT_LIMIT = 1 << 20  # bytes of a text
DAY = 86400.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one lease may grant at most, and what it costs to review."""

    generations: int
    flop: float
    seconds: float
    joules: float
    gain: float
    """nats of capability"""
    days: float
    seconds_per_decision: float
    """that humans need for a decision of the loop, before they can sign for more"""
    flop_per_cpu_second: float
    """of a core at most: what the meter turns CPU time into"""
    joules_per_cpu_second: float

    @classmethod
    def from_json(cls, value: Json) -> "Limits":
        """The limits in a mapping; UsageError names the first that is missing or no number."""
        named = [pair for part in value.values() for pair in _table(part).items()]
        names, flat = [field.name for field in fields(cls)], dict(named)
        if sorted(name for name, _ in named) != sorted(names):
            raise UsageError(f"limits.json has exactly the numbers {', '.join(names)}")
        for name, number in flat.items():
            if type(number) not in {int, float} or not 0 <= number < math.inf:
                raise UsageError(f"limits.json: {name} is not a number >= 0")
        return cls(**{**flat, "generations": int(flat["generations"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constitution:
    """What a folder says; whether it is in force is for `demand_force`."""

    said: Json
    signatures: tuple[Json, ...]
    texts: Mapping[str, str]

    @property
    def id(self) -> str:
        """The content id of all that is signed."""
        return content_id(self.said)

    @property
    def version(self) -> int:
        """It counts up from 1."""
        return int(self.said["version"])

    @property
    def authority(self) -> Authority:
        """Who signs."""
        return Authority.from_json(self.said["authority"])

    def authority_by_name(self) -> Json:
        """The authority and what it calls itself."""
        return {**self.authority.to_json(), "name": self.said["name"]}

    @property
    def limits(self) -> Limits:
        """What bounds every lease."""
        return Limits.from_json(decode(self.texts["limits.json"].encode()))

    def changed_texts(self) -> list[str]:
        """Which texts are not those that were signed."""
        named = self.said["files"]
        return [
            f"{name} is not the text that was signed"
            for name in FILES
            if named.get(name) != _text_id(self.texts.get(name, ""))
        ]

    def in_public(self) -> Json:
        """What is the same for everybody who adopts these texts."""
        return {"version": self.version, "files": self.said["files"]}


def shipped() -> dict[str, str]:
    """The texts that come with this package."""
    folder = files("ouroboros_warden") / "texts"
    return {name: (folder / name).read_bytes().decode() for name in FILES}


def read_texts(folder: Path) -> dict[str, str]:
    """The texts in a folder; UsageError where one is missing or no text."""
    found: dict[str, str] = {}
    for name in FILES:
        try:
            data = (folder / name).read_bytes()
            found[name] = data[: TEXT_LIMIT + 1].decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{folder} is no constitution: {name}: {error}") from error
        if len(data) > TEXT_LIMIT:
            raise UsageError(f"{folder / name} is longer than {TEXT_LIMIT} bytes")
    return found


def draft(
    texts: Mapping[str, str],
    authority: Authority,
    expires: float,
    before: "Constitution | None" = None,
    name: str = "local authority",
) -> Constitution:
    """An unsigned constitution of these texts, for the judges and the warden that are installed."""
    pins = pinned()
    said: Json = {
        "name": name,
        "version": before.version + 1 if before else 1,
        "previous": before.id if before else None,
        "expires": expires,
        "authority": authority.to_json(),
        "files": {file: _text_id(text) for file, text in sorted(texts.items())},
        "judges": {name: closure.digest() for name, closure in pins.judges.items()},
        "warden": pins.warden.digest(),
    }
    return Constitution(said=said, signatures=(), texts=dict(texts))


def write(constitution: Constitution, folder: Path) -> None:
    """Put it into a folder; UsageError where that fails."""
    said = {"said": constitution.said, "signatures": list(constitution.signatures)}
    try:
        for name, text in constitution.texts.items():
            write_whole(folder / name, text.encode())
        write_whole(folder / "manifest.json", canonical(said))
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from error


def read(folder: Path) -> Constitution:
    """What a folder says, its texts being those that the manifest names; UsageError otherwise."""
    try:
        raw = (folder / "manifest.json").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder} is no constitution: {error.strerror}") from error
    manifest = decode(raw)
    said, signatures = _table(manifest.get("said")), manifest.get("signatures")
    if canonical(manifest) != raw or manifest.keys() != {"said", "signatures"}:
        raise UsageError(f"{folder / 'manifest.json'} is not written as it was")
    _check_types(said, signatures)
    kept = tuple(cast("list[Json]", signatures))
    found = Constitution(said=said, signatures=kept, texts=read_texts(folder))
    for problem in found.changed_texts():
        raise UsageError(f"{folder}: {problem}")
    return found


def demand_force(
    constitution: Constitution, now: float, before: Constitution | None = None
) -> None:
    """Refused, with the reason, unless it is signed, not expired and the successor of `before`."""
    if now >= constitution.said["expires"]:
        raise Refused(f"version {constitution.version} of the constitution has expired")
    _demand_signatures(constitution.authority, constitution)
    if before is None:
        return
    if (constitution.version, constitution.said["previous"]) != (before.version + 1, before.id):
        raise Refused(f"the constitution is not the successor of version {before.version}")
    _demand_signatures(before.authority, constitution)


def _demand_signatures(authority: Authority, constitution: Constitution) -> None:
    try:
        demand_quorum(authority, PURPOSE, constitution.said, constitution.signatures)
    except Refused as refusal:
        raise Refused(f"the constitution is not signed: {refusal}") from refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The code that a constitution names, as files on this machine."""

    judges: Mapping[str, Closure]
    warden: Closure

    def changed(self, constitution: Constitution) -> list[str]:
        """Which of them are not what was signed, as they are on the disk now."""
        named = {**constitution.said["judges"], "warden": constitution.said["warden"]}
        here = {**self.judges, "warden": self.warden}
        return [
            name
            for name in sorted(named.keys() | here)
            if name not in here or here[name].digest() != named.get(name)
        ]


@cache
def pinned() -> Pins:
    """The judges and the warden that are installed here."""
    own = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    modules = [f"ouroboros_warden.{name}" for name in own if name != "__init__"]
    judges = {name: closure_of(module) for name, module in JUDGES.items()}
    return Pins(judges=judges, warden=closure_of(*modules))


_TYPES: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str),
    "version": lambda value: type(value) is int and value >= 1,
    "previous": lambda value: value is None or isinstance(value, str),
    "expires": lambda value: type(value) in {int, float},
    "authority": lambda value: isinstance(value, dict),
    "files": lambda value: isinstance(value, dict) and set(cast("Json", value)) == set(FILES),
    "judges": lambda value: isinstance(value, dict),
    "warden": lambda value: isinstance(value, str),
}


def _check_types(said: Json, signatures: object) -> None:
    if said.keys() != _TYPES.keys() or not isinstance(signatures, list):
        raise UsageError(f"a manifest says exactly {', '.join(_TYPES)}, and who signed it")
    for name, accepts in _TYPES.items():
        if not accepts(said[name]):
            raise UsageError(f"the manifest's {name} has a wrong type or range")
    Authority.from_json(said["authority"])


def _text_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _table(value: Any) -> Json:
    if not isinstance(value, dict):
        raise UsageError("an object is missing where one belongs")
    return cast("Json", value)
