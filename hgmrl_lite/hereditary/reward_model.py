"""A smooth model of one task's reward, small enough to be evaluated while a goal is dragged.

A natural cubic spline on scattered centres, as smooth as its data want it.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array, as_array, as_count

# A centre's own share of the data counts like this many more that have the common misfit.
_PRIOR = 10.0
# Largest leverage that a residual is corrected for.
_LEVERAGE = 0.9
# Ridges that generalised cross-validation chooses from, relative to the largest eigenvalue.
_RIDGES = np.geomspace(1e-14, 1e2, 49)
# Centres when none are asked for: in more than two dimensions they have more room to fill.
_CENTRES, _MORE_CENTRES = 200, 400
# Centres of a coarse model.
_COARSE = 80
# A combination of the coordinates is tried to be left out where the mean square cosine of the slope with it
# is smaller than this, and left out where what is left over of the rewards grows by no more than these
# factors, on a few points and on many.
_FLAT, _AS_WELL = 0.12, (1.2, 1.02)
# How many these are, with how many centres; most steps to the best combinations,
# and one after which the next would not matter.
_FEW, _MANY, _SKETCH, _TURNS, _ARRIVED = 800, 2500, 120, 6, 2e-3
# Rounding of the normal equations, relative to their mean diagonal.
_JITTER = 1e-13


@dataclass(frozen=True, eq=False)
class RewardModel:
    """A natural cubic spline on scattered centres: R(p) = Σ_j w_j ‖q − c_j‖³ + b_0 + b·q with q = A p.

    The weights satisfy Σ w_j = 0 and Σ w_j c_j = 0, so that the model grows linearly away from its data. A
    selects the combinations of the coordinates on which the reward depends; up to the plane it is I.

    Parameters
    ----------
    centres : ndarray, shape (C, r)
        The c_j.
    weights : ndarray, shape (C,)
        The w_j.
    linear : ndarray, shape (r + 1,)
        b_0 and b.
    noise : float
        Root mean square of what the fit leaves over, corrected for the parameters it used; in units of the
        reward.
    reward_noise : float
        The part of it that neighbouring points do not share: noise on the rewards.
    misfit : ndarray, shape (C,)
        The part that neighbours do share, around each centre: how far the model itself is off there.
    reach : float
        How far the data extend from the nearest centre; farther out nothing is known.
    along : ndarray, shape (r, n)
        A, orthonormal rows.
    states : ndarray, shape (C, n)
        The states of the data at the centres.
    """

    centres: Array
    weights: Array
    linear: Array
    noise: float
    reward_noise: float
    misfit: Array
    reach: float
    along: Array
    states: Array

    @classmethod
    def fit(
        cls,
        points: ArrayLike,
        values: ArrayLike,
        *,
        centres: int | None = None,
        along: ArrayLike | None = None,
    ) -> "RewardModel":
        """Fit the model by penalised least squares.

        The penalty is the spline's own roughness, and generalised cross-validation says how much of it:
        next to none for exact rewards, enough not to fit the noise for noisy ones (Wahba, 1990). Beyond the
        plane the reward is taken to depend on the fewest combinations of the coordinates that predict it as
        well as all of them: of a mass, say, on its place and not on its velocity.

        Parameters
        ----------
        points : array_like, shape (N, n)
            Where the reward was observed: the next states s'.
        values : array_like, shape (N,)
            The rewards.
        centres : int, optional
            How many centres to place, by farthest-point sampling; at most N / 5. When left out, 200 up to the
            plane and 400 beyond.
        along : array_like, shape (r, n), optional
            A, where it is known.

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
        if along is None:
            along = fewest_combinations(points, values)
        return cls._fit_along(as_array("along", along, ("r", n)), points, values, centres)

    @classmethod
    def _fit_along(cls, along: Array, points: Array, values: Array, centres: int | None) -> "RewardModel":
        states, points = points, _combined(points, along)
        basis = SplineBasis.on(points, centres)
        features = basis(points)
        coefficients, leverage, _ = smooth(features, values, basis.rough)
        left = values - features @ coefficients
        # Root mean square of what is left over, per degree of freedom.
        noise = float(np.sqrt(np.square(left).sum() / (len(left) - float(leverage.sum()))))
        centred, weights, linear = basis.in_units(coefficients)
        leverage = np.minimum(leverage, _LEVERAGE)
        left = left / np.sqrt(1.0 - leverage)
        tree = cKDTree(points)
        _, pairs = tree.query(points, k=2)
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
        reach = float(np.max(distance))
        chosen = states[tree.query(centred)[1]]
        return cls(centred, weights, linear, noise, reward_noise, misfit, reach, along, chosen)

    def __call__(self, points: ArrayLike) -> Array:
        """Return the modelled rewards (...,) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = _combined(points.reshape(-1, points.shape[-1]), self.along)
        value = cubes(flat, self.centres) @ self.weights + self.linear[0] + flat @ self.linear[1:]
        return np.asarray(value.reshape(points.shape[:-1]))

    def gradient(self, points: ArrayLike) -> Array:
        """Return the model's gradients (..., n) at points (..., n)."""
        return self.value_and_gradient(points)[1]

    def value_and_gradient(self, points: ArrayLike) -> tuple[Array, Array]:
        """Return the modelled rewards (...,) and their gradients (..., n) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = _combined(points.reshape(-1, points.shape[-1]), self.along)
        value, slope = _spline(flat, self.centres, self.weights, self.linear)
        return value.reshape(points.shape[:-1]), _combined(slope, self.along.T).reshape(points.shape)

    def hessian(self, points: ArrayLike) -> Array:
        """Return the model's second derivatives (..., n, n) at points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        flat = _combined(points.reshape(-1, points.shape[-1]), self.along)
        number, r = flat.shape
        distances = cdist(flat, self.centres)
        # Σ_j 3 w_j (ρ_j I + x_j x_jᵀ / ρ_j) with x_j = p − c_j; the second term vanishes at a centre.
        ratio = np.divide(3.0 * self.weights, distances, out=np.zeros_like(distances), where=distances > 1e-9)
        outer = (self.centres[:, :, None] * self.centres[:, None, :]).reshape(-1, r * r)
        first = (ratio @ self.centres)[:, :, None] * flat[:, None, :]
        square = ratio.sum(axis=1)[:, None, None] * flat[:, :, None] * flat[:, None, :]
        square += (ratio @ outer).reshape(number, r, r) - first - first.swapaxes(1, 2)
        square += (3.0 * distances @ self.weights)[:, None, None] * np.eye(r)
        if r < points.shape[-1]:
            square = self.along.T @ square @ self.along
        return np.asarray(square.reshape(*points.shape, points.shape[-1]))

    @cached_property
    def sketch(self) -> "RewardModel":
        """A coarser model of this one, quick enough to look everywhere; up to the plane this one itself."""
        if self.along.shape[1] <= 2:
            return self
        return RewardModel.fit(self.states, self(self.states), centres=_COARSE, along=self.along)

    def local_misfit(self, points: ArrayLike) -> Array:
        """Return how far the model is off around points (..., n), shape (...).

        Root mean square in units of the reward, as seen in the data around the nearest centre; infinite out
        of the reach of the data.
        """
        distances, nearest = self.nearest(points)
        return np.where(distances <= self.reach, self.misfit[nearest], np.inf)

    def nearest(self, points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Return distance to and index of the nearest centre, each of shape (...), for points (..., n)."""
        points = np.asarray(points, dtype=np.float64)
        distances = cdist(_combined(points.reshape(-1, points.shape[-1]), self.along), self.centres)
        shape = points.shape[:-1]
        return distances.min(axis=1).reshape(shape), distances.argmin(axis=1).reshape(shape)

    def __repr__(self) -> str:
        """Tell the size and the fit."""
        return (
            f"RewardModel(n={self.along.shape[1]}, centres={len(self.centres)}, noise={self.noise:.2g}, "
            f"of it on the rewards {self.reward_noise:.2g})"
        )


def _spline(points: Array, centres: Array, weights: Array, linear: Array) -> tuple[Array, Array]:
    """Return values (N,) and gradients (N, r) of a spline at points (N, r)."""
    distances = cdist(points, centres)
    factor = distances * weights
    value = np.einsum("ij,ij,ij->i", factor, distances, distances) + linear[0] + points @ linear[1:]
    return value, 3.0 * (factor.sum(axis=1, keepdims=True) * points - factor @ centres) + linear[1:]


def _combined(rows: Array, along: Array) -> Array:
    """Return A p for each row p of (N, n); the same array where A (r, n) leaves nothing out."""
    return rows if along.shape[0] == along.shape[1] else rows @ along.T


def fewest_combinations(points: Array, values: Array) -> Array:
    """Return the fewest combinations A (r, n) of coordinates that predict values as well as all of them.

    Where a model on all coordinates is flat tells them roughly; then they are improved. Up to the plane A
    is I.
    """
    n = points.shape[1]
    if n <= 2:
        return np.eye(n)
    few, many = (
        (points[::step], values[::step]) for step in (max(1, len(points) // some) for some in (_FEW, _MANY))
    )
    whole = RewardModel._fit_along(np.eye(n), *few, _SKETCH)
    slopes = whole.gradient(few[0])
    slopes /= np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), np.finfo(float).tiny)
    squares, axes = np.linalg.eigh(slopes.T @ slopes / len(slopes))
    least = max(1, int((squares >= _FLAT).sum()))
    if least == n:
        return np.eye(n)
    wholes = whole, RewardModel._fit_along(np.eye(n), *many, _SKETCH)
    for r in range(least, n):
        along = axes[:, n - r :].T
        for rows, model, factor in zip((few, many), wholes, _AS_WELL, strict=True):
            along, noise = _improved(along, *rows)
            if noise > factor * model.noise:
                break
        else:
            return along
    return np.eye(n)


def _improved(along: Array, points: Array, values: Array) -> tuple[Array, float]:
    """Return combinations A (r, n) near given ones by which a spline predicts values best, and its noise.

    Gauss-Newton steps of A; for each A the spline is the best one, which gives way to a step (variable
    projection; Golub and Pereyra, 1973).
    """
    idle = null_space(along, 0.5)
    for _ in range(_TURNS):
        combined = points @ along.T
        basis = SplineBasis.on(combined, _SKETCH)
        features = basis(combined)
        coefficients, leverage, ridge = smooth(features, values, basis.rough)
        left = values - features @ coefficients
        noise = float(np.sqrt(np.square(left).sum() / (len(left) - float(leverage.sum()))))
        slopes = np.einsum("ni,nj->nij", basis.gradient(combined, coefficients), points @ idle.T)
        slopes = slopes.reshape(len(points), -1)
        factor = penalised(features.T @ features, basis.penalty(ridge))
        slopes -= features @ scipy.linalg.cho_solve(factor, features.T @ slopes)
        turn = np.linalg.lstsq(slopes, left)[0].reshape(len(along), len(idle))
        along, idle = along + turn @ idle, idle - turn.T @ along
        along, idle = (np.linalg.qr(rows.T)[0].T for rows in (along, idle))
        if np.linalg.norm(turn) < _ARRIVED:
            break
    return along, noise


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

    def penalty(self, ridge: float) -> Array:
        """Return what a ridge adds to the squares of the coefficients, shape (C,)."""
        affine = 1 + self.centres.shape[1]
        return np.append(np.full(self.rough, ridge), np.zeros(affine))

    def gradient(self, points: Array, coefficients: Array) -> Array:
        """Return the gradients (N, n) at points (N, n) of the spline with coefficients (C,)."""
        return _spline(points, *self.in_units(coefficients))[1]

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


def penalised(gram: Array, penalty: Array) -> tuple[Array, bool]:
    """Return the Cholesky factor of the normal equations, the diagonal raised by its rounding."""
    floor = _JITTER * np.trace(gram) / len(gram)
    factor, lower = scipy.linalg.cho_factor(gram + np.diag(penalty + floor))
    return np.asarray(factor), bool(lower)


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


def cubes(points: Array, centres: Array) -> Array:
    """Return ‖p_i − c_j‖³, shape (N, C)."""
    distances = cdist(points, centres)
    return np.asarray(distances * distances * distances)


def farthest_points(points: Array, count: int, first: int = 0, least: float = 0.0) -> NDArray[np.intp]:
    """Return the indices of up to ``count`` points (N, n), each the farthest from those before it.

    No point is chosen that is as near as ``least`` to one before it.
    """
    chosen = [first]
    gap = _squares(points - points[first])
    for _ in range(count - 1):
        index = int(np.argmax(gap))
        if not gap[index] > least**2:
            break
        chosen.append(index)
        np.minimum(gap, _squares(points - points[index]), out=gap)
    return np.array(chosen)


def _squares(rows: Array) -> Array:
    """Return the squared lengths (N,) of rows (N, n): NumPy's sum along so short an axis is slow."""
    return np.asarray(np.einsum("ni,ni->n", rows, rows))
