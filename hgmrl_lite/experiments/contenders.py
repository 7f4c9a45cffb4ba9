"""The agents that are compared, each made by name from the training tasks and a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite import agents
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents.conditioned import QUICK_CONDITIONED_PPO
from hgmrl_lite.envs import greedy_policy
from hgmrl_lite.experiments.units import Unit
from hgmrl_lite.meta import Protocol, evaluate_seed, meta_train
from hgmrl_lite.transitions import Transitions

if TYPE_CHECKING:
    from hgmrl_lite.agents.agent import Agent
    from hgmrl_lite.agents.policy import Policy


@dataclass(frozen=True)
class GreedyReference:
    """The reference itself as an agent, told the true goal: its regret is 0 in every episode."""

    action_set: str
    wind: tuple[float, ...]
    name: ClassVar = "greedy reference"
    env_steps: ClassVar = 0
    context_size: ClassVar = 0
    uses_goal: ClassVar = True

    def adapt(self, context: Transitions | None, goal: ArrayLike | None = None) -> "Policy":
        """Return the greedy policy of the goal."""
        if goal is None:
            raise ValueError("goal must be the new task's goal for the greedy reference, got None")
        return greedy_policy(goal, self.action_set, self.wind)


# From the training goals, the base task's place among them, and seed, environment and progress.
_MAKERS: "Mapping[str, Callable[..., Agent]]" = {
    "geometric": lambda goals, base, **options: meta_train(goals, base_index=base, **options),
    "base policy": lambda goals, base, **options: agents.BaseAgent(goals[base], **options),
    "nearest task": lambda goals, base, **options: agents.NearestTaskAgent(goals, **options),
    "goal-conditioned": lambda goals, base, **options: agents.GoalConditionedAgent(goals, **options),
    "CCM": lambda goals, base, **options: agents.CCMAgent(goals, **options),
    "true rotation": lambda goals, base, **options: agents.TrueRotationAgent(goals[base], **options),
    "trained on the test task": lambda goals, base, **options: agents.TestTaskAgent(**options),
    "greedy reference": lambda goals, base, **options: GreedyReference(
        options["action_set"], options["wind"]
    ),
}

# What the rivals are trained with in the quick form: a third of the time, and still well on their own tasks.
_QUICK: Mapping[str, Any] = {
    "nearest task": agents.PPOSettings(total_steps=40_960, batch_size=1024, n_epochs=6, learning_rate=5e-3),
    "goal-conditioned": QUICK_CONDITIONED_PPO,
    "CCM": agents.CCMSettings.quick(),
}


def make_agent(
    name: str,
    training_goals: ArrayLike,
    protocol: Protocol,
    seed: int,
    *,
    base_index: int = 0,
    quick: bool = False,
) -> "Agent":
    """Train the agent of this name on the training tasks, in the protocol's environment.

    Parameters
    ----------
    name : str
        "geometric", "base policy", "nearest task", "goal-conditioned", "CCM", "true rotation", "trained on
        the test task" or "greedy reference".
    training_goals : array_like, shape (t, 2)
        Goals of the training tasks, for their environments.
    protocol : Protocol
        Whose environment it is.
    seed : int
        The training seed.
    base_index : int, optional
        Which task the base policy is trained on.
    quick : bool, optional
        Train the rivals "nearest task", "goal-conditioned" and "CCM" with half the steps, in a third of the
        time, for a lesson.

    Returns
    -------
    Agent

    Raises
    ------
    ValueError
        When there is no agent of this name.
    """
    if name not in _MAKERS:
        raise ValueError(f"name must be one of {', '.join(_MAKERS)}, got {name!r}")
    goals = as_array("training_goals", training_goals, ("k", 2))
    options = {"seed": seed, "progress": False, **protocol.environment}
    if quick and name in _QUICK:
        options["settings"] = _QUICK[name]
    return _MAKERS[name](goals, base_index, **options)


def evaluate_contender(
    agent: str,
    training_goals: Sequence[Sequence[float]],
    base_index: int,
    protocol: Mapping[str, Any],
    goals: Sequence[Sequence[float]] | None,
    quick: bool = False,
) -> dict[str, NDArray[Any]]:
    """Train an agent with the protocol's only seed, and evaluate it on the given goals or the protocol's."""
    fixed = Protocol(**protocol)
    (seed,) = fixed.seeds
    contender = make_agent(agent, training_goals, fixed, seed, base_index=base_index, quick=quick)
    return evaluate_seed(contender, fixed, seed, goals=goals)


def contender_units(
    agent: str,
    training_goals: Array,
    protocol: Protocol,
    *,
    base_index: int = 0,
    goals: Array | None = None,
    quick: bool = False,
) -> list[Unit]:
    """Return one unit of work a training seed: train the agent, and evaluate it."""
    return [
        Unit(
            f"{agent}, seed {seed}",
            evaluate_contender,
            {
                "agent": agent,
                "training_goals": np.asarray(training_goals).tolist(),
                "base_index": base_index,
                "protocol": protocol.of_seed(seed),
                "goals": None if goals is None else np.asarray(goals).tolist(),
                "quick": quick,
            },
        )
        for seed in protocol.seeds
    ]
