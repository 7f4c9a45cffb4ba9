"""What both estimators return."""

import numpy as np
import pytest
from gradients import CLOUD, distance_from

from hgmrl_lite.tangents import local_pca, local_regression, orthogonal_complement


@pytest.mark.parametrize("n", [2, 3, 5])
def test_tangents_span_the_kernel(n):
    rng = np.random.default_rng(n)
    points = rng.normal(size=(300, n))
    fit = local_regression(points, points[:, 0] + np.square(points).sum(axis=1), degree=1)
    tangents = fit.tangents
    assert tangents.shape == (len(fit), n - 1, n)
    np.testing.assert_allclose(np.einsum("mti,mi->mt", tangents, fit.normals), 0.0, atol=1e-12)
    np.testing.assert_allclose(
        tangents @ np.swapaxes(tangents, 1, 2), np.tile(np.eye(n - 1), (len(fit), 1, 1)), atol=1e-12
    )


def test_complement_of_the_axes():
    frames = orthogonal_complement(np.vstack([np.eye(3), -np.eye(3)]))
    np.testing.assert_allclose(np.linalg.svd(frames)[1], 1.0)
    assert orthogonal_complement(np.ones((4, 1))).shape == (4, 0, 1)


def test_results_tell_their_story():
    value, _ = distance_from(np.zeros(2))
    fit = local_regression(CLOUD, value(CLOUD))
    assert "200 in 2 dimensions" in repr(fit)
    assert "median standard error" in fit._repr_html_()
    assert "local PCA" in repr(local_pca(CLOUD, value(CLOUD)))
    assert "neighbours coincide" in repr(local_regression(np.zeros((50, 2)), np.zeros(50)))
