"""The loop: meta-train on a few tasks, adapt to a new one from a few transitions, measure the regret."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.agents import GeometricAgent, Policy, PPOSettings, train_base_policy
from hgmrl_lite.envs import NOISE, explore, greedy_policy, rollout
from hgmrl_lite.hereditary import Inference, RewardModel, discover_geometry

# One run's seeds are split by purpose, so that no two of them share a stream of random numbers.
_STREAMS = {"explore": 1, "context": 2, "evaluate": 3}


def stream_seed(seed: int, purpose: str, index: int = 0) -> int:
    """Return the seed for one purpose of a run: "explore", "context" or "evaluate"."""
    return int(np.random.SeedSequence([seed, _STREAMS[purpose], index]).generate_state(1)[0])


@dataclass(frozen=True, eq=False)
class MetaTest:
    """How a policy for each goal did, against that goal's greedy reference in the same noise.

    Parameters
    ----------
    goals : ndarray, shape (k, 2)
        The true goals.
    regret : ndarray, shape (k, episodes)
        Return of the greedy reference less the agent's, episode by episode in the same noise.
    success : ndarray of bool, shape (k, episodes)
        Whether the episode reached its goal.
    inferences : tuple of Inference
        What was inferred for each goal; empty when nothing was.
    """

    goals: Array
    regret: Array
    success: NDArray[np.bool_]
    inferences: tuple[Inference, ...] = ()

    @property
    def regret_by_goal(self) -> Array:
        """Mean regret of each goal, shape (k,)."""
        return self.regret.mean(axis=1)

    def __repr__(self) -> str:
        """Tell the mean and the worst regret."""
        by_goal = self.regret_by_goal
        return (
            f"MetaTest({len(self.goals)} goals × {self.regret.shape[1]} episodes: regret mean "
            f"{by_goal.mean():.3f}, max {by_goal.max():.3f}; goal reached in {self.success.mean():.1%})"
        )


def meta_train(
    goals: ArrayLike,
    *,
    base_index: int = 0,
    transitions: int = 5000,
    seed: int = 0,
    action_set: str = "disc",
    noise: float = NOISE,
    wind: tuple[float, ...] = (0.0, 0.0),
    reward_noise: float = 0.0,
    settings: PPOSettings | None = None,
    refresh: bool = False,
    progress: bool = True,
) -> GeometricAgent:
    """Train the base policy on one task, explore all of them, and discover how they are related.

    The goals go into the environments only. What is learned rests on transitions and rewards.

    Parameters
    ----------
    goals : array_like, shape (k, 2)
        Goals of the training tasks, at least two.
    base_index : int, optional
        Which task the base policy is trained on.
    transitions : int, optional
        Random-policy transitions of each task.
    seed : int, optional
        Seed of training and exploration.
    action_set, noise, wind
        The environment, as in :class:`~hgmrl_lite.envs.PointNavigation`.
    reward_noise : float, optional
        Standard deviation of noise on the rewards that exploration observes; the base policy is trained
        without it.
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
        When there are fewer than two goals, one is outside the arena, or the transitions are too few.
    """
    goals = as_array("goals", goals, ("k", 2))
    if len(goals) < 2:
        raise ValueError(f"goals must hold at least two training tasks, got {len(goals)}")
    if not -len(goals) <= base_index < len(goals):
        raise ValueError(f"base_index must name one of the {len(goals)} tasks, got {base_index}")
    tasks = [
        explore(
            goal,
            transitions,
            seed=stream_seed(seed, "explore", index),
            action_set=action_set,
            noise=noise,
            wind=wind,
            reward_noise=reward_noise,
        )
        for index, goal in enumerate(goals)
    ]
    geometry = discover_geometry(tasks, base_index)
    base = tasks[geometry.base_index]
    policy = train_base_policy(
        goals[geometry.base_index],
        seed=seed,
        action_set=action_set,
        noise=noise,
        wind=wind,
        settings=settings,
        refresh=refresh,
        progress=progress,
    )
    return GeometricAgent(
        policy,
        geometry,
        RewardModel.fit(base.next_states, base.rewards),
        env_steps=(settings or PPOSettings()).env_steps + sum(len(task) for task in tasks),
    )


def meta_test(
    agent: GeometricAgent,
    goals: ArrayLike,
    *,
    context_size: int = 20,
    episodes: int = 100,
    seed: int = 0,
    progress: bool = False,
) -> MetaTest:
    """Adapt the agent to each goal from a short exploration and evaluate it there.

    Parameters
    ----------
    agent : GeometricAgent
        The agent.
    goals : array_like, shape (k, 2)
        True goals of the test tasks.
    context_size : int, optional
        Random-policy transitions from which each task is inferred.
    episodes : int, optional
        Noisy episodes on each goal.
    seed : int, optional
        Seed of contexts and episodes; episode j has the same noise for the agent and its reference.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    MetaTest
    """
    goals = as_array("goals", goals, ("k", 2))
    if not len(goals):
        raise ValueError("goals must hold at least one test task, got none")
    context_size, episodes = as_count("context_size", context_size), as_count("episodes", episodes)
    action_set = agent.base_policy.action_set
    inferences = tuple(
        agent.infer(
            explore(goal, context_size, seed=stream_seed(seed, "context", index), action_set=action_set)
        )
        for index, goal in enumerate(tqdm(goals, desc="adapting", unit="task", disable=not progress))
    )
    policies = [agent.policy_for(inference) for inference in inferences]
    return evaluate(
        policies, goals, episodes=episodes, seed=seed, action_set=action_set, inferences=inferences
    )


def evaluate(
    policies: Policy | Sequence[Policy],
    goals: ArrayLike,
    *,
    episodes: int = 100,
    seed: int = 0,
    action_set: str = "disc",
    inferences: tuple[Inference, ...] = (),
) -> MetaTest:
    """Measure regret of one policy a goal (or one for all) against the greedy reference in the same noise.

    Parameters
    ----------
    policies : Policy or sequence of Policy
        One for all goals, or one a goal.
    goals : array_like, shape (k, 2)
        True goals.
    episodes : int, optional
        Episodes on each goal.
    seed : int, optional
        Seed of the noise.
    action_set : {"disc", "box"}, optional
        Admissible actions.
    inferences : tuple of Inference, optional
        Kept with the result.

    Returns
    -------
    MetaTest
    """
    goals = as_array("goals", goals, ("k", 2)).copy()
    noise = stream_seed(seed, "evaluate")
    references = [greedy_policy(goal, action_set) for goal in goals]
    own = rollout(policies, goals, episodes=episodes, seed=noise, action_set=action_set)
    best = rollout(references, goals, episodes=episodes, seed=noise, action_set=action_set)
    return MetaTest(goals, best.returns - own.returns, own.success, inferences)
