"""The whole loop on true goals, and what it refuses."""

import numpy as np
import pytest

from hgmrl_lite.agents import PPOSettings
from hgmrl_lite.envs import circle_tasks, greedy_policy, training_tasks
from hgmrl_lite.meta import evaluate, meta_test, meta_train, stream_seed


@pytest.fixture(scope="module")
def agent():
    return meta_train(training_tasks(), base_index=1, seed=0, progress=False)


def test_one_policy_serves_the_whole_circle(agent):
    result = meta_test(agent, circle_tasks(20), episodes=50)
    assert result.regret_by_goal.mean() < 0.15
    assert result.regret_by_goal.max() < 0.5
    assert result.success.all()
    assert len(result.inferences) == 20


def test_the_base_policy_alone_pays_for_the_distance(agent):
    base_goal = training_tasks()[1]
    result = evaluate(agent.base_policy, np.array([base_goal, -base_goal]), episodes=20)
    near, far = result.regret_by_goal
    assert near < 0.5
    assert 150 < far < 210


def test_the_reference_has_no_regret_against_itself_in_the_same_noise():
    goals = circle_tasks(3)
    result = evaluate([greedy_policy(goal) for goal in goals], goals, episodes=10)
    np.testing.assert_array_equal(result.regret, 0.0)


def test_contexts_and_episodes_have_streams_of_their_own():
    seeds = {
        stream_seed(0, purpose, index) for purpose in ("explore", "context", "evaluate") for index in range(5)
    }
    assert len(seeds) == 15


@pytest.mark.parametrize(
    ("goals", "options", "message"),
    [
        ([], {}, r"goals must have shape \(k, 2\), got \(0,\)"),
        (np.empty((0, 2)), {}, "at least two training tasks, got 0"),
        ([[1.0, 0.0]], {}, "at least two training tasks, got 1"),
        ([[1.0, 0.0], [np.nan, 1.0]], {}, "goals must be finite, got 1 NaN"),
        ([[1.0, 0.0], [0.0, 7.0]], {}, "arena"),
        ([[1.0, 0.0], [0.0, 1.0]], {"base_index": 2}, "base_index must name one of the 2 tasks, got 2"),
        ([[1.0, 0.0], [0.0, 1.0]], {"transitions": 25}, "more than 30 transitions.*got 25"),
        ([[1.0, 0.0], [0.0, 1.0]], {"transitions": 0}, "n_transitions"),
    ],
)
def test_meta_train_refuses_bad_input_before_it_trains(goals, options, message):
    with pytest.raises(ValueError, match=message):
        meta_train(goals, settings=PPOSettings(total_steps=10**9), progress=False, **options)


@pytest.mark.parametrize(
    ("goals", "options", "message"),
    [
        (np.empty((0, 2)), {}, "at least one test task, got none"),
        ([[0.0, 6.0]], {}, "arena"),
        ([[0.0, 1.0]], {"context_size": 0}, "context_size must be a whole number of at least 1, got 0"),
        ([[0.0, 1.0]], {"episodes": 2.5}, "episodes must be a whole number of at least 1, got 2.5"),
    ],
)
def test_meta_test_refuses_bad_input(agent, goals, options, message):
    with pytest.raises(ValueError, match=message):
        meta_test(agent, goals, **options)
