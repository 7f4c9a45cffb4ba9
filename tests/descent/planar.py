"""Functions of the plane, and the loss of one generator."""

import numpy as np
import torch

from hgmrl_lite.descent.losses import mean_length

POINTS = np.random.default_rng(0).normal(size=(1000, 2))
CIRCLE = np.stack([np.cos(a := np.arange(360) * np.pi / 180), np.sin(a)], axis=1)
IDENTITY, STRETCH = np.eye(2), np.diag([1.0, -1.0])


def distance(points):
    return -((points[..., 0] ** 2 + points[..., 1] ** 2) ** 0.5)


def square(points):
    return -(points[..., 0] ** 2 + points[..., 1] ** 2)


def value(loss, generator, times=None):
    """Return the loss of one generator over all points."""
    count = len(loss.points)
    index = torch.arange(count)[None]
    times = torch.from_numpy(np.full((1, count), 1.0) if times is None else times)
    weights = torch.tensor(np.asarray(generator, dtype=float))[None]
    return float(mean_length(loss.residuals(weights, index, times))[0])


GOOD = {"steps": 1, "runs": 2}
