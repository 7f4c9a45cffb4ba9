"""Exp and log of real square matrices: closed forms where they apply, SciPy and real_log elsewhere."""

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.lie import closed_forms, planar, so3
from hgmrl_lite.lie.real_log import ORTHOGONAL, real_log

#: A last row this close to (0, ..., 0, 1) is that row up to the rounding of a few products.
_AFFINE = 1e-14


def exp(matrix: ArrayLike) -> Array:
    """Return the exponentials of real square matrices.

    Closed forms serve every 2×2 matrix, so(3) and se(2); SciPy's ``expm`` the rest.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Generators; homogeneous ones, with last row zero, give affine maps.

    Returns
    -------
    ndarray, shape (..., n, n)
        Their exponentials.

    Raises
    ------
    ValueError
        When ``matrix`` is not square or not finite.

    Examples
    --------
    >>> exp(np.pi * closed_forms.J).round(3) + 0.0
    array([[-1.,  0.],
           [ 0., -1.]])
    """
    matrix = as_square("matrix", matrix)
    n = matrix.shape[-1]
    if n == 2:
        return planar.gl2_exp(matrix)
    if n == 3:
        if np.array_equal(matrix, -matrix.swapaxes(-1, -2)):
            return so3.so3_exp(so3.so3_vee(matrix))
        linear = matrix[..., :2, :2]
        if not matrix[..., 2, :].any() and np.array_equal(linear, -linear.swapaxes(-1, -2)):
            return closed_forms.se2_exp(
                np.stack([matrix[..., 1, 0], matrix[..., 0, 2], matrix[..., 1, 2]], axis=-1)
            )
    if matrix.size == 0:
        return matrix.copy()
    out = np.asarray(scipy.linalg.expm(matrix))
    # The last row of an affine map is known: rounding there would hide from log what it is.
    affine = ~matrix[..., -1, :].any(axis=-1)
    out[affine, -1] = np.eye(n)[-1]
    return out


def log(matrix: ArrayLike) -> Array:
    """Return real logarithms of real square matrices, the principal ones where these exist.

    A real logarithm exists iff the matrix is invertible and every Jordan block of a negative eigenvalue
    occurs an even number of times. Where an eigenvalue is negative there are several; half turns are then
    taken in the positive sense (-I in the plane gives +πJ), and orthogonal matrices always give skew ones.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Group elements; homogeneous ones, with last row (0, ..., 0, 1), give homogeneous generators.

    Returns
    -------
    ndarray, shape (..., n, n)
        Matrices X with exp(X) = matrix and the imaginary parts of the eigenvalues in [-π, π].

    Raises
    ------
    ValueError
        When ``matrix`` is not square, not finite or singular, or has no real logarithm; the message names the
        eigenvalue that forbids it.

    Examples
    --------
    >>> log([[-1, 0], [0, -1]]).round(3)
    array([[ 0.   , -3.142],
           [ 3.142,  0.   ]])
    """
    matrix = as_square("matrix", matrix)
    n = matrix.shape[-1]
    if matrix.size == 0:
        return matrix.copy()
    if n == 2:
        # Near a half turn only the closed form for rotations returns a skew matrix.
        rotation = _rotations(matrix)
        out = planar.gl2_log(np.where(rotation[..., None, None], np.eye(2), matrix))
        out[rotation] = closed_forms.so2_log(matrix[rotation])[:, None, None] * closed_forms.J
        return out
    if np.abs(matrix[..., -1, :] - np.eye(n)[-1]).max() <= _AFFINE:
        return _affine_log(matrix)
    if n == 3 and _rotations(matrix).all():
        return so3.so3_hat(so3.so3_log(matrix))
    flat = matrix.reshape(-1, n, n)
    out = np.empty_like(flat)
    for index, element in enumerate(flat):
        out[index] = real_log(element)
    return out.reshape(matrix.shape)


def as_square(name: str, value: ArrayLike) -> Array:
    """Return ``value`` as a finite float64 array of square matrices (..., n, n), or raise a ValueError."""
    array = as_array(name, value, ("...", "n", "n"))
    if array.shape[-1] != array.shape[-2]:
        raise ValueError(f"{name} must have square matrices (..., n, n), got shape {array.shape}")
    return array


def _rotations(matrix: Array) -> NDArray[np.bool_]:
    """Return which matrices of a batch are rotations, orthogonal of determinant +1, up to rounding."""
    gram = matrix.swapaxes(-1, -2) @ matrix - np.eye(matrix.shape[-1])
    return np.asarray((np.abs(gram).max(axis=(-2, -1)) <= ORTHOGONAL) & (np.linalg.det(matrix) > 0.0))


def _affine_log(matrix: Array) -> Array:
    """Return homogeneous generators of affine maps [[L, t], [0, 1]]: X = log L and v with φ(X) v = t."""
    n = matrix.shape[-1] - 1
    linear, shift = matrix[..., :n, :n], matrix[..., :n, n]
    out = np.zeros_like(matrix)
    if n == 2 and _rotations(linear).all():
        theta = closed_forms.se2_log(matrix)
        out[..., :2, :2] = theta[..., :1, None] * closed_forms.J
        out[..., :2, 2] = theta[..., 1:]
        return out
    out[..., :n, :n] = log(linear)
    # φ(X) = ∫_0^1 exp(sX) ds is a block of one larger exponential; it is invertible, as |Im| ≤ π < 2π.
    larger = np.zeros((*matrix.shape[:-2], 2 * n, 2 * n))
    larger[..., :n, :n] = out[..., :n, :n]
    larger[..., :n, n:] = np.eye(n)
    integral = np.asarray(scipy.linalg.expm(larger))[..., :n, n:]
    out[..., :n, n] = np.linalg.solve(integral, shift[..., None])[..., 0]
    return out
