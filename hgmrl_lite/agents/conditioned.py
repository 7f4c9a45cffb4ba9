"""Policies conditioned on a code of the task, and the agent whose code is the true goal."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents.policy import MLPPolicy, needed_task
from hgmrl_lite.agents.ppo import PPOSettings, layers_of, run_ppo
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.transitions import Transitions

CONDITIONED_PPO: Final = PPOSettings(num_envs=128, total_steps=163_840, batch_size=1024)
"""Settings for a policy of several tasks: more rows and more steps than one task takes."""
QUICK_CONDITIONED_PPO: Final = replace(
    CONDITIONED_PPO, total_steps=81_920, batch_size=2048, n_epochs=8, learning_rate=5e-3
)
"""The same in a third of the time, for a lesson: half the steps, in larger batches and larger strides."""


def at_code(network: MLPPolicy, code: ArrayLike) -> MLPPolicy:
    """Return a network of [s, c] at one code c, as a policy of s alone: what c adds is in the first bias.

    Parameters
    ----------
    network : MLPPolicy
        Maps [s, c] of dimension n + d to actions.
    code : array_like, shape (d,)
        The code c of the task.

    Returns
    -------
    MLPPolicy

    Raises
    ------
    ValueError
        When the code is not finite, or leaves no inputs for the state.
    """
    code = as_array("code", code, ("d",))
    n = network.state_dim - len(code)
    if not 0 < n < network.state_dim:
        raise ValueError(
            f"code must have 1 to {network.state_dim - 1} entries for a network of {network.state_dim} "
            f"inputs, got {len(code)}"
        )
    (first, *others), (bias, *other_biases) = network.weights, network.biases
    return MLPPolicy((first[:, :n], *others), (bias + first[:, n:] @ code, *other_biases), network.action_set)


def train_conditioned(
    family: TaskFamily,
    code_dim: int,
    draw_codes: Callable[[NDArray[np.intp]], Array],
    *,
    seed: int,
    settings: PPOSettings,
    progress: bool = True,
) -> dict[str, Array]:
    """Train one network of [s, c] on several tasks together; row i of the environment plays task i mod k.

    Parameters
    ----------
    family : TaskFamily
        The family, whose training tasks are played.
    code_dim : int
        Dimension d of the code.
    draw_codes : callable
        From indices of tasks (B,) to codes (B, d); called for the tasks whose episodes begin.
    seed : int
        Seed of the training.
    settings : PPOSettings
        The learner's settings.
    progress : bool, optional
        Show the progress bar.

    Returns
    -------
    dict of str to ndarray
        The network's layers, by the names of :func:`~hgmrl_lite.agents.ppo.layer_arrays`.

    Raises
    ------
    ValueError
        When there are fewer rows than tasks.
    """
    # It brings torch, which is slow to import and not needed when the policy is cached.
    from hgmrl_lite.envs.sb3 import ConditionedVecEnv

    count = len(family.train)
    if settings.num_envs < count:
        raise ValueError(
            f"settings must have a num_envs of at least {count}, one row a task, got {settings.num_envs}"
        )
    tasks = np.arange(settings.num_envs) % count
    environment = ConditionedVecEnv(
        replace(family, reward_noise=0.0).vector_env(family.train[tasks], settings.num_envs),
        code_dim,
        lambda rows: draw_codes(tasks[rows]),
    )
    return run_ppo(environment, settings, seed=seed, label="conditioned policy", progress=progress)


class GoalConditionedAgent:
    """One policy of [s, task], trained on the training tasks and told the task: the best of task codes.

    A code learned from transitions can at best be as smooth, and as free of noise, as the task itself is.

    Parameters
    ----------
    family : TaskFamily
        The family, whose training tasks it is trained on.
    seed : int, optional
        Seed of the training.
    settings : PPOSettings, optional
        The learner's settings; :data:`CONDITIONED_PPO` when left out.
    progress : bool, optional
        Show a progress bar.

    Attributes
    ----------
    network : MLPPolicy
        The network of [s, task].

    Raises
    ------
    ValueError
        When an argument is malformed.
    """

    name: ClassVar = "goal-conditioned"
    context_size: ClassVar = 0
    uses_goal: ClassVar = True

    def __init__(
        self,
        family: TaskFamily,
        *,
        seed: int = 0,
        settings: PPOSettings | None = None,
        progress: bool = True,
    ) -> None:
        settings = settings or CONDITIONED_PPO
        self.family, tasks = family, family.train
        arrays = cached_arrays(
            "goal-conditioned",
            {**family.rule(), "tasks": tasks, "seed": seed, **asdict(settings)},
            lambda: train_conditioned(
                family,
                tasks.shape[1],
                lambda rows: tasks[rows],
                seed=seed,
                settings=settings,
                progress=progress,
            ),
        )
        self.network = MLPPolicy(*layers_of(arrays), family.system.action_set)
        self.env_steps = settings.env_steps

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the policy for the task."""
        return at_code(self.network, needed_task(self, self.family, task))

    def __repr__(self) -> str:
        """Tell what the training took."""
        return f"GoalConditionedAgent({self.env_steps} environment steps)"
