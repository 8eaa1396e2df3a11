import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from scipy.stats import binomtest

from ouroboros.loop.calibrate import (
    EDGE,
    Combiner,
    Steps,
    adapted,
    fit,
    fit_steps,
    lower_bound,
    threshold,
)

NAMES = ("one", "two", "three")
VALUES = st.floats(-12, 12)
MISSING = st.just(math.nan)


@st.composite
def lessons(draw, values=VALUES | MISSING):
    """Signals of some answers, whether they are right, and how much each counts."""
    N = draw(st.integers(1, 25))
    return (
        draw(arrays(np.float64, (N, len(NAMES)), elements=values)),
        draw(arrays(np.bool_, N)),
        draw(arrays(np.float64, N, elements=st.sampled_from([0.1, 1.0]))),
    )


def learnt(values, right, counts=None) -> Combiner:
    values, right = np.array(values, dtype=np.float64), np.array(right)
    return fit(
        NAMES[: values.shape[1]], values, right, np.ones(len(right)) if counts is None else counts
    )


# what is learnt ----------------------------------------------------------------------------


# here the solver leaves a weight at -4e-19
ALIKE = (
    np.full((24, 3), 0.9921875),
    np.isin(np.arange(24), (0, 1, 8), invert=True),
    np.full(24, 0.1),
)


@given(lessons())
@example(ALIKE)
def test_no_signal_ever_counts_against_an_answer(lesson):
    combiner = fit(NAMES, *lesson)
    assert combiner.names == NAMES
    assert min(combiner.weights) >= 0
    assert np.isfinite((*combiner.weights, combiner.bias, *combiner.fallback)).all()


@given(lessons(), arrays(np.float64, (9, len(NAMES)), elements=VALUES), st.data())
def test_more_of_a_signal_never_makes_an_answer_less_probable(lesson, values, data):
    combiner = fit(NAMES, *lesson)
    more = values.copy()
    more[:, data.draw(st.integers(0, len(NAMES) - 1))] += data.draw(st.floats(0, 5))
    before, after = combiner.probability(values), combiner.probability(more)
    assert (after >= before).all()
    assert ((before >= 0) & (after <= 1)).all()


def test_a_signal_that_speaks_for_wrong_answers_is_not_listened_to():
    values = [[-3, 2], [-2, 1], [2, -1], [3, -2], [1, 0.5]]
    combiner = learnt(values, [True, True, False, False, True])
    assert combiner.weights[0] == 0
    assert combiner.weights[1] > 0


@pytest.mark.parametrize("scale", [1e-3, 1, 12])
def test_answers_that_one_signal_tells_apart_perfectly_leave_the_weights_finite(scale):
    signal = np.repeat([-1.0, 1.0], 500) * scale
    combiner = learnt(signal[:, None], signal > 0)
    assert 0 < combiner.weights[0] < 1e3
    found = combiner.probability(np.array([[-scale], [scale]]))
    assert found[0] < 0.5 < found[1] < 1


def test_what_tells_right_from_wrong_is_found_again():
    rng = np.random.default_rng(5)
    values = rng.normal(0, 2, (20_000, 2))
    right = rng.random(20_000) < expit(1.5 * values[:, 0] - 1)
    combiner = learnt(values, right)
    # 0.1 is some four times the standard error of the bias; the ridge pulls a little, too
    assert combiner.weights == pytest.approx((1.5, 0.0), abs=0.1)
    assert combiner.bias == pytest.approx(-1, abs=0.1)
    found = combiner.probability(values)
    assert found.mean() == pytest.approx(right.mean(), abs=1e-3)


@pytest.mark.parametrize("count", [1, 8, 998])
@pytest.mark.parametrize("right", [True, False])
def test_where_all_are_right_or_all_wrong_every_answer_has_the_same_probability(count, right):
    values = np.random.default_rng(count).normal(size=(count, 3))
    combiner = learnt(values, [right] * count)
    share = (count * right + 1) / (count + 2)
    assert combiner.probability(values * 100) == pytest.approx(np.full(count, share))


@given(lessons(values=VALUES), st.integers(2, 5))
def test_an_answer_that_counts_so_many_times_is_as_good_as_so_many_answers(lesson, times):
    values, right, _ = lesson
    assume(right.any() and not right.all())
    counts = np.where(np.arange(len(right)) % 2, 1, times)
    counted = learnt(values, right, counts.astype(np.float64))
    repeated = learnt(np.repeat(values, counts, axis=0), np.repeat(right, counts))
    assert counted.probability(values) == pytest.approx(repeated.probability(values), abs=2e-3)


# signals that an answer does not have --------------------------------------------------------


@given(lessons())
def test_a_missing_signal_stands_for_the_fallback(lesson):
    combiner = fit(NAMES, *lesson)
    nothing = np.full((1, len(NAMES)), np.nan)
    (found,) = combiner.probability(nothing)
    assert found == combiner.probability(np.array([combiner.fallback]))[0]


def test_the_fallback_is_the_mean_of_those_that_have_the_signal():
    values = [[1, math.nan], [2, 3], [6, 5], [-1, math.nan]]
    assert learnt(values, [True, True, False, False]).fallback == (2.0, 4.0)


def test_a_signal_that_no_answer_has_gets_no_weight_and_is_not_missed():
    values = np.array([[-2, math.nan], [-1, math.nan], [1, math.nan], [2, math.nan]])
    combiner = learnt(values, [False, True, False, True])
    assert combiner.weights[0] > 0
    assert combiner.weights[1] == 0
    with_it = np.nan_to_num(values, nan=7.0)
    assert (combiner.probability(with_it) == combiner.probability(values)).all()


# where to trust it -------------------------------------------------------------------------


@given(st.integers(1, 300), st.data())
def test_the_lower_bound_is_the_share_with_which_so_many_are_right_once_in_twenty(of, data):
    right = data.draw(st.integers(1, of))
    bound = lower_bound(right, of)
    tail = math.fsum(
        math.comb(of, i) * bound**i * (1 - bound) ** (of - i) for i in range(right, of + 1)
    )
    assert tail == pytest.approx(0.05, rel=1e-6)
    assert bound < right / of
    assert bound == pytest.approx(
        binomtest(right, of).proportion_ci(confidence_level=0.9, method="exact").low
    )


def test_where_nothing_was_right_the_lower_bound_is_zero():
    assert lower_bound(0, 1) == lower_bound(0, 5000) == 0.0


@given(st.integers(0, 200), st.integers(0, 200))
def test_one_more_right_raises_the_lower_bound_and_one_more_wrong_does_not(right, wrong):
    assume(right + wrong)
    bound = lower_bound(right, right + wrong)
    assert lower_bound(right + 1, right + wrong + 1) > bound
    assert lower_bound(right, right + wrong + 1) <= bound


def least_bar(probability, right, precision: float) -> float:
    """The threshold, by looking at every bar there is."""
    bars = [
        bar
        for bar in set(probability.tolist())
        if lower_bound(int(right[probability >= bar].sum()), int((probability >= bar).sum()))
        >= precision
    ]
    return min(bars, default=math.inf)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.50001, 0.8, 0.9, 1.0]), st.booleans()), max_size=60
    ),
    st.sampled_from([0.05, 0.3, 0.7, 0.9]),
)
def test_the_threshold_is_the_least_bar_whose_lower_bound_is_enough(answers, precision):
    probability = np.array([p for p, _ in answers])
    right = np.array([yes for _, yes in answers], dtype=np.bool_)
    bar = threshold(probability, right, precision)
    assert bar == least_bar(probability, right, precision)
    if bar < math.inf:
        above = right[probability >= bar]
        assert lower_bound(int(above.sum()), len(above)) >= precision


def test_it_takes_some_three_thousand_answers_to_show_one_wrong_in_a_thousand():
    assert threshold(np.full(2994, 0.7), np.full(2994, True)) == math.inf
    assert threshold(np.full(2995, 0.7), np.full(2995, True)) == 0.7


def test_one_wrong_answer_among_the_best_is_forgiven_where_there_are_enough():
    probability = np.append(0.99, np.full(6000, 0.9))
    right = probability < 0.95
    assert threshold(probability, right) == 0.9
    assert threshold(probability[:3000], right[:3000]) == math.inf


@pytest.mark.parametrize("wrong_first", [True, False])
def test_answers_of_one_probability_are_trusted_together_or_not_at_all(wrong_first):
    probability = np.append(np.full(3000, 0.9), np.full(3000, 0.6))
    right = np.full(6000, True)
    right[3000:3100] = False
    if not wrong_first:
        right[3000:] = right[3000:][::-1]
    assert threshold(probability, right) == 0.9


def test_the_order_of_answers_does_not_move_the_threshold():
    rng = np.random.default_rng(2)
    probability = rng.integers(0, 20, 4000) / 20
    right = rng.random(4000) < probability**0.01
    bar = threshold(probability, right, 0.98)
    assert 0 < bar < 1
    order = rng.permutation(4000)
    assert threshold(probability[order], right[order], 0.98) == bar


ANSWERS = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.8, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60
)
ENOUGH = st.sampled_from([0.05, 0.3, 0.7, 0.9])


def columns(answers) -> tuple[np.ndarray, np.ndarray]:
    probability, right = zip(*answers, strict=True)
    return np.array(probability), np.array(right)


@given(ANSWERS, ENOUGH)
def test_answers_that_all_count_one_are_as_answers_that_nobody_counted(answers, precision):
    probability, right = columns(answers)
    ones = np.ones(len(right))
    assert threshold(probability, right, precision, ones) == threshold(
        probability, right, precision
    )


@given(ANSWERS, ENOUGH)
def test_two_halves_of_an_answer_are_one(answers, precision):
    probability, right = columns(answers)
    twice = np.repeat(probability, 2), np.repeat(right, 2)
    halves = threshold(*twice, precision, np.full(2 * len(right), 0.5))
    assert halves == threshold(probability, right, precision)


def test_answers_that_count_little_show_little():
    probability, right = np.full(2995, 0.7), np.full(2995, True)
    assert threshold(probability, right, counts=np.ones(2995)) == 0.7
    assert threshold(probability, right, counts=np.full(2995, 0.99)) == math.inf
    more = np.append(probability, np.full(300, 0.7)), np.full(3295, True)
    counts = np.append(np.full(2995, 0.99), np.full(300, 0.1))
    assert threshold(*more, counts=counts) == 0.7


def test_each_answer_takes_its_count_along_when_they_are_put_in_order():
    # of the better half only the wrong one counts, of the others all
    probability = np.append(np.full(2995, 0.6), 0.9)
    right, counts = probability < 0.7, np.append(np.ones(2995), 1e-9)
    assert threshold(probability, right, counts=counts) == 0.6
    assert threshold(probability, right, counts=counts[::-1]) == math.inf


# where another share is right --------------------------------------------------------------


SHARES = st.floats(0.01, 0.99)
MANY = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))


def odds(probability):
    return probability / (1 - probability)


@given(MANY, SHARES)
def test_adapting_keeps_the_order_and_gives_probabilities(probability, share):
    found = adapted(probability, share)
    assert found.shape == probability.shape
    assert ((found >= 0) & (found <= 1)).all()  # and so no nan
    order = np.argsort(probability, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


@given(arrays(np.float64, st.integers(1, 40), elements=st.sampled_from([0.0, 1.0])), SHARES)
def test_what_is_certain_stays_certain(probability, share):
    assert adapted(probability, share) == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_no_answers_have_nothing_to_adapt(share):
    assert adapted(np.array([]), share).shape == (0,)


def levelled(share: float, count: int = 4000, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Answers of which this share is right, and their probabilities where 0.8 were right."""
    rng = np.random.default_rng(seed)
    right = rng.random(count) < share
    signal = rng.normal(np.where(right, 1.5, -1.5))
    return expit(3 * signal + np.log(0.8 / 0.2)), right


def test_where_the_same_share_is_right_the_probabilities_stay():
    probability, _ = levelled(0.8)
    found = adapted(probability, float(probability.mean()))
    assert found == pytest.approx(probability, abs=1e-3)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.95])
def test_the_probabilities_come_to_what_is_right_here(share):
    probability, right = levelled(share)
    found = adapted(probability, 0.8)
    assert found.mean() == pytest.approx(right.mean(), abs=0.02)
    assert (found <= probability).all() == (share < 0.8)
    assert (found >= probability).all() == (share > 0.8)
    for low, high in ((0.05, 0.35), (0.35, 0.65), (0.65, 0.95)):
        rows = (found > low) & (found < high)
        if rows.sum() > 50:
            assert found[rows].mean() == pytest.approx(right[rows].mean(), abs=0.15)


def test_the_fewer_are_right_the_less_probable_each_is():
    sure = expit(np.linspace(1, 6, 50))
    before = np.ones(50)
    for doubtful in (0, 50, 500):
        found = adapted(np.append(sure, np.full(doubtful, 0.01)), 0.8)[:50]
        assert (found < before).all()
        before = found


TELLING = arrays(  # of answers that say little the share is found too slowly
    np.float64, st.integers(1, 40), elements=st.floats(0, 0.1) | st.floats(0.9, 1)
)


@given(TELLING, st.floats(0.4, 0.6))
def test_in_the_end_the_mean_is_the_share_that_was_estimated(probability, share):
    found = adapted(probability, share)
    known = (probability > 0.01) & (probability < 0.99) & (found > EDGE) & (found < 1 - EDGE)
    assume(known.any())
    # by Bayes' rule every answer's odds are changed by as much
    ratio = odds(found[known]) / odds(probability[known])
    assert ratio == pytest.approx(np.full(len(ratio), ratio[0]), rel=1e-3)
    change = float(ratio[0]) * odds(share)
    assert found.mean() == pytest.approx(change / (1 + change), abs=1e-3)


# steps -------------------------------------------------------------------------------------


@st.composite
def staircases(draw):
    """Values of one signal in the second of three columns, whether right, how much each counts."""
    N = draw(st.integers(1, 40))
    values = np.full((N, 3), np.nan)
    values[:, 1] = draw(arrays(np.float64, N, elements=st.integers(-8, 8).map(float)))
    counts = arrays(np.float64, N, elements=st.sampled_from([0.1, 1.0]))
    return values, draw(arrays(np.bool_, N)), draw(counts)


@given(staircases(), arrays(np.float64, 12, elements=st.floats(-9, 9)))
def test_steps_rise_and_never_reach_none_or_all(stairs, at):
    steps = fit_steps(1, *stairs)
    assert (np.diff(steps.edges) > 0).all()
    assert (np.diff(steps.shares) >= 0).all()
    values = np.full((12, 3), np.nan)
    values[:, 1] = np.sort(at)
    found = steps.probability(values)
    assert (np.diff(found) >= 0).all()
    assert ((found > 0) & (found < 1)).all()
    assert steps.score(values).tolist() == np.sort(at).tolist()


@given(staircases(), st.randoms(use_true_random=False))
def test_the_order_of_answers_makes_no_other_steps(stairs, random):
    order = list(range(len(stairs[1])))
    random.shuffle(order)
    one, other = fit_steps(1, *stairs), fit_steps(1, *(column[order] for column in stairs))
    assert one.edges == other.edges
    assert one.shares == pytest.approx(other.shares)


def test_each_step_has_the_share_of_right_ones_by_laplaces_rule():
    values = np.array([1.0, 2.0, 2.0, 2.0, 5.0, 6.0])[:, None]
    right = np.array([False, True, False, True, True, True])
    steps = fit_steps(0, values, right, np.ones(6))
    assert steps == Steps(signal=0, edges=(1.0, 2.0, 5.0), shares=(1 / 3, 3 / 5, 3 / 4))
    below, between = np.array([[-9.0]]), np.array([[4.9]])
    assert steps.probability(below)[0] == 1 / 3
    assert steps.probability(between)[0] == 3 / 5


def test_what_speaks_against_rising_is_pooled():
    values = np.array([1.0, 2.0, 3.0, 4.0])[:, None]
    steps = fit_steps(0, values, np.array([True, False, True, False]), np.ones(4))
    assert (steps.edges, steps.shares) == ((1.0,), (0.5,))
