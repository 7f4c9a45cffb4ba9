"""Figures of groups at work in the plane: elements on shapes, functions and tasks; orbits of generators."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.actions import Action
from hgmrl_lite.plots.style import (
    COLOURS,
    DASHES,
    circle,
    curve,
    in_style,
    legend_outside,
    panels,
    plane,
    square,
)

PointMap = Callable[[Array], Array]
# Half the side of the window of a flow.
_HALF = 2.0
#: The letter F: no rotation and no reflection carries it to itself.
_F = np.array(
    [
        [0.3, 0.2], [0.3, 1.2], [0.95, 1.2], [0.95, 1.0], [0.52, 1.0], [0.52, 0.8],
        [0.8, 0.8], [0.8, 0.6], [0.52, 0.6], [0.52, 0.2], [0.3, 0.2],
    ]
)  # fmt: skip


@in_style
def composed_both_ways(first: Action, second: Action, names: tuple[str, str]) -> Figure:
    """Draw the letter F under two elements done one after the other, in both orders.

    Parameters
    ----------
    first, second : Action
        Two elements that act on the plane.
    names : tuple of str
        What to call them.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, row = panels(2, (8.2, 3.9))
    orders = (((first, names[0]), (second, names[1])), ((second, names[1]), (first, names[0])))
    everything = np.concatenate(
        [g(_F) for g in (first, second, first @ second, second @ first)] + [_F, [[0, 0]]]
    )
    low, high = everything.min(axis=0) - 0.25, everything.max(axis=0) + 0.25
    for axes, ((g, g_name), (h, h_name)) in zip(row, orders, strict=True):
        shapes = (("F", _F), (f"{g_name}", g(_F)), (f"then {h_name}", h(g(_F))))
        for index, (name, shape) in enumerate(shapes):
            axes.plot(*shape.T, color=COLOURS[index], ls=DASHES[index], lw=1.8, label=name)
            axes.fill(*shape.T, color=COLOURS[index], alpha=0.12 if index < 2 else 0.45, lw=0)
        axes.plot(0, 0, "k+", ms=9)
        axes.set(aspect="equal", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        axes.set_title(f"first {g_name}, then {h_name}")
        axes.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.08))
        axes.tick_params(labelsize=8)
    return figure


@in_style
def moved_functions(function: PointMap, element: Action, top: ArrayLike) -> Figure:
    """Draw a function f, the moved f(g⁻¹ p), and beside them f(g p), with a point and where g carries it.

    Parameters
    ----------
    function : callable
        f, a map of points (..., 2) to numbers (...).
    element : Action
        The element g.
    top : array_like, shape (2,)
        A point to mark, such as where f is greatest; its image is marked as well.

    Returns
    -------
    matplotlib.figure.Figure
    """
    point = as_array("top", top, (2,))
    moved = {
        "f(p)": function,
        "f(g⁻¹·p): the moved function": element.on_function(function),
        "f(g·p): without the inverse": element.inverse().on_function(function),
    }
    figure, row = panels(3, (9.3, 3.4), grid=False)
    grid = plane(2.0, 121)
    levels = np.linspace(function(grid).min(), function(grid).max(), 9)
    for axes, (name, values) in zip(row, moved.items(), strict=True):
        axes.contourf(*np.moveaxis(grid, -1, 0), values(grid), levels, cmap="Blues", extend="both")
        axes.plot(*point, "s", mfc="white", mec="black", ms=8, label="c")
        axes.plot(*element(point), "D", mfc=COLOURS[1], mec="black", ms=8, label="g·c")
        square(axes, 2.0)
        axes.set_title(name)
    row[0].legend(loc="lower left")
    return figure


@in_style
def symmetry_by_angle(degrees: ArrayLike, quantities: Mapping[str, Mapping[str, ArrayLike]]) -> Figure:
    """Draw quantities against the angle of a rotation, one panel for each quantity.

    Parameters
    ----------
    degrees : array_like, shape (k,)
        Angles in degrees.
    quantities : mapping of str to mapping of str to array_like, shape (k,)
        For each label of a vertical axis the curves to draw, by name.

    Returns
    -------
    matplotlib.figure.Figure
    """
    angles = as_array("degrees", degrees, ("k",))
    figure, row = panels(len(quantities), (4.2 * len(quantities), 3.3))
    for axes, (label, curves) in zip(row, quantities.items(), strict=True):
        for index, (name, given) in enumerate(curves.items()):
            values = as_array(f"quantities[{label!r}][{name!r}]", given, (len(angles),))
            axes.plot(angles, values, ms=4, lw=1.2, label=name, **curve(index))
        axes.set(xlabel="angle of the rotation (degrees)", ylabel=label, xticks=range(0, 361, 90))
    legend_outside(figure, "upper", 4)
    return figure


@in_style
def carried_tasks(
    reward: PointMap, policy: PointMap, goal: ArrayLike, elements: Sequence[Action], names: Sequence[str]
) -> Figure:
    """Draw a task and its images: level sets of the reward, arrows of the policy, and the goal.

    Parameters
    ----------
    reward, policy : callable
        Of the base task: points (..., 2) to numbers (...), and to actions (..., 2).
    goal : array_like, shape (2,)
        Of the base task.
    elements : sequence of Action
        Linear ones; each gives a panel, and moves states and actions alike.
    names : sequence of str
        The panels' titles.

    Returns
    -------
    matplotlib.figure.Figure
    """
    point = as_array("goal", goal, (2,))
    figure, row = panels(len(elements), (2.7 * len(elements), 3.0), grid=False)
    half = 1.7
    fine, coarse = plane(half, 81), plane(1.5, 9).reshape(-1, 2)
    for axes, element, name in zip(row, elements, names, strict=True):
        values = element.on_function(reward)(fine)
        level_sets: dict[str, Any] = {"colors": "0.75", "linewidths": 1, "linestyles": "solid"}
        axes.contour(*np.moveaxis(fine, -1, 0), values, 9, **level_sets)
        axes.plot(*(np.linalg.norm(point) * circle()).T, color="0.4", lw=1, ls="--")
        arrows = element.on_policy(policy, element)(coarse)
        axes.quiver(*coarse.T, *(0.26 * arrows).T, color=COLOURS[0], angles="xy", scale_units="xy", scale=1)
        axes.plot(*element(point), "o", mfc=COLOURS[1], mec="black", ms=10)
        square(axes, half)
        axes.set_title(name)
    return figure


@in_style
def planar_flows(generators: Mapping[str, ArrayLike]) -> Figure:
    """Draw the orbits of generators of the plane, one panel each, with trace and determinant below.

    Parameters
    ----------
    generators : mapping of str to array_like, shape (2, 2)
        One to five generators W, by the name to show.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When there are no generators, more than five, or one is not a 2 × 2 matrix.
    """
    if not 1 <= len(generators) <= 5:
        raise ValueError(f"generators must be one to five, got {len(generators)}")
    figure, row = panels(len(generators), (2.1 * len(generators), 2.7), grid=False)
    grid = plane(_HALF, 25)
    for axes, (name, generator) in zip(row, generators.items(), strict=True):
        matrix = as_array(f"generators[{name!r}]", generator, (2, 2))
        square(axes, _HALF, ticks=False)
        if matrix.any():
            (x, y), (u, v) = np.moveaxis(grid, -1, 0), np.moveaxis(grid @ matrix.T, -1, 0)
            axes.streamplot(x, y, u, v, density=0.75, color=COLOURS[0], linewidth=1.0, arrowsize=1.1)
        axes.plot(0, 0, "o", color=COLOURS[1], ms=4)
        trace, determinant = np.trace(matrix), np.linalg.det(matrix)
        numbers = f"tr {trace:.2g}, det {determinant + 0.0:.2g}".replace("-", "−")
        axes.set_title(name)
        axes.set_xlabel(f"{numbers}\n{lie.planar_type(matrix).kind}", fontsize=9)
    return figure


@in_style
def euler_polygons(generator: ArrayLike, start: ArrayLike, time: float, steps: Sequence[int]) -> Figure:
    """Draw the way of straight steps p + (t/N) W p beside the orbit exp(tW) p, and the error against N.

    Parameters
    ----------
    generator : array_like, shape (2, 2)
        W.
    start : array_like, shape (2,)
        Where all begin.
    time : float
        The time t of the whole way.
    steps : sequence of int
        Numbers of steps N, two to six of them.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When an argument has another shape, or ``steps`` is not two to six whole numbers of at least 1.
    """
    matrix, point = as_array("generator", generator, (2, 2)), as_array("start", start, (2,))
    if not 2 <= len(steps) <= 6:
        raise ValueError(f"steps must be two to six numbers, got {len(steps)}")
    figure, (left, right) = panels(2, (8.4, 3.7))
    times = np.linspace(0.0, time, 300)
    orbit = lie.exp(times[:, None, None] * matrix) @ point
    left.plot(*orbit.T, color="0.3", lw=4, alpha=0.35, label="exp(tW) p")
    errors = []
    for index, number in enumerate(steps):
        step = np.eye(2) + time / as_count("steps", number) * matrix
        way = [point]
        for _ in range(number):
            way.append(step @ way[-1])
        errors.append(float(np.linalg.norm(way[-1] - orbit[-1])))
        # The corners of few steps are marked; those of many would hide the way.
        style = curve(index) | ({} if number <= 50 else {"marker": ""})
        left.plot(*np.array(way).T, ms=3.5, lw=1.3, label=f"{number} steps", **style)
        right.loglog(number, errors[-1], ms=8, **curve(index))
    left.plot(*point, "ko", ms=5)
    left.set_aspect("equal", adjustable="datalim")
    left.legend()
    left.set_title("the way")
    guide = np.array([min(steps), max(steps)], dtype=float)
    right.loglog(guide, errors[int(np.argmax(steps))] * max(steps) / guide, color="0.5", lw=1, label="1 / N")
    right.set(title="the error", xlabel="number of steps N", ylabel="distance from exp(tW) p at the end")
    right.legend()
    return figure


@in_style
def charted_orbits(
    chart: PointMap, chart_inverse: PointMap, generator: ArrayLike, start: ArrayLike
) -> Figure:
    """Draw orbits of p ↦ φ⁻¹(exp(tW) φ(p)) in the plane of the states, and the same ones in the chart.

    Parameters
    ----------
    chart, chart_inverse : callable
        φ and φ⁻¹, maps of points (..., 2).
    generator : array_like, shape (2, 2)
        W, which acts in the chart.
    start : array_like, shape (N, 2)
        Points of the plane of states, each with an orbit.

    Returns
    -------
    matplotlib.figure.Figure
    """
    matrix, points = as_array("generator", generator, (2, 2)), as_array("start", start, ("N", 2))
    kind = lie.planar_type(matrix)
    time = float(kind.period) if kind.is_compact else 2.0
    turn = lie.exp(np.linspace(0.0, time, 241)[:, None, None] * matrix)
    figure, (states, flat) = panels(2, (8.0, 4.1), grid=False)
    grid = plane(_HALF, 81)
    for axes, back, title in (
        (states, chart_inverse, "states: the action is not linear"),
        (flat, lambda q: q, "chart φ: the same action, linear"),
    ):
        for line in (*grid[::10], *grid[:, ::10].swapaxes(0, 1)):
            axes.plot(*back(line).T, color="0.85", lw=0.8)
        for index, point in enumerate(points):
            orbit = back((turn @ chart(point)[:, None])[..., 0])
            axes.plot(*orbit.T, lw=2, ms=7, markevery=[0], **curve(index))
        axes.plot(*back(np.zeros(2)), "k+", ms=9)
        axes.set(aspect="equal", title=title)
        axes.tick_params(labelsize=8)
    return figure
