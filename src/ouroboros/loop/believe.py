"""Believe: which answers are taken for right, by what signals said where the truth is known.

A combiner for each family is fit on all canaries so far (`canaries`), anew in each generation, and
with it a bar: the probability from which on at least 99.9 % are right, by the lower 95 % bound.
Past the wall nothing is asked for. There more answers may be wrong than among the canaries, so each
level is watched besides: its share of right answers is what makes its own probabilities likeliest,
they are adapted to it, and of the surest answers as many are taken as are right in 99.9 % by that.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from ouroboros.errors import UsageError
from ouroboros.lineage.files import write_whole
from ouroboros.loop.attempts import Answered, Judged
from ouroboros.loop.calibrate import PRECISION, Combiner, Steps, adapted, fit, fit_steps, threshold
from ouroboros.loop.canaries import Known, known
from ouroboros.loop.engine import Engine
from ouroboros.loop.signals import (
    REVIEWS,
    SIGNALS,
    SUREST,
    VIEWS,
    Measured,
    Text,
    columns_of,
    is_formed,
    measure,
)
from ouroboros.loop.state import State

FIRST = ("confident", "sampled", "raw", "earlier", "peer")  # cost one passage each
FOREIGN = 0.1  # what an answer counts for another family, which may make no mistakes to learn from
BY_BOTH = (*VIEWS, *REVIEWS)  # do not hang on who wrote the text
CUTS = ("part", "split")  # both look at all of an answer, cut at other places
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = Sequence[tuple[str, int]]  # family and level of each answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a family's answers are weighed, and from where on they are believed."""

    combiner: Combiner | Steps
    bar: float
    """of the combiner's score"""
    share: float | None
    """right among what it was fit on, from which levels are watched; None where they are not"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The rules of one generation."""

    generation: int
    answers: dict[str, Rule]
    """by family"""
    mended: dict[str, Rule]
    """by family, for texts that two learners wrote together: of the signals `BY_BOTH`"""
    pieces: dict[str, Rule]
    """by family, for texts that were solved in pieces: of the weaker of `CUTS` alone"""
    flop: int = 0
    """what it took to calibrate it"""


def belief_path(engine: Engine) -> Path:
    """Where a run keeps it."""
    return engine.folder / "learners" / "belief.json"


def belief(engine: Engine, state: State) -> Belief:
    """The generation's belief; calibrated where there is none yet. UsageError if it is damaged."""
    path = belief_path(engine)
    if path.exists():
        try:
            held = TypeAdapter(Belief).validate_json(path.read_bytes())
        except ValidationError:
            raise UsageError(f"{path} is damaged; restore it or start the run over") from None
        if held.generation == state.generation:
            return held
    found = calibrated(engine, known(engine, state), state.generation)
    write_whole(path, json.dumps(asdict(found), indent=1).encode())
    return found


def calibrated(engine: Engine, shown: Known, generation: int) -> Belief:
    """What the canaries show."""
    both = replace(shown, values=kept(shown.values, BY_BOTH))
    return Belief(
        generation=generation,
        answers=fitted(engine, shown),
        mended=fitted(engine, both),
        # alike in all families and at all levels: as short as the canaries, whatever they are of
        pieces=fitted(engine, _cut(shown), _steps, foreign=1.0, watched=False),
        flop=shown.flop,
    )


def _cut(shown: Known) -> Known:
    """The answers that can be cut, with the weaker of their `CUTS` for a signal."""
    least = weaker(shown.values)
    rows = ~np.isnan(least).all(axis=1)
    return replace(
        shown,
        names=shown.names[rows],
        values=least[rows],
        right=shown.right[rows],
        generation=shown.generation[rows],
    )


def weaker(values: Floats) -> Floats:
    """(N, S) signals of which only the weaker of `CUTS` is left, and that where there are both.

    What learners fail at as a whole they may know in pieces; the other views then say nothing.
    """
    found = np.full_like(values, np.nan)
    cuts = [SIGNALS.index(name) for name in CUTS]
    found[:, cuts[0]] = values[:, cuts].min(axis=1)
    return found


def _combiner(values: Floats, right: Flags, counts: Floats) -> Combiner:
    return fit(SIGNALS, values, right, counts)


def _steps(values: Floats, right: Flags, counts: Floats) -> Steps:
    return fit_steps(SIGNALS.index(CUTS[0]), values, right, counts)


def fitted(
    engine: Engine,
    shown: Known,
    learn: Callable[[Floats, Flags, Floats], Combiner | Steps] = _combiner,
    foreign: float = FOREIGN,
    *,
    watched: bool = True,
) -> dict[str, Rule]:
    """A rule for each family; its bar is set by scores from others than they were fit on.

    Each half of the answers is weighed by what the other half shows. An answer counts `foreign` for
    other families than its own. Levels that are not `watched` have no probabilities of their own.
    """
    half = np.arange(len(shown.names)) % 2 == 0
    rules = {}
    for name in engine.families if len(half) > 1 else ():
        counts = np.where(shown.names == name, 1.0, foreign)
        share = float(counts[shown.right].sum() + 1) / float(counts.sum() + 2)
        score = np.zeros(len(half))
        for chosen in (half, ~half):
            other = learn(shown.values[~chosen], shown.right[~chosen], counts[~chosen])
            score[chosen] = other.score(shown.values[chosen])
        rules[name] = Rule(
            combiner=learn(shown.values, shown.right, counts),
            bar=threshold(score, shown.right, counts=counts),
            share=share if watched else None,
        )
    return rules


def kept(values: Floats, names: Sequence[str]) -> Floats:
    """The values of some signals; the others are no numbers."""
    wanted = np.isin(SIGNALS, names)
    return np.where(wanted, values, np.nan)


def weighed(
    rules: Mapping[str, Rule],
    names: NDArray[np.str_],
    values: Floats,
    missing: Flags | None = None,
) -> Floats:
    """(N,) probabilities by each answer's family; `missing` (S,) signals are as good as can be."""
    if missing is not None:
        values = np.where(missing, SUREST, values)
    found = np.zeros(len(names))
    for name, rule in rules.items():
        rows = names == name
        found[rows] = rule.combiner.probability(values[rows])
    return found


def judged(
    engine: Engine, state: State, answered: Sequence[Answered]
) -> tuple[tuple[Judged, ...], int]:
    """The papers with the answers that are believed; the FLOP.

    What costs most is measured only where it could still make the difference.
    """
    held, (texts, authors) = belief(engine, state), columns_of(answered)
    names = np.array([text.family for text in texts])
    wanted = engine.config.loop.signals
    cheap = tuple(name for name in wanted if name in FIRST)
    # the peer's doubts are where answers are mended, whether or not they count here
    first = _measured(engine, state, texts, authors, np.arange(len(texts)), (*cheap, "peer"))
    formed = np.array([is_formed(engine, text) for text in texts], dtype=np.bool_)
    dear = np.isin(SIGNALS, wanted) & ~np.isin(SIGNALS, FIRST)
    seen = kept(first.values, wanted)
    bars = {name: rule.bar for name, rule in held.answers.items()}
    least = np.array([bars.get(name, np.inf) for name in names.tolist()])
    hopeful = formed & (weighed(held.answers, names, seen, dear) >= least)
    rows = np.flatnonzero(hopeful)
    rest = tuple(name for name in wanted if name not in FIRST)
    more = _measured(engine, state, texts, authors, rows, rest)
    values = seen.copy()
    values[np.ix_(rows, dear)] = more.values[:, dear]
    accepted = believed(held.answers, values, hopeful, places_of(answered))
    return _papers(answered, accepted, first.doubt), first.flop + more.flop


def believed(rules: Mapping[str, Rule], values: Floats, possible: Flags, places: Places) -> Flags:
    """(N,) which of the possible answers are above their bar and among the surest of their place.

    A place, family and level, takes as many of its surest answers as are right in 99.9 % by the
    probabilities adapted to it: where learners are less sure than among the canaries its bar rises.
    """
    found = np.zeros(len(values), dtype=np.bool_)
    for (family, _), rows in _grouped(places):
        rule, given, here = rules.get(family), values[rows], possible[rows]
        if rule is not None:
            probability = np.where(here, rule.combiner.probability(given), 0.0)
            if rule.share is not None:
                probability = adapted(probability, rule.share)
            found[rows] = here & surest(probability) & (rule.combiner.score(given) >= rule.bar)
    return found


def surest(probability: Floats) -> Flags:
    """(N,) the surest answers, as many as are right in 99.9 % by their own account."""
    order = np.argsort(-probability, kind="stable")
    risk = np.cumsum(1 - probability[order]) / np.arange(1, len(order) + 1)
    found = np.zeros(len(order), dtype=np.bool_)
    found[order[risk <= 1 - PRECISION]] = True
    return found


def _grouped(places: Places) -> Iterator[tuple[tuple[str, int], NDArray[np.int64]]]:
    rows_of: dict[tuple[str, int], list[int]] = {}
    for row, place in enumerate(places):
        rows_of.setdefault(place, []).append(row)
    for place, rows in rows_of.items():
        yield place, np.array(rows)


def places_of(answered: Sequence[Answered]) -> list[tuple[str, int]]:
    """Family and level of each answer of some papers, one after another."""
    return [(a.paper.family, a.paper.level) for a in answered for _ in a.completions]


def upheld(
    engine: Engine, state: State, mended: Sequence[Answered], *, in_pieces: bool = False
) -> tuple[list[NDArray[np.bool_]], int]:
    """Which of the texts that two learners wrote together are believed, by paper; the FLOP."""
    held, (texts, authors) = belief(engine, state), columns_of(mended)
    wanted = tuple(
        name for name in engine.config.loop.signals if name in (CUTS if in_pieces else BY_BOTH)
    )
    found = _measured(engine, state, texts, authors, np.arange(len(texts)), wanted)
    possible = np.array([is_formed(engine, text) for text in texts], dtype=np.bool_)
    rules, values = held.mended, found.values
    if in_pieces:
        rules, values = held.pieces, weaker(values)
        possible &= ~np.isnan(values).all(axis=1)
    sure = believed(rules, values, possible, places_of(mended))
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
    answered: Sequence[Answered], accepted: Flags, doubt: NDArray[np.int64]
) -> tuple[Judged, ...]:
    """The judgements, paper by paper."""
    ends = np.cumsum([len(a.completions) for a in answered])[:-1]
    parts = zip(answered, np.split(accepted, ends), np.split(doubt, ends), strict=True)
    return tuple(
        Judged(answered=a, accepted=tuple(yes.tolist()), doubt=tuple(first.tolist()))
        for a, yes, first in parts
    )
