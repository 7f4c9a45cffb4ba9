"""Groups of the plane that a widget offers: in Python what js/plane_groups.js has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import actions, lie
from hgmrl_lite._validate import as_array

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
    if group not in GROUPS:
        raise ValueError(f"group must be one of {', '.join(GROUPS)}, got {group!r}")
    matrix = np.eye(3)
    if group in ("rotation", "rigid"):
        matrix[:2, :2] = lie.so2_exp(t)
    if group == "scaling":
        matrix[:2, :2] *= np.exp(t)
    if group == "shear":
        matrix[0, 1] = t
    if group == "translation":
        angle = np.radians(direction)
        matrix[:2, 2] = t * np.cos(angle), t * np.sin(angle)
    if group == "rigid":
        matrix[:2, 2] = as_array("shift", shift, (2,))
    return actions.AffineAction(matrix)
