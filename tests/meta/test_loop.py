"""The whole loop on true goals, and what it refuses."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import hgmrl_lite.envs.episodes
from hgmrl_lite.agents import GeometricAgent, MLPPolicy, PPOSettings
from hgmrl_lite.envs import circle_tasks, lens, navigation, sample_transitions, training_tasks
from hgmrl_lite.hereditary import FoundChart, RewardModel, discover_geometry, find_chart
from hgmrl_lite.meta import evaluate, meta_test, meta_train
from hgmrl_lite.transitions import Transitions

FAMILY = navigation(base_index=1)
GOALS = training_tasks()


@pytest.fixture(scope="module")
def agent():
    return meta_train(FAMILY, seed=0, progress=False)


def test_one_policy_serves_the_whole_circle(agent):
    result = meta_test(agent, FAMILY, episodes=50)
    assert result.regret_by_task.mean() < 0.15
    assert result.regret_by_task.max() < 0.5
    assert result.success.all()
    assert len(result.inferences) == 20


def test_the_base_policy_alone_pays_for_the_distance(agent):
    base_goal = FAMILY.base_task
    result = evaluate(FAMILY, agent.base_policy, [base_goal, -base_goal], episodes=20)
    near, far = result.regret_by_task
    assert near < 0.5
    assert 150 < far < 210


def test_the_reference_has_no_regret_against_itself_in_the_same_noise():
    goals = circle_tasks(3)
    result = evaluate(FAMILY, [FAMILY.reference(goal) for goal in goals], goals, episodes=10)
    np.testing.assert_array_equal(result.regret, 0.0)


@pytest.mark.parametrize(
    ("goals", "options", "message"),
    [
        ([], {}, r"train must have shape \(k, d\), got \(0,\)"),
        (np.empty((0, 2)), {}, "train must hold at least one task, got none"),
        ([[1.0, 0.0]], {}, "at least 2 training tasks, got 1"),
        ([[1.0, 0.0], [np.nan, 1.0]], {}, "train must be finite, got 1 NaN"),
        ([[1.0, 0.0], [0.0, 7.0]], {}, "arena"),
        ([[1.0, 0.0], [0.0, 1.0]], {"base_index": 2}, "base_index must name one of the 2 .* tasks, got 2"),
        ([[1.0, 0.0], [0.0, 1.0]], {"transitions": 25}, "more than 30 transitions.*got 25"),
        ([[1.0, 0.0], [0.0, 1.0]], {"transitions": 0}, "n_transitions"),
    ],
)
def test_meta_train_refuses_bad_input_before_it_trains(goals, options, message):
    of_family = {name: options[name] for name in options if name == "base_index"}
    of_loop = {name: options[name] for name in options if name == "transitions"}
    with pytest.raises(ValueError, match=message):
        meta_train(
            navigation(train=goals, **of_family),
            settings=PPOSettings(total_steps=10**9),
            progress=False,
            **of_loop,
        )


@pytest.mark.parametrize(
    ("goals", "options", "message"),
    [
        (np.empty((0, 2)), {}, "test must hold at least one task, got none"),
        ([[0.0, 6.0]], {}, "arena"),
        ([[0.0, 1.0]], {"context_size": 0}, "context_size must be a whole number of at least 1, got 0"),
        ([[0.0, 1.0]], {"episodes": 2.5}, "episodes must be a whole number of at least 1, got 2.5"),
    ],
)
def test_meta_test_refuses_bad_input(agent, goals, options, message):
    with pytest.raises(ValueError, match=message):
        meta_test(agent, navigation(test=goals), **options)


WINDY = navigation(noise=0.02, wind=(0.03, 0.0), test=circle_tasks(2))
TINY = PPOSettings(num_envs=16, total_steps=2048, batch_size=256, n_epochs=4)


class Greedy:
    """The best policy of a lens's base task, where a trained one would be."""

    state_dim = action_dim = 2
    action_set = "disc"

    def __init__(self, family):
        self.policy = family.reference(family.base_task)

    def __call__(self, states):
        return self.policy(states)


@pytest.mark.parametrize("kind", ["parabola", "fisheye"])
def test_a_policy_serves_new_tasks_through_a_chart_that_was_found(kind):
    family = replace(lens(kind), test=circle_tasks(6, phase=0.2))
    agent = meta_train(family, transitions=3000, chart=find_chart, settings=TINY, progress=False)
    assert isinstance(agent.chart, FoundChart)
    # One model of all tasks knows how far the chart is off; a model of the base task alone does not.
    base = agent.geometry.data.tasks[0]
    assert agent.reward_model.noise > 1.3 * RewardModel.fit(base.next_states, base.rewards).noise
    result = meta_test(replace(agent, base_policy=Greedy(family)), family, episodes=20)
    assert {one.verdict for one in result.inferences} == {"yes"}
    assert result.regret_by_task.max() < 0.5


@pytest.fixture
def systems(monkeypatch):
    """Every system in which an episode is played from here on."""
    seen, empty = set(), hgmrl_lite.envs.episodes.empty_noise

    def noted(system, *arguments):
        seen.add(system)
        return empty(system, *arguments)

    monkeypatch.setattr("hgmrl_lite.envs.episodes.empty_noise", noted)
    return seen


@pytest.fixture(scope="module")
def agent_of_a_wind():
    return meta_train(WINDY, transitions=400, settings=TINY, progress=False)


#: Everything that plays an agent in a family.
PLAYS = {
    "meta_test": lambda agent, family: meta_test(agent, family, episodes=2),
    "evaluate": lambda agent, family: evaluate(family, agent.base_policy, episodes=2),
}


@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS)
def test_an_agent_is_played_in_the_system_of_the_family_and_no_other(play, agent_of_a_wind, systems):
    result = play(agent_of_a_wind, WINDY)
    assert systems == {WINDY.system}
    assert result.paired == "same noise"
    # It goes with the wind in the regret as well: the reference is that of the windy system.
    best = [WINDY.reference(goal) for goal in WINDY.test]
    np.testing.assert_array_equal(evaluate(WINDY, best, episodes=3).regret, 0.0)
    assert evaluate(WINDY, [navigation().reference(goal) for goal in WINDY.test], episodes=3).regret.any()


def agent_from(tasks):
    """Return an agent of a policy that learned nothing, on such transitions of its training tasks."""
    n, m = tasks[0].states.shape[1], tasks[0].actions.shape[1]
    policy = MLPPolicy((np.eye(m, n),), (np.zeros(m),))
    model = RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    return GeometricAgent(policy, discover_geometry(tasks), model)


def agent_of(family, number=400, law="uniform"):
    """Return such an agent, explored in a family."""
    return agent_from(
        [family.explore(goal, number, seed=k, policy=law) for k, goal in enumerate(family.train)]
    )


def contracting(seed, goal):
    """Return transitions of the plane in a system that is no navigation: s' = 0.9 s + 0.2 a."""
    rng = np.random.default_rng(seed)
    states, actions = rng.normal(size=(2, 400, 2))
    next_states = 0.9 * states + 0.2 * actions + 0.01 * rng.normal(size=states.shape)
    rewards = -np.linalg.norm(next_states - goal, axis=1)
    return Transitions(states, actions, rewards, next_states)


#: Agents of other systems than that of the lessons.
OTHERS = {
    "another law": lambda: agent_from([contracting(k, goal) for k, goal in enumerate(GOALS)]),
    "wind": lambda: agent_of(navigation(wind=(0.03, 0.0))),
    "a breeze of a fifth of the noise": lambda: agent_of(navigation(wind=(0.0, 0.01)), 1000),
    "less noise": lambda: agent_of(navigation(noise=0.03)),
    "more noise": lambda: agent_of(navigation(noise=0.08)),
    "no noise": lambda: agent_of(navigation(noise=0.0)),
    "box actions": lambda: agent_of(navigation(action_set="box"), 1000, "gaussian"),
    "another dimension": lambda: agent_from(
        [sample_transitions(lambda points: -np.square(points).sum(axis=1), 60, seed=k, n=1) for k in range(2)]
    ),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_an_agent_of_another_system_is_refused_before_it_is_played(make, systems):
    agent = make()
    systems.clear()
    with pytest.raises(ValueError, match="agent must"):
        meta_test(agent, navigation(), episodes=2)
    assert not systems


@pytest.mark.parametrize(
    ("trained", "tested"),
    [
        ({}, {"noise": 0.0}),
        ({"noise": 0.0}, {"noise": 0.0, "wind": (1e-6, 0.0)}),
        ({}, {"action_set": "box"}),
        ({"wind": (0.1, 0.0)}, {"wind": (-0.1, 0.0)}),
    ],
    ids=["noise where none is", "the least wind without noise", "disc actions", "the other wind"],
)
def test_the_check_looks_at_the_system_that_is_named(trained, tested):
    agent = agent_of(navigation(**trained), 1000, "gaussian")
    agent.check_system(navigation(**trained))
    with pytest.raises(ValueError, match="agent must have been trained in the family's system"):
        agent.check_system(navigation(**tested))


RIGHT = [
    ({}, 40, "uniform"),
    ({"noise": 0.0}, 40, "uniform"),
    ({"wind": (0.03, -0.02), "noise": 0.2}, 100, "gaussian"),
    ({"action_set": "box", "noise": 0.01}, 400, "gaussian"),
]


@pytest.mark.parametrize(("options", "number", "law"), RIGHT)
def test_an_agent_of_the_right_system_is_never_refused(options, number, law):
    family = navigation(**options)
    for seed in range(20):
        tasks = [family.explore(goal, number, seed=9 * seed + k, policy=law) for k, goal in enumerate(GOALS)]
        # Only the transitions count.
        standin = SimpleNamespace(chart=None, geometry=SimpleNamespace(data=SimpleNamespace(tasks=tasks)))
        GeometricAgent.check_system(standin, family)
