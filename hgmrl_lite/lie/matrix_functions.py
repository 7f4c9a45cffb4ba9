"""Exp and log of real square matrices: closed forms where they apply, SciPy and real_log elsewhere.

Beside the principal logarithm stand two for elements whose principal one leaves an algebra.
"""

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_square
from hgmrl_lite.lie import planar, so3
from hgmrl_lite.lie.planar import NEAR_HALF_TURN, ORTHOGONAL, ROTATION_TOLERANCE, J
from hgmrl_lite.lie.real_log import gram_defect, nearest_orthogonal, real_log

#: A last row this close to (0, ..., 0, 1) is that row up to the rounding of a few products.
_AFFINE = 1e-14
#: Matrices I + A with n |A| below this have a logarithm by series.
_NEAR_IDENTITY = 0.1
#: A matrix further than this from orthogonal is no rounded rotation.
_FAR = 0.1
#: Full turns of the fastest eigenvalue that are tried in each direction.
_TURNS = 64


def exp(matrix: ArrayLike) -> Array:
    """Return the exponentials of real square matrices.

    Closed forms serve every 2×2 matrix and so(3); SciPy's ``expm`` the rest. As with ``np.exp``, an
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
    >>> exp(np.pi * J).round(3) + 0.0
    array([[-1.,  0.],
           [ 0., -1.]])
    """
    matrix = as_square("matrix", matrix)
    n = matrix.shape[-1]
    if n == 2:
        out = planar.planar_exp(matrix)
    elif n == 3 and np.array_equal(matrix, -matrix.swapaxes(-1, -2)):
        return so3.so3_exp(so3.so3_vee(matrix))
    elif matrix.size == 0:
        return matrix.copy()
    else:
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
    logarithm otherwise. Further away the logarithm is that of the
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
    matrix = as_square("matrix", matrix)
    n = matrix.shape[-1]
    if matrix.size == 0:
        return matrix.copy()
    flat = matrix.reshape(-1, n, n)
    rotation = _rotations(flat)
    if n == 2:
        # Near a half turn only the closed form for rotations returns a skew matrix.
        rotation = rotation.reshape(matrix.shape[:-2])
        out = planar.planar_log(np.where(rotation[..., None, None], np.eye(2), matrix))
        out[rotation] = planar.so2_log(matrix[rotation])[:, None, None] * J
        return out
    out = np.empty_like(flat)
    away = flat - np.eye(n)
    small = n * np.abs(away).max(axis=(-2, -1)) <= _NEAR_IDENTITY
    out[small] = _log_near_identity(away[small])
    affine = np.abs(away[:, -1]).max(axis=-1) <= _AFFINE
    rotation &= ~small & ~affine & (n == 3)
    if rotation.any():
        # The closed form magnifies by up to 20 what is not orthogonal.
        out[rotation] = so3.so3_hat(so3.so3_log(nearest_orthogonal(flat[rotation])))
    for index in np.flatnonzero(~(small | rotation)):
        try:
            out[index] = _affine_log(flat[index]) if affine[index] else real_log(flat[index])
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
        near = (gram_defect(matrix) <= tolerance) & (away > _NEAR_IDENTITY)
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


def _affine_log(matrix: Array) -> Array:
    """Return the generator of one affine map [[L, t], [0, 1]]: X = log L and v with φ(X) v = t."""
    n = len(matrix) - 1
    out = np.zeros_like(matrix)
    out[:n, :n] = log(matrix[:n, :n])
    # φ(X) = ∫_0^1 exp(sX) ds is a block of one larger exponential; it is invertible, as |Im| ≤ π < 2π.
    larger = np.zeros((2 * n, 2 * n))
    larger[:n, :n], larger[:n, n:] = out[:n, :n], np.eye(n)
    out[:n, n] = np.linalg.solve(np.asarray(scipy.linalg.expm(larger))[:n, n:], matrix[:n, n])
    return out


def one_parameter_log(generator: Array, elements: Array, tol: float) -> Array:
    """Return the times t, smallest in size, with exp(t W) = element, on whatever branch of the logarithm.

    Parameters
    ----------
    generator : ndarray, shape (n, n)
        W, diagonalizable over the complex numbers.
    elements : ndarray, shape (N, n, n)
        Group elements.
    tol : float
        How well every eigenvalue has to be matched.

    Returns
    -------
    ndarray, shape (N,)
        Times; NaN where none within 64 turns fits, or the generator is not diagonalizable.
    """
    values, vectors = np.linalg.eig(generator)
    if np.linalg.cond(vectors) > 1e8:
        return np.full(len(elements), np.nan)
    factors = np.einsum("ij,njk,ki->ni", np.linalg.inv(vectors), elements, vectors)
    fastest = int(np.abs(values).argmax())
    turns = 2j * np.pi * np.arange(-_TURNS, _TURNS + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = ((np.log(factors[:, fastest, None]) + turns) / values[fastest]).real
        # A wrong branch of a growing generator can overflow; it then simply does not fit.
        away = np.abs(np.exp(np.minimum(times[..., None] * values, 700.0)) - factors[:, None, :]).max(axis=-1)
    fits = away <= tol * np.abs(factors).max(axis=-1)[:, None]
    times = np.where(fits, times, np.nan)
    # A half turn fits both ways; the bias, below what separates other branches, prefers the positive one.
    best = np.where(fits, np.abs(times) * np.where(times < 0.0, 1.0 + 1e-9, 1.0), np.inf).argmin(axis=-1)
    return np.asarray(times[np.arange(len(times)), best])


def framed_log(elements: Array, frame: Array, affine: bool) -> Array:
    """Return logarithms taken after a change of frame: C⁻¹ log(C g C⁻¹) C.

    There the linear parts are orthogonal up to rounding, which is taken out.

    Parameters
    ----------
    elements : ndarray, shape (..., n, n)
        Group elements.
    frame : ndarray, shape (n, n)
        C, in which the group's linear parts are orthogonal, so that their logarithms are skew.
    affine : bool
        Whether the elements are homogeneous.

    Returns
    -------
    ndarray, shape (..., n, n)
        The logarithms.

    Raises
    ------
    ValueError
        When an element has no real logarithm.
    """
    inverse, identity = np.linalg.inv(frame), np.eye(len(frame))
    # The identity apart: small elements keep their digits.
    away = frame @ (elements - identity) @ inverse
    if affine:
        away[..., -1, :] = 0.0
    n = len(frame) - affine
    linear = identity[:n, :n] + away[..., :n, :n]
    with np.errstate(over="ignore", invalid="ignore"):
        defect = gram_defect(linear)
    turned = n * np.abs(away[..., :n, :n]).max(axis=(-2, -1), initial=0.0) > _NEAR_IDENTITY
    rounded = (defect > ORTHOGONAL) & (defect < _FAR) & turned
    moved = identity + away
    moved[rounded, :n, :n] = nearest_orthogonal(linear[rounded])
    return np.asarray(inverse @ log(moved) @ frame)
