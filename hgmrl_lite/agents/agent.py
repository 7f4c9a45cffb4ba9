"""What every agent is: something that turns a short experience of a new task into a policy for it."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents.policy import Policy
from hgmrl_lite.envs.dynamics import as_goals
from hgmrl_lite.transitions import Transitions

# Random numbers of one training seed, split by purpose. The loop's own streams have smaller numbers.
_STREAMS = {"explore": 11, "encoder": 12, "contexts": 13}


class Agent(Protocol):
    """An agent that has been trained on some tasks and adapts to a new one without a gradient step.

    Attributes
    ----------
    name : str
        What it is called in tables and figures.
    env_steps : int
        Environment steps its training took, exploration of the training tasks included.
    context_size : int
        Transitions of the new task it wants; 0 when it looks at none.
    uses_goal : bool
        True when it is told the new task's true goal, as the goal-conditioned agent and the upper bounds are.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def env_steps(self) -> int: ...  # noqa: D102
    @property
    def context_size(self) -> int: ...  # noqa: D102
    @property
    def uses_goal(self) -> bool: ...  # noqa: D102

    def adapt(self, context: Transitions | None, goal: ArrayLike | None = None) -> Policy:
        """Return the policy for the new task.

        Parameters
        ----------
        context : Transitions or None
            Transitions of the new task; None will do when ``context_size`` is 0.
        goal : array_like, shape (2,), optional
            The new task's true goal. An agent whose ``uses_goal`` is False does not look at it.

        Returns
        -------
        Policy
            Maps observations (..., n) to actions (..., m).
        """


def needed_context(agent: Agent, context: Transitions | None) -> Transitions:
    """Return the context of a planar task, or raise a ValueError that says what the agent needs."""
    if not isinstance(context, Transitions):
        raise ValueError(
            f"context must be Transitions of the new task, about {agent.context_size} of them, for the agent "
            f"{agent.name!r}; got {type(context).__name__}"
        )
    if (context.states.shape[1], context.actions.shape[1]) != (2, 2):
        raise ValueError(f"context must have states and actions of dimension 2, got {context}")
    return context


def needed_goal(agent: Agent, goal: ArrayLike | None) -> Array:
    """Return the true goal (2,), or raise a ValueError that says that the agent needs it."""
    if goal is None:
        raise ValueError(f"goal must be the new task's goal for the agent {agent.name!r}, got None")
    return as_goals("goal", goal, (2,))


def training_goals(goals: ArrayLike, least: int = 1) -> Array:
    """Return the goals (k, 2) of the training tasks, checked."""
    goals = (
        as_goals("goals", as_array("goals", goals, ("k", 2)), ("k", 2))
        if np.size(goals)
        else np.empty((0, 2))
    )
    if len(goals) < least:
        raise ValueError(f"goals must hold at least {least} training tasks, got {len(goals)}")
    return goals


def stream(seed: int, purpose: str, index: int = 0) -> int:
    """Return the seed for one purpose of a training: "explore", "encoder" or "contexts"."""
    return int(np.random.SeedSequence([seed, _STREAMS[purpose], index]).generate_state(1)[0])
