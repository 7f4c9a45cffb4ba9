"""How far any callable is from invariant or equivariant, on a sample of points."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.actions.action import Action
from hgmrl_lite.actions.derivatives import STEP, evaluate, numerical_gradient
from hgmrl_lite.lie import LieAlgebra

#: Differences below this, relative to the values, are rounding.
_ROUNDING = 1e-14


def invariance_residual(
    function: Callable[[Array], ArrayLike],
    symmetry: Action | LieAlgebra,
    points: ArrayLike,
) -> float | Array:
    """Return how far a function is from invariant: 0 when it is.

    For one element, the functional test: the root mean square of f(g p) - f(p), divided by the standard
    deviation of f over the points; about √2 when f(g p) has nothing to do with f(p).
    For an algebra, the differential test, free of any time t: for each generator the root mean square of
    df_p(W_k p), divided by that of |df_p| |W_k p| / √n; about 1 for a direction that has nothing to do with
    the level sets. A constant function is invariant under everything and scores 0.

    Parameters
    ----------
    function : callable
        Maps points (..., n) to numbers (...).
    symmetry : Action or LieAlgebra
        A group element, or generators.
    points : array_like, shape (..., n)
        Where to test.

    Returns
    -------
    float, or ndarray of shape (d,) for an algebra
        Residuals.

    Raises
    ------
    ValueError
        When there are no points, the shapes do not fit, or the function returns NaN.
    """
    points = _some_points(points)
    if isinstance(symmetry, LieAlgebra):
        gradients = numerical_gradient(function, points)
        velocities = symmetry.velocities(points)
        axes = tuple(range(points.ndim - 1))
        along = np.square(np.einsum("...n,...kn->...k", gradients, velocities)).mean(axis=axes)
        sizes = np.square(gradients).sum(axis=-1)[..., None] * np.square(velocities).sum(axis=-1)
        whole = sizes.mean(axis=axes) / points.shape[-1]
        # Rounding of the values, divided by the step, is what the differences of a constant come to.
        size = np.sqrt(np.square(evaluate("function", function, points, 0)).mean())
        speed = np.sqrt(np.square(velocities).sum(axis=-1).mean(axis=axes))
        return np.asarray(_quotient(along, whole, _ROUNDING * size * speed / STEP))
    if not isinstance(symmetry, Action):
        raise ValueError(f"symmetry must be an Action or a LieAlgebra, got {type(symmetry).__name__}")
    values = evaluate("function", function, points, 0)
    moved = evaluate("function", function, symmetry(points), 0)
    floor = _ROUNDING * np.sqrt(np.square(values).mean())
    return float(_quotient(np.square(moved - values).mean(), values.var(), floor))


def equivariance_residual(
    function: Callable[[Array], ArrayLike],
    left: Action,
    right: Action,
    points: ArrayLike,
) -> float:
    """Return how far a map F is from equivariant, F(g p) = g F(p): 0 when it is.

    The root mean square of |F(left p) - right F(p)|, divided by that of |F(p)|.

    Parameters
    ----------
    function : callable
        Maps points (..., n) to vectors (..., m): a policy, a transition function, a vector field.
    left, right : Action
        How the element moves points, and how it moves the values of F.
    points : array_like, shape (..., n)
        Where to test.

    Returns
    -------
    float
        The residual; 0 for F = 0.

    Raises
    ------
    ValueError
        When there are no points, the shapes do not fit, or the map returns NaN.
    """
    points = _some_points(points)
    values = evaluate("function", function, points, 1)
    moved = evaluate("function", function, left(points), 1)
    away = np.square(moved - right(values)).sum(axis=-1).mean()
    return float(_quotient(away, np.square(values).sum(axis=-1).mean(), 0.0))


def _some_points(points: ArrayLike) -> Array:
    """Return at least one point (..., n)."""
    points = as_array("points", points, ("...", "n"))
    if not points.size:
        raise ValueError(f"points must hold at least one point, got shape {points.shape}")
    return points


def _quotient(away: ArrayLike, whole: ArrayLike, floor: ArrayLike) -> Array:
    """Return the square root of away / whole; 0 where away is rounding, up to the square of ``floor``."""
    away, whole = np.asarray(away, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    varies = away > np.square(floor)
    with np.errstate(divide="ignore"):
        return np.asarray(np.sqrt(np.divide(away, whole, out=np.zeros(np.shape(away)), where=varies)))
