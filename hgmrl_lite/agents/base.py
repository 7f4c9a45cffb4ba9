"""The base policy: Proximal Policy Optimization on one task, from sampled rewards only."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents.policy import MLPPolicy
from hgmrl_lite.cache import cached_arrays


@dataclass(frozen=True)
class PPOSettings:
    """What Stable-Baselines3's PPO is run with.

    Parameters
    ----------
    num_envs : int
        Environments stepped together.
    total_steps : int
        Environment steps in all.
    n_steps, batch_size, n_epochs : int
        Steps an environment between updates, minibatch size, passes over each batch.
    learning_rate : float
        Step size of Adam at the start; it falls linearly to zero.
    gamma, gae_lambda : float
        Discount, and the λ of generalised advantage estimation.
    hidden : tuple of int
        Widths of the tanh layers, the same for policy and value.
    log_std : float
        Logarithm of the exploration's standard deviation at the start.
    """

    num_envs: int = 64
    total_steps: int = 81_920
    n_steps: int = 32
    batch_size: int = 512
    n_epochs: int = 10
    learning_rate: float = 3e-3
    gamma: float = 0.95
    gae_lambda: float = 0.95
    hidden: tuple[int, ...] = (64, 64)
    log_std: float = -0.5


def train_base_policy(
    goal: ArrayLike,
    *,
    seed: int = 0,
    action_set: str = "disc",
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
    action_set : {"disc", "box"}, optional
        The environment's admissible actions.
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
    """
    goal = as_array("goal", goal, (2,))
    settings = settings or PPOSettings()
    key: dict[str, Any] = {"goal": goal.tolist(), "seed": seed, "action_set": action_set, **asdict(settings)}
    arrays = cached_arrays(
        "base-policy", key, lambda: _train(goal, seed, action_set, settings, progress), refresh=refresh
    )
    layers = len(arrays) // 2
    return MLPPolicy(
        tuple(arrays[f"weight{layer}"] for layer in range(layers)),
        tuple(arrays[f"bias{layer}"] for layer in range(layers)),
        action_set,
    )


def _train(
    goal: Array, seed: int, action_set: str, settings: PPOSettings, progress: bool
) -> dict[str, Array]:
    """Run PPO and return the policy network's layers."""
    # Slow to import, and not needed when the policy is cached.
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback

    from hgmrl_lite.envs import PointNavigationVector
    from hgmrl_lite.envs.sb3 import StableBaselinesVecEnv

    class Bar(BaseCallback):
        """Advance a progress bar by the environment steps taken."""

        def __init__(self, bar: Any) -> None:
            super().__init__()
            self._bar = bar

        def _on_step(self) -> bool:
            self._bar.update(self.training_env.num_envs)
            return True

    threads = torch.get_num_threads()
    # Networks this small run slower on several threads, and one thread gives one result on every machine.
    torch.set_num_threads(1)
    try:
        environment = StableBaselinesVecEnv(
            PointNavigationVector(settings.num_envs, goal=goal, action_set=action_set)
        )
        model = PPO(
            "MlpPolicy",
            environment,
            n_steps=settings.n_steps,
            batch_size=settings.batch_size,
            n_epochs=settings.n_epochs,
            learning_rate=lambda remaining: settings.learning_rate * max(remaining, 0.0),
            gamma=settings.gamma,
            gae_lambda=settings.gae_lambda,
            policy_kwargs={"net_arch": list(settings.hidden), "log_std_init": settings.log_std},
            seed=seed,
            device="cpu",
        )
        with tqdm(total=settings.total_steps, desc="base policy", unit="step", disable=not progress) as bar:
            model.learn(settings.total_steps, callback=Bar(bar))
    finally:
        torch.set_num_threads(threads)
    linear = [
        layer
        for layer in (*model.policy.mlp_extractor.policy_net, model.policy.action_net)
        if isinstance(layer, torch.nn.Linear)
    ]
    arrays: dict[str, Array] = {}
    for index, layer in enumerate(linear):
        arrays[f"weight{index}"] = layer.weight.detach().numpy().astype(np.float64)
        arrays[f"bias{index}"] = layer.bias.detach().numpy().astype(np.float64)
    return arrays
