"""Rivals for widget tests: networks fitted by least squares to greedy policies, in place of trained ones."""

import functools

import numpy as np
from standin import fitted_policy

from hgmrl_lite.agents import GoalConditionedAgent, MLPPolicy, NearestTaskAgent
from hgmrl_lite.envs import navigation
from hgmrl_lite.hereditary import RewardModel


def fitted_conditioned(action_set="disc", seed=0):
    """Return a tanh network of [s, goal] that imitates the greedy policies of goals near the unit circle."""
    rng = np.random.default_rng(seed)
    states, angles = rng.uniform(-1.4, 1.4, (4000, 2)), rng.uniform(-np.pi, np.pi, 4000)
    goals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    weight, bias = 0.8 * rng.normal(size=(96, 4)), rng.normal(size=96)
    hidden = np.tanh(np.hstack([states, goals]) @ weight.T + bias)
    family = navigation(action_set=action_set)
    wanted = np.stack([family.reference(g)(s) for g, s in zip(goals, states, strict=True)])
    design = np.hstack([hidden, np.ones((len(hidden), 1))])
    solution = np.linalg.lstsq(design, wanted)[0].T
    return MLPPolicy((weight, solution[:, :-1]), (bias, solution[:, -1]), action_set)


def untrained(kind, **attributes):
    """Make an agent without its training."""
    agent = object.__new__(kind)
    for name, value in attributes.items():
        setattr(agent, name, value)
    return agent


@functools.cache
def standin_rivals(action_set="disc"):
    """Return an agent of the nearest task and one that is told the goal."""
    family = navigation(action_set=action_set)
    goals = family.train
    tasks = [family.explore(goal, 1000, seed=index) for index, goal in enumerate(family.train)]
    return (
        untrained(
            NearestTaskAgent,
            family=navigation(action_set=action_set),
            context_size=20,
            env_steps=4000,
            policies=tuple(fitted_policy(goal, action_set=action_set) for goal in goals),
            reward_models=tuple(RewardModel.fit(task.next_states, task.rewards) for task in tasks),
        ),
        untrained(
            GoalConditionedAgent,
            family=navigation(action_set=action_set),
            network=fitted_conditioned(action_set),
            env_steps=4000,
        ),
    )
