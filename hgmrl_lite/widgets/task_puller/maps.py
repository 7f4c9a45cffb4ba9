"""Maps that may carry one task onto another, and the tasks: in Python what js/task_maps.js has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import actions, lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.envs import bent_valley
from hgmrl_lite.widgets.plane_groups import plane_element

#: Where both rewards have their top: the base goal.
BASE_GOAL = (0.8, 0.3)
#: Within this distance of its goal a policy takes shorter steps.
SLOW = 0.4
#: For each kind of map: what its parameter t is called, how far it goes, the step of a key, and whether all
#: of them are a bounded set.
MAPS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "rotation": {"label": "angle", "limit": np.pi, "step": np.pi / 180, "compact": True},
        "reflection": {"label": "mirror line", "limit": np.pi / 2, "step": np.pi / 180, "compact": True},
        "scaling": {"label": "factor", "limit": 1.2, "step": 0.02, "compact": False},
        "shear": {"label": "shear t", "limit": 3.0, "step": 0.02, "compact": False},
        "translation": {"label": "distance", "limit": 3.0, "step": 0.02, "compact": False},
    }
)
_RADIUS, _ANGLE = float(np.hypot(*BASE_GOAL)), float(np.arctan2(BASE_GOAL[1], BASE_GOAL[0]))
_TURN = np.radians(110.0)
#: The target tasks: each is the base task, carried by one known map (kind, t, direction in degrees).
TARGETS: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "turned": ("rotation", float(_TURN), 0.0),
        # The mirror that carries the goal to where the turn carries it.
        "mirrored": ("reflection", float(_ANGLE + _TURN / 2), 0.0),
        "scaled": ("scaling", float(np.log(1.0 + 0.6 / _RADIUS)), 0.0),
        "sheared": ("shear", -1.0, 90.0),
        # Along the ray from the origin, to where the scaling carries the goal.
        "shifted": ("translation", 0.6, float(np.degrees(_ANGLE))),
    }
)


def task_map(kind: str, t: float, direction: float = 0.0) -> actions.AffineAction:
    """Return one map of the plane.

    Parameters
    ----------
    kind : {"rotation", "reflection", "scaling", "shear", "translation"}
        Rotations, reflections and scalings fix the origin; a shear moves points along a direction, in
        proportion to their distance from the line through the origin in that direction.
    t : float
        The angle in radians; the mirror line's angle; the logarithm of the factor; the shear; the distance.
    direction : float, optional
        Of a shear or a translation, in degrees.

    Returns
    -------
    AffineAction

    Raises
    ------
    ValueError
        When there is no such kind.
    """
    if kind not in MAPS:
        raise ValueError(f"kind must be one of {', '.join(MAPS)}, got {kind!r}")
    if kind == "reflection":
        turned = lie.so2_exp(2.0 * t) @ np.diag([1.0, -1.0])
        return actions.AffineAction(actions.LinearAction(turned).homogeneous)
    if kind == "shear":
        frame = lie.so2_exp(np.radians(direction))
        matrix = frame @ np.array([[1.0, t], [0.0, 1.0]]) @ frame.T
        return actions.AffineAction(actions.LinearAction(matrix).homogeneous)
    return plane_element(kind, t, direction)


@dataclass(frozen=True)
class TaskReward:
    """A reward of the plane with its top at :data:`BASE_GOAL`, its gradient, and a policy that climbs it.

    Parameters
    ----------
    value, gradient, policy : callable
        From points (..., 2) to values (...), to gradients (..., 2), to actions (..., 2) of length at most
        1.
    levels : tuple of float
        Values whose level sets are drawn.
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    policy: Callable[[Array], Array]
    levels: tuple[float, ...]


def _round_value(points: ArrayLike) -> Array:
    return np.asarray(-np.linalg.norm(as_array("points", points, ("...", 2)) - BASE_GOAL, axis=-1))


def _round_gradient(points: ArrayLike) -> Array:
    away = as_array("points", points, ("...", 2)) - BASE_GOAL
    size = np.linalg.norm(away, axis=-1, keepdims=True)
    return np.asarray(-np.divide(away, size, out=np.zeros_like(away), where=size > 0))


def _round_policy(states: ArrayLike) -> Array:
    away = as_array("states", states, ("...", 2)) - BASE_GOAL
    return np.asarray(-away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), SLOW))


def _valley_gradient(points: ArrayLike) -> Array:
    points = as_array("points", points, ("...", 2))
    u = points[..., 0] - 0.8
    v = points[..., 1] - 0.3 - 0.4 * u**2 - 0.15 * u**3
    return np.stack([-u + 4.0 * v * (0.8 * u + 0.45 * u**2), -4.0 * v], axis=-1)


def _valley_policy(states: ArrayLike) -> Array:
    uphill = _valley_gradient(states)
    return np.asarray(uphill / np.maximum(np.linalg.norm(uphill, axis=-1, keepdims=True), SLOW))


REWARDS: Mapping[str, TaskReward] = MappingProxyType(
    {
        "round goal": TaskReward(
            _round_value, _round_gradient, _round_policy, (-1.25, -1.0, -0.75, -0.5, -0.25)
        ),
        "bent valley": TaskReward(
            bent_valley, _valley_gradient, _valley_policy, (-1.2, -0.7, -0.35, -0.12, -0.02)
        ),
    }
)
