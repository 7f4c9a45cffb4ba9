"""The parts of the search for left actions, each against what is known of it."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, sample_transitions
from hgmrl_lite.hereditary.comparison import BLOCKS, PolynomialMap, TaskModel, compare
from hgmrl_lite.hereditary.task_search import (
    fit_linear,
    fit_polynomial,
    refine_in_group,
    same_rewards,
    sandwich,
    search,
    skew_basis,
    smallest_element,
    turn_residuals,
)

TURN = lie.so2_exp(1.1)
EYE = np.eye(2)
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


def straight(matrix):
    """Return a matrix as a map."""
    return PolynomialMap(np.hstack([np.zeros((len(matrix), 1)), matrix]))


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


@pytest.mark.parametrize("coefficients", [np.hstack([np.zeros((2, 1)), TURN]), BENT], ids=["linear", "bent"])
def test_the_slopes_of_the_residuals_are_their_derivatives(pair, coefficients):
    points, step = pair[0].core[:40], 1e-6
    rest, slopes = turn_residuals(*pair, points, PolynomialMap(coefficients), slopes=True)
    assert rest.shape == points.shape
    for place in np.ndindex(coefficients.shape):
        moved = np.zeros_like(coefficients)
        moved[place] = step
        ahead, behind = (
            turn_residuals(*pair, points, PolynomialMap(coefficients + sign * moved))[0] for sign in (1, -1)
        )
        np.testing.assert_allclose(slopes[..., *place], (ahead - behind) / (2 * step), atol=1e-4)


def test_residuals_vanish_at_the_right_map_and_are_chords_elsewhere(pair):
    points = pair[0].core
    right = turn_residuals(*pair, points, straight(TURN))[0]
    assert np.sqrt(np.square(right).sum(axis=1).mean()) < 0.1
    opposite = turn_residuals(pair[0], pair[0], points, straight(EYE))[0]
    np.testing.assert_allclose(opposite, 0.0, atol=1e-12)


def test_the_search_finds_the_turn_and_its_error(pair):
    best, mirror = search(*pair, EYE, lie.J[None])
    np.testing.assert_allclose(best.matrix, TURN, atol=0.03)
    assert np.linalg.det(best.matrix) > 0 > np.linalg.det(mirror.matrix)
    assert best.misfit < 0.1 * mirror.misfit
    errors = np.sqrt(np.diag(best.covariance))
    assert (np.abs(best.matrix - TURN).ravel() < 5 * errors).all()
    assert errors.max() < 0.03


def test_a_map_whose_image_misses_the_data_fits_nothing(pair):
    far = fit_linear(*pair, 100.0 * TURN)
    assert far.misfit == np.inf
    assert np.isinf(far.covariance).all()
    np.testing.assert_array_equal(far.matrix, 100.0 * TURN)
    start = straight(100.0 * TURN)
    assert fit_polynomial(*pair, start, np.ones((2, 3), dtype=bool)) is start


def test_what_is_not_free_stays(pair):
    free = np.zeros((2, 3), dtype=bool)
    free[:, 1] = True
    found = fit_polynomial(*pair, straight(TURN + np.diag([0.1, 0.0])), free).coefficients
    np.testing.assert_array_equal(found[:, [0, 2]], straight(TURN).coefficients[:, [0, 2]])
    np.testing.assert_allclose(found[:, 1], TURN[:, 0], atol=0.03)


def test_an_element_is_refined_within_its_group(pair):
    left, covariance, information = refine_in_group(*pair, TURN @ lie.so2_exp(0.2), lie.J[None])
    np.testing.assert_allclose(left.T @ left, EYE, atol=1e-12)
    error = np.arctan2(left[1, 0], left[0, 0]) - 1.1
    assert abs(error) < 5 * np.sqrt(covariance[0, 0]) < 0.05
    assert information[0, 0] > 0.01
    assert same_rewards(*pair, left, 0.15)
    assert not same_rewards(*pair, TURN @ lie.so2_exp(0.7), 0.15)


def test_without_generators_there_is_nothing_to_refine(pair):
    left, covariance, information = refine_in_group(*pair, TURN, np.zeros((0, 2, 2)))
    assert left is TURN
    assert covariance.shape == information.shape == (0, 0)


def test_the_smallest_element_turns_no_more_than_it_must():
    about = skew_basis(np.eye(3))
    for free in (about[:1], about[:2]):
        hidden = lie.exp(0.4 * about[2])
        left = hidden @ lie.exp(2.0 * free.sum(axis=0))
        smallest = smallest_element(left, free, np.eye(3))
        turn = np.arccos(np.clip(0.5 * (np.trace(smallest) - 1.0), -1.0, 1.0))
        # As small as any that one finds by trying.
        tries = lie.exp(
            np.tensordot(np.random.default_rng(0).uniform(-4, 4, (4000, len(free))), free, axes=1)
        )
        others = np.arccos(np.clip(0.5 * (np.trace(left @ tries, axis1=1, axis2=2) - 1.0), -1.0, 1.0))
        assert turn <= others.min() + 1e-6
        np.testing.assert_allclose(smallest.T @ smallest, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(smallest_element(TURN, lie.J[None], EYE), EYE, atol=1e-5)
    assert smallest_element(TURN, np.zeros((0, 2, 2)), EYE) is TURN


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_skew_basis_keeps_the_form(n):
    root = np.eye(n) + 0.2 * np.random.default_rng(n).normal(size=(n, n))
    form = root.T @ root
    basis = skew_basis(form)
    assert basis.shape == (n * (n - 1) // 2, n, n)
    np.testing.assert_allclose(basis.swapaxes(-1, -2) @ form + form @ basis, 0.0, atol=1e-12)
    np.testing.assert_allclose(
        lie.exp(2.0 * np.pi * basis), np.broadcast_to(np.eye(n), basis.shape), atol=1e-10
    )


def test_the_sandwich_is_the_usual_covariance_for_independent_residuals():
    rng = np.random.default_rng(0)
    points, jacobian = rng.normal(size=(4000, 2)), rng.normal(size=(4000, 1, 3))
    found = np.mean([sandwich(points, jacobian, 0.3 * rng.normal(size=(4000, 1))) for _ in range(40)], axis=0)
    usual = 0.09 * np.linalg.inv(np.einsum("nrp,nrq->pq", jacobian, jacobian))
    np.testing.assert_allclose(found, usual, atol=0.15 * usual.max())
    # Residuals that neighbours share count once a block, not once a point.
    shared = np.sign(points[:, :1])
    alike = sandwich(points, np.ones((4000, 1, 1)), shared)
    assert alike[0, 0] > 0.2 / BLOCKS


def test_a_comparison_subtracts_the_noise_and_knows_its_error(pair):
    lifted = np.eye(3)
    lifted[:2, :2] = TURN
    right = compare(*pair, PolynomialMap.of_matrix(lifted), np.linalg.inv(lifted))
    assert abs(right.alignment) < 5 * right.alignment_error < 0.02
    assert abs(right.rewards) < 5 * right.rewards_error + 1e-3 < 0.02
    lifted[:2, :2] = TURN @ lie.so2_exp(0.5)
    wrong = compare(*pair, PolynomialMap.of_matrix(lifted), np.linalg.inv(lifted))
    # The squared chord of half a radian.
    assert wrong.alignment == pytest.approx(4 * np.sin(0.25) ** 2, abs=3 * wrong.alignment_error)
    assert wrong.alignment > 4 * wrong.alignment_error
    assert wrong.number > 2 * BLOCKS
    lifted[:2, 2] = 50.0
    nothing = compare(*pair, PolynomialMap.of_matrix(lifted), np.linalg.inv(lifted))
    assert nothing.number < 2 * BLOCKS
    assert np.isnan(
        [nothing.alignment, nothing.alignment_error, nothing.rewards, nothing.rewards_error]
    ).all()
