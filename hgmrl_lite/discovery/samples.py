"""What a verdict starts from: values in the frame, without outliers, in two random halves."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery.null_space import Frame
from hgmrl_lite.tangents.local_fits import Neighbourhoods, Smoother, local_smoother, neighbourhoods
from hgmrl_lite.tangents.normals import Index

#: Neighbours of the finest fit, as a multiple of the polynomial's terms, and the growth from rung to rung.
FINEST, GROWTH = 2.4, 2.5
#: Largest neighbourhood: absolute, the same for rounded values, and as a share of a half.
LARGEST, LARGEST_ROUNDED, SHARE = 1000, 2500, 0.3
#: Points at which gradients are compared.
COMPARED = 1200
#: Share of tied values from which the values count as rounded.
TIED = 0.3
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
OUTLYING = "value far from its neighbours'"


class Half(NamedTuple):
    """One half of the samples: its points, in the frame, and its values (N / 2,)."""

    tree: cKDTree
    values: Array


@dataclass(frozen=True, eq=False)
class Samples:
    """Values of a function at points, ready for local fits.

    Attributes
    ----------
    frame : Frame
        The coordinates.
    halves : tuple of two Half
        A random split: the errors of two fits to different halves are independent.
    compared : ndarray, shape (m, n)
        Random points of the sample, in the frame, at which gradients are compared.
    degree : int
        Degree of the local polynomials.
    ladder : tuple of int
        Neighbours of the fits, from the finest to the coarsest.
    step : float
        Distance of neighbouring values where the values are rounded; 0 where they are not.
    total : int
        Points that came.
    dropped : dict
        How many of them were left out, by reason.
    """

    frame: Frame
    halves: tuple[Half, Half]
    compared: Array
    degree: int
    ladder: tuple[int, ...]
    step: float
    total: int
    dropped: dict[str, int]

    def smoothers(self, neighbours: int) -> tuple[Smoother, Smoother]:
        """Return the fits of both halves at the compared points."""
        first, second = (
            local_smoother(half.tree, self.compared, self.degree, neighbours) for half in self.halves
        )
        return first, second

    @cached_property
    def residuals(self) -> tuple[Array, Array]:
        """Residuals (N / 2,) of each half at the other half's finest fit, scaled to the size of the noise."""
        one, two = self.halves
        return self._residuals(one, two), self._residuals(two, one)

    def _residuals(self, half: Half, other: Half) -> Array:
        # Where points coincide, the finest neighbourhoods may determine nothing.
        for neighbours in self.ladder:
            fit = local_smoother(other.tree, np.asarray(half.tree.data), self.degree, neighbours)
            # A prediction errs by the noise of its own value and by that of the fit.
            inflation = np.square(fit.weights[:, 0]).sum(axis=1)
            residuals = (half.values - fit.apply(other.values)[:, 0]) / np.sqrt(1.0 + inflation)
            poor = ~(inflation < 1.0)
            good = residuals[~poor]
            if len(good):
                break
        else:
            return np.full(len(residuals), math.nan)
        # Where the fit extrapolates, a residual from elsewhere tells more about the noise.
        residuals[poor] = np.random.default_rng(len(good)).choice(good, size=int(poor.sum()))
        return np.asarray(residuals)


def gather(points: Array, values: ArrayLike, algebra: str, rng: np.random.Generator) -> Samples:
    """Return samples from the arguments of `discover`; raise ValueError as documented there."""
    number, n = points.shape
    values = as_array("values", values, (number,))
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ValueError(
            f"values must vary, got the constant {values.flat[0]:.6g}: every map is a symmetry of a constant"
        )
    # By a power of two, which rounds nothing: squares of huge and tiny values stay in range.
    values = np.asarray(values / 2.0 ** math.floor(math.log2(np.abs(values).max())))
    degree = 3 if n == 2 else 2
    terms = math.comb(n + degree, degree)
    finest = math.ceil(FINEST * terms)
    if number < 2 * finest:
        raise ValueError(
            f"points must number at least {2 * finest} (twice the {finest} neighbours of a fit with {terms} "
            f"terms), got {number}"
        )
    frame = Frame.of(points, algebra)
    inside = frame.to_frame(points)
    step = rounding_step(values)
    wrong = outliers(inside, values, step)
    kept = rng.permutation(np.flatnonzero(~wrong))
    middle = len(kept) // 2
    if middle < finest:
        raise ValueError(
            f"points must number at least {2 * finest}, {finest} in each half, beside those left out, got "
            f"{number} with {wrong.sum()} left out: {OUTLYING}"
        )
    one, two = (Half(cKDTree(inside[rows]), values[rows]) for rows in (kept[:middle], kept[middle:]))
    ladder = [finest]
    # Rounded values need neighbourhoods of some width, however many samples are in them.
    largest = int(min(LARGEST_ROUNDED if step else LARGEST, SHARE * middle))
    while ladder[-1] * GROWTH <= largest:
        ladder.append(round(ladder[-1] * GROWTH))
    if step and largest > ladder[-1]:
        ladder.append(largest)
    # The split is random, so the first points of both halves are as well.
    drawn = np.concatenate([kept[:middle][: COMPARED // 2], kept[middle:][: COMPARED // 2]])
    dropped = {OUTLYING: int(wrong.sum())} if wrong.any() else {}
    return Samples(frame, (one, two), inside[drawn], degree, tuple(ladder), step, number, dropped)


def rounding_step(values: Array) -> float:
    """Return the usual distance of neighbouring values when many of them are equal, else 0."""
    distinct = np.unique(values)
    tied = 1.0 - len(distinct) / len(values)
    return float(np.median(np.diff(distinct))) if tied > TIED and len(distinct) > 1 else 0.0


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
