"""The figure of experiment 1: regret against the distance to the nearest training goal."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hgmrl_lite.experiments import PublishedRegret, RegretByDistance
from hgmrl_lite.experiments import published as published_points
from hgmrl_lite.meta import AgentResult
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.regret import wrong_goal_regret
from hgmrl_lite.plots.style import LOOKS, look

# An agent is in the enlarged panel when its mean regret on some goal is within this.
_SMALL = 3.0


def regret_by_distance(result: RegretByDistance, *, published: bool = True) -> Figure:
    """Draw each agent's regret on each goal against the angle to the nearest training goal.

    Parameters
    ----------
    result : RegretByDistance
        The experiment's result.
    published : bool, optional
        Draw the published points beside ours, with the differences of their protocol in the caption.

    Returns
    -------
    matplotlib.figure.Figure
        Above all regrets, below those near 0 enlarged.
    """
    figure = Figure(figsize=(8.6, 7.4), layout="constrained")
    whole, near = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1.0))
    points = published_points() if published else None
    reach = max(float(result.distances().max()), float(points.distance.max()) if points is not None else 0.0)
    law = np.linspace(0.0, 1.05 * reach, 91)
    for axes in (whole, near):
        axes.plot(
            law, wrong_goal_regret(law), color="0.45", lw=1.2, label="staying at the nearest training goal"
        )
        axes.axhline(0.0, color="0.75", lw=0.8, zorder=0)
        axes.grid(alpha=0.25)
    for index, agent in enumerate(result.agents):
        distances = result.distances(agent.name)
        # A small shift tells agents with equal regrets on one goal apart.
        shift = 0.004 * reach * (index - 0.5 * (len(result.agents) - 1))
        _draw_agent(whole, agent, distances + shift, index)
        if np.abs(agent.by_task.mean).min() < _SMALL:
            _draw_agent(near, agent, distances + shift, index)
    if points is not None:
        for axes in (whole, near):
            _draw_published(axes, points)
    whole.set(ylabel="regret", xlim=(-0.02 * reach, 1.05 * reach))
    whole.set_ylim(-8.0, max(whole.get_ylim()[1], 100.0))
    near.set(
        xlabel="angle δ to the nearest training goal (radians)", ylabel="regret, enlarged",
        ylim=(-0.5, _SMALL),
    )  # fmt: skip
    handles, labels = whole.get_legend_handles_labels()
    # Ours first, then the law, then what is published.
    order = sorted(
        range(len(labels)),
        key=lambda index: (labels[index].startswith("published"), "staying" in labels[index]),
    )
    handles, labels = [handles[index] for index in order], [labels[index] for index in order]
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False, fontsize=8.5)
    text = f"Line: 100 · 2 sin(δ/2). {result.caption()}"
    add_caption(figure, f"{text} {points.differences}" if points is not None else text)
    return figure


def _draw_agent(axes: Axes, agent: AgentResult, distances: np.ndarray, index: int) -> None:
    """Draw one agent's means with their intervals."""
    colour, marker = look(agent.name, index)
    by_task = agent.by_task
    half = np.nan_to_num(by_task.half_width)
    told = " (told the goal)" if agent.uses_goal else ""
    axes.errorbar(
        distances, by_task.mean, half, fmt=marker, color=colour, ms=5, mec="white", mew=0.4, elinewidth=0.9,
        alpha=0.9, label=f"{agent.name}{told}",
    )  # fmt: skip


def _draw_published(axes: Axes, points: PublishedRegret) -> None:
    """Draw the published points hollow, in the look of their agents."""
    for name, regret in points.regret.items():
        colour, marker = LOOKS[name]
        axes.plot(
            points.distance, regret, marker, mfc="none", mec=colour, ms=6, mew=1.1, label=f"published: {name}"
        )
