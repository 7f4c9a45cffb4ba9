"""Polynomials fitted by least squares to the nearest samples of many points: what every local fit shares.

A `Smoother` is such fits as a linear map from the samples' values to value and gradient of the function.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.normals import Index

#: Variance of a gradient, in units of noise variance over neighbours times radius squared, from which a
#: neighbourhood counts as rank-deficient (about 10 for a round one).
INFLATED = 1e10
#: Numbers in one batch of design matrices: bounds the memory.
BATCH = 1 << 19


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """The samples near m points, and the polynomials on them.

    Attributes
    ----------
    rows : slice
        Which of the points that were asked for.
    index : ndarray of int, shape (m, k)
        The samples near each point.
    radius : ndarray, shape (m,)
        Distance of the farthest.
    design : ndarray, shape (m, terms, k)
        Monomials of the offsets from the point in units of the radius: constant, linear, ...
    """

    rows: slice
    index: Index
    radius: Array
    design: Array

    @property
    def scale(self) -> Array:
        """The unit of length (m, 1): the radius, or 1 where all samples coincide with the point."""
        return np.where(self.radius > 0.0, self.radius, 1.0)[:, None]

    @cached_property
    def gram(self) -> Array:
        """The matrices of the normal equations, (m, terms, terms)."""
        terms, neighbours = self.design.shape[1:]
        gram = np.asarray(self.design @ np.swapaxes(self.design, 1, 2))
        # A ridge at rounding level keeps singular systems solvable; their inflation gives them away.
        gram[:, np.arange(terms), np.arange(terms)] += 1e-13 * neighbours
        return gram

    def inflation(self, variances: Array) -> Array:
        """Return by how much noise is magnified, (m,), from variances (m, c) for noise of variance 1."""
        largest = self.design.shape[2] * variances.max(axis=1)
        return np.where(self.radius > 0.0, largest, math.inf)


def neighbourhoods(
    tree: cKDTree, at: Array, degree: int, neighbours: int, without: Index | None = None
) -> Iterator[Neighbourhoods]:
    """Yield the neighbourhoods of some points, a batch at a time.

    Parameters
    ----------
    tree : cKDTree
        The samples' points, N of dimension n.
    at : ndarray, shape (m, n)
        Where to fit.
    degree : int
        Degree of the polynomial.
    neighbours : int
        Samples in each fit, at least as many as the polynomial has terms.
    without : ndarray of int, shape (m,), optional
        A sample for each point, usually the point itself, that is no neighbour of it.

    Yields
    ------
    Neighbourhoods
    """
    n = at.shape[1]
    samples = np.asarray(tree.data)
    step = max(1, BATCH // (neighbours * math.comb(n + degree, degree)))
    for start in range(0, len(at), step):
        rows = slice(start, start + step)
        centre = at[rows]
        distance, near = (np.asarray(a) for a in tree.query(centre, k=neighbours + (without is not None)))
        if without is not None:
            # It is usually the first; among coinciding points it may be any, or none.
            left = near == without[rows, None]
            left[~left.any(axis=1), -1] = True
            distance, near = (a[~left].reshape(len(centre), neighbours) for a in (distance, near))
        radius = distance[:, -1]
        scale = np.where(radius > 0.0, radius, 1.0)[:, None]
        offsets = np.empty((len(centre), n, neighbours))
        for i in range(n):
            offsets[:, i] = (samples[near, i] - centre[:, i, None]) / scale
        yield Neighbourhoods(rows, near, radius, _monomials(offsets, degree))


def _monomials(offsets: Array, degree: int) -> Array:
    """Return the monomials up to ``degree`` of offsets (m, n, k), as (m, terms, k): constant, linear, ..."""
    m, n, k = offsets.shape
    design = np.empty((m, math.comb(n + degree, degree), k))
    design[:, 0] = 1.0
    design[:, 1 : n + 1] = offsets
    at: dict[tuple[int, ...], int] = {(i,): i + 1 for i in range(n)}
    column = n + 1
    for order in range(2, degree + 1):
        for factors in combinations_with_replacement(range(n), order):
            np.multiply(design[:, at[factors[:-1]]], offsets[:, factors[-1]], out=design[:, column])
            at[factors] = column
            column += 1
    return design


@dataclass(frozen=True, eq=False)
class Smoother:
    """What local fits at m points make of the values of N samples.

    Attributes
    ----------
    index : ndarray of int, shape (m, k)
        The neighbours that each fit uses.
    weights : ndarray, shape (m, 1 + n, k)
        Value and gradient at a point are ``weights @ values[index]``.
    """

    index: Index
    weights: Array

    def at(self, points: Index | NDArray[np.bool_]) -> "Smoother":
        """Return the fits at some of the points."""
        return Smoother(self.index[points], self.weights[points])

    def apply(self, values: Array) -> Array:
        """Return value and gradient at every point, (m, 1 + n), from the samples' values (N,)."""
        # Subtracting one value keeps the precision when the function has a large offset.
        near = values[self.index]
        result = np.asarray(np.einsum("mik,mk->mi", self.weights, near - near[:, :1]))
        result[:, 0] += near[:, 0]
        return result

    def gradients(self, draws: Array) -> Array:
        """Return the gradients (m, n, R) of R sets of values, (N, R)."""
        m, rows, k = self.weights.shape
        columns = np.repeat(self.index, rows - 1, axis=0).ravel()
        starts = np.arange(0, m * (rows - 1) * k + 1, k)
        matrix = scipy.sparse.csr_array(
            (self.weights[:, 1:].ravel(), columns, starts), shape=(m * (rows - 1), len(draws))
        )
        return np.asarray(matrix @ draws).reshape(m, rows - 1, -1)

    def variance(self) -> Array:
        """Return the variance of value and gradient entries, (m, 1 + n), for noise of variance 1."""
        return np.asarray(np.square(self.weights).sum(axis=2))


def local_smoother(tree: cKDTree, at: Array, degree: int, neighbours: int) -> Smoother:
    """Return the local fits at some points, each to its nearest samples.

    Parameters
    ----------
    tree : cKDTree
        The samples' points, N of dimension n.
    at : ndarray, shape (m, n)
        Where to fit.
    degree : int
        Degree of the polynomial.
    neighbours : int
        Samples in each fit, at least as many as the polynomial has terms.

    Returns
    -------
    Smoother
        The weights of a neighbourhood that does not determine the polynomial are NaN.
    """
    m, n = at.shape
    index, weights = np.empty((m, neighbours), np.intp), np.empty((m, 1 + n, neighbours))
    for part in neighbourhoods(tree, at, degree, neighbours):
        wanted = np.broadcast_to(np.eye(part.design.shape[1])[:, : 1 + n], (*part.gram.shape[:2], 1 + n))
        solution = np.linalg.solve(part.gram, wanted)
        deficient = ~(part.inflation(np.einsum("mii->mi", solution[:, : 1 + n])) < INFLATED)
        solution[deficient] = math.nan
        local = np.swapaxes(solution, 1, 2) @ part.design
        local[:, 1:] /= part.scale[:, None]
        index[part.rows], weights[part.rows] = part.index, local
    return Smoother(index, weights)
