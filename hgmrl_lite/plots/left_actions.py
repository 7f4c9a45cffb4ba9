"""Figures of lesson 06: two maps between the same tasks, and the turns found against the true ones."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.plots.style import COLOURS, MARKERS, circle, in_style, legend_outside, panels, square

# A flag with no symmetry of its own: no reflection looks like a rotation of it.
_FLAG = np.array([[0.0, -0.3], [0.0, 0.3], [0.34, 0.16], [0.0, 0.02]])


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
