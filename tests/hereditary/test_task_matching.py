"""Two tasks matched by one spline: the element, its error, and what is known beforehand."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary.comparison import TaskModel
from hgmrl_lite.hereditary.frame import Frame
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.task_matching import PooledMatching
from hgmrl_lite.hereditary.task_search import first_turn

TURN = lie.so2_exp(1.1)
FRAME = Frame.of(np.eye(2))
TURNS = FRAME.turns


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
        left, covariance = PooledMatching(*pair(seed), lie.so2_exp(1.2), TURNS).fit()
        scores.append((angle(left) - 1.1) / np.sqrt(covariance[0, 0]))
    # The mean square of 25 normal scores is within 0.5 and 1.7 but for one case in a hundred.
    assert 0.4 < np.mean(np.square(scores)) < 1.9


def test_without_noise_the_element_is_exact():
    left = PooledMatching(*pair(0, number=2000, noise=0.0), lie.so2_exp(1.2), TURNS).fit()[0]
    assert abs(angle(left) - 1.1) < 2e-3


def test_a_strain_that_is_excluded_beforehand_does_not_come():
    generators = np.concatenate([TURNS, FRAME.strains])
    known = np.array([np.inf, 1e-6, 1e-6])
    tied, tied_covariance = PooledMatching(*pair(0), lie.so2_exp(1.2), generators, known).fit()
    free, covariance = PooledMatching(*pair(0), lie.so2_exp(1.2), TURNS).fit()
    np.testing.assert_allclose(tied, free, atol=1e-4)
    assert tied_covariance[0, 0] == pytest.approx(covariance[0, 0], rel=0.05)


def test_the_slopes_of_a_profile_are_those_of_its_least_squares():
    generators = np.concatenate([TURNS, FRAME.strains])
    matching = PooledMatching(*pair(0), lie.so2_exp(1.2), generators, np.array([np.inf, 0.1, 0.2]))
    left, step = lie.so2_exp(1.15) @ lie.exp(0.02 * FRAME.strains[0]), 1e-4

    def cost(element):
        return np.square(matching.linearise(element[None])[0]).sum()

    rest, slopes = matching.linearise(left[None])
    gradient = 2.0 * slopes[0].T @ rest[0]
    expected = [
        (cost(lie.exp(step * way) @ left) - cost(lie.exp(-step * way) @ left)) / (2.0 * step)
        for way in generators
    ]
    np.testing.assert_allclose(gradient, expected, rtol=0.02, atol=1e-3)


def test_a_start_in_the_wrong_valley_is_left():
    base, other = pair(1)
    assert abs(angle(first_turn(base, other, lie.so2_exp(-2.0), compact_group(TURNS))) - 1.1) < 0.2


def test_a_task_out_of_reach_says_nothing():
    far = np.linalg.inv(100.0 * TURN)
    left, covariance = PooledMatching(*pair(0), far, TURNS).fit()
    np.testing.assert_array_equal(left, far)
    assert np.isinf(covariance).all()
