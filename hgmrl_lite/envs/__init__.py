"""Systems and families of tasks: how the world moves, what a task rewards, exploration and rollouts.

Navigation in the plane is the family of the lessons; ``gymnasium.make`` and ``gymnasium.make_vec`` know its
environment as ``hgmrl_lite/PointNavigation-v0``. The adapter to Stable-Baselines3 brings torch, so it is not
imported here: see :mod:`hgmrl_lite.envs.sb3`.
"""

from hgmrl_lite.envs.arm import arm
from hgmrl_lite.envs.car import car
from hgmrl_lite.envs.ellipse import SHAPE, ellipse
from hgmrl_lite.envs.episodes import Rollouts
from hgmrl_lite.envs.family import TaskFamily
from hgmrl_lite.envs.goals import GoalTasks
from hgmrl_lite.envs.lens import lens
from hgmrl_lite.envs.mass import mass
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
from hgmrl_lite.envs.sphere import sphere, sphere_goals
from hgmrl_lite.envs.synthetic import bent_valley, sample_transitions
from hgmrl_lite.envs.system import System, project_action
from hgmrl_lite.envs.task_env import TaskEnv
from hgmrl_lite.envs.task_vector_env import TaskVectorEnv
from hgmrl_lite.envs.tasks import Policy
from hgmrl_lite.envs.two_turns import torus_goals, two_turns

__all__ = [
    "ARENA",
    "GOAL_RADIUS",
    "NOISE",
    "SHAPE",
    "STEP",
    "TRAINING_ANGLES_DEG",
    "GoalTasks",
    "Navigation",
    "NavigationTasks",
    "Policy",
    "Rollouts",
    "System",
    "TaskEnv",
    "TaskFamily",
    "TaskVectorEnv",
    "arm",
    "bent_valley",
    "car",
    "circle_tasks",
    "ellipse",
    "goals_at",
    "lens",
    "mass",
    "navigation",
    "project_action",
    "sample_transitions",
    "sphere",
    "sphere_goals",
    "torus_goals",
    "training_tasks",
    "two_turns",
]
