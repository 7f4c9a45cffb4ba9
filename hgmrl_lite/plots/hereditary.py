"""Figures of hereditary geometry: carried policies, searches, a dense winding, maps between tasks."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.plots.style import COLOURS, MARKERS, circle, curve, in_style, legend_outside, panels, square

# A flag with no symmetry of its own: no reflection looks like a rotation of it.
_FLAG = np.array([[0.0, -0.3], [0.0, 0.3], [0.34, 0.16], [0.0, 0.02]])


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


@in_style
def maps_between_tasks(goal: ArrayLike, matrices: Sequence[ArrayLike], names: Sequence[str]) -> Figure:
    """Draw a round task with a flag planted beside its goal, and its image under each of several maps.

    Parameters
    ----------
    goal : array_like, shape (2,)
        Of the base task, whose level sets are circles about it.
    matrices : sequence of array_like, shape (2, 2)
        The maps; each gives a panel after the base task's.
    names : sequence of str
        Their titles.

    Returns
    -------
    matplotlib.figure.Figure
    """
    goal = as_array("goal", goal, (2,))
    maps = [np.eye(2), *(as_array(f"matrices[{k}]", m, (2, 2)) for k, m in enumerate(matrices))]
    titles = ["base task", *names]
    if len(maps) != len(titles):
        raise ValueError(f"names must hold one title a matrix, {len(maps) - 1}, got {len(names)}")
    figure, row = panels(len(maps), (2.9 * len(maps), 3.2), grid=False)
    flag = goal * 0.45 + 0.8 * _FLAG
    for number, (axes, matrix, title) in enumerate(zip(row, maps, titles, strict=True)):
        for radius in (0.25, 0.5, 0.75, 1.0, 1.25):
            axes.plot(*((goal + radius * circle()) @ matrix.T).T, color="0.75", lw=1)
        image = flag @ matrix.T
        axes.fill(*image[1:].T, color=COLOURS[number], alpha=0.85, lw=0)
        axes.plot(*image[:2].T, color=COLOURS[number], lw=3)
        axes.plot(*(matrix @ goal), MARKERS[number], mfc="white", mec="black", mew=1.8, ms=10)
        axes.plot(0.0, 0.0, "k+", ms=9)
        square(axes, 1.7)
        axes.set_title(title)
    return figure


@in_style
def found_against_true(turns: ArrayLike, found: Mapping[str, ArrayLike]) -> Figure:
    """Draw the turns that were found against the true ones, with the lines "right" and "antipode".

    Parameters
    ----------
    turns : array_like, shape (k,)
        The true turns in degrees, from -180 to 180.
    found : mapping of str to array_like, shape (k,)
        What was found, one panel each.

    Returns
    -------
    matplotlib.figure.Figure
    """
    turns = as_array("turns", turns, ("k",))
    figure, row = panels(len(found), (3.5 * len(found), 3.7))
    for number, (axes, (name, values)) in enumerate(zip(row, found.items(), strict=True)):
        answer = as_array(f"found[{name!r}]", values, turns.shape)
        axes.plot([-180, 180], [-180, 180], color="0.6", lw=1, label="right")
        # Half a turn away, the way that stays in range.
        axes.plot([-180, 0], [0, 180], color="0.6", lw=1, ls="--", label="antipode")
        axes.plot([0, 180], [-180, 0], color="0.6", lw=1, ls="--")
        axes.plot(turns, answer, MARKERS[number], color=COLOURS[number], ms=5, alpha=0.8)
        ticks = range(-180, 181, 90)
        axes.set(aspect="equal", xlim=(-185, 185), ylim=(-185, 185), xticks=ticks, yticks=ticks)
        axes.set(xlabel="true turn in degrees", title=name)
    row[0].set_ylabel("found")
    legend_outside(figure, "lower", 2)
    return figure
