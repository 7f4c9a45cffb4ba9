"""Proximal Policy Optimization by Stable-Baselines3, and the base policy: one task, sampled rewards only."""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents.policy import MLPPolicy
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs import TaskFamily

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv


@dataclass(frozen=True)
class PPOSettings:
    """What Stable-Baselines3's PPO is run with.

    Parameters
    ----------
    num_envs : int
        Environments stepped together.
    total_steps : int
        Environment steps in all; rounded up to whole updates.
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

    Raises
    ------
    ValueError
        When a count is below 1, or a rate, discount or logarithm is out of its range.
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

    def __post_init__(self) -> None:
        for name in ("num_envs", "total_steps", "n_steps", "batch_size", "n_epochs"):
            as_count(name, getattr(self, name))
        for index, width in enumerate(self.hidden):
            as_count(f"hidden[{index}]", width)
        if float(as_array("learning_rate", self.learning_rate, ())) <= 0.0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate}")
        for name in ("gamma", "gae_lambda"):
            if not 0.0 <= float(as_array(name, getattr(self, name), ())) <= 1.0:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")
        as_array("log_std", self.log_std, ())

    @property
    def env_steps(self) -> int:
        """Environment steps that a training really takes."""
        update = self.num_envs * self.n_steps
        return update * math.ceil(self.total_steps / update)


@contextmanager
def torch_by_itself(seed: int) -> Iterator[None]:
    """Run torch on one thread from a seed, and leave the global generators and threads as they were."""
    # Slow to import, and not needed when the result is cached.
    import torch

    threads, numpy_state, python_state = torch.get_num_threads(), np.random.get_state(), random.getstate()  # noqa: NPY002
    # Networks this small run slower on several threads, and one thread gives one result on every machine.
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)


def run_ppo(
    environment: "VecEnv", settings: PPOSettings, *, seed: int, label: str, progress: bool = True
) -> dict[str, Array]:
    """Train a policy network and return its layers.

    Parameters
    ----------
    environment : VecEnv
        ``settings.num_envs`` rows, as Stable-Baselines3 steps them.
    settings : PPOSettings
        The learner's settings.
    seed : int
        Seed of the network, the environment and the exploration.
    label : str
        What the progress bar says.
    progress : bool, optional
        Show the progress bar.

    Returns
    -------
    dict of str to ndarray
        The layers of the mean action, by the names of :func:`layer_arrays`.

    Raises
    ------
    ValueError
        When the environment has another number of rows than the settings say.
    """
    if environment.num_envs != settings.num_envs:
        raise ValueError(
            f"environment must have num_envs = {settings.num_envs} rows, got {environment.num_envs}"
        )
    # Slow to import, and not needed when the policy is cached.
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback

    class Bar(BaseCallback):
        """Advance a progress bar by the environment steps taken."""

        def __init__(self, bar: Any) -> None:
            super().__init__()
            self._bar = bar

        def _on_step(self) -> bool:
            self._bar.update(self.training_env.num_envs)
            return True

    # Stable-Baselines3 seeds every global generator.
    with torch_by_itself(seed):
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
        with tqdm(total=settings.env_steps, desc=label, unit="step", disable=not progress) as bar:
            model.learn(settings.env_steps, callback=Bar(bar))
    modules = (*model.policy.mlp_extractor.policy_net, model.policy.action_net)
    return layer_arrays(module for module in modules if isinstance(module, torch.nn.Linear))


def layer_arrays(layers: Iterable[Any]) -> dict[str, Array]:
    """Return torch's linear layers as arrays ``weight0``, ``bias0``, ``weight1`` ..., for the cache."""
    return {
        f"{name}{index}": getattr(layer, name).detach().numpy().astype(np.float64)
        for index, layer in enumerate(layers)
        for name in ("weight", "bias")
    }


def layers_of(arrays: Mapping[str, Array], prefix: str = "") -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Return the weights and the biases of :func:`layer_arrays` whose names begin with a prefix."""
    count = sum(name.startswith(f"{prefix}weight") for name in arrays)
    weights, biases = (
        tuple(arrays[f"{prefix}{name}{layer}"] for layer in range(count)) for name in ("weight", "bias")
    )
    return weights, biases


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
    return MLPPolicy(*layers_of(arrays), family.system.action_set)


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
