"""Figures of level sets, their normals and tangents, and how well these are estimated from samples."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
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
    zero_line,
)
from hgmrl_lite.tangents import LevelSetNormals
from hgmrl_lite.transitions import Transitions

Function = Callable[[Array], Array]
# The light end of the map would not show on white.
_NO_WHITE = ListedColormap(colormaps["viridis_r"](np.linspace(0.2, 1.0, 128)))


@in_style
def functional_and_differential(
    function: Function,
    gradient: Function,
    generators: tuple[ArrayLike, ArrayLike],
    point: ArrayLike,
    times: Sequence[float],
) -> Figure:
    """Draw both constraints at one point along the line of generators (1 − s) W_0 + s W_1.

    Parameters
    ----------
    function, gradient : callable
        Map points (..., 2) to values (...) and to gradients (..., 2).
    generators : pair of array_like, shape (2, 2)
        W_0 and W_1.
    point : array_like, shape (2,)
        Where the constraints are looked at.
    times : sequence of float
        The times of the functional constraint.

    Returns
    -------
    matplotlib.figure.Figure
    """
    point = as_array("point", point, (2,))
    first, second = (as_array("generators", generator, (2, 2)) for generator in generators)
    s = np.linspace(-1.0, 1.5, 301)
    line = (1.0 - s)[:, None, None] * first + s[:, None, None] * second
    figure, (left, right) = panels(2, (8.2, 3.3))
    left.plot(s, (line @ point) @ gradient(point), color=COLOURS[0], lw=2)
    left.set_title("differential: $df_p(Wp)$")
    for number, time in enumerate(times):
        change = function((lie.exp(time * line) @ point[:, None])[..., 0]) - function(point)
        right.plot(s, change, color=COLOURS[number + 1], ls=DASHES[number], label=f"t = {time:g}")
    right.set(ylim=(-4.0, 2.0), title="functional: $f(\\exp(tW)\\,p) - f(p)$")
    right.legend()
    for axes in (left, right):
        zero_line(axes)
        axes.set_xlabel("s, the place on the line of generators")
    return figure


@in_style
def transformed_normals(matrix: ArrayLike) -> Figure:
    """Draw a circle with tangents and normals, and its image with both: normals moved wrongly and rightly.

    Parameters
    ----------
    matrix : array_like, shape (2, 2)
        The linear map L.

    Returns
    -------
    matplotlib.figure.Figure
    """
    matrix = as_array("matrix", matrix, (2, 2))
    identity, round_once, marks = np.eye(2), circle(181), circle(10)[:-1]
    along = np.stack([-marks[:, 1], marks[:, 0]], axis=1)
    half = 1.15 * float(np.abs(round_once @ matrix.T).max()) + 0.55
    figure, row = panels(3, (9.0, 3.5), grid=False)
    for axes, title, moves, normals in (
        (row[0], "before: tangents t, normals n", identity, marks),
        (row[1], "L t, and normals moved as L n: wrong", matrix, marks @ matrix.T),
        (row[2], "L t, and normals moved as $L^{-T}$n: right", matrix, marks @ np.linalg.inv(matrix)),
    ):
        axes.plot(*(round_once @ moves.T).T, color="0.5", lw=1.2)
        places, tangents = marks @ moves.T, along @ moves.T
        for vectors, colour, name in ((tangents, COLOURS[0], "tangent"), (normals, COLOURS[1], "normal")):
            unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            to_scale: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1}
            axes.quiver(*places.T, *(0.55 * unit).T, color=colour, label=name, width=0.011, **to_scale)
        square(axes, half, ticks=False)
        axes.set_title(title)
    legend_outside(figure, "lower", 2)
    return figure


@in_style
def reward_as_a_function_of(transitions: Transitions, expected: ArrayLike, goal: ArrayLike) -> Figure:
    """Draw the rewards against the distance to the goal: of s', of the expected next state, and of s.

    Parameters
    ----------
    transitions : Transitions
        Transitions of one navigation task.
    expected : array_like, shape (N, 2)
        Mean next states T(s, a).
    goal : array_like, shape (2,)
        The goal, for the axis only.

    Returns
    -------
    matplotlib.figure.Figure
    """
    goal = as_array("goal", goal, (2,))
    expected = as_array("expected", expected, transitions.states.shape)
    figure, row = panels(3, (9.0, 3.2), sharey=True, sharex=True)
    places_of = {
        "the observed next state s′": transitions.next_states,
        "what (s, a) knows of it: T(s, a)": expected,
        "the state s": transitions.states,
    }
    for number, (axes, (title, places)) in enumerate(zip(row, places_of.items(), strict=True)):
        distance = np.linalg.norm(places - goal, axis=1)
        spread = float(np.std(transitions.rewards + distance))
        axes.plot(distance, transitions.rewards, ".", color=COLOURS[number], ms=2)
        axes.set(title=f"{title}\nscatter {spread:.3f}", xlabel="its distance from the goal")
    row[0].set_ylabel("reward")
    return figure


@in_style
def level_set_tangents(fit: LevelSetNormals, *, every: int, goal: ArrayLike) -> Figure:
    """Draw estimated tangents of level sets as short strokes, coloured by their standard error.

    Parameters
    ----------
    fit : LevelSetNormals
        Estimates in the plane.
    every : int
        Draw one of so many.
    goal : array_like, shape (2,)
        A point to mark.

    Returns
    -------
    matplotlib.figure.Figure
    """
    points, along = fit.points[::every], fit.tangents[::every, 0]
    error = np.degrees(fit.standard_error[::every])
    figure, (axes,) = panels(1, (5.6, 4.6), grid=False)
    strokes = LineCollection(
        list(np.stack([points - 0.035 * along, points + 0.035 * along], axis=1)), cmap=_NO_WHITE, lw=1.3
    )
    strokes.set_array(error)
    strokes.set_clim(0.0, float(np.quantile(error, 0.95)))
    axes.add_collection(strokes)
    axes.plot(*as_array("goal", goal, (2,)), "X", color=COLOURS[1], mec="white", ms=11, label="goal")
    axes.legend()
    axes.set(aspect="equal", xlabel="x", ylabel="y")
    axes.autoscale_view()
    figure.colorbar(strokes, ax=axes, label="standard error of the direction (degrees)", extend="max")
    return figure


@in_style
def bias_and_variance(errors: Mapping[str, Mapping[str, Mapping[int, float]]], unit: str) -> Figure:
    """Draw median angle errors against the samples in each estimate: panels of curves, one a method.

    Parameters
    ----------
    errors : mapping
        ``errors[panel][curve][k]`` is an error in degrees.
    unit : str
        What the horizontal axis counts.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, row = panels(len(errors), (8.6, 3.6), sharey=True)
    for axes, (title, methods) in zip(row, errors.items(), strict=True):
        for number, (name, found) in enumerate(methods.items()):
            axes.plot(list(found), list(found.values()), ms=5, label=name, **curve(number))
        axes.set(xscale="log", yscale="log", xlabel=unit, title=title)
        axes.grid(alpha=0.25, which="both")
    row[0].set_ylabel("median angle error (degrees)")
    row[-1].legend()
    return figure


@in_style
def calibration(scores: Mapping[str, ArrayLike]) -> Figure:
    """Draw histograms of errors divided by their predicted standard errors, beside the normal law.

    Parameters
    ----------
    scores : mapping of str to array_like, shape (N,)
        Signed errors over standard errors, by the name to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, row = panels(len(scores), (8.6, 3.2), sharey=True, grid=False)
    grid = np.linspace(-5.0, 5.0, 201)
    law = np.exp(-0.5 * np.square(grid)) / np.sqrt(2.0 * np.pi)
    for number, (axes, (name, values)) in enumerate(zip(row, scores.items(), strict=True)):
        z = as_array(name, values, ("N",))
        share = 100.0 * np.mean(np.abs(z) < 1.0)
        bins = np.linspace(-5.0, 5.0, 41).tolist()
        axes.hist(np.clip(z, -5.0, 5.0), bins=bins, density=True, color=COLOURS[number], alpha=0.55)
        axes.plot(grid, law, color="black", lw=1.2, label="normal law")
        axes.set(title=f"{name}\n{share:.0f} % within one standard error", yticks=[])
        axes.set_xlabel("angle error / standard error\n(beyond ±5: at the ends)")
    row[0].legend()
    return figure


@in_style
def local_symmetry_only(function: Function, generator: ArrayLike, points: ArrayLike, time: float) -> Figure:
    """Draw level sets, a sampled region, and the flow that leaves it; and f along the flow.

    Parameters
    ----------
    function : callable
        Maps points (..., 2) to values (...).
    generator : array_like, shape (3, 3)
        A homogeneous generator; points flow along it, from the first of ``points``.
    points : array_like, shape (N, 2)
        The sampled region.
    time : float
        How long the flow is followed.

    Returns
    -------
    matplotlib.figure.Figure
    """
    generator, points = as_array("generator", generator, (3, 3)), as_array("points", points, ("N", 2))
    figure, (left, right) = panels(2, (8.2, 3.7), grid=False, width_ratios=(1.0, 1.1))
    grid = plane(2.0, 161)
    level_sets: dict[str, Any] = {"levels": 9, "colors": "0.6", "linewidths": 0.9, "linestyles": "solid"}
    left.contour(*np.moveaxis(grid, -1, 0), function(grid), **level_sets)
    left.plot(*points[1:].T, ".", color=COLOURS[2], ms=3, label="samples")
    times = np.linspace(0.0, time, 121)
    path = (lie.exp(times[:, None, None] * generator) @ np.append(points[0], 1.0))[:, :2]
    left.plot(*path.T, color=COLOURS[1], lw=2.2, label="the flow of W")
    left.plot(*path[0], "o", color=COLOURS[1], ms=7)
    square(left, 2.0)
    left.set(xlabel="x", ylabel="y")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    right.plot(times, function(path), color=COLOURS[1], lw=2)
    right.set(xlabel="t", ylabel="f along the flow")
    right.grid(alpha=0.25)
    return figure
