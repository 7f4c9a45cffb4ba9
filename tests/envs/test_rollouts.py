"""Evaluation: the rollouts are the environment's, paired, and the greedy reference earns what it should."""

import numpy as np
import pytest
from scipy.stats import rice

from hgmrl_lite.envs import GOAL_RADIUS, NOISE, STEP, circle_tasks, navigation

FAMILY = navigation()
GOALS = circle_tasks(3, phase=0.4)
GREEDY = FAMILY.reference((1.0, 0.0))


@pytest.mark.parametrize("action_set", ["disc", "box"])
def test_each_episode_is_the_single_environments(action_set):
    family = navigation(action_set=action_set)
    # One good policy, one that goes astray and one that is slow, so that the lengths differ.
    policies = [
        family.reference(GOALS[0]),
        family.reference((-1.0, -1.0)),
        lambda states: 0.4 * family.reference(GOALS[2])(states),
    ]
    result = family.rollout(policies, GOALS, episodes=8, seed=3, trajectories=True)
    assert result.trajectories.shape == (3, 8, 101, 2)
    for k, (goal, policy) in enumerate(zip(GOALS, policies, strict=True)):
        env = family.env(goal)
        for j, seed in enumerate(result.seeds):
            state, _ = env.reset(seed=seed)
            total, over = 0.0, False
            while not over:
                state, reward, terminated, truncated, _ = env.step(policy(state[None])[0])
                total, over = total + reward, terminated or truncated
            length = len(env.path) - 1
            assert result.lengths[k, j] == length
            assert result.success[k, j] == terminated
            assert result.returns[k, j] == pytest.approx(total, rel=1e-12)
            np.testing.assert_array_equal(result.trajectories[k, j, : length + 1], env.path)
            assert np.isnan(result.trajectories[k, j, length + 1 :]).all()
    assert result.success[0].all()
    assert not result.success[1].any()
    assert (result.lengths[1] == 100).all()
    assert result.lengths[2].min() > result.lengths[0].mean()


def test_noise_is_paired_over_goals_policies_and_calls():
    still = FAMILY.rollout(
        lambda states: 0.0 * states, [[3.0, 0.0], [0.0, 4.0]], episodes=5, seed=1, trajectories=True
    )
    np.testing.assert_array_equal(still.trajectories[0], still.trajectories[1])
    moving = FAMILY.rollout(
        lambda states: 0.0 * states + [0.2, 0.1], [[-3.0, 0.0]], episodes=9, seed=1, trajectories=True
    )
    assert moving.seeds[:5] == still.seeds
    drift = moving.trajectories[0, :5] - still.trajectories[0]
    np.testing.assert_allclose(
        drift, np.broadcast_to(np.arange(101)[:, None] * [0.02, 0.01], drift.shape), atol=1e-12
    )
    assert (
        FAMILY.rollout(lambda states: 0.0 * states, [[3.0, 0.0]], episodes=5, seed=2).returns
        != still.returns[0]
    ).all()


def test_one_policy_for_all_goals_is_the_same_as_one_a_goal():
    policy = FAMILY.reference(GOALS[0])
    one, many = FAMILY.rollout(policy, GOALS, episodes=4), FAMILY.rollout([policy] * 3, GOALS, episodes=4)
    np.testing.assert_array_equal(one.returns, many.returns)
    assert one.trajectories is None
    assert one.success[0].all()


def best_return(cells=800, farthest=2.5):
    """Return the optimal mean return on the disc, by dynamic programming over the distance to the goal.

    Noise and goal are round, so that the distance is all that matters, and a step may leave the mean at any
    distance from d - 0.1 to d + 0.1. With round noise the next distance has Rice's law.
    """
    distance = np.linspace(0.0, farthest, cells + 1)
    edges = np.concatenate([[0.0], (distance[1:] + distance[:-1]) / 2, [np.inf]])
    law = np.diff(rice.cdf(edges / NOISE, distance[:, None] / NOISE), axis=1)
    nearest = np.maximum(distance - STEP, 0.0)
    choices = nearest + np.linspace(0.0, 1.0, 11)[:, None] * (distance + STEP - nearest)
    value = np.zeros(cells + 1)
    for _ in range(FAMILY.system.max_steps):
        mean = law @ (np.where(distance < GOAL_RADIUS, 0.0, value) - distance)
        value = np.interp(choices, distance, mean).max(axis=0)
    start = FAMILY.system.start_std
    return np.diff(rice.cdf(edges / start, 1.0 / start)) @ value


def test_on_average_no_policy_beats_the_straight_walk():
    returns = FAMILY.rollout(FAMILY.reference(GOALS[0]), GOALS[:1], episodes=4000).returns
    assert returns.mean() == pytest.approx(best_return(), abs=4 * returns.std() / 4000**0.5)
    # In a single episode another path may have better luck.
    beside = FAMILY.reference(1.02 * np.asarray(GOALS[0]))
    regret = returns - FAMILY.rollout(beside, GOALS[:1], episodes=4000).returns
    assert regret.min() < 0.0 < regret.mean()


@pytest.mark.parametrize(("action_set", "published"), [("box", -4.03), ("disc", -4.78)])
def test_greedy_reference_on_twenty_goals(action_set, published):
    family, goals = navigation(action_set=action_set), circle_tasks(20)
    result = family.rollout([family.reference(goal) for goal in goals], goals, episodes=400)
    assert result.success.all()
    # Episodes are shared by the goals, so the error is that of the means over goals.
    error = result.returns.mean(axis=0).std(ddof=1) / 400**0.5
    assert abs(result.returns.mean() - published) < 4 * error + 0.005
    # On the disc no goal is nearer than another; in the box the diagonal is the faster way.
    spread = np.ptp(result.mean_return)
    assert spread < 0.3 if action_set == "disc" else spread > 0.8


def test_a_policy_cannot_change_the_states():
    def meddler(states):
        states += 5.0
        return np.zeros_like(states)

    meddled = FAMILY.rollout(meddler, GOALS, episodes=3)
    np.testing.assert_array_equal(
        meddled.returns, FAMILY.rollout(lambda states: 0.0 * states, GOALS, episodes=3).returns
    )


def test_result_tells_its_story():
    result = FAMILY.rollout(FAMILY.reference(GOALS[0]), GOALS, episodes=4)
    assert repr(result).startswith("Rollouts(3 tasks × 4 episodes: return -")
    np.testing.assert_allclose(result.mean_return, result.returns.mean(axis=1))


@pytest.mark.parametrize(
    ("policies", "goals", "options", "message"),
    [
        (GREEDY, np.zeros((0, 2)), {}, "tasks must hold at least one task, got none"),
        (GREEDY, (1.0, 0.0), {}, r"tasks must have shape \(k, 2\), got \(2,\)"),
        (GREEDY, [(1.0, 0.0), (0.0, 8.0)], {}, r"arena.*got \[0.0, 8.0\]"),
        ([GREEDY], GOALS, {}, "policies must be one policy or 3, one a task, got 1"),
        (lambda states: states[0], GOALS, {}, r"actions must have shape \(12, 2\), got \(2,\)"),
        (
            [lambda states: states.T] * 3,
            GOALS,
            {},
            r"actions of policies\[0\] must have shape \(4, 2\), got \(2, 4\)",
        ),
        (lambda states: states / 0.0, GOALS, {}, "actions must be finite"),
        (
            FAMILY.reference((1.0, 0.0)),
            GOALS,
            {"episodes": 0},
            "episodes must be a whole number of at least 1",
        ),
        (
            FAMILY.reference((1.0, 0.0)),
            GOALS,
            {"seed": -3},
            "seed must be a whole number of at least 0, got -3",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_bad_rollouts(policies, goals, options, message):
    with pytest.raises(ValueError, match=message):
        FAMILY.rollout(policies, goals, **{"episodes": 4, **options})


@pytest.mark.parametrize(
    ("goal", "message"),
    [
        ((5.1, 0.0), "task must lie in the arena"),
        ((1.0, 0.0, 0.0), r"task must have shape \(2\), got \(3,\)"),
    ],
)
def test_the_reference_refuses_bad_goals(goal, message):
    with pytest.raises(ValueError, match=message):
        FAMILY.reference(goal)
