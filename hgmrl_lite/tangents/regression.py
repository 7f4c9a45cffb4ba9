"""Level-set normals by a polynomial fitted to the nearest neighbours of every point (beyond the paper)."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.tangents.local_fits import INFLATED, neighbourhoods
from hgmrl_lite.tangents.normals import DUPLICATES, RANK_DEFICIENT, Index, LevelSetNormals, from_gradients

#: Neighbourhoods that the data choose from, as multiples of the number of terms of the polynomial.
LADDER = (2.4, 6.0, 15.0)
#: Squared difference of two nested fits, in units of its variance, above which the larger is called biased.
DISAGREE = 3.0
#: Points on which the noise is estimated first.
PILOT = 128


def local_regression(
    points: ArrayLike,
    values: ArrayLike,
    *,
    degree: int = 2,
    neighbours: int | None = None,
    standard_errors: bool = True,
) -> LevelSetNormals:
    """Estimate the gradient of f, hence the normals of its level sets, from samples.

    At every point a polynomial is fitted by least squares to the nearest neighbours; its linear part is the
    gradient, its residual gives the error. Unless ``neighbours`` is given the data choose it, point by point:
    the largest of three nested neighbourhoods whose gradient agrees, within its error, with the smaller
    ones. Without noise that is the smallest nearly everywhere; with noise the largest that curvature allows.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Where f was sampled.
    values : array_like, shape (N,)
        The samples.
    degree : {1, 2, 3}
        Degree of the local polynomial.
    neighbours : int, optional
        Samples in each fit, the point itself included; more than the polynomial has terms.
    standard_errors : bool
        Whether to estimate errors. Without them the covariance is NaN, no point is dropped for a large error,
        and an open choice of neighbours falls on the smallest.

    Returns
    -------
    LevelSetNormals
        Points whose neighbours coincide, whose neighbourhood does not determine the polynomial, or whose
        gradient is smaller than its error are dropped and counted. At a kink of f the residual, hence the
        error, is large.

    Raises
    ------
    ValueError
        When shapes disagree, entries are not finite, ``degree`` or ``neighbours`` is out of range, or there
        are fewer points than one fit needs.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(200, 2))
    >>> fit = local_regression(points, points[:, 0] + 3.0 * points[:, 1])
    >>> fit.gradients[0].round(6)
    array([1., 3.])
    """
    points = as_array("points", points, ("N", "n"))
    number, n = points.shape
    if not n:
        raise ValueError(f"points must have at least one coordinate, got shape {points.shape}")
    values = as_array("values", values, (number,))
    if as_count("degree", degree) > 3:
        raise ValueError(f"degree must be 1, 2 or 3, got {degree}")
    terms = math.comb(n + degree, degree)
    if neighbours is None:
        ladder = [math.ceil(multiple * terms) for multiple in LADDER]
        # A neighbourhood of more than a quarter of all points is not local.
        ladder = ladder[:1] + [rung for rung in ladder[1:] if rung <= number // 4]
    else:
        ladder = [as_count("neighbours", neighbours, terms + 1)]
    if number < ladder[0]:
        raise ValueError(
            f"points must number at least {ladder[0]} (neighbours of a fit with {terms} terms), got {number}"
        )
    sample = _Sample(cKDTree(points), points, values, degree, terms)
    noise, ladder = _pilot(sample, ladder if standard_errors else ladder[:1])
    fit, used = _climb(sample, ladder, noise)
    # A few residuals make a poor variance: shrink it towards the common one.
    variance = ((used - terms) * fit.scatter + terms * noise) / used
    covariance = variance[:, None, None] * fit.unit if standard_errors else np.full_like(fit.unit, math.nan)
    return from_gradients(
        points,
        fit.gradients,
        covariance,
        refused={DUPLICATES: ~(fit.radius > 0.0), RANK_DEFICIENT: ~(fit.inflation < INFLATED)},
        noise=math.sqrt(noise),
        neighbours=used,
        degree=degree,
    )


class _Sample(NamedTuple):
    """What every fit needs."""

    tree: cKDTree
    points: Array
    values: Array
    degree: int
    terms: int


class _Fit(NamedTuple):
    """Local fits at m points.

    Gradients (m, n), their covariance for unit noise (m, n, n), and (m,) each: residual variance, radius of
    the neighbourhood, variance inflation.
    """

    gradients: Array
    unit: Array
    scatter: Array
    radius: Array
    inflation: Array

    def at(self, where: Index | NDArray[np.bool_]) -> "_Fit":
        """Return a copy of some points of the fit."""
        return _Fit(*(array[where] for array in self))


def _fit(sample: _Sample, rows: Index, neighbours: int) -> _Fit:
    """Fit the polynomial to the nearest neighbours of some points."""
    parts = []
    for near in neighbourhoods(sample.tree, sample.points[rows], sample.degree, neighbours):
        m, terms, _ = near.design.shape
        n = sample.points.shape[1]
        # Subtracting the value at the centre keeps the precision when f has a large offset.
        target = sample.values[near.index] - sample.values[rows[near.rows], None]
        right = np.zeros((m, terms, 1 + n))
        right[:, :, :1] = near.design @ target[..., None]
        right[:, np.arange(1, n + 1), np.arange(1, n + 1)] = 1.0
        solution = np.linalg.solve(near.gram, right)
        coefficients, unit = solution[:, :, :1], solution[:, 1 : n + 1, 1:]
        residual = target - (np.swapaxes(coefficients, 1, 2) @ near.design)[:, 0]
        parts.append(
            _Fit(
                gradients=coefficients[:, 1 : n + 1, 0] / near.scale,
                unit=0.5 * (unit + np.swapaxes(unit, 1, 2)) / np.square(near.scale)[:, None],
                scatter=np.square(residual).sum(axis=1) / (neighbours - terms),
                radius=near.radius,
                inflation=near.inflation(np.einsum("mii->mi", unit)),
            )
        )
    return _Fit(*map(np.concatenate, zip(*parts, strict=True)))


def _pilot(sample: _Sample, ladder: list[int]) -> tuple[float, list[int]]:
    """Estimate the noise variance on a few points, and whether larger neighbourhoods are worth a look."""
    number = len(sample.points)
    rows = np.unique(np.linspace(0, number - 1, min(PILOT, number)).astype(np.intp))
    first = _fit(sample, rows, ladder[0])
    usable = first.inflation < INFLATED
    if not usable.any():
        return 0.0, ladder[:1]
    freedom = ladder[0] - sample.terms
    # The median of a χ² over its freedom (Wilson-Hilferty) turns the median residual into a variance.
    noise = float(np.median(first.scatter[usable])) / (1.0 - 2.0 / (9.0 * freedom)) ** 3
    if len(ladder) > 1:
        second = _fit(sample, rows, ladder[1])
        if np.mean(_agree(second, first, noise)[usable]) < 0.75:
            return noise, ladder[:1]
    return noise, ladder


def _agree(large: _Fit, small: _Fit, noise: float) -> NDArray[np.bool_]:
    """Tell where a larger neighbourhood gives the same gradient as a smaller one within it, up to errors."""
    # For nested least squares the variance of the difference is the difference of the variances.
    gain = np.einsum("mii->m", small.unit) - np.einsum("mii->m", large.unit)
    variance = np.maximum(noise, small.scatter) * np.maximum(gain, 0.0)
    return np.asarray(np.square(large.gradients - small.gradients).sum(axis=1) <= DISAGREE * variance)


def _climb(sample: _Sample, ladder: list[int], noise: float) -> tuple[_Fit, Index]:
    """Fit every point on the highest rung that agrees with all below it; also return which that was."""
    active = np.arange(len(sample.points))
    best = _fit(sample, active, ladder[0])
    used = np.full(len(active), ladder[0], dtype=np.intp)
    below = [best.at(active)]
    for rung in ladder[1:]:
        fit = _fit(sample, active, rung)
        good = np.all([_agree(fit, lower, noise) for lower in below], axis=0)
        below = [lower.at(good) for lower in [*below, fit]]
        active = active[good]
        for kept, better in zip(best, below[-1], strict=True):
            kept[active] = better
        used[active] = rung
    return best, used
