"""The condition of the Gauss-Newton matrix."""

import numpy as np
import pytest
import torch
from planar import CIRCLE, POINTS, STRETCH, distance, square

from hgmrl_lite import descent, lie


def test_condition_at_the_truth():
    # Exact means over the circle: residuals 1, cos 2φ, sin 2φ have mean squares 1, 1/2, 1/2.
    differential = descent.Differential(CIRCLE, CIRCLE)
    assert descent.gauss_newton_condition(differential, lie.J, samples=4000) == pytest.approx(2.0, rel=0.1)
    # E t² / 2 against 1 / 8, for t uniform in [0, 2π]: 16 π² / 3.
    for f in (distance, square):
        got = descent.gauss_newton_condition(descent.Functional(CIRCLE, f), lie.J, samples=8000)
        assert got == pytest.approx(16 * np.pi**2 / 3, rel=0.1)


@pytest.mark.parametrize("loss", [descent.Differential(POINTS, POINTS), descent.Functional(POINTS, distance)])
def test_condition_agrees_with_finite_differences(loss):
    generator, samples = lie.J + 0.1 * STRETCH, 200
    rng = np.random.default_rng(0)
    index = torch.from_numpy(rng.integers(len(POINTS), size=samples))[None]
    times = torch.from_numpy(rng.uniform(0.0, 2 * np.pi, size=samples))[None]

    def residuals(weights):
        return (
            torch.cat(loss.residuals(torch.from_numpy(weights)[None], index, times), dim=-1).numpy().ravel()
        )

    step = 1e-6
    units = np.eye(4).reshape(4, 2, 2)
    columns = [
        (residuals(generator + step * u) - residuals(generator - step * u)) / (2 * step) for u in units
    ]
    jacobian = np.stack(columns, axis=1)
    scale = generator.ravel() / np.linalg.norm(generator)
    basis = np.linalg.svd(np.eye(4) - np.outer(scale, scale))[0][:, :3]
    values = np.linalg.svd(jacobian @ basis, compute_uv=False)
    got = descent.gauss_newton_condition(loss, generator, samples=samples)
    assert got == pytest.approx((values[0] / values[-1]) ** 2, rel=1e-3)


def test_condition_has_the_shape_of_the_mesh():
    mesh = lie.J + np.random.default_rng(0).normal(size=(3, 2, 2, 2)) * 0.1
    loss = descent.Differential(POINTS, POINTS)
    got = descent.gauss_newton_condition(loss, mesh, samples=100)
    assert got.shape == (3, 2)
    assert got[1, 0] == pytest.approx(descent.gauss_newton_condition(loss, mesh[1, 0], samples=100))
