"""Regret around the circle: where each goal lies, and what going to the wrong one costs."""

import numpy as np
import pytest

from hgmrl_lite import plots
from hgmrl_lite.envs import circle_tasks
from hgmrl_lite.meta import Evaluation
from hgmrl_lite.plots.regret import wrong_goal_regret
from hgmrl_lite.plots.style import look

BASE = np.array([0.0, 2.0])


def result_of(goals, regret):
    return Evaluation(
        np.asarray(goals, dtype=float), np.asarray(regret, dtype=float), np.ones((len(goals), 2), bool)
    )


@pytest.mark.parametrize(
    ("angle", "regret"), [(0.0, 0.0), (np.pi / 3, 100.0), (np.pi, 200.0), (-np.pi, 200.0)]
)
def test_a_wrong_goal_costs_its_chord_each_step(angle, regret):
    assert wrong_goal_regret(angle) == pytest.approx(regret)


def test_each_goal_stands_at_its_angle_from_the_base_goal_with_its_mean_regret():
    goals = [[0.0, 1.0], [1.0, 0.0], [-3.0, 0.0], [0.0, -1.0], [1.0, 1.0]]
    turned = result_of(goals, [[0, 2], [3, 3], [4, 4], [5, 7], [1, 0]])
    (axes,) = plots.regret_around_circle({"geometric agent": turned, "another": turned}, BASE).axes
    law, first, second = axes.lines
    np.testing.assert_allclose(first.get_xdata(), [0.0, 90.0, 90.0, 180.0, 45.0], atol=1e-9)
    np.testing.assert_array_equal(first.get_ydata(), [1.0, 3.0, 4.0, 6.0, 0.5])
    assert [line.get_label() for line in (first, second)] == ["geometric agent", "another"]
    assert (first.get_color(), first.get_marker()) == look("geometric", 5)
    assert (second.get_color(), second.get_marker()) == look("another", 1)
    np.testing.assert_allclose(law.get_ydata(), wrong_goal_regret(np.radians(law.get_xdata())))


@pytest.mark.parametrize(
    ("goals", "base", "message"),
    [
        (circle_tasks(2), [0.0, 0.0], r"base_goal must be a point other than the origin, got \[0.0, 0.0\]"),
        ([[0.0, 0.0], [1.0, 0.0]], BASE, "goals must be one or more points other than the origin"),
        (circle_tasks(2), [1.0, 0.0, 0.0], r"base_goal must have shape \(2\), got \(3,\)"),
    ],
)
def test_the_origin_has_no_angle(goals, base, message):
    with pytest.raises(ValueError, match=message):
        plots.regret_around_circle({"any": result_of(goals, np.zeros((2, 2)))}, base)
