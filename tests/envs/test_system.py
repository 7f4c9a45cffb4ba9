"""Systems: admissible actions in any dimension, and settings that are out of range."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgmrl_lite.envs import Navigation, System, project_action

coordinates = st.floats(-6.0, 6.0)
points = st.tuples(coordinates, coordinates).map(np.array)


@given(points, st.sampled_from(["disc", "box"]))
def test_projection_is_the_nearest_admissible_action(action, action_set):
    projected = project_action(action, action_set)
    grid = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, 41)] * 2), axis=-1).reshape(-1, 2)
    if action_set == "disc":
        grid = grid[np.linalg.norm(grid, axis=1) <= 1.0]
        assert np.linalg.norm(projected) <= 1.0 + 1e-12
    else:
        assert np.abs(projected).max() <= 1.0
    nearest = np.linalg.norm(grid - action, axis=1).min()
    assert np.linalg.norm(projected - action) <= nearest + 1e-12


def test_projection_takes_any_batch_and_dimension():
    actions = np.random.default_rng(0).normal(size=(3, 1, 5, 4))
    projected = project_action(actions)
    norms = np.linalg.norm(actions, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(projected, axis=-1), np.minimum(norms, 1.0), rtol=1e-12)
    np.testing.assert_array_equal(projected[norms <= 1.0], actions[norms <= 1.0])


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e150, 1e154, 1e200, 1e308])
def test_an_action_of_any_size_keeps_its_direction(size):
    batch = np.array([[3.0, -4.0], [0.3, 0.4], [size, -size], [0.0, size], [1e-200, size]])
    projected = project_action(batch)
    assert np.array_equal(projected[:2], project_action(batch[:2]))
    radius = min(size * np.sqrt(2.0), 1.0) if size < 1.0 else 1.0
    assert np.allclose(projected[2], radius * np.array([1.0, -1.0]) / np.sqrt(2.0), rtol=1e-15)
    assert np.allclose(projected[3:, 1], min(size, 1.0), rtol=1e-15)
    assert np.array_equal(project_action(batch, "box"), np.clip(batch, -1.0, 1.0))


@pytest.mark.parametrize("action_set", ["disc", "box", None])
def test_a_projection_is_new_and_of_the_set_that_is_named(action_set):
    actions = np.array([[0.2, -0.3], [3.0, 4.0]])
    projected = Navigation(action_set).project(actions)
    expected = {"disc": [0.6, 0.8], "box": [1.0, 1.0], None: [3.0, 4.0]}[action_set]
    np.testing.assert_allclose(projected, [[0.2, -0.3], expected], rtol=1e-15)
    projected[:] = 7.0
    np.testing.assert_array_equal(actions, [[0.2, -0.3], [3.0, 4.0]])


def test_a_figure_says_what_the_system_is():
    assert Navigation().describe() == "disc actions, motion noise 0.05"
    assert Navigation("box", wind=(0.02, 0.0)).describe() == "box actions, motion noise 0.05, wind (0.02, 0)"
    assert Navigation(None, noise=0.0).describe() == "actions without bound, motion noise 0"


def test_equal_settings_are_one_system_and_each_counts():
    system = Navigation()
    assert system == Navigation(wind=[0, 0])
    for change in (
        {"action_set": None},
        {"noise": 0.1},
        {"start_std": 0.1},
        {"max_steps": 9},
        {"wind": (0.1, 0)},
    ):
        assert replace(system, **change) != system


def test_a_system_says_at_least_its_name_dimensions_and_law():
    with pytest.raises(TypeError, match="abstract"):
        System()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"action_set": "ball"}, r"action_set must be one of .*disc.*box.* or None, got 'ball'"),
        ({"noise": -0.1}, "noise must be a standard deviation of at least 0, got -0.1"),
        ({"noise": np.nan}, "noise must be finite"),
        ({"start_std": np.inf}, "start_std must be finite"),
        ({"start_std": -1.0}, "start_std must be a standard deviation of at least 0, got -1"),
        ({"max_steps": -1}, "max_steps must be a whole number of at least 1, got -1"),
        ({"max_steps": 2.5}, "max_steps must be a whole number"),
    ],
)
def test_bad_settings(arguments, message):
    with pytest.raises(ValueError, match=message):
        Navigation(**arguments)
