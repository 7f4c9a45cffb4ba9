"""Figures of flows in the plane: orbits of generators, straight steps along a field, an action in a chart."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.plots.style import COLOURS, curve, in_style, panels, plane, square

PointMap = Callable[[Array], Array]
# Half the side of the window.
_HALF = 2.0


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
