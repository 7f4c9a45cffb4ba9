"""The tasks of TaskPuller, the maps that may carry one onto another, and what these are asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from hgmrl_lite import actions, lie
from hgmrl_lite._validate import Array
from hgmrl_lite.envs import NOISE, bent_valley
from hgmrl_lite.hereditary.evidence import BOUND, START_BOUND
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
ACTIONS = ("disc", "box", "unbounded")
#: Up to where a figure counts as zero, by the bounds of a geometry's report: degrees, and shares of the
#: rewards' spread, of a step, of the starts' size.
BOUNDS: Mapping[str, float] = MappingProxyType(
    {"aligned": float(np.degrees(np.arcsin(BOUND))), "rewards": BOUND, "system": BOUND, "starts": START_BOUND}
)
#: How often a map is repeated to see whether its family stays bounded.
TIMES = 20
#: Verdicts, from the first test that fails to none.
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "no map": "It does not carry one task onto the other: the level sets do not fit.",
        "level sets only": "The level sets fit, the rewards do not: evidence for a map between the tasks, "
        "and no licence to carry the policy.",
        "no symmetry": "It carries the reward, but it is no symmetry of the system: carried actions or "
        "carried noise are not what the system has.",
        "starts lost": "A symmetry of the system that relates the tasks. But it carries the starts away: a "
        "learned policy would run where it was never trained.",
        "not connected": "Everything fits, but it is a mirror: no product of exponentials leads there.",
        "hereditary": "Everything fits. Carry the policy along, however far apart the tasks are.",
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
    """A reward of the plane with its top at :data:`BASE_GOAL`, and a policy that climbs it.

    Parameters
    ----------
    value, policy : callable
        From points (..., 2) to values (...), and to actions (..., 2) of length at most 1.
    levels : tuple of float
        Values whose level sets are drawn.
    """

    value: Callable[[Array], Array]
    policy: Callable[[Array], Array]
    levels: tuple[float, ...]


def _climb(uphill: Array) -> Array:
    """Return steps along vectors (..., 2): of length 1, and shorter where these are shorter than SLOW."""
    return np.asarray(uphill / np.maximum(np.linalg.norm(uphill, axis=-1, keepdims=True), SLOW))


REWARDS: Mapping[str, TaskReward] = MappingProxyType(
    {
        "round goal": TaskReward(
            lambda points: -np.linalg.norm(points - BASE_GOAL, axis=-1),
            lambda states: _climb(BASE_GOAL - states),
            (-1.25, -1.0, -0.75, -0.5, -0.25),
        ),
        "bent valley": TaskReward(
            bent_valley,
            lambda states: _climb(actions.numerical_gradient(bent_valley, states)),
            (-1.2, -0.7, -0.35, -0.12, -0.02),
        ),
    }
)


def sample_arrays(number: int = 120) -> dict[str, Array]:
    """Return ``points`` where tasks are compared, ``actions`` for the system's test and ``starts`` of ρ_0."""
    rng = np.random.default_rng(0)
    half = number // 2
    raw = np.concatenate([rng.normal(size=(half, 2)), rng.uniform(-1.0, 1.0, (number - half, 2))])
    points = rng.normal(scale=0.9, size=(number, 2))
    return {"points": points, "actions": raw, "starts": NOISE * rng.normal(size=(60, 2))}
