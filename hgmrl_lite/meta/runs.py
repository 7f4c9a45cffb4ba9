"""Running the protocol: one agent, one training seed at a time."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.agents import Policy
from hgmrl_lite.envs import explore, greedy_policy, rollout
from hgmrl_lite.meta.loop import stream_seed
from hgmrl_lite.meta.protocol import Protocol
from hgmrl_lite.meta.results import AgentResult
from hgmrl_lite.transitions import Transitions

if TYPE_CHECKING:
    from hgmrl_lite.agents.agent import Agent

SHOWN = 8
"""Episodes of each goal whose states are kept."""

# Contexts are numbered by draw and goal: another number of goals or draws changes none of them.
_MOST_GOALS = 100_000


def run_protocol(
    make_agent: "Callable[[int], Agent]",
    protocol: Protocol | None = None,
    *,
    goals: ArrayLike | None = None,
    progress: bool = True,
) -> AgentResult:
    """Make an agent for each training seed and evaluate it.

    Parameters
    ----------
    make_agent : callable
        From a training seed to an agent trained with it.
    protocol : Protocol, optional
        What is fixed.
    goals : array_like, shape (k, 2), optional
        Other true goals than the protocol's, for an evaluation on the training tasks, say.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    AgentResult
    """
    protocol = protocol or Protocol()
    seeds = tqdm(protocol.seeds, desc="training seeds", unit="seed", disable=not progress)
    return AgentResult.from_seeds(
        [evaluate_seed(make_agent(seed), protocol, seed, goals=goals) for seed in seeds]
    )


def evaluate_seed(
    agent: "Agent", protocol: Protocol, seed: int, *, goals: ArrayLike | None = None
) -> dict[str, NDArray]:
    """Evaluate an agent that was trained with one seed, on every goal and from every context draw.

    An agent that wants no context is adapted once and evaluated once a goal.

    Parameters
    ----------
    agent : Agent
        The agent.
    protocol : Protocol
        What is fixed.
    seed : int
        The training seed, which is also that of the contexts and of the noise.
    goals : array_like, shape (k, 2), optional
        Other true goals than the protocol's.

    Returns
    -------
    dict of str to ndarray
        ``regret`` and ``success`` (k, C, E), ``paths`` (k, P, max_steps + 1, 2), ``goals`` (k, 2), and the
        agent's ``name``, ``env_steps``, ``context_size`` and ``uses_goal``: what
        :meth:`AgentResult.from_seeds <hgmrl_lite.meta.AgentResult.from_seeds>` puts together.
    """
    goals = protocol.goals if goals is None else as_array("goals", goals, ("k", 2)).copy()
    draws = protocol.contexts if agent.context_size else 1
    best = reference_returns(protocol, seed, goals)
    shape = (len(goals), draws, protocol.episodes)
    regret, success = np.empty(shape), np.empty(shape, dtype=bool)
    paths = np.empty(0)
    for draw in range(draws):
        policies = adapted_policies(agent, protocol, seed, draw, goals)
        played = rollout(
            policies,
            goals,
            episodes=protocol.episodes,
            seed=stream_seed(seed, "evaluate"),
            trajectories=draw == 0,
            **protocol.environment,
        )
        regret[:, draw], success[:, draw] = best - played.returns, played.success
        if played.trajectories is not None:
            paths = played.trajectories[:, :SHOWN].astype(np.float32)
    return {
        "name": np.array(agent.name),
        "env_steps": np.array(agent.env_steps),
        "context_size": np.array(agent.context_size),
        "uses_goal": np.array(agent.uses_goal),
        "goals": goals,
        "regret": regret,
        "success": success,
        "paths": paths,
    }


def adapted_policies(agent: "Agent", protocol: Protocol, seed: int, draw: int, goals: Array) -> list[Policy]:
    """Return the agent's policy for each goal, from one context draw; only who may is told the goal."""
    return [
        agent.adapt(
            draw_context(protocol, seed, draw, index, goal, agent.context_size),
            goal if agent.uses_goal else None,
        )
        for index, goal in enumerate(goals)
    ]


def draw_context(
    protocol: Protocol, seed: int, draw: int, index: int, goal: Array, size: int, reward_noise: float = 0.0
) -> Transitions | None:
    """Explore the test task of this index; the fewer transitions are the first of the more, None for none."""
    if not size:
        return None
    return explore(
        goal,
        size,
        seed=stream_seed(seed, "context", index + _MOST_GOALS * draw),
        reward_noise=reward_noise,
        **protocol.environment,
    )


def reference_returns(protocol: Protocol, seed: int, goals: Array) -> Array:
    """Return the returns of each goal's greedy reference in the noise of this seed, shape (k, E)."""
    references = [greedy_policy(goal, protocol.action_set, protocol.wind) for goal in goals]
    return rollout(
        references,
        goals,
        episodes=protocol.episodes,
        seed=stream_seed(seed, "evaluate"),
        **protocol.environment,
    ).returns
