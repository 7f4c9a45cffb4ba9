"""A local polynomial fit as a linear map from the samples' values to value and gradient of the function."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.local_fits import INFLATED, neighbourhoods
from hgmrl_lite.tangents.normals import Index


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
