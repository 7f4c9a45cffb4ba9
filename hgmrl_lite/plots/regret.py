"""Figures of regret against the distance between tasks."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.meta import Evaluation, goal_distances
from hgmrl_lite.plots.style import in_style, legend_outside, look, panels


def wrong_goal_regret(angle: ArrayLike) -> Array:
    """Return about what it costs to stay at a goal ``angle`` radians away on the unit circle.

    An estimate of the regret: the way there and the straight walk's own cost are left out, which come to 9
    between opposite goals (191 in place of 200), and an episode that passes the true goal ends there.

    Parameters
    ----------
    angle : array_like, shape (...)
        Angle δ between the goal aimed at and the true goal, in radians.

    Returns
    -------
    ndarray, shape (...)
        100 · 2 sin(δ/2): the chord, once a step.
    """
    return 200.0 * np.abs(np.sin(0.5 * np.asarray(angle, dtype=np.float64)))


def draw_law(axes: Axes, degrees: float, label: str) -> None:
    """Draw the regret of staying at a wrong goal, up to this many degrees away."""
    angles = np.linspace(0.0, degrees, 181)
    axes.plot(angles, wrong_goal_regret(np.radians(angles)), color="0.5", lw=1.1, label=label)


@in_style
def regret_around_circle(results: Mapping[str, Evaluation], base_goal: ArrayLike) -> Figure:
    """Draw mean regret against the angle between each goal and the base goal.

    Parameters
    ----------
    results : mapping of str to Evaluation
        One entry an agent, by the name to show.
    base_goal : array_like, shape (2,)
        The goal the base policy was trained on; not the origin.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When the base goal or a result's goal is the origin, which has no angle.
    """
    base_goal = as_array("base_goal", base_goal, (2,))
    if not base_goal.any():
        raise ValueError(f"base_goal must be a point other than the origin, got {base_goal.tolist()}")
    figure, (axes,) = panels(1, (7.0, 3.6))
    draw_law(axes, 180.0, "staying at the base goal: 200 sin(δ/2)")
    for index, (name, result) in enumerate(results.items()):
        angle = np.degrees(goal_distances(result.tasks, base_goal[None]))
        colour, marker = look(name, index)
        axes.plot(angle, result.regret_by_task, marker, color=colour, ms=6, label=name)
    axes.set(xlabel="angle δ between test goal and base goal (degrees)", ylabel="regret")
    axes.set(xlim=(-4, 184), xticks=range(0, 181, 30))
    axes.legend()
    return figure


@in_style
def evaluations(
    careless: Mapping[str, ArrayLike],
    honest: Mapping[str, ArrayLike],
    distances: ArrayLike,
    *,
    titles: tuple[str, str] = ("carelessly evaluated", "honestly evaluated"),
    quantity: str = "regret",
) -> Figure:
    """Draw the same agents by two evaluations, against the distance to the nearest training goal.

    Parameters
    ----------
    careless, honest : mapping of str to array_like, shape (k,) or (k, C)
        What each evaluation measured on k goals, an entry an agent, by the name to show. With C context draws
        the draws are drawn small and faint behind their mean.
    distances : array_like, shape (k,)
        Distance of each goal to the nearest training goal, in radians.
    titles : tuple of str, optional
        What stands above the two halves.
    quantity : str, optional
        What was measured; beside "regret" stands the law of going to the nearest training goal.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When there is no agent, or an entry does not have one row a goal.
    """
    degrees = np.degrees(as_array("distances", distances, ("k",)))
    figure, row = panels(2, (9.0, 3.6), sharey=True)
    # An agent has the same colour and mark on both sides, also where it is on one of them only.
    names = list(dict.fromkeys([*careless, *honest]))
    parts = {"careless": careless, "honest": honest}
    for axes, title, (part, measured) in zip(row, titles, parts.items(), strict=True):
        if not measured:
            raise ValueError(f"{part} must hold at least one agent, got none")
        for name, values in measured.items():
            rows = _rows(f"{part}[{name!r}]", values, len(degrees))
            colour, marker = look(name, names.index(name))
            if rows.shape[1] > 1:
                axes.plot(degrees, rows, marker, color=colour, ms=2.5, alpha=0.35)
            # Hollow and larger after the first, so that marks that coincide are seen as two.
            shape = {"ms": 9, "mfc": "none", "mew": 1.6} if names.index(name) else {"ms": 6}
            axes.plot(degrees, rows.mean(axis=1), marker, color=colour, label=name, **shape)
        if quantity == "regret":
            draw_law(axes, float(degrees.max()), "200 sin(δ/2)")
        axes.set(title=title, xlabel="distance δ to the nearest training goal (degrees)")
    row[0].set_ylabel(quantity)
    legend_outside(figure, "lower", 4)
    return figure


def _rows(name: str, values: ArrayLike, count: int) -> Array:
    """Return values as (k, C)."""
    array = as_array(name, values)
    if array.ndim not in (1, 2) or len(array) != count:
        raise ValueError(f"{name} must have shape ({count},) or ({count}, C), got {array.shape}")
    return array.reshape(count, -1)
