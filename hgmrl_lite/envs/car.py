"""A car: turning the world turns its place and its heading, and leaves speed and steering as they are."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_real
from hgmrl_lite.envs.goals import GoalTasks
from hgmrl_lite.envs.navigation import circle_tasks, training_tasks
from hgmrl_lite.envs.system import System

SPEED, TURN = 0.1, 0.4
"""Distance that one unit of the first action drives in a step, and angle in radians of one of the second."""


@dataclass(frozen=True)
class Car(System):
    """A car of place p and heading h: p' = p + 0.1 a₁ (cos h, sin h), and then h' = h + 0.4 a₂.

    The state is (p, cos h, sin h). The noise moves the place, and turns the heading by as many radians.
    Starts are near the origin, with any heading.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`.
    """

    name = "car"
    state_dim = 4
    action_dim = 2

    action_set: str | None = "box"
    noise: float = 0.02

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 4), for states (..., 4) and raw actions (..., 2)."""
        states, moves = as_real("states", states), self.project(actions)
        heading = states[..., 2:]
        return np.concatenate(
            [states[..., :2] + SPEED * moves[..., :1] * heading, turned(heading, TURN * moves[..., 1])],
            axis=-1,
        )

    def next_state(self, states: Array, actions: Array, normals: Array) -> Array:
        """Return s' of shape (..., 4) for standard normals (..., 4), of which three are used."""
        moved = self.mean_next_state(states, actions)
        moved[..., :2] += self.noise * normals[..., :2]
        moved[..., 2:] = turned(moved[..., 2:], self.noise * normals[..., 2])
        return moved

    def start_state(self, normals: Array) -> Array:
        """Return a start state for each standard normal (..., 4)."""
        heading = normals[..., 2:] / np.linalg.norm(normals[..., 2:], axis=-1, keepdims=True)
        return np.concatenate([self.start_std * normals[..., :2], heading], axis=-1)


@dataclass(frozen=True, eq=False)
class CarGoals(GoalTasks):
    """Goals in the plane, to be reached from any side."""

    system: Car = field(default_factory=Car)
    train: Array = field(default_factory=training_tasks)
    test: Array = field(default_factory=lambda: circle_tasks(4, phase=0.5))

    def place(self, states: Array) -> Array:
        """Return the places (..., 2) of states (..., 4)."""
        return states[..., :2]


def car(*, reward_noise: float = 0.0, **system: Any) -> CarGoals:
    """Return the family of goals for a car. Settings of :class:`Car` come by name."""
    return CarGoals(Car(**system), reward_noise=reward_noise)


def turned(vectors: Array, angles: Array) -> Array:
    """Return vectors (..., 2) turned by angles (...) in radians."""
    cosine, sine = np.cos(angles), np.sin(angles)
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
