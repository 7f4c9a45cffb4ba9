"""Discovery on real transitions: the answer is right, and it moves with the world."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite.envs import circle_tasks, explore, training_tasks
from hgmrl_lite.hereditary import discover_geometry, intertwiner, invariant_form
from hgmrl_lite.transitions import Transitions

J = np.array([[0.0, -1.0], [1.0, 0.0]])


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def moved(task, on_states, on_actions):
    """The same experience as seen by an observer whose axes are ``on_states`` and ``on_actions``."""
    return Transitions(
        task.states @ on_states.T,
        task.actions @ on_actions.T,
        task.rewards,
        task.next_states @ on_states.T,
        task.terminated,
    )


def angle_error_deg(left, truth):
    relative = left @ truth.T
    return np.degrees(np.abs(np.arctan2(relative[1, 0] - relative[0, 1], np.trace(relative))))


@pytest.fixture(scope="module")
def goals():
    return training_tasks()


@pytest.fixture(scope="module")
def tasks(goals):
    return [explore(goal, 2000, seed=10 + index) for index, goal in enumerate(goals)]


def true_angles(goals, base):
    angles = np.arctan2(goals[:, 1], goals[:, 0])
    return angles - angles[base]


@pytest.mark.parametrize("base", [0, 1, 3])
def test_left_actions_are_the_rotations_between_the_goals(tasks, goals, base):
    geometry = discover_geometry(tasks, base)
    assert geometry.dimension == 1
    for left, angle in zip(geometry.left_actions, true_angles(goals, base), strict=True):
        assert angle_error_deg(left, rotation(angle)) < 0.3
    np.testing.assert_allclose(geometry.generators_states[0], J, atol=0.01)
    np.testing.assert_allclose(geometry.generators_actions[0], J, atol=0.01)
    np.testing.assert_allclose(geometry.centres, goals, atol=0.01)


@settings(max_examples=5, deadline=None)
@given(turn=st.floats(-3.1, 3.1), order=st.permutations(range(4)))
def test_the_answer_moves_with_a_hidden_rotation_and_with_the_labels(tasks, turn, order):
    hidden = rotation(turn)
    plain = discover_geometry(tasks, base_index=2)
    relabelled = [moved(tasks[index], hidden, hidden) for index in order]
    seen = discover_geometry(relabelled, base_index=order.index(2))
    for place, index in enumerate(order):
        expected = hidden @ plain.left_actions[index] @ hidden.T
        assert angle_error_deg(seen.left_actions[place], expected) < 0.05
        np.testing.assert_allclose(seen.centres[place], hidden @ plain.centres[index], atol=2e-3)


@pytest.mark.parametrize(
    ("on_actions", "expected"),
    [(rotation(1.1), J), (np.diag([1.0, -1.0]), -J), (2.0 * rotation(-2.0), J)],
    ids=["turned", "reflected", "turned and scaled"],
)
def test_action_generator_is_read_off_the_motion(tasks, on_actions, expected):
    geometry = discover_geometry([moved(task, np.eye(2), on_actions) for task in tasks])
    np.testing.assert_allclose(geometry.generators_states[0], J, atol=0.01)
    np.testing.assert_allclose(geometry.generators_actions[0], expected, atol=0.02)


def test_a_stretched_world_has_its_own_inner_product(tasks, goals):
    stretch = np.array([[1.5, 0.4], [0.0, 0.8]])
    geometry = discover_geometry([moved(task, stretch, np.eye(2)) for task in tasks])
    expected = np.linalg.inv(stretch @ stretch.T)
    np.testing.assert_allclose(
        geometry.inner_product, expected / np.sqrt(np.linalg.det(expected)), rtol=0.02, atol=0.01
    )
    for left, angle in zip(geometry.left_actions, true_angles(goals, 0), strict=True):
        np.testing.assert_allclose(left, stretch @ rotation(angle) @ np.linalg.inv(stretch), atol=0.02)


def test_half_turn_between_tasks_is_found():
    goals = circle_tasks(2)
    tasks = [explore(goal, 2000, seed=index) for index, goal in enumerate(goals)]
    geometry = discover_geometry(tasks)
    assert abs(abs(geometry.thetas[1, 0]) - np.pi) < np.radians(0.3)
    left, right = geometry.element(geometry.thetas[1])
    np.testing.assert_allclose(left, -np.eye(2), atol=0.01)
    np.testing.assert_allclose(right, -np.eye(2), atol=0.01)


def generator_about(centre, matrix=J):
    result = np.zeros((3, 3))
    result[:2, :2] = matrix
    result[:2, 2] = -matrix @ centre
    return result


@given(first=st.floats(-3.1, 3.1), second=st.floats(-3.1, 3.1), sign=st.sampled_from([1.0, -1.0]))
def test_intertwiner_is_the_rotation_whatever_the_orientation_of_the_generators(first, second, sign):
    base = generator_about(rotation(first) @ [1.0, 0.0])
    other = sign * generator_about(rotation(second) @ [1.0, 0.0])
    left, residual = intertwiner(base, other)
    np.testing.assert_allclose(left, rotation(second - first), atol=1e-9)
    assert residual < 1e-9


def test_smaller_residual_alone_would_take_a_reflection():
    # With exact generators both signs fit perfectly; only the determinant tells them apart.
    base, other = generator_about(np.array([1.0, 0.0])), generator_about(np.array([0.0, 1.0]))
    mirror = np.array([[0.0, 1.0], [1.0, 0.0]])
    lifted = np.eye(3)
    lifted[:2, :2] = mirror
    np.testing.assert_allclose(lifted @ base, -other @ lifted, atol=1e-12)
    left, _ = intertwiner(base, other)
    assert np.linalg.det(left) > 0


def test_invariant_form_is_kept_by_the_group():
    stretch = np.array([[1.5, 0.4], [0.0, 0.8]])
    conjugate = stretch @ J @ np.linalg.inv(stretch)
    form = invariant_form(generator_about(np.zeros(2), conjugate)[None])
    np.testing.assert_allclose(conjugate.T @ form + form @ conjugate, 0.0, atol=1e-12)


def few(task, count):
    return task[slice(0, count)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda tasks: [], "tasks must hold at least two tasks.*got 0"),
        (lambda tasks: tasks[:1], "at least two tasks.*got 1"),
        (lambda tasks: [few(task, 20) for task in tasks], "more than 30 transitions.*got 20"),
        (
            lambda tasks: [
                tasks[0],
                Transitions(
                    np.zeros((40, 3)),
                    np.zeros((40, 2)),
                    np.zeros(40),
                    np.random.default_rng(0).normal(size=(40, 3)),
                ),
            ],
            r"one state and one action dimension, got \(n, m\) in \[\(2, 2\), \(3, 2\)\]",
        ),
        (lambda tasks: [tasks[0], tasks[0]], "tasks must differ"),
    ],
    ids=["empty", "one", "too few transitions", "other dimension", "the same task twice"],
)
def test_bad_task_lists(tasks, make, message):
    with pytest.raises(ValueError, match=message):
        discover_geometry(make(tasks))


def test_base_index_out_of_range(tasks):
    with pytest.raises(ValueError, match="base_index must name one of the 4 tasks, got 4"):
        discover_geometry(tasks, base_index=4)


def test_a_task_about_the_origin_cannot_be_the_base():
    goals = np.array([[0.0, 0.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="centre is not the origin"):
        intertwiner(generator_about(goals[0]), generator_about(goals[1]))


def test_a_task_without_rotation_symmetry_is_refused(tasks):
    saddle = Transitions(
        tasks[0].states, tasks[0].actions, np.prod(tasks[0].next_states, axis=1), tasks[0].next_states
    )
    with pytest.raises(ValueError, match="rotation-like symmetry"):
        discover_geometry([tasks[0], saddle])
