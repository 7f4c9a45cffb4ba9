"""The geometric agent: carries the policy along, says when not to trust it, refuses parts that do not fit."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite.actions import Chart
from hgmrl_lite.agents import Agent, GeometricAgent, MLPPolicy
from hgmrl_lite.envs import circle_tasks, lens, navigation, training_tasks
from hgmrl_lite.hereditary import RewardModel, discover_geometry, find_chart
from hgmrl_lite.transitions import Transitions

FAMILY = navigation()


@pytest.fixture(scope="module")
def geometry():
    return discover_geometry(
        [navigation().explore(goal, 400, seed=k) for k, goal in enumerate(training_tasks())]
    )


@pytest.fixture(scope="module")
def reward_model():
    base = navigation().explore(training_tasks()[0], 400, seed=0)
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
    policy = agent.adapt(navigation().explore(goal, 20, seed=3))
    np.testing.assert_allclose(policy(np.zeros((1, 2)))[0], goal, atol=0.05)


def agent_of(goals, seed, policy=None, number=1000, **options):
    """Return an agent from so many transitions a task, and how it explores."""
    family = navigation(**options)

    def seen(goal, number, offset):
        return family.explore(goal, number, seed=1000 * seed + offset)

    tasks = [seen(goal, number, k) for k, goal in enumerate(goals)]
    model = RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    return GeometricAgent(policy or linear(2, 2), discover_geometry(tasks), model), seen


def test_it_is_an_agent_of_the_common_interface(geometry, reward_model):
    agent: Agent = GeometricAgent(linear(2, 2), geometry, reward_model, env_steps=7)
    assert (agent.name, agent.env_steps, agent.context_size, agent.uses_goal) == ("geometric", 7, 20, False)
    with pytest.raises(ValueError, match=r"context must be Transitions.*about 20.*'geometric'"):
        agent.adapt(None)


def test_trusted_on_the_circle_and_not_off_it():
    # The start law takes more transitions than the rest: each task shows about one start in a hundred.
    agent, seen = agent_of(training_tasks(), 0, number=5000)
    trust = agent.trust(agent.infer(seen(circle_tasks(7)[2], 20, 9)))
    assert (trust.verdict, trust.reasons) == ("yes", ())
    assert repr(trust) == "trusted: yes"
    trust = agent.trust(agent.infer(seen(circle_tasks(7, radius=1.5)[2], 20, 9)))
    assert trust.verdict == "no"
    assert repr(trust).startswith("trusted: no\n  - ")
    assert [reason for reason in trust.reasons if reason.startswith("new task: no element")]


def test_a_single_transition_leaves_trust_undecided():
    agent, seen = agent_of(training_tasks(), 0)
    trust = agent.trust(agent.infer(seen(circle_tasks(7)[2], 1, 9)))
    assert trust.verdict == "undecided"
    assert "1 transitions do not decide" in repr(trust)


@pytest.mark.parametrize(
    ("options", "law"),
    [({"wind": (0.05, 0.0)}, "uniform"), ({"action_set": "box"}, "gaussian")],
    ids=["wind", "box actions"],
)
def test_not_trusted_where_the_system_has_no_rotation(options, law):
    family, goals = navigation(**options), training_tasks()
    tasks = [family.explore(goal, 5000, seed=k, policy=law) for k, goal in enumerate(goals)]
    agent = GeometricAgent(
        linear(2, 2), discover_geometry(tasks), RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    )
    trust = agent.trust(agent.infer(family.explore(circle_tasks(7)[2], 20, seed=9, policy=law)))
    assert trust.verdict == "no"
    assert [reason for reason in trust.reasons if reason.startswith("inherited")]


@pytest.mark.parametrize("seed", range(20))
def test_a_rotation_that_walks_right_is_never_mistrusted(seed):
    goal = circle_tasks(20)[seed]
    # A base policy that always steps towards the base goal steps towards the new goal once transformed.
    agent, seen = agent_of(training_tasks(), seed, MLPPolicy((np.zeros((2, 2)),), (training_tasks()[0],)))
    inference = agent.infer(seen(goal, 20, 9))
    np.testing.assert_allclose(agent.policy_for(inference)(np.zeros((1, 2)))[0], goal, atol=0.05)
    assert agent.trust(inference).verdict != "no"


@pytest.mark.parametrize(("n", "m", "found"), [(3, 2, "got 3 and 2"), (2, 1, "got 2 and 1")])
def test_policy_of_the_wrong_dimensions(geometry, reward_model, n, m, found):
    with pytest.raises(ValueError, match=f"base_policy must map states of dimension 2.*{found}"):
        GeometricAgent(linear(n, m), geometry, reward_model)


def test_reward_model_of_the_wrong_dimension(geometry, reward_model):
    other = replace(reward_model, along=np.eye(3))
    with pytest.raises(ValueError, match="reward_model must take states of dimension 2, got 3"):
        GeometricAgent(linear(2, 2), geometry, other)


class Bent:
    """A policy of the plane seen in bent coordinates (x, y − x²/2): it steps towards a goal, in both."""

    state_dim = action_dim = 2
    action_set = "disc"

    def __init__(self, goal):
        self.goal = np.asarray(goal)

    def __call__(self, seen):
        away = self.goal - straighten(seen)
        return away / np.maximum(1.0, np.linalg.norm(away, axis=-1, keepdims=True))


def straighten(seen):
    """The chart: from bent coordinates to those of the plane."""
    return np.stack([seen[..., 0], seen[..., 1] + 0.5 * seen[..., 0] ** 2], axis=-1)


def bend(points):
    return np.stack([points[..., 0], points[..., 1] - 0.5 * points[..., 0] ** 2], axis=-1)


def bent(data):
    return Transitions(bend(data.states), data.actions, data.rewards, bend(data.next_states))


def bent_agent(chart):
    """Return the agent of tasks seen in bent coordinates, their geometry found in a chart."""
    goals = training_tasks()
    tasks = [bent(FAMILY.explore(each, 2000, seed=k)) for k, each in enumerate(goals)]
    geometry = discover_geometry(tasks, chart=chart)
    assert geometry.verdict == "yes"
    base = geometry.data.tasks[0]
    return GeometricAgent(Bent(goals[0]), geometry, RewardModel.fit(base.next_states, base.rewards))


def test_a_geometry_found_in_a_chart_is_used_in_it():
    goal = circle_tasks(7)[2]
    policy = bent_agent(Chart(straighten, bend)).adapt(bent(FAMILY.explore(goal, 20, seed=9)))
    seen = bend(np.random.default_rng(0).normal(size=(200, 2)))
    off = np.linalg.norm(policy(seen) - Bent(goal)(seen), axis=1)
    assert off.max() < 0.1


def test_a_chart_that_leads_nowhere_back_is_refused():
    with pytest.raises(ValueError, match="a chart without an inverse"):
        bent_agent(straighten)


@pytest.mark.parametrize(("twist", "number", "verdict"), [(0.8, 2000, "no"), (0.0, 250, "undecided")])
def test_a_chart_that_is_none_or_uncertain_is_not_trusted(twist, number, verdict):
    family = lens(twist=twist)
    tasks = [family.explore(goal, number, seed=k) for k, goal in enumerate(family.train)]
    geometry = discover_geometry(tasks, chart=find_chart(tasks))
    base = geometry.data.tasks[0]
    agent = GeometricAgent(linear(2, 2), geometry, RewardModel.fit(base.next_states, base.rewards))
    trust = agent.trust(agent.infer(family.explore(family.base_task, 40, seed=9)))
    assert agent.chart.verdict == verdict
    assert trust.verdict in ("no", verdict)
    if trust.verdict == verdict:
        assert any(reason.startswith("chart: ") for reason in trust.reasons)
