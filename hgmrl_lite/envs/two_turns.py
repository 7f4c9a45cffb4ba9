"""Two points in two planes, moved at once: what relates the tasks is a torus."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_count, as_real
from hgmrl_lite.envs.goals import PointGoals
from hgmrl_lite.envs.navigation import STEP, goals_at
from hgmrl_lite.envs.system import System, project_action

TRAINING_SEED: Final = 3
"""Of the four training tasks, which are drawn at random."""


@dataclass(frozen=True)
class TwoPlanes(System):
    """Two points, each in its plane and moved by actions in a disc of its own: T(s, a) = s + 0.1 · proj(a).

    Parameters
    ----------
    action_set, noise, start_std, max_steps
        As in :class:`~hgmrl_lite.envs.system.System`; the set is that of either plane.
    """

    name = "two turns"
    state_dim = action_dim = 4

    def project(self, actions: ArrayLike) -> Array:
        """Return the admissible actions (..., 4) nearest to raw ones, plane by plane."""
        actions = as_real("actions", actions)
        halves = project_action(actions.reshape(*actions.shape[:-1], 2, 2), self.action_set)
        return halves.reshape(actions.shape)

    def mean_next_state(self, states: ArrayLike, actions: ArrayLike) -> Array:
        """Return T(s, a), shape (..., 4), for states and raw actions (..., 4)."""
        moved: Array = as_real("states", states) + STEP * self.project(actions)
        return moved


@dataclass(frozen=True, eq=False)
class PairsOfGoals(PointGoals):
    """Pairs of goals, one in each plane, on unit circles unless others are given."""

    response = STEP * np.eye(4)

    system: TwoPlanes = field(default_factory=TwoPlanes)
    train: Array = field(default_factory=lambda: torus_goals(4, seed=TRAINING_SEED))
    test: Array = field(default_factory=lambda: torus_goals(20, seed=1))


def two_turns(*, reward_noise: float = 0.0, **system: Any) -> PairsOfGoals:
    """Return the family of pairs of goals. Settings of :class:`TwoPlanes` come by name."""
    return PairsOfGoals(TwoPlanes(**system), reward_noise=reward_noise)


def torus_goals(n: int, *, seed: int) -> Array:
    """Return n pairs of goals that are uniform on the product of two unit circles, shape (n, 4)."""
    shape = as_count("n", n), 2
    angles = np.random.default_rng(as_count("seed", seed, 0)).uniform(0.0, 2.0 * np.pi, shape)
    return goals_at(angles).reshape(-1, 4)
