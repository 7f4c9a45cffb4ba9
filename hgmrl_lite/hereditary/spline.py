"""Natural cubic splines on scattered centres, and how smooth the data want them."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from hgmrl_lite._validate import Array, as_count

# Ridges that generalised cross-validation chooses from, relative to the largest eigenvalue.
_RIDGES = np.geomspace(1e-14, 1e2, 49)
# Centres when none are asked for: in more than two dimensions they have more room to fill.
_CENTRES, _MORE_CENTRES = 200, 400


@dataclass(frozen=True, eq=False)
class SplineBasis:
    """Basis of the natural cubic splines on scattered centres, orthonormal in roughness.

    Parameters
    ----------
    centres : ndarray, shape (C, n)
        The centres, in units of ``scale`` about ``mean``.
    transform : ndarray, shape (C, C − n − 1)
        Weights that annihilate affine functions.
    mean, scale : ndarray, shape (n,), and float
        Centre and spread of the data, so that one set of ridges serves every data set.
    """

    centres: Array
    transform: Array
    mean: Array
    scale: float

    @classmethod
    def on(cls, points: Array, centres: int | None = None) -> "SplineBasis":
        """Return the basis on centres that are spread over points (N, n), by farthest-point sampling.

        Raises
        ------
        ValueError
            When the points lie in a plane of fewer dimensions.
        """
        n = points.shape[1]
        if centres is None:
            centres = _CENTRES if n <= 2 else _MORE_CENTRES
        mean = points.mean(axis=0)
        scale = float(np.sqrt(np.square(points - mean).sum(axis=1).mean()))
        scaled = (points - mean) / (scale or 1.0)
        if np.linalg.matrix_rank(scaled) < n:
            raise ValueError(f"points must span all {n} dimensions, got points in a plane of fewer")
        # The first is the one nearest to the mean, so that the choice moves with the data.
        first = int(np.argmin(np.square(scaled - scaled.mean(axis=0)).sum(axis=1)))
        count = min(as_count("centres", centres), len(points) // 5)
        chosen = scaled[farthest_points(scaled, count, first)]
        return cls(chosen, _natural_basis(chosen), mean, scale)

    @property
    def rough(self) -> int:
        """How many functions of the basis are not affine; these come first."""
        return int(self.transform.shape[1])

    def __call__(self, points: Array) -> Array:
        """Return the functions (N, C) at points (N, n): rough ones, the constant, the coordinates."""
        scaled = (points - self.mean) / self.scale
        return np.hstack([cubes(scaled, self.centres) @ self.transform, np.ones((len(points), 1)), scaled])

    def in_units(self, coefficients: Array) -> tuple[Array, Array, Array]:
        """Return c_j, w_j, and b_0 with b, of the function with coefficients (C,), in units of the states."""
        weights = self.transform @ coefficients[: self.rough] / self.scale**3
        slope = coefficients[self.rough + 1 :] / self.scale
        linear = np.append(coefficients[self.rough] - slope @ self.mean, slope)
        return self.centres * self.scale + self.mean, weights, linear


def smooth(features: Array, values: Array, rough: int) -> tuple[Array, Array, float]:
    """Return coefficients (C,) of the smoothing spline, the leverage (N,) of the data, and the ridge.

    In a basis that is orthonormal in roughness the penalty is the square of the first ``rough`` coefficients.
    After the affine part is projected out, one eigendecomposition serves every ridge, and generalised
    cross-validation chooses. The ridge belongs to the sum of the squared residuals.
    """
    number = len(features)
    cubes, affine = features[:, :rough], features[:, rough:]
    frame, triangle = np.linalg.qr(affine)
    inside = frame.T @ cubes
    rest, target = cubes - frame @ inside, values - frame @ (frame.T @ values)
    eigenvalues, vectors = np.linalg.eigh(rest.T @ rest / number)
    eigenvalues = np.maximum(eigenvalues, 0.0)
    seen = vectors.T @ (rest.T @ target) / number
    ridges = _RIDGES[:, None] * max(float(eigenvalues[-1:].sum()), np.finfo(float).tiny)
    shrunk = eigenvalues + ridges
    freedom = (eigenvalues / shrunk).sum(axis=1) + affine.shape[1]
    size = float(np.square(target).mean())
    left = size - (np.square(seen) * (shrunk + ridges) / np.square(shrunk)).sum(axis=1)
    # The difference of two near numbers: below rounding there is nothing to choose by.
    score = np.maximum(left, 1e-16 * size) / np.square(1.0 - freedom / number)
    ridge = float(ridges[int(np.argmin(score)), 0])
    solution = vectors @ (seen / (eigenvalues + ridge))
    linear = np.linalg.solve(triangle, frame.T @ values - inside @ solution)
    leverage = np.square(rest @ (vectors / np.sqrt(number * (eigenvalues + ridge)))).sum(axis=1)
    return np.append(solution, linear), leverage + np.square(frame).sum(axis=1), number * ridge


def _natural_basis(centres: Array) -> Array:
    """Return T (C, C − n − 1): weights that annihilate affine functions, orthonormal in roughness."""
    affine = np.hstack([np.ones((len(centres), 1)), centres])
    if len(centres) <= affine.shape[1]:
        return np.zeros((len(centres), 0))
    inside = np.linalg.qr(affine, mode="complete")[0][:, affine.shape[1] :]
    rough = inside.T @ cubes(centres, centres) @ inside
    # Positive definite up to rounding, for which the diagonal is raised.
    rough[np.diag_indices_from(rough)] += 1e-12 * np.trace(rough) / len(rough)
    factor = np.linalg.cholesky(0.5 * (rough + rough.T))
    return np.asarray(scipy.linalg.solve_triangular(factor, inside.T, lower=True)).T


def distances_between(points: Array, centres: Array) -> Array:
    """Return ‖p_i − c_j‖, accurate enough for a cube and without an (N, C, n) temporary."""
    square = np.square(points).sum(1)[:, None] + np.square(centres).sum(1) - 2.0 * points @ centres.T
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def cubes(points: Array, centres: Array) -> Array:
    """Return ‖p_i − c_j‖³, shape (N, C)."""
    distances = distances_between(points, centres)
    return distances * distances * distances


def farthest_points(points: Array, count: int, first: int = 0) -> NDArray[np.intp]:
    """Return the indices of up to ``count`` points (N, n), each the farthest from those before it."""
    chosen = [first]
    gap = np.square(points - points[first]).sum(axis=1)
    for _ in range(count - 1):
        index = int(np.argmax(gap))
        if not gap[index] > 0.0:
            break
        chosen.append(index)
        np.minimum(gap, np.square(points - points[index]).sum(axis=1), out=gap)
    return np.array(chosen)
