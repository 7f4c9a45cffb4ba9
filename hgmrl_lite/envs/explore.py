"""Exploration: transitions of one task, under a random policy that knows nothing of it."""

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.envs.dynamics import MAX_STEPS, NOISE, START_STD, NavigationDynamics, as_goals
from hgmrl_lite.envs.episodes import EpisodeNoise, Episodes, episode_seeds, play
from hgmrl_lite.transitions import Transitions

if TYPE_CHECKING:
    from hgmrl_lite.agents.policy import Policy

EXPLORATION_LAWS: Final = ("uniform", "gaussian")
"""Random policies: uniform on [-1, 1]² as ``action_space.sample()`` is, or N(0, I), the paper's σ = 0.1."""

# Streams of one seed: evaluation with the same seed uses neither, so that exploration never meets its noise.
_ENVIRONMENT, _POLICY = (0,), (1,)


def explore(
    goal: ArrayLike,
    n_transitions: int,
    *,
    seed: int,
    policy: "str | Policy" = "uniform",
    action_set: str = "disc",
    noise: float = NOISE,
    start_std: float = START_STD,
    max_steps: int = MAX_STEPS,
    reward_noise: float = 0.0,
    wind: tuple[float, ...] = (0.0, 0.0),
) -> Transitions:
    """Collect transitions of one task, episode after episode.

    The result has the law of one environment that plays its episodes in sequence and is stopped after
    ``n_transitions``; that the episodes are computed together shows in the speed only. They come in order, so
    a prefix is contiguous experience, and fewer transitions of a seed are the first of more.

    Parameters
    ----------
    goal : array_like, shape (2,)
        The task; only its rewards and terminations show in the result.
    n_transitions : int
        How many transitions, N.
    seed : int
        Seed of the environment and of the random policy.
    policy : {"uniform", "gaussian"} or callable, optional
        Random actions from one of :data:`EXPLORATION_LAWS`, or a policy from states (B, 2) to raw actions (B,
        2).
    action_set, noise, start_std, max_steps, reward_noise, wind
        As in :class:`~hgmrl_lite.envs.PointNavigation`.

    Returns
    -------
    Transitions
        The actions are raw: as the policy gave them. A terminal transition keeps its own next state.

    Raises
    ------
    ValueError
        When the goal is no point of the arena, a number is out of range, or the policy is unknown or returns
        another shape, NaN or infinity.

    Examples
    --------
    >>> explore((1.0, 0.0), 20, seed=0)
    Transitions(N=20, n=2, m=2)
    """
    dynamics = NavigationDynamics(action_set, noise, start_std, max_steps, reward_noise, wind)
    goal = as_goals("goal", goal, (2,))
    n_transitions = as_count("n_transitions", n_transitions)
    if not callable(policy) and policy not in EXPLORATION_LAWS:
        raise ValueError(f"policy must be a callable or one of {EXPLORATION_LAWS}, got {policy!r}")

    batches: list[Episodes] = []
    collected = played = 0
    while collected < n_transitions:
        # As many episodes as it takes at the mean length so far: too many are cut, too few made up for.
        length = collected / played if played else dynamics.max_steps
        last = played + math.ceil((n_transitions - collected) / length)
        batches.append(_play_batch(dynamics, goal, policy, seed, played, last))
        collected += int(batches[-1].lengths.sum())
        played = last
    parts = [_flatten(batch) for batch in batches]
    columns = [np.concatenate(column)[:n_transitions] for column in zip(*parts, strict=True)]
    return Transitions(*columns)


def _play_batch(
    dynamics: NavigationDynamics,
    goal: Array,
    policy: "str | Policy",
    seed: int,
    first: int,
    last: int,
) -> Episodes:
    """Play the episodes ``first`` to ``last - 1`` of a seed."""
    count = last - first
    chosen = np.empty((0, 0, 2))
    if not callable(policy):
        # The policy has random numbers of its own, one stream an episode, apart from the environment's.
        streams = [
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*_POLICY, index)))
            for index in range(first, last)
        ]
        size = (dynamics.max_steps, 2)
        chosen = np.stack(
            [
                rng.uniform(-1.0, 1.0, size) if policy == "uniform" else rng.standard_normal(size)
                for rng in streams
            ],
            axis=1,
        )

    def act(t: int, rows: NDArray[np.intp], states: Array) -> Array:
        return policy(states) if callable(policy) else chosen[t, rows]

    return play(
        dynamics,
        np.broadcast_to(goal, (count, 2)),
        EpisodeNoise.draw(dynamics, episode_seeds(seed, last, _ENVIRONMENT)[first:]),
        np.arange(count),
        act,
    )


def _flatten(batch: Episodes) -> tuple[Array, Array, Array, Array, NDArray[np.bool_]]:
    """Return s, a, r, s' and terminated of the steps that were made, episode by episode."""
    made = np.arange(len(batch.actions))[None, :] < batch.lengths[:, None]
    states = batch.states.swapaxes(0, 1)
    final = np.arange(len(batch.actions))[None, :] == batch.lengths[:, None] - 1
    return (
        states[:, :-1][made],
        batch.actions.swapaxes(0, 1)[made],
        batch.rewards.T[made],
        states[:, 1:][made],
        (final & batch.terminated[:, None])[made],
    )
