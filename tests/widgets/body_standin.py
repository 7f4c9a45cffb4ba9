"""Agents of a car and an arm for widget tests: the policy is a least-squares fit of a rule."""

import functools

import numpy as np
from standin import fitted_network

from hgmrl_lite import lie
from hgmrl_lite.agents import GeometricAgent
from hgmrl_lite.envs import car
from hgmrl_lite.envs.arm import LINKS, arm
from hgmrl_lite.hereditary import HereditaryGeometry, RewardModel, discover_geometry
from hgmrl_lite.hereditary.task_data import TaskData

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


def explored(family, transitions):
    return [family.explore(goal, transitions, seed=index) for index, goal in enumerate(family.train)]


def fitted(family, rule, states):
    """Return a wide network that imitates a rule for the base task."""
    return fitted_network(rule(family.base_task), family, (200,), states=states)


def directions(rng, number):
    angles = rng.uniform(-np.pi, np.pi, number)
    return np.column_stack([np.cos(angles), np.sin(angles)])


@functools.cache
def car_agent():
    """Return the agent for the four training tasks, the first of them the base task."""
    family, rng = car(), np.random.default_rng(0)
    tasks = explored(family, 5000)
    states = np.column_stack([rng.uniform(-1.5, 1.5, (6000, 2)), directions(rng, 6000)])
    return GeometricAgent(
        fitted(family, driver, states),
        discover_geometry(tasks),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )


@functools.cache
def arm_agent():
    """Return an agent of the true group, with a reward model and a policy as of the car."""
    family, rng = arm(), np.random.default_rng(0)
    tasks = explored(family, 5000)
    base, elbow = directions(rng, 6000), directions(rng, 6000)
    forearm = base * elbow[:, :1] + base @ TURN * elbow[:, 1:]
    states = np.hstack([base, elbow, LINKS[0] * base + LINKS[1] * forearm])
    return GeometricAgent(
        fitted(family, reacher, states),
        turning(tasks, np.kron(np.diag([1.0, 0.0, 1.0]), TURN.T), family.train),
        RewardModel.fit(tasks[0].next_states, tasks[0].rewards),
    )


def turning(tasks, generator, goals):
    """Return the geometry of tasks that the turns exp(θW) relate, which leave actions as they are."""
    angles = np.arctan2(goals[:, 1], goals[:, 0])
    thetas = (angles - angles[0])[:, None]
    left, n = lie.exp(thetas[..., None] * generator), len(generator)
    return HereditaryGeometry(
        left_actions=left,
        standard_errors=np.zeros(len(goals)),
        raw_left_actions=left,
        covariance=np.zeros((len(goals), n * n, n * n)),
        residuals=np.zeros(len(goals)),
        inner_product=np.eye(n),
        form_error=0.0,
        task_generators=np.full((len(goals), n + 1, n + 1), np.nan),
        freedom=0,
        doubts=(),
        method="given",
        algebra_error=0.0,
        action_maps=np.tile(np.eye(2), (len(goals), 1, 1)),
        generators_states=generator[None],
        generators_actions=np.zeros((1, 2, 2)),
        thetas=thetas,
        spectrum=np.ones(1),
        action_form=np.eye(2),
        data=TaskData(tasks),
    )
