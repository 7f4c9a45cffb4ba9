"""The parts of the search for left actions, each against what is known of it."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary.comparison import (
    BLOCKS,
    PolynomialMap,
    TaskModel,
    block_covariance,
    compare,
    same_rewards,
)
from hgmrl_lite.hereditary.frame import Frame
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.search import nearest_to_identity
from hgmrl_lite.hereditary.task_matching import TurnMatching, turn_residuals
from hgmrl_lite.hereditary.task_search import best_match, fit_polynomial

TURN = lie.so2_exp(1.1)
EYE = np.eye(2)
FRAME = Frame.of(EYE)
# A map of degree two, not far from the turn.
BENT = np.hstack([[[0.05], [-0.02]], TURN, [[0.04, -0.03, 0.02], [0.01, 0.05, -0.04]]])


@pytest.fixture(scope="module")
def pair():
    """Return the models of a valley and of the same valley turned."""
    turned = LinearAction(TURN).on_function(bent_valley)
    return tuple(
        TaskModel(sample_transitions(reward, 3000, seed=seed))
        for seed, reward in enumerate((bent_valley, turned))
    )


@pytest.mark.parametrize("coefficients", [np.hstack([[[0.05], [-0.02]], TURN]), BENT], ids=["affine", "bent"])
def test_a_map_knows_its_own_derivative(coefficients):
    change, points, step = PolynomialMap(coefficients), np.array([[0.3, -0.7], [1.2, 0.4]]), 1e-6
    numerical = np.stack(
        [(change.features(points + step * e) - change.features(points - step * e)) / (2 * step) for e in EYE],
        -1,
    )
    np.testing.assert_allclose(change.slopes(points), numerical, atol=1e-9)
    gradients = np.array([[1.0, 2.0], [-0.5, 0.3]])
    differential = np.einsum("af,nfi->nai", coefficients, numerical)
    np.testing.assert_allclose(
        change.pull(points, gradients), np.einsum("na,nai->ni", gradients, differential), atol=1e-8
    )


def everywhere(points):
    """Return projections that leave gradients at points (N, 2) as they are."""
    return np.broadcast_to(EYE, (len(points), 2, 2))


@pytest.mark.parametrize("tangent", [False, True])
@pytest.mark.parametrize("coefficients", [np.hstack([np.zeros((2, 1)), TURN]), BENT], ids=["linear", "bent"])
def test_the_slopes_of_the_residuals_are_their_derivatives(pair, coefficients, tangent):
    points, step = pair[0].core[:40], 1e-6
    # Along one direction alone, as on a curve.
    along = np.broadcast_to([[0.36, 0.48], [0.48, 0.64]], (40, 2, 2)) if tangent else everywhere(points)
    own = np.einsum("nij,nj->ni", along, pair[0].gradient(points))
    rest, slopes = turn_residuals(own, along, pair[1], points, PolynomialMap(coefficients))
    assert rest.shape == points.shape
    for place in np.ndindex(coefficients.shape):
        moved = np.zeros_like(coefficients)
        moved[place] = step
        ahead, behind = (
            turn_residuals(own, along, pair[1], points, PolynomialMap(coefficients + sign * moved))[0]
            for sign in (1, -1)
        )
        np.testing.assert_allclose(slopes[..., *place], (ahead - behind) / (2 * step), atol=1e-4)


def test_residuals_vanish_at_the_right_map_and_are_chords_elsewhere(pair):
    points = pair[0].core
    own, whole = pair[0].gradient(points), everywhere(points)
    right = turn_residuals(own, whole, pair[1], points, PolynomialMap.of_matrix(TURN))[0]
    assert np.sqrt(np.square(right).sum(axis=1).mean()) < 0.1
    opposite = turn_residuals(own, whole, pair[0], points, PolynomialMap.of_matrix(EYE))[0]
    np.testing.assert_allclose(opposite, 0.0, atol=1e-12)


def test_the_slopes_along_a_group_are_those_of_its_elements(pair):
    directions, step = np.array([lie.J, np.diag([1.0, -1.0])]), 1e-6
    matching = TurnMatching(*pair, directions, pair[0].core[:40], lie.so2_exp(0.3))
    left = lie.exp(np.array([0.5, 0.8])[:, None, None] * lie.J)
    rest, slopes = matching.linearise(left)
    assert rest.shape == (2, 80)
    assert slopes.shape == (2, 80, 2)
    for place, direction in enumerate(directions):
        ahead, behind = (matching.linearise(lie.exp(sign * step * direction) @ left)[0] for sign in (1, -1))
        np.testing.assert_allclose(slopes[..., place], (ahead - behind) / (2 * step), atol=1e-4)
    # On the cover the same residuals, weighted, and a bad mark for what misses the data.
    costs = np.square(matching.values(np.array([left[1], -left[1], 100.0 * left[1]]))).mean(axis=1)
    assert costs[0] < 0.1 < costs[1] < costs[2] == 4.0


def test_the_search_finds_the_turn_and_its_error(pair):
    best = best_match(*pair, FRAME)
    np.testing.assert_allclose(best.matrix, TURN, atol=0.03)
    assert best.misfit < 0.01
    errors = np.sqrt(np.diag(best.covariance))
    assert (np.abs(best.matrix - TURN).ravel() < 5 * errors).all()
    assert errors.max() < 0.03


def test_a_reflection_is_found_where_it_fits_better(pair):
    mirror = np.diag([1.0, -1.0])
    reflected = TaskModel(
        sample_transitions(LinearAction(mirror @ TURN).on_function(bent_valley), 3000, seed=5)
    )
    best = best_match(pair[0], reflected, FRAME)
    np.testing.assert_allclose(best.matrix, mirror @ TURN, atol=0.03)


def test_data_that_no_element_reaches_fit_nothing(pair):
    far = TaskModel(sample_transitions(lambda points: bent_valley(points) + points[:, 0], 600, seed=1))
    far.points = far.points + 100.0
    assert best_match(pair[0], far, FRAME).misfit == np.inf
    start = PolynomialMap.of_matrix(100.0 * TURN)
    assert fit_polynomial(*pair, start, np.ones((2, 3), dtype=bool)) is start


def test_what_is_not_free_stays(pair):
    free = np.zeros((2, 3), dtype=bool)
    free[:, 1] = True
    found = fit_polynomial(*pair, PolynomialMap.of_matrix(TURN + np.diag([0.1, 0.0])), free).coefficients
    np.testing.assert_array_equal(found[:, [0, 2]], PolynomialMap.of_matrix(TURN).coefficients[:, [0, 2]])
    np.testing.assert_allclose(found[:, 1], TURN[:, 0], atol=0.03)


def test_rewards_agree_under_the_turn_and_not_under_another(pair):
    assert same_rewards(*pair, TURN)
    assert not same_rewards(*pair, TURN @ lie.so2_exp(0.7))


def test_the_smallest_element_turns_no_more_than_it_must():
    group = compact_group(lie.so(3).basis)
    about = group.directions
    for free in (np.eye(3)[:1], np.array([[0.6, 0.8, 0.0]])):
        axis = np.tensordot(free[0], about, axes=1)
        left = lie.exp(0.4 * about[2]) @ lie.exp(2.0 * axis)
        (smallest,) = nearest_to_identity(group, left[None], free)
        turn = np.arccos(np.clip(0.5 * (np.trace(smallest) - 1.0), -1.0, 1.0))
        # As small as any that one finds by trying.
        tries = lie.exp(np.linspace(-np.pi, np.pi, 4000)[:, None, None] * axis)
        others = np.arccos(np.clip(0.5 * (np.trace(left @ tries, axis1=1, axis2=2) - 1.0), -1.0, 1.0))
        assert turn <= others.min() + 1e-6
        np.testing.assert_allclose(smallest.T @ smallest, np.eye(3), atol=1e-12)
    plane = compact_group(lie.J)
    np.testing.assert_allclose(nearest_to_identity(plane, TURN[None], np.eye(1))[0], EYE, atol=1e-5)


def test_the_covariance_is_the_usual_one_for_independent_residuals():
    rng = np.random.default_rng(0)
    points, jacobian = rng.normal(size=(4000, 2)), rng.normal(size=(4000, 3))
    inverse = np.linalg.inv(jacobian.T @ jacobian)
    found = np.mean(
        [block_covariance(points, 0.3 * rng.normal(size=(4000, 1)) * jacobian, inverse) for _ in range(40)],
        axis=0,
    )
    np.testing.assert_allclose(found, 0.09 * inverse, atol=0.15 * 0.09 * inverse.max())
    # Residuals that neighbours share count once a block, not once a point.
    alike = block_covariance(points, np.sign(points[:, :1]), np.array([[1.0 / 4000]]))
    assert alike[0, 0] > 0.2 / BLOCKS


def test_a_comparison_subtracts_the_noise_and_knows_its_error(pair):
    lifted = np.eye(3)
    lifted[:2, :2] = TURN
    right = compare(*pair, PolynomialMap.of_homogeneous(lifted), np.linalg.inv(lifted))
    assert abs(right.aligned.square) < 5 * right.aligned.error < 0.02
    assert abs(right.same_rewards.square) < 5 * right.same_rewards.error + 1e-3 < 0.02
    lifted[:2, :2] = TURN @ lie.so2_exp(0.5)
    wrong = compare(*pair, PolynomialMap.of_homogeneous(lifted), np.linalg.inv(lifted))
    # The squared chord of half a radian.
    assert wrong.aligned.square == pytest.approx(4 * np.sin(0.25) ** 2, abs=3 * wrong.aligned.error)
    assert wrong.aligned.square > 4 * wrong.aligned.error
    assert wrong.number > 2 * BLOCKS
    lifted[:2, 2] = 50.0
    nothing = compare(*pair, PolynomialMap.of_homogeneous(lifted), np.linalg.inv(lifted))
    assert nothing.number < 2 * BLOCKS
    assert np.isnan([nothing.aligned.square, nothing.same_rewards.error]).all()
