import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, binomtest

from ouroboros_judges.trials import (
    MAX_E,
    Tally,
    e_value,
    estimate,
    evidence,
    frontier,
    is_inferior,
    lower_bound,
    upper_bound,
)
from ouroboros_warden.gate import SITTINGS
from ouroboros_warden.standing import share_of_alpha, undecided

COUNTS = st.integers(0, 400)


def tally(level: int, right: int, items: int = 200, wins=0, losses=0, family="copy") -> Tally:
    return Tally(
        family=family,
        level=level,
        items=items,
        champion=right - wins + losses,
        successor=right,
        wins=wins,
        losses=losses,
    )


# evidence ----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(1, 13))
def test_where_wins_are_as_likely_as_losses_the_expected_evidence_is_one(n):
    assert sum(math.comb(n, w) / 2**n * e_value(w, n - w) for w in range(n + 1)) == pytest.approx(1)


@pytest.mark.parametrize("n", [1, 2, 5, 12, 40])
@pytest.mark.parametrize("p", [0.0, 0.01, 0.2, 0.4, 0.49])
def test_where_wins_are_less_likely_the_expected_evidence_is_less_than_one(n, p):
    assert sum(binom.pmf(w, n, p) * e_value(w, n - w) for w in range(n + 1)) < 1


@pytest.mark.parametrize("n", range(12))
def test_evidence_is_a_martingale_so_that_one_may_stop_whenever_one_likes(n):
    for wins in range(n + 1):
        after = (e_value(wins + 1, n - wins) + e_value(wins, n - wins + 1)) / 2
        assert after == pytest.approx(e_value(wins, n - wins))


@given(COUNTS, COUNTS)
def test_a_win_more_is_more_evidence_and_a_loss_more_is_less(wins, losses):
    here = e_value(wins, losses)
    assert 0 <= e_value(wins, losses + 1) < here < e_value(wins + 1, losses) <= MAX_E


@given(st.integers(0, 12), st.integers(0, 12))
def test_evidence_is_the_mixture_of_bets_that_its_docstring_tells(wins, losses):
    mean, _ = quad(lambda p: 2 * p**wins * (1 - p) ** losses, 0.5, 1)
    assert e_value(wins, losses) == pytest.approx(2 ** (wins + losses) * mean, rel=1e-6)


def test_nothing_discordant_is_no_evidence_and_ten_wins_are_enough_for_a_first_promotion():
    assert e_value(0, 0) == 1.0
    assert e_value(5, 0) < 1 / share_of_alpha(0.05, 1) < e_value(10, 0)


@pytest.mark.parametrize("counts", [(10**5, 0), (0, 10**5), (10**5, 10**5), (10**6, 10**5)])
def test_evidence_stays_a_plain_number_whatever_the_counts(counts):
    assert 0 <= e_value(*counts) <= MAX_E * (1 + 1e-9)


@pytest.mark.parametrize("k", [1, 2, 5, 30])
@pytest.mark.parametrize("n", [5, 20, 100])
def test_one_examination_without_information_promotes_at_most_at_its_share(k, n):
    share = share_of_alpha(0.05, k)
    promoted = sum(binom.pmf(w, n, 0.5) for w in range(n + 1) if e_value(w, n - w) >= 1 / share)
    assert promoted <= share


def test_over_a_lifetime_without_information_promotions_stay_below_alpha():
    rng = np.random.default_rng(0)
    alpha, lifetimes, exams = 0.2, 1500, 25
    false = 0
    for _ in range(lifetimes):
        discordant = rng.integers(0, 60, size=exams)
        wins = rng.binomial(discordant, 0.5)
        false += any(
            e_value(int(w), int(n - w)) >= 1 / share_of_alpha(alpha, k + 1)
            for k, (w, n) in enumerate(zip(wins, discordant, strict=True))
        )
    # three standard errors above what alpha allows would be a broken promise
    assert false / lifetimes <= alpha + 3 * math.sqrt(alpha * (1 - alpha) / lifetimes)
    assert false / lifetimes <= alpha


def test_items_of_all_levels_count_pooled_and_by_family():
    tallies = [
        tally(31, 100, wins=3, losses=1),
        tally(90, 100, wins=2),
        tally(4, 100, wins=1, losses=2, family="reverse"),
    ]
    pooled, own = e_value(3 + 2 + 1, 1 + 2), (e_value(3 + 2, 1) + e_value(1, 2)) / 2
    assert evidence(tallies) == pytest.approx((pooled + own) / 2)
    assert evidence([]) == 1.0


def test_progress_in_one_family_shows_though_the_others_stand_still():
    still = [tally(9, 100, wins=8, losses=8, family=name) for name in "abcd"]
    assert evidence([*still, tally(9, 100, wins=18)]) > 1000
    assert e_value(4 * 8 + 18, 4 * 8) < 1000


@pytest.mark.parametrize("families", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 3, 5])
def test_without_information_the_expected_evidence_of_several_families_is_one(families, n):
    expected = 0.0
    for wins in itertools.product(range(n + 1), repeat=families):
        tallies = [tally(9, 100, wins=w, losses=n - w, family=str(i)) for i, w in enumerate(wins)]
        chance = math.prod(math.comb(n, w) / 2**n for w in wins)
        expected += chance * evidence(tallies)
    assert expected == pytest.approx(1)


def test_looking_after_every_sitting_does_not_promote_more_than_its_share():
    rng = np.random.default_rng(1)
    threshold, trials, false = 1 / 0.1, 4000, 0
    for _ in range(trials):
        counts = np.zeros((3, 2), dtype=np.int64)
        for _ in range(SITTINGS):
            counts[:, 0] += (wins := rng.binomial(12, 0.5, size=3))
            counts[:, 1] += 12 - wins
            tallies = [
                tally(9, 100, wins=int(w), losses=int(n), family=str(i))
                for i, (w, n) in enumerate(counts)
            ]
            if not undecided(found := evidence(tallies), threshold):
                break
        false += found >= threshold
    assert 0 < false / trials <= 0.1


# bounds ------------------------------------------------------------------------------------


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_are_one_sided_clopper_pearson(counts):
    right, items = counts
    low = binomtest(right, items, alternative="greater").proportion_ci(0.95, method="exact").low
    high = binomtest(right, items, alternative="less").proportion_ci(0.95, method="exact").high
    assert lower_bound(right, items) == pytest.approx(low, abs=1e-9)
    assert upper_bound(right, items) == pytest.approx(high, abs=1e-9)


@pytest.mark.parametrize("p", [0.5, 0.9, 0.95, 0.99])
def test_the_lower_bound_lies_above_the_truth_in_at_most_one_case_of_twenty(p):
    wrong = sum(binom.pmf(k, 100, p) for k in range(101) if lower_bound(k, 100) > p)
    assert wrong <= 0.05


# frontiers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "level"),
    [
        ((200, 200, 200), 30),
        ((200, 200, 190), 20),  # 190 of 200 are 0.95, but only 0.917 for sure
        ((200, 100, 200), 10),  # what lies above a gap does not count
        ((100, 200, 200), 0),
        ((200, 197, 196), 30),  # 196 of 200 are 0.955 for sure
        ((200, 197, 195), 20),  # 195 are 0.948
    ],
)
def test_a_frontier_is_the_highest_level_below_which_all_levels_hold(right, level):
    three = [tally(n, r) for n, r in zip((10, 20, 30), right, strict=True)]
    assert frontier(three) == level
    assert frontier(three[::-1]) == level


def test_fewer_than_fifty_nine_items_cannot_show_a_frontier():
    assert frontier([tally(4, 58, items=58)]) == 0
    assert frontier([tally(4, 59, items=59)]) == 4


@pytest.mark.parametrize(
    ("right", "level"),
    [
        ((48, 48, 48), 30),
        ((44, 48, 43), 20),  # 44 of 48 are 0.917, 43 are 0.896
        ((48, 30, 48), 10),
        ((43, 48, 48), 0),
    ],
)
def test_a_paired_examination_estimates_its_frontier(right, level):
    three = [tally(n, r, items=48) for n, r in zip((10, 20, 30), right, strict=True)]
    assert estimate(three) == level
    assert estimate(three[::-1]) == level


def test_nothing_examined_is_no_frontier():
    assert frontier([]) == estimate([]) == 0


@given(st.lists(st.integers(0, 200), min_size=1, max_size=6))
def test_a_frontier_never_lies_above_its_estimate(right):
    tallies = [tally(level + 1, r) for level, r in enumerate(right)]
    assert frontier(tallies) <= estimate(tallies)


# non-inferiority ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wins", "losses", "inferior"),
    [
        (0, 0, False),
        (0, 1, False),  # at most 0.0237 for sure
        (0, 2, True),  # up to 0.0313
        (1, 2, False),  # less a win, 0.0263
        (0, 20, True),
        (20, 20, True),  # even, but up to 0.04 for sure
        (30, 20, False),
    ],
)
def test_a_family_is_inferior_unless_its_net_loss_lies_within_the_margin(wins, losses, inferior):
    halves = [
        tally(3, 90, items=100, wins=wins, losses=losses // 2),
        tally(4, 90, items=100, losses=losses - losses // 2),
    ]
    assert is_inferior(halves, margin=0.03) == inferior


@pytest.mark.parametrize("items", [0, 1, 48, 96])
def test_who_lost_nothing_is_not_inferior_however_few_the_items(items):
    # the upper bound of 0 lost out of 96 is 0.0307
    assert not is_inferior([tally(2, items, items=items)] if items else [], margin=0.03)


@given(st.integers(1, 300), st.integers(0, 40), st.integers(0, 40), st.floats(0.01, 0.3))
def test_a_loss_more_never_clears_a_family_and_a_win_more_never_damns_it(
    items, wins, losses, margin
):
    items += wins + losses

    def judged(wins: int, losses: int) -> bool:
        return is_inferior([tally(3, items, items=items, wins=wins, losses=losses)], margin)

    assert judged(wins, losses) <= judged(wins, losses + 1)
    assert judged(wins + 1, losses) <= judged(wins, losses)
