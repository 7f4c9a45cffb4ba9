"""Functions with known gradients."""

import numpy as np


def polynomial(rng, n, degree):
    """Return a random polynomial and its gradient."""
    linear, quadratic, direction = rng.normal(size=n), rng.normal(size=(n, n)), rng.normal(size=n)
    quadratic = (quadratic + quadratic.T) * (degree >= 2)
    cubic = float(degree >= 3)

    def value(p):
        return (
            7.0 + p @ linear + 0.5 * np.einsum("mi,ij,mj->m", p, quadratic, p) + cubic * (p @ direction) ** 3
        )

    def gradient(p):
        return linear + p @ quadratic + 3.0 * cubic * (p @ direction)[:, None] ** 2 * direction

    return value, gradient


def angles(fit, gradient):
    """Return the angles (M,) in radians between estimated and true normals, orientation included."""
    truth = gradient(fit.points)
    cosine = np.einsum("mi,mi->m", fit.normals, truth) / np.linalg.norm(truth, axis=1)
    sine = np.linalg.norm(
        truth / np.linalg.norm(truth, axis=1)[:, None] - cosine[:, None] * fit.normals, axis=1
    )
    return np.arctan2(sine, cosine)


def distance_from(centre):
    """Return −‖p − c‖ and its gradient."""
    return (
        lambda p: -np.linalg.norm(p - centre, axis=1),
        lambda p: (centre - p) / np.linalg.norm(p - centre, axis=1)[:, None],
    )


CLOUD = np.random.default_rng(5).normal(size=(200, 2))
