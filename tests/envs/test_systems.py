"""The systems beyond navigation: each is symmetric under the group that it teaches, and can be played."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hgmrl_lite import envs, lie

J = lie.J
TURN = np.kron(np.eye(2), J)
STILL = np.zeros((2, 2))
# Each system with pairs (W_S, W_A) under which it does not change.
SYMMETRIES = {
    "sphere": [(w, w) for w in lie.so(3).basis],
    "ellipse": [(envs.SHAPE @ J @ np.linalg.inv(envs.SHAPE), J)],
    "mass": [(TURN, J)],
    "car": [(TURN, STILL)],
    "arm": [(np.kron(np.diag([1.0, 0.0, 1.0]), J), STILL)],
    "two_turns": [(np.kron(np.diag(row), J),) * 2 for row in np.eye(2)],
}
NAMES = list(SYMMETRIES)


@pytest.fixture(params=NAMES)
def family(request):
    """A family of each system, by the function of its name."""
    return getattr(envs, request.param)()


def name_of(family):
    return next(name for name in NAMES if type(getattr(envs, name)()) is type(family))


def played(family, number=300):
    """Return states and raw actions of a random walk, some of them far outside the admissible set."""
    task = family.explore(family.base_task, number, seed=3, policy="gaussian")
    return task.states, 2.0 * task.actions


def test_the_law_of_motion_commutes_with_its_group(family):
    states, actions = played(family)
    for on_states, on_actions in SYMMETRIES[name_of(family)]:
        left, right = lie.exp(0.7 * on_states), lie.exp(0.7 * on_actions)
        moved = family.system.mean_next_state(states @ left.T, actions @ right.T)
        np.testing.assert_allclose(moved, family.system.mean_next_state(states, actions) @ left.T, atol=1e-12)


def test_the_group_carries_rewards_along(family):
    states, _ = played(family)
    on_states, _ = SYMMETRIES[name_of(family)][-1]
    left = lie.exp(0.7 * on_states)
    task = family.base_task
    # The goal stands where the place of a state would.
    goal = (left @ np.concatenate([np.zeros(len(left) - len(task)), task]))[-len(task) :]
    if family.system.name in ("mass", "car", "arm"):
        goal = left[:2, :2] @ task
    here = family.outcome(states, np.tile(task, (len(states), 1)))
    there = family.outcome(states @ left.T, np.tile(goal, (len(states), 1)))
    np.testing.assert_allclose(there[0], here[0], atol=1e-12)
    np.testing.assert_array_equal(there[1], here[1])


def test_the_law_of_the_start_keeps_the_group(family):
    normals = np.random.default_rng(0).normal(size=(20_000, family.state_dim))
    starts = family.system.start_state(normals)
    for on_states, _ in SYMMETRIES[name_of(family)]:
        moved = starts @ lie.exp(1.1 * on_states).T
        spread = starts.std(axis=0).max()
        assert np.abs(moved.mean(axis=0) - starts.mean(axis=0)).max() < 0.05 * spread
        assert np.abs(np.cov(moved.T) - np.cov(starts.T)).max() < 0.05 * spread**2


def test_noise_stays_on_the_states_own_set(family):
    task = family.explore(family.base_task, 400, seed=5)
    if family.system.name == "car":
        np.testing.assert_allclose(np.linalg.norm(task.next_states[:, 2:], axis=1), 1.0, atol=1e-12)
    moved = task.next_states - family.system.mean_next_state(task.states, task.actions)
    assert 0.3 * family.system.noise < np.abs(moved).max() < 8.0 * family.system.noise


def test_its_environment_is_one_of_gymnasium(family):
    check_env(family.env(family.base_task), skip_render_check=True)


def test_the_reference_reaches_its_goal(family):
    reference = family.reference(family.base_task)
    if reference is None:
        assert family.reference_name == "the policy trained on the task itself"
        return
    played = family.rollout(reference, family.base_task[None], episodes=30)
    assert played.success.mean() == 1.0
    lazy = family.rollout(lambda states: 0.8 * reference(states), family.base_task[None], episodes=30)
    assert played.mean_return[0] > lazy.mean_return[0]


def test_goals_are_drawn_from_a_seed():
    for draw in (envs.sphere_goals, envs.torus_goals):
        np.testing.assert_array_equal(draw(5, seed=2), draw(5, seed=2))
        assert not np.allclose(draw(5, seed=2), draw(5, seed=3))
        with pytest.raises(ValueError, match="n must be"):
            draw(0, seed=1)
    np.testing.assert_allclose(np.linalg.norm(envs.sphere_goals(9, seed=0), axis=1), 1.0)
    np.testing.assert_allclose(np.linalg.norm(envs.torus_goals(9, seed=0).reshape(9, 2, 2), axis=2), 1.0)
