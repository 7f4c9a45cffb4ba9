"""Navigation in the plane: one environment, many at once, families of tasks, exploration and evaluation.

``gymnasium.make`` and ``gymnasium.make_vec`` know the environment as ``hgmrl_lite/PointNavigation-v0``. The
adapter to Stable-Baselines3 is loaded on first use, since it brings torch.
"""

from typing import TYPE_CHECKING, Any

from hgmrl_lite.envs.dynamics import (
    ARENA,
    GOAL_RADIUS,
    MAX_STEPS,
    NOISE,
    START_STD,
    STEP,
    NavigationDynamics,
)
from hgmrl_lite.envs.episodes import episode_seeds
from hgmrl_lite.envs.explore import EXPLORATION_LAWS, explore
from hgmrl_lite.envs.navigation import PointNavigation
from hgmrl_lite.envs.rollout import Rollouts, greedy_policy, rollout
from hgmrl_lite.envs.synthetic import bent_valley, sample_transitions
from hgmrl_lite.envs.tasks import TRAINING_ANGLES_DEG, circle_tasks, goals_at, training_tasks
from hgmrl_lite.envs.vector import PointNavigationVector

if TYPE_CHECKING:
    from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

__all__ = [
    "ARENA",
    "EXPLORATION_LAWS",
    "GOAL_RADIUS",
    "MAX_STEPS",
    "NOISE",
    "START_STD",
    "STEP",
    "TRAINING_ANGLES_DEG",
    "NavigationDynamics",
    "PointNavigation",
    "PointNavigationVector",
    "Rollouts",
    "StableBaselinesVecEnv",
    "bent_valley",
    "circle_tasks",
    "episode_seeds",
    "explore",
    "goals_at",
    "greedy_policy",
    "rollout",
    "sample_transitions",
    "training_tasks",
]


def __getattr__(name: str) -> Any:
    """Import the adapter to Stable-Baselines3 when it is first asked for."""
    if name == "StableBaselinesVecEnv":
        from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

        return StableBaselinesVecEnv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
