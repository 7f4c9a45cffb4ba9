import numpy as np
import pytest

from hgmrl_lite import lie, plots

GOAL = np.array([0.6, 0.8])
TURN = lie.so2_exp(2.0)
MIRROR = np.diag([1.0, -1.0])


def test_every_map_carries_goal_and_flag():
    figure = plots.maps_between_tasks(GOAL, [TURN, MIRROR], ["a turn", "a mirror"])
    assert [axes.get_title() for axes in figure.axes] == ["base task", "a turn", "a mirror"]
    base = figure.axes[0].patches[0].get_xy()
    for axes, matrix in zip(figure.axes, (np.eye(2), TURN, MIRROR), strict=True):
        goals = [line.get_xydata()[0] for line in axes.lines if len(line.get_xydata()) == 1]
        np.testing.assert_allclose(goals[0], matrix @ GOAL, atol=1e-12)
        np.testing.assert_allclose(axes.patches[0].get_xy(), base @ matrix.T, atol=1e-12)


def test_every_map_has_a_name():
    with pytest.raises(ValueError, match="names must hold one title a matrix, 2, got 1"):
        plots.maps_between_tasks(GOAL, [TURN, MIRROR], ["a turn"])


def test_the_dashed_lines_are_half_a_turn_from_the_truth():
    figure = plots.found_against_true([10.0, -100.0], {"lines": [10.0, 80.0], "arrows": [10.0, -100.0]})
    assert [axes.get_title() for axes in figure.axes] == ["lines", "arrows"]
    for axes, found in zip(figure.axes, ([10.0, 80.0], [10.0, -100.0]), strict=True):
        right, *opposite, points = (line.get_xydata() for line in axes.lines)
        np.testing.assert_array_equal(right[:, 0], right[:, 1])
        assert len(opposite) == 2
        for line in opposite:
            np.testing.assert_array_equal(np.abs(line[:, 0] - line[:, 1]), 180.0)
            assert np.abs(line).max() <= 180.0
        np.testing.assert_array_equal(points[:, 1], found)


def test_found_turns_need_one_answer_a_task():
    with pytest.raises(ValueError, match=r"found\['lines'\] must have shape"):
        plots.found_against_true([10.0, -100.0], {"lines": [10.0]})
