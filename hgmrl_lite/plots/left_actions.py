"""Figures of lesson 06: two maps between the same tasks, and the turns found against the true ones."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.plots.style import COLOURS, MARKERS

# A flag with no symmetry of its own: no reflection looks like a rotation of it.
_FLAG = np.array([[0.0, -0.3], [0.0, 0.3], [0.34, 0.16], [0.0, 0.02]])


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
    figure = Figure(figsize=(2.9 * len(maps), 3.2), layout="constrained")
    turn = np.linspace(0.0, 2.0 * np.pi, 121)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    flag = goal * 0.45 + 0.8 * _FLAG
    for number, (axes, matrix, title) in enumerate(
        zip(figure.subplots(1, len(maps)), maps, titles, strict=True)
    ):
        for radius in (0.25, 0.5, 0.75, 1.0, 1.25):
            axes.plot(*((goal + radius * ring) @ matrix.T).T, color="0.75", lw=1)
        image = flag @ matrix.T
        axes.fill(*image[1:].T, color=COLOURS[number], alpha=0.85, lw=0)
        axes.plot(*image[:2].T, color=COLOURS[number], lw=3)
        axes.plot(*(matrix @ goal), MARKERS[number], mfc="white", mec="black", mew=1.8, ms=10)
        axes.plot(0.0, 0.0, "k+", ms=9)
        axes.set(aspect="equal", xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.tick_params(labelsize=8)
        axes.set_title(title, fontsize=10)
    return figure


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
    figure = Figure(figsize=(3.5 * len(found), 3.7), layout="constrained")
    for number, (axes, (name, values)) in enumerate(
        zip(figure.subplots(1, len(found), squeeze=False)[0], found.items(), strict=True)
    ):
        answer = as_array(f"found[{name!r}]", values, turns.shape)
        axes.plot([-180, 180], [-180, 180], color="0.6", lw=1, label="right")
        for ends in ((-180.0, 0.0), (0.0, 180.0)):
            label = "antipode" if ends[0] < 0.0 else None
            axes.plot(ends, _opposite(ends), color="0.6", lw=1, ls="--", label=label)
        axes.plot(turns, answer, MARKERS[number], color=COLOURS[number], ms=5, alpha=0.8)
        ticks = range(-180, 181, 90)
        axes.set(aspect="equal", xlim=(-185, 185), ylim=(-185, 185), xticks=ticks, yticks=ticks)
        axes.set_xlabel("true turn in degrees")
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.25)
    figure.axes[0].set_ylabel("found")
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=9,
    )
    return figure


def _opposite(ends: tuple[float, float]) -> Array:
    """Return the two ends of a stretch of turns, each moved by half a turn the way that stays in range."""
    return np.asarray(ends) + (180.0 if ends[0] < 0.0 else -180.0)
