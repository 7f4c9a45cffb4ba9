"""The rotation symmetry of one task in the plane, from its transitions alone."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary.own_symmetry import own_symmetry

GOAL = np.array([0.8, -0.5])
STRETCH = np.array([[1.3, 0.2], [0.1, 0.8]])


def about_goal(points):
    return -np.linalg.norm(points - GOAL, axis=-1)


def ellipse(points):
    return -np.linalg.norm((points - GOAL) @ np.linalg.inv(STRETCH).T, axis=-1)


def saddle(points):
    return points[..., 0] * points[..., 1]


def strip(points):
    return np.sin(points[..., 1])


def turning(linear):
    """Return the homogeneous generator that turns about the goal by this linear part."""
    return np.vstack([np.column_stack([linear, -linear @ GOAL]), np.zeros(3)])


def anticlockwise(generator):
    """Return the generator or its negative: a symmetry has no sign."""
    return generator * np.sign(generator[1, 0])


@pytest.mark.parametrize(
    ("reward", "linear"),
    [(about_goal, lie.J), (ellipse, STRETCH @ lie.J @ np.linalg.inv(STRETCH))],
    ids=["circles", "ellipses"],
)
def test_a_round_task_turns_about_its_goal_once_in_two_pi(reward, linear):
    found = own_symmetry(sample_transitions(reward, 3000, seed=0))
    assert found.verdict == "yes"
    np.testing.assert_allclose(anticlockwise(found.generator), turning(linear), atol=0.01)
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(found.generator[:2, :2]).imag), [-1.0, 1.0])
    assert (np.diff(found.spectrum) >= 0.0).all()
    assert found.spectrum[1] > 10.0 * found.spectrum[0]


def test_its_covariance_is_as_large_as_its_errors():
    squares, claimed = [], []
    for seed in range(12):
        found = own_symmetry(sample_transitions(about_goal, 800, seed=seed, reward_noise=0.02))
        error = anticlockwise(found.generator) - turning(lie.J)
        squares.append(np.square(error).sum())
        claimed.append(np.trace(found.covariance))
    assert 0.3 < np.mean(squares) / np.mean(claimed) < 3.0


def test_many_exact_rewards_need_only_some_of_the_transitions():
    few, many = (own_symmetry(sample_transitions(about_goal, number, seed=3)) for number in (3000, 30000))
    for found in (few, many):
        np.testing.assert_allclose(anticlockwise(found.generator), turning(lie.J), atol=0.005)


def test_what_does_not_turn_has_no_generator():
    for reward in (saddle, strip):
        found = own_symmetry(sample_transitions(reward, 3000, seed=0))
        assert found.generator is None
        assert np.isinf(found.covariance).all()
        assert found.reason.endswith("; the best affine candidate does not rotate")


def test_several_fields_do_not_tell_which_one_is_a_rotation():
    found = own_symmetry(sample_transitions(strip, 3000, seed=0))
    assert found.verdict == "undecided"
    assert "fields are symmetries to within 0.1: which of them is a rotation" in found.reason


@pytest.mark.parametrize("number", [31, 48])
def test_a_few_transitions_are_undecided(number):
    task = sample_transitions(about_goal, number, seed=0)
    wrong = replace(task, rewards=task.rewards + 50.0 * (np.arange(number) == 7))
    found = own_symmetry(wrong)
    assert found.verdict == "undecided"
    assert "points must number at least 48" in found.reason


def test_a_valley_has_none():
    assert own_symmetry(sample_transitions(bent_valley, 3000, seed=0)).verdict == "no"


def test_equal_rewards_tell_nothing():
    found = own_symmetry(sample_transitions(lambda points: np.full(len(points), -3.0), 500, seed=0))
    assert (found.generator, found.verdict, found.reason) == (
        None,
        "undecided",
        "the rewards are all the same",
    )
    np.testing.assert_array_equal(found.spectrum, np.zeros(6))


@pytest.mark.parametrize(
    ("number", "n", "message"),
    [
        (30, 2, r"task must have more than 30 transitions \(five for each of the 6 entries .*\), got 30"),
        (500, 3, "task must have states of dimension 2 for the closed form in the plane, got 3"),
    ],
)
def test_bad_tasks(number, n, message):
    with pytest.raises(ValueError, match=message):
        own_symmetry(sample_transitions(lambda points: points[:, 0], number, seed=0, n=n))
