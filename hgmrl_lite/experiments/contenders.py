"""The agents that are compared, each made by name from the family of tasks and a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import ArrayLike, NDArray

from hgmrl_lite import agents
from hgmrl_lite.agents import Agent
from hgmrl_lite.agents.conditioned import QUICK_CONDITIONED_PPO
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.experiments.units import Unit, seed_units
from hgmrl_lite.meta import Protocol, evaluate_seed, meta_train
from hgmrl_lite.transitions import Transitions


@dataclass(frozen=True)
class ReferenceAgent:
    """The family's reference itself as an agent, told the task: its regret is 0 in every episode."""

    family: TaskFamily
    name: ClassVar = "greedy reference"
    env_steps: ClassVar = 0
    context_size: ClassVar = 0
    uses_goal: ClassVar = True

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the reference of the task."""
        policy = None if task is None else self.family.reference(task)
        if policy is None:
            raise ValueError("task must be the new task, of a family that gives a reference, got None")
        return policy


_MAKERS: Mapping[str, Callable[..., Agent]] = {
    "geometric": meta_train,
    "base policy": agents.BaseAgent,
    "nearest task": agents.NearestTaskAgent,
    "goal-conditioned": agents.GoalConditionedAgent,
    "CCM": agents.CCMAgent,
    "true rotation": agents.TrueRotationAgent,
    "trained on the test task": agents.TestTaskAgent,
    "greedy reference": lambda family, **_: ReferenceAgent(family),
}

# What the rivals are trained with in the quick form: a third of the time, and still well on their own tasks.
_QUICK: Mapping[str, Any] = {
    "nearest task": agents.PPOSettings(total_steps=40_960, batch_size=1024, n_epochs=6, learning_rate=5e-3),
    "goal-conditioned": QUICK_CONDITIONED_PPO,
    "CCM": agents.CCMSettings.quick(),
}


def make_agent(name: str, family: TaskFamily, seed: int, *, quick: bool = False) -> Agent:
    """Train the agent of this name on the family's training tasks.

    Parameters
    ----------
    name : str
        "geometric", "base policy", "nearest task", "goal-conditioned", "CCM", "true rotation", "trained on
        the test task" or "greedy reference".
    family : TaskFamily
        The family.
    seed : int
        The training seed.
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
    options: dict[str, Any] = {"seed": seed, "progress": False}
    if quick and name in _QUICK:
        options["settings"] = _QUICK[name]
    return _MAKERS[name](family, **options)


def evaluate_contender(agent: str, protocol: Protocol, quick: bool = False) -> dict[str, NDArray[Any]]:
    """Train an agent with the protocol's only seed, and evaluate it on the test tasks."""
    return evaluate_seed(make_agent(agent, protocol.family, protocol.seed, quick=quick), protocol)


def contender_units(agent: str, protocol: Protocol, *, quick: bool = False) -> list[Unit]:
    """Return one unit of work a training seed: train the agent, and evaluate it."""
    return seed_units(agent, evaluate_contender, protocol, agent=agent, quick=quick)
