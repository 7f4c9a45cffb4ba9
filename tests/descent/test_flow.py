"""The flow exp(tW) p and its derivative."""

import numpy as np
import pytest
import torch
from planar import IDENTITY, STRETCH

from hgmrl_lite import lie
from hgmrl_lite.descent.flow import flow


@pytest.mark.parametrize("n", [2, 3, 4])
def test_flow_is_the_exponential_applied(n):
    rng = np.random.default_rng(n)
    generators, points = rng.normal(size=(5, n, n)), rng.normal(size=(5, 7, n))
    times = rng.uniform(0.0, 3.0, size=(5, 7))
    want = np.einsum("rbij,rbj->rbi", lie.exp(times[..., None, None] * generators[:, None]), points)
    got = flow(*(torch.from_numpy(a) for a in (generators, times, points)))
    np.testing.assert_allclose(got.numpy(), want, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "generator",
    [
        lie.J,
        IDENTITY,
        STRETCH,
        [[0.0, 1.0], [0.0, 0.0]],
        [[0.3, 1.0], [0.0, 0.3]],
        np.zeros((2, 2)),
        1e-4 * lie.J,
    ],
    ids=["elliptic", "scaling", "hyperbolic", "parabolic", "shear and scaling", "zero", "small"],
)
def test_flow_and_its_derivative_at_every_type(generator):
    weights = torch.tensor(np.asarray(generator, dtype=float))[None]
    times = torch.tensor([[0.0, 0.5, 2.0, 6.0]], dtype=torch.float64)
    points = torch.tensor([[[1.0, 0.0], [0.2, -1.0], [0.5, 0.5], [-1.0, 0.3]]], dtype=torch.float64)
    want = lie.exp(times.numpy()[0, :, None, None] * weights.numpy()) @ points.numpy()[0, :, :, None]
    np.testing.assert_allclose(flow(weights, times, points).numpy()[0], want[..., 0], rtol=1e-9, atol=1e-12)
    weights.requires_grad_()
    assert torch.autograd.gradcheck(lambda w: flow(w, times, points), (weights,), atol=1e-4, rtol=1e-4)
