"""The plain null space: exact normals give the exact algebra, in any coordinates and units."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import C2, CLOUD, PLANE, about, angle_deg, sample

from hgmrl_lite.discovery import affine_null_space, discover
from hgmrl_lite.lie import J, so
from hgmrl_lite.tangents import local_regression


@pytest.mark.parametrize("n", [2, 3, 4])
def test_exact_normals_give_the_exact_algebra(n):
    rng = np.random.default_rng(n)
    points = 3.0 + sample(500, n)
    root = np.eye(n) + 0.3 * rng.normal(size=(n, n))
    centre = 3.0 + 0.5 * rng.normal(size=n)
    # f = ‖R(p − c)‖²: rotations, conjugated by R and moved to c.
    normals = (points - centre) @ root.T @ root
    truth = [about(np.linalg.solve(root, w @ root), centre) for w in so(n).basis]
    scores, candidates = affine_null_space(points, normals)
    d = n * (n - 1) // 2
    assert len(scores) == len(candidates) == n * (n + 1)
    assert scores[d - 1] < 1e-13
    assert scores[d] > 0.05
    assert (np.diff(scores) >= 0).all()
    assert angle_deg(candidates[:d], truth) < 1e-8
    again = affine_null_space(points, normals * rng.uniform(0.5, 2.0, size=(500, 1)))[1]
    assert angle_deg(again[:d], truth) < 1e-8


@pytest.mark.parametrize(("product", "dimension"), [("form", 6), ("product", 3), ("fourth", 2)])
def test_known_dimensions_on_two_planes(product, dimension):
    points = sample(3000, 4)
    one, two = points * [1, 1, 0, 0], points * [0, 0, 1, 1]
    first, second = np.linalg.norm(one, axis=1)[:, None], np.linalg.norm(two, axis=1)[:, None]
    normals = {
        "form": one + 3.0 * two,
        "product": one / first * second + two / second * first,
        "fourth": one / first + 4.0 * two * second**2,
    }[product]
    scores, _ = affine_null_space(points, normals)
    assert scores[dimension - 1] < 1e-12
    assert scores[dimension] > 0.1


def test_weights_of_the_null_space():
    points = sample(300)
    normals = np.random.default_rng(3).normal(size=(300, 2))
    # Twice the weight is twice the row.
    weights = np.random.default_rng(4).integers(1, 4, size=300)
    weighted, _ = affine_null_space(points - points.mean(axis=0), normals, weights, algebra="linear")
    repeated = np.repeat(np.arange(300), weights)
    frame = np.linalg.cholesky(np.cov(points.T, bias=True))
    # The frame counts every point once, so repeat the rows of the same frame by hand.
    q = np.linalg.solve(frame, (points - points.mean(axis=0)).T).T[repeated]
    g = (normals @ frame)[repeated]
    rows = ((g / np.linalg.norm(g, axis=1)[:, None])[:, :, None] * q[:, None, :]).reshape(len(q), -1)
    singular = np.linalg.svd(rows, compute_uv=False)[::-1] * math.sqrt(2 / len(q))
    np.testing.assert_allclose(weighted, singular, rtol=1e-10)


def test_weights_silence_wrong_normals():
    points = sample(400)
    normals = points - C2
    normals[::4] = np.random.default_rng(0).normal(size=(100, 2))
    weights = np.ones(400)
    weights[::4] = 0.0
    scores, generators = affine_null_space(points, normals, weights)
    assert scores[0] < 1e-12
    assert angle_deg(generators[:1], [about(J, C2)]) < 1e-8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_scores_do_not_depend_on_the_coordinates(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 2)) + rng.normal(size=2)
    normals = rng.normal(size=(200, 2))
    change = np.eye(2) + 0.5 * rng.uniform(-1, 1, size=(2, 2))
    shift = 10.0 * rng.normal(size=2)
    scores, generators = affine_null_space(points, normals)
    moved, carried = affine_null_space(points @ change.T + shift, normals @ np.linalg.inv(change))
    np.testing.assert_allclose(moved, scores, rtol=1e-7)
    # A random direction scores 1.
    assert np.mean(np.square(scores)) == pytest.approx(1.0, rel=1e-9)
    map_ = about(change, np.zeros(2))
    map_[:2, 2], map_[2, 2] = shift, 1.0
    conjugated = map_ @ generators[:1] @ np.linalg.inv(map_)
    np.testing.assert_allclose(
        carried[0] * np.sign(np.sum(carried[0] * conjugated[0])), conjugated[0], rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("points", "normals", "weights", "message"),
    [
        (CLOUD[:5], CLOUD[:5], None, "points must number at least 6"),
        (CLOUD, CLOUD[:-1], None, "normals must have shape"),
        (CLOUD, 0.0 * CLOUD, None, "normals must not be zero"),
        (CLOUD, CLOUD, np.ones(3), "weights must have shape"),
        (CLOUD, CLOUD, -np.ones(200), "weights must be non-negative"),
        (CLOUD, CLOUD, np.zeros(200), "weights must be non-negative and not all zero"),
    ],
)
def test_bad_input_to_the_null_space(points, normals, weights, message):
    with pytest.raises(ValueError, match=message):
        affine_null_space(points, normals, weights)


def test_values_in_other_coordinates_and_units():
    points = sample(1500)
    values = PLANE["ellipse"][0](points) + 0.02 * np.random.default_rng(0).normal(size=1500)
    change, shift = np.array([[30.0, 7.0], [-2.0, 0.5]]), np.array([100.0, -20.0])
    here, there = discover(points, values), discover(points @ change.T + shift, 1e3 * values + 5e4)
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(there.centre, change @ here.centre + shift, rtol=1e-5)
    assert there.verdict == here.verdict == "yes"


def test_linear_algebra_keeps_the_origin():
    points = sample(1500)
    found = discover(points, np.exp(-np.square(points).sum(axis=1)), algebra="linear")
    assert found.spectrum.shape == (4,)
    assert (found.verdict, found.dimension) == ("yes", 1)
    assert angle_deg(found.generators, [about(J, np.zeros(2))]) < 0.1
    np.testing.assert_allclose(found.centre, 0.0, atol=1e-12)
    # About another point there is no linear symmetry.
    assert discover(points, PLANE["distance"][0](points), algebra="linear").verdict == "no"


def test_centre_outside_most_of_the_data():
    # Random walks around the origin, and a goal on the unit circle.
    rng = np.random.default_rng(2)
    steps = np.clip(0.1 * rng.normal(size=(50, 100, 2)), -0.1, 0.1)
    points = np.cumsum(steps, axis=1).reshape(-1, 2) + 0.05 * rng.normal(size=(5000, 2))
    goal = np.array([np.cos(1.0), np.sin(1.0)])
    values = -np.linalg.norm(points - goal, axis=1)
    assert np.linalg.norm(discover(points, values).centre - goal) < 2e-3
    fit = local_regression(points, values)
    generator = affine_null_space(fit.points, fit.normals, fit.weights)[1][0]
    assert np.linalg.norm(np.linalg.solve(generator[:2, :2], -generator[:2, 2]) - goal) < 5e-4


def test_units_with_a_ratio_of_a_hundred_million():
    points = sample(1500)
    values = PLANE["bump"][0](points)
    here = discover(points, values)
    there = discover(points * [1e8, 1.0] + [3e8, -7.0], values)
    assert there.verdict == "yes"
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose((there.centre - [3e8, -7.0]) / [1e8, 1.0], here.centre, atol=1e-5)
