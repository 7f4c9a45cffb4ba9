"""Figures of group elements at work in the plane: on shapes, on functions, on whole tasks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
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
