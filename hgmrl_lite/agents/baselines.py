"""Agents that answer with a policy of a training task: always the same one, or the nearest task's."""

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_count
from hgmrl_lite.agents.agent import needed_context
from hgmrl_lite.agents.base import settings_for, train_base_policy
from hgmrl_lite.agents.ppo import PPOSettings
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions


class BaseAgent:
    """The base policy as it is, on whatever task: what adaptation has to do better than.

    Parameters
    ----------
    family : TaskFamily
        The family, whose base task it is trained on.
    seed : int, optional
        Seed of the training.
    settings : PPOSettings, optional
        The learner's settings.
    refresh, progress : bool, optional
        Train again although it is cached; show progress bars.

    Attributes
    ----------
    policy : MLPPolicy
        The base policy.

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    name: ClassVar = "base policy"
    context_size: ClassVar = 0
    uses_goal: ClassVar = False

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
        self.policy = train_base_policy(
            family, seed=seed, settings=settings, refresh=refresh, progress=progress
        )
        self.env_steps = settings.env_steps

    def adapt(self, context: Transitions | None = None, task: ArrayLike | None = None) -> Policy:
        """Return the base policy, whatever the task."""
        return self.policy

    def __repr__(self) -> str:
        """Tell what the training took."""
        return f"{type(self).__name__}({self.env_steps} environment steps)"


class NearestTaskAgent:
    """One policy a training task; a new task gets that of the task whose rewards its context looks like.

    A reward model of each training task predicts the context's rewards, and the task with the smallest mean
    square error is taken for the nearest. The tasks go into the environments only.

    Parameters
    ----------
    family : TaskFamily
        The family, whose training tasks it is trained on.
    seed : int, optional
        Seed of training and exploration.
    settings : PPOSettings, optional
        The learner's settings, for each policy.
    transitions : int, optional
        Random-policy transitions of each task, for its reward model.
    context_size : int, optional
        Transitions of the new task it wants. It has to tell distances from a short walk: from 20 transitions
        it takes another task than the nearest in one case of six, from 400 in one of twenty.
    refresh, progress : bool, optional
        Train again although it is cached; show progress bars.

    Attributes
    ----------
    policies : tuple of MLPPolicy
        One a training task.
    reward_models : tuple of RewardModel
        One a training task.

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    name: ClassVar = "nearest task"
    uses_goal: ClassVar = False

    def __init__(
        self,
        family: TaskFamily,
        *,
        seed: int = 0,
        settings: PPOSettings | None = None,
        transitions: int = 5000,
        context_size: int = 400,
        refresh: bool = False,
        progress: bool = True,
    ) -> None:
        settings = settings_for(family, settings)
        self.family = family
        self.context_size = as_count("context_size", context_size)
        explored = [
            family.explore(task, transitions, seed=stream_seed(seed, "rival", index))
            for index, task in enumerate(family.train)
        ]
        self.reward_models = tuple(RewardModel.fit(task.next_states, task.rewards) for task in explored)
        self.policies = tuple(
            train_base_policy(family, task, seed=seed, settings=settings, refresh=refresh, progress=progress)
            for task in family.train
        )
        self.env_steps = len(family.train) * (settings.env_steps + transitions)

    def nearest(self, context: Transitions | None) -> int:
        """Return the index of the training task whose reward model explains the context best."""
        context = needed_context(self, self.family, context)
        errors = [
            np.square(model(context.next_states) - context.rewards).mean() for model in self.reward_models
        ]
        return int(np.argmin(errors))

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the policy of the training task that the context looks like."""
        return self.policies[self.nearest(context)]

    def __repr__(self) -> str:
        """Tell the number of tasks and what the training took."""
        return f"NearestTaskAgent({len(self.policies)} tasks, {self.env_steps} environment steps)"
