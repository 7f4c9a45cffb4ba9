"""What a verdict starts from: values in the frame, without outliers, in two random halves."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery.frame import Frame
from hgmrl_lite.tangents.outliers import outliers
from hgmrl_lite.tangents.smoother import Smoother, local_smoother

#: Neighbours of the finest fit, as a multiple of the polynomial's terms, and the growth from rung to rung.
FINEST, GROWTH = 2.4, 2.5
#: Largest neighbourhood: absolute, the same for rounded values, and as a share of a half.
LARGEST, LARGEST_ROUNDED, SHARE = 1000, 2500, 0.3
#: Points at which gradients are compared.
COMPARED = 1200
#: Share of tied values from which the values count as rounded.
TIED = 0.3
OUTLYING = "value far from its neighbours'"


@dataclass(frozen=True, eq=False)
class Half:
    """One half of the samples.

    Attributes
    ----------
    tree : cKDTree
        Its points, in the frame.
    values : ndarray, shape (N / 2,)
        Its values.
    """

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
