"""Functions with known symmetries, and samples of them."""

import numpy as np

from hgmrl_lite.lie import J, principal_angles


def about(linear, centre):
    """Return the homogeneous generator with this linear part that fixes the centre."""
    n = len(centre)
    generator = np.zeros((n + 1, n + 1))
    generator[:n, :n], generator[:n, n] = linear, -linear @ centre
    return generator


def angle_deg(found, truth):
    """Return the largest principal angle between two algebras, in degrees."""
    return float(np.degrees(principal_angles(found, truth).max()))


def sample(number, n=2, seed=0, spread=1.0):
    """Return N(0, spread² I) points."""
    return spread * np.random.default_rng(seed).normal(size=(number, n))


C2, C3 = np.array([0.4, -0.3]), np.array([0.2, 0.5, -0.4])
SQUEEZE = np.array([[1.0, 0.2], [0.2, 0.6]])
U, V = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
SHIFT = np.zeros((3, 3))
SHIFT[:2, 2] = V
#: Name: function, its symmetry algebra.
PLANE = {
    "distance": (lambda p: -np.linalg.norm(p - C2, axis=1), [about(J, C2)]),
    "bump": (lambda p: np.exp(-0.5 * np.square(p - C2).sum(axis=1)), [about(J, C2)]),
    "ellipse": (
        lambda p: -np.linalg.norm((p - C2) @ np.linalg.inv(SQUEEZE), axis=1),
        [about(SQUEEZE @ J @ np.linalg.inv(SQUEEZE), C2)],
    ),
    "hyperbolic": (lambda p: (p - C2).prod(axis=1), [about(np.diag([1.0, -1.0]), C2)]),
    "scaling": (lambda p: p @ U / np.linalg.norm(p, axis=1), [about(np.eye(2), np.zeros(2))]),
    "coordinate": (
        lambda p: np.sin(p @ U),
        [SHIFT, about(np.outer(V, U), np.zeros(2)), about(np.outer(V, V), np.zeros(2))],
    ),
    "none": (lambda p: np.sin(2 * p[:, 0]) + 0.5 * np.cos(3 * p[:, 1]) + 0.3 * p[:, 0] * p[:, 1], []),
    "nearly": (lambda p: -np.power(np.power(p, 4).sum(axis=1), 0.25), []),
}


def noisy(function, points, noise, seed=1):
    """Return values with noise in units of their standard deviation."""
    values = function(points)
    return values + noise * values.std() * np.random.default_rng(seed).normal(size=len(values))


CLOUD = sample(200, seed=5)
BAD = CLOUD.copy()
BAD[0, 0] = np.inf
