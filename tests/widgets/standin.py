"""An agent for widget tests: all of it learned from transitions but the policy, a least-squares fit."""

import functools

import numpy as np

from hgmrl_lite.agents import GeometricAgent, MLPPolicy
from hgmrl_lite.envs import navigation
from hgmrl_lite.hereditary import RewardModel, discover_geometry


def fitted_network(reference, family, hidden=(64, 64), seed=0, states=None):
    """Return a tanh network with random hidden layers whose last layer imitates a policy at some states."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    if states is None:
        states = rng.uniform(-1.4, 1.4, (4000, family.state_dim))
    features = states
    for width in hidden:
        weights.append(rng.normal(size=(width, features.shape[1])) * 1.2 / np.sqrt(features.shape[1] / 2))
        biases.append(rng.normal(size=width))
        features = np.tanh(features @ weights[-1].T + biases[-1])
    design = np.hstack([features, np.ones((len(features), 1))])
    solution = np.linalg.lstsq(design, reference(states))[0].T
    weights.append(solution[:, :-1])
    biases.append(solution[:, -1])
    return MLPPolicy(tuple(weights), tuple(biases), family.system.action_set)


def fitted_policy(goal, hidden=(64, 64), action_set="disc", seed=0):
    """Return a network that imitates the greedy policy of a goal in the plane."""
    family = navigation(action_set=action_set)
    return fitted_network(family.reference(goal), family, hidden, seed)


@functools.cache
def standin_agent(action_set="disc"):
    """Return the agent for the four training tasks, the first of them the base task."""
    family = navigation(action_set=action_set)
    goals = family.train
    tasks = [family.explore(goal, 1000, seed=index) for index, goal in enumerate(family.train)]
    return GeometricAgent(
        fitted_policy(goals[0], action_set=action_set),
        discover_geometry(tasks),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )
