"""A local polynomial fit as a linear map from the samples' values to value and gradient of the function."""

import math
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.normals import Index
from hgmrl_lite.tangents.regression import BATCH, INFLATED, monomials


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

    def apply(self, values: Array) -> Array:
        """Return value and gradient at every point, (m, 1 + n), from the samples' values (N,)."""
        # Subtracting one value keeps the precision when the function has a large offset.
        near = values[self.index]
        result = np.einsum("mik,mk->mi", self.weights, near - near[:, :1])
        result[:, 0] += near[:, 0]
        return result

    def gradient_matrix(self, number: int) -> scipy.sparse.csr_array:
        """Return the map from ``number`` values to all gradients, sparse, (m n, number)."""
        m, rows, k = self.weights.shape
        columns = np.repeat(self.index, rows - 1, axis=0).ravel()
        starts = np.arange(0, m * (rows - 1) * k + 1, k)
        return scipy.sparse.csr_array(
            (self.weights[:, 1:].ravel(), columns, starts), shape=(m * (rows - 1), number)
        )

    def variance(self) -> Array:
        """Return the variance of value and gradient entries, (m, 1 + n), for noise of variance 1."""
        return np.square(self.weights).sum(axis=2)


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
    terms = math.comb(n + degree, degree)
    index, weights = np.empty((m, neighbours), np.intp), np.empty((m, 1 + n, neighbours))
    step = max(1, BATCH // (neighbours * terms))
    wanted = np.eye(terms)[:, : 1 + n]
    for start in range(0, m, step):
        part = slice(start, start + step)
        found, near = tree.query(at[part], k=neighbours)
        radius = np.asarray(found)[:, -1]
        scale = np.where(radius > 0.0, radius, 1.0)
        offsets = (np.asarray(tree.data)[near] - at[part][:, None]) / scale[:, None, None]
        design = monomials(np.ascontiguousarray(np.swapaxes(offsets, 1, 2)), degree)
        gram = design @ np.swapaxes(design, 1, 2)
        # A ridge at rounding level keeps singular systems solvable; their inflation gives them away.
        gram[:, np.arange(terms), np.arange(terms)] += 1e-13 * neighbours
        solution = np.linalg.solve(gram, np.broadcast_to(wanted, (len(gram), *wanted.shape)))
        inflation = neighbours * solution[:, np.arange(1 + n), np.arange(1 + n)].max(axis=1)
        solution[~((radius > 0.0) & (inflation < INFLATED))] = math.nan
        local = np.swapaxes(solution, 1, 2) @ design
        local[:, 1:] /= scale[:, None, None]
        index[part], weights[part] = near, local
    return Smoother(index, weights)
