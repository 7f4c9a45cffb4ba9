"""What an agent is, and policies as plain NumPy: a network, and the same carried along by a group element."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_real
from hgmrl_lite.actions import Chart
from hgmrl_lite.actions.action import invertible
from hgmrl_lite.envs import Policy, TaskFamily, project_action
from hgmrl_lite.envs.system import check_action_set
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


def check_layers(weights: Sequence[Array], biases: Sequence[Array], inputs: int | None = None) -> None:
    """Raise a ValueError when layers do not fit together, or not to a number of inputs."""
    if not weights or len(weights) != len(biases):
        raise ValueError(
            f"weights and biases must have one entry a layer, got {len(weights)} and {len(biases)}"
        )
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        as_array(f"weights[{layer}]", weight, ("out", inputs))
        inputs = len(weight)
        as_array(f"biases[{layer}]", bias, (inputs,))


@dataclass(frozen=True, eq=False)
class MLPPolicy:
    """A tanh network followed by the projection onto the admissible actions.

    Parameters
    ----------
    weights : tuple of ndarray
        One (out, in) matrix a layer; tanh between the layers, none after the last.
    biases : tuple of ndarray
        One (out,) vector a layer.
    action_set : {"disc", "box"} or None
        Onto what the output is projected; None for onto nothing.

    Raises
    ------
    ValueError
        When the layers do not fit together.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    action_set: str | None = "disc"

    def __post_init__(self) -> None:
        check_layers(self.weights, self.biases)
        check_action_set(self.action_set)

    @property
    def state_dim(self) -> int:
        """Dimension n of the observations."""
        return int(self.weights[0].shape[1])

    @property
    def action_dim(self) -> int:
        """Dimension m of the actions."""
        return int(self.weights[-1].shape[0])

    def __call__(self, observations: ArrayLike) -> Array:
        """Return the admissible actions (..., m) for ``observations`` (..., n)."""
        hidden = as_real("observations", observations)
        if hidden.shape[-1:] != (self.state_dim,):
            raise ValueError(f"observations must have shape (..., {self.state_dim}), got {hidden.shape}")
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = np.tanh(hidden @ weight.T + bias)
        return project_action(hidden @ self.weights[-1].T + self.biases[-1], self.action_set)


@dataclass(frozen=True, eq=False)
class TransformedPolicy:
    """The policy (g·π)(s) = K_g π(L_g⁻¹ s); in a chart φ it is K_g π(φ⁻¹(L_g⁻¹ φ(s))).

    Parameters
    ----------
    base : Policy
        The policy π that is carried along.
    left : array_like, shape (n, n) or (n + 1, n + 1)
        L_g, how g moves states; homogeneous for an affine action, which needs ``base.state_dim``.
    right : array_like, shape (m, m)
        K_g, how g moves actions.
    chart : Chart, optional
        φ, in which L_g acts on the states.

    Raises
    ------
    ValueError
        When a matrix is not square, singular, or does not fit the base policy.
    """

    base: Policy
    left: Array
    right: Array
    chart: Chart | None = None

    def __post_init__(self) -> None:
        left = invertible("left", as_array("left", self.left, ("n", "n")))
        right = invertible("right", as_array("right", self.right, ("m", "m")))
        n = getattr(self.base, "state_dim", len(left))
        m = getattr(self.base, "action_dim", len(right))
        if len(left) not in (n, n + 1):
            raise ValueError(
                f"left must be ({n}, {n}) or ({n + 1}, {n + 1}) for this base policy, got {left.shape}"
            )
        if len(right) != m:
            raise ValueError(f"right must be ({m}, {m}) for this base policy, got {right.shape}")
        # Copies: what the caller does with the matrices later does not reach into the policy.
        object.__setattr__(self, "left", left.copy())
        object.__setattr__(self, "right", right.copy())
        inverse = np.linalg.inv(left)
        object.__setattr__(self, "_linear", inverse[:n, :n])
        object.__setattr__(self, "_shift", inverse[:n, n] if len(left) == n + 1 else np.zeros(n))

    def __call__(self, observations: ArrayLike) -> Array:
        """Return K_g π(L_g⁻¹ s) for a batch of observations (..., n)."""
        seen = as_real("observations", observations)
        inside = seen if self.chart is None else self.chart(seen)
        pulled = inside @ self._linear.T + self._shift  # type: ignore[attr-defined]
        own = pulled if self.chart is None else self.chart.back(pulled)
        return np.asarray(self.base(own)) @ self.right.T
