"""Samples whose value is far from what their neighbours say."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.local_fits import Neighbourhoods, neighbourhoods
from hgmrl_lite.tangents.normals import Index

#: Neighbours of the robust fit, beside the sample itself.
AROUND = 24
#: Rounds of reweighting: from least squares to nearly least absolute values.
ROUNDS = 6
#: How many times the neighbours' own scatter a value may be off, and the usual scatter before anybody looks.
FAR, SUSPICIOUS = 6.0, 3.0
#: From the median of absolute normal deviates to their standard deviation.
NORMAL = 1.4826
#: Scatter below this share of the usual one counts as the usual one times it.
QUIET = 0.25


def outliers(points: Array, values: Array, step: float = 0.0) -> NDArray[np.bool_]:
    """Tell which values are far from a robust linear fit to their neighbours alone.

    The fit minimises nearly the absolute residuals, by reweighting (Holland and Welsch, 1977), so that
    outliers among the neighbours do not matter. The scale is the median absolute residual of the neighbours,
    so that a curved or kinked function has no outliers.

    Parameters
    ----------
    points : ndarray, shape (N, n)
        Points.
    values : ndarray, shape (N,)
        Values.
    step : float
        Distance of neighbouring values where they are rounded: the least scale.

    Returns
    -------
    ndarray of bool, shape (N,)
        True for an outlier.
    """
    number, n = points.shape
    around = min(max(AROUND, 4 * (n + 1)), number - 1)
    tree = cKDTree(points)
    rows = np.arange(number)
    off, scale, _ = _fits(tree, points, values, rows, around, 0)
    least = max(step, 1e-12 * float(np.abs(values).max()))
    # Only what a plain fit finds far off deserves the robust one.
    rows = np.flatnonzero(np.abs(off) > SUSPICIOUS * max(least, float(np.median(scale))))
    usual = QUIET * float(np.median(scale))
    off, scale, inflation = _fits(tree, points, values, rows, around, ROUNDS)
    far = np.zeros(number, dtype=bool)
    far[rows] = np.abs(off) > FAR * np.maximum(scale, max(least, usual)) * np.sqrt(1.0 + inflation)
    return far


def _fits(
    tree: cKDTree, points: Array, values: Array, rows: Index, around: int, rounds: int
) -> tuple[Array, Array, Array]:
    """Return how far values are off from their neighbours' fit, its scatter and its variance, (m,) each."""
    off, scale, inflation = np.empty(len(rows)), np.empty(len(rows)), np.empty(len(rows))
    for part in neighbourhoods(tree, points[rows], 1, around, without=rows):
        rises = values[part.index] - values[rows[part.rows], None]
        off[part.rows], scale[part.rows], inflation[part.rows] = _fit(part, rises, rounds)
    return off, scale, inflation


def _fit(near: Neighbourhoods, rises: Array, rounds: int) -> tuple[Array, Array, Array]:
    """Return the fitted rise at offset zero, the scatter about the fit and the fit's variance, (m,) each."""
    design = near.design
    m, terms, k = design.shape
    turned, ridge = np.swapaxes(design, 1, 2), 1e-9 * k * np.eye(terms)
    plain = near.gram + ridge
    gram, right = plain, design @ rises[:, :, None]
    for left in reversed(range(rounds + 1)):
        fit = np.linalg.solve(gram, right)
        residuals = np.abs(rises - (turned @ fit)[:, :, 0])
        middle = np.median(residuals, axis=1)
        if left:
            floor = np.maximum(0.1 * middle, np.finfo(float).tiny)[:, None]
            weights = middle[:, None] / np.maximum(residuals, floor) + 1e-9
            weighted = design * weights[:, None]
            gram = weighted @ turned + ridge * weights.mean(axis=1)[:, None, None]
            right = weighted @ rises[:, :, None]
    unit = np.zeros((m, terms, 1))
    unit[:, 0] = 1.0
    return fit[:, 0, 0], NORMAL * middle, np.linalg.solve(plain, unit)[:, 0, 0]
