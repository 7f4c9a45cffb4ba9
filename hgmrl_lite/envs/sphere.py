"""A point in space, with goals on the unit sphere: what relates the tasks is SO(3)."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_count, as_real
from hgmrl_lite.envs.goals import PointGoals
from hgmrl_lite.envs.navigation import STEP
from hgmrl_lite.envs.system import System

TRAINING_SEED: Final = 4
"""Of the four training goals, which are drawn at random."""


@dataclass(frozen=True)
class Space(System):
    """A point in space that is moved: T(p, a) = p + 0.1 · proj(a), with actions in the unit ball.

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`.
    """

    name = "space"
    state_dim = action_dim = 3

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 3), for states and raw actions (..., 3)."""
        moved: Array = as_real("states", states) + STEP * self.project(actions)
        return moved


@dataclass(frozen=True, eq=False)
class SphereGoals(PointGoals):
    """Goals in space, on the unit sphere unless others are given."""

    response = STEP * np.eye(3)

    system: Space = field(default_factory=Space)
    train: Array = field(default_factory=lambda: sphere_goals(4, seed=TRAINING_SEED))
    test: Array = field(default_factory=lambda: sphere_goals(20, seed=1))


def sphere(*, reward_noise: float = 0.0, **system: Any) -> SphereGoals:
    """Return the family of goals on a sphere. Settings of :class:`Space` come by name."""
    return SphereGoals(Space(**system), reward_noise=reward_noise)


def sphere_goals(n: int, *, seed: int) -> Array:
    """Return n goals that are uniform on the unit sphere, shape (n, 3)."""
    goals = np.random.default_rng(as_count("seed", seed, 0)).standard_normal((as_count("n", n), 3))
    return np.asarray(goals / np.linalg.norm(goals, axis=1, keepdims=True))
