"""Evaluation: policies on goals, over many noisy episodes that are the same for every policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_array, as_count, as_real
from hgmrl_lite.envs.dynamics import (
    MAX_STEPS,
    NOISE,
    START_STD,
    STEP,
    NavigationDynamics,
    as_goals,
    project_action,
)
from hgmrl_lite.envs.episodes import EpisodeNoise, episode_seeds, play

if TYPE_CHECKING:
    from hgmrl_lite.agents.policy import Policy


@dataclass(frozen=True, eq=False)
class Rollouts:
    """What policies did on k goals in E episodes each.

    Parameters
    ----------
    goals : ndarray, shape (k, 2)
        The goals.
    returns : ndarray, shape (k, E)
        Sum of the rewards, not discounted.
    lengths : ndarray of int, shape (k, E)
        Steps.
    success : ndarray of bool, shape (k, E)
        Whether the goal was reached before the time was up.
    seeds : tuple of int, length E
        ``PointNavigation(...).reset(seed=seeds[j])`` meets the noise of episode j.
    trajectories : ndarray, shape (k, E, max_steps + 1, 2), or None
        States, start first; NaN after an episode's end.
    """

    goals: Array
    returns: Array
    lengths: NDArray[np.int_]
    success: NDArray[np.bool_]
    seeds: tuple[int, ...]
    trajectories: Array | None = None

    @property
    def mean_return(self) -> Array:
        """Mean return on each goal, shape (k,)."""
        return self.returns.mean(axis=1)

    def __repr__(self) -> str:
        """Tell the mean return, the share of successes and the mean length."""
        goals, episodes = self.returns.shape
        return (
            f"Rollouts({goals} goals × {episodes} episodes: return {self.returns.mean():.3f}, "
            f"goal reached in {100 * self.success.mean():.1f} %, {self.lengths.mean():.1f} steps)"
        )

    def _repr_html_(self) -> str:
        """Show one line a goal."""
        lines = "".join(
            f"<tr><td>({x:.2f}, {y:.2f})</td><td>{returns.mean():.3f}</td><td>{returns.std():.3f}</td>"
            f"<td>{100 * success.mean():.1f} %</td><td>{lengths.mean():.1f}</td></tr>"
            for (x, y), returns, success, lengths in zip(
                self.goals, self.returns, self.success, self.lengths, strict=True
            )
        )
        return (
            "<table><thead><tr><th>goal</th><th>mean return</th><th>standard deviation</th><th>reached</th>"
            f"<th>mean steps</th></tr></thead><tbody>{lines}</tbody></table>"
        )


def rollout(
    policies: "Policy | Sequence[Policy]",
    goals: ArrayLike,
    *,
    episodes: int = 100,
    seed: int = 0,
    action_set: str = "disc",
    noise: float = NOISE,
    start_std: float = START_STD,
    max_steps: int = MAX_STEPS,
    wind: tuple[float, ...] = (0.0, 0.0),
    trajectories: bool = False,
) -> Rollouts:
    """Play each policy on its goal, over episodes whose noise depends on the seed alone.

    Episode j has the same start and the same noise for every goal, every policy and every call with this
    seed, so that returns can be compared episode by episode.

    Parameters
    ----------
    policies : callable or sequence of callable
        Maps states (B, 2) to raw actions (B, 2): one for all goals, or one a goal.
    goals : array_like, shape (k, 2)
        The goals.
    episodes : int, optional
        Episodes on each goal.
    seed : int, optional
        Seed of the noise.
    action_set, noise, start_std, max_steps, wind
        As in :class:`~hgmrl_lite.envs.PointNavigation`.
    trajectories : bool, optional
        Keep the states.

    Returns
    -------
    Rollouts

    Raises
    ------
    ValueError
        When there is no goal, a goal is outside the arena, the policies are not one or k, or a policy returns
        another shape, NaN or infinity.

    Examples
    --------
    >>> float(rollout(greedy_policy((1.0, 0.0)), [(1.0, 0.0)], episodes=50).success.mean())
    1.0
    """
    dynamics = NavigationDynamics(action_set, noise, start_std, max_steps, wind=wind)
    goals = as_goals("goals", goals, ("k", 2))
    if not len(goals):
        raise ValueError("goals must hold at least one goal, got none")
    episodes = as_count("episodes", episodes)
    if not callable(policies) and len(policies) != len(goals):
        raise ValueError(f"policies must be one policy or {len(goals)}, one a goal, got {len(policies)}")
    seeds = episode_seeds(seed, episodes)

    def act(t: int, rows: NDArray[np.intp], states: Array) -> Array:
        if callable(policies):
            return np.asarray(policies(states))
        # The rows come goal by goal, so those of one goal are a slice.
        cuts = np.searchsorted(rows, np.arange(len(goals) + 1) * episodes)
        chosen = np.empty_like(states)
        for index, (policy, first, last) in enumerate(zip(policies, cuts, cuts[1:], strict=False)):
            if last > first:
                name = f"the actions of policies[{index}]"
                chosen[first:last] = as_array(name, policy(states[first:last]), (last - first, 2))
        return chosen

    played = play(
        dynamics,
        np.repeat(goals, episodes, axis=0),
        EpisodeNoise.draw(dynamics, seeds),
        np.tile(np.arange(episodes), len(goals)),
        act,
    )
    shape = (len(goals), episodes)
    return Rollouts(
        goals,
        np.nansum(played.rewards, axis=0).reshape(shape),
        played.lengths.reshape(shape),
        played.terminated.reshape(shape),
        tuple(seeds),
        played.states.swapaxes(0, 1).reshape(*shape, -1, 2).copy() if trajectories else None,
    )


def greedy_policy(
    goal: ArrayLike, action_set: str = "disc", wind: tuple[float, ...] = (0.0, 0.0)
) -> "Policy":
    """Return the reference policy of a known goal: the admissible action nearest to (goal − p − wind) / 0.1.

    Parameters
    ----------
    goal : array_like, shape (2,)
        The goal.
    action_set : {"disc", "box"}, optional
        Admissible actions.
    wind : array_like, shape (2,), optional
        The environment's drift, which the policy makes up for.

    Returns
    -------
    Policy
        Maps states (..., 2) to actions (..., 2).

    Raises
    ------
    ValueError
        When the goal is no point of the arena, ``action_set`` is unknown, or ``wind`` is no vector of the
        plane.
    """
    dynamics = NavigationDynamics(action_set, wind=wind)
    aim = as_goals("goal", goal, (2,)) - dynamics.wind

    def greedy(observations: ArrayLike) -> Array:
        return project_action((aim - as_real("observations", observations)) / STEP, action_set)

    return greedy
