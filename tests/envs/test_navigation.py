"""Navigation: its symmetries, and its goals in the plane."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgmrl_lite.envs import (
    TRAINING_ANGLES_DEG,
    Navigation,
    circle_tasks,
    goals_at,
    navigation,
    project_action,
    training_tasks,
)

coordinates = st.floats(-2.0, 2.0)
points = st.tuples(coordinates, coordinates).map(np.array)
angles = st.floats(-np.pi, np.pi)


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@given(points, points.map(lambda point: 2.0 * point), angles)
def test_disc_navigation_commutes_with_rotations(state, action, angle):
    turn, system = rotation(angle), Navigation()
    np.testing.assert_allclose(
        system.mean_next_state(turn @ state, turn @ action),
        turn @ system.mean_next_state(state, action),
        atol=1e-12,
    )


@given(points, points, st.integers(0, 3))
def test_box_navigation_commutes_with_quarter_turns(state, action, quarters):
    turn, system = np.rint(rotation(quarters * np.pi / 2)), Navigation("box")
    np.testing.assert_array_equal(
        system.mean_next_state(turn @ state, turn @ action), turn @ system.mean_next_state(state, action)
    )


@pytest.mark.parametrize("angle", [0.3, np.pi / 4, 2.0])
def test_box_navigation_does_not_commute_with_other_rotations(angle):
    turn, system = rotation(angle), Navigation("box")
    actions = np.random.default_rng(0).uniform(-1.0, 1.0, (200, 2))
    turned = system.mean_next_state(np.zeros(2), actions @ turn.T)
    assert np.abs(turned - system.mean_next_state(np.zeros(2), actions) @ turn.T).max() > 0.01


def test_the_family_is_made_of_what_is_given():
    family = navigation(train=[[1.0, 0.0], [0.0, 2.0]], base_index=-1, wind=(0.1, 0.0), reward_noise=0.2)
    np.testing.assert_array_equal(family.base_task, [0.0, 2.0])
    np.testing.assert_array_equal(family.test, circle_tasks(20))
    assert (family.base_index, family.reward_noise, family.system) == (1, 0.2, Navigation(wind=(0.1, 0.0)))
    np.testing.assert_array_equal(navigation().train, training_tasks())
    with pytest.raises(TypeError, match="gravity"):
        navigation(gravity=9.8)


def polar(goals):
    return np.linalg.norm(goals, axis=-1), np.arctan2(goals[..., 1], goals[..., 0])


@given(st.integers(1, 40), st.floats(0.1, 5.0), st.floats(-3.0, 3.0))
def test_evenly_spaced(n, radius, phase):
    goals = circle_tasks(n, radius=radius, phase=phase)
    assert goals.shape == (n, 2)
    radii, angles = polar(goals)
    np.testing.assert_allclose(radii, radius, rtol=1e-12)
    np.testing.assert_allclose(np.exp(1j * angles[0]), np.exp(1j * phase), atol=1e-9)
    np.testing.assert_allclose(np.exp(1j * np.diff(angles)), np.exp(2j * np.pi / n), atol=1e-9)


def test_from_a_seed():
    goals = circle_tasks(4000, seed=3, radius=2.0)
    np.testing.assert_array_equal(goals, circle_tasks(4000, seed=3, radius=2.0))
    assert (goals[:5] != circle_tasks(5, seed=4, radius=2.0)).any()
    radii, angles = polar(goals)
    np.testing.assert_allclose(radii, 2.0)
    # Uniform: Kolmogorov and Smirnov's distance, whose 99.9 % point is 1.95 / √N.
    ranks = np.sort((angles + np.pi) / (2 * np.pi))
    assert np.abs(ranks - np.arange(4000) / 4000).max() < 1.95 / 4000**0.5


def test_training_tasks_have_their_angles_and_the_base_comes_first():
    radii, angles = polar(training_tasks())
    np.testing.assert_allclose(radii, 1.0)
    np.testing.assert_allclose(np.rad2deg(angles), TRAINING_ANGLES_DEG)
    assert TRAINING_ANGLES_DEG[0] == 135.0


def test_goals_at_takes_any_batch():
    assert goals_at(np.zeros((3, 1, 2))).shape == (3, 1, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"n": 2.0}, "n must be a whole number"),
        ({"n": 3, "seed": -2}, "seed must be a whole number of at least 0, got -2"),
        ({"n": 3, "radius": 0.0}, "radius must be above 0 and at most 5, got 0.0"),
        ({"n": 3, "radius": 6.0}, "radius must be above 0 and at most 5, got 6.0"),
        ({"n": 3, "radius": np.nan}, "radius must be finite"),
        ({"n": 3, "phase": np.inf}, "phase must be finite"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        circle_tasks(**arguments)


def test_what_is_malformed_is_named():
    with pytest.raises(ValueError, match=r"^angles must"):
        goals_at(np.nan)
    with pytest.raises(ValueError, match=r"^actions must"):
        project_action("north", "disc")
    with pytest.raises(ValueError, match=r"^states must"):
        Navigation().mean_next_state("here", [0.0, 0.0])
    with pytest.raises(ValueError, match=r"^observations must"):
        navigation().reference([1.0, 0.0])("here")
    with pytest.raises(ValueError, match=r"^seed must"):
        navigation().vector_env([1.0, 0.0], 2).reset(seed=[0, -1])
