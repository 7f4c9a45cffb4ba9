"""The Lie bracket of matrices, and the span of all iterated brackets."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_square


def bracket(left: ArrayLike, right: ArrayLike) -> Array:
    """Return the Lie bracket [X, Y] = XY - YX of matrices.

    Parameters
    ----------
    left, right : array_like, shape (..., n, n)
        Matrices X and Y; their batch axes broadcast.

    Returns
    -------
    ndarray, shape (..., n, n)
        XY - YX.

    Raises
    ------
    ValueError
        When the matrices are not square or not of one size.
    """
    left = as_square("left", left)
    right = as_square("right", right)
    if left.shape[-1] != right.shape[-1]:
        raise ValueError(f"left and right must have one size, got {left.shape} and {right.shape}")
    return left @ right - right @ left


def brackets_outside(basis: Array, tol: float) -> Array:
    """Return what iterated brackets add to the span of a basis.

    Parameters
    ----------
    basis : ndarray, shape (d, n, n)
        Independent generators.
    tol : float
        A bracket of unit generators adds one when more than this of it is new.

    Returns
    -------
    ndarray, shape (k, n, n)
        Unit matrices, orthogonal to the basis and to each other; k is 0 when the span is closed.
    """
    d, n, _ = basis.shape
    unit = np.linalg.qr(basis.reshape(d, n * n).T)[0].T
    start = 0
    while start < len(unit):
        matrices = unit.reshape(-1, n, n)
        fresh = bracket(matrices[:, None], matrices[None, start:]).reshape(-1, n * n)
        start = len(unit)
        for candidate in fresh:
            rest = candidate - unit.T @ (unit @ candidate)
            # Once more: one pass of Gram-Schmidt leaves rounding of the part it removed.
            rest -= unit.T @ (unit @ rest)
            length = np.linalg.norm(rest)
            if length > tol:
                unit = np.vstack([unit, rest / length])
    return np.asarray(unit[d:].reshape(-1, n, n))
