"""The records that travel between the rooms: frozen, keyword-only, made and never edited.

Task -> Verdict -> Example. Attempts travel in columns (`loop/attempts.py`). Checkpoints, reports
and decisions are records of the log (`ouroboros_warden.audit`) and of the lineage index.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A problem that a family asks at a level."""

    family: str
    level: int
    seed: int
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge says of an attempt; `first_bad_line` is None where every line is right."""

    correct: bool
    first_bad_line: int | None
    judge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An attempt that may be learnt from, with the generation that made it."""

    family: str
    level: int
    prompt: str
    lines: tuple[str, ...]
    author: str
    generation: int
    slip: tuple[str, ...] = ()
    """Lines as they were written at first, up to a wrong one; empty where there was none."""
