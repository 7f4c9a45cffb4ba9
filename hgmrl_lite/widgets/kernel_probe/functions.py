"""Functions of the plane that a widget samples: in Python what js/planar_functions.js has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array

#: Where the distance and the bump have their maximum.
GOAL = (-0.7, 0.7)
#: Width of the bump.
WIDTH = 0.9


@dataclass(frozen=True)
class PlanarFunction:
    """A function of the plane with its gradient.

    Parameters
    ----------
    title : str
        A few words.
    formula : str
        The formula as plain text.
    value, gradient : callable
        From points (..., 2) to values (...) and to gradients (..., 2).
    """

    title: str
    formula: str
    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]

    def __call__(self, points: ArrayLike) -> Array:
        """Return the values at points (..., 2)."""
        return self.value(as_array("points", points, ("...", 2)))


def _toward_goal(points: Array) -> Array:
    away = points - GOAL
    size = np.linalg.norm(away, axis=-1, keepdims=True)
    return np.asarray(-np.divide(away, size, out=np.zeros_like(away), where=size > 0))


def _bump(points: Array) -> Array:
    return np.asarray(np.exp(-np.square(points - GOAL).sum(axis=-1) / (2.0 * WIDTH**2)))


def _wavy_gradient(points: Array) -> Array:
    x, y = np.moveaxis(points, -1, 0)
    return np.stack([2.0 * np.cos(2.0 * x) + 0.3 * y, -1.5 * np.sin(3.0 * y) + 0.3 * x], axis=-1)


FUNCTIONS: Mapping[str, PlanarFunction] = MappingProxyType(
    {
        "distance": PlanarFunction(
            "navigation reward",
            "−‖p − c‖",
            lambda p: -np.linalg.norm(p - GOAL, axis=-1),
            _toward_goal,
        ),
        "bump": PlanarFunction(
            "Gaussian bump",
            "exp(−‖p − c‖² / 1.62)",
            _bump,
            lambda p: -_bump(p)[..., None] * (p - GOAL) / WIDTH**2,
        ),
        "saddle": PlanarFunction(
            "saddle", "xy", lambda p: p[..., 0] * p[..., 1], lambda p: p[..., ::-1].copy()
        ),
        "none": PlanarFunction(
            "no symmetry",
            "sin 2x + 0.5 cos 3y + 0.3xy",
            lambda p: np.sin(2.0 * p[..., 0]) + 0.5 * np.cos(3.0 * p[..., 1]) + 0.3 * p[..., 0] * p[..., 1],
            _wavy_gradient,
        ),
    }
)
