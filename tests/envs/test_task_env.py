"""The single environment: Gymnasium's contract, the law, its symmetry, bad input, pictures."""

import copy
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

from hgmrl_lite import ENV_ID
from hgmrl_lite.envs import ARENA, GOAL_RADIUS, NOISE, STEP, Navigation, navigation, project_action

GOAL = (-0.6, 0.8)


def play(env, actions, **reset):
    """Return the states, rewards and ends of one episode driven by ``actions``, cut where it ends."""
    states, rewards, ends = [env.reset(**reset)[0]], [], (False, False)
    for action in actions:
        state, reward, *ends, _ = env.step(action)
        states.append(state)
        rewards.append(reward)
        if any(ends):
            break
    return np.array(states), np.array(rewards), tuple(ends)


@pytest.mark.parametrize("action_set", ["disc", "box"])
@pytest.mark.parametrize("reward_noise", [0.0, 0.3])
def test_passes_gymnasiums_checker_without_a_warning(action_set, reward_noise):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(
            ENV_ID,
            goal=GOAL,
            action_set=action_set,
            reward_noise=reward_noise,
            render_mode="rgb_array",
        )
        check_env(env.unwrapped)


def test_law_of_start_motion_and_reward():
    # One environment for each number of seeds: moments within five standard errors.
    env = navigation().env((4.0, -3.0))
    action = np.array([0.3, -0.4])
    starts, moves = [], []
    for seed in range(400):
        states, rewards, _ = play(env, [action] * 5, seed=seed)
        starts.append(states[0])
        moves.append(np.diff(states, axis=0) - STEP * action)
        np.testing.assert_allclose(rewards, -np.linalg.norm(states[1:] - [4.0, -3.0], axis=1), rtol=1e-12)
    for sample, deviation in ((np.array(starts), env.system.start_std), (np.concatenate(moves), NOISE)):
        size = len(sample)
        assert np.abs(sample.mean(axis=0)).max() < 5 * deviation / size**0.5
        covariance = np.cov(sample.T)
        assert np.abs(covariance - deviation**2 * np.eye(2)).max() < 5 * deviation**2 * (2 / size) ** 0.5


def test_mean_next_state_is_clipped_to_the_arena_before_the_noise():
    system = Navigation()
    np.testing.assert_array_equal(system.mean_next_state([4.99, -4.99], [0.6, -0.8]), [ARENA, -ARENA])
    env = navigation(max_steps=400).env((-4.0, 0.0))
    states, _, _ = play(env, [np.array([1.0, 0.0])] * 400, seed=3)
    late = states[100:, 0]
    assert late.max() > ARENA > late.min()
    assert abs(late.std() - NOISE) < 0.01
    assert late.max() < env.observation_space.high[0]


def test_terminates_inside_the_goal_radius_only():
    goal = np.array([0.5, 0.0])
    env = navigation().env(goal)
    for seed in range(20):
        states, _, (terminated, truncated) = play(env, [np.array([1.0, 0.0])] * 20, seed=seed)
        gaps = np.linalg.norm(states[1:] - goal, axis=1)
        assert (gaps[:-1] >= GOAL_RADIUS).all()
        assert terminated == (gaps[-1] < GOAL_RADIUS)
        assert not truncated


def test_truncates_at_the_last_step_unless_it_terminates_there():
    env = navigation(max_steps=7).env((2.0, 0.0))
    states, _, ends = play(env, [np.zeros(2)] * 9, seed=0)
    assert len(states) == 8
    assert ends == (False, True)
    env = navigation(noise=0.0, start_std=0.0, max_steps=4).env((0.5, 0.0))
    states, _, ends = play(env, [np.array([1.0, 0.0])] * 9, seed=0)
    assert len(states) == 5
    assert ends == (True, False)


def test_same_seed_same_episodes_and_the_noise_does_not_depend_on_the_actions():
    one, other = navigation().env((3.0, 3.0)), navigation(action_set="box").env((-2.0, 1.0))
    rng = np.random.default_rng(0)
    seed = {"seed": 5}
    for _ in range(3):
        left, right = rng.uniform(-1.0, 1.0, (2, 100, 2))
        first, _, _ = play(one, left, **seed)
        second, _, _ = play(other, right, **seed)
        length = min(len(first), len(second)) - 1
        noise = [
            np.diff(states[: length + 1], axis=0) - STEP * project_action(actions[:length], action_set)
            for states, actions, action_set in ((first, left, "disc"), (second, right, "box"))
        ]
        np.testing.assert_array_equal(first[0], second[0])
        np.testing.assert_allclose(noise[0], noise[1], atol=1e-12)
        assert noise[0].std() > 0.5 * NOISE
        seed = {}


def test_reward_noise_changes_the_observed_reward_alone():
    actions = np.random.default_rng(1).uniform(-1.0, 1.0, (60, 2))
    clean = play(navigation().env((3.0, 0.0)), actions, seed=2)
    noisy = play(navigation(reward_noise=0.2).env((3.0, 0.0)), actions, seed=2)
    np.testing.assert_array_equal(clean[0], noisy[0])
    difference = noisy[1] - clean[1]
    assert 0.1 < difference.std() < 0.3
    assert abs(difference.mean()) < 5 * 0.2 / 60**0.5


BAD_ARGUMENTS = [
    ({"goal": (6.0, 0.0)}, r"task must lie in the arena.*-5 to 5.*\[6.0, 0.0\]"),
    ({"goal": (np.nan, 0.0)}, "task must be finite"),
    ({"goal": (1.0, 0.0, 0.0)}, r"task must have shape \(2\), got \(3,\)"),
    ({"goal": "north"}, "task must be an array of real numbers"),
    ({"goal": GOAL, "reward_noise": -1.0}, "reward_noise must be"),
    ({"goal": GOAL, "max_steps": 0}, "max_steps must be a whole number of at least 1, got 0"),
    ({"goal": GOAL, "render_mode": "human"}, r"render_mode must be one of .*rgb_array.*got 'human'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_ARGUMENTS)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        gymnasium.make(ENV_ID, **arguments)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ([1.0], r"action must have shape \(2\), got \(1,\)"),
        ([[1.0, 0.0]], r"action must have shape \(2\), got \(1, 2\)"),
        ([np.nan, 0.0], "action must be finite"),
        ([np.inf, 0.0], "action must be finite"),
    ],
)
@pytest.mark.parametrize("action_set", ["disc", "box"])
def test_a_bad_action_is_refused_and_changes_nothing(action, message, action_set):
    env = navigation(action_set=action_set).env(GOAL)
    env.reset(seed=0)
    before = env.path
    with pytest.raises(ValueError, match=message):
        env.step(action)
    np.testing.assert_array_equal(env.path, before)


def test_bad_resets():
    env = navigation().env(GOAL)
    with pytest.raises(ValueError, match=r"options must be empty or None, got \['goal'\]"):
        env.reset(options={"goal": (1.0, 0.0)})
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0, got -1"):
        env.reset(seed=-1)


def test_step_outside_an_episode():
    env = navigation(start_std=0.0, noise=0.0).env((0.0, 0.0))
    with pytest.raises(ResetNeeded, match="before the first reset"):
        env.step([0.0, 0.0])
    env.reset(seed=0)
    assert env.step([0.0, 0.0])[2]
    with pytest.raises(ResetNeeded, match="after the episode's end"):
        env.step([0.0, 0.0])
    env.reset()
    env.step([0.0, 0.0])


def test_goal_is_not_shared():
    goal = np.array([0.0, 2.0])
    env = navigation(noise=0.0, start_std=0.0).env(goal)
    goal[:] = 9.0
    np.testing.assert_array_equal(env.task, [0.0, 2.0])
    env.reset(seed=0)
    assert env.step([0.0, 1.0])[1] == pytest.approx(-1.9)


def test_returned_states_do_not_reach_into_the_environment():
    env = navigation(noise=0.0, start_std=0.0).env((2.0, 0.0))
    env.reset(seed=0)[0][:] = 7.0
    env.step([1.0, 0.0])[0][:] = 7.0
    np.testing.assert_allclose(env.step([0.0, 1.0])[0], [0.1, 0.1])


def test_a_copy_goes_its_own_way_from_the_same_point():
    env = navigation().env((2.0, 0.0))
    env.reset(seed=0)
    twin = copy.deepcopy(env)
    moved = env.step([1.0, 0.0])[0]
    assert len(twin.path) == 1
    np.testing.assert_array_equal(twin.step([1.0, 0.0])[0], moved)


class TestRender:
    def test_picture_shows_goal_and_path(self):
        env = navigation(start_std=0.0, noise=0.0).env((1.0, 0.0), render_mode="rgb_array")
        env.reset(seed=0)
        start = env.render()
        assert start.dtype == np.uint8
        assert start.shape == (400, 400, 3)
        for _ in range(5):
            env.step([0.0, 1.0])
        later = env.render()
        changed = np.argwhere((start != later).any(axis=-1))
        # The point moved by half a unit upwards from the middle: nothing else may have changed.
        assert len(changed) > 50
        assert changed[:, 0].mean() < 200
        assert changed[:, 1].std() < 10
        env.reset(seed=0)
        np.testing.assert_array_equal(env.render(), start)
        other = navigation(start_std=0.0, noise=0.0).env((-1.0, 0.0), render_mode="rgb_array")
        other.reset(seed=0)
        moved = np.argwhere((other.render() != start).any(axis=-1))
        assert moved[:, 1].max() - moved[:, 1].min() > 150

    def test_far_goals_are_in_view(self):
        env = navigation().env((4.0, 4.0), render_mode="rgb_array")
        env.reset(seed=0)
        picture = env.render().astype(int)
        green = (picture[..., 1] > picture[..., 0] + 60) & (picture[..., 1] > picture[..., 2] + 10)
        assert green.sum() > 20

    def test_no_mode_no_picture(self):
        env = navigation().env(GOAL)
        env.reset(seed=0)
        assert env.render() is None

    def test_before_reset_and_after_close(self):
        env = navigation().env(GOAL, render_mode="rgb_array")
        with pytest.raises(ResetNeeded, match="render"):
            env.render()
        env.reset(seed=0)
        picture = env.render()
        env.close()
        env.close()
        np.testing.assert_array_equal(env.render(), picture)
