"""Figures of regret against the distance between tasks."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.meta import Evaluation, goal_distances
from hgmrl_lite.plots.style import look


def wrong_goal_regret(angle: ArrayLike, steps: int = 100) -> Array:
    """Return about what it costs to stay at a goal ``angle`` radians away on the unit circle.

    An estimate of the regret: the way there and the straight walk's own cost are left out, which come to 9
    between opposite goals (191 in place of 200), and an episode that passes the true goal ends there.

    Parameters
    ----------
    angle : array_like, shape (...)
        Angle δ between the goal aimed at and the true goal, in radians.
    steps : int, optional
        Length of an episode.

    Returns
    -------
    ndarray, shape (...)
        steps · 2 sin(δ/2): the chord, once a step.
    """
    return steps * 2.0 * np.abs(np.sin(0.5 * np.asarray(angle, dtype=np.float64)))


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
    figure = Figure(figsize=(7.0, 3.6), layout="constrained")
    axes = figure.subplots()
    law = np.linspace(0.0, np.pi, 181)
    label = "staying at the base goal: 200 sin(δ/2)"
    axes.plot(np.degrees(law), wrong_goal_regret(law), color="0.6", lw=1, label=label)
    for index, (name, result) in enumerate(results.items()):
        angle = np.degrees(goal_distances(result.tasks, base_goal[None]))
        colour, marker = look(name, index)
        axes.plot(angle, result.regret_by_task, marker, color=colour, ms=6, label=name)
    axes.set(
        xlabel="angle δ between test goal and base goal (degrees)",
        ylabel="regret",
        xlim=(-4, 184),
        xticks=range(0, 181, 30),
    )
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    return figure
