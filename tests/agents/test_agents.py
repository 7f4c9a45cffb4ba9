"""One interface for all agents: what adapt takes and returns, what it may look at, what its training cost."""

from dataclasses import replace

import numpy as np
import pytest

from hgmrl_lite.agents import (
    BaseAgent,
    CCMAgent,
    GoalConditionedAgent,
    NearestTaskAgent,
    TestTaskAgent,
    TrueRotationAgent,
)
from hgmrl_lite.cache import cache_directory
from hgmrl_lite.envs import (
    NavigationTasks,
    TaskVectorEnv,
    circle_tasks,
    goals_at,
    navigation,
    sample_transitions,
)

FAMILY = navigation()
GOALS = FAMILY.train
NEW = goals_at(0.7)
STATES = np.random.default_rng(0).normal(size=(3, 1, 5, 2))
NAMES = (
    "base policy",
    "nearest task",
    "goal-conditioned",
    "CCM",
    "true rotation",
    "trained on the test task",
)
TOLD = {"goal-conditioned", "true rotation", "trained on the test task"}


@pytest.fixture(scope="module")
def make(module_cache, tiny_ppo, tiny_ccm):
    """Return a function that makes an agent by its name; what it trained once comes from the cache."""
    options = {"settings": tiny_ppo, "progress": False}
    makers = {
        "base policy": lambda family, **more: BaseAgent(family, **options, **more),
        "nearest task": lambda family, **more: NearestTaskAgent(
            replace(family, train=family.train[:2]), transitions=500, **options, **more
        ),
        "goal-conditioned": lambda family, **more: GoalConditionedAgent(family, **options, **more),
        "CCM": lambda family, **more: CCMAgent(family, tiny_ccm, progress=False, **more),
        "true rotation": lambda family, **more: TrueRotationAgent(family, **options, **more),
        "trained on the test task": lambda family, **more: TestTaskAgent(family, **options, **more),
    }
    return lambda name, family=FAMILY, **more: makers[name](family, **more)


def context_for(agent, goal, seed=7):
    return FAMILY.explore(goal, agent.context_size, seed=seed) if agent.context_size else None


@pytest.mark.parametrize("name", NAMES)
def test_adapt_returns_a_policy_for_any_leading_axes(make, name):
    agent = make(name)
    assert agent.name == name
    assert agent.uses_goal == (name in TOLD)
    policy = agent.adapt(context_for(agent, NEW), NEW if agent.uses_goal else None)
    actions = policy(STATES)
    assert actions.shape == STATES.shape
    one_by_one = np.array([policy(state) for state in STATES.reshape(-1, 2)])
    np.testing.assert_allclose(actions.reshape(-1, 2), one_by_one, atol=1e-12)
    assert np.linalg.norm(actions, axis=-1).max() <= 1 + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_only_an_agent_that_uses_the_goal_changes_with_it(make, name):
    agent = make(name)
    context = context_for(agent, NEW)
    toward, away = (agent.adapt(context, goal)(STATES) for goal in (NEW, -NEW))
    if agent.uses_goal:
        assert not np.allclose(toward, away)
    else:
        np.testing.assert_array_equal(toward, away)
        np.testing.assert_array_equal(toward, agent.adapt(context)(STATES))


@pytest.mark.parametrize("name", NAMES)
def test_only_an_agent_that_wants_a_context_changes_with_it(make, name):
    agent = make(name)
    contexts = [FAMILY.explore(goal, max(agent.context_size, 20), seed=3) for goal in (GOALS[0], GOALS[1])]
    first, second = (agent.adapt(context, NEW)(STATES) for context in contexts)
    assert np.array_equal(first, second) == (agent.context_size == 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_training_is_cached_by_seed_and_comes_out_the_same_again(make, name, monkeypatch, tmp_path):
    def actions(**options):
        agent = make(name, **options)
        return agent.adapt(context_for(agent, NEW), NEW)(STATES)

    first = actions()
    files = set(cache_directory().iterdir())
    np.testing.assert_array_equal(actions(), first)
    assert set(cache_directory().iterdir()) == files
    assert not np.array_equal(actions(seed=1), first)
    # Where nothing is cached it is trained again.
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))
    np.testing.assert_array_equal(actions(), first)


@pytest.mark.parametrize("name", NAMES)
def test_env_steps_are_those_that_the_training_took(make, name, monkeypatch, tmp_path):
    taken = []
    step, explore = TaskVectorEnv.step, NavigationTasks.explore

    def counted(self, actions):
        taken.append(self.num_envs)
        return step(self, actions)

    def explored(self, task, n_transitions, **options):
        taken.append(n_transitions)
        return explore(self, task, n_transitions, **options)

    monkeypatch.setattr(TaskVectorEnv, "step", counted)
    monkeypatch.setattr(NavigationTasks, "explore", explored)
    # Nothing is cached there, so that it is trained again.
    monkeypatch.setenv("HGMRL_LITE_CACHE", str(tmp_path))
    agent = make(name)
    if name == "trained on the test task":
        assert not taken
        agent.adapt(None, NEW)
    assert sum(taken) == agent.env_steps


@pytest.mark.parametrize("name", NAMES)
def test_what_an_agent_needs_it_asks_for(make, name):
    agent = make(name)
    if agent.context_size:
        with pytest.raises(
            ValueError, match=f"context must be Transitions.*{agent.context_size}.*got NoneType"
        ):
            agent.adapt(None)
        with pytest.raises(ValueError, match=r"context must be Transitions.*got ndarray"):
            agent.adapt(STATES)
    if agent.uses_goal:
        with pytest.raises(ValueError, match=f"task must be the new task itself for the agent '{name}'"):
            agent.adapt(None)
        for goal in ([1.0], [np.nan, 0.0], [9.0, 0.0], "north"):
            with pytest.raises(ValueError, match="task must"):
                agent.adapt(None, goal)
    assert str(agent.env_steps) in repr(agent)


@pytest.mark.parametrize("name", [name for name in NAMES if name in ("nearest task", "CCM")])
def test_a_context_of_another_system_is_refused(make, name):
    agent = make(name)
    other = sample_transitions(lambda points: points[:, 0], agent.context_size, seed=0, n=3)
    with pytest.raises(ValueError, match="context must have states of dimension 2 and actions of"):
        agent.adapt(other)


def test_too_few_training_tasks_and_a_base_goal_without_direction():
    with pytest.raises(ValueError, match="at least 2 training tasks, got 1"):
        CCMAgent(navigation(train=GOALS[:1]), progress=False)
    with pytest.raises(ValueError, match="goal must not be the origin"):
        TrueRotationAgent(navigation(train=[[0.0, 0.0]]), progress=False)


def test_the_nearest_task_is_the_one_whose_rewards_the_context_looks_like(make):
    agent = make("nearest task")
    for index, goal in enumerate(GOALS[:2]):
        assert agent.nearest(FAMILY.explore(goal, 20, seed=5)) == index
        assert agent.adapt(FAMILY.explore(goal, 20, seed=5)) is agent.policies[index]
    goals = circle_tasks(40, phase=0.05)
    gaps = np.linalg.norm(goals[:, None] - GOALS[:2], axis=-1)
    clear = np.abs(gaps[:, 0] - gaps[:, 1]) > 0.5
    chosen = [agent.nearest(FAMILY.explore(goal, agent.context_size, seed=k)) for k, goal in enumerate(goals)]
    np.testing.assert_array_equal(np.array(chosen)[clear], gaps.argmin(axis=1)[clear])


def test_the_true_rotation_turns_the_base_policy(make):
    agent = make("true rotation")
    turned = agent.adapt(None, [-GOALS[0, 1], GOALS[0, 0]])
    quarter = np.array([[0.0, -1.0], [1.0, 0.0]])
    np.testing.assert_allclose(turned(STATES @ quarter.T), agent.policy(STATES) @ quarter.T, atol=1e-12)
    np.testing.assert_allclose(agent.adapt(None, 2 * GOALS[0])(STATES), agent.policy(STATES), atol=1e-12)
    with pytest.raises(ValueError, match="goal must not be the origin"):
        agent.adapt(None, [0.0, 0.0])


def test_the_environment_of_the_training_is_part_of_what_is_cached(make):
    plain = make("base policy").policy(STATES)
    assert not np.array_equal(make("base policy", navigation(wind=(0.05, 0.0))).policy(STATES), plain)
    assert not np.array_equal(make("base policy", navigation(noise=0.0)).policy(STATES), plain)
    assert make("CCM", navigation(action_set="box")).network.action_set == "box"
