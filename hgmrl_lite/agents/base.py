"""The base policy: Proximal Policy Optimization on one task, from sampled rewards only."""

from dataclasses import asdict

from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.policy import MLPPolicy
from hgmrl_lite.agents.ppo import PPOSettings, policy_network, run_ppo
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs.dynamics import NOISE, NavigationDynamics, as_goals


def train_base_policy(
    goal: ArrayLike,
    *,
    seed: int = 0,
    action_set: str = "disc",
    noise: float = NOISE,
    wind: tuple[float, ...] = (0.0, 0.0),
    settings: PPOSettings | None = None,
    refresh: bool = False,
    progress: bool = True,
) -> MLPPolicy:
    """Train a policy on one task, or read it from the cache.

    Parameters
    ----------
    goal : array_like, shape (2,)
        The base task's goal; it is given to the environment, never to the learner.
    seed : int, optional
        Seed of the network, the environments and the exploration.
    action_set, noise, wind
        As in :class:`~hgmrl_lite.envs.PointNavigation`.
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
        When the goal is no point of the arena, or the environment is not as it must be.
    """
    goal = as_goals("goal", goal, (2,))
    dynamics = NavigationDynamics(action_set, noise, wind=wind)
    settings = settings or PPOSettings()
    key = {"goal": goal.tolist(), "seed": seed, **asdict(dynamics), **asdict(settings)}
    arrays = cached_arrays(
        "base-policy", key, lambda: _train(goal, seed, dynamics, settings, progress), refresh=refresh
    )
    return policy_network(arrays, action_set)


def _train(
    goal: Array, seed: int, dynamics: NavigationDynamics, settings: PPOSettings, progress: bool
) -> dict[str, Array]:
    """Run PPO and return the policy network's layers."""
    # They bring torch, which is slow to import and not needed when the policy is cached.
    from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv
    from hgmrl_lite.envs.vector import PointNavigationVector

    environment = PointNavigationVector(settings.num_envs, goal, **asdict(dynamics))
    return run_ppo(
        StableBaselinesVecEnv(environment), settings, seed=seed, label="base policy", progress=progress
    )
