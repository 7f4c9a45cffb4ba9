"""A smooth model of one task's reward, small enough to be evaluated while a goal is dragged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count

# Features are scaled to unit mean square first, so that one ridge serves every data set.
_RIDGE = 1e-10


@dataclass(frozen=True)
class RewardModel:
    """Cubic radial basis functions and an affine part: R(p) = Σ_j w_j ‖p − c_j‖³ + b_0 + b·p.

    Parameters
    ----------
    centres : ndarray, shape (C, n)
        The c_j.
    weights : ndarray, shape (C,)
        The w_j.
    linear : ndarray, shape (n + 1,)
        b_0 and b.
    noise : float
        Root mean square of what the fit leaves over, in units of the reward.
    """

    centres: Array
    weights: Array
    linear: Array
    noise: float

    @classmethod
    def fit(cls, points: ArrayLike, values: ArrayLike, *, centres: int = 200) -> "RewardModel":
        """Fit the model by least squares.

        Parameters
        ----------
        points : array_like, shape (N, n)
            Where the reward was observed: the next states s'.
        values : array_like, shape (N,)
            The rewards.
        centres : int, optional
            How many centres to place, by farthest-point sampling; at most N / 5.

        Returns
        -------
        RewardModel

        Raises
        ------
        ValueError
            When the shapes disagree, an entry is not finite, or there are fewer points than unknowns.
        """
        points = as_array("points", points, ("N", "n"))
        values = as_array("values", values, (len(points),))
        n = points.shape[1]
        if len(points) < 5 * (n + 2):
            raise ValueError(f"points must hold at least {5 * (n + 2)} rows for n = {n}, got {len(points)}")
        chosen = _farthest_points(points, min(as_count("centres", centres), len(points) // 5))
        features = _features(points, chosen)
        scale = np.sqrt(np.square(features).mean(axis=0)) + np.finfo(float).tiny
        scaled = features / scale
        gram = scaled.T @ scaled / len(points) + _RIDGE * np.eye(scaled.shape[1])
        coefficients = np.linalg.solve(gram, scaled.T @ values / len(points)) / scale
        noise = float(np.sqrt(np.mean(np.square(features @ coefficients - values))))
        return cls(chosen, coefficients[: len(chosen)], coefficients[len(chosen) :], noise)

    def __call__(self, points: ArrayLike) -> Array:
        """Return the modelled rewards (...,) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = points.reshape(-1, points.shape[-1])
        return (_features(flat, self.centres) @ np.append(self.weights, self.linear)).reshape(
            points.shape[:-1]
        )

    def gradient(self, points: ArrayLike) -> Array:
        """Return the model's gradients (..., n) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = points.reshape(-1, points.shape[-1])
        factor = 3.0 * _distances(flat, self.centres) * self.weights
        slope = factor.sum(axis=1, keepdims=True) * flat - factor @ self.centres + self.linear[1:]
        return slope.reshape(points.shape)

    def __repr__(self) -> str:
        """Tell the size and the fit."""
        return f"RewardModel(n={self.centres.shape[1]}, centres={len(self.centres)}, noise={self.noise:.2g})"


def _distances(points: Array, centres: Array) -> Array:
    """Return ‖p_i − c_j‖, accurate enough for a cube and without an (N, C, n) temporary."""
    square = np.square(points).sum(1)[:, None] + np.square(centres).sum(1) - 2.0 * points @ centres.T
    return np.sqrt(np.maximum(square, 0.0))


def _features(points: Array, centres: Array) -> Array:
    """Return the (N, C + 1 + n) design matrix."""
    distances = _distances(points, centres)
    return np.hstack([distances * distances * distances, np.ones((len(points), 1)), points])


def _farthest_points(points: Array, count: int) -> Array:
    """Return ``count`` of the points, each the farthest from those before it."""
    # The first is the one nearest to the mean, so that the choice moves with the data.
    index = int(np.argmin(np.square(points - points.mean(axis=0)).sum(axis=1)))
    chosen = [index]
    gap = np.square(points - points[index]).sum(axis=1)
    for _ in range(count - 1):
        index = int(np.argmax(gap))
        chosen.append(index)
        np.minimum(gap, np.square(points - points[index]).sum(axis=1), out=gap)
    return points[chosen]
