"""Systems and families of tasks: how the world moves, what a task rewards, exploration and rollouts.

Navigation in the plane is the family of the lessons; ``gymnasium.make`` and ``gymnasium.make_vec`` know its
environment as ``hgmrl_lite/PointNavigation-v0``. The adapter to Stable-Baselines3 is loaded on first use,
since it brings torch.
"""

from typing import TYPE_CHECKING, Any

from hgmrl_lite.envs.episodes import Rollouts
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.navigation import (
    ARENA,
    GOAL_RADIUS,
    NOISE,
    STEP,
    TRAINING_ANGLES_DEG,
    Navigation,
    NavigationTasks,
    circle_tasks,
    goals_at,
    navigation,
    training_tasks,
)
from hgmrl_lite.envs.synthetic import bent_valley, sample_transitions
from hgmrl_lite.envs.system import System, project_action
from hgmrl_lite.envs.task_env import TaskEnv
from hgmrl_lite.envs.task_vector_env import TaskVectorEnv
from hgmrl_lite.envs.tasks import Policy

if TYPE_CHECKING:
    from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

__all__ = [
    "ARENA",
    "GOAL_RADIUS",
    "NOISE",
    "STEP",
    "TRAINING_ANGLES_DEG",
    "Navigation",
    "NavigationTasks",
    "Policy",
    "Rollouts",
    "StableBaselinesVecEnv",
    "System",
    "TaskEnv",
    "TaskFamily",
    "TaskVectorEnv",
    "bent_valley",
    "circle_tasks",
    "goals_at",
    "navigation",
    "project_action",
    "sample_transitions",
    "training_tasks",
]


def __getattr__(name: str) -> Any:
    """Import the adapter to Stable-Baselines3 when it is first asked for."""
    if name == "StableBaselinesVecEnv":
        from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

        return StableBaselinesVecEnv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
