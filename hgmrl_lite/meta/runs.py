"""Running the protocol: one agent, one training seed at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from hgmrl_lite.agents import Agent
from hgmrl_lite.envs import Policy, TaskFamily
from hgmrl_lite.meta.evaluation import evaluate
from hgmrl_lite.meta.protocol import Protocol
from hgmrl_lite.meta.results import AgentResult
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions

SHOWN = 8
"""Episodes of each task whose states are kept."""

# Contexts are numbered by draw and task: another number of tasks or draws changes none of them.
_MOST_TASKS = 100_000


def run_protocol(
    make_agent: Callable[[int], Agent], protocol: Protocol | None = None, *, progress: bool = True
) -> AgentResult:
    """Make an agent for each training seed and evaluate it.

    Parameters
    ----------
    make_agent : callable
        From a training seed to an agent trained with it.
    protocol : Protocol, optional
        What is fixed.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    AgentResult
    """
    parts = (protocol or Protocol()).of_seeds()
    bar = tqdm(parts, desc="training seeds", unit="seed", disable=not progress)
    return AgentResult.from_seeds([evaluate_seed(make_agent(part.seed), part) for part in bar])


def evaluate_seed(agent: Agent, protocol: Protocol) -> dict[str, NDArray[Any]]:
    """Evaluate an agent that was trained with one seed, on every test task and from every context draw.

    An agent that wants no context is adapted once and evaluated once a task.

    Parameters
    ----------
    agent : Agent
        The agent.
    protocol : Protocol
        What is fixed, with the training seed as its only one: it is also that of the contexts and the noise.

    Returns
    -------
    dict of str to ndarray
        ``regret`` and ``success`` (k, C, E), ``paths`` (k, P, max_steps + 1, n), ``tasks`` (k, d), and the
        agent's ``name``, ``env_steps``, ``context_size`` and ``uses_goal``: what
        :meth:`AgentResult.from_seeds <hgmrl_lite.meta.AgentResult.from_seeds>` puts together.
    """
    family, seed, tasks = protocol.family, protocol.seed, protocol.family.test
    draws = protocol.contexts if agent.context_size else 1
    shape = (len(tasks), draws, protocol.episodes)
    regret, success = np.empty(shape), np.empty(shape, dtype=bool)
    paths = np.empty(0)
    for draw in range(draws):
        played = evaluate(
            family,
            adapted_policies(agent, family, seed, draw),
            episodes=protocol.episodes,
            seed=seed,
            trajectories=draw == 0,
        )
        regret[:, draw], success[:, draw] = played.regret, played.success
        if played.trajectories is not None:
            paths = played.trajectories[:, :SHOWN].astype(np.float32)
    return {
        "name": np.array(agent.name),
        "env_steps": np.array(agent.env_steps),
        "context_size": np.array(agent.context_size),
        "uses_goal": np.array(agent.uses_goal),
        "tasks": tasks,
        "regret": regret,
        "success": success,
        "paths": paths,
    }


def adapted_policies(agent: Agent, family: TaskFamily, seed: int, draw: int) -> list[Policy]:
    """Return the agent's policy for each test task, from one context draw; only who may is told the task."""
    contexts = (
        draw_contexts(family, seed, draw, agent.context_size)
        if agent.context_size
        else [None] * len(family.test)
    )
    return [
        agent.adapt(context, task if agent.uses_goal else None)
        for context, task in zip(contexts, family.test, strict=True)
    ]


def draw_contexts(family: TaskFamily, seed: int, draw: int, size: int) -> list[Transitions]:
    """Explore each test task; the fewer transitions of a draw are the first of the more."""
    return [
        family.explore(task, size, seed=stream_seed(seed, "context", index + _MOST_TASKS * draw))
        for index, task in enumerate(family.test)
    ]
