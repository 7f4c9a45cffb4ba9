"""How much a sampled function of the plane changes under a map, with the error of that."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.finite import Change
from hgmrl_lite.discovery.samples import Samples
from hgmrl_lite.tangents.local_fits import local_smoother
from hgmrl_lite.tangents.normals import Index

#: Knots of the grid along each axis, and the share of the data beyond it on each side.
KNOTS, BEYOND = 48, 0.002
#: The corners of a cell of the grid, behind its first knot.
CORNERS = (0, 1, KNOTS, KNOTS + 1)
#: A rough answer looks at every so-manieth point.
THIN = 3
#: Points at which the fits of a size are compared with the other half's values.
TRIED = 400
#: A knot whose fit spreads noise, or reaches, so many times more than the usual one counts as outside the data.
NOISY, WIDE = 10.0, 3.0


@dataclass(frozen=True, eq=False)
class SampledImages:
    """Two fits of a function, to independent halves of its samples, on one grid.

    Between knots the fits are interpolated linearly, so that a map costs a look-up and not a fit.

    Attributes
    ----------
    low, step : ndarray, shape (2,)
        First knot and distance of knots, in the samples' frame.
    fits : ndarray, shape (KNOTS², 2)
        The function by either half.
    inside : ndarray, shape (KNOTS²,)
        1 where the data determine the fits, 0 elsewhere.
    points : ndarray, shape (m, 2)
        Points of the sample, in the frame.
    pulls : tuple of two sparse arrays, shape (KNOTS², N / 2)
        From the values of a half to its fit.
    """

    samples: Samples
    low: Array
    step: Array
    fits: Array
    inside: Array
    points: Array
    pulls: tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]
    none: ClassVar[float] = 1e-4

    @classmethod
    def of(cls, samples: Samples) -> "SampledImages":
        """Fit both halves on a grid over the data."""
        data = np.concatenate([np.asarray(half.tree.data) for half in samples.halves])
        low, high = np.quantile(data, [BEYOND, 1.0 - BEYOND], axis=0)
        step = (high - low) / (KNOTS - 1)
        at = np.stack(np.meshgrid(*np.linspace(low, high, KNOTS).T, indexing="ij"), axis=-1).reshape(-1, 2)
        neighbours = _best_size(samples)
        fits, pulls, inside = [], [], np.ones(len(at), dtype=bool)
        for half in samples.halves:
            fit = local_smoother(half.tree, at, samples.degree, neighbours)
            weights = fit.weights[:, 0]
            noise = np.square(weights).sum(axis=1)
            reach = half.tree.query(at, k=[neighbours])[0][:, 0]
            usual = float(np.median(half.tree.query(samples.compared, k=[neighbours])[0]))
            known = (noise < NOISY * np.nanmedian(noise)) & (reach < WIDE * usual)
            inside &= known
            weights = np.where(known[:, None], weights, 0.0)
            starts = np.arange(0, weights.size + 1, neighbours)
            pull = scipy.sparse.csr_array(
                (weights.ravel(), fit.index.ravel(), starts), shape=(len(at), len(half.values))
            )
            pulls.append(pull)
            fits.append(pull @ half.values)
        return cls(samples, low, step, np.stack(fits), inside, samples.compared, (pulls[0], pulls[1]))

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the change of the function under homogeneous maps (G, 3, 3) of the original coordinates."""
        frame, start = self.samples.frame, self._thin_start if rough else self._start
        linear = frame.inverse @ maps[:, :2, :2] @ frame.scale
        shift = (maps[:, :2, :2] @ frame.shift + maps[:, :2, 2] - frame.shift) @ frame.inverse.T
        x, y = start.points.T
        end = self._look_up(
            linear[:, 0, :1] * x + linear[:, 0, 1:] * y + shift[:, :1],
            linear[:, 1, :1] * x + linear[:, 1, 1:] * y + shift[:, 1:],
            self._mean_fit if rough else self.fits,
        )
        known = start.known & end.known
        number = known.sum(axis=1)
        weight = known / np.maximum(number, 1)[:, None]
        # A value differs from one elsewhere by twice the variance, in mean square.
        ends = [start.values.mean(axis=0), end.values.mean(axis=0)]
        mean = sum((weight * values).sum(axis=1) for values in ends) / 2.0
        spread = sum((weight * (values - mean[:, None]) ** 2).sum(axis=1) for values in ends)
        spread = spread + np.finfo(float).tiny
        rise = (end.values - start.values[:, None]) * known
        square = (weight * rise[0] * rise[-1]).sum(axis=1)
        error = np.zeros(len(maps))
        if not rough:
            for index in range(len(maps)):
                error[index] = self._error(weight[index] * rise[:, index], start, end.of(index))
        return Change(square / spread, error / spread, number / max(start.known.sum(), 1))

    @cached_property
    def _mean_fit(self) -> Array:
        return np.asarray(self.fits.mean(axis=0, keepdims=True))

    @cached_property
    def _start(self) -> "Places":
        return self._look_up(*self.points.T, self.fits)

    @cached_property
    def _thin_start(self) -> "Places":
        return self._look_up(*self.points[::THIN].T, self._mean_fit)

    @cached_property
    def _cells(self) -> Array:
        """1 for cells of the grid whose four knots are all inside, by their first knot."""
        inside = self.inside.reshape(KNOTS, KNOTS)
        cells = np.zeros((KNOTS, KNOTS), dtype=bool)
        cells[:-1, :-1] = inside[:-1, :-1] & inside[1:, :-1] & inside[:-1, 1:] & inside[1:, 1:]
        return cells.ravel()

    def _look_up(self, x: Array, y: Array, fits: Array) -> "Places":
        """Return what the grid holds of fits (F, KNOTS²) at points of coordinates (...), by interpolation."""
        u, v = (x - self.low[0]) / self.step[0], (y - self.low[1]) / self.step[1]
        row, column = (np.clip(part.astype(np.intp), 0, KNOTS - 2) for part in (u, v))
        u, v = u - row, v - column
        knot = row * KNOTS + column
        known = self._cells[knot] & (u >= 0.0) & (u <= 1.0) & (v >= 0.0) & (v <= 1.0)
        shares = np.stack([(1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v])
        values = sum(shares[k] * fits[:, knot + CORNERS[k]] for k in range(4))
        return Places(np.stack([x, y], axis=-1), knot, shares, known, np.asarray(values))

    def _error(self, rise: Array, start: "Places", end: "Places") -> float:
        """Return the standard error of a squared change, from weighted rises (2, m).

        It is what the errors of the values, read off their residuals, do to it through both fits.
        """
        variance = 0.0
        for half, pull in enumerate(self.pulls):
            slope = np.zeros(self.fits.shape[1])
            for place, sign in ((end, 1.0), (start, -1.0)):
                for corner, share in zip(CORNERS, place.shares, strict=True):
                    slope += np.bincount(place.knot + corner, sign * rise[1 - half] * share, len(slope))
            variance += float(np.square((pull.T @ slope) * self.samples.residuals[half]).sum())
        return float(np.sqrt(variance))


@dataclass(frozen=True, eq=False)
class Places:
    """Points on the grid: the first knot of their cell, the shares (4, ...) of its corners, and what is there."""

    points: Array
    knot: Index
    shares: Array
    known: NDArray[np.bool_]
    values: Array

    def of(self, index: int) -> "Places":
        """Return the points of one map."""
        return Places(
            self.points[index],
            self.knot[index],
            self.shares[:, index],
            self.known[index],
            self.values[:, index],
        )


def _best_size(samples: Samples) -> int:
    """Return how many neighbours fit the other half's values best."""
    one, two = samples.halves
    left = []
    for neighbours in samples.ladder:
        square = 0.0
        for half, other in ((one, two), (two, one)):
            at = np.asarray(half.tree.data)[:TRIED]
            fit = local_smoother(other.tree, at, samples.degree, neighbours).apply(other.values)[:, 0]
            off = np.abs(half.values[:TRIED] - fit)
            # The median would not see a bend in a few places, the mean hardly anything else.
            square += float(np.nanmean(np.square(np.minimum(off, np.nanquantile(off, 0.95)))))
        left.append(square)
    return samples.ladder[int(np.nanargmin(left))]
