"""What a protocol measured of one agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.meta.intervals import Interval, mean_interval


@dataclass(frozen=True, eq=False)
class AgentResult:
    """Regret of one agent over seeds, tasks, context draws and episodes.

    Parameters
    ----------
    name : str
        The agent's name.
    env_steps : int
        Environment steps of its training, exploration of the training tasks included; for one seed.
    context_size : int
        Transitions of the new task it looks at; 0 for none.
    uses_goal : bool
        Whether it is told the task.
    tasks : ndarray, shape (k, d)
        The true tasks it was evaluated on.
    regret : ndarray, shape (S, k, C, E)
        Return of the task's reference less the agent's, episode by episode in the same noise; C = 1
        for an agent that looks at no context.
    success : ndarray of bool, shape (S, k, C, E)
        Whether the task ended the episode.
    paths : ndarray, shape (k, P, max_steps + 1, n)
        States of the first P episodes of the first seed and context, NaN after an episode's end; their
        regrets are ``regret[0, :, 0, :P]``.
    """

    name: str
    env_steps: int
    context_size: int
    uses_goal: bool
    tasks: Array
    regret: Array
    success: NDArray[np.bool_]
    paths: NDArray[np.float32]

    @classmethod
    def from_seeds(cls, parts: Sequence[Mapping[str, NDArray[Any]]]) -> "AgentResult":
        """Put together what :func:`~hgmrl_lite.meta.evaluate_seed` returned for each seed.

        Raises
        ------
        ValueError
            When there is none, or they are of different agents or tasks.
        """
        if not parts:
            raise ValueError("parts must hold at least one seed's result, got none")
        first = parts[0]
        for name in ("name", "context_size", "uses_goal", "tasks"):
            if not all(np.array_equal(part[name], first[name]) for part in parts):
                raise ValueError(f"parts must agree in {name}, got {[part[name].tolist() for part in parts]}")
        return cls(
            name=str(first["name"]),
            env_steps=round(float(np.mean([part["env_steps"] for part in parts]))),
            context_size=int(first["context_size"]),
            uses_goal=bool(first["uses_goal"]),
            tasks=first["tasks"],
            regret=np.stack([part["regret"] for part in parts]),
            success=np.stack([part["success"] for part in parts]),
            paths=first["paths"],
        )

    @property
    def units(self) -> Array:
        """Mean regret of each training seed, context draw and task, shape (S, C, k)."""
        return np.asarray(self.regret.mean(axis=-1).swapaxes(1, 2))

    @property
    def by_task(self) -> Interval:
        """Mean regret of each task with its interval, arrays of shape (k,)."""
        return mean_interval(self.units)

    @property
    def mean(self) -> Interval:
        """Mean regret over all tasks, with its interval."""
        return mean_interval(self.units.mean(axis=-1))

    def slope(self, distances: ArrayLike) -> Interval:
        """Return the slope of regret against a distance (k,), by least squares, with its interval.

        Raises
        ------
        ValueError
            When there is not one distance a task, or all are the same.
        """
        distances = as_array("distances", distances, (len(self.tasks),))
        centred = distances - distances.mean()
        if not np.square(centred).sum() > 0.0:
            raise ValueError(f"distances must differ from each other, got {distances}")
        return mean_interval(self.units @ centred / np.square(centred).sum())

    def __repr__(self) -> str:
        """Tell the mean with its interval, the worst goal and the share of successes."""
        seeds, tasks, contexts, episodes = self.regret.shape
        return (
            f"AgentResult({self.name}: regret {self.mean!r}, worst task {self.by_task.mean.max():.2f}, goal "
            f"reached in {self.success.mean():.1%}; {seeds} seeds × {tasks} tasks × {contexts} contexts × "
            f"{episodes} episodes)"
        )


def goal_distances(goals: ArrayLike, training_goals: ArrayLike) -> Array:
    """Return each goal's angle to the nearest training goal, in radians, seen from the origin.

    Parameters
    ----------
    goals, training_goals : array_like, shape (k, 2) and (t, 2)
        Points other than the origin.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    ValueError
        When a shape is another, there is no point, or one is the origin.
    """
    directions = []
    for name, value in (("goals", goals), ("training_goals", training_goals)):
        points = as_array(name, value, ("k", 2))
        length = np.linalg.norm(points, axis=1, keepdims=True)
        if not len(points) or not (length > 0.0).all():
            raise ValueError(
                f"{name} must be one or more points other than the origin, got {points.tolist()}"
            )
        directions.append(np.arctan2(points[:, 1], points[:, 0]))
    apart = np.abs(directions[0][:, None] - directions[1])
    return np.asarray(np.minimum(apart, 2.0 * np.pi - apart).min(axis=1))
