"""Many whole episodes at once, with their noise drawn beforehand: the core of rollouts and exploration."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.dynamics import GOAL_RADIUS, NavigationDynamics, distance

Act = Callable[[int, NDArray[np.intp], Array], Array]
"""From the time t, the rows still running (B,) and their states (B, 2) to their raw actions (B, 2)."""


def episode_seeds(seed: int, episodes: int, stream: tuple[int, ...] = ()) -> list[int]:
    """Return the environment seeds of the first ``episodes`` episodes of one seed.

    Unlike k, k + 1, ... they make neighbouring seeds share no episode; fewer episodes are the first of more.

    Parameters
    ----------
    seed : int
        The seed.
    episodes : int
        How many.
    stream : tuple of int, optional
        Keeps apart what uses one seed for several purposes.

    Returns
    -------
    list of int

    Raises
    ------
    ValueError
        When ``seed`` is no whole number of at least 0.
    """
    sequence = np.random.SeedSequence(as_count("seed", seed, 0), spawn_key=stream)
    return [int(word) for word in sequence.generate_state(as_count("episodes", episodes), np.uint64)]


@dataclass(frozen=True, eq=False)
class EpisodeNoise:
    """The noise of E episodes, each as the environment of its seed draws it at its first reset.

    Parameters
    ----------
    normals : ndarray, shape (max_steps + 1, E, 2)
        Standard normals of the start (row 0) and of every step.
    reward_normals : ndarray, shape (max_steps, E), or None
        Standard normals of the observed rewards.
    """

    normals: Array
    reward_normals: Array | None

    @classmethod
    def draw(cls, dynamics: NavigationDynamics, seeds: list[int]) -> "EpisodeNoise":
        """Draw the noise of one episode a seed."""
        # PCG64 seeded by the number is what Gymnasium's reset(seed=...) makes.
        drawn = [dynamics.draw_episode(np.random.Generator(np.random.PCG64(seed))) for seed in seeds]
        rewards = [noise for _, noise in drawn if noise is not None]
        return cls(
            np.stack([normals for normals, _ in drawn], axis=1),
            np.stack(rewards, axis=1) if rewards else None,
        )


@dataclass(frozen=True, eq=False)
class Episodes:
    """B recorded episodes; time is the first axis, and what comes after an episode's end is NaN.

    Parameters
    ----------
    states : ndarray, shape (max_steps + 1, B, 2)
        States, the start first and the final one included.
    actions : ndarray, shape (max_steps, B, 2)
        Raw actions.
    rewards : ndarray, shape (max_steps, B)
        Observed rewards.
    lengths : ndarray of int, shape (B,)
        Steps of each episode.
    terminated : ndarray of bool, shape (B,)
        Whether the episode reached its goal.
    """

    states: Array
    actions: Array
    rewards: Array
    lengths: NDArray[np.int_]
    terminated: NDArray[np.bool_]


def play(
    dynamics: NavigationDynamics, goals: Array, noise: EpisodeNoise, episodes: NDArray[np.intp], act: Act
) -> Episodes:
    """Play one episode a row, all rows at once, until all have ended.

    Parameters
    ----------
    dynamics : NavigationDynamics
        The law of the environment.
    goals : ndarray, shape (B, 2)
        The goal of each row.
    noise : EpisodeNoise
        Noise of E episodes.
    episodes : ndarray of int, shape (B,)
        Which of them each row meets; rows that share one are paired.
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
    size, length = len(goals), dynamics.max_steps
    states = np.full((length + 1, size, 2), np.nan)
    actions = np.full((length, size, 2), np.nan)
    rewards = np.full((length, size), np.nan)
    lengths = np.zeros(size, dtype=np.int_)
    terminated = np.zeros(size, dtype=bool)

    rows = np.arange(size)
    current = dynamics.start_state(noise.normals[0, episodes])
    states[0] = current
    for t in range(length):
        chosen = as_array("the policy's actions", act(t, rows, current.copy()), (len(rows), 2))
        current = dynamics.next_state(current, chosen, noise.normals[t + 1, episodes[rows]])
        gaps = distance(current, goals[rows])
        reward = -gaps
        if noise.reward_normals is not None:
            reward += dynamics.reward_noise * noise.reward_normals[t, episodes[rows]]
        states[t + 1, rows], actions[t, rows], rewards[t, rows] = current, chosen, reward
        lengths[rows] = t + 1
        reached = gaps < GOAL_RADIUS
        if reached.any():
            terminated[rows[reached]] = True
            rows, current = rows[~reached], current[~reached]
            if not len(rows):
                break
    return Episodes(states, actions, rewards, lengths, terminated)
