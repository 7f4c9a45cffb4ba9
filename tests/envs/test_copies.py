"""A copied or pickled environment goes on as the first would have, and neither reaches into the other."""

import copy
import pickle

import numpy as np
import pytest

from hgmrl_lite.envs import TaskEnv, navigation
from hgmrl_lite.envs.sb3 import ConditionedVecEnv, StableBaselinesVecEnv

FAMILY = navigation(max_steps=12, reward_noise=0.1)


def one_code(rows):
    return np.ones((len(rows), 2))


def vector():
    return FAMILY.vector_env([[0.25, 0.0], [1.0, 0.5], [0.0, -0.3]], 3)


ENVIRONMENTS = {
    "single": lambda: FAMILY.env((0.4, 0.0), render_mode="rgb_array"),
    "vector": vector,
    "Stable-Baselines3": lambda: StableBaselinesVecEnv(vector()),
    "conditioned": lambda: ConditionedVecEnv(vector(), 2, one_code),
}
COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda env: pickle.loads(pickle.dumps(env))}


def begin(env, seed):
    """Start episodes with a seed, by whichever of the two interfaces the environment has."""
    if isinstance(env, StableBaselinesVecEnv):
        env.seed(seed)
        return env.reset()
    return env.reset(seed=seed)[0]


def play(env, steps, seed):
    """Return all states and rewards of random actions; what a single environment ends begins anew."""
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(steps):
        shape = (3, 2) if isinstance(env, StableBaselinesVecEnv) else env.action_space.shape
        state, reward, *ends = env.step(rng.uniform(-1.0, 1.0, shape))[:4]
        if isinstance(env, TaskEnv) and any(ends):
            state, _ = env.reset()
        seen.append(np.append(np.ravel(state), reward))
    return np.array(seen)


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("make", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_a_copy_has_the_same_future_of_its_own(make, duplicate):
    # Several episodes, so that noise drawn after the copy counts; the first plays on before the copy does.
    env = make()
    begin(env, 4)
    play(env, 5, seed=0)
    twin = duplicate(env)
    expected = play(env, 60, seed=1)
    np.testing.assert_array_equal(play(twin, 60, seed=1), expected)
    assert (np.ptp(expected, axis=0) > 0.01).sum() >= 3


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("make", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_a_copy_starts_where_the_seed_says(make, duplicate):
    env, twin = make(), duplicate(make())
    starts = [begin(twin, seed) for seed in range(3)]
    np.testing.assert_array_equal(starts, [begin(env, seed) for seed in range(3)])
    assert (starts[0] != starts[1]).any()


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_an_environment_that_drew_a_picture_can_be_copied(duplicate):
    env = ENVIRONMENTS["single"]()
    begin(env, 0)
    picture = np.array(env.render())
    twin = duplicate(env)
    np.testing.assert_array_equal(twin.render(), picture)
    play(twin, 3, seed=0)
    assert (np.array(twin.render()) != picture).any()
    np.testing.assert_array_equal(env.render(), picture)
