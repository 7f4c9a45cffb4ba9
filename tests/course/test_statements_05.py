"""What lesson 05 states in words, in numbers."""

import numpy as np
import pytest

from hgmrl_lite import actions, envs, lie
from hgmrl_lite.course.lesson_05 import symmetry_gap

RNG = np.random.default_rng(5)
STATES, MOVES = 0.8 * RNG.normal(size=(2, 3000, 2))
MIRROR = np.diag([1.0, -1.0])


def gaps(action_set, degrees, first):
    """Return the gap of `first` followed by turns."""
    step = envs.Navigation(action_set).mean_next_state
    maps = lie.so2_exp(np.radians(degrees)) @ first
    return np.array([symmetry_gap(step, L, L, STATES, MOVES) for L in maps])


@pytest.mark.parametrize("first", [np.eye(2), MIRROR], ids=["turns", "mirrors"])
def test_the_box_allows_four_turns_and_four_mirrors_the_disc_all(first):
    degrees = np.arange(0, 360, 15)
    allowed = degrees % 90 == 0
    box = gaps("box", degrees, first)
    assert box[allowed].max() < 1e-12
    assert box[~allowed].min() > 0.01
    assert gaps("disc", degrees, first).max() < 1e-12


def test_a_shift_is_a_matrix_in_a_chart_that_does_not_reach_the_origin():
    b = np.array([0.7, -0.4])
    action = actions.ChartedAction(np.exp, np.log, np.diag(np.exp(b)))
    np.testing.assert_allclose(action(STATES), STATES + b, atol=1e-12)
    assert np.exp(STATES).min() > 0.0


def test_the_twist_has_the_derivative_of_the_identity_and_a_period_of_its_own_on_every_circle():
    def twist(p, t):
        return (lie.so2_exp(t * np.square(p).sum(axis=-1)) @ np.asarray(p)[..., None])[..., 0]

    for t in (0.5, 5.0, -40.0):
        np.testing.assert_allclose(actions.numerical_jacobian(lambda p, t=t: twist(p, t), np.zeros(2), 1e-4),
                                   np.eye(2), atol=1e-5)  # fmt: skip
    for radius in (0.5, 1.0, 2.0):
        p, back = np.array([radius, 0.0]), 2.0 * np.pi / radius**2
        np.testing.assert_allclose(twist(p, back), p, atol=1e-12)
        assert np.abs(twist(p, 0.4 * back) - p).max() > radius


def test_bounded_actions_bound_the_matrices_that_keep_them():
    # A slanted box: its symmetries are no rotations, and at most its diameter over its inner radius long.
    side = np.array([[1.0, 0.8], [0.0, 0.3]])
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) @ side.T
    diameter = np.linalg.norm(corners[:, None] - corners, axis=-1).max()
    # The distance of the sides from the middle: rows of the inverse are the normals of the sides.
    inner = (1.0 / np.linalg.norm(np.linalg.inv(side), axis=1)).min()
    for quarter in range(4):
        for first in (np.eye(2), MIRROR):
            K = side @ np.round(lie.so2_exp(quarter * np.pi / 2)) @ first @ np.linalg.inv(side)
            moved = corners @ K.T
            assert np.linalg.norm(moved[:, None] - corners, axis=-1).min(axis=1).max() < 1e-12
            assert np.linalg.norm(K, 2) <= diameter / inner + 1e-12


def test_the_smallest_rotation_to_a_goal_on_the_sphere_jumps_at_the_antipode():
    def smallest(goal):
        axis = np.cross([0.0, 0.0, 1.0], goal)
        return lie.so3_exp(np.arccos(goal[2]) * axis / np.linalg.norm(axis))

    for away in (1e-2, 1e-4):
        near = [np.array([np.sin(away) * x, np.sin(away) * y, -np.cos(away)]) for x, y in ((1, 0), (0, 1))]
        assert np.linalg.norm(near[0] - near[1]) < 2.0 * away
        assert np.abs(smallest(near[0]) - smallest(near[1])).max() > 1.9
