"""Closed forms of exp and log for so(2) and se(2), accurate at 0 and at π, on any leading batch axes.

Angles are in radians. Half-angle formulas avoid every cancellation at 0, so no series is needed. A rotation
by π has two logarithms, ±π; the documented choice is +π.
"""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array

#: The generator of the plane's rotations: J p is p turned by +90°.
J: Array = np.array([[0.0, -1.0], [1.0, 0.0]])
J.flags.writeable = False

#: How far from orthogonal a matrix may be and still count as a rotation (float32 input passes).
ROTATION_TOLERANCE = 1e-6
#: A rotation by an angle of smaller cosine is near a half turn (within 18°): there its logarithm magnifies
#: what is not orthogonal in the matrix by 10 and more, without limit at π.
NEAR_HALF_TURN = -0.95
#: An angle this close to π is π up to the rounding of a cosine and a sine.
AT_PI = 8 * float(np.finfo(np.float64).eps)


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
    return turn_angle(cosine, sine)


def turn_angle(cosine: Array, sine: Array) -> Array:
    """Return the angles in (-π, π] of multiples of a cosine and a sine; -π up to rounding gives +π."""
    angle = np.arctan2(sine, cosine)
    return np.where(angle <= AT_PI - np.pi, np.pi, angle)


def se2_exp(theta: ArrayLike) -> Array:
    """Return the rigid motions of the plane with coordinates ``theta``.

    Parameters
    ----------
    theta : array_like, shape (..., 3)
        Angle in radians, then the two velocities of translation: coordinates in the basis of ``se(2)``.

    Returns
    -------
    ndarray, shape (..., 3, 3)
        Homogeneous matrices exp([[θ_1 J, (θ_2, θ_3)], [0, 0]]).
    """
    theta = as_array("theta", theta, ("...", 3))
    half = 0.5 * theta[..., 0]
    sine, cosine = np.sin(half), np.cos(half)
    # (exp(θJ) - I) / (θJ) = sin(θ/2) / (θ/2) · exp(J θ/2), which has no cancellation at 0.
    chord = _over(sine, half)
    along, across = chord * cosine, chord * sine
    out = np.zeros((*theta.shape, 3))
    out[..., :2, :2] = so2_exp(theta[..., 0])
    out[..., 0, 2] = along * theta[..., 1] - across * theta[..., 2]
    out[..., 1, 2] = across * theta[..., 1] + along * theta[..., 2]
    out[..., 2, 2] = 1.0
    return out


def se2_log(motion: ArrayLike) -> Array:
    """Return the coordinates of rigid motions of the plane, angle in (-π, π]; a turn by π gives +π.

    Parameters
    ----------
    motion : array_like, shape (..., 3, 3)
        Homogeneous matrices [[R, t], [0, 1]] with R a rotation.

    Returns
    -------
    ndarray, shape (..., 3)
        Angle in radians, then the two velocities of translation.

    Raises
    ------
    ValueError
        When a matrix is not a rigid motion.
    """
    motion = as_array("motion", motion, ("...", 3, 3))
    if np.abs(motion[..., 2, :] - [0.0, 0.0, 1.0]).max(initial=0.0) > ROTATION_TOLERANCE:
        raise ValueError("motion must be homogeneous, with last row (0, 0, 1)")
    angle = so2_log(motion[..., :2, :2])
    half = 0.5 * angle
    sine = np.sin(half)
    along = np.cos(half) / _over(sine, half)
    x, y = motion[..., 0, 2], motion[..., 1, 2]
    return np.stack([angle, along * x + half * y, along * y - half * x], axis=-1)


def _over(numerator: Array, denominator: Array) -> Array:
    """Return numerator / denominator, 1 where the denominator is 0: sin(x) / x, tan(x) / x and their like."""
    zero = denominator == 0.0
    return np.where(zero, 1.0, numerator / np.where(zero, 1.0, denominator))
