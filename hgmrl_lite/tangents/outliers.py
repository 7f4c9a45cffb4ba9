"""Samples whose value is far from what their neighbours say."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.regression import BATCH

#: Neighbours of the robust fit, beside the sample itself.
AROUND = 24
#: Rounds of reweighting: from least squares to nearly least absolute values.
ROUNDS = 6
#: How many times the neighbours' own scatter a value may be off.
FAR = 6.0
#: From the median of absolute normal deviates to their standard deviation.
NORMAL = 1.4826
#: Scatter below this share of the usual one counts as the usual one times it.
QUIET = 0.25


def outliers(points: Array, values: Array, step: float = 0.0) -> NDArray[np.bool_]:
    """Tell which values are far from a robust linear fit to their neighbours, which leaves the value itself out.

    The fit minimises nearly the absolute residuals, by reweighting (Holland and Welsch, 1977), so that outliers
    among the neighbours do not matter. The scale is the median absolute residual of the neighbours, so that a
    curved or kinked function has no outliers.

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
    off, scale, inflation = np.empty(number), np.empty(number), np.empty(number)
    step_rows = max(1, BATCH // (around * (n + 1)))
    for start in range(0, number, step_rows):
        rows = np.arange(start, min(number, start + step_rows))
        near = np.asarray(tree.query(points[rows], k=around + 1)[1])
        # The sample itself is usually the first; among coinciding points it may be any, or none.
        itself = near == rows[:, None]
        itself[~itself.any(axis=1), -1] = True
        near = near[~itself].reshape(len(rows), around)
        off[rows], scale[rows], inflation[rows] = _robust_fit(
            points[near] - points[rows, None], values[near] - values[rows, None]
        )
    least = max(step, QUIET * float(np.median(scale)), 1e-12 * float(np.abs(values).max()))
    return np.abs(off) > FAR * np.maximum(scale, least) * np.sqrt(1.0 + inflation)


def _robust_fit(offsets: Array, rises: Array) -> tuple[Array, Array, Array]:
    """Return the fitted rise at offset zero, the scatter about the fit and the fit's variance, (m,) each."""
    m, k, n = offsets.shape
    radius = np.linalg.norm(offsets, axis=2).max(axis=1)
    design = np.concatenate(
        [np.ones((m, k, 1)), offsets / np.where(radius > 0.0, radius, 1.0)[:, None, None]], 2
    )
    weights = np.ones((m, k))
    ridge = 1e-9 * k * np.eye(n + 1)
    for _ in range(ROUNDS):
        weighted = np.swapaxes(design * weights[:, :, None], 1, 2)
        gram = weighted @ design + ridge * weights.mean(axis=1)[:, None, None]
        fit = np.linalg.solve(gram, weighted @ rises[:, :, None])
        residuals = np.abs(rises - (design @ fit)[:, :, 0])
        middle = np.median(residuals, axis=1)
        floor = np.maximum(0.1 * middle, np.finfo(float).tiny)[:, None]
        weights = middle[:, None] / np.maximum(residuals, floor) + 1e-9
    plain = np.swapaxes(design, 1, 2) @ design + ridge
    unit = np.zeros((m, n + 1, 1))
    unit[:, 0] = 1.0
    return fit[:, 0, 0], NORMAL * middle, np.linalg.solve(plain, unit)[:, 0, 0]
