"""Rotations of space and their rotation vectors, accurate at 0 and at π, and fast on large batches.

The exponential is SciPy's. The logarithm is our own, as SciPy's takes eight times as long for a batch: it
reads the axis off the antisymmetric part of the matrix. Near π, where that part vanishes, SciPy's serves.
A rotation by π has two logarithms; the documented choice is the one whose largest entry is positive.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.transform import Rotation

from hgmrl_lite._validate import Array, as_array, as_numpy
from hgmrl_lite.lie.planar import AT_PI, ROTATION_TOLERANCE

#: Stands in for 0 where a quotient such as sin(x) / x is wanted: far above underflow, far below rounding.
_TINY = 1e-150
#: Vectors whose squared length is a double.
_LONGEST = 1e153
#: Rotations with 2 (1 + cos θ) below this, angles above 177.4°, are taken to be near π.
_NEAR_PI = 0.002
#: Elements handled at a time: their temporaries then stay in the processor's cache.
_BLOCK = 8192


def so3_hat(omega: ArrayLike) -> Array:
    """Return the skew matrices with ``so3_hat(ω) @ p == np.cross(ω, p)``.

    Parameters
    ----------
    omega : array_like, shape (..., 3)
        Rotation vectors (axis times angle in radians).

    Returns
    -------
    ndarray, shape (..., 3, 3)
        The matrices ω_1 W_1 + ω_2 W_2 + ω_3 W_3 of so(3).
    """
    omega = as_array("omega", omega, ("...", 3))
    out = np.zeros((*omega.shape, 3))
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        out[..., k, j] = omega[..., i]
        out[..., j, k] = -omega[..., i]
    return out


def so3_vee(skew: ArrayLike) -> Array:
    """Return the rotation vectors of skew matrices, the inverse of :func:`so3_hat`.

    Parameters
    ----------
    skew : array_like, shape (..., 3, 3)
        Matrices; only their antisymmetric part counts.

    Returns
    -------
    ndarray, shape (..., 3)
        Rotation vectors.
    """
    skew = as_array("skew", skew, ("...", 3, 3))
    return 0.5 * np.stack(
        [
            skew[..., 2, 1] - skew[..., 1, 2],
            skew[..., 0, 2] - skew[..., 2, 0],
            skew[..., 1, 0] - skew[..., 0, 1],
        ],
        axis=-1,
    )


def so3_exp(omega: ArrayLike) -> Array:
    """Return the rotations of space with rotation vectors ``omega``.

    Parameters
    ----------
    omega : array_like, shape (..., 3)
        Rotation vectors: axis times angle in radians.

    Returns
    -------
    ndarray, shape (..., 3, 3)
        exp(so3_hat(omega)).

    Raises
    ------
    ValueError
        When ``omega`` has another shape, is not finite, or so long that its square overflows.

    Examples
    --------
    >>> so3_exp([0.0, 0.0, np.pi / 2]).round(3) + 0.0
    array([[ 0., -1.,  0.],
           [ 1.,  0.,  0.],
           [ 0.,  0.,  1.]])
    """
    omega = as_array("omega", omega, ("...", 3))
    flat = omega.reshape(-1, 3)
    if np.abs(flat).max(initial=0.0) > _LONGEST:
        raise ValueError(f"omega must be shorter than {_LONGEST:g}, got {np.abs(flat).max():.3g}")
    return np.asarray(Rotation.from_rotvec(flat).as_matrix()).reshape(*omega.shape, 3)


def so3_log(rotation: ArrayLike) -> Array:
    """Return the rotation vectors of rotations of space, of length in [0, π].

    Parameters
    ----------
    rotation : array_like, shape (..., 3, 3)
        Rotation matrices. At an angle of π, where ω and -ω are both logarithms, the one whose largest entry
        is positive is returned.

    Returns
    -------
    ndarray, shape (..., 3)
        Rotation vectors ω (axis times angle in radians): rotation = exp(so3_hat(ω)).

    Raises
    ------
    ValueError
        When a matrix is not a rotation.
    """
    array = as_numpy("rotation", rotation)
    # NaN and infinity fail the test for a rotation below: the usual input needs no pass of its own for them.
    if array.dtype != np.float64 or array.shape[-2:] != (3, 3):
        array = as_array("rotation", rotation, ("...", 3, 3))
    flat = array.reshape(-1, 9)
    out = np.empty((len(flat), 3))
    near_pi = [np.empty(0, dtype=np.intp)]
    buffers = np.empty((15, min(_BLOCK, len(flat)))), np.empty((9, min(_BLOCK, len(flat))))
    for start in range(0, len(flat), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(flat)))
        rows, work = (buffer[:, : part.stop - start] for buffer in buffers)
        entries = flat[part].T
        rows[:3], rows[6:9], rows[12:] = entries[:3], entries[3:6], entries[6:]
        rows[3:5], rows[9:11] = rows[:2], rows[6:8]
        first, second, third = rows[:3], rows[6:9], rows[12:]
        with np.errstate(invalid="ignore", over="ignore"):
            _require_rotations(rows, work)
        vector, length, ratio = work[:3], work[3], work[4]
        # Twice sin θ times the axis, and twice 1 + cos θ; tan(θ/2) is the quotient of their sizes.
        np.subtract(third[1], second[2], out=vector[0])
        np.subtract(first[2], third[0], out=vector[1])
        np.subtract(second[0], first[1], out=vector[2])
        np.sqrt(np.einsum("in,in->n", vector, vector), out=length)
        np.maximum(length, _TINY, out=length)
        np.add(first[0], second[1], out=ratio)
        ratio += third[2]
        ratio += 1.0
        if ratio.min() < _NEAR_PI:
            near = np.flatnonzero(ratio < _NEAR_PI)
            near_pi.append(near + start)
            ratio[near] = 1.0
        np.divide(length, ratio, out=ratio)
        np.arctan(ratio, out=ratio)
        ratio *= 2.0
        ratio /= length
        vector *= ratio
        out[part] = vector.T
    near = np.concatenate(near_pi)
    if near.size:
        out[near] = _so3_log_near_pi(flat[near].reshape(-1, 3, 3))
    return out.reshape(array.shape[:-1])


def _require_rotations(rows: Array, work: Array) -> None:
    """Raise unless every column of ``rows`` (15, N) is a rotation; ``work`` (9, N) is overwritten.

    The rows are a0 a1 a2 a0 a1 · b0 b1 b2 b0 b1 · c0 c1 c2 for matrix rows a, b, c: a cross product is then a
    shift. Two orthonormal rows whose cross product is the third: orthogonality and orientation in one.
    """
    away, scratch = work[:6], work[6:]
    np.multiply(rows[1:4], rows[8:11], out=away[:3])
    np.multiply(rows[2:5], rows[7:10], out=scratch)
    away[:3] -= scratch
    away[:3] -= rows[12:]
    np.einsum("in,in->n", rows[:3], rows[6:9], out=away[3])
    np.einsum("in,in->n", rows[:3], rows[:3], out=away[4])
    np.einsum("in,in->n", rows[6:9], rows[6:9], out=away[5])
    away[4:] -= 1.0
    # The sum of squares bounds the largest in one pass, and NaN fails it; the largest is rarely wanted.
    # Row by row, as BLAS would spread one long product over threads and wait for them.
    if not sum(np.dot(row, row) for row in away) <= ROTATION_TOLERANCE**2:
        matrices = rows[[0, 1, 2, 6, 7, 8, 12, 13, 14]].T.reshape(-1, 3, 3)
        as_array("rotation", matrices)
        worst = int(np.abs(away).max(axis=0).argmax())
        distance = float(np.abs(away[:, worst]).max())
        if distance > 3.0 * ROTATION_TOLERANCE:
            raise ValueError(
                "rotation must be a rotation matrix (orthogonal, determinant +1), got one that is "
                f"{distance:.2g} away:\n{matrices[worst]}"
            )


def _so3_log_near_pi(rotations: Array) -> Array:
    """Return the logarithms (N, 3) of rotations (N, 3, 3) by almost π, from their symmetric part."""
    omega = np.asarray(Rotation.from_matrix(rotations).as_rotvec())
    # Within rounding of π the sign is noise; then the largest entry is positive.
    largest = np.take_along_axis(omega, np.abs(omega).argmax(axis=1)[:, None], axis=1)[:, 0]
    at_pi = np.linalg.norm(omega, axis=1) >= np.pi - AT_PI
    omega[at_pi & (largest < 0.0)] *= -1.0
    return omega
