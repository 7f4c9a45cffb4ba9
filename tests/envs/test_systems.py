"""The systems beyond navigation: each is symmetric under the group that it teaches, and can be played."""

from functools import partial

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hgmrl_lite import envs, lie
from hgmrl_lite.actions import Chart

J = lie.J
TURN = np.kron(np.eye(2), J)
STILL = np.zeros((2, 2))
# Each system with pairs (W_S, W_A) under which it does not change; that of a lens behind the lens.
SYMMETRIES = {
    "sphere": [(w, w) for w in lie.so(3).basis],
    "ellipse": [(envs.SHAPE @ J @ np.linalg.inv(envs.SHAPE), J)],
    "mass": [(TURN, J)],
    "car": [(TURN, STILL)],
    "arm": [(np.kron(np.diag([1.0, 0.0, 1.0]), J), STILL)],
    "two_turns": [(np.kron(np.diag(row), J),) * 2 for row in np.eye(2)],
    "lens": [(J, J)],
}
NAMES = list(SYMMETRIES)
FAMILIES = {name: getattr(envs, name) for name in NAMES} | {"fisheye": partial(envs.lens, "fisheye")}
CLEAR = Chart(lambda states: states, lambda states: states)


@pytest.fixture(params=list(FAMILIES))
def family(request):
    """A family of each system, by the function of its name."""
    return FAMILIES[request.param]()


def name_of(family):
    return next(name for name in NAMES if type(getattr(envs, name)()) is type(family))


def behind(family):
    """Return the chart in which the group of a family acts by matrices."""
    return getattr(family.system, "straight", CLEAR)


def played(family, number=300):
    """Return states and raw actions of a random walk, some of them far outside the admissible set."""
    task = family.explore(family.base_task, number, seed=3, policy="gaussian")
    return task.states, 2.0 * task.actions


def test_the_law_of_motion_commutes_with_its_group(family):
    states, actions = played(family)
    chart, law = behind(family), family.system.mean_next_state
    for on_states, on_actions in SYMMETRIES[name_of(family)]:
        left, right = lie.exp(0.7 * on_states), lie.exp(0.7 * on_actions)
        moved = law(chart.back(chart(states) @ left.T), actions @ right.T)
        expected = chart.back(chart(law(states, actions)) @ left.T)
        np.testing.assert_allclose(moved, expected, atol=1e-12)


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
    chart = behind(family)
    there = family.outcome(chart.back(chart(states) @ left.T), np.tile(goal, (len(states), 1)))
    np.testing.assert_allclose(there[0], here[0], atol=1e-12)
    np.testing.assert_array_equal(there[1], here[1])


def test_the_law_of_the_start_keeps_the_group(family):
    normals = np.random.default_rng(0).normal(size=(20_000, family.state_dim))
    starts = behind(family)(family.system.start_state(normals))
    for on_states, _ in SYMMETRIES[name_of(family)]:
        moved = starts @ lie.exp(1.1 * on_states).T
        spread = starts.std(axis=0).max()
        assert np.abs(moved.mean(axis=0) - starts.mean(axis=0)).max() < 0.05 * spread
        assert np.abs(np.cov(moved.T) - np.cov(starts.T)).max() < 0.05 * spread**2


def test_noise_stays_on_the_states_own_set(family):
    task = family.explore(family.base_task, 400, seed=5)
    if family.system.name == "car":
        np.testing.assert_allclose(np.linalg.norm(task.next_states[:, 2:], axis=1), 1.0, atol=1e-12)
    chart = behind(family)
    moved = chart(task.next_states) - chart(family.system.mean_next_state(task.states, task.actions))
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


@pytest.mark.parametrize("kind", ["parabola", "fisheye"])
def test_a_lens_shows_each_place_once(kind):
    straight = envs.lens(kind).system.straight
    places = np.vstack([np.random.default_rng(0).normal(size=(200, 2)), [[0.5, -0.3], [0.0, 0.0]]])
    np.testing.assert_allclose(straight(straight.back(places)), places, atol=1e-12)
    # It is no matrix: what the best affine map leaves.
    shown = straight.back(places)
    left = np.linalg.lstsq(np.column_stack([places, np.ones(len(places))]), shown)[1]
    assert left.sum() > 0.01 * np.square(shown - shown.mean(axis=0)).sum()


@pytest.mark.parametrize("twist", [0.0, 0.5])
def test_a_closed_round_of_commands_leads_back_unless_the_steps_are_twisted(twist):
    system = envs.lens(twist=twist).system
    place = start = np.array([0.3, 0.2])
    for action in np.eye(2).repeat(5, axis=0).tolist() + (-np.eye(2)).repeat(5, axis=0).tolist():
        place = system.mean_next_state(place, action)
    assert (np.linalg.norm(place - start) < 1e-12) == (twist == 0.0)
    assert ("twist" in system.describe()) == (twist != 0.0)


def test_an_unknown_lens_is_refused():
    with pytest.raises(ValueError, match=r"lens must be one of \('parabola', 'fisheye'\), got 'prism'"):
        envs.lens("prism")
