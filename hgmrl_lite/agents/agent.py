"""What every agent is: something that turns a short experience of a new task into a policy for it."""

from typing import Protocol

from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.transitions import Transitions


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
        True when it is told the new task itself, as the goal-conditioned agent and the upper bounds are.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def env_steps(self) -> int: ...  # noqa: D102
    @property
    def context_size(self) -> int: ...  # noqa: D102
    @property
    def uses_goal(self) -> bool: ...  # noqa: D102

    def adapt(self, context: Transitions | None, task: ArrayLike | None = None) -> Policy:
        """Return the policy for the new task.

        Parameters
        ----------
        context : Transitions or None
            Transitions of the new task; None will do when ``context_size`` is 0.
        task : array_like, shape (d,), optional
            The new task itself. An agent whose ``uses_goal`` is False does not look at it.

        Returns
        -------
        Policy
            Maps observations (..., n) to actions (..., m).
        """


def needed_context(agent: Agent, context: Transitions | None, n: int, m: int) -> Transitions:
    """Return a context of states (N, n) and actions (N, m), or raise a ValueError: what the agent needs."""
    if not isinstance(context, Transitions):
        raise ValueError(
            f"context must be Transitions of the new task, about {agent.context_size} of them, for the agent "
            f"{agent.name!r}; got {type(context).__name__}"
        )
    if (context.states.shape[1], context.actions.shape[1]) != (n, m):
        raise ValueError(
            f"context must have states of dimension {n} and actions of dimension {m}, got {context}"
        )
    return context


def needed_task(agent: Agent, family: TaskFamily, task: ArrayLike | None) -> Array:
    """Return the new task (d,), or raise a ValueError that says that the agent needs it."""
    if task is None:
        raise ValueError(f"task must be the new task itself for the agent {agent.name!r}, got None")
    return family.as_task(task)


def several_tasks(family: TaskFamily, least: int) -> Array:
    """Return the training tasks (k, d), or raise a ValueError when they are too few."""
    if len(family.train) < least:
        raise ValueError(f"the family must have at least {least} training tasks, got {len(family.train)}")
    return family.train
