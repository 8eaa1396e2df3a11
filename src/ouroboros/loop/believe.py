"""Believe: which answers are taken for right, by what signals said where the truth is known.

The truth is known up to the wall, and learners make mistakes there while they are young. So the
states that the base's training left behind answer fresh problems below the wall; their signals,
and whether they were right, calibrate a combiner for each family, and one bar for all: the
probability from which on at least 99.9 % are right, by the lower 95 % bound. Nothing past the wall
is asked for.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole
from ouroboros.loop.attempts import Answered, Judged, Paper, lines_of
from ouroboros.loop.calibrate import PRECISION, Combiner, fit, threshold
from ouroboros.loop.engine import LEARNERS, Engine, wall_counts
from ouroboros.loop.learner import learner_files
from ouroboros.loop.signals import SIGNALS, SUREST, VIEWS, Measured, Text, measure
from ouroboros.loop.solve import solve
from ouroboros.loop.state import State

FIRST = ("confident", "sampled", "raw", "earlier", "peer")  # cost one passage each
FOREIGN = 0.1  # what an answer counts for another family, which may make no mistakes to learn from
BY_BOTH = (*VIEWS, "verdict", "second")  # do not hang on who wrote the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """N well-formed answers to problems whose truth is known."""

    names: NDArray[np.str_]
    """(N,) families"""
    values: NDArray[np.float64]
    """(N, S) signals"""
    right: NDArray[np.bool_]
    flop: int = 0
    """spent on them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """How signals are weighed and from where on an answer is believed."""

    answers: dict[str, Combiner]
    """by family, for answers"""
    mended: dict[str, Combiner]
    """by family, for texts that two learners wrote together: of the signals `BY_BOTH`"""
    bar: float
    mended_bar: float
    flop: int = 0
    """what it took to calibrate it"""


def belief_path(engine: Engine) -> Path:
    """Where a run keeps it."""
    return engine.folder / "learners" / "belief.json"


def belief(engine: Engine, state: State) -> Belief:
    """The run's belief; calibrated where there is none yet. UsageError where it is damaged."""
    path = belief_path(engine)
    if path.exists():
        try:
            return TypeAdapter(Belief).validate_json(path.read_bytes())
        except ValidationError:
            raise UsageError(f"{path} is damaged; restore it or start the run over") from None
    found = calibrated(engine, state)
    write_whole(path, json.dumps(asdict(found), indent=1).encode())
    return found


def calibrated(engine: Engine, state: State) -> Belief:
    """What the base's states of training show, from the second on."""
    shown = known(engine, state)
    answers, bar = fitted(engine, shown)
    both = replace(shown, values=kept(shown.values, BY_BOTH))
    mended, mended_bar = fitted(engine, both)
    return Belief(answers=answers, mended=mended, bar=bar, mended_bar=mended_bar, flop=shown.flop)


def known(engine: Engine, state: State) -> Known:
    """Answers of the base's states to problems below the wall."""
    found = (engine.folder / "learners").glob("base-*-0.safetensors")
    states = [learner_files(step) for step in sorted(int(f.name.split("-")[1]) for f in found)]
    if len(states) < 2:
        raise UsageError(
            "calibrated acceptance needs states of a younger base: choose a training.segment "
            "below training.steps"
        )
    parts = [
        _examined(engine, state, before, now, number)
        for number, (before, now) in enumerate(pairwise(states))
    ]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("names", "values", "right")
    }
    return Known(**columns, flop=sum(part.flop for part in parts))


def fitted(engine: Engine, shown: Known) -> tuple[dict[str, Combiner], float]:
    """A combiner for each family, and the bar: of probabilities by others than they were fit on.

    Each half of the answers is weighed by what the other half shows.
    """
    half = np.arange(len(shown.names)) % 2 == 0
    probability = np.zeros(len(half))
    for chosen in (half, ~half):
        others = _combiners(engine, shown, ~chosen)
        probability[chosen] = weighed(others, shown.names[chosen], shown.values[chosen])
    return _combiners(engine, shown, np.ones_like(half)), threshold(probability, shown.right)


def _combiners(engine: Engine, shown: Known, rows: NDArray[np.bool_]) -> dict[str, Combiner]:
    """By family, from some of the answers."""
    return {
        name: fit(
            SIGNALS,
            shown.values[rows],
            shown.right[rows],
            np.where(shown.names[rows] == name, 1.0, FOREIGN),
        )
        for name in engine.families
    }


def _examined(
    engine: Engine, state: State, before: tuple[str, ...], now: tuple[str, ...], number: int
) -> Known:
    """Answers of one state."""
    papers, truth = [], []
    for family, (name, walls) in enumerate(engine.config.families.items()):
        for level, count in wall_counts(walls.wall, engine.config.loop.calibration).items():
            for author in range(LEARNERS):
                seed = engine.seed(6, number, family, level, author)
                key = f"calibration/{number}/{name}/{level}/{author}"
                prompts, lines = engine.warden.examples(key, name, level, count, seed)
                papers.append(
                    Paper(family=name, level=level, author=author, prompts=tuple(prompts))
                )
                truth += ["\n".join(solution) for solution in lines]
    solved = solve(engine, replace(state, learners=now), papers)
    texts, authors = columns_of(solved.answered)
    found = measure(engine, now, before, texts, authors, engine.config.loop.signals)
    formed = np.array([is_formed(engine, text) for text in texts])
    right = np.array([text.completion == line for text, line in zip(texts, truth, strict=True)])
    names = np.array([text.family for text in texts])
    return Known(
        names=names[formed],
        values=found.values[formed],
        right=right[formed],
        flop=solved.flop + found.flop,
    )


def columns_of(answered: Sequence[Answered]) -> tuple[list[Text], NDArray[np.int64]]:
    """All answers of all papers, one after another, and their authors."""
    texts = [
        Text(a.paper.family, prompt, text)
        for a in answered
        for prompt, text in zip(a.paper.prompts, a.completions, strict=True)
    ]
    sizes = [len(a.completions) for a in answered]
    return texts, np.repeat([a.paper.author for a in answered], sizes)


def is_formed(engine: Engine, text: Text) -> bool:
    """Whether an answer has the form of one."""
    return engine.families[text.family].check(text.prompt, lines_of(text.completion))


def kept(values: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """The values of some signals; the others are no numbers."""
    wanted = np.isin(SIGNALS, names)
    return np.where(wanted, values, np.nan)


def weighed(
    combiners: dict[str, Combiner],
    names: NDArray[np.str_],
    values: NDArray[np.float64],
    missing: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """(N,) probabilities by each answer's family; `missing` (S,) signals are as good as can be."""
    if missing is not None:
        values = np.where(missing, SUREST, values)
    found = np.zeros(len(names))
    for name, combiner in combiners.items():
        rows = names == name
        found[rows] = combiner.probability(values[rows])
    return found


def judged(
    engine: Engine, state: State, answered: Sequence[Answered]
) -> tuple[tuple[Judged, ...], int]:
    """The papers with the answers that are believed; the FLOP.

    What costs most is measured only where it could still make the difference.
    """
    is_new = not belief_path(engine).exists()
    held, (texts, authors) = belief(engine, state), columns_of(answered)
    names = np.array([text.family for text in texts])
    wanted = engine.config.loop.signals
    cheap = tuple(name for name in wanted if name in FIRST)
    # the peer's doubts are where answers are mended, whether or not they count here
    first = _measured(engine, state, texts, authors, np.arange(len(texts)), (*cheap, "peer"))
    formed = np.array([is_formed(engine, text) for text in texts], dtype=np.bool_)
    dear = np.isin(SIGNALS, wanted) & ~np.isin(SIGNALS, FIRST)
    seen = kept(first.values, wanted)
    hopeful = formed & (weighed(held.answers, names, seen, dear) >= held.bar)
    rows = np.flatnonzero(hopeful)
    rest = tuple(name for name in wanted if name not in FIRST)
    more = _measured(engine, state, texts, authors, rows, rest)
    values = seen.copy()
    values[np.ix_(rows, dear)] = more.values[:, dear]
    probability = np.where(hopeful, weighed(held.answers, names, values), 0.0)
    places = [(a.paper.family, a.paper.level) for a in answered for _ in a.completions]
    accepted = (probability >= held.bar) & within(probability, places)
    flop = first.flop + more.flop + held.flop * is_new
    return _papers(answered, accepted, first.doubt), flop


def within(
    probability: NDArray[np.float64], places: Sequence[tuple[str, int]]
) -> NDArray[np.bool_]:
    """(N,) the surest answers of each place, as many as are right in 99.9 % by their own account.

    A level at which learners are less sure than below the wall shows it here: its bar rises.
    """
    kept = np.zeros(len(probability), dtype=np.bool_)
    order = np.argsort(-probability, kind="stable")
    rows_of: dict[tuple[str, int], list[int]] = {}
    for row in order.tolist():
        rows_of.setdefault(places[row], []).append(row)
    for rows in rows_of.values():
        risk = np.cumsum(1 - probability[rows]) / np.arange(1, len(rows) + 1)
        kept[np.array(rows)[risk <= 1 - PRECISION]] = True
    return kept


def upheld(
    engine: Engine, state: State, mended: Sequence[Answered]
) -> tuple[list[NDArray[np.bool_]], int]:
    """Which of the texts that two learners wrote together are believed, by paper; the FLOP."""
    held, (texts, authors) = belief(engine, state), columns_of(mended)
    wanted = tuple(name for name in engine.config.loop.signals if name in BY_BOTH)
    found = _measured(engine, state, texts, authors, np.arange(len(texts)), wanted)
    names = np.array([text.family for text in texts])
    formed = np.array([is_formed(engine, text) for text in texts], dtype=np.bool_)
    sure = formed & (weighed(held.mended, names, found.values) >= held.mended_bar)
    ends = np.cumsum([len(a.completions) for a in mended])
    return np.split(sure, ends[:-1]), found.flop


def _measured(
    engine: Engine,
    state: State,
    texts: Sequence[Text],
    authors: NDArray[np.int64],
    rows: NDArray[np.int64],
    names: Sequence[str],
) -> Measured:
    """The signals of some of the texts."""
    chosen = [texts[row] for row in rows.tolist()]
    return measure(engine, state.learners, state.earlier, chosen, authors[rows], names)


def _papers(
    answered: Sequence[Answered], accepted: NDArray[np.bool_], doubt: NDArray[np.int64]
) -> tuple[Judged, ...]:
    """The judgements, paper by paper."""
    ends = np.cumsum([len(a.completions) for a in answered])[:-1]
    parts = zip(answered, np.split(accepted, ends), np.split(doubt, ends), strict=True)
    return tuple(
        Judged(answered=a, accepted=tuple(yes.tolist()), doubt=tuple(first.tolist()))
        for a, yes, first in parts
    )
