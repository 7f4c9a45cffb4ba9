"""Argument checks shared by the package: each error names the argument, what came and what is needed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def as_array(name: str, value: ArrayLike, shape: tuple[int | str | None, ...] | None = None) -> Array:
    """Return ``value`` as a finite float64 array, checked against ``shape``.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed.
    shape : tuple, optional
        Required trailing shape; any leading batch axes are allowed only when it starts with ``...`` given as
        the string ``"..."``. An integer fixes a length, a string or None leaves it free.

    Returns
    -------
    ndarray
        A float64 array; no copy where none is needed.

    Raises
    ------
    ValueError
        When ``value`` is not numeric, holds NaN or infinity, or has another shape.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must be an array of real numbers, got {type(value).__name__}: {error}"
        ) from error
    if shape is not None:
        batched = bool(shape) and shape[0] == "..."
        core = shape[1:] if batched else shape
        got = array.shape[array.ndim - len(core) :] if batched else array.shape
        fits = len(got) == len(core) and all(
            not isinstance(need, int) or need == have for need, have in zip(core, got, strict=True)
        )
        if not fits:
            text = "(" + ", ".join("any" if axis is None else str(axis) for axis in shape) + ")"
            raise ValueError(f"{name} must have shape {text}, got {array.shape}")
    if not np.isfinite(array).all():
        bad = int(array.size - np.isfinite(array).sum())
        raise ValueError(f"{name} must be finite, got {bad} NaN or infinite of {array.size} entries")
    return array


def is_double(value: ArrayLike) -> bool:
    """Return whether ``value`` has double precision (or is exact), rather than that of float32 or float16."""
    dtype = np.asarray(value).dtype
    return not np.issubdtype(dtype, np.floating) or np.finfo(dtype).eps <= np.finfo(np.float64).eps


def tolerance(tol: float | None, double: bool, usual: float = 1e-8, positive: bool = False) -> float:
    """Return ``tol``, checked; without one ``usual`` for doubles, and 1e-5 for what came as float32."""
    if tol is None:
        return usual if double else 1e-5
    if not tol >= 0.0 or (positive and tol == 0.0):
        raise ValueError(f"tol must be {'positive' if positive else 'at least 0'}, got {tol}")
    return tol


def as_count(name: str, value: int, minimum: int = 1) -> int:
    """Return ``value`` as an int of at least ``minimum``, or raise a ValueError that says what came."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < minimum:
        raise ValueError(f"{name} must be a whole number of at least {minimum}, got {value!r}")
    return int(value)
