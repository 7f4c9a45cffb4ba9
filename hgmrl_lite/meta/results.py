"""What a protocol measured of one agent, and means with 95 % intervals over two levels of chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from hgmrl_lite._validate import Array, as_array

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, eq=False)
class Interval:
    """A mean and its 95 % interval.

    Parameters
    ----------
    mean, low, high : ndarray, shape (...)
        The mean, and the ends of the interval; NaN where one number is all there is.
    """

    mean: Array
    low: Array
    high: Array

    @property
    def half_width(self) -> Array:
        """Half the length of the interval, shape (...)."""
        return np.asarray(self.high - self.mean)

    def __getitem__(self, index: int | tuple[int, ...]) -> "Interval":
        """Return the interval of one entry."""
        return Interval(self.mean[index], self.low[index], self.high[index])

    def __repr__(self) -> str:
        """Give one interval in words, several by their number and range."""
        if np.ndim(self.mean):
            low, high = np.min(self.mean), np.max(self.mean)
            return f"Interval({np.size(self.mean)} means from {low:.3g} to {high:.3g})"
        digits = 1 if abs(self.mean) >= 10.0 else 2
        text = f"{self.mean:.{digits}f}"
        if np.isfinite(self.low):
            text += f" [{self.low:.{digits}f}, {self.high:.{digits}f}]"
        return text.replace("-", "−")


def mean_interval(values: ArrayLike) -> Interval:
    """Return the mean over seeds and draws, and the wider of two 95 % intervals of Student.

    Draws of one seed share a trained agent, so they are not independent of each other. The one interval takes
    the S means of the seeds as independent, with S − 1 degrees of freedom; it is right whatever the seeds
    share. The other takes the C draws within each seed, with S (C − 1) degrees of freedom; it is right when
    seeds make no difference, and keeps the first from being narrow by the luck of a few seeds. Counting all S
    · C values as independent would be too narrow as soon as seeds differ.

    Parameters
    ----------
    values : array_like, shape (S, C, ...)
        One value a training seed and context draw; C = 1 for an agent that looks at no context.

    Returns
    -------
    Interval
        Of shape (...). With one seed it is over the draws alone; with one value there is none (NaN).

    Raises
    ------
    ValueError
        When ``values`` has fewer than two axes, is empty, or holds NaN or infinity.

    Examples
    --------
    >>> mean_interval([[1.0, 1.2], [0.8, 1.0], [1.1, 0.9]])
    1.00 [0.75, 1.25]
    """
    values = as_array("values", values)
    if values.ndim < 2 or not values.size:
        raise ValueError(f"values must have shape (S, C, ...), at least one of each, got {values.shape}")
    seeds, draws = values.shape[:2]
    by_seed = values.mean(axis=1)
    mean = by_seed.mean(axis=0)
    half = np.full(mean.shape, np.nan)
    if seeds > 1:
        error = by_seed.std(axis=0, ddof=1) / np.sqrt(seeds)
        half = _student(seeds - 1) * error
    if draws > 1:
        error = np.sqrt(values.var(axis=1, ddof=1).mean(axis=0) / (seeds * draws))
        half = np.fmax(half, _student(seeds * (draws - 1)) * error)
    return Interval(mean, mean - half, mean + half)


def _student(freedom: int) -> float:
    """Return the quantile of Student's law that leaves half of what is outside the interval above it."""
    return float(stdtrit(freedom, 0.5 * (1.0 + CONFIDENCE)))


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
