"""The vectorised environment: row by row the single one, and Gymnasium's conventions of SyncVectorEnv."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from hgmrl_lite import ENV_ID
from hgmrl_lite.envs import NOISE, TaskVectorEnv, navigation

# Near the start, so that episodes end by termination as well as by time.
GOALS = np.array([[0.25, 0.0], [1.0, 0.5], [0.0, -0.3], [-2.0, 1.0], [0.2, 0.2]])
OPTIONS = [
    {},
    {"action_set": "box"},
    {"reward_noise": 0.1},
    {"action_set": "box", "max_steps": 9, "noise": 0.1},
]


def random_actions(steps, size, seed=0):
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (steps, size, 2))


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("seed", [0, 7, 12345])
def test_each_row_is_the_single_environment_of_its_seed(options, seed):
    envs = navigation(**options).vector_env(GOALS, len(GOALS))
    singles = [navigation(**options).env(goal) for goal in GOALS]
    observations, infos = envs.reset(seed=seed)
    assert infos == {}
    expected = np.stack([env.reset(seed=seed + row)[0] for row, env in enumerate(singles)])
    np.testing.assert_array_equal(observations, expected)
    episodes = np.zeros(len(GOALS), dtype=int)
    for actions in random_actions(420, len(GOALS), seed):
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        for row, env in enumerate(singles):
            state, reward, ended, cut, _ = env.step(actions[row])
            assert (rewards[row], terminated[row], truncated[row]) == (reward, ended, cut)
            if ended or cut:
                np.testing.assert_array_equal(infos["final_obs"][row], state)
                state, _ = env.reset()
                episodes[row] += 1
            np.testing.assert_array_equal(observations[row], state)
    assert episodes.min() >= 3


def assert_same(left, right):
    """Compare infos: the same keys, types, masks and values, all the way down."""
    assert type(left) is type(right)
    if isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, tuple):
        for one, other in zip(left, right, strict=True):
            assert_same(one, other)
    elif isinstance(left, np.ndarray) and left.dtype == object:
        assert left.dtype == right.dtype
        assert left.shape == right.shape
        for one, other in zip(left, right, strict=True):
            assert_same(one, other)
    elif isinstance(left, np.ndarray):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)
    else:
        assert left == right


@pytest.mark.parametrize("options", OPTIONS)
def test_agrees_with_sync_vector_env_in_same_step_mode(options):
    ours = navigation(**options).vector_env(GOALS, len(GOALS))
    theirs = SyncVectorEnv(
        [lambda goal=goal: navigation(**options).env(goal) for goal in GOALS],
        autoreset_mode=AutoresetMode.SAME_STEP,
    )
    for name in ("single_observation_space", "single_action_space", "observation_space", "action_space"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.metadata["autoreset_mode"] == theirs.metadata["autoreset_mode"]
    seeds = [3, 1, 4, 1, 5]
    assert_same(ours.reset(seed=seeds), theirs.reset(seed=seeds))
    ended = 0
    for index, actions in enumerate(random_actions(400, len(GOALS))):
        # Both kinds of floating point that a caller may have.
        actions = actions.astype(np.float32) if index % 2 else actions
        one, other = ours.step(actions), theirs.step(actions)
        assert_same(one, other)
        ended += bool(one[-1])
        if index == 100:
            assert_same(ours.reset(seed=9), theirs.reset(seed=9))
        if index == 150:
            assert_same(ours.reset(), theirs.reset())
    assert ended > 10


def test_final_observation_is_the_old_episodes_and_the_returned_one_the_news():
    envs = navigation(max_steps=20).vector_env((0.3, 0.0), 6)
    observations, _ = envs.reset(seed=0)
    kinds = np.zeros(2, dtype=int)
    for actions in random_actions(200, 6):
        before = observations
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        ended = terminated | truncated
        assert not (terminated & truncated).any()
        kinds += [terminated.sum(), truncated.sum()]
        if not ended.any():
            assert infos == {}
            continue
        np.testing.assert_array_equal(infos["_final_obs"], ended)
        for row in range(6):
            final = infos["final_obs"][row]
            if not ended[row]:
                assert final is None
                continue
            # The reward is that of the final state, which is one step from the one before.
            assert rewards[row] == pytest.approx(-np.hypot(*(final - [0.3, 0.0])))
            assert np.linalg.norm(final - before[row]) < 0.1 + 6 * NOISE
            assert np.abs(observations[row]).max() < 6 * 0.05
    assert (kinds > 5).all()


def test_paired_episodes_meet_the_same_noise_whatever_is_done():
    left, right = (navigation(max_steps=30).vector_env((4.0, 4.0), 50) for _ in range(2))
    states = [envs.reset(seed=1)[0] for envs in (left, right)]
    actions = [np.full((50, 2), 0.5), np.full((50, 2), -0.7)]
    for _ in range(29):
        # Nothing but the sum of the actions tells them apart, and that is the same in all rows.
        assert np.ptp(states[0] - states[1], axis=0).max() < 1e-12
        states = [envs.step(action)[0] for envs, action in zip((left, right), actions, strict=True)]
    ends = [envs.step(action) for envs, action in zip((left, right), actions, strict=True)]
    assert all(end[3].all() for end in ends)
    # The next episode starts from the same points again.
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    assert ends[0][0].std() > 0.02


def test_rows_without_a_seed_go_on_with_their_generators():
    envs = navigation().vector_env((1.0, 0.0), 3)
    first, _ = envs.reset(seed=[0, 1, 2])
    second, _ = envs.reset(seed=[0, None, 2])
    np.testing.assert_array_equal(first[[0, 2]], second[[0, 2]])
    assert (first[1] != second[1]).any()
    other = navigation().vector_env((1.0, 0.0), 3)
    assert (other.reset()[0] != navigation().vector_env((1.0, 0.0), 3).reset()[0]).all()


def test_goals_one_for_all_or_one_a_row():
    still = navigation(noise=0.0, start_std=0.0)
    np.testing.assert_array_equal(still.vector_env((1.0, 0.0), 2).task, [[1.0, 0.0]] * 2)
    envs = still.vector_env([[0.0, 1.0], [0.0, -2.0]], 2)
    envs.reset(seed=0)
    rewards = envs.step([[0.0, 1.0], [0.0, 1.0]])[1]
    np.testing.assert_allclose(rewards, [-0.9, -2.1])


def test_returned_arrays_do_not_reach_into_the_environment():
    envs = navigation(noise=0.0, start_std=0.0).vector_env((2.0, 0.0), 2)
    envs.reset(seed=0)[0][:] = 7.0
    envs.step([[1.0, 0.0]] * 2)[0][:] = 7.0
    np.testing.assert_allclose(envs.step([[0.0, 1.0]] * 2)[0], [[0.1, 0.1]] * 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_envs": 0, "goal": (1.0, 0.0)}, "num_envs must be a whole number of at least 1, got 0"),
        ({"num_envs": 3, "goal": np.zeros((2, 2))}, r"task must have shape \(3, 2\), got \(2, 2\)"),
        ({"num_envs": 3, "goal": (1.0, 2.0, 3.0)}, r"task must have shape \(2\), got \(3,\)"),
        ({"num_envs": 2, "goal": [[1.0, 0.0], [0.0, -7.0]]}, r"arena.*got \[0.0, -7.0\]"),
        ({"num_envs": 2, "goal": [[1.0, 0.0], [np.nan, 0.0]]}, "task must be finite"),
        ({"num_envs": 2, "goal": [[1.0, 0.0], [1.0]]}, "task must be an array of real numbers"),
        ({"num_envs": 2, "goal": (1.0, 0.0), "action_set": "sphere"}, "action_set must be one of"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        gymnasium.make_vec(ENV_ID, **arguments)


@pytest.mark.parametrize("action_set", ["disc", "box"])
@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (np.zeros(2), r"actions must have shape \(3, 2\), got \(2,\)"),
        (np.zeros((2, 2)), r"actions must have shape \(3, 2\), got \(2, 2\)"),
        ([[0.0, 0.0], [np.inf, 0.0], [0.0, 0.0]], "actions must be finite"),
        (np.array([[0.0, 0.0], [np.nan, 0.0], [0.0, 0.0]]), "actions must be finite, got 1 NaN"),
    ],
)
def test_bad_actions_are_refused_and_change_nothing(actions, message, action_set):
    envs, twin = (navigation(action_set=action_set).vector_env((1.0, 0.0), 3) for _ in range(2))
    envs.reset(seed=0)
    twin.reset(seed=0)
    with pytest.raises(ValueError, match=message):
        envs.step(actions)
    np.testing.assert_array_equal(envs.step(np.zeros((3, 2)))[0], twin.step(np.zeros((3, 2)))[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"seed": [1, 2]}, "seed must be one number or 3 of them, got 2"),
        ({"options": {"mask": 1}}, r"options must be empty or None, got \['mask'\]"),
    ],
)
def test_bad_resets(arguments, message):
    envs = navigation().vector_env((1.0, 0.0), 3)
    with pytest.raises(ValueError, match=message):
        envs.reset(**arguments)


def test_needs_a_first_reset():
    envs = navigation().vector_env((1.0, 0.0), 2)
    with pytest.raises(ResetNeeded, match="before the first reset"):
        envs.step(np.zeros((2, 2)))


def test_make_vec_gives_it_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec(ENV_ID, num_envs=4, goal=(1.0, 0.0), action_set="box")
        sync = gymnasium.make_vec(ENV_ID, num_envs=4, vectorization_mode="sync", goal=(1.0, 0.0))
    assert isinstance(envs, TaskVectorEnv)
    assert envs.system.action_set == "box"
    np.testing.assert_array_equal(envs.reset(seed=3)[0], sync.reset(seed=3)[0])


def test_rows_have_no_pictures_and_a_task_is_fixed():
    name = "hgmrl_lite:hgmrl_lite/PointNavigation-v0"
    with pytest.raises(ValueError, match="rows have no pictures"):
        gymnasium.make_vec(name, 2, goal=(1, 0), render_mode="rgb_array")
    for env in (gymnasium.make(name, goal=(1, 0)).unwrapped, gymnasium.make_vec(name, 2, goal=(1, 0))):
        env.task[:] = 0.5
        assert np.array_equal(np.unique(env.task), [0.0, 1.0])
        with pytest.raises(AttributeError):
            env.task = (0.5, 0.5)
