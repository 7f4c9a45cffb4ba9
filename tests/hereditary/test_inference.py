"""Test-time inference from a few transitions: right angle, no antipode, and honest when undecided."""

import numpy as np
import pytest

from hgmrl_lite.envs import circle_tasks, explore
from hgmrl_lite.hereditary import RewardModel, infer

J = np.array([[0.0, -1.0], [1.0, 0.0]])


@pytest.fixture(scope="module")
def model():
    base = explore(circle_tasks(1)[0], 5000, seed=3)
    return RewardModel.fit(base.next_states, base.rewards)


def wrapped_error_deg(theta, truth):
    return np.degrees(abs((theta - truth + np.pi) % (2 * np.pi) - np.pi))


def test_model_fits_held_out_rewards_and_its_gradient_is_its_derivative(model):
    held_out = explore(circle_tasks(1)[0], 1000, seed=4)
    error = np.abs(model(held_out.next_states) - held_out.rewards)
    # The few walks that leave the base data's region are extrapolated and may be off.
    assert np.median(error) < 1e-3
    assert np.quantile(error, 0.9) < 1e-2
    points = held_out.next_states[:50]
    step = 1e-5
    for axis in range(2):
        shift = step * np.eye(2)[axis]
        slope = (model(points + shift) - model(points - shift)) / (2 * step)
        np.testing.assert_allclose(model.gradient(points)[:, axis], slope, atol=1e-5)


def test_twenty_transitions_give_the_angle_and_never_the_antipode(model):
    goals = circle_tasks(60, seed=1)
    errors = []
    for index, goal in enumerate(goals):
        answer = infer(J, model, explore(goal, 20, seed=1000 + index))
        errors.append(wrapped_error_deg(answer.theta, np.arctan2(goal[1], goal[0])))
        assert answer.verdict == "decided"
        assert answer.margin > 3
    assert np.median(errors) < 0.2
    assert max(errors) < 8


def test_one_transition_leaves_two_answers_and_says_undecided(model):
    answer = infer(J, model, explore(circle_tasks(3)[1], 1, seed=5))
    assert answer.verdict == "undecided"
    assert np.isfinite(answer.runner_up)


def test_noisy_rewards_are_averaged_not_trusted(model):
    goal = circle_tasks(5)[2]
    truth = np.arctan2(goal[1], goal[0])
    few = infer(J, model, explore(goal, 20, seed=6, reward_noise=0.05))
    many = infer(J, model, explore(goal, 500, seed=6, reward_noise=0.05))
    assert few.residual > 0.02
    assert wrapped_error_deg(many.theta, truth) < 1.5
    assert many.verdict == "decided"


def test_the_sign_of_the_generator_only_flips_the_coordinate(model):
    context = explore(circle_tasks(7)[3], 20, seed=7)
    assert infer(J, model, context).theta == pytest.approx(-infer(-J, model, context).theta, abs=1e-6)


def test_bad_input(model):
    context = explore(circle_tasks(1)[0], 20, seed=0)
    with pytest.raises(ValueError, match=r"generator must have shape \(2, 2\), got \(3, 3\)"):
        infer(np.zeros((3, 3)), model, context)
    with pytest.raises(ValueError, match="must close after 2π"):
        infer(np.diag([1.0, -1.0]), model, context)
    with pytest.raises(ValueError, match="points must hold at least 20 rows for n = 2, got 7"):
        RewardModel.fit(np.zeros((7, 2)), np.zeros(7))
    with pytest.raises(ValueError, match=r"values must have shape \(30\), got \(29,\)"):
        RewardModel.fit(np.zeros((30, 2)), np.zeros(29))
