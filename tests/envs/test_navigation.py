"""The single environment: Gymnasium's contract, the law, its symmetry, bad input, pictures."""

import copy
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hgmrl_lite.envs.dynamics import project_action
from hypothesis import given
from hypothesis import strategies as st

from hgmrl_lite.envs import ARENA, GOAL_RADIUS, NOISE, START_STD, STEP, NavigationDynamics, PointNavigation

GOAL = (-0.6, 0.8)
coordinates = st.floats(-2.0, 2.0)
points = st.tuples(coordinates, coordinates).map(np.array)
angles = st.floats(-np.pi, np.pi)


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


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
            "hgmrl_lite/PointNavigation-v0",
            goal=GOAL,
            action_set=action_set,
            reward_noise=reward_noise,
            render_mode="rgb_array",
        )
        check_env(env.unwrapped)


def test_law_of_start_motion_and_reward():
    # One environment for each number of seeds: moments within five standard errors.
    env = PointNavigation(goal=(4.0, -3.0))
    action = np.array([0.3, -0.4])
    starts, moves = [], []
    for seed in range(400):
        states, rewards, _ = play(env, [action] * 5, seed=seed)
        starts.append(states[0])
        moves.append(np.diff(states, axis=0) - STEP * action)
        np.testing.assert_allclose(rewards, -np.linalg.norm(states[1:] - [4.0, -3.0], axis=1), rtol=1e-12)
    for sample, deviation in ((np.array(starts), START_STD), (np.concatenate(moves), NOISE)):
        size = len(sample)
        assert np.abs(sample.mean(axis=0)).max() < 5 * deviation / size**0.5
        covariance = np.cov(sample.T)
        assert np.abs(covariance - deviation**2 * np.eye(2)).max() < 5 * deviation**2 * (2 / size) ** 0.5


def test_mean_next_state_is_clipped_to_the_arena_before_the_noise():
    dynamics = NavigationDynamics()
    np.testing.assert_array_equal(dynamics.mean_next_state([4.99, -4.99], [0.6, -0.8]), [ARENA, -ARENA])
    env = PointNavigation(goal=(-4.0, 0.0), max_steps=400)
    states, _, _ = play(env, [np.array([1.0, 0.0])] * 400, seed=3)
    late = states[100:, 0]
    assert late.max() > ARENA > late.min()
    assert abs(late.std() - NOISE) < 0.01
    assert late.max() < env.observation_space.high[0]


def test_terminates_inside_the_goal_radius_only():
    goal = np.array([0.5, 0.0])
    env = PointNavigation(goal=goal)
    for seed in range(20):
        states, _, (terminated, truncated) = play(env, [np.array([1.0, 0.0])] * 20, seed=seed)
        gaps = np.linalg.norm(states[1:] - goal, axis=1)
        assert (gaps[:-1] >= GOAL_RADIUS).all()
        assert terminated == (gaps[-1] < GOAL_RADIUS)
        assert not truncated


def test_truncates_at_the_last_step_unless_it_terminates_there():
    env = PointNavigation(goal=(2.0, 0.0), max_steps=7)
    states, _, ends = play(env, [np.zeros(2)] * 9, seed=0)
    assert len(states) == 8
    assert ends == (False, True)
    env = PointNavigation(goal=(0.5, 0.0), noise=0.0, start_std=0.0, max_steps=4)
    states, _, ends = play(env, [np.array([1.0, 0.0])] * 9, seed=0)
    assert len(states) == 5
    assert ends == (True, False)


def test_same_seed_same_episodes_and_the_noise_does_not_depend_on_the_actions():
    one, other = PointNavigation(goal=(3.0, 3.0)), PointNavigation(goal=(-2.0, 1.0), action_set="box")
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
    clean = play(PointNavigation(goal=(3.0, 0.0)), actions, seed=2)
    noisy = play(PointNavigation(goal=(3.0, 0.0), reward_noise=0.2), actions, seed=2)
    np.testing.assert_array_equal(clean[0], noisy[0])
    difference = noisy[1] - clean[1]
    assert 0.1 < difference.std() < 0.3
    assert abs(difference.mean()) < 5 * 0.2 / 60**0.5


@given(points, points.map(lambda point: 2.0 * point), angles)
def test_disc_dynamics_commute_with_rotations(state, action, angle):
    turn, dynamics = rotation(angle), NavigationDynamics("disc")
    np.testing.assert_allclose(
        dynamics.mean_next_state(turn @ state, turn @ action),
        turn @ dynamics.mean_next_state(state, action),
        atol=1e-12,
    )


@given(points, points, st.integers(0, 3))
def test_box_dynamics_commute_with_quarter_turns(state, action, quarters):
    turn, dynamics = np.rint(rotation(quarters * np.pi / 2)), NavigationDynamics("box")
    np.testing.assert_array_equal(
        dynamics.mean_next_state(turn @ state, turn @ action), turn @ dynamics.mean_next_state(state, action)
    )


@pytest.mark.parametrize("angle", [0.3, np.pi / 4, 2.0])
def test_box_dynamics_do_not_commute_with_other_rotations(angle):
    turn, dynamics = rotation(angle), NavigationDynamics("box")
    actions = np.random.default_rng(0).uniform(-1.0, 1.0, (200, 2))
    turned = dynamics.mean_next_state(np.zeros(2), actions @ turn.T)
    assert np.abs(turned - dynamics.mean_next_state(np.zeros(2), actions) @ turn.T).max() > 0.01


@given(points.map(lambda point: 3.0 * point), st.sampled_from(["disc", "box"]))
def test_projection_is_the_nearest_admissible_action(action, action_set):
    projected = project_action(action, action_set)
    grid = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, 41)] * 2), axis=-1).reshape(-1, 2)
    if action_set == "disc":
        grid = grid[np.linalg.norm(grid, axis=1) <= 1.0]
        assert np.linalg.norm(projected) <= 1.0 + 1e-12
    else:
        assert np.abs(projected).max() <= 1.0
    nearest = np.linalg.norm(grid - action, axis=1).min()
    assert np.linalg.norm(projected - action) <= nearest + 1e-12


def test_projection_takes_any_batch_and_dimension():
    actions = np.random.default_rng(0).normal(size=(3, 1, 5, 4))
    projected = project_action(actions)
    norms = np.linalg.norm(actions, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(projected, axis=-1), np.minimum(norms, 1.0), rtol=1e-12)
    np.testing.assert_array_equal(projected[norms <= 1.0], actions[norms <= 1.0])


BAD_ARGUMENTS = [
    ({"goal": (6.0, 0.0)}, r"goal must lie in the arena.*-5 to 5.*\[6.0, 0.0\]"),
    ({"goal": (np.nan, 0.0)}, "goal must be finite"),
    ({"goal": (1.0, 0.0, 0.0)}, r"goal must have shape \(2\), got \(3,\)"),
    ({"goal": "north"}, "goal must be an array of real numbers"),
    ({"goal": GOAL, "action_set": "ball"}, r"action_set must be one of .*disc.*box.*got 'ball'"),
    ({"goal": GOAL, "noise": -0.1}, "noise must be a standard deviation of at least 0, got -0.1"),
    ({"goal": GOAL, "start_std": np.inf}, "start_std must be finite"),
    ({"goal": GOAL, "reward_noise": -1.0}, "reward_noise must be"),
    ({"goal": GOAL, "max_steps": 0}, "max_steps must be a whole number of at least 1, got 0"),
    ({"goal": GOAL, "max_steps": 2.5}, "max_steps must be a whole number"),
    ({"goal": GOAL, "render_mode": "human"}, r"render_mode must be one of .*rgb_array.*got 'human'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_ARGUMENTS)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PointNavigation(**arguments)


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
    env = PointNavigation(goal=GOAL, action_set=action_set)
    env.reset(seed=0)
    before = env.path
    with pytest.raises(ValueError, match=message):
        env.step(action)
    np.testing.assert_array_equal(env.path, before)


def test_bad_resets_and_goals():
    env = PointNavigation(goal=GOAL)
    with pytest.raises(ValueError, match=r"options must be empty or None, got \['goal'\]"):
        env.reset(options={"goal": (1.0, 0.0)})
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0, got -1"):
        env.reset(seed=-1)
    with pytest.raises(ValueError, match="goal must lie in the arena"):
        env.goal = (0.0, 5.5)
    np.testing.assert_array_equal(env.goal, GOAL)


def test_step_outside_an_episode():
    env = PointNavigation(goal=(0.0, 0.0), start_std=0.0, noise=0.0)
    with pytest.raises(ResetNeeded, match="before the first reset"):
        env.step([0.0, 0.0])
    env.reset(seed=0)
    assert env.step([0.0, 0.0])[2]
    with pytest.raises(ResetNeeded, match="after the episode's end"):
        env.step([0.0, 0.0])
    env.reset()
    env.step([0.0, 0.0])


def test_goal_can_be_moved_and_is_not_shared():
    goal = np.array([1.0, 0.0])
    env = PointNavigation(goal=goal, noise=0.0, start_std=0.0)
    goal[:] = 9.0
    env.goal[:] = 9.0
    np.testing.assert_array_equal(env.goal, [1.0, 0.0])
    env.reset(seed=0)
    env.goal = (0.0, 2.0)
    assert env.step([0.0, 1.0])[1] == pytest.approx(-1.9)


def test_returned_states_do_not_reach_into_the_environment():
    env = PointNavigation(goal=(2.0, 0.0), noise=0.0, start_std=0.0)
    env.reset(seed=0)[0][:] = 7.0
    env.step([1.0, 0.0])[0][:] = 7.0
    np.testing.assert_allclose(env.step([0.0, 1.0])[0], [0.1, 0.1])


def test_a_copy_goes_its_own_way_from_the_same_point():
    env = PointNavigation(goal=(2.0, 0.0))
    env.reset(seed=0)
    twin = copy.deepcopy(env)
    moved = env.step([1.0, 0.0])[0]
    assert len(twin.path) == 1
    np.testing.assert_array_equal(twin.step([1.0, 0.0])[0], moved)


class TestRender:
    def test_picture_shows_goal_and_path(self):
        env = PointNavigation(goal=(1.0, 0.0), render_mode="rgb_array", start_std=0.0, noise=0.0)
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
        env.goal = (-1.0, 0.0)
        moved = np.argwhere((env.render() != start).any(axis=-1))
        assert moved[:, 1].max() - moved[:, 1].min() > 150

    def test_far_goals_are_in_view(self):
        env = PointNavigation(goal=(4.0, 4.0), render_mode="rgb_array")
        env.reset(seed=0)
        picture = env.render().astype(int)
        green = (picture[..., 1] > picture[..., 0] + 60) & (picture[..., 1] > picture[..., 2] + 10)
        assert green.sum() > 20

    def test_no_mode_no_picture(self):
        env = PointNavigation(goal=GOAL)
        env.reset(seed=0)
        assert env.render() is None

    def test_before_reset_and_after_close(self):
        env = PointNavigation(goal=GOAL, render_mode="rgb_array")
        with pytest.raises(ResetNeeded, match="render"):
            env.render()
        env.reset(seed=0)
        picture = env.render()
        env.close()
        env.close()
        np.testing.assert_array_equal(env.render(), picture)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e150, 1e154, 1e200, 1e308])
def test_an_action_of_any_size_keeps_its_direction(size):
    batch = np.array([[3.0, -4.0], [0.3, 0.4], [size, -size], [0.0, size], [1e-200, size]])
    projected = project_action(batch)
    assert np.array_equal(projected[:2], project_action(batch[:2]))
    radius = min(size * np.sqrt(2.0), 1.0) if size < 1.0 else 1.0
    assert np.allclose(projected[2], radius * np.array([1.0, -1.0]) / np.sqrt(2.0), rtol=1e-15)
    assert np.allclose(projected[3:, 1], min(size, 1.0), rtol=1e-15)
    assert np.array_equal(project_action(batch, "box"), np.clip(batch, -1.0, 1.0))
