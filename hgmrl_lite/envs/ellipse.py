"""A point in the plane whose steps are longer one way than the other: the group is A SO(2) A⁻¹."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.envs.goals import PointGoals
from hgmrl_lite.envs.navigation import STEP, circle_tasks, training_tasks
from hgmrl_lite.envs.system import System, norms_of

SHAPE: Final = np.array([[1.4, 0.5], [0.0, 0.7]])
"""A: a unit of action moves the point by 0.1 A."""


@dataclass(frozen=True)
class Slope(System):
    """A point moved by anisotropic steps: T(p, a) = p + 0.1 A · proj(a); noise and starts are as long.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`; the deviations are those before A.
    """

    name = "ellipse"
    state_dim = action_dim = 2

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 2), for states and raw actions (..., 2)."""
        moved: Array = as_real("states", states) + STEP * self.project(actions) @ SHAPE.T
        return moved

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s' of shape (..., 2) for standard normals (..., 2)."""
        return np.asarray(self.mean_next_state(states, actions) + self.noise * normals @ SHAPE.T)

    def start_state(self, normals: Array) -> Array:
        """Return a start state for each standard normal (..., 2)."""
        return np.asarray(self.start_std * normals @ SHAPE.T)


@dataclass(frozen=True, eq=False)
class EllipseGoals(PointGoals):
    """Goals on the ellipse; distances are measured in steps: the reward is −‖A⁻¹ (p' − goal)‖."""

    response = STEP * SHAPE

    system: Slope = field(default_factory=Slope)
    train: Array = field(default_factory=lambda: training_tasks() @ SHAPE.T)
    test: Array = field(default_factory=lambda: circle_tasks(20) @ SHAPE.T)

    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return −‖A⁻¹ (p' − goal)‖ and whether the goal is reached, each (B,)."""
        gaps = norms_of((next_states - tasks) @ np.linalg.inv(SHAPE).T)
        return -gaps, gaps < self.radius


def ellipse(*, reward_noise: float = 0.0, **system: Any) -> EllipseGoals:
    """Return the family of goals on an ellipse. Settings of :class:`Slope` come by name."""
    return EllipseGoals(Slope(**system), reward_noise=reward_noise)
