"""Exp and log of real square matrices: closed forms where they apply, SciPy elsewhere.

Beside the principal logarithm stands one for elements whose principal one leaves an algebra.
"""

import warnings

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_square
from hgmrl_lite.lie import planar, so3
from hgmrl_lite.lie.planar import (
    LARGE_EXPONENT,
    NEAR_HALF_TURN,
    ORTHOGONAL,
    ROTATION_TOLERANCE,
    J,
    why_no_log,
)
from hgmrl_lite.lie.subspaces import polar_factor

_EPS = float(np.finfo(np.float64).eps)
#: A last row this close to (0, ..., 0, 1) is that row up to the rounding of a few products.
_AFFINE = 1e-14
#: Matrices I + A with n |A| below this have a logarithm by series.
_NEAR_IDENTITY = 0.1
#: exp(log(g)) must give g back to this, relative to its norm.
_RESIDUAL = 1e-8
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
    occurs an even number of times. Where an eigenvalue is negative there are several, none of them principal.
    One is returned in the plane, and of multiples of rotations of any dimension: half turns are taken in the
    positive sense (-I in the plane gives +πJ), and orthogonal matrices always give skew ones.

    Rounding alone can split a pair of eigenvalues near a half turn. So there (within 18° of it) a matrix that
    is orthogonal up to 1e-6, which float32 is, counts as orthogonal, and its logarithm is that of the nearest
    rotation; so do multiples of it. Further away the logarithm is that of the matrix to the last digit, and
    near the identity accurate relative to its distance from it.

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
        When ``matrix`` is not square, not finite or singular; when it has a negative eigenvalue, which the
        message names, and no real logarithm or, beyond the plane, is no multiple of a rotation.

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
        out[rotation] = so3.so3_hat(so3.so3_log(polar_factor(flat[rotation])))
    for index in np.flatnonzero(~(small | rotation)):
        try:
            out[index] = _affine_log(flat[index]) if affine[index] else _general_log(flat[index])
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
        near = (_gram_defect(matrix) <= tolerance) & (away > _NEAR_IDENTITY)
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


def _general_log(matrix: Array) -> Array:
    """Return a real logarithm of one matrix that is not near the identity, or raise a ValueError."""
    n = len(matrix)
    exponent = int(np.frexp(np.abs(matrix).max())[1])
    if abs(exponent) > LARGE_EXPONENT:
        scaled = _general_log(np.ldexp(matrix, -exponent))
        return np.asarray(scaled + exponent * np.log(2.0) * np.eye(n))
    values, size = np.linalg.eigvals(matrix), np.linalg.norm(matrix, 2)
    if np.abs(values).min() <= n * _EPS * size:
        least = values[np.abs(values).argmin()].real
        raise ValueError(
            f"matrix has no real logarithm, it is singular: eigenvalue {least:.3g} with norm {size:.3g}"
        )
    radius = np.exp(np.linalg.slogdet(matrix)[1] / n)
    tolerance = ROTATION_TOLERANCE if values.real.min() < NEAR_HALF_TURN * radius else ORTHOGONAL
    if _gram_defect(matrix) <= tolerance:
        return _rotation_log(matrix, 1.0)
    if _gram_defect(matrix / radius) <= tolerance:
        return _rotation_log(matrix, radius)
    with warnings.catch_warnings():
        # SciPy warns of residuals of 1e-13; what is left of the matrix is measured here.
        warnings.simplefilter("ignore", RuntimeWarning)
        logarithm = np.asarray(scipy.linalg.logm(matrix)).real
    if np.abs(scipy.linalg.expm(logarithm) - matrix).max() <= _RESIDUAL * size:
        return logarithm
    pairs = "or none that is computed: the negative eigenvalue {:.6g} is not that of a multiple of a rotation"
    raise ValueError(f"matrix has no real logarithm, {why_no_log(values, pairs)}")


def _rotation_log(matrix: Array, radius: float) -> Array:
    """Return log r I + X, X skew, for r times an orthogonal matrix, from the latter's real Schur form."""
    schur, basis = scipy.linalg.schur(polar_factor(matrix), output="real")
    logarithm = np.zeros_like(matrix)
    half_turns: list[int] = []
    k = 0
    while k < len(matrix):
        if k + 1 < len(matrix) and abs(schur[k + 1, k]) > ORTHOGONAL:
            angle = np.arctan2(schur[k + 1, k] - schur[k, k + 1], schur[k, k] + schur[k + 1, k + 1])
            logarithm[k + 1, k], logarithm[k, k + 1] = angle, -angle
            k += 2
            continue
        if schur[k, k] < 0.0:
            half_turns.append(k)
        k += 1
    if len(half_turns) % 2:
        raise ValueError(f"matrix has no real logarithm, {why_no_log(np.full(len(half_turns), -radius), '')}")
    for i, j in zip(half_turns[::2], half_turns[1::2], strict=True):
        logarithm[j, i], logarithm[i, j] = np.pi, -np.pi
    skew = basis @ logarithm @ basis.T
    return np.asarray(np.log(radius) * np.eye(len(matrix)) + 0.5 * (skew - skew.T))


def _gram_defect(matrix: Array) -> Array:
    """Return how far matrices (..., n, n) are from orthogonal: the largest entries (...) of |M^T M - I|."""
    return np.asarray(np.abs(matrix.swapaxes(-1, -2) @ matrix - np.eye(matrix.shape[-1])).max(axis=(-2, -1)))


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
