"""What the verdict starts from: noise, rounding, outliers, copies and lattices."""

import math

import numpy as np
import pytest
from sampled import C2, CLOUD, PLANE, about, angle_deg, sample

from hgmrl_lite.discovery import discover
from hgmrl_lite.lie import J


@pytest.mark.parametrize(("seed", "number"), [(4, 4000), (5, 16_000), (8, 16_000)])
def test_strong_noise_claims_no_wrong_field(seed, number):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1.0, 1.0, size=(number, 2))
    square = np.square(points).sum(axis=1)
    values = square - square**2 / 2
    noisy_values = values + 0.2 * math.sqrt(np.square(values).mean()) * rng.normal(size=number)
    found = discover(points, noisy_values, algebra="linear")
    assert found.verdict in ("yes", "undecided")
    if found.verdict == "yes":
        assert angle_deg(found.generators, [about(J, np.zeros(2))]) < 5.0


@pytest.mark.parametrize("step", [0.25, 0.5, 1.0])
def test_rounded_values_do_not_make_a_circle_asymmetric(step):
    points = np.random.default_rng(3).normal(size=(6000, 2))
    found = discover(points, np.round(np.hypot(*points.T) / step) * step)
    assert found.verdict != "no"
    # Most of the points, or none: no selected few.
    assert found.n_used > 600 or not np.isfinite(found.spectrum).any()


def test_one_percent_of_wrong_values_are_left_out_and_counted():
    points = sample(4000)
    values = PLANE["bump"][0](points)
    wrong = np.random.default_rng(1).choice(4000, size=40, replace=False)
    values[wrong] += np.random.default_rng(2).choice([-3.0, 3.0], size=40)
    found = discover(points, values)
    assert (found.verdict, found.dimension) == ("yes", 1)
    assert angle_deg(found.generators, PLANE["bump"][1]) < 0.1
    (count,) = found.dropped.values()
    assert 38 <= count <= 60


def test_a_kink_is_no_outlier():
    points = sample(3000)
    assert sum(discover(points, PLANE["distance"][0](points)).dropped.values()) <= 6


@pytest.mark.parametrize("unit", [1e-310, 1e-200, 1e200, 1e300])
@pytest.mark.filterwarnings("error")
def test_tiny_and_huge_values_change_nothing(unit):
    points = sample(1000)
    values = np.hypot(*(points - C2).T)
    usual, found = discover(points, values), discover(points, unit * values)
    assert (found.verdict, found.dimension) == ("yes", 1)
    np.testing.assert_allclose(found.generators, usual.generators, atol=1e-6)


@pytest.mark.parametrize("times", [3, 6, 20])
def test_repeated_points_do_not_leave_the_answer_to_a_few(times):
    points = np.repeat(np.random.default_rng(0).normal(size=(1800 // times, 2)), times, axis=0)
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.verdict == "undecided" or (found.verdict, found.dimension) == ("yes", 1)
    assert found.n_used > 600


def test_coinciding_points_are_no_evidence():
    points = np.concatenate([sample(1000), np.zeros((1100, 2))])
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.verdict == "undecided"
    assert "neighbourhoods determine a gradient" in found.reason


def test_a_lattice_of_few_points_is_no_error():
    points = np.random.default_rng(0).integers(-5, 6, size=(3000, 2))
    for values in (np.square(points).sum(axis=1), np.hypot(*points.T)):
        assert discover(points, values).verdict != "no"


def test_no_more_points_are_compared_than_there_are():
    points = sample(100)
    found = discover(points, np.hypot(*(points - C2).T))
    assert found.n_used <= found.n_points == 100


def test_too_few_points_beside_the_outliers():
    points = sample(48, seed=1)
    values = np.square(points[:, 0]) + 0.1 * points[:, 1]
    values[7] += 100.0
    with pytest.raises(ValueError, match="at least 48, 24 in each half, beside those left out, got 48 with"):
        discover(points, values)


def test_copies_are_undecided():
    copies = np.repeat(CLOUD[:10], 40, axis=0)
    found = discover(copies, np.repeat(CLOUD[:10, 0], 40))
    assert found.verdict == "undecided"
    assert "determine a gradient" in found.reason


def test_gradients_are_compared_once_at_each_point():
    points = sample(200)
    found = discover(points, PLANE["distance"][0](points))
    assert found.n_used <= found.n_points == 200


def test_more_samples_do_not_silence_coarsely_rounded_values():
    rng = np.random.default_rng(1)
    found = []
    for number in (4000, 16_000):
        points = rng.normal(size=(number, 2))
        x, y = points.T
        values = np.hypot(x, y) * (1.0 + 0.4 * np.cos(3.0 * np.arctan2(y, x)))
        step = 0.5 * values.std()
        found.append(discover(points, np.round(values / step) * step).verdict)
    assert found == ["no", "no"]
