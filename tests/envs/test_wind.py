"""Wind: one drift in every form of the environment, a reference that makes up for it, a broken symmetry."""

import numpy as np
import pytest

from hgmrl_lite.envs import Navigation, navigation
from hgmrl_lite.lie import so2_exp

WIND = (0.03, -0.02)
GOAL = (0.6, 0.8)


def test_every_form_of_the_environment_drifts_alike():
    windy = navigation(wind=WIND)
    env, many, calm = windy.env(GOAL), windy.vector_env(GOAL, 2), navigation().env(GOAL)
    state, _ = env.reset(seed=5)
    still, _ = calm.reset(seed=5)
    rows, _ = many.reset(seed=5)
    np.testing.assert_array_equal(state, still)
    for step in range(1, 4):
        state, reward, *_ = env.step([0.1, 0.0])
        rows, rewards, *_ = many.step(np.array([[0.1, 0.0]] * 2))
        calm_state, *_ = calm.step([0.1, 0.0])
        np.testing.assert_array_equal(rows[0], state)
        assert rewards[0] == reward
        np.testing.assert_allclose(state - calm_state, step * np.array(WIND), atol=1e-12)
    quiet = navigation(wind=WIND, noise=0.0)
    seen = quiet.explore(GOAL, 30, seed=1)
    mean = quiet.system.mean_next_state(seen.states, seen.actions)
    np.testing.assert_array_equal(seen.next_states, mean)


def test_greedy_reference_makes_up_for_the_wind():
    goal = np.array([[0.6, 0.8]])
    quiet = navigation(noise=0.0, start_std=0.0, wind=WIND)
    reference = quiet.reference(goal[0])
    against = quiet.rollout(reference, goal, episodes=3)
    # Far from the goal the action is cut to its largest size, so that the wind bends the way a little there;
    # within reach of one step the reference lands on the goal itself.
    near = goal[0] + [0.05, -0.02]
    step = quiet.system.mean_next_state(near, reference(near))
    np.testing.assert_allclose(step, goal[0], atol=1e-12)
    blind = quiet.rollout(navigation().reference(goal[0]), goal, episodes=3)
    assert blind.returns.mean() < against.returns.mean()


def test_wind_breaks_the_rotation_symmetry():
    turn = so2_exp(1.0)
    states, actions = np.random.default_rng(0).normal(size=(2, 50, 2))
    for wind, equal in ((WIND, False), ((0.0, 0.0), True)):
        move = Navigation(wind=wind).mean_next_state
        gap = np.abs(move(states @ turn.T, actions @ turn.T) - move(states, actions) @ turn.T).max()
        assert (gap < 1e-12) == equal


@pytest.mark.parametrize("wind", [(0.1,), (np.nan, 0.0), "north", 0.1])
def test_bad_wind(wind):
    with pytest.raises(ValueError, match="wind must"):
        navigation(wind=wind)
