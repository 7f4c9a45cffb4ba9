"""Norms whose squares neither overflow nor underflow, and null spaces."""

import numpy as np

from hgmrl_lite._validate import Array


def scaled_norm(array: Array, axes: int = 1) -> Array:
    """Return the Euclidean norm over the last ``axes`` axes, right for entries from 1e-308 to 1e308.

    Parameters
    ----------
    array : ndarray, shape (..., n) or (..., n, n)
        Vectors for one axis, matrices (their Frobenius norm) for two.
    axes : int, optional
        How many of the last axes belong to one element.

    Returns
    -------
    ndarray, shape (...)
        Norms; the same bits as ``np.linalg.norm`` where its squares stay in range.
    """
    over = tuple(range(-axes, 0))
    exponent = np.frexp(np.abs(array).max(axis=over, keepdims=True, initial=0.0))[1]
    # A power of two changes no digit.
    squares = np.square(np.ldexp(array, -exponent)).sum(axis=over)
    return np.asarray(np.ldexp(np.sqrt(squares), exponent.reshape(squares.shape)))


def null_space(matrix: Array, tol: float) -> Array:
    """Return orthonormal rows (k, n) that span the null space of a matrix (m, n).

    Parameters
    ----------
    matrix : ndarray, shape (m, n)
        Any matrix; without rows every vector is in its null space.
    tol : float
        Singular values up to this count as zero.

    Returns
    -------
    ndarray, shape (k, n)
        The rows.
    """
    values, rows = np.linalg.svd(matrix)[1:]
    return np.asarray(rows[int((values > tol).sum()) :])
