"""Groups of the plane that a widget offers: in Python what js/plane_groups.js has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import actions, lie
from hgmrl_lite._validate import Array, as_array

#: For each group: what its parameter t is called, how far t goes, and the step of a key.
GROUPS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "rotation": {"label": "angle", "limit": np.pi, "step": np.pi / 180},
        "scaling": {"label": "factor", "limit": 1.2, "step": 0.02},
        "shear": {"label": "shear t", "limit": 1.5, "step": 0.02},
        "translation": {"label": "distance t", "limit": 4.0, "step": 0.05},
        "rigid": {"label": "angle", "limit": np.pi, "step": np.pi / 180},
    }
)


def plane_element(
    group: str, t: float, direction: float = 0.0, shift: ArrayLike = (0.0, 0.0)
) -> actions.AffineAction:
    """Return one element of a group of the plane.

    Parameters
    ----------
    group : {"rotation", "scaling", "shear", "translation", "rigid"}
        Rotations and scalings about the origin, shears along the x axis, translations in one direction, rigid
        motions.
    t : float
        The angle in radians; the logarithm of the factor; the shear of a unit of y; the distance.
    direction : float, optional
        Of the translations, in degrees.
    shift : array_like, shape (2,), optional
        Of the rigid motion, after its rotation.

    Returns
    -------
    AffineAction

    Raises
    ------
    ValueError
        When there is no such group.
    """
    known(group)
    matrix = np.eye(3)
    if group in ("rotation", "rigid"):
        matrix[:2, :2] = lie.so2_exp(t)
    if group == "scaling":
        matrix[:2, :2] *= np.exp(t)
    if group == "shear":
        matrix[0, 1] = t
    if group == "translation":
        matrix[:2, 2] = t * _unit(direction)
    if group == "rigid":
        matrix[:2, 2] = as_array("shift", shift, (2,))
    return actions.AffineAction(matrix)


def plane_algebra(group: str, direction: float = 0.0) -> lie.LieAlgebra:
    """Return the Lie algebra of a group of :func:`plane_element`; ``direction`` in degrees."""
    known(group)
    if group == "rigid":
        return lie.se(2)
    generator = np.zeros((3, 3))
    if group == "rotation":
        generator[:2, :2] = lie.J
    elif group == "scaling":
        generator[:2, :2] = np.eye(2)
    elif group == "shear":
        generator[0, 1] = 1.0
    else:
        generator[:2, 2] = _unit(direction)
    return lie.LieAlgebra(generator[None], affine=True, name=group)


def known(group: str) -> str:
    """Return the name of a group, or raise a ValueError."""
    if group not in GROUPS:
        raise ValueError(f"group must be one of {', '.join(GROUPS)}, got {group!r}")
    return group


def _unit(degrees: float) -> Array:
    """Return the unit vector in a direction."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)])
