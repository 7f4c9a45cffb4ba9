"""Real 2×2 matrices: exp and log in closed form, and the type of a generator of the plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.lie.closed_forms import J
from hgmrl_lite.lie.real_log import why_no_log

PLANAR_KINDS = ("zero", "scalar", "elliptic", "hyperbolic", "parabolic")
_EPS = float(np.finfo(np.float64).eps)
#: A 2×2 matrix this close (relative) to a negative multiple of I is that multiple, up to rounding.
_NEGATIVE_SCALAR = 1e-12


def gl2_exp(matrix: ArrayLike) -> Array:
    """Return the exponentials of 2×2 matrices.

    With W = τI + W_0, tr W_0 = 0 and W_0² = Δ I: exp W = e^τ (cosh √Δ I + sinh √Δ / √Δ W_0).

    Parameters
    ----------
    matrix : array_like, shape (..., 2, 2)
        Generators.

    Returns
    -------
    ndarray, shape (..., 2, 2)
        Their exponentials.
    """
    matrix = as_array("matrix", matrix, ("...", 2, 2))
    mean, traceless, delta = _split(matrix)
    root = np.sqrt(np.abs(delta))
    elliptic = delta < 0.0
    angle, stretch = np.where(elliptic, root, 0.0), np.where(elliptic, 0.0, root)
    # Growth e^(τ + √Δ) taken out first: cosh alone overflows where the product does not.
    growth = np.exp(mean + stretch)
    even = np.where(elliptic, np.cos(angle), 0.5 * (1.0 + np.exp(-2.0 * stretch)))
    safe = np.where(root > 0.0, root, 1.0)
    odd = np.where(elliptic, np.sin(angle), -0.5 * np.expm1(-2.0 * stretch)) / safe
    odd = np.where(root > 0.0, odd, 1.0)
    return growth[..., None, None] * (even[..., None, None] * np.eye(2) + odd[..., None, None] * traceless)


def gl2_log(matrix: ArrayLike) -> Array:
    """Return real logarithms of 2×2 matrices, the principal ones where these exist.

    A negative multiple of the identity, -r I, has log r I + πJ (and any conjugate); the plane's is returned.

    Parameters
    ----------
    matrix : array_like, shape (..., 2, 2)
        Group elements.

    Returns
    -------
    ndarray, shape (..., 2, 2)
        Their logarithms.

    Raises
    ------
    ValueError
        When a matrix is singular or has no real logarithm: a negative eigenvalue that does not come twice
        with two eigenvectors. The message names the eigenvalues.
    """
    matrix = as_array("matrix", matrix, ("...", 2, 2))
    mean, traceless, delta = _split(matrix)
    products = matrix[..., 0, 0] * matrix[..., 1, 1], matrix[..., 0, 1] * matrix[..., 1, 0]
    determinant = products[0] - products[1]
    size = np.abs(traceless).max(axis=(-2, -1))
    half_turn = (mean < 0.0) & (size <= _NEGATIVE_SCALAR * -mean)
    singular = np.abs(determinant) <= 4.0 * _EPS * (np.abs(products[0]) + np.abs(products[1]))
    real = (delta >= 0.0) & ~half_turn
    _require_logarithm(matrix, singular & ~half_turn, real & ((mean <= 0.0) | (determinant <= 0.0)))
    root = np.sqrt(np.abs(delta))
    safe = np.where(root > 0.0, root, 1.0)
    # The two eigenvalues are mean ± root; the smaller one from the determinant, free of cancellation.
    larger = np.where(real, mean + root, 1.0)
    gap = np.where(real, np.log(larger) - np.log(np.where(real, determinant / larger, 1.0)), 0.0)
    ratio = np.where(real, root / np.where(real, mean, 1.0), 0.0)
    # For close ones the difference of the logarithms is 2 artanh(root / mean), free of it too.
    close = ratio < 0.5
    gap = np.where(close, 2.0 * np.arctanh(np.where(close, ratio, 0.0)), gap)
    slope = np.where(real, 0.5 * gap, np.arctan2(root, mean)) / safe
    slope = np.where(root > 0.0, slope, 1.0 / np.where(half_turn, 1.0, mean))
    # Near -r I the logarithm is log r I + W_0 / τ ± πJ, the sign being that of the turn.
    slope = np.where(half_turn, 1.0 / np.where(half_turn, mean, 1.0), slope)
    turn = traceless[..., 1, 0] - traceless[..., 0, 1]
    sign = np.where(turn < 8.0 * _EPS * np.where(half_turn, mean, 0.0), -1.0, 1.0)
    scale = 0.5 * np.log(np.where(half_turn, mean * mean, determinant))
    return (
        scale[..., None, None] * np.eye(2)
        + slope[..., None, None] * traceless
        + np.where(half_turn, sign * np.pi, 0.0)[..., None, None] * J
    )


def _split(matrix: Array) -> tuple[Array, Array, Array]:
    """Return τ = tr W / 2, W_0 = W - τI, and Δ = -det W_0, for which W_0² = Δ I."""
    mean = 0.5 * (matrix[..., 0, 0] + matrix[..., 1, 1])
    traceless = matrix.copy()
    half = 0.5 * (matrix[..., 0, 0] - matrix[..., 1, 1])
    traceless[..., 0, 0] = half
    traceless[..., 1, 1] = -half
    return mean, traceless, half * half + matrix[..., 0, 1] * matrix[..., 1, 0]


def _require_logarithm(matrix: Array, singular: NDArray[np.bool_], negative: NDArray[np.bool_]) -> None:
    """Raise for the first matrix that is singular or has a negative eigenvalue that forbids a logarithm."""
    bad = singular | negative
    if bad.any():
        index = np.unravel_index(int(bad.argmax()), bad.shape)
        values = np.linalg.eigvals(matrix[index])
        where = f" at index {tuple(int(i) for i in index)}" if index else ""
        reason = (
            f"it is singular: eigenvalues {np.sort(values.real)}" if singular[index] else why_no_log(values)
        )
        raise ValueError(f"matrix{where} has no real logarithm, {reason}")


@dataclass(frozen=True)
class PlanarType:
    """What a generator W of the plane does, told by W_0 = W - (tr W / 2) I.

    Attributes
    ----------
    kind : str or ndarray of str
        "elliptic" (det W_0 > 0: orbits turn), "hyperbolic" (< 0), "parabolic" (= 0, W_0 ≠ 0),
        "scalar" (W_0 = 0: scaling) or "zero".
    trace : float or ndarray
        tr W; positive grows, negative shrinks areas.
    determinant : float or ndarray
        det W.
    is_compact : bool or ndarray of bool
        Whether {exp(tW)} is compact: tr W = 0 and det W > 0, or W = 0 with the trivial group.
    period : float or ndarray
        Smallest t > 0 with exp(tW) = I when compact; 0 for W = 0, infinite when not compact.
    """

    kind: str | NDArray[np.str_]
    trace: float | Array
    determinant: float | Array
    is_compact: bool | NDArray[np.bool_]
    period: float | Array


def planar_type(generator: ArrayLike, tol: float = 1e-9) -> PlanarType:
    """Return the type of 2×2 generators.

    Parameters
    ----------
    generator : array_like, shape (..., 2, 2)
        Generators W.
    tol : float
        What counts as zero, relative to the Frobenius norm of W (to its square for determinants).

    Returns
    -------
    PlanarType
        Plain values for a single generator, arrays of shape (...) for a batch.

    Raises
    ------
    ValueError
        When ``generator`` has another shape, or ``tol`` is negative.

    Examples
    --------
    >>> planar_type([[0, -2], [2, 0]]).kind
    'elliptic'
    """
    generator = as_array("generator", generator, ("...", 2, 2))
    if not tol >= 0.0:
        raise ValueError(f"tol must be at least 0, got {tol}")
    norm = np.sqrt(np.square(generator).sum(axis=(-2, -1)))
    mean, traceless, delta = _split(generator / np.where(norm > 0.0, norm, 1.0)[..., None, None])
    zero = norm == 0.0
    scalar = np.sqrt(np.square(traceless).sum(axis=(-2, -1))) <= tol
    kind = np.select(
        [zero, scalar, delta < -tol, delta > tol], ["zero", "scalar", "elliptic", "hyperbolic"], "parabolic"
    )
    compact = zero | ((kind == "elliptic") & (np.abs(2.0 * mean) <= tol))
    rate = np.sqrt(np.where(compact & ~zero, -delta, 1.0)) * np.where(zero, 1.0, norm)
    period = np.where(zero, 0.0, np.where(compact, 2.0 * np.pi / rate, np.inf))
    determinant = generator[..., 0, 0] * generator[..., 1, 1] - generator[..., 0, 1] * generator[..., 1, 0]
    trace = generator[..., 0, 0] + generator[..., 1, 1]
    if generator.ndim == 2:
        return PlanarType(str(kind), float(trace), float(determinant), bool(compact), float(period))
    return PlanarType(kind, trace, determinant, compact, period)
