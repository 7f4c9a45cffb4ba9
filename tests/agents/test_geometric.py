"""The geometric agent refuses parts that do not fit together."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite.agents import GeometricAgent, MLPPolicy
from hgmrl_lite.envs import explore, training_tasks
from hgmrl_lite.hereditary import RewardModel, discover_geometry


@pytest.fixture(scope="module")
def geometry():
    return discover_geometry([explore(goal, 400, seed=k) for k, goal in enumerate(training_tasks())])


@pytest.fixture(scope="module")
def reward_model():
    base = explore(training_tasks()[0], 400, seed=0)
    return RewardModel.fit(base.next_states, base.rewards)


def linear(n, m):
    return MLPPolicy((np.eye(m, n),), (np.zeros(m),))


def test_policy_at_zero_is_the_base_policy_and_a_full_turn_as_well(geometry, reward_model):
    agent = GeometricAgent(linear(2, 2), geometry, reward_model)
    states = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_allclose(agent.policy_at(0.0)(states), agent.base_policy(states), atol=1e-12)
    np.testing.assert_allclose(agent.policy_at(2 * np.pi)(states), agent.base_policy(states), atol=1e-6)


def test_adapt_turns_towards_the_new_goal(geometry, reward_model):
    goal = np.array([np.cos(0.4), np.sin(0.4)])
    # A base policy that always steps towards the base goal steps towards the new goal once transformed.
    towards_base = MLPPolicy((np.zeros((2, 2)),), (training_tasks()[0],))
    agent = GeometricAgent(towards_base, geometry, reward_model)
    policy = agent.adapt(explore(goal, 20, seed=3))
    np.testing.assert_allclose(policy(np.zeros((1, 2)))[0], goal, atol=0.05)


@pytest.mark.parametrize(("n", "m", "found"), [(3, 2, "got 3 and 2"), (2, 1, "got 2 and 1")])
def test_policy_of_the_wrong_dimensions(geometry, reward_model, n, m, found):
    with pytest.raises(ValueError, match=f"base_policy must map states of dimension 2.*{found}"):
        GeometricAgent(linear(n, m), geometry, reward_model)


def test_reward_model_of_the_wrong_dimension(geometry, reward_model):
    other = replace(reward_model, centres=np.zeros((4, 3)))
    with pytest.raises(ValueError, match="reward_model must take states of dimension 2, got 3"):
        GeometricAgent(linear(2, 2), geometry, other)
