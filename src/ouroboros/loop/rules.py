"""Rules: how answers of a family are weighed, and from where on they are believed.

    held = calibrated(names, known, generation)      # on answers whose truth is known
    believed(held.pieces, values, formed, places)    # of others, those above their bar

A rule for each family is fit on all that is known, and with it a bar: the score from which on at
least 99.9 % are right, by the lower 95 % bound. Texts with small pieces have rules of these alone;
others are weighed by all their signals. Not covered: what is measured when (`believe`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ouroboros.loop.calibrate import PRECISION, Combiner, Steps, adapted, fit, fit_steps, threshold
from ouroboros.loop.canaries import Known, rows_of
from ouroboros.loop.signals import PIECES, REVIEWS, SIGNALS, SUREST, VIEWS

FOREIGN = 0.1  # what an answer counts for another family, which may make no mistakes to learn from
BY_BOTH = (*VIEWS, *REVIEWS)  # do not hang on who wrote the text
PART = SIGNALS.index(PIECES)
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
    """by family, for answers without pieces"""
    mended: dict[str, Rule]
    """by family, for such texts that two learners wrote together: of the signals `BY_BOTH`"""
    pieces: dict[str, Rule]
    """by family, for all texts that have pieces: of the signal `part` alone"""
    flop: int = 0
    """what it took to calibrate it"""


def calibrated(families: Iterable[str], shown: Known, generation: int) -> Belief:
    """What the canaries show."""
    whole = np.isnan(shown.values[:, PART])
    uncut, cut = rows_of(shown, whole), rows_of(shown, ~whole)
    both = replace(uncut, values=kept(uncut.values, BY_BOTH))
    return Belief(
        generation=generation,
        answers=fitted(families, uncut),
        mended=fitted(families, both),
        # alike in all families and at all levels: as short as the canaries, whatever they are of
        pieces=fitted(families, cut, _steps, foreign=1.0, watched=False),
        flop=shown.flop,
    )


def _combiner(values: Floats, right: Flags, counts: Floats) -> Combiner:
    return fit(SIGNALS, values, right, counts)


def _steps(values: Floats, right: Flags, counts: Floats) -> Steps:
    return fit_steps(PART, values, right, counts)


def fitted(
    families: Iterable[str],
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
    for name in families if len(half) > 1 else ():
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


def probability(held: Belief, names: NDArray[np.str_], values: Floats) -> Floats:
    """(N,) what belief gives answers of these families with these (N, S) signals."""
    whole = np.isnan(values[:, PART])
    return np.where(
        whole, weighed(held.answers, names, values), weighed(held.pieces, names, values)
    )


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
