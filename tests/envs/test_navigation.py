"""Goals in the plane."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgmrl_lite.envs import TRAINING_ANGLES_DEG, circle_tasks, goals_at, training_tasks


def polar(goals):
    return np.linalg.norm(goals, axis=-1), np.arctan2(goals[..., 1], goals[..., 0])


@given(st.integers(1, 40), st.floats(0.1, 5.0), st.floats(-3.0, 3.0))
def test_evenly_spaced(n, radius, phase):
    goals = circle_tasks(n, radius=radius, phase=phase)
    assert goals.shape == (n, 2)
    radii, angles = polar(goals)
    np.testing.assert_allclose(radii, radius, rtol=1e-12)
    np.testing.assert_allclose(np.exp(1j * angles[0]), np.exp(1j * phase), atol=1e-9)
    np.testing.assert_allclose(np.exp(1j * np.diff(angles)), np.exp(2j * np.pi / n), atol=1e-9)


def test_from_a_seed():
    goals = circle_tasks(4000, seed=3, radius=2.0)
    np.testing.assert_array_equal(goals, circle_tasks(4000, seed=3, radius=2.0))
    assert (goals[:5] != circle_tasks(5, seed=4, radius=2.0)).any()
    radii, angles = polar(goals)
    np.testing.assert_allclose(radii, 2.0)
    # Uniform: Kolmogorov and Smirnov's distance, whose 99.9 % point is 1.95 / √N.
    ranks = np.sort((angles + np.pi) / (2 * np.pi))
    assert np.abs(ranks - np.arange(4000) / 4000).max() < 1.95 / 4000**0.5


def test_training_tasks_have_their_angles_and_the_base_comes_first():
    radii, angles = polar(training_tasks())
    np.testing.assert_allclose(radii, 1.0)
    np.testing.assert_allclose(np.rad2deg(angles), TRAINING_ANGLES_DEG)
    assert TRAINING_ANGLES_DEG[0] == 135.0


def test_goals_at_takes_any_batch():
    assert goals_at(np.zeros((3, 1, 2))).shape == (3, 1, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"n": 2.0}, "n must be a whole number"),
        ({"n": 3, "seed": -2}, "seed must be a whole number of at least 0, got -2"),
        ({"n": 3, "radius": 0.0}, "radius must be above 0 and at most 5, got 0.0"),
        ({"n": 3, "radius": 6.0}, "radius must be above 0 and at most 5, got 6.0"),
        ({"n": 3, "radius": np.nan}, "radius must be finite"),
        ({"n": 3, "phase": np.inf}, "phase must be finite"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        circle_tasks(**arguments)
