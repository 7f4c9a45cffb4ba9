"""The widgets' traits: what Python or NumPy offers for a number is taken, anything else is a ValueError.

traitlets' own refuse NumPy's scalars, and its ``Any`` lets None pass before a validator sees it.
"""

import operator
from typing import Any

import numpy as np
import traitlets

from hgmrl_lite._validate import as_array


class Number(traitlets.TraitType[float, Any]):
    """A finite real number; any scalar type or array without axes is taken, and kept as a float."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return the value as a float, or raise a ValueError."""
        return float(as_array(str(self.name), value, ()))


class Whole(traitlets.TraitType[int, Any]):
    """A whole number; any integer type is taken, and kept as an int."""

    def validate(self, obj: Any, value: Any) -> int:
        """Return the value as an int, or raise a ValueError."""
        try:
            if isinstance(value, bool):
                raise TypeError
            return operator.index(value)
        except TypeError:
            raise ValueError(f"{self.name} must be a whole number, got {value!r}") from None


class Flag(traitlets.TraitType[bool, Any]):
    """True or False, Python's or NumPy's, kept as Python's."""

    def validate(self, obj: Any, value: Any) -> bool:
        """Return the value as a bool, or raise a ValueError."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        raise ValueError(f"{self.name} must be True or False, got {value!r}")


class Coordinates(traitlets.TraitType[list[Any], Any]):
    """An array of finite real numbers, kept as lists, which JavaScript can read.

    Parameters
    ----------
    *shape : int or str
        Its shape; a name leaves the length of an axis free.
    """

    def __init__(self, *shape: int | str) -> None:
        super().__init__()
        self.shape = shape

    def validate(self, obj: Any, value: Any) -> list[Any]:
        """Return the value as nested lists of floats, or raise a ValueError."""
        entries: list[Any] = as_array(str(self.name), value, self.shape).tolist()
        return entries
