"""Exp and log of real square matrices: closed forms where they apply, SciPy and real_log elsewhere."""

import contextlib

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_numpy, as_square, is_double
from hgmrl_lite.lie import closed_forms, planar, so3
from hgmrl_lite.lie.closed_forms import NEAR_HALF_TURN, ROTATION_TOLERANCE
from hgmrl_lite.lie.real_log import ORTHOGONAL, gram_defect, nearest_orthogonal, real_log

#: A last row this close to (0, ..., 0, 1) is that row up to the rounding of a few products.
_AFFINE = 1e-14
#: Matrices I + A with n |A| below this have a logarithm by series.
NEAR_IDENTITY = 0.1


def exp(matrix: ArrayLike) -> Array:
    """Return the exponentials of real square matrices.

    Closed forms serve every 2×2 matrix, so(3) and se(2); SciPy's ``expm`` the rest. As with ``np.exp``, an
    entry beyond the largest double is infinite; the other entries and elements stay what they are.

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
        When ``matrix`` is not square or not finite, or so large that nothing is known of its exponential.

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
    with np.errstate(over="ignore", invalid="ignore"):
        out = np.asarray(scipy.linalg.expm(matrix))
    lost = np.isnan(out).any(axis=(-2, -1))
    if lost.any():
        worst = np.abs(matrix[lost]).max()
        raise ValueError(f"matrix must have an exponential in range, got one with an entry of {worst:.3g}")
    # The last row of an affine map is known: rounding there would hide from log what it is.
    affine = ~matrix[..., -1, :].any(axis=-1)
    out[affine, -1] = np.eye(n)[-1]
    return out


def log(matrix: ArrayLike) -> Array:
    """Return real logarithms of real square matrices, the principal ones where these exist.

    A real logarithm exists iff the matrix is invertible and every Jordan block of a negative eigenvalue
    occurs an even number of times. Where an eigenvalue is negative there are several; half turns are then
    taken in the positive sense (-I in the plane gives +πJ), and orthogonal matrices always give skew ones.

    Rounding alone can split a pair of eigenvalues near a half turn. So there (within 18° of it) a matrix that
    is orthogonal up to 1e-6, which float32 is, counts as orthogonal: its logarithm is that of the nearest
    rotation. Multiples of it, and other matrices with such a pair, are treated so where they have no
    logarithm otherwise, and in general when given as float32. Further away the logarithm is that of the
    matrix to the last digit, and near the identity accurate relative to its distance from it.

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
    given = as_numpy("matrix", matrix)
    matrix = as_square("matrix", given)
    n = matrix.shape[-1]
    if matrix.size == 0:
        return matrix.copy()
    flat = matrix.reshape(-1, n, n)
    rotation = _rotations(flat)
    if n == 2:
        # Near a half turn only the closed form for rotations returns a skew matrix.
        rotation = rotation.reshape(matrix.shape[:-2])
        out = planar.gl2_log(np.where(rotation[..., None, None], np.eye(2, dtype=given.dtype), given))
        out[rotation] = closed_forms.so2_log(matrix[rotation])[:, None, None] * closed_forms.J
        return out
    out = np.empty_like(flat)
    away = flat - np.eye(n)
    small = n * np.abs(away).max(axis=(-2, -1)) <= NEAR_IDENTITY
    out[small] = _log_near_identity(away[small])
    affine = ~small & (np.abs(away[:, -1]).max(axis=-1) <= _AFFINE)
    rotation &= ~small & ~affine & (n == 3)
    if rotation.any():
        # The closed form magnifies by up to 20 what is not orthogonal.
        out[rotation] = so3.so3_hat(so3.so3_log(nearest_orthogonal(flat[rotation])))
    others = np.flatnonzero(~(small | rotation))
    if affine.any():
        with contextlib.suppress(ValueError):
            out[affine] = _affine_log(given.reshape(flat.shape)[affine])
            others = np.flatnonzero(~(small | rotation | affine))
    # One by one, also to tell which of the affine ones has no logarithm.
    for index in others:
        try:
            out[index] = (
                _affine_log(given.reshape(flat.shape)[index])
                if affine[index]
                else real_log(flat[index], is_double(given))
            )
        except ValueError as error:
            if matrix.ndim == 2:
                raise
            where = tuple(int(i) for i in np.unravel_index(index, matrix.shape[:-2]))
            raise ValueError(str(error).replace("matrix", f"matrix at index {where}", 1)) from error
    return out.reshape(matrix.shape)


def _rotations(matrix: Array) -> NDArray[np.bool_]:
    """Return which matrices (N, n, n) are rotations up to rounding, of float32 near a half turn.

    Near the identity none is: what is not orthogonal in a small element may be all there is of it.
    """
    n = matrix.shape[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        turned = np.trace(matrix, axis1=-2, axis2=-1) - (n - 2)
        tolerance = np.where(turned < 2.0 * NEAR_HALF_TURN, ROTATION_TOLERANCE, ORTHOGONAL)
        away = n * np.abs(matrix - np.eye(n)).max(axis=(-2, -1))
        near = (gram_defect(matrix) <= tolerance) & (away > NEAR_IDENTITY)
        return np.asarray(near & (np.linalg.det(matrix) > 0.0))


def _log_near_identity(away: Array) -> Array:
    """Return log(I + A) for small A (N, n, n), accurate relative to A: 2 artanh Z with Z = A / (2I + A)."""
    identity = np.eye(away.shape[-1])
    ratio = np.linalg.solve(2.0 * identity + away, away)
    square = ratio @ ratio
    series = np.broadcast_to(identity / 15.0, away.shape)
    for odd in (13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        series = identity / odd + square @ series
    return np.asarray(2.0 * ratio @ series)


def _affine_log(given: Array) -> Array:
    """Return homogeneous generators of affine maps [[L, t], [0, 1]]: X = log L and v with φ(X) v = t."""
    matrix = np.asarray(given, dtype=np.float64)
    n = matrix.shape[-1] - 1
    linear, shift = matrix[..., :n, :n], matrix[..., :n, n]
    out = np.zeros_like(matrix)
    rotation = _rotations(linear) & (n == 2)
    if rotation.all():
        theta = closed_forms.se2_log(matrix)
        out[..., :2, :2] = theta[..., :1, None] * closed_forms.J
        out[..., :2, 2] = theta[..., 1:]
        return out
    out[..., :n, :n] = log(given[..., :n, :n])
    # φ(X) = ∫_0^1 exp(sX) ds is a block of one larger exponential; it is invertible, as |Im| ≤ π < 2π.
    larger = np.zeros((*matrix.shape[:-2], 2 * n, 2 * n))
    larger[..., :n, :n] = out[..., :n, :n]
    larger[..., :n, n:] = np.eye(n)
    integral = np.asarray(scipy.linalg.expm(larger))[..., :n, n:]
    out[..., :n, n] = np.linalg.solve(integral, shift[..., None])[..., 0]
    return out
