"""Symmetries of the system from transitions with raw actions: the dimensions of the theory, and laws."""

import re
from dataclasses import replace

import numpy as np
import pytest
from exploring import explore

from hgmrl_lite.envs import Navigation, bent_valley, sample_transitions, training_tasks
from hgmrl_lite.hereditary import system_symmetries
from hgmrl_lite.hereditary.frame import Frame, kept_form
from hgmrl_lite.hereditary.generators import mean_response
from hgmrl_lite.hereditary.motion import LawOfMotion
from hgmrl_lite.lie import principal_angles, rotations_about
from hgmrl_lite.transitions import Transitions


def sampled(seed=0, number=20000, **options):
    reward = options.pop("reward", bent_valley)
    return [sample_transitions(reward, number, seed=seed, **options)]


def still(points):
    return np.zeros(len(points))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("options", "dimension", "compact"),
    [
        ({"action_set": None}, 6, 1),
        ({"action_set": "disc"}, 3, 1),
        ({"action_set": "box"}, 2, 0),
        ({"action_set": "disc", "wind": (0.05, 0.0)}, 2, 0),
        ({"action_set": "disc", "n": 3, "reward": still}, 6, 3),
        ({"action_set": "box", "n": 3, "reward": still}, 3, 0),
    ],
    ids=["unclipped", "disc", "box", "wind", "ball", "cube"],
)
def test_dimensions(options, dimension, compact, seed):
    found = system_symmetries(sampled(seed, **options))
    assert (found.verdict, found.dimension, found.compact.dimension) == ("yes", dimension, compact)


def test_disc_symmetries_are_the_rotation_about_the_starts_with_its_partner():
    found = system_symmetries(sampled())
    (states,), (actions,) = found.compact.generators_states, found.compact.generators_actions
    assert np.degrees(principal_angles(states[None], rotations_about([0.0, 0.0]).basis)[0]) < 3.0
    np.testing.assert_allclose(actions / states[1, 0], [[0, -1], [1, 0]], atol=0.1)
    np.testing.assert_allclose(found.compact.inner_product, np.eye(2), atol=0.05)


@pytest.mark.parametrize("squares", [(1.0, 4.0), (0.1, 0.3, 0.2), (20.0, 30.0, 50.0)])
def test_the_kept_inner_product_is_the_multiple_of_the_ellipsoids_that_is_nearest_to_the_unit_one(squares):
    n = len(squares)
    turned = np.linalg.qr(np.random.default_rng(n).normal(size=(n, n)))[0]
    form = turned @ np.diag(squares) @ turned.T
    nearest = np.trace(form) / np.square(form).sum() * form
    np.testing.assert_allclose(kept_form(Frame.of(form).turns), nearest, atol=1e-9)


@pytest.mark.parametrize("generators", [np.diag([1.0, -1.0])[None], np.array([[[0.0, 1.0], [0.0, 0.0]]])])
def test_without_an_inner_product_to_keep_the_unit_one_stands_in(generators):
    np.testing.assert_array_equal(kept_form(generators), np.eye(2))


def test_the_fitted_law_predicts_the_motion_and_says_what_it_needs():
    tasks = sampled(action_set=None, noise=0.0)
    law = LawOfMotion.fit(tasks)
    (task,) = tasks
    change = law(task.states, task.actions)
    np.testing.assert_allclose(change, task.next_states - task.states, atol=1e-10)
    np.testing.assert_allclose(mean_response(tasks).matrix, 0.1 * np.eye(2), atol=1e-10)
    with pytest.raises(ValueError, match=r"^states must have shape"):
        law(task.states[:, :1], task.actions)
    with pytest.raises(ValueError, match=r"^actions must have shape"):
        law(task.states, task.actions[:-1])


@pytest.mark.parametrize("seed", [1515, 1818])
def test_a_few_extreme_actions_do_not_decide_the_defect(seed):
    tasks = sampled(seed)
    rotation = rotations_about([0.0, 0.0]).basis[0]
    found = system_symmetries(tasks)
    defect = found.defect(rotation)[1]
    assert abs(defect.square) < 4.0 * defect.error < 0.01
    # A hundred actions far out, each with a motion that no law explains.
    (task,) = tasks
    rows = np.argsort(np.linalg.norm(task.actions, axis=1))[-100:]
    next_states = task.next_states.copy()
    next_states[rows, 0] += 1.0
    wild = system_symmetries([Transitions(task.states, task.actions, task.rewards, next_states)])
    assert (wild.dimension, wild.compact.dimension) == (found.dimension, found.compact.dimension)
    assert wild.defect(rotation)[1].square < defect.square + 0.01


def test_symmetries_move_with_the_axes():
    task = sampled()[0]
    stretch = np.array([[1.5, 0.4], [0.0, 0.8]])
    inverse = np.linalg.inv(stretch)
    seen = Transitions(task.states @ stretch.T, task.actions, task.rewards, task.next_states @ stretch.T)
    plain, moved = system_symmetries([task]), system_symmetries([seen])
    np.testing.assert_allclose(moved.spectrum, plain.spectrum, atol=0.15)
    assert moved.dimension == plain.dimension
    form = inverse.T @ plain.compact.inner_product @ inverse
    np.testing.assert_allclose(
        moved.compact.inner_product, form / np.sqrt(np.linalg.det(form)), rtol=0.1, atol=0.05
    )


def test_scaling_is_a_symmetry_only_of_actions_that_met_no_bound():
    inside = [explore(goal, 5000, seed=k, action_set="box") for k, goal in enumerate(training_tasks())]
    assert system_symmetries(inside).unbounded_actions
    assert not system_symmetries(sampled(action_set="box")).unbounded_actions
    assert not system_symmetries(sampled(action_set="disc")).unbounded_actions
    (task,) = sampled(action_set="disc")
    far = Transitions(task.states + 100.0, task.actions, task.rewards, task.next_states + 100.0)
    assert not system_symmetries([far]).unbounded_actions


def test_defect_finds_the_partner_and_grows_with_the_wind():
    generator = np.zeros((3, 3))
    generator[0, 1], generator[1, 0] = -1.0, 1.0
    squares = []
    for wind in (0.0, 0.03, 0.06):
        actions, defect = system_symmetries(sampled(wind=(wind, 0.0))).defect(generator)
        np.testing.assert_allclose(actions, generator[:2, :2], atol=0.1)
        assert defect.error > 0.0
        squares.append(defect.square)
    assert squares[0] < 0.01 < squares[1] < squares[2]


def test_law_of_motion_predicts_the_clipped_motion():
    law = LawOfMotion.fit(sampled())
    assert max(map(sum, law.exponents)) > 1
    rng = np.random.default_rng(1)
    states, actions = rng.normal(size=(500, 2)), rng.normal(size=(500, 2))
    expected = Navigation().mean_next_state(states, actions) - states
    # The bend at the disc's rim is rounded off by a polynomial of degree five.
    assert np.sqrt(np.mean(np.square(law(states, actions) - expected))) < 0.015


def test_clipping_takes_some_of_the_response_and_no_direction_is_preferred():
    response = mean_response(sampled()).matrix
    gain = np.trace(response) / 2.0
    assert 0.05 < gain < 0.09
    np.testing.assert_allclose(response, gain * np.eye(2), atol=0.003)


def test_affine_motion_needs_no_more():
    tasks = sampled(action_set=None)
    assert max(map(sum, LawOfMotion.fit(tasks).exponents)) == 1
    np.testing.assert_allclose(mean_response(tasks).matrix, 0.1 * np.eye(2), atol=0.003)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda task: [], "tasks must hold at least one batch"),
        (lambda task: [task[slice(0, 50)]], "tasks must hold at least 100 transitions in all"),
        (
            lambda task: [
                Transitions(task.states, task.actions[:, :1], task.rewards, task.next_states),
                task,
            ],
            r"one state and one action dimension, got \(n, m\) in \[\(2, 1\), \(2, 2\)\]",
        ),
        (
            lambda task: [Transitions(task.states, 0 * task.actions, task.rewards, task.next_states)],
            "tasks must hold actions that spread in every direction",
        ),
        (
            lambda task: [
                Transitions(
                    task.states[[0] * 300], task.actions[:300], task.rewards[:300], task.next_states[:300]
                )
            ],
            "tasks must hold states that spread in every direction",
        ),
    ],
    ids=["none", "too few", "dimensions", "no actions", "one state"],
)
def test_bad_input(make, message):
    task = sampled(number=1000)[0]
    with pytest.raises(ValueError, match=message):
        system_symmetries(make(task))


def clipped(actions):
    return actions / np.maximum(1.0, np.linalg.norm(actions, axis=1))[:, None]


def moving(step, seed=0, number=5000, n=2, m=2, noise=0.0):
    """One batch of transitions: ``step`` is a function of states and raw actions, or a constant."""
    rng = np.random.default_rng(seed)
    states, actions = rng.normal(size=(number, n)), rng.normal(size=(number, m))
    change = step(states, actions) if callable(step) else step
    next_states = states + change + noise * rng.normal(size=states.shape)
    return [Transitions(states, actions, states[:, 0], next_states)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "options",
    [
        {"step": 0.0},
        {"step": 0.0, "noise": 0.1},
        {"step": 0.0, "noise": 0.1, "n": 3},
        {"step": np.array([0.05, 0.0])},
        {"step": np.array([0.05, 0.0]), "noise": 0.1},
        {"step": lambda s, a: 0.1 * clipped(a), "noise": 10.0},
    ],
    ids=["still", "noise", "noise in space", "wind", "wind and noise", "strong noise"],
)
def test_without_a_visible_effect_of_the_actions_no_partner_is_known(options, seed):
    found = system_symmetries(moving(seed=seed, **options))
    assert (found.verdict, found.dimension, found.known) == ("undecided", 0, False)
    assert found.reason.startswith("K cannot be determined: the actions are not seen to move the states")
    assert np.isnan(found.spectrum).all()
    assert not found.unbounded_actions
    assert np.isfinite(found.compact.inner_product).all()
    assert "undecided, K cannot be determined" in repr(found)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(
    ("step", "silent"),
    [
        (lambda s, a: np.c_[0.1 * np.clip(a[:, 0], -1.0, 1.0), np.zeros(len(a))], [0.0, 1.0]),
        (lambda s, a: 0.1 * np.outer(np.clip(a.sum(axis=1), -1.0, 1.0), [1.0, 2.0]), [0.5**0.5, -(0.5**0.5)]),
    ],
    ids=["one coordinate moves", "one sum of the actions counts"],
)
def test_a_direction_of_the_actions_that_moves_nothing_is_named(step, silent, noise):
    found = system_symmetries(moving(step, noise=noise))
    assert (found.verdict, found.known) == ("undecided", False)
    named = re.search(r"actions along \[ *(\S+) +(\S+?) *\] are not seen", found.reason)
    assert abs(np.array([float(named[1]), float(named[2])]) @ silent) > 0.98


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_coordinate_that_stands_still_is_no_fault(noise):
    # T = (x + 0.1 clip(a), y): two shifts, and whatever maps y to both coordinates; K = 0.
    def step(states, actions):
        return np.c_[0.1 * np.clip(actions[:, 0], -1.0, 1.0), np.zeros(len(actions))]

    found = system_symmetries(moving(step, m=1, noise=noise))
    assert (found.verdict, found.dimension) == ("yes", 4)
    np.testing.assert_allclose(found.generators_actions, 0.0, atol=0.05)
    np.testing.assert_allclose(found.generators_states[:, :2, 0], 0.0, atol=0.05)


@pytest.mark.parametrize("number", [100, 101])
def test_as_many_transitions_as_are_asked_for_suffice(number):
    assert len(LawOfMotion.fit(moving(lambda s, a: 0.1 * a, number=number)).exponents) == 5


def test_actions_that_are_mostly_zero_show_the_law():
    rng = np.random.default_rng(0)
    states, actions = rng.normal(size=(3000, 2)), rng.choice([-1.0, 0.0, 1.0], (3000, 2), p=[0.05, 0.9, 0.05])
    law = LawOfMotion.fit([Transitions(states, actions, states[:, 0], states + 0.1 * actions)])
    np.testing.assert_allclose(law(states, actions), 0.1 * actions, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_a_gain_that_depends_on_the_state_is_seen_in_few_transitions(seed):
    def step(states, actions):
        return 0.1 * np.clip(actions, -1.0, 1.0) * (1.0 + 0.5 * np.tanh(states[:, :1]))

    shift = np.zeros((3, 3))
    shift[0, 2] = 1.0
    found = system_symmetries(moving(step, seed=seed, noise=0.05))
    assert found.defect(shift)[1].square > 0.15**2
    assert found.defect(shift[[1, 0, 2]])[1].square < 0.1**2


@pytest.mark.parametrize("scale", [1.0, 0.03, 1e-5])
@pytest.mark.parametrize("units", [(1.0, 1.0), (1.0, 1e3), (1e-8, 1.0), (1e5, 1e5)])
def test_neither_steps_nor_units_nor_the_origin_matter(scale, units):
    (plain,) = moving(lambda s, a: 0.1 * scale * clipped(a), noise=0.02 * scale, number=8000)
    seen = Transitions(*((part + shift) * units if part.ndim == 2 and shift else part for part, shift in (
        (plain.states, 1e3), (plain.actions, 0.0), (plain.rewards, 0.0), (plain.next_states, 1e3)
    )))  # fmt: skip
    found = system_symmetries([seen])
    assert (found.verdict, found.dimension, found.compact.dimension) == ("yes", 3, 1)
    form = found.compact.inner_product * np.outer(units, units)
    np.testing.assert_allclose(form / np.sqrt(np.linalg.det(form)), np.eye(2), atol=0.15)


def test_strong_noise_is_not_taken_for_symmetry():
    for seed in range(4):
        found = system_symmetries(moving(lambda s, a: 0.1 * clipped(a), seed=seed, noise=0.3))
        assert found.verdict == "undecided"


def on_circles(seed, circles=1, gap=0.0, noise=0.0, number=20000):
    """Angles that a clipped action turns, seen as cosine and sine."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0.5 * gap - np.pi, np.pi - 0.5 * gap, (number, circles))
    actions = rng.normal(size=(number, circles))
    moved = angles + 0.1 * np.clip(actions, -1.0, 1.0) + noise * rng.normal(size=angles.shape)
    states, next_states = (
        np.stack([np.cos(part), np.sin(part)], axis=-1).reshape(number, -1) for part in (angles, moved)
    )
    return [Transitions(states, actions, states[:, 0], next_states)]


@pytest.mark.parametrize("seed", range(20))
def test_an_angle_as_cosine_and_sine_turns(seed):
    found = system_symmetries(on_circles(seed))
    assert (found.verdict, found.dimension, found.compact.dimension) == ("yes", 1, 1)
    assert np.degrees(principal_angles(found.generators_states, rotations_about([0.0, 0.0]).basis)[0]) < 1.0
    np.testing.assert_allclose(found.generators_actions, 0.0, atol=0.02)
    # Off the circle there is no state: a scaling is no symmetry.
    scaling = np.diag([1.0, 1.0, 0.0])
    assert found.defect(scaling)[1].square > 0.5
    assert not found.unbounded_actions


@pytest.mark.parametrize(
    ("options", "dimension"),
    [
        ({"gap": 1.0}, 1),
        ({"gap": 3.0}, 1),
        ({"noise": 0.05}, 1),
        ({"circles": 2}, 2),
        ({"circles": 2, "gap": 1.0}, 2),
    ],
    ids=["gap", "half", "noise", "two", "two with gaps"],
)
def test_circles_with_gaps_and_two_of_them(options, dimension):
    for seed in range(3 if dimension == 1 else 1):
        found = system_symmetries(on_circles(seed, **options))
        assert (found.verdict, found.dimension) == ("yes", dimension)
        blocks = found.generators_states[:, :-1, :-1]
        np.testing.assert_allclose(blocks, -blocks.swapaxes(-1, -2), atol=0.02 * np.abs(blocks).max())


def double_integrator(seed=3, number=6000):
    """A mass that is pushed: positions and velocities, three goals for the position."""
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(number, 4)) * [0.5, 0.5, 0.1, 0.1]
    actions = rng.normal(size=(number, 2))
    velocity = 0.95 * states[:, 2:] + 0.05 * clipped(actions)
    next_states = np.c_[states[:, :2] + velocity, velocity] + 0.01 * rng.normal(size=states.shape)
    return [
        Transitions(states, actions, -np.linalg.norm(next_states[:, :2] - goal, axis=1), next_states)
        for goal in ([1.0, 0.0], [0.0, 1.0], [-0.6, 0.8])
    ]


def test_a_double_integrator_turns():
    found = system_symmetries(double_integrator())
    assert (found.verdict, found.dimension, found.compact.dimension) == ("yes", 3, 1)


def test_starts_in_one_point_keep_the_inner_product_of_the_states():
    (task,) = sampled()
    found = replace(system_symmetries([task]), starts=np.zeros((5, 2)))
    assert np.isfinite(found.compact.inner_product).all()
    assert np.linalg.eigvalsh(found.compact.inner_product)[0] > 0.5


def pulled(centre, seed):
    """A point that is drawn to the origin, with episodes of 20 steps that all start at one place."""
    rng = np.random.default_rng(seed)
    batches, states = [], np.tile(centre, (300, 1))
    for _ in range(20):
        actions = rng.normal(size=states.shape)
        moved = 0.9 * states + 0.1 * clipped(actions) + 0.05 * rng.normal(size=states.shape)
        batches.append((states, actions, moved))
        states = moved
    states, actions, moved = (np.stack(parts, axis=1).reshape(-1, 2) for parts in zip(*batches, strict=True))
    return [Transitions(states, actions, states[:, 0], moved)]


@pytest.mark.parametrize("seed", range(6))
def test_a_centre_known_roughly_does_not_break_the_law_of_starts_in_one_point(seed):
    found = system_symmetries(pulled([0.0, 0.0], seed))
    assert (found.compact.dimension, found.broken) == (1, False)
    assert found.certain


@pytest.mark.parametrize("seed", range(3))
def test_starts_in_one_point_beside_the_centre_are_not_kept(seed):
    found = system_symmetries(pulled([0.7, 0.0], seed))
    assert (found.compact.dimension, found.broken) == (0, True)


def test_print():
    found = system_symmetries(sampled())
    assert "3, of which 1 keep the law of the starts" in repr(found)
    assert "<table>" in found._repr_html_()
