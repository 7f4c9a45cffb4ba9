"""Intervals cover the truth as often as they say, whatever seeds and draws share."""

import numpy as np
import pytest
from scipy import stats

from hgmrl_lite.meta import Interval, mean_interval

TRIALS = 4000
# Three standard errors of a share of 95 % of so many trials.
MARGIN = 3.0 * np.sqrt(0.95 * 0.05 / TRIALS)


def covered(values, truth=0.0):
    """Return in how many of the trials (last axis) the interval holds the truth."""
    interval = mean_interval(values)
    return np.mean((interval.low <= truth) & (truth <= interval.high))


@pytest.mark.parametrize("between", [0.0, 0.3, 1.0, 10.0])
@pytest.mark.parametrize(("seeds", "draws"), [(3, 10), (3, 1), (5, 4)])
def test_at_least_95_percent_are_covered_however_much_seeds_differ(seeds, draws, between):
    rng = np.random.default_rng(0)
    values = between * rng.normal(size=(seeds, 1, TRIALS)) + rng.normal(size=(seeds, draws, TRIALS))
    share = covered(values)
    assert share >= 0.95 - MARGIN
    # What is shared by the draws of a seed dominates: the seeds alone decide, and 95 % are 95 %.
    if between == 10.0 or draws == 1:
        assert share <= 0.95 + MARGIN


def test_draws_counted_as_independent_would_cover_far_too_seldom():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3, 1, TRIALS)) + 0.3 * rng.normal(size=(3, 10, TRIALS))
    pooled = values.reshape(1, 30, TRIALS)
    assert covered(pooled) < 0.6
    assert covered(values) >= 0.95 - MARGIN


def test_one_seed_gives_the_interval_of_its_draws_and_one_value_gives_none():
    rng = np.random.default_rng(2)
    assert abs(covered(rng.normal(size=(1, 10, TRIALS))) - 0.95) <= MARGIN
    alone = mean_interval([[2.5]])
    assert alone.mean == 2.5
    assert np.isnan(alone.low)
    assert np.isnan(alone.high)
    assert repr(alone) == "2.50"


def test_seeds_alone_give_the_interval_of_scipy():
    values = np.random.default_rng(3).normal(size=(4, 1))
    interval = mean_interval(values)
    expected = stats.ttest_1samp(values[:, 0], 0.0).confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_luckily_equal_seeds_do_not_hide_the_spread_of_the_draws():
    values = np.tile([[-1.0, 1.0]], (3, 1))
    assert mean_interval(values).half_width == pytest.approx(stats.t.ppf(0.975, 3) * np.sqrt(2.0 / 6.0))


def test_further_axes_are_kept_and_an_entry_is_an_interval():
    values = np.random.default_rng(4).normal(size=(3, 5, 7))
    interval = mean_interval(values)
    assert interval.mean.shape == (7,)
    one = mean_interval(values[..., 2])
    assert interval[2].low == pytest.approx(one.low)
    assert repr(Interval(np.array(-12.34), np.array(-13.0), np.array(-11.0))) == "−12.3 [−13.0, −11.0]"


@pytest.mark.parametrize("values", [[1.0, 2.0], np.empty((0, 3)), np.empty((3, 0, 2))])
def test_bad_shapes_are_named(values):
    with pytest.raises(ValueError, match="values must have shape"):
        mean_interval(values)
