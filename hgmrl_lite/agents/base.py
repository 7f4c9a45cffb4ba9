"""The base policy: Proximal Policy Optimization on one task, from sampled rewards only."""

from dataclasses import asdict, replace

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
    given = family.base_task if task is None else family.as_task(task)
    settings = settings_for(family, settings)
    key = {**family.rule(given), "seed": seed, **asdict(settings)}
    arrays = cached_arrays(
        "base-policy", key, lambda: _train(family, given, seed, settings, progress), refresh=refresh
    )
    return policy_network(arrays, family.system.action_set)


def settings_for(family: TaskFamily, settings: PPOSettings | None) -> PPOSettings:
    """Return the settings of a training in this family, which may have a number of rows of its own."""
    settings = settings or PPOSettings()
    return settings if family.rows is None else replace(settings, num_envs=family.rows)


def _train(
    family: TaskFamily, task: Array, seed: int, settings: PPOSettings, progress: bool
) -> dict[str, Array]:
    """Run PPO and return the policy network's layers."""
    # It brings torch, which is slow to import and not needed when the policy is cached.
    from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

    rows = replace(family, reward_noise=0.0).vector_env(task, settings.num_envs)
    return run_ppo(StableBaselinesVecEnv(rows), settings, seed=seed, label="base policy", progress=progress)
