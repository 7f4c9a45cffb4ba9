"""What the checks try answers on: maps, functions and policies without symmetry, so that mistakes show."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array


def turn(degrees: float) -> Array:
    """Return the rotation (2, 2) by an angle in degrees."""
    return np.asarray(lie.so2_exp(np.radians(degrees)), dtype=np.float64)


def unit(vectors: Array) -> Array:
    """Return vectors (..., n) made unit vectors."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def affine(linear: ArrayLike, shift: ArrayLike = (0.0, 0.0)) -> Array:
    """Return the affine map (3, 3) with this linear part (2, 2) and shift (2,)."""
    element = np.eye(3)
    element[:2, :2], element[:2, 2] = linear, shift
    return element


def about(linear: ArrayLike, centre: ArrayLike) -> Array:
    """Return the affine map (3, 3) that does a linear map (2, 2) about ``centre`` instead of the origin."""
    return affine(linear, np.asarray(centre) - np.asarray(linear) @ centre)


def eleven_maps(point: Array) -> Array:
    """Return eleven affine maps; six fix ``point``: rigid ones, a scaling, a shear, a reflection."""
    rotation, mirror, slant = lie.so2_exp, np.diag([1.0, -1.0]), np.array([[1.0, 0.4], [0.0, 1.0]])
    origin, still = np.zeros(2), np.eye(2)
    return np.array(
        [
            about(rotation(0.9), origin),
            affine(still, origin),
            affine(still, [0.3, 0.0]),
            about(rotation(0.7), point),
            about(slant, origin),
            about(rotation(2.1), point),
            about(rotation(2.1), point + np.array([0.0, 0.01])),
            about(2.0 * still, point),
            about(rotation(1.0) @ mirror, origin),
            about(rotation(1.0) @ mirror, point),
            about(slant, point),
        ]
    )


def bump(points: ArrayLike) -> Array:
    """Return the values (...) of a function of the plane."""
    x, y = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    return np.asarray(np.exp(-((x - 1.0) ** 2) - 2.0 * (y - 0.5) ** 2) + 0.1 * x * y + 0.05 * x)


def uneven_policy(states: ArrayLike) -> Array:
    """Return the actions (..., 2) of a policy of the plane."""
    x, y = np.moveaxis(np.asarray(states, dtype=np.float64), -1, 0)
    return np.stack([0.5 - y**2, 0.2 + x], axis=-1)
