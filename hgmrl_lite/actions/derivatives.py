"""Derivatives of plain Python functions by central differences of fourth order."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array

#: Balances the error of the formula, step⁴, against rounding, 1e-16 / step, for functions of scale 1.
STEP = 1e-3
_OFFSETS = np.array([-2.0, -1.0, 1.0, 2.0])
_WEIGHTS = np.array([1.0, -8.0, 8.0, -1.0]) / 12.0


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
