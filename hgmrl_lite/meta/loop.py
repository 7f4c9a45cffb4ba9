"""The loop: meta-train on a few tasks, adapt to a new one from a few transitions, measure the regret."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from hgmrl_lite._validate import as_count
from hgmrl_lite.actions import Chart
from hgmrl_lite.agents import GeometricAgent, PPOSettings, train_base_policy
from hgmrl_lite.agents.policy import several_tasks
from hgmrl_lite.agents.ppo import settings_for
from hgmrl_lite.envs import TaskFamily
from hgmrl_lite.hereditary import FoundChart, HereditaryGeometry, RewardModel, discover_geometry
from hgmrl_lite.meta.evaluation import Evaluation, evaluate
from hgmrl_lite.meta.protocol import draw_contexts
from hgmrl_lite.streams import stream_seed
from hgmrl_lite.transitions import Transitions

#: How many times farther a chart is off for a new task than for those whose rewards have sharpened it.
UNSEEN: Final = 3.0


def meta_train(
    family: TaskFamily,
    *,
    transitions: int = 5000,
    seed: int = 0,
    chart: Callable[[Sequence[Transitions]], Chart] | None = None,
    settings: PPOSettings | None = None,
    refresh: bool = False,
    progress: bool = True,
) -> GeometricAgent:
    """Train the base policy on one task, explore all of them, and discover how they are related.

    The tasks go into the environments only. What is learned rests on transitions and rewards.

    Parameters
    ----------
    family : TaskFamily
        The family, with at least two training tasks.
    transitions : int, optional
        Random-policy transitions of each task.
    seed : int, optional
        Seed of training and exploration.
    chart : callable, optional
        From the tasks' transitions to the chart in which to work, `hereditary.find_chart` say; the family's
        own chart, if it has one, when left out.
    settings : PPOSettings, optional
        Settings of the base policy's training.
    refresh : bool, optional
        Train the base policy again even when it is cached.
    progress : bool, optional
        Show progress bars.

    Returns
    -------
    GeometricAgent

    Raises
    ------
    ValueError
        When there are fewer than two training tasks, or the transitions are too few.
    """
    tasks = [
        family.explore(task, transitions, seed=stream_seed(seed, "explore", index))
        for index, task in enumerate(several_tasks(family, 2))
    ]
    geometry = discover_geometry(tasks, family.base_index, chart=chart(tasks) if chart else family.chart)
    policy = train_base_policy(family, seed=seed, settings=settings, refresh=refresh, progress=progress)
    return GeometricAgent(
        policy,
        geometry,
        _base_reward(geometry),
        env_steps=settings_for(family, settings).env_steps + sum(len(task) for task in tasks),
    )


def meta_test(
    agent: GeometricAgent,
    family: TaskFamily,
    *,
    context_size: int = 20,
    episodes: int = 100,
    seed: int = 0,
    settings: PPOSettings | None = None,
    progress: bool = True,
) -> Evaluation:
    """Adapt the agent to each test task from a short exploration and evaluate it there.

    Parameters
    ----------
    agent : GeometricAgent
        The agent, trained in the family's system.
    family : TaskFamily
        Whose test tasks it meets.
    context_size : int, optional
        Random-policy transitions from which each task is inferred.
    episodes : int, optional
        Noisy episodes on each task.
    seed : int, optional
        Seed of contexts and episodes; episode j has the same noise for the agent and its reference.
    settings : PPOSettings, optional
        How a reference is trained where the family gives none.
    progress : bool, optional
        Show a progress bar of each reference that is trained.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        When a count is out of range, or the agent's own transitions are not of the family's system.
    """
    context_size, episodes = as_count("context_size", context_size), as_count("episodes", episodes)
    agent.check_system(family)
    contexts = draw_contexts(family, seed, 0, context_size)
    inferences = tuple(agent.infer(context) for context in contexts)
    policies = [agent.policy_for(inference) for inference in inferences]
    return evaluate(
        family,
        policies,
        episodes=episodes,
        seed=seed,
        settings=settings,
        inferences=inferences,
        progress=progress,
    )


def _base_reward(geometry: HereditaryGeometry) -> RewardModel:
    """Return R_0, fitted to the base task's transitions; in a chart that was found to all, pulled back.

    A chart that was found is a little off, and so is every task that is carried through it. The misfit of one
    model of all tasks tells by how much, so that inference does not take it for another task.
    """
    data = geometry.data
    found = isinstance(data.chart, FoundChart)
    which = list(range(len(data.tasks))) if found else [data.base_index]
    pulled = [data.tasks[k].next_states @ np.linalg.inv(geometry.left_actions[k]).T for k in which]
    model = RewardModel.fit(np.concatenate(pulled), np.concatenate([data.tasks[k].rewards for k in which]))
    return replace(model, misfit=UNSEEN * model.misfit) if found else model
