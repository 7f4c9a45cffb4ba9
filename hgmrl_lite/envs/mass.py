"""A mass in the plane that is pushed: place and velocity turn together, and boosts change the starts."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.envs.goals import GoalTasks
from hgmrl_lite.envs.navigation import circle_tasks, training_tasks
from hgmrl_lite.envs.system import System

FORCE: Final = 0.03
"""What one unit of action adds to the velocity in a step."""
DRAG: Final = 0.1
"""Share of the velocity that a step takes away."""


@dataclass(frozen=True)
class Mass(System):
    """A mass with drag: v' = 0.9 v + 0.03 · proj(a) and p' = p + v', each in units a step.

    The state is (p, v). Starts are at the origin, but for ``start_std``, with velocities of that spread.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`.
    """

    name = "mass"
    state_dim = 4
    action_dim = 2

    noise: float = 0.01

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 4), for states (..., 4) and raw forces (..., 2)."""
        states = as_real("states", states)
        velocity = (1.0 - DRAG) * states[..., 2:] + FORCE * self.project(actions)
        return np.concatenate([states[..., :2] + velocity, velocity], axis=-1)


@dataclass(frozen=True, eq=False)
class MassGoals(GoalTasks):
    """Goals in the plane, to be reached at any velocity."""

    system: Mass = field(default_factory=Mass)
    train: Array = field(default_factory=training_tasks)
    test: Array = field(default_factory=lambda: circle_tasks(4, phase=0.5))

    def place(self, states: Array) -> Array:
        """Return the places (..., 2) of states (..., 4)."""
        return states[..., :2]


def mass(*, reward_noise: float = 0.0, **system: Any) -> MassGoals:
    """Return the family of goals for a mass. Settings of :class:`Mass` come by name."""
    return MassGoals(Mass(**system), reward_noise=reward_noise)
