"""Other coordinates, units and origins change nothing."""

import numpy as np
from sampled import PLANE, about, angle_deg, sample

from hgmrl_lite.discovery import affine_null_space, discover
from hgmrl_lite.lie import J
from hgmrl_lite.tangents import local_regression


def test_values_in_other_coordinates_and_units():
    points = sample(1500)
    values = PLANE["ellipse"][0](points) + 0.02 * np.random.default_rng(0).normal(size=1500)
    change, shift = np.array([[30.0, 7.0], [-2.0, 0.5]]), np.array([100.0, -20.0])
    here, there = discover(points, values), discover(points @ change.T + shift, 1e3 * values + 5e4)
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(there.centre, change @ here.centre + shift, rtol=1e-5)
    assert there.verdict == here.verdict == "symmetric"


def test_linear_algebra_keeps_the_origin():
    points = sample(1500)
    found = discover(points, np.exp(-np.square(points).sum(axis=1)), algebra="linear")
    assert found.spectrum.shape == (4,)
    assert (found.verdict, found.dimension) == ("symmetric", 1)
    assert angle_deg(found.generators, [about(J, np.zeros(2))]) < 0.1
    np.testing.assert_allclose(found.centre, 0.0, atol=1e-12)
    # About another point there is no linear symmetry.
    assert discover(points, PLANE["distance"][0](points), algebra="linear").verdict == "none"


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
    assert there.verdict == "symmetric"
    np.testing.assert_allclose(there.spectrum, here.spectrum, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose((there.centre - [3e8, -7.0]) / [1e8, 1.0], here.centre, atol=1e-5)
