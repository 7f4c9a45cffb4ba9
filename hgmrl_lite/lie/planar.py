"""Closed forms in the plane: exp and log of rotations and of any real 2×2 matrix, and what a generator does.

Angles are in radians. A rotation by π has two logarithms, ±π; the documented choice is +π. These are our own
because SciPy's ``expm`` and ``logm`` take the matrices of a batch one by one, and ``logm`` turns complex near
a half turn.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._spans import scaled_norm
from hgmrl_lite._validate import Array, as_array

#: The generator of the plane's rotations: J p is p turned by +90°.
J: Array = np.array([[0.0, -1.0], [1.0, 0.0]])
J.flags.writeable = False

#: How far from orthogonal a matrix may be and still count as a rotation (float32 input passes).
ROTATION_TOLERANCE = 1e-6
#: A matrix this close to orthogonal is orthogonal up to the rounding of a few products.
ORTHOGONAL = 1e-12
#: A rotation by an angle of smaller cosine is near a half turn (within 18°): there its logarithm magnifies
#: what is not orthogonal in the matrix by 10 and more, without limit at π.
NEAR_HALF_TURN = -0.95
#: Matrices are taken for the logarithm of a multiple when an entry is beyond 2 to this power.
LARGE_EXPONENT = 300
_EPS = float(np.finfo(np.float64).eps)
#: What counts as zero in a generator of norm 1.
_ZERO = 1e-9
#: An angle this close to π is π up to the rounding of a cosine and a sine.
AT_PI = 8 * _EPS


def so2_exp(angle: ArrayLike) -> Array:
    """Return the rotations of the plane by ``angle``.

    Parameters
    ----------
    angle : array_like, shape (...)
        Angles in radians, counter-clockwise.

    Returns
    -------
    ndarray, shape (..., 2, 2)
        exp(angle · J).

    Examples
    --------
    >>> so2_exp(np.pi / 2).round(3) + 0.0
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    angle = as_array("angle", angle)
    out = np.empty((*angle.shape, 2, 2))
    out[..., 0, 0] = out[..., 1, 1] = np.cos(angle)
    out[..., 1, 0] = np.sin(angle)
    out[..., 0, 1] = -out[..., 1, 0]
    return out


def so2_log(rotation: ArrayLike) -> Array:
    """Return the angles of rotations of the plane, in (-π, π]; a rotation by π gives +π.

    Parameters
    ----------
    rotation : array_like, shape (..., 2, 2)
        Rotation matrices.

    Returns
    -------
    ndarray, shape (...)
        Angles in radians: rotation = exp(angle · J).

    Raises
    ------
    ValueError
        When a matrix is not a rotation.
    """
    rotation = as_array("rotation", rotation, ("...", 2, 2))
    cosine = 0.5 * (rotation[..., 0, 0] + rotation[..., 1, 1])
    sine = 0.5 * (rotation[..., 1, 0] - rotation[..., 0, 1])
    away = max(
        np.abs(np.stack([rotation[..., 0, 0] - cosine, rotation[..., 1, 0] - sine])).max(initial=0.0),
        np.abs(np.hypot(cosine, sine) - 1.0).max(initial=0.0),
    )
    if away > ROTATION_TOLERANCE:
        raise ValueError(
            "rotation must be a rotation matrix (orthogonal, determinant +1), "
            f"got one that is {away:.2g} away"
        )
    return _turn_angle(cosine, sine)


def _turn_angle(cosine: Array, sine: Array) -> Array:
    """Return the angles in (-π, π] of multiples of a cosine and a sine; -π up to rounding gives +π."""
    angle = np.arctan2(sine, cosine)
    return np.where(angle <= AT_PI - np.pi, np.pi, angle)


@np.errstate(over="ignore", invalid="ignore")
def planar_exp(matrix: Array) -> Array:
    """Return the exponentials of 2×2 matrices (..., 2, 2).

    With W = τI + W_0, tr W_0 = 0 and W_0² = Δ I: exp W = e^τ (cosh √Δ I + sinh √Δ / √Δ W_0).
    """
    mean, traceless, delta = _split(matrix)
    # Where squares overflow, the root of a multiple; powers of two change no digit.
    exponent = np.where(np.isfinite(delta), 0, _beyond_squares(matrix))
    delta = np.where(exponent, _split(np.ldexp(matrix, -exponent[..., None, None]))[2], delta)
    root, elliptic = np.ldexp(np.sqrt(np.abs(delta)), exponent), delta < 0.0
    stretch = np.where(elliptic, 0.0, root)
    # The growth e^(τ + √Δ) apart: cosh √Δ = even · e^√Δ and sinh √Δ / √Δ = odd · e^√Δ cannot overflow.
    fade, safe = np.expm1(-2.0 * stretch), np.where(root > 0.0, root, 1.0)
    even = np.where(elliptic, np.cos(root), 1.0 + 0.5 * fade)
    odd = np.where(root > 0.0, np.where(elliptic, np.sin(root), -0.5 * fade) / safe, 1.0)
    # cosh √Δ - |w| sinh √Δ / √Δ, for the entry w of W_0, cancels where both are large: it is
    # e^-√Δ + b c / (√Δ + |w|) · sinh √Δ / √Δ.
    b, c, lead = matrix[..., 0, 1], matrix[..., 1, 0], traceless[..., 0, 0]
    size = np.abs(lead)
    middle = np.where(root + size > 0.0, root + size, 1.0)
    rest = np.where(elliptic, even - odd * size, odd * b * (c / middle))
    parts = np.stack([odd * b, odd * c, even + odd * size, rest])
    # An entry that is 0 stays so where the growth overflows.
    growth = np.exp(0.5 * (mean + stretch))
    upper, lower, larger, smaller = np.where(parts == 0.0, 0.0, parts * growth * growth)
    smaller = smaller + np.where(elliptic, 0.0, np.exp(mean - stretch))
    diagonal = np.where(lead < 0.0, [smaller, larger], [larger, smaller])
    return np.stack([diagonal[0], upper, lower, diagonal[1]], axis=-1).reshape(matrix.shape)


@np.errstate(divide="ignore")
def planar_log(matrix: Array) -> Array:
    """Return real logarithms of 2×2 matrices (..., 2, 2), or raise a ValueError that names the eigenvalues.

    A negative multiple of the identity, -r I, has log r I + πJ (and any conjugate); the plane's is returned.
    Near a half turn rounding is taken out of rotations as :func:`hgmrl_lite.lie.log` does.
    """
    # Beyond what squares bear, the logarithm of a multiple; powers of two change no digit.
    exponent = _beyond_squares(matrix)
    matrix = np.ldexp(matrix, -exponent[..., None, None])
    mean, traceless, delta = _split(matrix)
    first, second = matrix[..., 0, 0] * matrix[..., 1, 1], -matrix[..., 0, 1] * matrix[..., 1, 0]
    determinant = first + second
    # Near a half turn rounding decides whether there are two negative eigenvalues or a pair, and which one.
    turn = 0.5 * (matrix[..., 1, 0] - matrix[..., 0, 1])
    radius = np.hypot(mean, turn)
    away = np.hypot(traceless[..., 0, 0], matrix[..., 1, 0] - turn)
    half_turn = (mean < NEAR_HALF_TURN * radius) & (away <= ROTATION_TOLERANCE * radius)
    rotation = np.abs(radius - 1.0) <= ROTATION_TOLERANCE
    half_turn &= rotation | (away <= ORTHOGONAL * radius) | (delta >= 0.0)
    singular = np.abs(determinant) <= 4.0 * _EPS * (np.abs(first) + np.abs(second))
    real = (delta >= 0.0) & ~half_turn
    bad = ~half_turn & (singular | (real & ((mean <= 0.0) | (determinant <= 0.0))))
    if bad.any():
        index = np.unravel_index(int(bad.argmax()), bad.shape)
        values = np.linalg.eigvals(matrix[index])
        where = f" at index {tuple(int(i) for i in index)}" if index else ""
        pairs = "the Jordan blocks of the negative eigenvalue {:.6g} do not come in equal pairs"
        reason = why_no_log(values, pairs)
        if singular[index]:
            reason = f"it is singular: eigenvalues {np.sort(values.real)}"
        raise ValueError(f"matrix{where} has no real logarithm, {reason}")
    root = np.sqrt(np.abs(delta))
    growth = np.log(np.where(half_turn, 1.0, determinant))
    # The two eigenvalues are mean ± root; the smaller one from the determinant, free of cancellation. For
    # close ones the difference of the logarithms is 2 artanh(root / mean), free of it too.
    ratio = np.where(real, root / np.where(real, mean, 1.0), 0.0)
    close = ratio < 0.5
    gap = np.where(real, 2.0 * np.log(np.where(real, mean + root, 1.0)) - growth, 0.0)
    gap = np.where(close, 2.0 * np.arctanh(np.where(close, ratio, 0.0)), gap)
    slope = np.where(real, 0.5 * gap, np.arctan2(root, mean)) / np.where(root > 0.0, root, 1.0)
    slope = np.where(root > 0.0, slope, 1.0 / np.where(half_turn, 1.0, mean))
    # Near a half turn, r times a rotation up to rounding: log r I + angle J.
    scale = np.where(half_turn, np.log(np.where(half_turn, radius, 1.0)), 0.5 * growth)
    scale = scale + exponent * math.log(2.0)
    slope = np.where(half_turn, 0.0, slope)
    angle = np.where(half_turn, _turn_angle(mean, turn), 0.0)
    return np.asarray(
        scale[..., None, None] * np.eye(2) + slope[..., None, None] * traceless + angle[..., None, None] * J
    )


def _beyond_squares(matrix: Array) -> NDArray[np.intp]:
    """Return the exponent of 2 in the largest entry of matrices (..., 2, 2); 0 where squares are in range."""
    exponent = np.frexp(np.abs(matrix).max(axis=(-2, -1), initial=0.0))[1]
    return np.where(np.abs(exponent) > LARGE_EXPONENT, exponent, 0)


def _split(matrix: Array) -> tuple[Array, Array, Array]:
    """Return τ = tr W / 2, W_0 = W - τI and Δ = -det W_0, for which W_0² = Δ I."""
    mean = 0.5 * (matrix[..., 0, 0] + matrix[..., 1, 1])
    half = 0.5 * (matrix[..., 0, 0] - matrix[..., 1, 1])
    traceless = matrix.copy()
    traceless[..., 0, 0], traceless[..., 1, 1] = half, -half
    return mean, traceless, half * half + matrix[..., 0, 1] * matrix[..., 1, 0]


def why_no_log(values: NDArray[Any], of_pairs: str) -> str:
    """Return which of the eigenvalues (n,) forbids a real logarithm; ``of_pairs`` where all come in pairs."""
    negative = np.sort(values.real[(values.real < 0.0) & (np.abs(values.imag) <= 1e-6 * np.abs(values))])
    for value in negative:
        count = int((np.abs(negative - value) <= 1e-6 * abs(value)).sum())
        if count % 2:
            times = "once" if count == 1 else f"{count} times"
            return f"the negative eigenvalue {value:.6g} occurs {times}: an odd number"
    if len(negative):
        return of_pairs.format(negative[0])
    return f"it is too close to having none for double precision: eigenvalues {values}"


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


def planar_type(generator: ArrayLike) -> PlanarType:
    """Return the type of a 2×2 generator.

    Parameters
    ----------
    generator : array_like, shape (2, 2)
        Generator W.

    Returns
    -------
    PlanarType

    Raises
    ------
    ValueError
        When ``generator`` has another shape.

    Examples
    --------
    >>> planar_type([[0, -2], [2, 0]]).kind
    'elliptic'
    """
    generator = as_array("generator", generator, (2, 2))
    norm = float(scaled_norm(generator, 2))
    mean, traceless, delta = _split(generator / norm if norm else generator)
    if not norm:
        kind = "zero"
    elif np.linalg.norm(traceless) <= _ZERO:
        kind = "scalar"
    else:
        kind = "elliptic" if delta < -_ZERO else "hyperbolic" if delta > _ZERO else "parabolic"
    compact = kind == "zero" or (kind == "elliptic" and abs(2.0 * float(mean)) <= _ZERO)
    turning = math.sqrt(abs(float(delta))) * norm
    period = 0.0 if kind == "zero" else 2.0 * math.pi / turning if compact else math.inf
    (a, b), (c, d) = generator.tolist()
    return PlanarType(kind, a + d, a * d - b * c, compact, period)
