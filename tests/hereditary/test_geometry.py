"""Discovery on real transitions: the answer is right, and it moves with the world."""

import re
from dataclasses import replace

import numpy as np
import pytest
from exploring import explore
from hypothesis import given, settings
from hypothesis import strategies as st

from hgmrl_lite import envs, lie
from hgmrl_lite.actions import LinearAction
from hgmrl_lite.envs import bent_valley, circle_tasks, sample_transitions, training_tasks
from hgmrl_lite.envs.car import Car
from hgmrl_lite.hereditary import discover_geometry, intertwiner, invariant_form
from hgmrl_lite.hereditary.generators import action_generators
from hgmrl_lite.hereditary.group import compact_group
from hgmrl_lite.hereditary.left_actions import find_left_actions
from hgmrl_lite.hereditary.system import CompactSymmetries
from hgmrl_lite.hereditary.task_data import TaskData
from hgmrl_lite.transitions import Transitions

J = np.array([[0.0, -1.0], [1.0, 0.0]])
ABOUT_Z = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


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
    # A rotation by θ has a logarithm of norm √2 |θ|; they lie on one line.
    angles = (true_angles(goals, base) + np.pi) % (2 * np.pi) - np.pi
    longest, *rest = geometry.spectrum
    assert longest == pytest.approx(np.sqrt(2.0) * np.linalg.norm(angles), rel=0.01)
    np.testing.assert_allclose(rest, 0.0, atol=1e-9)


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
    [
        (rotation(1.1), J),
        (np.diag([1.0, -1.0]), -J),
        (2.0 * rotation(-2.0), J),
        (np.diag([1.0, 3.0]), np.array([[0.0, -1.0 / 3.0], [3.0, 0.0]])),
    ],
    ids=["turned", "reflected", "turned and scaled", "in unlike units"],
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
        (
            lambda tasks: [replace(task, actions=np.zeros_like(task.actions)) for task in tasks],
            "tasks must hold actions that spread in every direction",
        ),
    ],
    ids=["empty", "one", "too few transitions", "other dimension", "actions without effect"],
)
def test_bad_task_lists(tasks, make, message):
    with pytest.raises(ValueError, match=message):
        discover_geometry(make(tasks))


def constant(task, reward=-3.0):
    return replace(task, rewards=np.full(len(task), reward))


def with_constant(task):
    ones = np.ones((len(task), 1))
    return replace(
        task, states=np.hstack([task.states, ones]), next_states=np.hstack([task.next_states, ones])
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda tasks: [tasks[0], constant(tasks[1])], "rewards that differ.*those of task 1 are all -3"),
        (lambda tasks: [constant(tasks[0]), tasks[1]], "rewards that differ.*those of task 0 are all -3"),
        (lambda tasks: [with_constant(task) for task in tasks], "a constant coordinate 2: leave it out"),
        (lambda tasks: [task[np.zeros(400, dtype=int)] for task in tasks], "got 1 different ones in task 0"),
        (
            lambda tasks: [task[np.arange(400) % 20] for task in tasks],
            "more than 30 transitions each.*got 20 different ones in task 0",
        ),
    ],
    ids=[
        "constant task",
        "constant base task",
        "constant coordinate",
        "one transition",
        "twenty transitions",
    ],
)
def test_what_shows_nothing_is_named(tasks, make, message):
    with pytest.raises(ValueError, match=message):
        discover_geometry(make(tasks))


@pytest.mark.parametrize("rows", [np.arange(400) % 40, np.r_[np.arange(40), np.arange(39, -1, -1)]])
def test_few_transitions_many_times_do_not_decide(tasks, rows):
    assert discover_geometry([task[rows] for task in tasks]).verdict == "undecided"


def test_a_reward_seen_once_leaves_everything_undecided(tasks):
    rewards = np.zeros(len(tasks[1]))
    rewards[7] = 1.0
    geometry = discover_geometry([tasks[0], replace(tasks[1], rewards=rewards)])
    assert geometry.verdict == "undecided"
    assert "related: undecided, " in repr(geometry)
    assert "task 1" in geometry.doubts[0]


@pytest.mark.parametrize("units", [(1e-3, 1e-3), (1e-9, 1e-9), (1e9, 1e9), (1.0, 1e3), (1e-8, 1.0)])
def test_units_do_not_matter(tasks, goals, units):
    geometry = discover_geometry([moved(task, np.diag(units), np.eye(2)) for task in tasks])
    assert geometry.verdict == "yes"
    for left, angle in zip(geometry.left_actions, true_angles(goals, 0), strict=True):
        np.testing.assert_allclose(left / np.divide.outer(units, units), rotation(angle), atol=2e-3)
    np.testing.assert_allclose(geometry.centres / units, goals, atol=0.01)


@pytest.mark.parametrize("units", [(1e-9, 1e-9), (1.0, 1e-3)])
def test_units_do_not_matter_to_the_search(units):
    maps = [np.eye(2), rotation(1.2)]
    geometry = discover_geometry([moved(task, np.diag(units), np.eye(2)) for task in valleys(maps)])
    assert geometry.verdict == "yes"
    np.testing.assert_allclose(geometry.left_actions[1] / np.divide.outer(units, units), maps[1], atol=0.03)


def test_small_steps_show_how_actions_move_the_states(tasks, goals):
    small = []
    for task, goal in zip(tasks, goals, strict=True):
        clipped = task.actions / np.maximum(1.0, np.linalg.norm(task.actions, axis=1))[:, None]
        next_states = task.states + 0.003 * clipped
        rewards = -np.linalg.norm(next_states - goal, axis=1)
        small.append(Transitions(task.states, task.actions, rewards, next_states))
    geometry = discover_geometry(small)
    assert geometry.verdict == "yes"
    np.testing.assert_allclose(geometry.generators_actions[0], J, atol=0.01)


def test_states_away_from_the_origin_are_told_so(tasks):
    away = np.array([1e4, -1e4])
    seen = [replace(task, states=task.states + away, next_states=task.next_states + away) for task in tasks]
    geometry = discover_geometry(seen)
    assert "Linear maps fix the origin" in geometry.report["start law"].text
    back = discover_geometry(seen, chart=lambda states: states - away)
    assert back.verdict == "yes"


def test_a_base_goal_near_the_origin_leaves_the_rotation_free_in_any_units():
    tasks = [explore(goal, 2000, seed=k) for k, goal in enumerate([(0, 0), (1, 0)])]
    assert discover_geometry([moved(task, 1e3 * np.eye(2), np.eye(2)) for task in tasks]).freedom == 1


def pushed(number=6000):
    """A mass that is pushed: positions and velocities, and rewards of the position alone."""
    rng = np.random.default_rng(3)
    states = rng.normal(size=(number, 4)) * [0.5, 0.5, 0.1, 0.1]
    actions = rng.normal(size=(number, 2))
    clipped = actions / np.maximum(1.0, np.linalg.norm(actions, axis=1))[:, None]
    velocity = 0.95 * states[:, 2:] + 0.05 * clipped
    next_states = np.c_[states[:, :2] + velocity, velocity] + 0.01 * rng.normal(size=states.shape)
    return [
        Transitions(states, actions, -np.linalg.norm(next_states[:, :2] - goal, axis=1), next_states)
        for goal in ([1.0, 0.0], [0.0, 1.0], [-0.6, 0.8])
    ]


@pytest.fixture(scope="module")
def mass():
    return discover_geometry(pushed())


def test_a_mass_is_turned(mass):
    angles = (0.0, 0.5 * np.pi, np.arctan2(0.8, -0.6))
    for left, angle in zip(mass.left_actions, angles, strict=True):
        np.testing.assert_allclose(left, np.kron(np.eye(2), rotation(angle)), atol=0.05)
    for right, angle in zip(mass.element(mass.thetas)[1], angles, strict=True):
        np.testing.assert_allclose(right, rotation(angle), atol=0.05)
    assert mass.verdict == "yes"
    assert mass.report.verdict == "yes"
    assert mass.dimension == 1
    truths = np.array([np.kron(np.eye(2), rotation(angle)) for angle in angles])
    # Rewards do not see velocities: how these turn rests on the law of motion, so that the bounds are wide.
    away = np.linalg.norm(mass.left_actions @ truths.swapaxes(1, 2) - np.eye(4), axis=(1, 2)) / np.sqrt(2.0)
    assert (np.degrees(away) <= mass.bounds_deg + 1e-9).all()
    assert (mass.bounds_deg < 3.0).all()


@pytest.mark.parametrize(
    ("rotations", "doubted"),
    [(lie.so(3).basis, False), (lie.so(3).basis[:0], True), (lie.so(3).basis[:1], True)],
    ids=["known", "not known", "another group"],
)
def test_what_rewards_do_not_show_is_a_doubt_where_no_group_of_the_system_tells_it(rotations, doubted):
    # The rewards do not see the third coordinate: a quarter turn about it relates these.
    family = TaskData(
        [
            sample_transitions(
                lambda points, goal=goal: -np.linalg.norm(points[:, :2] - goal, axis=1), 1500, seed=k, n=3
            )
            for k, goal in enumerate(([1.0, 0.0], [0.0, 1.0]))
        ]
    )
    states = np.zeros((len(rotations), 4, 4))
    states[:, :3, :3] = rotations
    family.compact = CompactSymmetries(states, rotations, np.eye(3))
    found = find_left_actions(family)
    assert any("do not change along some direction" in doubt for doubt in found.doubts) == doubted
    if not doubted:
        np.testing.assert_allclose(found.left_actions[1], lie.exp(0.5 * np.pi * ABOUT_Z), atol=0.05)


class SlippingCar(Car):
    """Drives farther where the first coordinate is larger."""

    def mean_next_state(self, states, actions):
        moved = super().mean_next_state(states, actions)
        moved[..., :2] += (moved - states)[..., :2] * 0.6 * np.sin(2.0 * states[..., :1])
        return moved


def test_where_the_floor_bends_nothing_is_inherited():
    family = replace(envs.car(), system=SlippingCar())
    tasks = [family.explore(task, 5000, seed=100 + index) for index, task in enumerate(family.train)]
    geometry = discover_geometry(tasks)
    assert geometry.system.broken
    assert geometry.report["inherited"].verdict == "no"
    # Heading in all directions, a car has no mean response; its partner comes from the law of motion.
    assert geometry.data.response is None
    assert np.isfinite(geometry.action_maps).all()


def test_an_arm_is_found_on_the_set_where_its_states_live():
    family = envs.arm()
    tasks = [family.explore(task, 4000, seed=index) for index, task in enumerate(family.train)]
    geometry = discover_geometry(tasks)
    base = np.kron(np.diag([1.0, 0.0, 1.0]), J)[None]
    assert np.degrees(lie.principal_angles(geometry.generators_states, base)).max() < 0.1
    np.testing.assert_allclose(geometry.action_maps, np.tile(np.eye(2), (4, 1, 1)), atol=0.02)
    assert geometry.verdict == "yes"


def test_few_transitions_of_an_arm_leave_its_actions_open():
    family = envs.arm()
    tasks = [family.explore(task, 1000, seed=20 + index) for index, task in enumerate(family.train[:2])]
    geometry = discover_geometry(tasks)
    assert geometry.data.response is None
    assert geometry.report["inherited"].verdict == "undecided"
    assert "K cannot be determined" in geometry.report["inherited"].text
    np.testing.assert_array_equal(geometry.action_maps, np.tile(np.eye(2), (2, 1, 1)))


def test_two_turns_are_a_torus():
    tasks, truths = [], []
    for k, angles in enumerate([(0.0, 0.0), (1.0, 2.0), (-1.5, 0.7), (2.2, -1.1)]):
        rng = np.random.default_rng(50 + k)
        states, actions = rng.normal(size=(2, 3000, 4))
        pairs = actions.reshape(-1, 2, 2)
        clipped = (pairs / np.maximum(1.0, np.linalg.norm(pairs, axis=-1))[..., None]).reshape(-1, 4)
        seen = states + 0.1 * clipped + 0.01 * rng.normal(size=states.shape)
        truth = np.kron(np.diag([1.0, 0.0]), rotation(angles[0])) + np.kron(
            np.diag([0.0, 1.0]), rotation(angles[1])
        )
        away = (seen - truth @ [1.0, 0.0, 0.0, 1.0]).reshape(-1, 2, 2)
        rewards = -np.linalg.norm(away, axis=-1) @ [1.0, 1.5]
        tasks.append(Transitions(states, actions, rewards, seen))
        truths.append(truth)
    geometry = discover_geometry(tasks)
    assert geometry.dimension == 2
    bracket = lie.bracket(*geometry.generators_states)
    np.testing.assert_allclose(bracket, 0.0, atol=1e-3)
    torus = np.array([np.kron(np.diag(row), J) for row in np.eye(2)])
    assert np.degrees(lie.principal_angles(geometry.generators_states, torus)).max() < 3.0
    np.testing.assert_allclose(geometry.left_actions, truths, atol=0.05)
    np.testing.assert_allclose(geometry.element(geometry.thetas)[1], truths, atol=0.05)
    assert geometry.verdict == "yes"


def test_a_generator_that_does_not_turn_has_no_speed():
    raw = np.array([np.diag([1.0, -1.0]), [[1.0, -0.2], [0.2, 1.0]]])
    found = action_generators(raw, np.eye(2), np.array([np.kron(np.diag(row), J) for row in np.eye(2)]))
    np.testing.assert_allclose(found, [np.zeros((2, 2)), [[0.0, -0.2], [0.2, 0.0]]], atol=1e-12)


def test_generators_on_actions_have_the_brackets_of_those_on_states():
    rng = np.random.default_rng(3)
    torus = np.array([np.kron(np.diag(row), J) for row in np.eye(2)])
    for basis in (lie.so(3).basis, torus):
        estimated = basis + 0.03 * rng.normal(size=basis.shape)
        found = action_generators(estimated, np.eye(basis.shape[-1]), basis)
        flat = basis.reshape(len(basis), -1)
        constants = np.linalg.lstsq(flat.T, lie.bracket(basis[0], basis[1]).ravel())[0]
        expected = np.tensordot(constants, found, axes=1)
        np.testing.assert_allclose(lie.bracket(found[0], found[1]), expected, atol=1e-9)
        assert np.abs(found - basis).max() < 0.1
        group = compact_group(basis, found)
        assert group.dimension == len(basis)


def test_base_index_out_of_range(tasks):
    with pytest.raises(ValueError, match="base_index must name one of the 4 tasks, got 4"):
        discover_geometry(tasks, base_index=4)


def test_a_task_about_the_origin_cannot_be_the_base():
    goals = np.array([[0.0, 0.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="centre is not the origin"):
        intertwiner(generator_about(goals[0]), generator_about(goals[1]))


def test_a_chart_must_return_states(tasks):
    with pytest.raises(ValueError, match=r"chart must map points \(2000, 2\) to as many, got \(2000, 1\)"):
        discover_geometry(tasks, chart=lambda points: points[:, :1])


def test_the_same_task_twice_has_the_identity_between(goals):
    geometry = discover_geometry([explore(goals[0], 2000, seed=seed) for seed in (0, 1)])
    np.testing.assert_allclose(geometry.left_actions[1], np.eye(2), atol=1e-3)
    assert geometry.dimension == 0
    assert geometry.verdict == "yes"


def test_a_base_goal_at_the_origin_leaves_the_rotation_free():
    geometry = discover_geometry([explore(goal, 2000, seed=k) for k, goal in enumerate([(0, 0), (1, 0)])])
    assert geometry.freedom == 1
    np.testing.assert_array_equal(geometry.left_actions[1], np.eye(2))
    assert geometry.verdict == "no"
    assert "leaves 1 dimension open" in geometry.report["compact"].text


@pytest.mark.parametrize(
    ("number", "noise", "law"),
    [(600, 0.0, None), (400, 0.0144, "normal"), (400, 0.0144, "t"), (400, 0.0144, "rounded")],
)
def test_bounds_hold_the_errors(goals, number, noise, law):
    ratios, angles = [], []
    for seed in range(6):
        tasks = [noisy(explore(goal, number, seed=10 * seed + k), noise, law) for k, goal in enumerate(goals)]
        geometry = discover_geometry(tasks)
        stated = np.isfinite(geometry.bounds_deg[1:]) & (not geometry.doubts)
        errors = [
            angle_error_deg(left, rotation(angle))
            for left, angle in zip(geometry.left_actions, true_angles(goals, 0), strict=True)
        ]
        ratios += list((np.array(errors)[1:] / geometry.bounds_deg[1:])[stated])
        if stated.all():
            (found,) = geometry.generators_states
            away = np.degrees(np.arccos(min(np.vdot(found, J) / np.linalg.norm(found) / np.sqrt(2.0), 1.0)))
            angles.append(away / geometry.generators_bound_deg)
    assert len(ratios) >= 9
    # 95 % bounds: of so few, at most two may miss, and none by much.
    assert np.sum(np.array(ratios) > 1.0) <= 2
    assert max(ratios) < 2.0
    assert max(angles) < 1.5
    # Not so wide that they say nothing: of normal errors the median is a third of such a bound.
    assert np.median(ratios) > (0.1 if noise else 0.0)


def noisy(task, noise, law):
    """Return a task with noise of the given law and size on its rewards."""
    rng = np.random.default_rng(len(task) + int(1e6 * abs(task.rewards[0])))
    added = {
        None: lambda size: np.zeros(size),
        "normal": lambda size: rng.normal(size=size),
        # Of variance 1 and heavy tails.
        "t": lambda size: rng.standard_t(3.0, size=size) / np.sqrt(3.0),
        "rounded": lambda size: (np.round(task.rewards / 0.05) * 0.05 - task.rewards) / 0.0144,
    }[law](len(task))
    return replace(task, rewards=task.rewards + noise * added)


def test_a_base_goal_that_is_poorly_known_is_not_taken_for_the_origin(goals):
    tasks = [explore(goal, 400, seed=k, reward_noise=0.0144) for k, goal in enumerate(goals)]
    assert discover_geometry(tasks).freedom == 0


def test_what_the_data_leave_open_gets_no_number(goals):
    geometry = discover_geometry(
        [explore(goal, 300, seed=k, reward_noise=0.2) for k, goal in enumerate(goals)]
    )
    assert geometry.verdict != "yes"
    assert np.isnan(geometry.bounds_deg[1:]).any() or geometry.doubts


def test_reward_noise_is_averaged_by_matching_rewards(goals):
    tasks = [explore(goal, 5000, seed=k, reward_noise=0.05) for k, goal in enumerate(goals)]
    geometry = discover_geometry(tasks)
    assert geometry.verdict == "yes"
    for left, angle in zip(geometry.left_actions, true_angles(goals, 0), strict=True):
        assert angle_error_deg(left, rotation(angle)) < 1.0


def valleys(maps, number=3000, seed=0, **options):
    return [
        sample_transitions(
            LinearAction(matrix).on_function(bent_valley), number, seed=100 * seed + k, **options
        )
        for k, matrix in enumerate(maps)
    ]


@pytest.mark.parametrize("mirror", [1.0, -1.0], ids=["rotations", "reflections"])
def test_tasks_without_own_symmetry_are_found_by_search(mirror):
    maps = [np.eye(2)] + [rotation(angle) @ np.diag([1.0, mirror]) for angle in (2.5, -1.0)]
    geometry = discover_geometry(valleys(maps))
    np.testing.assert_allclose(geometry.left_actions, maps, atol=0.03)
    np.testing.assert_allclose(geometry.action_maps, maps, atol=0.05)
    np.testing.assert_allclose(geometry.raw_left_actions, maps, atol=0.1)
    assert geometry.freedom == 0
    assert geometry.dimension == (1 if mirror > 0 else 0)
    assert np.isnan(geometry.thetas[1:]).all() == (mirror < 0)


def test_the_searched_answer_moves_with_the_world():
    maps, hidden = [np.eye(2), rotation(1.2)], rotation(0.7)
    plain = valleys(maps)
    seen = discover_geometry([moved(task, hidden, hidden) for task in plain])
    expected = hidden @ discover_geometry(plain).left_actions[1] @ hidden.T
    assert angle_error_deg(seen.left_actions[1], expected) < 0.5


def test_round_goals_in_space_leave_one_rotation_free_and_close_under_the_bracket():
    goals = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.6, 0.8]])
    tasks = [
        sample_transitions(
            lambda points, goal=goal: -np.linalg.norm(points - goal, axis=-1), 3000, seed=k, n=3
        )
        for k, goal in enumerate(goals)
    ]
    geometry = discover_geometry(tasks)
    assert geometry.freedom == 1
    np.testing.assert_allclose(geometry.left_actions @ goals[0], goals, atol=0.03)
    # The smallest rotation from one goal to the other, a quarter turn in both cases.
    turns = np.trace(geometry.left_actions[1:], axis1=1, axis2=2)
    np.testing.assert_allclose(turns, 1.0, atol=0.05)
    assert geometry.dimension == 3
    assert "their brackets add 1" in geometry.report["closed"].text
    text = repr(geometry)
    assert text.startswith("HereditaryGeometry(\n  dimension: 3\n")
    assert re.search(
        r"tasks, from task 0 \(95 %\): 0\.0°, (89|90|91)\.\d° ± 0\.\d+°, (89|90|91)\.\d° ±", text
    )
    assert "freedom: 1: the smallest logarithm was taken" in text


def test_print_tells_the_story(tasks):
    geometry = discover_geometry(tasks)
    text = repr(geometry)
    assert re.search(r"tasks, from task 0 \(95 %\): 0\.00°, -153\.00° ± 0\.\d+°, 128\.\d+° ±", text)
    assert re.search(r"generators known to within: 0\.\d+° \(95 %\)\n", text)
    assert re.search(r"generator 1: \[\[.*-(1\.|0\.99\d+) *\]", text)
    assert "largest residual: " in text
    assert "<table>" in geometry._repr_html_()


@pytest.mark.parametrize("seed", [0, 6])
def test_generators_are_stated_no_surer_than_the_inner_product(seed):
    goals = np.concatenate([training_tasks()[:1], circle_tasks(3, seed=seed)])
    tasks = [
        explore(goal, 400, seed=1000 * seed + index, reward_noise=0.05) for index, goal in enumerate(goals)
    ]
    geometry = discover_geometry(tasks)
    (generator,) = geometry.generators_states
    sine = np.linalg.norm(generator - np.vdot(generator, J) / 2.0 * J) / np.linalg.norm(generator)
    bound = geometry.generators_bound_deg
    assert np.isnan(bound) or np.degrees(np.arcsin(sine)) < bound


def test_nearly_linear_rewards_do_not_make_a_family_unrelated():
    # Task 2's goal is far from most of its data: a second field passes as its symmetry.
    goals = np.concatenate([training_tasks()[:1], circle_tasks(3, seed=4)])
    tasks = [explore(goal, 400, seed=4000 + index, reward_noise=0.0144) for index, goal in enumerate(goals)]
    geometry = discover_geometry(tasks)
    assert geometry.verdict != "no"
    for index, goal in enumerate(goals):
        angles = np.arctan2(goal[1], goal[0]) - np.arctan2(goals[0, 1], goals[0, 0])
        assert angle_error_deg(geometry.left_actions[index], rotation(angles)) < 5.0
