"""Symmetries of the system from transitions with raw actions: the dimensions of the theory, and laws."""

import numpy as np
import pytest

from hgmrl_lite.envs import NavigationDynamics, bent_valley, explore, sample_transitions, training_tasks
from hgmrl_lite.hereditary import system_symmetries
from hgmrl_lite.hereditary.motion import LawOfMotion
from hgmrl_lite.hereditary.system import _kept_form
from hgmrl_lite.hereditary.task_search import skew_basis
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
    assert (found.verdict, found.dimension, found.compact.dimension) == ("symmetric", dimension, compact)


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
    np.testing.assert_allclose(_kept_form(skew_basis(form)), nearest, atol=1e-9)


@pytest.mark.parametrize("generators", [np.diag([1.0, -1.0])[None], np.array([[[0.0, 1.0], [0.0, 0.0]]])])
def test_without_an_inner_product_to_keep_the_unit_one_stands_in(generators):
    np.testing.assert_array_equal(_kept_form(generators), np.eye(2))


def test_the_fitted_law_predicts_the_motion_and_says_what_it_needs():
    tasks = sampled(action_set=None, noise=0.0)
    law = LawOfMotion.fit(tasks)
    (task,) = tasks
    change = law(task.states, task.actions)
    np.testing.assert_allclose(change, task.next_states - task.states, atol=1e-10)
    np.testing.assert_allclose(law.response, 0.1 * np.eye(2), atol=1e-10)
    with pytest.raises(ValueError, match=r"^states must have shape"):
        law(task.states[:, :1], task.actions)
    with pytest.raises(ValueError, match=r"^actions must have shape"):
        law(task.states, task.actions[:-1])


@pytest.mark.parametrize("seed", [1515, 1818])
def test_a_few_extreme_actions_do_not_decide_the_defect(seed):
    tasks = sampled(seed)
    rotation = rotations_about([0.0, 0.0]).basis[0]
    found = system_symmetries(tasks)
    square, error = found.defect(rotation)[1:]
    assert abs(square) < 4.0 * error < 0.01
    # A hundred actions far out, each with a motion that no law explains.
    (task,) = tasks
    rows = np.argsort(np.linalg.norm(task.actions, axis=1))[-100:]
    next_states = task.next_states.copy()
    next_states[rows, 0] += 1.0
    wild = system_symmetries([Transitions(task.states, task.actions, task.rewards, next_states)])
    assert (wild.dimension, wild.compact.dimension) == (found.dimension, found.compact.dimension)
    assert wild.defect(rotation)[1] < square + 0.01


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


def test_defect_finds_the_partner_and_grows_with_the_wind():
    generator = np.zeros((3, 3))
    generator[0, 1], generator[1, 0] = -1.0, 1.0
    squares = []
    for wind in (0.0, 0.03, 0.06):
        actions, square, error = system_symmetries(sampled(wind=(wind, 0.0))).defect(generator)
        np.testing.assert_allclose(actions, generator[:2, :2], atol=0.1)
        assert error > 0.0
        squares.append(square)
    assert squares[0] < 0.01 < squares[1] < squares[2]


def test_law_of_motion_predicts_the_clipped_motion():
    law = LawOfMotion.fit(sampled())
    assert not law.affine
    rng = np.random.default_rng(1)
    states, actions = rng.normal(size=(500, 2)), rng.normal(size=(500, 2))
    expected = NavigationDynamics().mean_next_state(states, actions) - states
    # The bend at the disc's rim is rounded off by a polynomial of degree five.
    assert np.sqrt(np.mean(np.square(law(states, actions) - expected))) < 0.015
    # Clipping takes some of the response, and no direction is preferred.
    gain = np.trace(law.response) / 2.0
    assert 0.05 < gain < 0.09
    np.testing.assert_allclose(law.response, gain * np.eye(2), atol=0.003)


def test_affine_motion_needs_no_more():
    law = LawOfMotion.fit(sampled(action_set=None))
    assert law.affine
    np.testing.assert_allclose(law.response, 0.1 * np.eye(2), atol=0.003)


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


def test_print():
    found = system_symmetries(sampled())
    assert "3, of which 1 keep the law of the starts" in repr(found)
    assert "<table>" in found._repr_html_()
