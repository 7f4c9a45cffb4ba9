"""What is matched at test time and what it is evidence for, each against its definition."""

import math

import numpy as np
import pytest
import scipy.stats

from hgmrl_lite import lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.hereditary.evidence import CHANCE, MISFIT, shared_misfit, student, trend_excess, worst_error
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.inner_product import sharpened_form
from hgmrl_lite.hereditary.matching import (
    GradientMatching,
    JointMatching,
    RewardMatching,
    least_transitions,
)

# A stretched world: the group keeps an inner product that is not the usual one.
CHANGE = np.array([[1.4, 0.3], [0.0, 0.8]])
GENERATOR = CHANGE @ lie.J @ np.linalg.inv(CHANGE)
LEFT = lie.exp(0.9 * GENERATOR)


@pytest.fixture(scope="module")
def matchings():
    """Return each matching of a valley with its image in a stretched world."""
    directions = compact_group(GENERATOR).directions
    base = sample_transitions(bent_valley, 4000, seed=0)
    model = RewardModel.fit(base.next_states, base.rewards)
    context = sample_transitions(
        LinearAction(LEFT).on_function(bent_valley), 400, seed=1, spread=0.6, reward_noise=0.01
    )
    rewards = RewardMatching(directions, model, context.next_states, context.rewards, 2.0)
    gradients = GradientMatching.estimate(directions, model, context)
    return {"rewards": rewards, "gradients": gradients, "both": JointMatching(rewards, gradients)}


@pytest.mark.parametrize("name", ["rewards", "gradients", "both"])
def test_the_derivatives_are_those_of_the_residuals(matchings, name):
    matching = matchings[name]
    left = lie.exp(np.array([0.5, 1.0])[:, None, None] * GENERATOR)
    residuals, slopes = matching.linearise(left)
    assert residuals.shape == slopes.shape[:2] == matching.values(left).shape
    np.testing.assert_allclose(residuals, matching.values(left), atol=1e-9)
    (direction,) = compact_group(GENERATOR).directions
    step = 1e-5
    ahead, behind = (matching.values(lie.exp(sign * step * direction) @ left) for sign in (1.0, -1.0))
    np.testing.assert_allclose(slopes[..., 0], (ahead - behind) / (2.0 * step), rtol=1e-3, atol=2e-3)


def test_residuals_are_smallest_at_the_right_element(matchings):
    angles = np.linspace(-np.pi, np.pi, 73)
    left = lie.exp(angles[:, None, None] * GENERATOR)
    for matching in matchings.values():
        best = angles[np.square(matching.values(left)).sum(axis=1).argmin()]
        assert abs(best - 0.9) < 0.06


def test_residuals_are_in_their_units(matchings):
    rewards, gradients = matchings["rewards"], matchings["gradients"]
    (first,) = rewards.values(LEFT[None])
    inverse = np.linalg.inv(LEFT)
    expected = (rewards.model(rewards.points @ inverse.T) - rewards.rewards) / 2.0
    np.testing.assert_allclose(first, expected, atol=1e-12)
    assert 0.003 < 2.0 * first.std() < 0.03
    # In units of their errors, those of the gradients are about as large as one, less for their dependence.
    assert 0.02 < gradients.values(LEFT[None]).std() < 1.5


def test_many_elements_are_tried_on_fewer_points(matchings):
    many = np.broadcast_to(LEFT, (1000, 2, 2))
    assert matchings["rewards"].values(many).shape == (1000, 20)
    np.testing.assert_allclose(
        matchings["rewards"].values(many)[0], matchings["rewards"].values(LEFT[None])[0, ::20], atol=1e-12
    )


def test_each_method_says_how_many_transitions_it_takes():
    assert least_transitions("functional", 2, 1) == 2
    assert least_transitions("functional", 3, 3) == 4
    assert least_transitions("differential", 2, 1) == least_transitions("both", 2, 1) > 3
    context = sample_transitions(bent_valley, 3, seed=0)
    with pytest.raises(
        ValueError, match=r"context must have at least \d+ transitions for signed gradients .* got 3"
    ):
        GradientMatching.estimate(lie.J[None], RewardModel.fit(*reward_data()), context)


def reward_data(number=600):
    task = sample_transitions(bent_valley, number, seed=5)
    return task.next_states, task.rewards


def test_students_quantile():
    assert student(7) == pytest.approx(scipy.stats.t.ppf(1.0 - 0.5 * CHANCE, 7))
    assert student(0) == student(-3) == math.inf


@pytest.mark.parametrize("offset", [False, True])
def test_noise_alone_is_no_trend_and_a_trend_is_one(offset):
    rng = np.random.default_rng(0)
    points, slopes = rng.normal(size=(60, 2)), rng.normal(size=(60, 1))

    def excess(left, misfit=0.0, noise=0.1):
        return trend_excess(points, left, slopes, np.full(60, misfit), noise, 1, offset=offset)

    alone = np.array([excess(0.1 * rng.normal(size=60)) for _ in range(200)])
    assert (alone < 1.0).all()
    assert alone.mean() > 0.02
    trend = 0.5 * points[:, 0] ** 2
    assert excess(trend + 0.1 * rng.normal(size=60)) > 1.0
    # What a small step of the element explains does not count, nor what the misfit allows.
    assert excess(3.0 * slopes[:, 0] + 0.1 * rng.normal(size=60)) < 1.0
    assert excess(trend, misfit=2.0 * np.sqrt(np.square(trend).mean()) / MISFIT) < 1.0
    # A constant counts only when it means something.
    assert (excess(np.full(60, 1.0) + 0.01 * rng.normal(size=60)) > 1.0) == offset


def test_a_trend_needs_more_points_than_terms():
    few = np.zeros((3, 2))
    assert math.isnan(trend_excess(few, np.ones(3), np.ones((3, 1)), np.zeros(3), 0.1, 1, offset=True))
    # Points where nothing is known are left out.
    points = np.random.default_rng(1).normal(size=(10, 2))
    misfit = np.where(np.arange(10) < 8, np.inf, 0.0)
    assert math.isnan(trend_excess(points, np.ones(10), np.ones((10, 1)), misfit, 0.1, 1, offset=True))


def test_points_of_one_cell_share_their_misfit():
    slopes, cells = np.array([[1.0], [2.0], [4.0]]), np.array([5, 5, 9])
    found = shared_misfit(slopes, cells, np.array([0.1, 0.1, 0.5]))
    np.testing.assert_allclose(found, [[0.3**2 + 2.0**2]])
    np.testing.assert_allclose(shared_misfit(slopes, cells, np.array([0.1, np.inf, np.inf])), [[0.01]])


def test_the_worst_error_is_the_largest_of_the_sandwich():
    rng = np.random.default_rng(2)
    slopes = rng.normal(size=(30, 3))
    normal, shared = slopes.T @ slopes, np.diag([0.0, 5.0, 0.0])
    inverse = np.linalg.inv(normal)
    values, axes = np.linalg.eigh(inverse @ (0.2 * normal + shared) @ inverse)
    error, direction = worst_error(normal, 0.2, shared)
    assert error == pytest.approx(np.sqrt(values[-1]))
    assert abs(direction @ axes[:, -1]) == pytest.approx(1.0)
    open_error, open_direction = worst_error(np.diag([1.0, 0.0]), 0.2, np.zeros((2, 2)))
    assert open_error == math.inf
    np.testing.assert_allclose(np.abs(open_direction), [0.0, 1.0])


def test_maps_sharpen_an_inner_product_that_is_known_roughly():
    exact = np.linalg.inv(CHANGE @ CHANGE.T)
    exact /= np.sqrt(np.linalg.det(exact))
    rough = exact @ (np.eye(2) + 0.02 * np.array([[1.0, 0.5], [0.5, -1.0]]))
    rough = 0.5 * (rough + rough.T)
    maps = lie.exp(np.array([0.7, 1.9, -1.2])[:, None, None] * GENERATOR)
    covariance = np.broadcast_to(1e-8 * np.eye(4), (3, 4, 4))
    sharp, error = sharpened_form(rough, maps, covariance)
    assert 0.0 < error < 0.05
    assert np.linalg.det(sharp) == pytest.approx(1.0)
    assert np.abs(sharp - exact).max() < 0.2 * np.abs(rough - exact).max()
    # Maps that stretch are no evidence.
    kept, error = sharpened_form(rough, 1.5 * maps, covariance)
    np.testing.assert_array_equal(kept, rough)
    assert error == 0.05
