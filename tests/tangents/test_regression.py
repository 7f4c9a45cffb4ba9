"""Local regression: exactness, rates, calibrated errors, and what is refused."""

import math

import numpy as np
import pytest
from gradients import CLOUD, angles, distance_from, polynomial
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite.tangents import local_fits, local_regression
from hgmrl_lite.tangents.normals import DUPLICATES, FLAT, RANK_DEFICIENT


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_exact_on_polynomials_of_its_own_degree(n, degree):
    rng = np.random.default_rng(10 * n + degree)
    value, gradient = polynomial(rng, n, degree)
    points = rng.normal(size=(400, n))
    fit = local_regression(points, value(points), degree=degree)
    assert len(fit) == 400
    np.testing.assert_allclose(fit.gradients, gradient(points), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(fit.normals, axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_error_falls_with_the_order_of_the_fit(degree):
    def value(p):
        return np.sin(p[:, 0]) * np.exp(0.5 * p[:, 1])

    def gradient(p):
        return np.stack([np.cos(p[:, 0]) * np.exp(0.5 * p[:, 1]), 0.5 * value(p)], axis=1)

    errors = []
    for number in (500, 8000):
        points = np.random.default_rng(0).uniform(-1, 1, size=(number, 2))
        fit = local_regression(points, value(points), degree=degree, neighbours=24)
        errors.append(np.median(np.linalg.norm(fit.gradients - gradient(points), axis=1)))
    # Sixteen times the points have a quarter of the spacing h; the gradient's error falls as h to the degree.
    order = math.log(errors[0] / errors[1]) / math.log(4.0)
    assert degree - 0.35 < order < degree + 0.7


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("degree", [1, 2])
def test_errors_are_calibrated(n, degree):
    rng = np.random.default_rng(n)
    value, gradient = polynomial(rng, n, degree)
    points = rng.normal(size=(4000, n))
    noise = 0.05 * value(points).std()
    noisy = value(points) + noise * rng.normal(size=4000)
    fit = local_regression(points, noisy, degree=degree, neighbours=200)
    # Hardly any are dropped for a small gradient, which would select among the errors.
    assert len(fit) > 3600
    assert fit.noise == pytest.approx(noise, rel=0.15)
    off = fit.gradients - gradient(fit.points)
    squares = np.einsum("mi,mij,mj->m", off, np.linalg.inv(fit.covariance), off) / n
    assert 0.8 < np.mean(squares) < 1.3
    if n > 1:
        sharp = fit.standard_error < 0.3
        ratio = angles(fit, gradient)[sharp] / fit.standard_error[sharp]
        assert 0.85 < math.sqrt(np.mean(np.square(ratio))) < 1.25


def test_neighbours_follow_the_noise():
    value, gradient = distance_from(np.array([0.3, -0.2]))
    rng = np.random.default_rng(0)
    points = rng.normal(size=(3000, 2))
    clean = local_regression(points, value(points))
    noise = 0.05 * value(points).std() * rng.normal(size=3000)
    noisy = local_regression(points, value(points) + noise)
    smallest, largest = int(clean.neighbours.min()), int(noisy.neighbours.max())
    assert np.mean(clean.neighbours == smallest) > 0.9
    assert largest > 4 * smallest
    assert np.mean(noisy.neighbours == largest) > 0.7
    # The choice pays on both sides.
    assert np.median(angles(noisy, gradient)) < 0.3 * np.median(
        angles(local_regression(points, value(points) + noise, neighbours=smallest), gradient)
    )
    assert np.median(angles(clean, gradient)) < 0.7 * np.median(
        angles(local_regression(points, value(points), neighbours=largest), gradient)
    )


@settings(max_examples=20, deadline=None)
@given(
    angle=st.floats(0.0, 2 * math.pi),
    size=st.floats(0.01, 100.0),
    stretch=st.floats(0.1, 10.0),
    seed=st.integers(0, 5),
)
def test_gradients_are_covectors(angle, size, stretch, seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(150, 2))
    values = np.sin(points[:, 0]) + points[:, 1] ** 2 + 0.01 * rng.normal(size=150)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = np.array([3.0, -5.0])
    here = local_regression(points, values, neighbours=20)
    there = local_regression(size * points @ turn.T + shift, stretch * values - 2.0, neighbours=20)
    assert (here.index == there.index).all()
    factor = stretch / size
    np.testing.assert_allclose(
        there.gradients, factor * here.gradients @ turn.T, rtol=1e-5, atol=1e-6 * factor
    )
    np.testing.assert_allclose(
        there.covariance, factor**2 * turn @ here.covariance @ turn.T, rtol=1e-5, atol=1e-8 * factor**2
    )
    np.testing.assert_allclose(there.standard_error, here.standard_error, rtol=1e-4)


def test_a_kink_shows_in_the_error():
    value, _ = distance_from(np.zeros(2))
    points = np.random.default_rng(1).normal(size=(4000, 2))
    fit = local_regression(points, value(points))
    far = np.linalg.norm(fit.points, axis=1)
    assert np.median(fit.standard_error[far < 0.05]) > 30 * np.median(fit.standard_error[far > 0.3])
    assert fit.weights[far < 0.05].max() < 0.01 * np.median(fit.weights)


def test_batches_do_not_change_the_answer(monkeypatch):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(700, 2))
    values = np.sin(points[:, 0]) + 0.1 * rng.normal(size=700)
    whole = local_regression(points, values)
    monkeypatch.setattr(local_fits, "BATCH", 1000)
    parts = local_regression(points, values)
    np.testing.assert_allclose(parts.gradients, whole.gradients, rtol=1e-9, atol=1e-12)
    assert (parts.neighbours == whole.neighbours).all()


def test_without_errors():
    points = np.random.default_rng(0).normal(size=(200, 2))
    fit = local_regression(points, np.sin(points[:, 0]), standard_errors=False)
    full = local_regression(points, np.sin(points[:, 0]), neighbours=int(fit.neighbours[0]))
    assert np.isnan(fit.covariance).all()
    assert np.isnan(fit.standard_error).all()
    assert (fit.weights == 1.0).all()
    np.testing.assert_allclose(fit.gradients[full.index], full.gradients)


LINE = np.linspace(-1, 1, 200)[:, None] * np.array([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("points", "values", "reason", "share"),
    [
        (np.repeat(CLOUD[:10], 30, axis=0), np.repeat(CLOUD[:10, 0], 30), DUPLICATES, 1.0),
        (LINE, LINE[:, 0], RANK_DEFICIENT, 1.0),
        (CLOUD, np.ones(200), FLAT, 1.0),
        (CLOUD, np.random.default_rng(6).normal(size=200), FLAT, 0.2),
        (np.vstack([CLOUD, np.zeros((40, 2))]), np.append(CLOUD[:, 0], np.zeros(40)), DUPLICATES, 40 / 240),
    ],
    ids=["copies", "line", "constant", "pure noise", "one point many times"],
)
def test_what_cannot_be_supported_is_dropped_and_counted(points, values, reason, share):
    fit = local_regression(points, values)
    assert len(fit) + sum(fit.dropped.values()) == len(points)
    assert fit.dropped[reason] >= share * len(points)
    assert np.isfinite(fit.normals).all()
    assert (fit.index[:-1] < fit.index[1:]).all()


BAD = CLOUD.copy()
BAD[3, 1] = np.nan


@pytest.mark.parametrize(
    ("points", "values", "options", "message"),
    [
        (CLOUD[:, 0], CLOUD[:, 0], {}, "points must have shape"),
        (CLOUD, CLOUD, {}, "values must have shape"),
        (CLOUD, CLOUD[:-1, 0], {}, "values must have shape"),
        (BAD, CLOUD[:, 0], {}, "points must be finite, got 1"),
        (CLOUD, np.full(200, np.inf), {}, "values must be finite"),
        (CLOUD[:10], CLOUD[:10, 0], {}, "points must number at least"),
        (CLOUD[:, :0], CLOUD[:, 0], {}, "at least one coordinate"),
        (CLOUD, CLOUD[:, 0], {"degree": 4}, "degree must be"),
        (CLOUD, CLOUD[:, 0], {"degree": 0}, "degree must be"),
        (CLOUD, CLOUD[:, 0], {"neighbours": 6}, "neighbours must be"),
        (CLOUD, CLOUD[:, 0], {"neighbours": 10.0}, "neighbours must be"),
        (CLOUD, CLOUD[:, 0], {"neighbours": 201}, "points must number at least 201"),
        (CLOUD, ["a"] * 200, {}, "values must be an array of real numbers"),
    ],
)
def test_bad_input_to_regression(points, values, options, message):
    with pytest.raises(ValueError, match=message):
        local_regression(points, values, **options)
