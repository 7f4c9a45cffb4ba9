"""The figures of lesson 01 show what their arguments say."""

import numpy as np
import pytest

from hgmrl_lite import actions, lie, plots

TURN = actions.LinearAction(lie.so2_exp(1.2))
SHEAR = actions.LinearAction([[1.0, 0.8], [0.0, 1.0]])


def bump(points):
    """Return a hill with its top at (1, 0)."""
    return np.exp(-np.square(points - [1.0, 0.0]).sum(axis=-1))


def line(axes, label):
    return next(line.get_xydata() for line in axes.lines if line.get_label() == label)


def test_the_two_orders_are_the_two_products():
    first, second = plots.composed_both_ways(TURN, SHEAR, ("turn", "shear")).axes
    letter = line(first, "F")
    np.testing.assert_allclose(line(first, "then shear"), (SHEAR @ TURN)(letter))
    np.testing.assert_allclose(line(second, "then turn"), (TURN @ SHEAR)(letter))
    for axes in (first, second):
        for drawn in axes.lines:
            (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
            x, y = drawn.get_xydata().T
            assert left <= x.min()
            assert right >= x.max()
            assert low <= y.min()
            assert high >= y.max()


def test_the_marks_are_the_point_and_its_image():
    figure = plots.moved_functions(bump, TURN, [1.0, 0.0])
    assert len(figure.axes) == 3
    for axes in figure.axes:
        np.testing.assert_allclose(line(axes, "c"), [[1.0, 0.0]])
        np.testing.assert_allclose(line(axes, "g·c"), [TURN([1.0, 0.0])])


def test_curves_against_the_angle():
    degrees = [0, 90, 180]
    figure = plots.symmetry_by_angle(
        degrees, {"share": {"disc": [0, 0, 0], "box": [0, 1, 0]}, "regret": {"box": [1, 2, 3]}}
    )
    left, right = figure.axes
    np.testing.assert_array_equal(line(left, "box"), [[0, 0], [90, 1], [180, 0]])
    np.testing.assert_array_equal(line(right, "box")[:, 1], [1, 2, 3])
    with pytest.raises(ValueError, match=r"quantities\['share'\]\['disc'\] must have shape"):
        plots.symmetry_by_angle(degrees, {"share": {"disc": [0, 0]}})


def test_carried_tasks_have_carried_goals():
    elements = [actions.LinearAction(np.eye(2)), TURN]
    figure = plots.carried_tasks(bump, lambda s: -s, [0.0, 1.0], elements, ["base", "turned"])
    for axes, element in zip(figure.axes, elements, strict=True):
        np.testing.assert_allclose(axes.lines[-1].get_xydata(), [element([0.0, 1.0])])
    assert [axes.get_title() for axes in figure.axes] == ["base", "turned"]
