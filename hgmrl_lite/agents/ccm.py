"""CCM: a code of the task learned by contrast, then a policy conditioned on the code."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.agents.agent import needed_context, several_tasks
from hgmrl_lite.agents.conditioned import (
    CONDITIONED_PPO,
    QUICK_CONDITIONED_PPO,
    ConditionedPolicy,
    train_conditioned,
)
from hgmrl_lite.agents.contrastive import ContextEncoder, ContextPool, EncoderSettings, train_encoder, unit
from hgmrl_lite.agents.ppo import PPOSettings, policy_network
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs import TaskFamily
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions


@dataclass(frozen=True)
class CCMSettings(EncoderSettings):
    """What the CCM agent is trained with: the encoder's settings, and these.

    What makes it work: contexts long enough for the random walks in them to go in all directions (from 20
    transitions the code errs by 25 degrees and more, from 800 by less than 10); codes at length 1; and a
    policy that is trained on codes of transitions that the encoder has not met.

    Parameters
    ----------
    transitions : int
        Random-policy transitions of each training task. The encoder learns from the first half; the policy
        sees codes of the second half, whose spread is that of contexts the encoder has not met.
    codes : int
        Contexts of each task that are drawn for the policy's training; every episode begins with one of them.
    ppo : PPOSettings
        The settings of the conditioned policy's training.

    Raises
    ------
    ValueError
        When a count is below 1, or a learning rate or the temperature is not above 0.
    """

    transitions: int = 20_000
    codes: int = 256
    ppo: PPOSettings = CONDITIONED_PPO

    def __post_init__(self) -> None:
        super().__post_init__()
        as_count("transitions", self.transitions)
        as_count("codes", self.codes)

    @classmethod
    def quick(cls) -> "CCMSettings":
        """Return settings that train in a third of the time, for a lesson."""
        return cls(encoder_steps=250, pairs=2, ppo=QUICK_CONDITIONED_PPO)


class CCMAgent:
    """A contrastive context encoder and a policy conditioned on its code, after Fu et al. (2021).

    A permutation-invariant encoder is trained by InfoNCE to tell the training tasks apart by their contexts,
    and is then frozen. One policy of [s, code] is trained on all training tasks together; every episode draws
    another context of its task, so that the policy meets the code's whole spread. A new task is explored by
    the same random policy, encoded, and the policy conditioned on its code. The tasks go into the
    environments only. "Towards effective context for meta-reinforcement learning: an approach based on
    contrastive learning" (AAAI 2021) is the source; of its method this keeps the contrastive context, not the
    learned exploration, so that every agent here explores alike.

    Parameters
    ----------
    family : TaskFamily
        The family, with two training tasks at least.
    settings : CCMSettings, optional
        The settings of the training.
    seed : int, optional
        Seed of exploration, encoder and policy.
    refresh, progress : bool, optional
        Train again although it is cached; show progress bars.

    Attributes
    ----------
    encoder : ContextEncoder
        From a context to its code.
    network : MLPPolicy
        The network of [s, code].

    Raises
    ------
    ValueError
        When an argument is malformed, or the transitions of a task are too few for its contexts.
    """

    name: ClassVar = "CCM"
    uses_goal: ClassVar = False

    def __init__(
        self,
        family: TaskFamily,
        settings: CCMSettings | None = None,
        *,
        seed: int = 0,
        refresh: bool = False,
        progress: bool = True,
    ) -> None:
        tasks = several_tasks(family, 2)
        self.family, self.settings = family, settings or CCMSettings()
        key = {**family.rule(), "tasks": tasks, "seed": seed, **asdict(self.settings)}
        arrays = cached_arrays(
            "ccm", key, lambda: _train(family, self.settings, seed, progress), refresh=refresh
        )
        self.encoder = _encoder(arrays)
        self.network = policy_network(arrays, family.system.action_set)
        self.context_size = self.settings.context_size
        self.env_steps = len(tasks) * self.settings.transitions + self.settings.ppo.env_steps

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> ConditionedPolicy:
        """Return the policy at the context's code."""
        return ConditionedPolicy(self.network, self.encoder(needed_context(self, self.family, context)))

    def __repr__(self) -> str:
        """Tell the sizes and what the training took."""
        return (
            f"CCMAgent(contexts of {self.context_size} transitions, code of dimension "
            f"{self.encoder.code_dim}, {self.env_steps} environment steps)"
        )


def _train(family: TaskFamily, settings: CCMSettings, seed: int, progress: bool) -> dict[str, Array]:
    """Train encoder and policy and return their layers."""
    explored = [
        family.explore(task, settings.transitions, seed=stream_seed(seed, "rival", index))
        for index, task in enumerate(family.train)
    ]
    half = settings.transitions // 2
    encoder = train_encoder(
        [task[:half] for task in explored], settings, seed=stream_seed(seed, "encoder"), progress=progress
    )
    rng = np.random.default_rng(stream_seed(seed, "rival contexts"))
    codes = np.stack([_codes(encoder, task[half:], settings, rng) for task in explored])
    layers = train_conditioned(
        family,
        settings.code_dim,
        lambda tasks: codes[tasks, rng.integers(settings.codes, size=len(tasks))],
        seed=seed,
        settings=settings.ppo,
        label="conditioned policy",
        progress=progress,
    )
    encoded = {f"encoder_weight{layer}": weight for layer, weight in enumerate(encoder.weights)}
    encoded |= {f"encoder_bias{layer}": bias for layer, bias in enumerate(encoder.biases)}
    return {**layers, **encoded, "encoder_mean": encoder.mean, "encoder_scale": encoder.scale}


def _codes(
    encoder: ContextEncoder, explored: Transitions, settings: CCMSettings, rng: np.random.Generator
) -> Array:
    """Return the codes (codes, d) of contexts drawn from one task's exploration."""
    pool = ContextPool(explored, settings.context_size)
    embedded = encoder.embed(pool.features)
    return unit(embedded[pool.draw(settings.codes, rng)].mean(axis=1))


def _encoder(arrays: Mapping[str, Array]) -> ContextEncoder:
    """Return the encoder among the arrays that were cached."""
    layers = sum(name.startswith("encoder_weight") for name in arrays)
    return ContextEncoder(
        arrays["encoder_mean"],
        arrays["encoder_scale"],
        tuple(arrays[f"encoder_weight{layer}"] for layer in range(layers)),
        tuple(arrays[f"encoder_bias{layer}"] for layer in range(layers)),
    )
