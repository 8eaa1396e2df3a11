"""Canaries: answers to problems whose truth is known, by which belief is calibrated.

First the states that the base's training left behind answer fresh problems below the wall, for
young learners make mistakes there. Then, each generation, the learners as they are answer some
more: fresh ones below the wall, and, between wall and frontier, the inverses (the family's echoes)
of problems that were banked before, whose solutions follow from what was banked. All that was ever
found out stays and counts.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ouroboros.errors import UsageError
from ouroboros.lineage.data import read_columns
from ouroboros.lineage.files import write_whole
from ouroboros.loop.attempts import Paper
from ouroboros.loop.engine import LEARNERS, Engine, wall_counts
from ouroboros.loop.learner import learner_files
from ouroboros.loop.signals import (
    PIECES,
    SIGNALS,
    Measured,
    Text,
    columns_of,
    is_formed,
    measure,
)
from ouroboros.loop.solve import solve
from ouroboros.loop.state import State

FILES = 4  # of banked data, the newest ones, whose problems are asked again
COLUMNS = ("names", "values", "right", "generation")
NUMBERS = ("last", "flop")
Asked = list[tuple[Paper, tuple[str, ...]]]  # papers and what is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """N well-formed answers to problems whose truth is known."""

    names: NDArray[np.str_]
    """(N,) families"""
    values: NDArray[np.float64]
    """(N, S) signals"""
    right: NDArray[np.bool_]
    generation: NDArray[np.int64]
    """(N,) in which they were asked for; 0 for the base's"""
    last: int = 0
    """the generation that was asked last; 0 where only the base's states were"""
    flop: int = 0
    """spent on that generation's, and in the first one on the base's, too"""


def known_path(engine: Engine) -> Path:
    """Where a run keeps them."""
    return engine.folder / "learners" / "known.npz"


def known(engine: Engine, state: State) -> Known:
    """All that is known in this generation; what is missing is found out.

    Raises:
        UsageError: the file is damaged, or the base left too few states behind.
    """
    path = known_path(engine)
    if path.exists():
        before = _load(path)
    else:
        before = young(engine, state)
        _save(path, before)
    if before.last == state.generation:  # it was cut short later on
        return before
    kept = rows_of(before, before.generation < state.generation)
    fresh = _examined(engine, state, state.learners, state.earlier, asked(engine, state))
    spent = fresh.flop + (0 if before.last else before.flop)
    found = replace(_joined([kept, fresh]), last=state.generation, flop=spent)
    _save(path, found)
    return found


def forget_since(engine: Engine, generation: int) -> None:
    """Forget what later generations than this one were asked: it came of data that went bad.

    A bank with wrong labels makes right answers look wrong, and no bar could be reached any more.

    Raises:
        UsageError: the file is damaged.
    """
    path = known_path(engine)
    if path.exists():
        before = _load(path)
        kept = rows_of(before, before.generation <= generation)
        _save(path, replace(kept, last=min(before.last, generation), flop=0))


def young(engine: Engine, state: State, *, thorough: bool = False) -> Known:
    """Answers of the base's states, from the second on, to problems below the wall.

    All their signals where it is to be `thorough`; belief needs less.
    """
    found = (engine.folder / "learners").glob("base-*-0.safetensors")
    states = [learner_files(step) for step in sorted(int(f.name.split("-")[1]) for f in found)]
    if len(states) < 2:
        raise UsageError(
            "calibrated acceptance needs states of a younger base: choose a training.segment "
            f"below training.steps, or restore {known_path(engine)} if it was lost"
        )
    count = engine.config.loop.calibration
    first = replace(state, generation=0)
    return _joined(
        _examined(
            engine,
            first,
            now,
            before,
            below(engine, "calibration", 6, number, count),
            thorough=thorough,
        )
        for number, (before, now) in enumerate(pairwise(states))
    )


def asked(engine: Engine, state: State) -> Asked:
    """A generation's canaries: below the wall, and what was banked, the other way round."""
    count = engine.config.loop.canaries
    if not count:  # the base's have to do
        return []
    fresh = below(engine, "canaries", 8, state.generation, count)
    return [*fresh, *banked(engine, state, count)]


def below(engine: Engine, name: str, purpose: int, number: int, count: int) -> Asked:
    """Fresh problems up to the wall, `count` a family and learner; the name is the log's."""
    found: Asked = []
    for family, (of, walls) in enumerate(engine.config.families.items()):
        for level, rows in wall_counts(walls.wall, count).items():
            for author in range(LEARNERS):
                seed = engine.seed(purpose, number, family, level, author)
                key = f"{name}/{number}/{of}/{level}/{author}"
                prompts, lines = engine.warden.examples(key, of, level, rows, seed)
                paper = Paper(family=of, level=level, author=author, prompts=tuple(prompts))
                found.append((paper, tuple("\n".join(solution) for solution in lines)))
    return found


def banked(engine: Engine, state: State, count: int) -> Asked:
    """Inverses of problems that were banked by earlier generations, `count` a family and learner.

    What a learner answers otherwise than its bank counts as wrong: of two such one is.
    """
    rng = np.random.default_rng(engine.seed(9, state.generation))
    files = tuple(str(engine.folder / file) for file in state.data[1:][-FILES:])
    rows = [row for file in files for row in _solved(file)]
    found: Asked = []
    for name, family in engine.families.items():
        mine = [(prompt, lines) for of, prompt, lines in rows if of == name]
        drawn = rng.permutation(len(mine))[: LEARNERS * count].tolist()
        echoes = [echo for i in drawn if (echo := family.echo(*mine[i])) is not None]
        for author in range(LEARNERS):
            own = echoes[author::LEARNERS]
            if own:
                prompts, solutions = zip(*own, strict=True)
                level = max(map(family.level_of, prompts))
                paper = Paper(family=name, level=level, author=author, prompts=prompts)
                found.append((paper, tuple("\n".join(lines) for lines in solutions)))
    return found


@lru_cache(maxsize=FILES)
def _solved(file: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """(family, prompt, lines) of a data file; files never change, so cached."""
    columns = cast("dict[str, list[Any]]", read_columns(Path(file)))
    rows = zip(*(columns[name] for name in ("family", "prompt", "lines")), strict=True)
    return [(family, prompt, tuple(lines)) for family, prompt, lines in rows]


def _examined(
    engine: Engine,
    state: State,
    now: Sequence[str],
    before: Sequence[str],
    papers: Asked,
    *,
    thorough: bool = False,
) -> Known:
    """Answers of some learners, measured and compared with what is right."""
    solved = solve(engine, replace(state, learners=tuple(now)), [paper for paper, _ in papers])
    truth = [text for _, texts in papers for text in texts]
    texts, authors = columns_of(solved.answered)
    found = _measured(engine, now, before, texts, authors, thorough=thorough)
    formed = np.array([is_formed(engine, text) for text in texts], dtype=np.bool_)
    hits = [text.completion == line for text, line in zip(texts, truth, strict=True)]
    right = np.array(hits, dtype=np.bool_)
    return Known(
        names=np.array([text.family for text in texts], dtype=np.str_)[formed],
        values=found.values[formed],
        right=right[formed],
        generation=np.full(int(formed.sum()), state.generation),
        flop=solved.flop + found.flop,
    )


def _measured(
    engine: Engine,
    now: Sequence[str],
    before: Sequence[str],
    texts: Sequence[Text],
    authors: NDArray[np.int64],
    *,
    thorough: bool,
) -> Measured:
    """The signals of some answers; where these have pieces those alone, unless it is `thorough`."""
    wanted = engine.config.loop.signals
    first = tuple(name for name in wanted if name == PIECES)
    found = measure(engine, now, before, texts, authors, first)
    values = found.values
    missing: NDArray[np.bool_] = np.isnan(values[:, SIGNALS.index(PIECES)])
    rows = np.flatnonzero(missing | thorough)
    chosen = [texts[row] for row in rows.tolist()]
    rest = tuple(name for name in wanted if name != PIECES)
    more = measure(engine, now, before, chosen, authors[rows], rest)
    values[rows] = np.where(np.isnan(more.values), values[rows], more.values)
    return replace(found, values=values, flop=found.flop + more.flop)


def _save(path: Path, found: Known) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: getattr(found, name) for name in (*COLUMNS, *NUMBERS)})
    write_whole(path, buffer.getvalue())


def _load(path: Path) -> Known:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            columns: dict[str, Any] = {name: file[name] for name in COLUMNS}
            columns |= {name: int(file[name]) for name in NUMBERS}
        found = Known(**columns)
    except Exception:  # noqa: BLE001 a damaged archive raises anything
        found = None
    if found is None or not _is_whole(found):
        raise UsageError(
            f"{path} is damaged, or of another version; restore it or start the run over"
        )
    return found


def _is_whole(found: Known) -> bool:
    """Whether the columns fit together, and these signals."""
    N = len(found.names) if found.names.ndim else 0
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {
        "names": ("U", (N,)),
        "values": ("f", (N, len(SIGNALS))),
        "right": ("b", (N,)),
        "generation": ("i", (N,)),
    }
    columns = [(getattr(found, name), kind, shape) for name, (kind, shape) in shapes.items()]
    return all(c.dtype.kind == kind and c.shape == shape for c, kind, shape in columns)


def rows_of(found: Known, kept: NDArray[np.bool_]) -> Known:
    """Some of what is known."""
    columns = {name: getattr(found, name)[kept] for name in COLUMNS}
    return replace(found, **columns)


def _joined(parts: Iterable[Known]) -> Known:
    parts = list(parts)
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(p, name) for p in parts]) for name in COLUMNS
    }
    return Known(**columns, flop=sum(part.flop for part in parts))
