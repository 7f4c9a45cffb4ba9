"""Whole episodes, many at once: their noise drawn beforehand, and the records of what was done in them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.envs.system import System

Act = Callable[[int, NDArray[np.intp], Array], Array]
"""From the time t, the rows still running (B,) and their states (B, n) to their raw actions (B, m)."""
Outcome = Callable[[Array, Array], tuple[Array, NDArray[np.bool_]]]
"""From next states (B, n) and tasks (B, d) to rewards (B,) and whether the episode ends there (B,)."""


def empty_noise(system: System, reward_noise: float, rows: int) -> tuple[Array, Array]:
    """Return room for the noise of one episode a row.

    Parameters
    ----------
    system : System
        The system.
    reward_noise : float
        Standard deviation of the noise on observed rewards; only whether it is 0 counts here.
    rows : int
        Number of rows, B.

    Returns
    -------
    normals : ndarray, shape (B, max_steps + 1, n)
        For standard normals: 0 for the start state, t for step t.
    reward_normals : ndarray, shape (B, max_steps), or (B, 0) when rewards are without noise
        For standard normals of the observed rewards.
    """
    length = system.max_steps
    return np.zeros((rows, length + 1, system.state_dim)), np.zeros((rows, length if reward_noise else 0))


def draw_noise(rng: np.random.Generator, normals: Array, reward_normals: Array) -> None:
    """Draw a row of :func:`empty_noise` at once, so that it does not depend on what the agent does."""
    rng.standard_normal(out=normals)
    # Even a draw of nothing takes a microsecond, as long as a row takes for several steps.
    if reward_normals.size:
        rng.standard_normal(out=reward_normals)


@dataclass(frozen=True, eq=False)
class Episodes:
    """B recorded episodes; time is the first axis, and what comes after an episode's end is NaN.

    Parameters
    ----------
    states : ndarray, shape (T + 1, B, n)
        States, the start first and the final one included.
    actions : ndarray, shape (T, B, m)
        Raw actions.
    rewards : ndarray, shape (T, B)
        Observed rewards.
    lengths : ndarray of int, shape (B,)
        Steps of each episode.
    terminated : ndarray of bool, shape (B,)
        Whether the task ended the episode, and not the time.
    """

    states: Array
    actions: Array
    rewards: Array
    lengths: NDArray[np.int_]
    terminated: NDArray[np.bool_]

    @classmethod
    def blank(cls, size: int, length: int, state_dim: int, action_dim: int) -> "Episodes":
        """Return a record of ``size`` episodes of at most ``length`` steps in which nothing happened yet."""
        return cls(
            np.full((length + 1, size, state_dim), np.nan),
            np.full((length, size, action_dim), np.nan),
            np.full((length, size), np.nan),
            np.zeros(size, dtype=np.int_),
            np.zeros(size, dtype=bool),
        )

    def flat(self) -> tuple[Array, Array, Array, Array, NDArray[np.bool_]]:
        """Return s, a, r, s' and terminated of the steps that were made, episode by episode."""
        steps = np.arange(len(self.actions))[None, :]
        made = steps < self.lengths[:, None]
        final = steps == self.lengths[:, None] - 1
        states = self.states.swapaxes(0, 1)
        return (
            states[:, :-1][made],
            self.actions.swapaxes(0, 1)[made],
            self.rewards.T[made],
            states[:, 1:][made],
            (final & self.terminated[:, None])[made],
        )


@dataclass(frozen=True, eq=False)
class Rollouts:
    """What policies did on k tasks in E episodes each.

    Parameters
    ----------
    tasks : ndarray, shape (k, d)
        The tasks; in navigation their goals.
    returns : ndarray, shape (k, E)
        Sum of the rewards, not discounted.
    lengths : ndarray of int, shape (k, E)
        Steps.
    success : ndarray of bool, shape (k, E)
        Whether the task ended the episode before the time was up.
    seeds : tuple of int, length E
        In a family that simulates, ``family.env(task).reset(seed=seeds[j])`` meets the noise of episode j.
    trajectories : ndarray, shape (k, E, max_steps + 1, n), or None
        States, start first; NaN after an episode's end.
    """

    tasks: Array
    returns: Array
    lengths: NDArray[np.int_]
    success: NDArray[np.bool_]
    seeds: tuple[int, ...]
    trajectories: Array | None = None

    @property
    def mean_return(self) -> Array:
        """Mean return on each task, shape (k,)."""
        return np.asarray(self.returns.mean(axis=1))

    def __repr__(self) -> str:
        """Tell the mean return, the share of successes and the mean length."""
        tasks, episodes = self.returns.shape
        return (
            f"Rollouts({tasks} tasks × {episodes} episodes: return {self.returns.mean():.3f}, "
            f"goal reached in {100 * self.success.mean():.1f} %, {self.lengths.mean():.1f} steps)"
        )


def checked_outcome(outcome: tuple[Array, NDArray[np.bool_]], rows: int) -> tuple[Array, NDArray[np.bool_]]:
    """Return rewards and ends (rows,) as they are, or raise a ValueError when they are of another kind."""
    rewards, ended = outcome
    if not (
        isinstance(rewards, np.ndarray)
        and isinstance(ended, np.ndarray)
        and rewards.shape == ended.shape == (rows,)
        and ended.dtype == np.bool_
        and np.isfinite(rewards).all()
    ):
        found = ", ".join(
            f"{type(part).__name__} of shape {np.shape(part)}, type {np.asarray(part).dtype}"
            for part in outcome
        )
        raise ValueError(
            f"outcome must return rewards, finite numbers of shape ({rows},), and whether each episode ends, "
            f"booleans of shape ({rows},); got {found}"
        )
    return rewards, ended


def simulate(
    system: System, outcome: Outcome, reward_noise: float, tasks: Array, seeds: list[int], act: Act
) -> Episodes:
    """Play one episode a row, all rows at once, until all have ended.

    Parameters
    ----------
    system : System
        How the world moves.
    outcome : callable
        Reward and termination.
    reward_noise : float
        Standard deviation of the noise on observed rewards.
    tasks : ndarray, shape (B, d)
        The task of each row.
    seeds : list of int, length B
        Whose noise each row meets; rows of one seed are paired.
    act : callable
        Chooses the actions of the rows still running.

    Returns
    -------
    Episodes

    Raises
    ------
    ValueError
        When ``act`` returns another shape, NaN or infinity.
    """
    different = list(dict.fromkeys(seeds))
    place = {seed: index for index, seed in enumerate(different)}
    episodes = np.array([place[seed] for seed in seeds], dtype=np.intp)
    # PCG64 seeded by the number is what Gymnasium's reset(seed=...) makes.
    generators = (np.random.Generator(np.random.PCG64(seed)) for seed in different)
    normals, reward_normals = empty_noise(system, reward_noise, len(different))
    for rng, motion, rewards in zip(generators, normals, reward_normals, strict=True):
        draw_noise(rng, motion, rewards)

    record = Episodes.blank(len(tasks), system.max_steps, system.state_dim, system.action_dim)
    rows = np.arange(len(tasks))
    current = system.start_state(normals[episodes, 0])
    record.states[0] = current
    for t in range(system.max_steps):
        chosen = act(t, rows, current.copy())
        chosen = as_array("the policy's actions", chosen, (len(rows), system.action_dim))
        current = system.next_state(current, chosen, normals[episodes[rows], t + 1])
        reward, ended = checked_outcome(outcome(current, tasks[rows]), len(rows))
        if reward_noise:
            reward = reward + reward_noise * reward_normals[episodes[rows], t]
        record.states[t + 1, rows], record.actions[t, rows] = current, chosen
        record.rewards[t, rows], record.lengths[rows] = reward, t + 1
        if ended.any():
            record.terminated[rows[ended]] = True
            rows, current = rows[~ended], current[~ended]
            if not len(rows):
                break
    return record
