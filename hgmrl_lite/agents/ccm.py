"""CCM: a code of the task learned by contrast, then a policy conditioned on the code."""

from dataclasses import asdict
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.agents.conditioned import at_code, train_conditioned
from hgmrl_lite.agents.contrastive import CCMSettings, ContextEncoder, ContextPool, train_encoder, unit
from hgmrl_lite.agents.policy import MLPPolicy, needed_context, several_tasks
from hgmrl_lite.agents.ppo import layers_of
from hgmrl_lite.cache import cached_arrays
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions


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
    progress : bool, optional
        Show progress bars.

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
        progress: bool = True,
    ) -> None:
        tasks = several_tasks(family, 2)
        self.family, self.settings = family, settings or CCMSettings()
        key = {**family.rule(), "tasks": tasks, "seed": seed, **asdict(self.settings)}
        arrays = cached_arrays("ccm", key, lambda: _train(family, self.settings, seed, progress))
        self.encoder = ContextEncoder(
            arrays["encoder_mean"], arrays["encoder_scale"], *layers_of(arrays, "encoder_")
        )
        self.network = MLPPolicy(*layers_of(arrays), family.system.action_set)
        self.context_size = self.settings.context_size
        self.env_steps = len(tasks) * self.settings.transitions + self.settings.ppo.env_steps

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the policy at the context's code."""
        context = needed_context(self, context, self.family.state_dim, self.family.action_dim)
        return at_code(self.network, self.encoder(context))

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
        progress=progress,
    )
    for name in ("weight", "bias"):
        kept = encoder.weights if name == "weight" else encoder.biases
        layers |= {f"encoder_{name}{index}": values for index, values in enumerate(kept)}
    return {**layers, "encoder_mean": encoder.mean, "encoder_scale": encoder.scale}


def _codes(
    encoder: ContextEncoder, explored: Transitions, settings: CCMSettings, rng: np.random.Generator
) -> Array:
    """Return the codes (codes, d) of contexts drawn from one task's exploration."""
    pool = ContextPool(explored, settings.context_size)
    embedded = encoder.embed(pool.features)
    return unit(embedded[pool.draw(settings.codes, rng)].mean(axis=1))
