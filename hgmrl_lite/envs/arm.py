"""An arm of two links whose tip is to reach a goal: turning the base joint turns the tip."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.envs.car import turned
from hgmrl_lite.envs.goals import GoalTasks
from hgmrl_lite.envs.navigation import circle_tasks, training_tasks
from hgmrl_lite.envs.system import System

LINKS: Final = (0.6, 0.5)
"""Lengths of the links."""
TURN: Final = 0.15
"""Angle in radians by which one unit of action moves a joint in a step."""
BENT: Final = (1.5, 0.3)
"""Mean and standard deviation of the elbow's angle at the start, in radians."""


@dataclass(frozen=True)
class Arm(System):
    """An arm moved by the velocities of its two joints: θ' = θ + 0.15 · proj(a).

    The state is (cos θ₁, sin θ₁, cos θ₂, sin θ₂, tip), with the elbow's angle θ₂ counted from the first link.
    The noise turns the joints. At the start the base stands at any angle, and the elbow is bent.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`.
    """

    name = "arm"
    state_dim = 6
    action_dim = 2

    action_set: str | None = "box"
    noise: float = 0.02

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 6), for states (..., 6) and raw actions (..., 2)."""
        return self._moved(as_real("states", states), TURN * self.project(actions))

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s' of shape (..., 6) for standard normals (..., 6), of which two are used."""
        return self._moved(states, TURN * self.project(actions) + self.noise * normals[..., :2])

    def start_state(self, normals: Array) -> Array:
        """Return a start state for each standard normal (..., 6)."""
        base = normals[..., :2] / np.linalg.norm(normals[..., :2], axis=-1, keepdims=True)
        elbow = BENT[0] + BENT[1] * normals[..., 2]
        return _state(base, np.stack([np.cos(elbow), np.sin(elbow)], axis=-1))

    def _moved(self, states: Array, angles: Array) -> Array:
        return _state(turned(states[..., :2], angles[..., 0]), turned(states[..., 2:4], angles[..., 1]))


def _state(base: Array, elbow: Array) -> Array:
    """Return the state (..., 6) of an arm whose joints stand at unit vectors (..., 2)."""
    forearm = np.stack(
        [
            base[..., 0] * elbow[..., 0] - base[..., 1] * elbow[..., 1],
            base[..., 1] * elbow[..., 0] + base[..., 0] * elbow[..., 1],
        ],
        axis=-1,
    )
    return np.concatenate([base, elbow, LINKS[0] * base + LINKS[1] * forearm], axis=-1)


@dataclass(frozen=True, eq=False)
class ArmGoals(GoalTasks):
    """Goals for the tip of the arm."""

    system: Arm = field(default_factory=Arm)
    train: Array = field(default_factory=lambda: 0.8 * training_tasks())
    test: Array = field(default_factory=lambda: circle_tasks(4, radius=0.8, phase=0.5))

    def place(self, states: Array) -> Array:
        """Return the tips (..., 2) of states (..., 6)."""
        return states[..., 4:]


def arm(*, reward_noise: float = 0.0, **system: Any) -> ArmGoals:
    """Return the family of goals for an arm. Settings of :class:`Arm` come by name."""
    return ArmGoals(Arm(**system), reward_noise=reward_noise)
