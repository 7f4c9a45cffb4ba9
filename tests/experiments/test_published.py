"""The published points are the digitised figure's, and come with their source."""

import numpy as np
import pytest

from hgmrl_lite.experiments import published

# As digitised: polar angle in degrees, distance in radians, regret of CCM, regret of the geometric agent.
POINTS = [
    (0, 0.0007, 13.79, 1.08), (108, 0.0147, 7.68, -0.1), (144, 0.107, 53.0, 0.2),
    (252, 0.1277, 12.22, 0.1), (270, 0.1865, 7.59, 0.59), (162, 0.2072, 2.86, 0.99),
    (126, 0.2995, 38.72, 2.07), (18, 0.3134, 33.89, -0.3), (342, 0.3149, 14.09, 1.77),
    (90, 0.3288, 49.56, 0.69), (234, 0.4419, 39.7, 1.08), (288, 0.5006, 46.8, 0.0),
    (180, 0.5214, 67.09, 1.67), (36, 0.6276, 62.27, 0.2), (324, 0.629, 49.16, 1.28),
    (72, 0.643, 103.05, 0.49), (216, 0.756, 62.17, 1.18), (306, 0.8148, 38.72, 1.97),
    (198, 0.8355, 88.28, 1.67), (54, 0.9418, 76.65, -0.39),
]  # fmt: skip


def test_the_points_are_those_of_the_figure():
    points = published()
    got = np.stack(
        [points.goal_degrees, points.distance, points.regret["CCM"], points.regret["geometric"]], 1
    )
    np.testing.assert_array_equal(got, POINTS)


def test_means_and_slopes_are_as_known():
    points = published()
    assert points.regret["CCM"].mean() == pytest.approx(43.4, abs=0.05)
    assert points.regret["geometric"].mean() == pytest.approx(0.81, abs=0.005)
    slopes = {name: np.polyfit(points.distance, regret, 1) for name, regret in points.regret.items()}
    assert slopes["CCM"] == pytest.approx((75.0, 10.9), abs=0.5)
    assert slopes["geometric"][0] == pytest.approx(0.5, abs=0.05)


def test_distances_fit_the_training_goals_that_they_were_recovered_from():
    points = published()
    training = np.array([0.0, 108.8, 150.1, 259.3])
    apart = np.abs(points.goal_degrees[:, None] - training)
    nearest = np.radians(np.minimum(apart, 360.0 - apart).min(axis=1))
    np.testing.assert_allclose(points.distance, nearest, atol=0.01)


def test_source_and_differences_are_stated():
    points = published()
    assert "arXiv:2603.00396" in points.differences
    for part in ("other training goals", "box actions", "−3", "without noise", "15 steps"):
        assert part in points.differences
