"""Real 2×2 matrices: exp and log in closed form, and the type of a generator of the plane."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._spans import scaled_norm
from hgmrl_lite._validate import Array, as_array, is_double, tolerance
from hgmrl_lite.lie.closed_forms import NEAR_HALF_TURN, ROTATION_TOLERANCE, J, turn_angle
from hgmrl_lite.lie.real_log import ORTHOGONAL, why_no_log

_EPS = float(np.finfo(np.float64).eps)
#: e to this power, or to minus it, is a double with all its digits.
_LARGE_EXPONENT = 700.0


@np.errstate(over="ignore")
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
        Their exponentials; an entry beyond the largest double is infinite, the others stay what they are.
    """
    matrix = as_array("matrix", matrix, ("...", 2, 2))
    mean, traceless, sign, root = _split(matrix)
    elliptic = sign < 0.0
    angle, stretch = np.where(elliptic, root, 0.0), np.where(elliptic, 0.0, root)
    # Growth e^(τ + √Δ) taken out: cosh √Δ = even · e^√Δ and sinh √Δ / √Δ = odd · e^√Δ cannot overflow.
    growth = mean + stretch
    fade = np.expm1(-2.0 * np.minimum(stretch, _LARGE_EXPONENT))
    even = np.where(elliptic, np.cos(angle), 1.0 + 0.5 * fade)
    odd = np.where(elliptic, np.sin(angle), -0.5 * fade) / np.where(root > 0.0, root, 1.0)
    odd = np.where(root > 0.0, odd, 1.0)
    # cosh √Δ - |w| sinh √Δ / √Δ, for the entry w of W_0, cancels where both are large: it is
    # e^-√Δ + b c / (√Δ + |w|) · sinh √Δ / √Δ.
    b, c, lead = matrix[..., 0, 1], matrix[..., 1, 0], traceless[..., 0, 0]
    size = np.abs(lead)
    middle = 0.5 * root + 0.5 * size
    first = np.abs(b) < np.abs(c)
    rest = 0.5 * np.where(first, b, c) / np.where(middle > 0.0, middle, 1.0) * np.where(first, c, b)
    coefficients = [odd * b, odd * c, even + odd * size, np.where(elliptic, even - odd * size, odd * rest)]
    upper, lower, larger, smaller = _grown(np.stack(coefficients), growth)
    smaller = smaller + np.where(elliptic, 0.0, np.exp(mean - stretch))
    negative = lead < 0.0
    out = np.empty_like(matrix)
    out[..., 0, 1], out[..., 1, 0] = upper, lower
    out[..., 0, 0] = np.where(negative, smaller, larger)
    out[..., 1, 1] = np.where(negative, larger, smaller)
    return out


def _grown(factors: Array, exponent: Array) -> Array:
    """Return factors · e^exponent: 0 where a factor is, ±inf only where the product overflows."""
    inside = np.abs(exponent) <= _LARGE_EXPONENT
    out = factors * np.exp(np.where(inside, exponent, 0.0))
    if not inside.all():
        with np.errstate(divide="ignore"):
            out = np.where(inside, out, np.sign(factors) * np.exp(exponent + np.log(np.abs(factors))))
    return np.asarray(out)


@np.errstate(over="ignore", divide="ignore")
def gl2_log(matrix: ArrayLike) -> Array:
    """Return real logarithms of 2×2 matrices, the principal ones where these exist.

    A negative multiple of the identity, -r I, has log r I + πJ (and any conjugate); the plane's is returned.
    Near a half turn rounding is taken out of rotations as :func:`hgmrl_lite.lie.log` does.

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
    exact = is_double(matrix)
    matrix = as_array("matrix", matrix, ("...", 2, 2))
    mean, traceless, kind, root = _split(matrix)
    first, second, shift = _plus_product(
        matrix[..., 0, 0], matrix[..., 1, 1], -matrix[..., 0, 1], matrix[..., 1, 0]
    )
    determinant = first + second
    # Near a half turn rounding decides whether there are two negative eigenvalues or a pair, and which one.
    turn = 0.5 * matrix[..., 1, 0] - 0.5 * matrix[..., 0, 1]
    radius = np.hypot(mean, turn)
    away = np.hypot(traceless[..., 0, 0], matrix[..., 1, 0] - turn)
    half_turn = (mean < NEAR_HALF_TURN * radius) & (away <= ROTATION_TOLERANCE * radius)
    if exact:
        rotation = np.abs(radius - 1.0) <= ROTATION_TOLERANCE
        half_turn &= rotation | (away <= ORTHOGONAL * radius) | (kind >= 0.0)
    singular = np.abs(determinant) <= 4.0 * _EPS * (np.abs(first) + np.abs(second))
    real = (kind >= 0.0) & ~half_turn
    _require_logarithm(matrix, singular & ~half_turn, real & ((mean <= 0.0) | (determinant <= 0.0)))
    growth = np.log(np.where(half_turn, 1.0, determinant)) + 2.0 * np.log(2.0) * shift
    safe = np.where(root > 0.0, root, 1.0)
    # The two eigenvalues are mean ± root; the smaller one from the determinant, free of cancellation.
    gap = np.where(real, 2.0 * np.log(np.where(real, mean + root, 1.0)) - growth, 0.0)
    ratio = np.where(real, root / np.where(real, mean, 1.0), 0.0)
    # For close ones the difference of the logarithms is 2 artanh(root / mean), free of it too.
    close = ratio < 0.5
    gap = np.where(close, 2.0 * np.arctanh(np.where(close, ratio, 0.0)), gap)
    slope = np.where(real, 0.5 * gap, np.arctan2(root, mean)) / safe
    slope = np.where(root > 0.0, slope, 1.0 / np.where(half_turn, 1.0, mean))
    # Near a half turn, r times a rotation up to rounding: log r I + angle J.
    scale = np.where(half_turn, np.log(np.where(half_turn, radius, 1.0)), 0.5 * growth)
    # The inverse of a subnormal number is infinite, and times 0 no number.
    slope = np.where(half_turn, 0.0, np.minimum(slope, np.finfo(np.float64).max))
    angle = np.where(half_turn, turn_angle(mean, turn), 0.0)
    return (
        scale[..., None, None] * np.eye(2) + slope[..., None, None] * traceless + angle[..., None, None] * J
    )


def _split(matrix: Array) -> tuple[Array, Array, Array, Array]:
    """Return τ = tr W / 2, W_0 = W - τI, and the sign of Δ = -det W_0 and √|Δ|, for which W_0² = Δ I."""
    mean = 0.5 * matrix[..., 0, 0] + 0.5 * matrix[..., 1, 1]
    traceless = matrix.copy()
    half = 0.5 * matrix[..., 0, 0] - 0.5 * matrix[..., 1, 1]
    traceless[..., 0, 0] = half
    traceless[..., 1, 1] = -half
    square, product, exponent = _plus_product(half, half, matrix[..., 0, 1], matrix[..., 1, 0])
    delta = square + product
    return mean, traceless, np.sign(delta), np.ldexp(np.sqrt(np.abs(delta)), exponent)


def _plus_product(p: Array, q: Array, r: Array, s: Array) -> tuple[Array, Array, NDArray[np.int_]]:
    """Return x, y, k with pq + rs = (x + y) 4^k; k is 0 unless a product overflows or underflows."""
    first, second = np.asarray(p * q), np.asarray(r * s)
    size = np.abs(first) + np.abs(second)
    exponent = np.zeros(size.shape, dtype=int)
    odd = ~((size > 1e-280) & (size < np.inf))
    if odd.any():
        # Powers of two change no digit.
        digits, powers = np.frexp(np.stack([p[odd], q[odd], r[odd], s[odd]]))
        products, powers = digits[::2] * digits[1::2], powers[::2] + powers[1::2]
        exponent[odd] = np.where(products != 0.0, powers, np.iinfo(powers.dtype).min // 2).max(axis=0) // 2
        exponent[odd] *= (products != 0.0).any(axis=0)
        first[odd], second[odd] = np.ldexp(products, powers - 2 * exponent[odd])
    return first, second, exponent


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
    kind : str
        "elliptic" (det W_0 > 0: orbits turn), "hyperbolic" (< 0), "parabolic" (= 0, W_0 ≠ 0),
        "scalar" (W_0 = 0: scaling) or "zero".
    trace : float
        tr W; positive grows, negative shrinks areas.
    determinant : float
        det W.
    is_compact : bool
        Whether {exp(tW)} is compact: tr W = 0 and det W > 0, or W = 0 with the trivial group.
    period : float
        Smallest t > 0 with exp(tW) = I when compact; 0 for W = 0, infinite when not compact.
    """

    kind: str
    trace: float
    determinant: float
    is_compact: bool
    period: float


def planar_type(generator: ArrayLike, tol: float | None = None) -> PlanarType:
    """Return the type of a 2×2 generator.

    Parameters
    ----------
    generator : array_like, shape (2, 2)
        Generator W.
    tol : float, optional
        What counts as zero, relative to the Frobenius norm of W (to its square for determinants): 1e-9 when
        left out, 1e-5 for a generator that came as float32.

    Returns
    -------
    PlanarType

    Raises
    ------
    ValueError
        When ``generator`` has another shape, or ``tol`` is negative.

    Examples
    --------
    >>> planar_type([[0, -2], [2, 0]]).kind
    'elliptic'
    """
    tol = tolerance(tol, is_double(generator), 1e-9)
    generator = as_array("generator", generator, (2, 2))
    norm = float(scaled_norm(generator, 2))
    mean, traceless, sign, root = _split(generator / norm if norm else generator)
    delta = float(sign * np.square(root))
    if not norm:
        kind = "zero"
    elif np.linalg.norm(traceless) <= tol:
        kind = "scalar"
    else:
        kind = "elliptic" if delta < -tol else "hyperbolic" if delta > tol else "parabolic"
    compact = kind == "zero" or (kind == "elliptic" and abs(2.0 * float(mean)) <= tol)
    period = 0.0 if kind == "zero" else 2.0 * math.pi / (math.sqrt(-delta) * norm) if compact else math.inf
    (a, b), (c, d) = generator.tolist()
    return PlanarType(kind, a + d, a * d - b * c, compact, period)
