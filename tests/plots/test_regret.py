"""Regret around the circle: where each goal lies, and what going to the wrong one costs."""

import numpy as np
import pytest

from hgmrl_lite import plots
from hgmrl_lite.envs import circle_tasks
from hgmrl_lite.meta import Evaluation
from hgmrl_lite.plots.regret import wrong_goal_regret
from hgmrl_lite.plots.style import LOOKS, look

BASE = np.array([0.0, 2.0])
DISTANCES = np.linspace(0.0, 1.2, 5)


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


def test_both_halves_show_what_was_measured():
    draws = np.arange(15.0).reshape(5, 3)
    figure = plots.evaluations({"a": draws.min(axis=1)}, {"a": draws, "b": np.ones(5)}, DISTANCES)
    left, right = figure.axes
    lines = {line.get_label(): line for line in right.get_lines()}
    np.testing.assert_allclose(lines["a"].get_ydata(), draws.mean(axis=1))
    np.testing.assert_allclose(lines["a"].get_xdata(), np.degrees(DISTANCES))
    np.testing.assert_allclose(left.get_lines()[0].get_ydata(), draws[:, 0])
    # Three draws behind their mean; an agent looks the same on both sides.
    assert len(right.get_lines()) == 3 + 1 + 1 + 1
    assert left.get_lines()[0].get_color() == lines["a"].get_color() != lines["b"].get_color()
    np.testing.assert_allclose(lines["200 sin(δ/2)"].get_ydata()[-1], 200.0 * np.sin(0.6))
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(names) == ["200 sin(δ/2)", "a", "b"]


def test_a_return_has_no_law_of_regret():
    figure = plots.evaluations({"a": np.ones(5)}, {"a": np.ones(5)}, DISTANCES, quantity="return")
    assert [len(axes.get_lines()) for axes in figure.axes] == [1, 1]
    assert figure.axes[0].get_ylabel() == "return"


@pytest.mark.parametrize(
    ("careless", "message"),
    [
        ({}, "careless must hold at least one agent, got none"),
        ({"a": np.ones(4)}, r"careless\['a'\] must have shape \(5,\) or \(5, C\), got \(4,\)"),
        ({"a": [np.nan] * 5}, r"careless\['a'\] must be finite"),
    ],
)
def test_bad_input_is_named(careless, message):
    with pytest.raises(ValueError, match=message):
        plots.evaluations(careless, {"a": np.ones(5)}, DISTANCES)


def test_an_agent_looks_alike_in_every_figure():
    assert look("geometric agent", 3) == look("geometric", 0) == LOOKS["geometric"]
    assert len({look("mine", 0), look("theirs", 1), look("mine", 6)}) == 2
    figure = plots.evaluations({"CCM": [1.0]}, {"geometric": [0.0]}, [0.1])
    (left, *_), (right, *_) = (axes.get_lines() for axes in figure.axes)
    assert (left.get_color(), left.get_marker()) == LOOKS["CCM"]
    assert (right.get_color(), right.get_marker()) == LOOKS["geometric"]
