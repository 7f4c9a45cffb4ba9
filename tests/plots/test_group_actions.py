"""The figures of groups at work show what their arguments say, and refuse what they cannot show."""

import numpy as np
import pytest
from scipy.linalg import expm

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


def bend(p):
    """Return the chart's coordinates."""
    return np.stack([p[..., 0], p[..., 1] - 0.4 * p[..., 0] ** 2], axis=-1)


def unbend(q):
    """Return the states."""
    return np.stack([q[..., 0], q[..., 1] + 0.4 * q[..., 0] ** 2], axis=-1)


def test_each_generator_has_a_panel_with_its_numbers_and_type():
    figure = plots.planar_flows({"turn": lie.J, "stay": np.zeros((2, 2)), "node": [[1, 0], [0, 0.3]]})
    assert [axes.get_title() for axes in figure.axes] == ["turn", "stay", "node"]
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "tr 0, det 1\nelliptic",
        "tr 0, det 0\nzero",
        "tr 1.3, det 0.3\nhyperbolic",
    ]


def test_polygons_have_their_steps_and_their_errors():
    generator, start = np.array([[0.2, -1.0], [1.0, 0.0]]), np.array([1.0, 0.5])
    left, right = plots.euler_polygons(generator, start, 2.0, [4, 40]).axes
    end = expm(2.0 * generator) @ start
    lines = {line.get_label(): line.get_xydata() for line in left.lines}
    np.testing.assert_allclose(lines["exp(tW) p"][-1], end)
    errors = [line.get_ydata()[0] for line in right.lines[:2]]
    for number, error in zip([4, 40], errors, strict=True):
        way = lines[f"{number} steps"]
        assert len(way) == number + 1
        np.testing.assert_allclose(way[1], start + 2.0 / number * generator @ start)
        assert np.linalg.norm(way[-1] - end) == pytest.approx(error)


def test_orbits_are_circles_in_the_chart_and_closed_in_the_states():
    starts = np.array([[0.5, 0.1], [1.0, 0.4]])
    panels = plots.charted_orbits(bend, unbend, lie.J, starts).axes
    for axes, back in zip(panels, (unbend, lambda q: q), strict=True):
        orbits = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) == 241]
        assert len(orbits) == 2
        for orbit, start in zip(orbits, starts, strict=True):
            np.testing.assert_allclose(orbit[[0, -1]], [back(bend(start))] * 2, atol=1e-12)
            chart = bend(orbit) if back is unbend else orbit
            np.testing.assert_allclose(np.hypot(*chart.T), np.hypot(*bend(start)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plots.planar_flows({}), "generators must be one to five, got 0"),
        (lambda: plots.planar_flows({"W": np.eye(3)}), r"generators\['W'\] must have shape"),
        (lambda: plots.euler_polygons(lie.J, [1, 0], 1.0, [4]), "steps must be two to six numbers"),
        (lambda: plots.euler_polygons(lie.J, [1, 0], 1.0, [4, 0]), "steps must be a whole number"),
        (lambda: plots.charted_orbits(bend, unbend, lie.J, [1.0, 0.0]), "start must have shape"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
