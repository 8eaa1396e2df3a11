"""The judges' statistics: paired anytime-valid evidence, lower bounds, non-inferiority, frontiers.

Null hypothesis of a paired examination: on no item is the successor likelier to be right where
the champion is wrong than the other way round. Then each *discordant* item is a win with
probability at most 1/2, and

    e = 2^(w + l) * mean over p in [1/2, 1] of p^w (1 - p)^l

is an e-value (a mixture of betting martingales; Shafer 2021, Waudby-Smith & Ramdas 2024): its
expectation is at most 1, so it exceeds 1/alpha with probability at most alpha, whatever the number
of items and whenever one stops. The mean of e-values is one, too. Lower bounds are one-sided
Clopper-Pearson.

Not covered: items that depend on each other beyond what the null says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betainc, betaln
from scipy.stats import beta

CONFIDENCE = 0.95
REQUIRED = 0.95  # a level counts as mastered where the lower bound of accuracy reaches this
ESTIMATED = 0.9  # accuracy that a paired examination's few items may show a mastered level by
MAX_E = 1e300


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one family at one level: items, both models' right answers, discordant items."""

    family: str
    level: int
    items: int
    champion: int
    successor: int
    wins: int
    losses: int


def e_value(wins: int, losses: int) -> float:
    """Evidence that wins are likelier than losses, at most 1e300; 1 if nothing is discordant."""
    if wins + losses == 0:
        return 1.0
    a, b = wins + 1, losses + 1
    upper = betainc(b, a, 0.5)  # the mass of Beta(a, b) above 1/2
    if upper <= 0:
        return 0.0
    log_e = (wins + losses + 1) * math.log(2) + betaln(a, b) + math.log(upper)
    return math.exp(min(log_e, math.log(MAX_E)))


def lower_bound(correct: int, items: int) -> float:
    """One-sided 95 % Clopper-Pearson lower bound of a proportion."""
    if correct == 0:
        return 0.0
    return float(beta.ppf(1 - CONFIDENCE, correct, items - correct + 1))


def upper_bound(count: int, items: int) -> float:
    """One-sided 95 % Clopper-Pearson upper bound of a proportion."""
    return 1.0 if count == items else float(beta.ppf(CONFIDENCE, count + 1, items - count))


def frontier(tallies: Sequence[Tally]) -> int:
    """Highest level such that at every examined level up to it the lower bound is at least 0.95."""
    reached = 0
    for tally in sorted(tallies, key=lambda t: t.level):
        if lower_bound(tally.successor, tally.items) < REQUIRED:
            break
        reached = tally.level
    return reached


def estimate(tallies: Sequence[Tally]) -> int:
    """As `frontier`, but by an accuracy of 0.9: what a paired examination's few items can tell."""
    reached = 0
    for tally in sorted(tallies, key=lambda t: t.level):
        if tally.successor < ESTIMATED * tally.items:
            break
        reached = tally.level
    return reached


def is_inferior(tallies: Sequence[Tally], margin: float) -> bool:
    """Whether it is not shown that the successor loses less than `margin` net on these items.

    Pooled over levels: the upper bound of the share of lost items, less the share of won ones. Who
    lost nothing is not inferior, even where the items are too few to bound the loss.
    """
    items = sum(t.items for t in tallies)
    wins, losses = sum(t.wins for t in tallies), sum(t.losses for t in tallies)
    if not losses:
        return False
    return upper_bound(losses, items) - wins / items > margin


def evidence(tallies: Sequence[Tally]) -> float:
    """The e-value of an examination's items at all levels; 1 where there are none.

    The mean of two, so that progress shows whether it is everywhere or in one family: that of all
    families pooled, and the families' own mean.
    """
    counts: dict[str, tuple[int, int]] = {}
    for t in tallies:
        wins, losses = counts.get(t.family, (0, 0))
        counts[t.family] = wins + t.wins, losses + t.losses
    if not counts:
        return 1.0
    pooled = e_value(sum(wins for wins, _ in counts.values()), sum(n for _, n in counts.values()))
    own = sum(e_value(*each) for each in counts.values()) / len(counts)
    return (pooled + own) / 2
