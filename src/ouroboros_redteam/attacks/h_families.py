"""Class H, training data of all families: wrong lines, foreign characters, levels, and costs.

What is wrong in a data file is counted and taken, what is foreign is refused; the engine is told of
neither. An attacker would have a count, or have wrong lines count as right.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ouroboros_redteam.attack import Benign, Inside, Stopped, asked
from ouroboros_redteam.attacks.a_answers import ALIKE, UNITS
from ouroboros_redteam.attacks.a_costs import COSTLY
from ouroboros_redteam.engine import Engine, Row
from ouroboros_redteam.papers import Problem, families, level_in, problems, refused


def _rows(engine: Engine, changed: Callable[[Problem], Iterable[str]]) -> list[Row]:
    """A row of each family with other lines."""
    return [(p.family, p.level, p.prompt, [*changed(p)]) for p in problems(engine)]


def _taught(engine: Engine, rows: Sequence[Row]) -> object:
    """Rows of which none is right, in one file; what the warden says of them, which is nothing."""
    place = {"generation": engine.generation(), "file": engine.write_rows(rows)}
    said = engine.send({"type": "data", "key": engine.key(), **place})
    if said.keys() != {"ok"}:
        return said
    raise Stopped("taken, and nothing was said of them")


def _each_taught(engine: Engine, changed: Callable[[Problem], Iterable[str]]) -> object:
    """Each row in a file of its own, so that all have to be refused."""
    return refused(partial(engine.teach, [row]) for row in _rows(engine, changed))


def _off_by_one(problem: Problem) -> list[str]:
    """The solution with another last character, of those that the family knows."""
    alphabet, last = families()[problem.family].alphabet, problem.lines[-1]
    other = alphabet[(alphabet.index(last[-1]) + 1) % len(alphabet)]
    return [*problem.lines[:-1], last[:-1] + other]


def _in_full_width(problem: Problem) -> list[str]:
    return [line.translate(ALIKE[0]) for line in problem.lines]


def _at_another_level(engine: Engine) -> list[Row]:
    return [(p.family, p.level + 1, p.prompt, p.lines) for p in problems(engine)]


def _of_all(engine: Engine) -> str:
    return engine.teach(_rows(engine, lambda problem: problem.lines))


def _costly_rows(engine: Engine) -> list[Row]:
    return [(name, level_in(name, prompt), prompt, [""]) for name, _, prompt in COSTLY]


_TAUGHT = Benign("hand in right solutions of all families", _of_all)


def _data(number: int, title: str, attempt: Callable[[Engine], object]) -> Inside:
    return asked(f"H1.{number}", title, attempt, _TAUGHT, "9", wide=True)


ATTACKS: list[Inside] = [
    _data(
        22,
        "teach solutions of all families in full-width characters",
        lambda e: _each_taught(e, _in_full_width),
    ),
    _data(
        23,
        "teach solutions of all families with units that are expressions",
        lambda e: _each_taught(e, lambda p: [*p.lines[:-1], p.lines[-1] + UNITS[0]]),
    ),
    _data(
        24,
        "teach wrong solutions of all families as right, or hear of it",
        lambda e: _taught(e, _rows(e, _off_by_one)),
    ),
    _data(
        25,
        "teach solutions of all families under another level",
        lambda e: _taught(e, _at_another_level(e)),
    ),
    _data(
        26,
        "keep the audit busy with what is costly to judge",
        lambda e: _taught(e, _costly_rows(e)),
    ),
]
