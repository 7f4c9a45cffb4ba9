"""Tasks that are carried by the system's own group, and where that group is."""

import numpy as np
import pytest

from hgmrl_lite import lie
from hgmrl_lite.hereditary import discover_geometry
from hgmrl_lite.hereditary.conjugation import Matched, Together, everything, moved_together
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.matching import RewardMatching
from hgmrl_lite.hereditary.reward_model import RewardModel
from hgmrl_lite.hereditary.system_search import carried_by_system
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.transitions import Transitions

SPACE = lie.so(3).basis
GOALS = np.array([[1.0, 0.0, 0.0], [0.0, 0.6, 0.8], [-0.48, 0.6, 0.64]])


def space(number, goals=GOALS):
    """Return transitions of a point in space that is moved in a ball, for goals on the unit sphere."""
    tasks = []
    for k, goal in enumerate(goals):
        rng = np.random.default_rng(70 + k)
        states, actions = rng.normal(size=(2, number, 3))
        clipped = actions / np.maximum(1.0, np.linalg.norm(actions, axis=1))[:, None]
        seen = states + 0.3 * clipped + 0.01 * rng.normal(size=states.shape)
        tasks.append(Transitions(states, actions, -np.linalg.norm(seen - goal, axis=1), seen))
    return tasks


def matched(group, model, tasks):
    """Return what is matched of all tasks but the first."""
    return tuple(
        Matched(
            RewardMatching(everything(group), model, task.next_states, task.rewards), task.next_states, 50.0
        )
        for task in tasks[1:]
    )


@pytest.fixture(scope="module")
def together():
    """Residuals of two tasks under a group that is a little off."""
    tasks = space(400)
    model = RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    change = lie.exp(0.05 * np.array([[0.3, 1.0, -0.4], [0.2, -0.5, 0.6], [0.1, 0.7, 0.2]]))
    group = compact_group(SPACE).conjugated(change)
    elements = group.exp(np.array([[0.4, -0.3, 0.9], [1.1, 0.2, -0.5]]))
    law = np.random.default_rng(0).normal(size=(3, 5, 9))
    return Together(group, matched(group, model, tasks), law, elements)


def test_the_slopes_are_the_derivatives(together):
    rng = np.random.default_rng(1)
    start = np.concatenate([np.eye(3)[None], together.elements])[None]
    state = together.move(start, 0.05 * rng.normal(size=(1, together.dimension)))
    rest, slopes = together.linearise(state)
    assert slopes.shape == (1, rest.shape[1], together.dimension) == (1, rest.shape[1], 9 + 2 * 3)
    step = 1e-6
    for place, axis in enumerate(np.eye(together.dimension)):
        ahead, behind = (
            together.linearise(together.move(state, sign * step * axis[None]))[0] for sign in (1, -1)
        )
        # The logarithm of the change of frame is only followed to first order.
        np.testing.assert_allclose(
            slopes[0, 9:, place], (ahead - behind)[0, 9:] / (2 * step), rtol=1e-3, atol=1e-3
        )


def test_a_step_stays_in_a_conjugate_group(together):
    start = np.concatenate([np.eye(3)[None], together.elements])[None]
    step = 0.1 * np.random.default_rng(2).normal(size=(1, together.dimension))
    change, *elements = together.move(start, step)[0]
    conjugate = together.group.conjugated(change)
    for element in elements:
        inside = conjugate.frame.inside(element)
        np.testing.assert_allclose(inside @ inside.T, np.eye(3), atol=1e-9)


def test_a_group_that_is_off_is_moved_to_where_the_rewards_have_it(together):
    # Nothing is known of the law: what the rewards of two tasks tell is where their goals are carried.
    tasks = space(3000)
    model = RewardModel.fit(tasks[0].next_states, tasks[0].rewards)
    group = together.group
    elements = np.array([lie.polar_factor(_smallest(GOALS[0], goal), group.frame.form) for goal in GOALS[1:]])
    change, law = np.eye(3), (np.zeros((3, 1, 9)), np.zeros((3, 2, 1)))
    for _ in range(2):
        moved = moved_together(group, change, elements, matched(group, model, tasks), law)
        change, elements = moved.change, moved.elements
    np.testing.assert_allclose(elements @ GOALS[0], GOALS[1:], atol=2e-3)
    inside = group.conjugated(change).frame.inside(elements)
    np.testing.assert_allclose(inside @ inside.swapaxes(1, 2), np.tile(np.eye(3), (2, 1, 1)), atol=1e-8)
    assert (np.linalg.eigvalsh(moved.spreads).min(axis=1) > -1e-12).all()
    # What neither law nor rewards tell is known as well as beforehand.
    assert 0.02 < np.sqrt(np.linalg.eigvalsh(moved.moves).max()) <= 0.0501


def _smallest(start, end):
    """Return the smallest rotation of one unit vector to another."""
    axis = np.cross(start, end)
    angle = np.arctan2(np.linalg.norm(axis), start @ end)
    return lie.so3_exp(angle * axis / np.linalg.norm(axis))


@pytest.mark.parametrize("relabelled", [False, True], ids=["same rewards", "relabelled"])
def test_goals_on_a_sphere_are_carried_by_rotations(relabelled):
    tasks = space(4000)
    if relabelled:
        tasks[2] = Transitions(
            tasks[2].states, tasks[2].actions, np.exp(tasks[2].rewards), tasks[2].next_states
        )
    data = TaskData(tasks)
    found = carried_by_system(data)
    assert found.group.dimension == 3
    assert len(found.free) == 1
    units = data.scale[:, None] / data.scale
    for index, goal in enumerate(GOALS[1:], start=1):
        bound = 0.02 if relabelled else 2e-3
        np.testing.assert_allclose((found.elements[index] * units) @ GOALS[0], goal, atol=bound)
        assert 0.0 < found.error(index) < 0.05


def test_a_task_that_no_element_explains_is_left_out():
    tasks = space(3000)
    seen = tasks[1].next_states
    tasks[1] = Transitions(tasks[1].states, tasks[1].actions, -np.abs(seen @ [1.0, 2.0, -1.0] - 1.0), seen)
    found = carried_by_system(TaskData(tasks))
    assert list(found.elements) == [2]


def test_two_points_in_two_planes_have_a_torus_and_no_more():
    # The rewards alone do not tell the torus from all rotations of R⁴: the system does.
    angles = np.array([[0.0, 0.0], [1.0, 2.0], [-1.5, 0.7], [2.2, -1.1]])
    goals = np.stack([np.cos(angles), np.sin(angles)], axis=-1).reshape(4, 4)
    tasks = []
    for k, goal in enumerate(goals):
        rng = np.random.default_rng(30 + k)
        states, actions = rng.normal(size=(2, 4000, 4))
        pairs = actions.reshape(-1, 2, 2)
        clipped = (pairs / np.maximum(1.0, np.linalg.norm(pairs, axis=-1))[..., None]).reshape(-1, 4)
        seen = states + 0.1 * clipped + 0.03 * rng.normal(size=states.shape)
        tasks.append(Transitions(states, actions, -np.linalg.norm(seen - goal, axis=1), seen))
    geometry = discover_geometry(tasks)
    assert geometry.dimension == 2
    np.testing.assert_allclose(lie.bracket(*geometry.generators_states), 0.0, atol=1e-6)
    np.testing.assert_allclose(geometry.left_actions @ goals[0], goals, atol=0.01)
    planes = np.array([np.kron(np.diag(row), lie.J) for row in np.eye(2)])
    assert np.degrees(lie.principal_angles(geometry.generators_states, planes)).max() < 4.0


def test_a_car_turns_with_its_heading_and_the_bounds_hold():
    # The state is a place and (cos, sin) of a heading: rewards see the place, the law of motion the rest.
    angles = np.array([0.0, 1.0, 2.4, -1.7])
    tasks = []
    for k, angle in enumerate(angles):
        rng = np.random.default_rng(40 + k)
        places, actions = rng.normal(size=(2, 3000, 2))
        heading = rng.uniform(-np.pi, np.pi, 3000)
        along = np.c_[np.cos(heading), np.sin(heading)]
        seen = places + 0.1 * actions[:, :1] * along + 0.02 * rng.normal(size=places.shape)
        after = heading + 0.4 * actions[:, 1]
        states = np.hstack([places, along])
        next_states = np.c_[seen, np.cos(after), np.sin(after)]
        goal = 1.5 * np.array([np.cos(angle), np.sin(angle)])
        tasks.append(Transitions(states, actions, -np.linalg.norm(seen - goal, axis=1), next_states))
    geometry = discover_geometry(tasks)
    assert geometry.dimension == 1
    truths = np.array([np.kron(np.eye(2), lie.so2_exp(angle)) for angle in angles])
    away = np.degrees(np.linalg.norm(geometry.left_actions - truths, axis=(1, 2)) / np.sqrt(2.0))
    assert away.max() < 0.2
    assert (away[1:] <= 1.5 * geometry.bounds_deg[1:]).all()
    # Turning the world leaves speed and steering as they are.
    np.testing.assert_allclose(geometry.action_maps, np.tile(np.eye(2), (4, 1, 1)), atol=0.02)
    truth = np.kron(np.eye(2), lie.J)[None]
    found = np.degrees(lie.principal_angles(geometry.generators_states, truth)).max()
    assert found <= 1.5 * geometry.generators_bound_deg < 1.0


def test_opposite_tasks_are_not_carried_along_an_estimated_stabiliser():
    # Of the half turns that carry a goal to the opposite one none is nearer to the identity.
    goals = GOALS[[0, 0]] * [[1.0], [-1.0]]
    found = discover_geometry(space(2000, goals))
    assert found.method == "system"
    away = np.degrees(np.linalg.norm(found.left_actions[1] @ goals[0] - goals[1]))
    assert away < max(found.bounds_deg[1], 0.1) < 1.0
