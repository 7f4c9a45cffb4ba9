"""Maps of states made of splines, with derivative and inverse."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial.distance import cdist

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.reward_model import SplineBasis, smooth

#: Centres of the splines that lead back, and about how many states are enough for what is smooth.
BACK: Final = 200
SOME: Final = 3000
#: Newton's steps to the inverse, and how near they have to come, in units of the spread of the images.
STEPS: Final = 12
NEAR: Final = 1e-9


@dataclass(frozen=True, eq=False)
class SplineMap:
    """A map of states whose coordinates are splines on common centres.

    Parameters
    ----------
    basis : SplineBasis
        The splines.
    coefficients : ndarray, shape (C - 1, n)
        Of all functions of the basis but the constant, for each coordinate.
    origin : ndarray, shape (n,), or float
        What is subtracted.
    """

    basis: SplineBasis
    coefficients: Array
    origin: Array | float = 0.0

    def __call__(self, points: Array) -> Array:
        """Return the images (..., n) of points (..., n)."""
        flat = points.reshape(-1, points.shape[-1])
        return np.asarray(features(self.basis, flat) @ self.coefficients - self.origin).reshape(points.shape)

    def jacobian(self, points: Array) -> Array:
        """Return the derivatives (N, n, n) at points (N, n)."""
        basis, rough = self.basis, self.basis.rough
        scaled = (points - basis.mean) / basis.scale
        factor = 3.0 * cdist(scaled, basis.centres)
        weights = basis.transform @ self.coefficients[:rough]
        # d/dx Σ_j w_j ‖x − c_j‖³ = Σ_j 3 ‖x − c_j‖ (x − c_j) w_j
        slopes = (factor @ weights)[:, :, None] * scaled[:, None, :]
        outer = weights[:, :, None] * basis.centres[:, None, :]
        slopes -= np.tensordot(factor, outer, axes=1)
        return np.asarray(slopes + self.coefficients[rough:].T) / basis.scale


@dataclass(frozen=True, eq=False)
class SplineInverse:
    """The inverse of a spline map: a spline back, made exact by Newton's method.

    Parameters
    ----------
    forward : SplineMap
        φ.
    basis : SplineBasis
        Splines on the images.
    coefficients : ndarray, shape (C, n)
        Of the spline that leads back roughly.
    """

    forward: SplineMap
    basis: SplineBasis
    coefficients: Array

    @classmethod
    def of(cls, forward: SplineMap, states: Array) -> "SplineInverse":
        """Return the inverse of a map around states (N, n)."""
        some = thinned(states)
        images = forward(some)
        basis = SplineBasis.on(images, BACK)
        columns = basis(images)
        found = [smooth(columns, column, basis.rough)[0] for column in some.T]
        return cls(forward, basis, np.stack(found, axis=1))

    def __call__(self, images: Array) -> Array:
        """Return the states (..., n) with images (..., n); the nearest found where there is none."""
        wanted = images.reshape(-1, images.shape[-1])
        states = self.basis(wanted) @ self.coefficients
        miss, factor = wanted - self.forward(states), np.ones(len(states))
        for _ in range(STEPS):
            size = np.linalg.norm(miss, axis=1)
            rows = np.flatnonzero(size > NEAR * self.basis.scale)
            if not len(rows):
                break
            slopes = self.forward.jacobian(states[rows])
            steps = np.linalg.pinv(slopes) @ miss[rows, :, None]
            tried = states[rows] + factor[rows, None] * steps[..., 0]
            left = wanted[rows] - self.forward(tried)
            better = np.linalg.norm(left, axis=1) < size[rows]
            states[rows[better]], miss[rows[better]] = tried[better], left[better]
            factor[rows] = np.where(better, 1.0, 0.25 * factor[rows])
        return np.asarray(states.reshape(images.shape))


def features(basis: SplineBasis, points: Array) -> Array:
    """Return all functions of a basis but the constant, shape (N, C - 1), at points (N, n)."""
    return np.delete(basis(points), basis.rough, axis=1)


def thinned(rows: Array) -> Array:
    """Return about 3000 of many rows, evenly spread over them."""
    return rows[:: max(1, len(rows) // SOME)]
