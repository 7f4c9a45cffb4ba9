"""The base policy: Proximal Policy Optimization on one task, from sampled rewards only."""

from dataclasses import asdict, replace

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.policy import MLPPolicy
from hgmrl_lite.agents.ppo import PPOSettings, policy_network, run_ppo
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs import TaskFamily


def train_base_policy(
    family: TaskFamily,
    task: ArrayLike | None = None,
    *,
    seed: int = 0,
    settings: PPOSettings | None = None,
    refresh: bool = False,
    progress: bool = True,
) -> MLPPolicy:
    """Train a policy on one task, or read it from the cache.

    Parameters
    ----------
    family : TaskFamily
        The family; its observed rewards are taken without noise.
    task : array_like, shape (d,), optional
        The task, the family's base task when left out. It is given to the environment, never to the learner.
    seed : int, optional
        Seed of the network, the environments and the exploration.
    settings : PPOSettings, optional
        The learner's settings.
    refresh : bool, optional
        Train again even when a policy with these settings is cached.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    MLPPolicy
        The mean action of the trained network, projected onto the admissible set.

    Raises
    ------
    ValueError
        When the task is malformed.
    """
    given = family.base_task if task is None else family.as_tasks("task", np.atleast_2d(task))[0]
    settings = settings or PPOSettings()
    key = {**family.rule(given), "seed": seed, **asdict(settings)}
    arrays = cached_arrays(
        "base-policy", key, lambda: _train(family, given, seed, settings, progress), refresh=refresh
    )
    return policy_network(arrays, family.system.action_set)


def _train(
    family: TaskFamily, task: Array, seed: int, settings: PPOSettings, progress: bool
) -> dict[str, Array]:
    """Run PPO and return the policy network's layers."""
    # It brings torch, which is slow to import and not needed when the policy is cached.
    from hgmrl_lite.envs.sb3 import learner_env

    environment = learner_env(replace(family, reward_noise=0.0), task, settings.num_envs)
    # An environment from outside may have a number of rows of its own.
    settings = replace(settings, num_envs=environment.num_envs)
    return run_ppo(environment, settings, seed=seed, label="base policy", progress=progress)
