"""What a few transitions are evidence for: a trend in what is left over, and the quantiles it is held to."""

import math

import numpy as np
from scipy.special import fdtri, ndtri, stdtrit

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.group import Index

CHANCE = 1e-3
"""How often a test may say so when it is not so."""
UNCOVERED = 0.05
"""Share of errors that stated bounds need not hold."""
NORMAL = float(ndtri(1.0 - 0.5 * UNCOVERED))
"""Standard errors in a stated bound, where many data make it."""
LARGEST_ANGLE = math.radians(8.0)
"""Error of the element that a policy still bears: regret climbs steeply from 8° to 10° on."""
MISFIT = 5.0
"""How many times the base model's misfit may be left over without meaning anything."""


def student(freedom: int, chance: float = CHANCE) -> float:
    """Return the two-sided quantile of Student's t; infinite without a degree of freedom."""
    return float(stdtrit(freedom, 1.0 - 0.5 * chance)) if freedom > 0 else math.inf


def trend_excess(
    points: Array, left: Array, slopes: Array, misfit: Array, noise: float, used: int, *, offset: bool
) -> float:
    """Return how far the trend in residuals exceeds what noise and the base model's misfit can explain.

    A wrong group leaves a smooth function of the state, noise on the rewards does not. The noise need not be
    known: it is what a polynomial fitted to the residuals leaves over (a lack-of-fit test). The misfit of the
    base model is smooth as well, and no number of transitions makes it smaller: it is allowed `MISFIT` times
    over.

    Parameters
    ----------
    points : ndarray, shape (N, n)
        Where.
    left : ndarray, shape (N,)
        Residuals there, in units of the reward.
    slopes : ndarray, shape (N, d)
        How the residuals change with the element: what a small error of it would leave does not count.
    misfit : ndarray, shape (N,)
        The base model's own misfit there; points where it is infinite are left out.
    noise : float
        Standard deviation of noise on the rewards of the base task: the new task's is taken to be no smaller.
    used : int
        Parameters that were fitted.
    offset : bool
        Whether a constant in the residuals counts.

    Returns
    -------
    float
        Mean square of the trend over its bound: above 1, the element does not explain the data. NaN when
        there are too few transitions to tell.
    """
    known = np.isfinite(misfit)
    points, left, slopes, misfit = points[known], left[known], slopes[known], misfit[known]
    number = len(points)
    design = _polynomials(points)
    freedom = number - design.shape[1] - used
    if freedom < 1:
        return math.nan
    if not offset:
        slopes = np.hstack([slopes, np.ones((number, 1))])
        design = design[:, 1:]
    # What a constant without meaning and a small step of the element can explain is taken out of both.
    explained = np.linalg.svd(slopes, full_matrices=False)
    frame = explained[0][:, explained[1] > 1e-9 * explained[1].max(initial=0.0)]
    left, design = (part - frame @ (frame.T @ part) for part in (left, design))
    fitted = design @ np.linalg.lstsq(design, left)[0]
    trend = float(np.square(fitted).mean())
    scatter = max(float(np.square(left - fitted).sum()) / freedom, noise**2)
    terms = design.shape[1]
    bound = terms * float(fdtri(terms, freedom, 1.0 - CHANCE)) * scatter / number
    bound += MISFIT**2 * float(np.square(misfit).mean())
    return float(trend / max(bound, float(np.finfo(float).tiny)))


def shared_misfit(slopes: Array, cells: Index, misfit: Array) -> Array:
    """Return the (d, d) covariance of Jᵀe that the base model's misfit brings.

    Points that fall to one centre of the model meet the same misfit, however many they are.

    Parameters
    ----------
    slopes : ndarray, shape (N, d)
        J, how the residuals change with the element.
    cells : ndarray of int, shape (N,)
        The nearest centre.
    misfit : ndarray, shape (N,)
        The misfit there; infinite ones do not count.
    """
    misfit = np.where(np.isfinite(misfit), misfit, 0.0)
    _, group = np.unique(cells, return_inverse=True)
    sums = np.zeros((int(group.max()) + 1, slopes.shape[1]))
    np.add.at(sums, group, misfit[:, None] * slopes)
    return np.asarray(sums.T @ sums)


def worst_error(normal: Array, variance: float, shared: Array) -> tuple[float, Array]:
    """Return the largest standard error and its direction, from (JᵀJ)⁻¹ (σ² JᵀJ + shared) (JᵀJ)⁻¹.

    Parameters
    ----------
    normal, shared : ndarray, shape (d, d)
        JᵀJ, and the covariance of Jᵀe beside σ² JᵀJ.
    variance : float
        σ², that of independent residuals.

    Returns
    -------
    tuple of float and ndarray, shape (d,)
        Infinite along a direction that the data leave open.
    """
    size, axes = np.linalg.eigh(normal)
    if not size[0] > 1e-12 * size[-1]:
        return math.inf, axes[:, 0]
    inverse = (axes / size) @ axes.T
    spread, directions = np.linalg.eigh(variance * inverse + inverse @ shared @ inverse)
    return math.sqrt(max(float(spread[-1]), 0.0)), directions[:, -1]


def _polynomials(points: Array) -> Array:
    """Return the monomials (N, p) of degree 2 in scaled points, or 1 where there are few."""
    number, n = points.shape
    scaled = points - points.mean(axis=0) if number else points
    size = np.sqrt(np.square(scaled).mean(axis=0)) if number else np.ones(n)
    scaled = scaled / np.where(size > 0.0, size, 1.0)
    linear = np.hstack([np.ones((number, 1)), scaled])
    rows, columns = np.triu_indices(n)
    if number < 2 * (linear.shape[1] + len(rows)):
        return linear
    return np.hstack([linear, scaled[:, rows] * scaled[:, columns]])
