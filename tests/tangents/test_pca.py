"""Local PCA: it agrees with the regression within its errors."""

import math

import numpy as np
import pytest
from gradients import CLOUD, angles, distance_from

from hgmrl_lite.tangents import local_pca, local_regression
from hgmrl_lite.tangents.normals import TOO_FEW


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_pca_and_regression_agree(noise):
    value, gradient = distance_from(np.array([0.3, -0.2]))
    rng = np.random.default_rng(0)
    points = rng.normal(size=(3000, 2))
    values = value(points) + noise * rng.normal(size=3000)
    components, fit = local_pca(points, values), local_regression(points, values)
    for estimate in (components, fit):
        assert len(estimate) + sum(estimate.dropped.values()) == 3000
    # PCA normals too point towards larger f; their scatter is what their errors say.
    ratio = angles(components, gradient) / components.standard_error
    assert 0.6 < np.median(ratio) / 0.6745 < 1.6
    assert np.median(angles(fit, gradient)) < 0.5 * np.median(angles(components, gradient))
    both = np.intersect1d(components.index, fit.index)
    one, two = np.searchsorted(components.index, both), np.searchsorted(fit.index, both)
    cosine = np.einsum("mi,mi->m", components.normals[one], fit.normals[two])
    assert np.mean(cosine) > 0.98
    slope = np.linalg.norm(components.gradients, axis=1)
    assert np.median(slope) == pytest.approx(1.0, abs=0.1)


def test_pca_in_space():
    value, gradient = distance_from(np.array([0.3, -0.2, 0.1]))
    points = np.random.default_rng(0).normal(size=(4000, 3))
    fit = local_pca(points, value(points), radius=0.5, level_width=0.1)
    assert fit.dropped[TOO_FEW] > 0
    assert fit.neighbours.min() >= 6
    assert np.median(angles(fit, gradient)) < 1.5 * np.median(fit.standard_error) < math.radians(15.0)


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (CLOUD[:, :1], {}, "at least 2 coordinates"),
        (CLOUD[:7], {}, "points must number at least 8"),
        (CLOUD, {"radius": 0.0}, "radius must be a positive number"),
        (CLOUD, {"level_width": -1.0}, "level_width must be a positive number"),
        (CLOUD, {"radius": math.nan}, "radius must be a positive number"),
        (np.zeros((200, 2)), {}, "points must not coincide"),
    ],
)
def test_bad_input_to_pca(points, options, message):
    with pytest.raises(ValueError, match=message):
        local_pca(points, points[:, 0], **options)
