"""A smooth model of one task's reward, small enough to be evaluated while a goal is dragged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.spline import SplineBasis, cubes, distances_between, smooth

# A centre's own share of the data counts like this many more that have the common misfit.
_PRIOR = 10.0
# Largest leverage that a residual is corrected for.
_LEVERAGE = 0.9


@dataclass(frozen=True, eq=False)
class RewardModel:
    """A natural cubic spline on scattered centres: R(p) = Σ_j w_j ‖p − c_j‖³ + b_0 + b·p.

    The weights satisfy Σ w_j = 0 and Σ w_j c_j = 0, so that the model grows linearly away from its data.

    Parameters
    ----------
    centres : ndarray, shape (C, n)
        The c_j.
    weights : ndarray, shape (C,)
        The w_j.
    linear : ndarray, shape (n + 1,)
        b_0 and b.
    noise : float
        Root mean square of what the fit leaves over, corrected for the parameters it used; in units of the
        reward.
    reward_noise : float, optional
        The part of it that neighbouring points do not share: noise on the rewards.
    misfit : ndarray, shape (C,), optional
        The part that neighbours do share, around each centre: how far the model itself is off there. When
        left out, ``noise`` everywhere.
    reach : float, optional
        How far the data extend from the nearest centre; farther out nothing is known.
    """

    centres: Array
    weights: Array
    linear: Array
    noise: float
    reward_noise: float = 0.0
    misfit: Array | None = None
    reach: float = float("inf")

    def __post_init__(self) -> None:
        misfit = np.full(len(self.centres), self.noise) if self.misfit is None else self.misfit
        object.__setattr__(self, "misfit", misfit)

    @classmethod
    def fit(cls, points: ArrayLike, values: ArrayLike, *, centres: int | None = None) -> "RewardModel":
        """Fit the model by penalised least squares.

        The penalty is the spline's own roughness, and generalised cross-validation says how much of it:
        next to none for exact rewards, enough not to fit the noise for noisy ones (Wahba, 1990).

        Parameters
        ----------
        points : array_like, shape (N, n)
            Where the reward was observed: the next states s'.
        values : array_like, shape (N,)
            The rewards.
        centres : int, optional
            How many centres to place, by farthest-point sampling; at most N / 5. When left out, 200 up to the
            plane and 400 beyond.

        Returns
        -------
        RewardModel

        Raises
        ------
        ValueError
            When the shapes disagree, an entry is not finite, there are fewer points than unknowns, or the
            points lie in a plane of fewer dimensions.
        """
        points = as_array("points", points, ("N", "n"))
        values = as_array("values", values, (len(points),))
        n = points.shape[1]
        if len(points) < 5 * (n + 2):
            raise ValueError(f"points must hold at least {5 * (n + 2)} rows for n = {n}, got {len(points)}")
        basis = SplineBasis.on(points, centres)
        features = basis(points)
        coefficients, leverage, _ = smooth(features, values, basis.rough)
        left = values - features @ coefficients
        # Root mean square of what is left over, per degree of freedom.
        noise = float(np.sqrt(np.square(left).sum() / (len(left) - float(leverage.sum()))))
        centred, weights, linear = basis.in_units(coefficients)
        leverage = np.minimum(leverage, _LEVERAGE)
        left = left / np.sqrt(1.0 - leverage)
        _, pairs = cKDTree(points).query(points, k=2)
        other = left[np.asarray(pairs)[:, 1]]
        # Neighbours share the misfit and not the noise: their product keeps the one, their difference the
        # other.
        shared, differ = left * other, 0.5 * np.square(left - other)
        reward_noise = float(np.sqrt(differ.mean()))
        # The fit follows the noise of its data: by so much the products of neighbours come out too small, and
        # as much again is the variance of a fit without the datum.
        shared = shared + 2.0 * reward_noise**2 * leverage / (1.0 - leverage)
        distance, nearest = cKDTree(centred).query(points)
        count = np.bincount(nearest, minlength=len(centred))
        total = np.bincount(nearest, shared, minlength=len(centred))
        common = max(float(shared.mean()), 0.0)
        misfit = np.sqrt(np.maximum(total + _PRIOR * common, 0.0) / (count + _PRIOR))
        return cls(centred, weights, linear, noise, reward_noise, misfit, float(np.max(distance)))

    def __call__(self, points: ArrayLike) -> Array:
        """Return the modelled rewards (...,) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = points.reshape(-1, points.shape[-1])
        value = cubes(flat, self.centres) @ self.weights + self.linear[0] + flat @ self.linear[1:]
        return np.asarray(value.reshape(points.shape[:-1]))

    def gradient(self, points: ArrayLike) -> Array:
        """Return the model's gradients (..., n) at points (..., n)."""
        return self.value_and_gradient(points)[1]

    def value_and_gradient(self, points: ArrayLike) -> tuple[Array, Array]:
        """Return the modelled rewards (...,) and their gradients (..., n) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = points.reshape(-1, points.shape[-1])
        distances = distances_between(flat, self.centres)
        factor = distances * self.weights
        value = np.einsum("ij,ij,ij->i", factor, distances, distances)
        value += self.linear[0] + flat @ self.linear[1:]
        slope = 3.0 * (factor.sum(axis=1, keepdims=True) * flat - factor @ self.centres) + self.linear[1:]
        return value.reshape(points.shape[:-1]), slope.reshape(points.shape)

    def hessian(self, points: ArrayLike) -> Array:
        """Return the model's second derivatives (..., n, n) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = points.reshape(-1, points.shape[-1])
        number, n = flat.shape
        distances = distances_between(flat, self.centres)
        # Σ_j 3 w_j (ρ_j I + x_j x_jᵀ / ρ_j) with x_j = p − c_j; the second term vanishes at a centre.
        ratio = np.divide(3.0 * self.weights, distances, out=np.zeros_like(distances), where=distances > 1e-9)
        outer = (self.centres[:, :, None] * self.centres[:, None, :]).reshape(-1, n * n)
        first = (ratio @ self.centres)[:, :, None] * flat[:, None, :]
        square = ratio.sum(axis=1)[:, None, None] * flat[:, :, None] * flat[:, None, :]
        square += (ratio @ outer).reshape(number, n, n) - first - first.swapaxes(1, 2)
        square += (3.0 * distances @ self.weights)[:, None, None] * np.eye(n)
        return np.asarray(square.reshape(*points.shape, n))

    def local_misfit(self, points: ArrayLike) -> Array:
        """Return how far the model is off around points (..., n), shape (...).

        Root mean square in units of the reward, as seen in the data around the nearest centre; infinite out
        of the reach of the data.
        """
        assert self.misfit is not None
        distances, nearest = self.nearest(points)
        return np.where(distances <= self.reach, self.misfit[nearest], np.inf)

    def nearest(self, points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Return distance to and index of the nearest centre, each of shape (...), for points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        distances = distances_between(points.reshape(-1, points.shape[-1]), self.centres)
        shape = points.shape[:-1]
        return distances.min(axis=1).reshape(shape), distances.argmin(axis=1).reshape(shape)

    def __repr__(self) -> str:
        """Tell the size and the fit."""
        return (
            f"RewardModel(n={self.centres.shape[1]}, centres={len(self.centres)}, noise={self.noise:.2g}, "
            f"of it on the rewards {self.reward_noise:.2g})"
        )
