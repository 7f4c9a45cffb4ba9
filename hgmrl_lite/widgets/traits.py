"""The widgets' traits: what Python or NumPy offers for a number is taken, anything else is a ValueError.

traitlets' own refuse NumPy's scalars, and its ``Any`` lets None pass before a validator sees it.
"""

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import traitlets

from hgmrl_lite._validate import as_array


def _within(name: str, value: Any, low: float, high: float) -> None:
    """Raise a ValueError unless all of a value is from low to high."""
    if np.size(value) and not (low <= np.min(value) and np.max(value) <= high):
        bounds = f"within ±{high:g}" if low == -high else f"from {low:g} to {high:g}"
        raise ValueError(f"{name} must be {bounds}, got {value}")


class Number(traitlets.TraitType[float, Any]):
    """A finite real number; any scalar type or array without axes is taken, and kept as a float.

    Parameters
    ----------
    default : float
        Its value at first.
    low, high : float, optional
        The smallest and the largest value.
    """

    def __init__(self, default: float, low: float = -np.inf, high: float = np.inf) -> None:
        super().__init__(default)
        self.low, self.high = low, high

    def validate(self, obj: Any, value: Any) -> float:
        """Return the value as a float, or raise a ValueError."""
        number = float(as_array(str(self.name), value, ()))
        _within(str(self.name), number, self.low, self.high)
        return number


class Whole(traitlets.TraitType[int, Any]):
    """A whole number; any integer type is taken, and kept as an int. Parameters as those of `Number`."""

    def __init__(self, default: int, low: float = -np.inf, high: float = np.inf) -> None:
        super().__init__(default)
        self.low, self.high = low, high

    def validate(self, obj: Any, value: Any) -> int:
        """Return the value as an int, or raise a ValueError."""
        try:
            if isinstance(value, bool):
                raise TypeError
            whole = operator.index(value)
        except TypeError:
            raise ValueError(f"{self.name} must be a whole number, got {value!r}") from None
        _within(str(self.name), whole, self.low, self.high)
        return whole


class Flag(traitlets.TraitType[bool, Any]):
    """True or False, Python's or NumPy's, kept as Python's."""

    def validate(self, obj: Any, value: Any) -> bool:
        """Return the value as a bool, or raise a ValueError."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise ValueError(f"{self.name} must be True or False, got {value!r}")


class Choice(traitlets.TraitType[str, Any]):
    """One of some words, the first of them at first."""

    def __init__(self, *choices: str) -> None:
        super().__init__(choices[0])
        self.choices = choices

    def validate(self, obj: Any, value: Any) -> str:
        """Return the word, or raise a ValueError that names the choices."""
        if value not in self.choices:
            raise ValueError(f"{self.name} must be one of {', '.join(self.choices)}, got {value!r}")
        return str(value)


class Coordinates(traitlets.TraitType[list[Any], Any]):
    """An array of finite real numbers, kept as lists, which JavaScript can read.

    Parameters
    ----------
    *shape : int or str
        Its shape; a name leaves the length of an axis free.
    within : float, optional
        The largest size of an entry.
    """

    def __init__(self, *shape: int | str, within: float = np.inf) -> None:
        super().__init__()
        self.shape, self.within = shape, within

    def validate(self, obj: Any, value: Any) -> list[Any]:
        """Return the value as nested lists of floats, or raise a ValueError."""
        entries: list[Any] = as_array(str(self.name), value, self.shape).tolist()
        _within(f"every entry of {self.name}", entries, -self.within, self.within)
        return entries


def shown(show: Iterable[str], choices: Sequence[str]) -> dict[str, bool]:
    """Return whether each of some parts is shown, as values of the flags ``show_<part>``.

    Raises
    ------
    ValueError
        When ``show`` is no list of the parts.
    """
    parts = show if isinstance(show, str) else list(show)
    if isinstance(parts, str) or set(parts) - set(choices):
        raise ValueError(f"show must be a list of {', '.join(choices)}, got {parts!r}")
    return {f"show_{choice}": choice in parts for choice in choices}
