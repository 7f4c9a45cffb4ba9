"""Argument checks shared by the package: each error names the argument, what came and what is needed."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def as_numpy(name: str, value: ArrayLike) -> NDArray[Any]:
    """Return ``value`` as an array of its own type, and refuse it where its meaning would be lost.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed; of a torch tensor that carries gradients, the values are taken.

    Returns
    -------
    ndarray
        No copy where none is needed.

    Raises
    ------
    ValueError
        When entries are masked (NumPy would count what lies under the mask), or NumPy cannot read it.
    """
    if type(value) is np.ndarray:
        return value
    masked = masked_entries(value)
    if masked:
        raise ValueError(
            f"{name} must not hold masked entries, got {masked}: leave out the samples they belong to, or "
            "fill them with values (`filled`)"
        )
    try:
        try:
            return np.asarray(value)
        except RuntimeError:
            return np.asarray(_without_gradients(value))
    except (TypeError, ValueError, RuntimeError) as error:
        raise _unreadable(name, value, error) from error


def as_real(name: str, value: ArrayLike) -> Array:
    """Return ``value`` as a float64 array of any shape, as :func:`as_array` does; NaN and infinity may pass.

    Raises
    ------
    ValueError
        When ``value`` is not numeric, holds complex numbers, or entries are masked.
    """
    array = as_numpy(name, value)
    if array.dtype == np.float64:
        return array
    if array.dtype.kind == "c":
        raise ValueError(
            f"{name} must hold real numbers, got complex ones ({array.dtype}); where the imaginary parts are "
            "rounding errors, take its `.real`"
        )
    try:
        if array.dtype.kind in "USMm":
            # NumPy would read "3" as 3, and a date as a number of days.
            raise TypeError(f"its entries are of type {array.dtype}")
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _unreadable(name, value, error) from error


def masked_entries(value: Any) -> int:
    """Return how many entries of a masked array, or of a list with masked arrays in it, are masked."""
    if isinstance(value, np.ma.MaskedArray):
        return int(np.count_nonzero(np.ma.getmaskarray(value)))
    if isinstance(value, (list, tuple)):
        return sum(
            masked_entries(part) for part in value if isinstance(part, (list, tuple, np.ma.MaskedArray))
        )
    return 0


def _unreadable(name: str, value: ArrayLike, error: Exception) -> ValueError:
    """Return what to raise when NumPy raised ``error`` at a value."""
    return ValueError(f"{name} must be an array of real numbers, got {type(value).__name__}: {error}")


def _without_gradients(value: Any) -> Any:
    """Return a torch tensor, or a list of them, detached from what computed it; anything else as it is."""
    if isinstance(value, (list, tuple)):
        return [_without_gradients(part) for part in value]
    return value.detach() if hasattr(value, "detach") else value


def as_array(name: str, value: ArrayLike, shape: tuple[int | str | None, ...] | None = None) -> Array:
    """Return ``value`` as a finite float64 array, checked against ``shape``.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed; of a torch tensor that carries gradients, the values are taken.
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
        When ``value`` is not numeric, holds complex numbers, NaN or infinity, entries are masked, or the
        shape is another.
    """
    array = as_real(name, value)
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


def as_square(name: str, value: ArrayLike) -> Array:
    """Return ``value`` as a finite float64 array of square matrices (..., n, n), or raise a ValueError."""
    array = as_array(name, value, ("...", "n", "n"))
    if array.shape[-1] != array.shape[-2]:
        raise ValueError(f"{name} must be square (..., n, n), got shape {array.shape}")
    return array


def tolerance(tol: float, positive: bool = False) -> float:
    """Return ``tol``, or raise a ValueError when it is negative (or zero, where it must be positive)."""
    if not tol >= 0.0 or (positive and tol == 0.0):
        raise ValueError(f"tol must be {'positive' if positive else 'at least 0'}, got {tol}")
    return tol


def as_count(name: str, value: int, minimum: int = 1) -> int:
    """Return ``value`` as an int of at least ``minimum``, or raise a ValueError that says what came."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < minimum:
        raise ValueError(f"{name} must be a whole number of at least {minimum}, got {value!r}")
    return int(value)
