"""Upper bounds, which are told the true goal: the true rotation, and a policy trained on the test task."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.agents.agent import needed_task
from hgmrl_lite.agents.base import settings_for, train_base_policy
from hgmrl_lite.agents.baselines import BaseAgent
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy
from hgmrl_lite.agents.ppo import PPOSettings
from hgmrl_lite.envs import TaskFamily
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.transitions import Transitions


class TrueRotationAgent(BaseAgent):
    """The base policy, turned by the true angle: what a geometric agent would do that made no error.

    Parameters
    ----------
    family : TaskFamily
        A family of goals in the plane, whose base goal is not the origin.
    **training
        As for :class:`BaseAgent`.

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    name: ClassVar = "true rotation"
    uses_goal: ClassVar = True

    def __init__(self, family: TaskFamily, **training: Any) -> None:
        self._base_angle = _polar_angle(family.base_task)
        super().__init__(family, **training)

    def adapt(self, context: Transitions | None = None, task: ArrayLike | None = None) -> TransformedPolicy:
        """Return the base policy turned about the origin, from the base goal's direction to the new goal's.

        Raises
        ------
        ValueError
            When the goal is None or the origin, which has no direction.
        """
        angle = _polar_angle(needed_task(self, self.family, task)) - self._base_angle
        rotation = so2_exp(angle)
        return TransformedPolicy(self.policy, rotation, rotation)


class TestTaskAgent:
    """A policy trained on the test task itself: no adaptation at all, and as many steps for every new task.

    Parameters
    ----------
    family : TaskFamily
        The family.
    seed : int, optional
        Seed of the training.
    settings : PPOSettings, optional
        The learner's settings.
    refresh, progress : bool, optional
        Train again although it is cached; show progress bars.

    Attributes
    ----------
    env_steps : int
        Environment steps for each new task.

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    __test__ = False  # or pytest takes it for a test, by its name
    name: ClassVar = "trained on the test task"
    context_size: ClassVar = 0
    uses_goal: ClassVar = True

    def __init__(
        self,
        family: TaskFamily,
        *,
        seed: int = 0,
        settings: PPOSettings | None = None,
        refresh: bool = False,
        progress: bool = True,
    ) -> None:
        settings = settings_for(family, settings)
        self.family = family
        self._options: dict[str, Any] = {
            "seed": seed,
            "settings": settings,
            "refresh": refresh,
            "progress": progress,
        }
        self.env_steps = settings.env_steps

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> MLPPolicy:
        """Train a policy in the environment of this task, or read it from the cache."""
        return train_base_policy(self.family, needed_task(self, self.family, task), **self._options)

    def __repr__(self) -> str:
        """Tell what the training of a task takes."""
        return f"TestTaskAgent({self.env_steps} environment steps a task)"


def _polar_angle(goal: ArrayLike) -> float:
    """Return the direction of a goal in radians."""
    x, y = as_array("goal", goal, (2,))
    if x == 0.0 and y == 0.0:
        raise ValueError("goal must not be the origin, which no rotation moves")
    return float(np.arctan2(y, x))
