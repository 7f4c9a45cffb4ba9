"""Tasks of one system: what is trained on, what is tested on, and what a task rewards."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.actions import Chart
from hgmrl_lite.envs.system import System, as_deviation


class Policy(Protocol):
    """Anything that maps a batch of observations (..., n) to a batch of actions (..., m)."""

    def __call__(self, observations: ArrayLike) -> Array:
        """Return the actions for ``observations``."""


@dataclass(frozen=True, eq=False)
class Tasks(ABC):
    """Tasks of one system; a task is a vector, of a goal's coordinates say.

    Parameters
    ----------
    system : System
        How the world moves.
    train : array_like, shape (k, d)
        Training tasks.
    test : array_like, shape (j, d)
        Test tasks.
    base_index : int
        Which training task the base policy is trained on.
    reward_noise : float
        Standard deviation of Gaussian noise on the rewards that exploration observes.
    chart : Chart, optional
        Coordinates in which the group acts by matrices, for the geometry and the agent; the states themselves
        when left out.

    Attributes
    ----------
    render_modes : tuple of (None or str)
        Render modes of its environments; "rgb_array" where :meth:`draw` draws.

    Raises
    ------
    ValueError
        When tasks are malformed, ``base_index`` names none, or a number is out of range.
    """

    render_modes: ClassVar[tuple[str | None, ...]] = (None,)

    system: System
    train: Array
    test: Array
    base_index: int = 0
    reward_noise: float = 0.0
    chart: Chart | None = None

    def __post_init__(self) -> None:
        for name in ("train", "test"):
            tasks_of = self.as_tasks(name, getattr(self, name))
            tasks_of.flags.writeable = False
            object.__setattr__(self, name, tasks_of)
        tasks = len(self.train)
        if not -tasks <= self.base_index < tasks:
            raise ValueError(f"base_index must name one of the {tasks} training tasks, got {self.base_index}")
        object.__setattr__(self, "base_index", self.base_index % tasks)
        object.__setattr__(self, "reward_noise", as_deviation("reward_noise", self.reward_noise))

    @abstractmethod
    def outcome(self, next_states: Array, tasks: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return rewards (B,) and whether the episode ends (B,), for next states (B, n) and tasks (B, d)."""

    def reference(self, task: ArrayLike) -> Policy | None:
        """Return the policy that regret on a task (d,) is measured against; None to train it on the task."""
        return None

    @property
    def reference_name(self) -> str:
        """What a figure calls the reference."""
        return "the policy trained on the task itself"

    def draw(self, task: Array, path: Array) -> NDArray[np.uint8]:
        """Return the picture (H, W, 3) of a task (d,) and the states so far (t + 1, n)."""
        raise NotImplementedError

    @property
    def rows(self) -> int | None:
        """How many rows its vectorised environments must have; None for any number."""
        return None

    @property
    def base_task(self) -> Array:
        """The training task of the base policy, shape (d,)."""
        task: Array = self.train[self.base_index]
        return task

    @property
    def state_dim(self) -> int:
        """Dimension n of the states."""
        return self.system.state_dim

    @property
    def action_dim(self) -> int:
        """Dimension m of the actions."""
        return self.system.action_dim

    def as_tasks(self, name: str, tasks: ArrayLike) -> Array:
        """Return one or more tasks as a new array (k, d), checked.

        Raises
        ------
        ValueError
            When the shape is another, there is none, or a number is not finite.
        """
        train = self.train
        width = train.shape[1] if isinstance(train, np.ndarray) and train.ndim == 2 else "d"
        array = as_array(name, tasks, ("k", width)).copy()
        if not len(array):
            raise ValueError(f"{name} must hold at least one task, got none")
        return array

    def as_task(self, task: ArrayLike) -> Array:
        """Return one task as a new array (d,), checked."""
        one = self.as_tasks("task", as_array("task", task, (self.train.shape[1],))[None])
        return np.asarray(one[0])

    def tasks_of_rows(self, task: ArrayLike, rows: int) -> Array:
        """Return one task (d,) for all rows, or one a row (rows, d), as a new array (rows, d), checked."""
        if as_array("task", task).ndim == 1:
            return np.tile(self.as_task(task), (rows, 1))
        return self.as_tasks("task", as_array("task", task, (rows, self.train.shape[1])))

    def rule(self, task: ArrayLike | None = None) -> dict[str, Any]:
        """Return what a policy trained in this family, on one task (d,) say, depends on, for a cache."""
        others = ("train", "test", "base_index", "reward_noise")
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in others}
        return {"family": type(self), **own} | ({} if task is None else {"task": np.asarray(task)})
