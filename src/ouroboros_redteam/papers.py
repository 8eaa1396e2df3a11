"""What an attacker of the verifiers has in hand: problems of every family, attempts, verdicts.

    problem = known(engine, "kinematics")                 at the wall, with its right lines
    denied(engine, [Claim(problem.family, problem.level, problem.prompt, [["nan"]])])

Right lines are read where anybody may read them, at the wall. `denied` returns where an attempt was
taken for right; else it raises what the last attempt came to, after all of them were made.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from ouroboros.envs import BUILT_IN, Family, load_families
from ouroboros.errors import UsageError
from ouroboros_redteam.attack import Stopped
from ouroboros_redteam.engine import Engine
from ouroboros_warden.errors import Refused

BOUND = 20.0  # seconds in which a judge has to have answered; most take milliseconds


class Problem(NamedTuple):
    """A prompt with its right lines."""

    family: str
    level: int
    prompt: str
    lines: list[str]


class Claim(NamedTuple):
    """Attempts at a prompt that is said to be of a level of a family."""

    family: str
    level: int
    prompt: str
    attempts: Sequence[Sequence[str]]


_KNOWN: dict[tuple[str, int], Problem] = {}  # an attacker's process lives in one run


@cache
def families() -> dict[str, Family]:
    """The asking halves of all families of a wide run."""
    return load_families([*BUILT_IN])


def known(engine: Engine, family: str, seed: int = 1) -> Problem:
    """A problem at a family's wall."""
    if (family, seed) not in _KNOWN:
        level = families()[family].wall
        prompts, lines = engine.warden.examples(engine.key(), family, level, 1, seed)
        _KNOWN[family, seed] = Problem(family, level, prompts[0], lines[0])
    return _KNOWN[family, seed]


def problems(engine: Engine) -> Iterator[Problem]:
    """One of each family."""
    return (known(engine, family) for family in families())


def level_in(family: str, prompt: str) -> int:
    """The level of a text in a family; 0 where it is no prompt of it."""
    try:
        return families()[family].level_of(prompt)
    except UsageError:
        return 0


def denied(engine: Engine, claims: Iterable[Claim]) -> object:
    """Have all attempts judged: the first that is taken for right, or that takes too long.

    Raises:
        Refused, Stopped: nothing was; the last attempt was refused, or judged wrong.
    """
    came: Exception = Stopped()
    for family, level, prompt, attempts in claims:
        began = time.monotonic()
        prompts = [prompt] * len(attempts)
        try:
            verdicts = engine.warden.verify(engine.key(), family, level, prompts, attempts)
        except Refused as refusal:
            came = refusal
            continue
        if time.monotonic() - began > BOUND:
            return f"a judge of {family} was busy for {time.monotonic() - began:.0f} s"
        if True in verdicts:
            return family, prompt[:100], attempts[verdicts.index(True)]
        came = Stopped("all judged wrong")
    raise came


def refused(acts: Iterable[Callable[[], object]]) -> object:
    """Do all of it: what came of the first that was let pass; else the last refusal is raised."""
    told: Exception = Stopped()
    for act in acts:
        try:
            return act()
        except Refused as refusal:
            told = refusal
    raise told


def accepted(engine: Engine, names: Iterable[str]) -> str:
    """Have right solutions judged; Stopped where one is called wrong."""
    for problem in (known(engine, name) for name in names):
        family, level, prompt, lines = problem
        if engine.warden.verify(engine.key(), family, level, [prompt], [lines]) != [True]:
            raise Stopped(f"a right solution of {family} was called wrong")
    return "all judged right"
