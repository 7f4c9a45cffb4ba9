"""Derivatives of plain Python functions by differences, and how far functions are from in- or equivariant."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.actions.action import Action
from hgmrl_lite.lie import LieAlgebra

#: Of central differences of fourth order: balances the error of the formula, step⁴, against rounding,
#: 1e-16 / step, for functions of scale 1.
STEP = 1e-3
_OFFSETS = np.array([-2.0, -1.0, 1.0, 2.0])
_WEIGHTS = np.array([1.0, -8.0, 8.0, -1.0]) / 12.0
#: Differences below this, relative to the values, are rounding.
_ROUNDING = 1e-14


def numerical_jacobian(
    function: Callable[[Array], ArrayLike], points: ArrayLike, step: float = STEP
) -> Array:
    """Return the Jacobian matrices of a map of points.

    The function is called once, on all shifted points. With a step of 1e-3 the error is about 1e-12 for
    functions of scale 1; a function that varies on a shorter scale needs a smaller step.

    Parameters
    ----------
    function : callable
        Maps points (..., n) to values (..., m), for any leading batch axes.
    points : array_like, shape (..., n)
        Where to differentiate.
    step : float
        Distance between samples, in units of max(1, |coordinate|).

    Returns
    -------
    ndarray, shape (..., m, n)
        Derivatives of the m values by the n coordinates.

    Raises
    ------
    ValueError
        When ``step`` is not positive, or the function returns another shape or NaN.
    """
    points = as_array("points", points, ("...", "n"))
    if not step > 0.0:
        raise ValueError(f"step must be positive, got {step}")
    n = points.shape[-1]
    width = step * np.maximum(1.0, np.abs(points))
    shifts = np.eye(n).reshape(n, *([1] * (points.ndim - 1)), n) * width
    shifted = points + _OFFSETS.reshape(4, *([1] * (points.ndim + 1))) * shifts
    values = evaluate("function", function, shifted, 1)
    jacobian = np.tensordot(_WEIGHTS, values, axes=1) / np.moveaxis(width, -1, 0)[..., None]
    return np.ascontiguousarray(np.moveaxis(jacobian, 0, -1))


def numerical_gradient(
    function: Callable[[Array], ArrayLike], points: ArrayLike, step: float = STEP
) -> Array:
    """Return the gradients of a scalar function of points.

    Parameters
    ----------
    function : callable
        Maps points (..., n) to numbers (...), for any leading batch axes.
    points : array_like, shape (..., n)
        Where to differentiate.
    step : float
        Distance between samples, in units of max(1, |coordinate|).

    Returns
    -------
    ndarray, shape (..., n)
        Derivatives by the n coordinates.

    Raises
    ------
    ValueError
        When ``step`` is not positive, or the function returns another shape or NaN.
    """
    return numerical_jacobian(lambda p: evaluate("function", function, p, 0)[..., None], points, step)[
        ..., 0, :
    ]


def evaluate(name: str, function: Callable[[Array], ArrayLike], points: Array, value_ndim: int) -> Array:
    """Return function(points), checked: finite, the points' batch axes, then ``value_ndim`` axes of its own.

    Parameters
    ----------
    name : str
        The function's name, for the message.
    function : callable
        Maps points (..., n) to numbers (...) or vectors (..., m).
    points : ndarray, shape (..., n)
        Points.
    value_ndim : int
        0 for numbers, 1 for vectors.

    Returns
    -------
    ndarray
        The values.

    Raises
    ------
    ValueError
        When the values have another shape, or are not finite.
    """
    # A point outside a function's domain is reported below: NumPy need not warn of it as well.
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = function(points)
    values = as_array(f"{name}(points)", raw)
    if values.ndim != points.ndim - 1 + value_ndim or values.shape[: points.ndim - 1] != points.shape[:-1]:
        need = "numbers (...)" if value_ndim == 0 else "vectors (..., m)"
        raise ValueError(
            f"{name} must map points {points.shape} to {need} with the same leading axes, got {values.shape}"
        )
    return values


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
