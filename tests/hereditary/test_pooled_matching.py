"""Two tasks matched by one spline: the element, its error, and what is known beforehand."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary.comparison import TaskModel
from hgmrl_lite.hereditary.pooled_matching import match_rewards, nearest_turn
from hgmrl_lite.hereditary.task_search import skew_basis, strain_basis

TURN = lie.so2_exp(1.1)
TURNS = skew_basis(np.eye(2))


def pair(seed, number=600, noise=0.05):
    """Return the models of a valley and of the same valley turned."""
    rewards = (bent_valley, LinearAction(TURN).on_function(bent_valley))
    return [
        TaskModel(sample_transitions(reward, number, seed=2 * seed + k, reward_noise=noise))
        for k, reward in enumerate(rewards)
    ]


def angle(left):
    return float(np.arctan2(left[1, 0] - left[0, 1], left[0, 0] + left[1, 1]))


def test_errors_are_those_of_the_noise():
    scores = []
    for seed in range(25):
        match = match_rewards(*pair(seed), lie.so2_exp(1.2), TURNS)
        scores.append((angle(match.left) - 1.1) / np.sqrt(match.covariance[0, 0]))
    # The mean square of 25 normal scores is within 0.5 and 1.7 but for one case in a hundred.
    assert 0.4 < np.mean(np.square(scores)) < 1.9


def test_without_noise_the_element_is_exact():
    match = match_rewards(*pair(0, number=2000, noise=0.0), lie.so2_exp(1.2), TURNS)
    assert abs(angle(match.left) - 1.1) < 2e-3


def test_a_strain_that_is_excluded_beforehand_does_not_come():
    generators = np.concatenate([TURNS, strain_basis(np.eye(2))])
    tied = match_rewards(*pair(0), lie.so2_exp(1.2), generators, np.array([np.inf, 1e-6, 1e-6]))
    free = match_rewards(*pair(0), lie.so2_exp(1.2), TURNS)
    np.testing.assert_allclose(tied.left, free.left, atol=1e-4)
    assert tied.covariance[0, 0] == pytest.approx(free.covariance[0, 0], rel=0.05)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_strains_are_symmetric_and_keep_the_volume(n):
    basis = strain_basis(np.eye(n))
    assert len(basis) == n * (n + 1) // 2 - 1
    np.testing.assert_allclose(basis, basis.swapaxes(-1, -2))
    np.testing.assert_allclose(np.trace(basis, axis1=-2, axis2=-1), 0.0, atol=1e-12)
    flat = basis.reshape(len(basis), n * n)
    np.testing.assert_allclose(flat @ flat.T, np.eye(len(basis)), atol=1e-12)


def test_a_start_in_the_wrong_valley_is_left():
    base, other = pair(1)
    assert abs(angle(nearest_turn(base, other, lie.so2_exp(-2.0), TURNS[0])) - 1.1) < 0.2
    near = lie.so2_exp(1.15)
    np.testing.assert_array_equal(nearest_turn(base, other, near, TURNS[0]), near)


def test_a_task_out_of_reach_says_nothing():
    base, other = pair(0)
    far = 100.0 * TURN
    match = match_rewards(base, other, np.linalg.inv(far), TURNS)
    assert np.isinf(match.covariance).all()
