"""Local fits on a grid of the plane, to two independent halves of samples, to look up between its knots.

A map of the plane then costs a look-up and no fit, and the errors of values go the same way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.samples import NORMAL
from hgmrl_lite.tangents.local_fits import local_smoother
from hgmrl_lite.tangents.normals import Index

#: Knots of the grid along each axis, the share of the data beyond it on each side, and how far it reaches at
#: most, in standard deviations of a normal law with the data's median absolute deviation.
KNOTS, BEYOND, REACH = 48, 0.002, 4.0
#: The corners of a cell, behind its first knot.
CORNERS = (0, 1, KNOTS, KNOTS + 1)
#: Degree of the local polynomials.
DEGREE = 3
#: A fit that spreads noise, or reaches, so many times more than the usual one is outside the data.
NOISY, WIDE = 10.0, 3.0
#: Samples at which fits are compared with the other half's values, and the share of them that counts.
TRIED, USUAL = 400, 0.95

#: Points and values (N / 2, V) of either half of the samples.
Halves = tuple[tuple[cKDTree, Array], tuple[cKDTree, Array]]


@dataclass(frozen=True, eq=False)
class Places:
    """Where points (...) are on a grid, and what is there.

    Attributes
    ----------
    knot : ndarray of int, shape (...)
        First knot of the cell.
    shares : ndarray, shape (4, ...)
        How much each corner of the cell counts.
    known : ndarray of bool, shape (...)
        Whether the data determine the fits there.
    values : ndarray, shape (F, V, ...)
        What the fits hold.
    """

    knot: Index
    shares: Array
    known: NDArray[np.bool_]
    values: Array

    def of(self, index: int) -> "Places":
        """Return one row of places (G, m)."""
        return Places(self.knot[index], self.shares[:, index], self.known[index], self.values[:, :, index])


@dataclass(frozen=True, eq=False)
class GridFits:
    """Fits of V functions on a grid, by either half of the samples.

    Attributes
    ----------
    halves : tuple of two tuples of cKDTree and ndarray, shape (N / 2, V)
        Points and values.
    low, step : ndarray, shape (2,)
        First knot, and distance of knots.
    inside : ndarray of bool, shape (KNOTS²,)
        Whether the data determine the fit at a knot.
    pulls : tuple of two sparse arrays, shape (KNOTS², N / 2)
        From the values of a half to its fit.
    """

    halves: Halves
    low: Array
    step: Array
    inside: NDArray[np.bool_]
    pulls: tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]

    @classmethod
    def of(cls, halves: Halves, neighbours: int) -> "GridFits":
        """Fit on a grid over the data, with so many neighbours."""
        data = np.concatenate([np.asarray(tree.data) for tree, _ in halves])
        low, high = np.quantile(data, [BEYOND, 1.0 - BEYOND], axis=0)
        middle = np.median(data, axis=0)
        reach = REACH * NORMAL * np.median(np.abs(data - middle), axis=0)
        # Few far points must not make the grid coarse where the many are.
        reach = np.where(reach > 0.0, reach, np.inf)
        low, high = np.maximum(low, middle - reach), np.minimum(high, middle + reach)
        axes = np.linspace(low, high, KNOTS).T
        at = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        inside, pulls = np.ones(len(at), dtype=bool), []
        for tree, values in halves:
            fit = local_smoother(tree, at, DEGREE, neighbours)
            weights = fit.weights[:, 0]
            noise = np.nan_to_num(np.square(weights).sum(axis=1), nan=np.inf)
            wide, usual = (
                tree.query(points, k=[neighbours])[0][:, 0] for points in (at, np.asarray(tree.data)[:TRIED])
            )
            known = (noise < NOISY * np.median(noise)) & (wide < WIDE * np.median(usual))
            weights = np.where(known[:, None], weights, 0.0)
            starts = np.arange(0, weights.size + 1, neighbours)
            pulls.append(
                scipy.sparse.csr_array(
                    (weights.ravel(), fit.index.ravel(), starts), shape=(len(at), len(values))
                )
            )
            inside &= known
        return cls(halves, low, (high - low) / (KNOTS - 1), inside, (pulls[0], pulls[1]))

    @cached_property
    def fits(self) -> Array:
        """The functions at the knots by either half, (2, V, KNOTS²)."""
        pulled = [pull @ values for pull, (_, values) in zip(self.pulls, self.halves, strict=True)]
        return np.ascontiguousarray(np.stack(pulled).swapaxes(1, 2))

    @cached_property
    def mean_fit(self) -> Array:
        """Their mean, (1, V, KNOTS²)."""
        return np.asarray(self.fits.mean(axis=0, keepdims=True))

    @cached_property
    def _cells(self) -> NDArray[np.bool_]:
        """Whether all corners of a cell are inside, by its first knot."""
        inside = self.inside.reshape(KNOTS, KNOTS)
        cells = np.zeros_like(inside)
        cells[:-1, :-1] = inside[:-1, :-1] & inside[1:, :-1] & inside[:-1, 1:] & inside[1:, 1:]
        return cells.ravel()

    def look_up(self, points: Array, fits: Array) -> Places:
        """Return what fits (F, V, KNOTS²) hold at points (..., 2), linear between the knots."""
        u, v = ((points[..., axis] - self.low[axis]) / self.step[axis] for axis in (0, 1))
        row, column = (np.clip(part.astype(np.intp), 0, KNOTS - 2) for part in (u, v))
        u, v = u - row, v - column
        knot = row * KNOTS + column
        known = self._cells[knot] & (u >= 0.0) & (u <= 1.0) & (v >= 0.0) & (v <= 1.0)
        shares = np.stack([(1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v])
        values = np.zeros((*fits.shape[:2], *knot.shape))
        for corner, share in zip(CORNERS, shares, strict=True):
            values += share * fits[..., knot + corner]
        return Places(knot, shares, known, values)

    @cached_property
    def residuals(self) -> tuple[Array, Array]:
        """What each half's values (N / 2, V) differ by from the other half's fit."""
        found = []
        for half, (tree, values) in enumerate(self.halves):
            there = self.look_up(np.asarray(tree.data), self.fits)
            left = values - there.values[1 - half].T
            # Where there is no fit the usual residual stands in.
            usual = np.sqrt(np.square(left[there.known]).sum(axis=0) / max(int(there.known.sum()), 1))
            found.append(np.where(there.known[:, None], left, usual))
        return found[0], found[1]

    def variance(self, half: int, parts: Sequence[tuple[Places, Array]]) -> float:
        """Return the variance of the sum of what a half's fits are at places (m,), times weights (V, m)."""
        slopes = np.zeros((self.fits.shape[1], self.fits.shape[2]))
        for place, weights in parts:
            for corner, share in zip(CORNERS, place.shares, strict=True):
                for slope, weight in zip(slopes, weights, strict=True):
                    slope += np.bincount(place.knot + corner, weight * share, len(slope))
        pulled = self.pulls[half].T @ slopes.T
        return float(np.square(pulled * self.residuals[half]).sum())


def left_over(halves: Halves, neighbours: int) -> float:
    """Return the mean square by which local fits miss the other half's values, without the largest misses."""
    square = 0.0
    for (tree, values), (other, known) in (halves, halves[::-1]):
        fit = local_smoother(other, np.asarray(tree.data)[:TRIED], DEGREE, neighbours)
        predicted = np.einsum("mk,mkv->mv", fit.weights[:, 0], known[fit.index])
        off = np.square(values[:TRIED] - predicted).sum(axis=1)
        square += usual_mean(off)
    return square


def usual_mean(squares: Array) -> float:
    """Return the mean of squares (m,), capped where the largest begin; infinite when all are NaN."""
    squares = squares[np.isfinite(squares)]
    return float(np.minimum(squares, np.quantile(squares, USUAL)).mean()) if len(squares) else math.inf
