"""The reward model: fits what is smooth, leaves the noise alone, and knows how far it is off."""

import numpy as np
import pytest
from exploring import explore
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite.envs import circle_tasks, sample_transitions
from hgmrl_lite.hereditary import RewardModel

GOAL = circle_tasks(1)[0]


def planar(number, seed, reward_noise=0.0):
    task = explore(GOAL, number, seed=seed, reward_noise=reward_noise)
    return task.next_states, task.rewards


@pytest.fixture(scope="module")
def exact():
    return RewardModel.fit(*planar(5000, 3))


@pytest.fixture(scope="module")
def noisy():
    return RewardModel.fit(*planar(5000, 3, 0.05))


def test_it_fits_held_out_rewards(exact):
    points, rewards = planar(1000, 4)
    error = np.abs(exact(points) - rewards)
    # The few walks that leave the base data's region are extrapolated and may be off.
    assert np.median(error) < 1e-4
    assert np.quantile(error, 0.9) < 1e-3


def test_gradient_and_hessian_are_its_derivatives(exact):
    points = planar(50, 4)[0]
    step = 1e-5
    value, gradient = exact.value_and_gradient(points)
    np.testing.assert_allclose(value, exact(points), atol=1e-10)
    for axis in range(2):
        shift = step * np.eye(2)[axis]
        slope = (exact(points + shift) - exact(points - shift)) / (2 * step)
        np.testing.assert_allclose(gradient[:, axis], slope, atol=1e-5)
        bend = (exact.gradient(points + shift) - exact.gradient(points - shift)) / (2 * step)
        np.testing.assert_allclose(exact.hessian(points)[:, axis], bend, atol=1e-5)


def test_noise_is_not_fitted(noisy):
    points, rewards = planar(2000, 4)
    known = np.isfinite(noisy.local_misfit(points))
    error = noisy(points)[known] - rewards[known]
    # An interpolant of the noise would be off by as much as the noise.
    assert np.sqrt(np.mean(error**2)) < 0.015
    assert noisy.noise == pytest.approx(0.05, rel=0.05)
    assert noisy.reward_noise == pytest.approx(0.05, rel=0.1)


def test_misfit_is_told_from_noise(exact, noisy):
    assert exact.noise < 1e-3
    assert exact.reward_noise < 1e-3
    # The cone's tip is where a smooth model is off most.
    near = GOAL + 0.05 * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    near, far = exact.local_misfit(near).max(), np.median(exact.local_misfit(planar(500, 5)[0]))
    assert near > 3.0 * far
    assert np.median(noisy.misfit) < 0.5 * noisy.noise


def test_nothing_is_known_out_of_reach(exact):
    points = np.array([[0.0, 0.0], [30.0, 0.0]])
    misfit = exact.local_misfit(points)
    assert np.isfinite(misfit[0])
    assert np.isinf(misfit[1])
    # Far out a natural spline is affine: its gradient no longer changes.
    np.testing.assert_allclose(exact.gradient([[3e3, 0.0]]), exact.gradient([[6e3, 0.0]]), atol=1e-3)


@pytest.mark.parametrize(("noise", "away"), [(0.0, 2e-3), (0.05, 0.02)], ids=["exact", "noisy"])
def test_coordinates_that_rewards_do_not_depend_on_are_left_out(noise, away):
    # Two combinations of four coordinates, neither of them a coordinate.
    rng = np.random.default_rng(6)
    points = rng.normal(size=(3000, 4)) @ np.array(
        [[1.0, 0, 0, 0], [0.3, 1, 0, 0], [0.5, 0, 1, 0], [0, 0.4, 0, 1]]
    )
    mixed = np.array([[1.0, 0.0, 0.2, -0.1], [0.0, 1.0, 0.3, 0.4]])
    rewards = -np.linalg.norm(points @ mixed.T - [1.5, 0.0], axis=1)
    model = RewardModel.fit(points, rewards + noise * rng.normal(size=len(points)))
    assert model.along.shape == (2, 4)
    np.testing.assert_allclose(model.along @ model.along.T, np.eye(2), atol=1e-12)
    rest = mixed - mixed @ model.along.T @ model.along
    assert np.linalg.norm(rest) < away
    assert np.sqrt(np.mean((model(points) - rewards) ** 2)) < 0.02
    # The states at the centres are states of the data, in all their coordinates.
    np.testing.assert_allclose(model.states @ model.along.T, model.centres, atol=1e-9)
    assert (np.abs(points[None] - model.states[:20, None]).sum(axis=-1).min(axis=1) == 0.0).all()
    gradient, hessian, step = model.gradient(points[:5]), model.hessian(points[:5]), 1e-5
    for axis, shift in enumerate(step * np.eye(4)):
        slope = (model(points[:5] + shift) - model(points[:5] - shift)) / (2 * step)
        np.testing.assert_allclose(gradient[:, axis], slope, atol=1e-5)
        bend = (model.gradient(points[:5] + shift) - model.gradient(points[:5] - shift)) / (2 * step)
        np.testing.assert_allclose(hessian[:, axis], bend, atol=1e-4)
    np.testing.assert_allclose(
        model.local_misfit(points[:9]), model.local_misfit(points[:9] @ model.along.T @ model.along)
    )


def test_coordinates_that_rewards_depend_on_a_little_stay():
    rng = np.random.default_rng(7)
    points = rng.normal(size=(3000, 3))
    rewards = -np.linalg.norm(points[:, :2] - [1.0, 0.0], axis=1) + 0.1 * points[:, 2]
    assert RewardModel.fit(points, rewards).along.shape == (3, 3)


@pytest.mark.parametrize(("n", "bound"), [(3, 0.01), (4, 0.015)])
@pytest.mark.parametrize("reward_noise", [0.0, 0.05])
def test_more_dimensions(n, bound, reward_noise):
    goal = np.eye(n)[0]

    def reward(points):
        return -np.linalg.norm(points - goal, axis=1)

    data = sample_transitions(reward, 4000, seed=0, n=n, reward_noise=reward_noise)
    model = RewardModel.fit(data.next_states, data.rewards)
    test = sample_transitions(reward, 500, seed=1, n=n)
    error = np.abs(model(test.next_states) - test.rewards)
    assert np.median(error) < bound


@settings(max_examples=20, deadline=None)
@given(
    angle=st.floats(-3.0, 3.0),
    shift=st.floats(-3.0, 3.0),
    size=st.floats(0.2, 5.0),
    scale=st.floats(0.2, 5.0),
)
def test_the_fit_moves_with_the_data(angle, shift, size, scale):
    """Turned, shifted and scaled points with scaled rewards give the turned, shifted and scaled model."""
    points, rewards = planar(300, 6, 0.02)
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    first = RewardModel.fit(points, rewards)
    second = RewardModel.fit(points @ turn.T + shift, scale * rewards + shift)
    np.testing.assert_allclose(
        second(points @ turn.T + shift), scale * first(points) + shift, atol=1e-5 * (1.0 + scale)
    )


def test_an_affine_reward_is_reproduced_everywhere():
    points = np.random.default_rng(0).normal(size=(60, 2))
    model = RewardModel.fit(points, 2.0 + points @ [1.0, -3.0])
    far = np.array([[100.0, 50.0]])
    np.testing.assert_allclose(model(far), 2.0 + far @ [1.0, -3.0], rtol=1e-6)


@pytest.mark.parametrize(
    ("points", "values", "message"),
    [
        (np.zeros((7, 2)), np.zeros(7), "points must hold at least 20 rows for n = 2, got 7"),
        (np.zeros((30, 2)), np.zeros(29), r"values must have shape \(30\), got \(29,\)"),
        (np.zeros((30, 2)), np.zeros(30), "points must span all 2 dimensions"),
        (np.full((30, 2), np.nan), np.zeros(30), "points must be finite"),
    ],
)
def test_bad_input(points, values, message):
    with pytest.raises(ValueError, match=message):
        RewardModel.fit(points, values)
