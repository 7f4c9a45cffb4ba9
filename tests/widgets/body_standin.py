"""Agents of a car and an arm for widget tests: the policy is a least-squares fit of a rule."""

import functools

import numpy as np
from standin import fitted_network

from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import arm, car
from hgmrl_lite.envs.arm import LINKS
from hgmrl_lite.hereditary import RewardModel, discover_geometry

# Rows of vectors times this are turned by a quarter.
TURN = np.array([[0.0, 1.0], [-1.0, 0.0]])


def driver(goal):
    """Return a policy that turns to the goal while it drives there, in reverse if that is behind."""

    def act(states):
        ahead, gap = states[..., 2:], goal - states[..., :2]
        along, aside = (gap * ahead).sum(axis=-1), (gap * (ahead @ TURN)).sum(axis=-1)
        return np.clip(np.stack([3.0 * along, 4.0 * along * aside], axis=-1), -1.0, 1.0)

    return act


def reacher(goal):
    """Return a policy that moves each joint as far as that brings the tip nearer to the goal."""

    def act(states):
        tip, elbow = states[..., 4:], LINKS[0] * states[..., :2]
        gap = goal - tip
        turns = [((arm @ TURN) * gap).sum(axis=-1) for arm in (tip, tip - elbow)]
        return np.clip(4.0 * np.stack(turns, axis=-1), -1.0, 1.0)

    return act


def directions(rng, number):
    angles = rng.uniform(-np.pi, np.pi, number)
    return np.column_stack([np.cos(angles), np.sin(angles)])


def learned(family, rule, states):
    """Return the agent for four training tasks, of which the first is the base task."""
    tasks = [family.explore(goal, 5000, seed=index) for index, goal in enumerate(family.train)]
    return GeometricAgent(
        fitted_network(rule(family.base_task), family, (200,), states=states),
        discover_geometry(tasks),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )


@functools.cache
def car_agent():
    """Return an agent of the car."""
    rng = np.random.default_rng(0)
    return learned(car(), driver, np.column_stack([rng.uniform(-1.5, 1.5, (6000, 2)), directions(rng, 6000)]))


@functools.cache
def arm_agent():
    """Return an agent of the arm."""
    rng = np.random.default_rng(0)
    base, elbow = directions(rng, 6000), directions(rng, 6000)
    forearm = base * elbow[:, :1] + base @ TURN * elbow[:, 1:]
    return learned(arm(), reacher, np.hstack([base, elbow, LINKS[0] * base + LINKS[1] * forearm]))
