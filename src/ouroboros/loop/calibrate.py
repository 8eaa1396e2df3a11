"""Calibrate: from signals to the probability that an answer is right, and where to trust it.

    combiner = fit(values, right)                # on answers to problems whose truth is known
    probability = combiner.probability(values)
    bar = threshold(probability, right)          # accepted from there on: right in 99.9 %, surely

A logistic regression whose weights are not negative, for each signal is made so that more is
better: what it learns on short problems cannot turn round on long ones. The truth is known up to
the wall only. Not covered: whether long problems are like short ones (`canaries` watch that).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit
from scipy.stats import beta

RIDGE = 1e-3  # of the weights' squares, against separations that are too good to be true
LEVEL = 0.95  # of one-sided bounds
PRECISION = 0.999  # of what is learnt from
EDGE = 1e-6  # no share comes closer to none or to all
ROUNDS = 200  # of estimating a share


@dataclass(frozen=True, slots=True, kw_only=True)
class Combiner:
    """Weights of the signals, none below zero."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    fallback: tuple[float, ...]
    """what stands for a signal that an answer does not have"""

    def probability(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) probabilities that answers with these (N, S) signals are right."""
        filled = np.where(np.isnan(values), self.fallback, values)
        return expit(filled @ np.array(self.weights) + self.bias)

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) what the bar is compared with: the probabilities."""
        return self.probability(values)


def fit(
    names: Sequence[str],
    values: NDArray[np.float64],
    right: NDArray[np.bool_],
    counts: NDArray[np.float64],
) -> Combiner:
    """The combiner of least log-loss on (N, S) signals of answers known to be `right` (N,) or not.

    `counts` (N,) says how much each answer counts.
    A signal that no answer has gets no weight. Where all answers are right, or all wrong, there is
    nothing to weigh: every answer then has the share of right ones (Laplace's rule).
    """
    S, share_of = values.shape[1], counts / counts.sum()
    present: NDArray[np.bool_] = ~np.all(np.isnan(values), axis=0)
    fallback = np.zeros(S)
    fallback[present] = np.nanmean(values[:, present], axis=0)
    share = (counts[right].sum() + 1) / (counts.sum() + 2)
    start = np.append(np.zeros(S), np.log(share / (1 - share)))
    if right.all() or not right.any():
        found = start
    else:
        filled = np.where(np.isnan(values), fallback, values)
        sign = np.where(right, 1.0, -1.0)

        def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            margin = sign * (filled @ w[:-1] + w[-1])
            pull = -sign * expit(-margin) * share_of
            slope = np.append(filled.T @ pull + 2 * RIDGE * w[:-1], pull.sum())
            ridge = RIDGE * float(w[:-1] @ w[:-1])
            return float(np.logaddexp(0, -margin) @ share_of) + ridge, slope

        bounds = [(0.0, None if here else 0.0) for here in present.tolist()] + [(None, None)]
        found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Combiner(
        names=tuple(names),
        weights=tuple(np.maximum(found[:-1], 0.0).tolist()),  # a bound is kept but for rounding
        bias=float(found[-1]),
        fallback=tuple(fallback.tolist()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Probabilities that rise with one signal, step by step."""

    signal: int
    """its column"""
    edges: tuple[float, ...]
    """values from which on each step holds, rising"""
    shares: tuple[float, ...]

    def probability(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) probabilities that answers with these (N, S) signals are right."""
        places = np.searchsorted(self.edges, values[:, self.signal], side="right") - 1
        return np.array(self.shares)[np.maximum(places, 0)]

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) what the bar is compared with: the signal, which tells more than its steps."""
        return values[:, self.signal]


def fit_steps(
    signal: int,
    values: NDArray[np.float64],
    right: NDArray[np.bool_],
    counts: NDArray[np.float64],
) -> Steps:
    """The likeliest steps on (N, S) signals of N > 0 answers, by the pool of adjacent violators.

    Each step has the share of right ones by Laplace's rule: what was never wrong may be some day.
    """
    order = np.argsort(values[:, signal], kind="stable")
    given, hits, each = values[order, signal], right[order].astype(np.float64), counts[order]
    # equal values are one
    first = np.flatnonzero(np.diff(given, prepend=-np.inf) > 0)
    weight = np.add.reduceat(each, first)
    good = np.add.reduceat(each * hits, first)
    blocks = isotonic_regression(good / weight, weights=weight).blocks[:-1]
    total, sure = np.add.reduceat(weight, blocks), np.add.reduceat(good, blocks)
    shares = np.maximum.accumulate((sure + 1) / (total + 2))
    edges = given[first][blocks]
    return Steps(signal=signal, edges=tuple(edges.tolist()), shares=tuple(shares.tolist()))


def lower_bound(right: ArrayLike, of: ArrayLike) -> NDArray[np.float64]:
    """The one-sided lower 95 % bounds of shares (Clopper and Pearson 1934)."""
    hits, counts = np.asarray(right), np.asarray(of)
    bound = beta.ppf(1 - LEVEL, np.maximum(hits, 1), counts - hits + 1)
    return np.where(hits > 0, bound, 0.0)


def threshold(
    probability: NDArray[np.float64],
    right: NDArray[np.bool_],
    precision: float = PRECISION,
    counts: NDArray[np.float64] | None = None,
) -> float:
    """The least probability from which on the lower bound of the share that is right is enough.

    Infinite where no probability is: some 3,000 answers without a wrong one are the least that can
    show 99.9 %. `counts` (N,) says how much each answer counts; 1 where it is not given.
    """
    order = np.argsort(-probability, kind="stable")
    each = np.ones(len(order)) if counts is None else counts[order]
    enough = lower_bound(np.cumsum(each * right[order]), np.cumsum(each)) >= precision
    last = np.flatnonzero(np.diff(probability[order], append=-np.inf) < 0)  # of equal ones
    places = last[enough[last]]
    return float(probability[order][places[-1]]) if len(places) else float("inf")


def adapted(probability: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """(N,) what the probabilities come to where another share of answers is right.

    They were fit where `share` was right; the share here is the one that is most likely by the
    probabilities themselves (Saerens, Latinne and Decaestecker 2002, section 2.2).
    """
    found, now = probability, share
    for _ in range(ROUNDS if len(probability) else 0):
        good = probability * (now / share)
        found = good / (good + (1 - probability) * ((1 - now) / (1 - share)))
        before, now = now, float(np.clip(found.mean(), EDGE, 1 - EDGE))
        if abs(now - before) < EDGE:
            break
    return found
