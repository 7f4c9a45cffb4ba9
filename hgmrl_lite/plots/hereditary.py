"""Figures of hereditary geometry: where a carried policy runs, a search that runs away, a dense winding."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.plots.style import COLOURS, MARKERS, curve, in_style, panels


@in_style
def carried_regret(
    degrees: ArrayLike, regrets: Mapping[str, ArrayLike], trained: ArrayLike, asked: Mapping[str, ArrayLike]
) -> Figure:
    """Draw the regret of carried policies by goal, and the states at which they ask the base policy.

    Parameters
    ----------
    degrees : array_like, shape (k,)
        Angles from the base goal to the test goals.
    regrets : mapping of str to array_like, shape (k,)
        For each way of carrying the regret on each goal.
    trained : array_like, shape (N, 2)
        States of the base task that the base policy knows.
    asked : mapping of str to array_like, shape (M, 2)
        For each way of carrying the states L⁻¹ s at which the base policy was asked, on one goal.

    Returns
    -------
    matplotlib.figure.Figure
    """
    angles, known = as_array("degrees", degrees, ("k",)), as_array("trained", trained, ("N", 2))
    figure, (left, right) = panels(2, (8.8, 3.7), width_ratios=(1.25, 1.0))
    for index, (name, values) in enumerate(regrets.items()):
        regret = as_array(f"regrets[{name!r}]", values, (len(angles),))
        left.plot(angles, regret, ms=4, lw=1.4, label=name, **curve(index))
    left.set(xlabel="angle from the base goal (degrees)", ylabel="regret", xticks=range(0, 361, 90))
    left.legend()
    right.plot(*known.T, ".", color="0.8", ms=7, label="where it has been in its own task")
    for index, (name, points) in enumerate(asked.items()):
        at = as_array(f"asked[{name!r}]", points, ("M", 2))
        right.plot(*at.T, MARKERS[index], color=COLOURS[index], ms=2.2, alpha=0.6, label=name)
    right.set(aspect="equal", xlabel="x", ylabel="y", title="states at which the base policy is asked")
    right.legend(markerscale=2.0)
    return figure


@in_style
def search_losses(times: ArrayLike, losses: Mapping[str, ArrayLike], highest: float) -> Figure:
    """Draw the misfit of exp(tW) against t, one panel for each generator, with the best t in the window.

    Parameters
    ----------
    times : array_like, shape (T,)
        Values of t, ascending.
    losses : mapping of str to array_like, shape (T,)
        The misfit for each generator, by the name to show.
    highest : float
        Upper end of the vertical axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    grid = as_array("times", times, ("T",))
    figure, row = panels(len(losses), (3.0 * len(losses), 2.9), sharey=True)
    for index, (axes, (name, values)) in enumerate(zip(row, losses.items(), strict=True)):
        misfit = as_array(f"losses[{name!r}]", values, (len(grid),))
        best = int(np.argmin(misfit))
        axes.plot(grid, misfit, color=COLOURS[index], lw=1.8)
        at_end = best in (0, len(grid) - 1)
        mark, label = (">", "still falling at the end") if at_end else ("o", "best")
        axes.plot(grid[best], misfit[best], mark, color="black", ms=9, clip_on=False, zorder=3, label=label)
        axes.set(xlabel="t", title=name, ylim=(0.0, highest), xlim=(grid[0], grid[-1]))
        axes.legend(loc="best")
    row[0].set_ylabel("misfit of the rewards")
    return figure


@in_style
def dense_winding(speeds: ArrayLike, times: ArrayLike) -> Figure:
    """Draw the way of a pair of angles on the torus, for longer and longer times.

    Parameters
    ----------
    speeds : array_like, shape (2,)
        How fast the two angles turn.
    times : array_like, shape (k,)
        For how long, one panel each.

    Returns
    -------
    matplotlib.figure.Figure
    """
    speed, ends = as_array("speeds", speeds, (2,)), as_array("times", times, ("k",))
    figure, row = panels(len(ends), (2.9 * len(ends), 3.1), sharey=True, grid=False)
    for axes, end in zip(row, ends, strict=True):
        way = np.degrees(np.linspace(0.0, end, max(2, int(200 * end)))[:, None] * speed) % 360.0
        # Where an angle comes round to 0 the line is cut, not drawn across the square.
        jumps = np.flatnonzero(np.abs(np.diff(way, axis=0)).max(axis=1) > 180.0) + 1
        axes.plot(*np.insert(way, jumps, np.nan, axis=0).T, color=COLOURS[0], lw=0.9)
        axes.plot(0, 0, "o", color=COLOURS[1], ms=8, clip_on=False, zorder=3)
        ticks = range(0, 361, 120)
        axes.set(aspect="equal", xlim=(0, 360), ylim=(0, 360), xticks=ticks, yticks=ticks)
        axes.set(xlabel="angle of the first block (°)", title=f"t up to {end:.0f}")
    row[0].set_ylabel("angle of the second block (°)")
    return figure
