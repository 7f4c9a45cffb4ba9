"""Agents whose policies are each trained on one task: rivals of the geometric agent, and upper bounds."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.agents.policy import MLPPolicy, TransformedPolicy, needed_context, needed_task
from hgmrl_lite.agents.ppo import PPOSettings, settings_for, train_base_policy
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.lie import so2_exp
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions


class TrainedAgent:
    """What these agents share: how each of their policies is trained on one task of a family.

    Parameters
    ----------
    family : TaskFamily
        The family.
    seed : int, optional
        Seed of the training.
    settings : PPOSettings, optional
        The learner's settings, for each policy.
    progress : bool, optional
        Show progress bars.

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    context_size: ClassVar = 0

    def __init__(
        self,
        family: TaskFamily,
        *,
        seed: int = 0,
        settings: PPOSettings | None = None,
        progress: bool = True,
    ) -> None:
        settings = settings_for(family, settings)
        self.family, self.env_steps = family, settings.env_steps
        self._train: Callable[..., MLPPolicy] = partial(
            train_base_policy, family, seed=seed, settings=settings, progress=progress
        )

    def __repr__(self) -> str:
        """Tell what the training took."""
        return f"{type(self).__name__}({self.env_steps} environment steps)"


class TestTaskAgent(TrainedAgent):
    """A policy trained on the test task itself: no adaptation, and ``env_steps`` anew for every new task."""

    __test__ = False  # or pytest takes it for a test, by its name
    name: ClassVar = "trained on the test task"
    uses_goal: ClassVar = True

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Train a policy in the environment of this task, or read it from the cache."""
        return self._train(needed_task(self, self.family, task))


class BaseAgent(TrainedAgent):
    """The base policy as it is, on whatever task: what adaptation has to do better than.

    Parameters
    ----------
    family : TaskFamily
        The family, whose base task it is trained on.
    **training
        As for :class:`TrainedAgent`.

    Attributes
    ----------
    policy : MLPPolicy
        The base policy.
    """

    name: ClassVar = "base policy"
    uses_goal: ClassVar = False

    def __init__(self, family: TaskFamily, **training: Any) -> None:
        super().__init__(family, **training)
        self.policy = self._train()

    def adapt(self, context: Transitions | None = None, task: ArrayLike | None = None) -> Policy:
        """Return the base policy, whatever the task."""
        return self.policy


class TrueRotationAgent(BaseAgent):
    """The base policy, turned by the true angle: what a geometric agent would do that made no error.

    Parameters
    ----------
    family : TaskFamily
        A family of goals in the plane, whose base goal is not the origin.
    **training
        As for :class:`TrainedAgent`.

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

    def adapt(self, context: Transitions | None = None, task: ArrayLike | None = None) -> Policy:
        """Return the base policy turned about the origin, from the base goal's direction to the new goal's.

        Raises
        ------
        ValueError
            When the goal is None or the origin, which has no direction.
        """
        rotation = so2_exp(_polar_angle(needed_task(self, self.family, task)) - self._base_angle)
        return TransformedPolicy(self.policy, rotation, rotation)


class NearestTaskAgent(TrainedAgent):
    """One policy a training task; a new task gets that of the task whose rewards its context looks like.

    A reward model of each training task predicts the context's rewards, and the task with the smallest mean
    square error is taken for the nearest. The tasks go into the environments only.

    Parameters
    ----------
    family : TaskFamily
        The family, whose training tasks it is trained on.
    seed : int, optional
        Seed of training and exploration.
    transitions : int, optional
        Random-policy transitions of each task, for its reward model.
    **training
        As for :class:`TrainedAgent`.

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
    # It has to tell distances from a short walk: from 20 transitions it takes another task than the nearest
    # in one case of six, from 400 in one of twenty.
    context_size: ClassVar = 400
    uses_goal: ClassVar = False

    def __init__(
        self,
        family: TaskFamily,
        *,
        seed: int = 0,
        transitions: int = 5000,
        **training: Any,
    ) -> None:
        super().__init__(family, seed=seed, **training)
        explored = [
            family.explore(task, transitions, seed=stream_seed(seed, "rival", index))
            for index, task in enumerate(family.train)
        ]
        self.reward_models = tuple(RewardModel.fit(task.next_states, task.rewards) for task in explored)
        self.policies = tuple(self._train(task) for task in family.train)
        self.env_steps = len(family.train) * (self.env_steps + transitions)

    def nearest(self, context: Transitions | None) -> int:
        """Return the index of the training task whose reward model explains the context best."""
        context = needed_context(self, context, self.family.state_dim, self.family.action_dim)
        errors = [
            np.square(model(context.next_states) - context.rewards).mean() for model in self.reward_models
        ]
        return int(np.argmin(errors))

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the policy of the training task that the context looks like."""
        return self.policies[self.nearest(context)]


def _polar_angle(goal: ArrayLike) -> float:
    """Return the direction of a goal in radians."""
    x, y = as_array("goal", goal, (2,))
    if x == 0.0 and y == 0.0:
        raise ValueError("goal must not be the origin, which no rotation moves")
    return float(np.arctan2(y, x))
