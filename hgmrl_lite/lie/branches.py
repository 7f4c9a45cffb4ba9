"""Logarithms beside the principal one, for elements whose principal logarithm leaves the algebra."""

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.lie import matrix_functions
from hgmrl_lite.lie.real_log import ORTHOGONAL, gram_defect, nearest_orthogonal

#: A matrix further than this from orthogonal is no rounded rotation.
_FAR = 0.1
#: Full turns of the fastest eigenvalue that are tried in each direction.
_TURNS = 64


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
    turned = n * np.abs(away[..., :n, :n]).max(axis=(-2, -1), initial=0.0) > matrix_functions.NEAR_IDENTITY
    rounded = (defect > ORTHOGONAL) & (defect < _FAR) & turned
    moved = identity + away
    moved[rounded, :n, :n] = nearest_orthogonal(linear[rounded])
    return np.asarray(inverse @ matrix_functions.log(moved) @ frame)
