"""RegretExplorer as a still picture, for places where no widget runs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite.looks import GREY, look
from hgmrl_lite.widgets.base import plane_axes

if TYPE_CHECKING:
    from hgmrl_lite.widgets.regret_explorer import RegretExplorer

_PUBLISHED = ("v", "o")


def regret_picture(explorer: "RegretExplorer") -> Figure:
    """Draw what the widget shows: regret against distance, and the episodes of the goal in focus."""
    result = explorer.result
    goal = result.goals[explorer.focus]
    degrees = np.degrees(result.distances())
    figure = Figure(figsize=(9.6, 4.8), layout="constrained")
    halves: Any = figure.subfigures(1, 2)
    left, right = halves
    axes = left.subplots()
    law = np.linspace(0.0, max(10.0, degrees.max()), 91)
    axes.plot(law, 200.0 * np.sin(np.radians(law) / 2.0), "--", color="0.5", lw=1, label="200 sin(δ/2)")
    axes.axvline(degrees[explorer.focus], color="0.6", lw=1, ls=":")
    plane = plane_axes(right, 1.6 * float(np.abs(result.goals).max()))
    # The agent that the lesson is about lies on those that do as well as it does.
    for agent in sorted(result.agents, key=lambda agent: agent.name == "geometric"):
        if agent.name not in explorer.chosen:
            continue
        colour, mark = look(agent.name).colour, look(agent.name).marker
        means = agent.by_goal
        axes.errorbar(
            np.degrees(result.distances(agent.name)), means.mean, means.half_width, fmt=mark, color=colour,
            ms=8 if mark == "P" else 5, elinewidth=1, label=agent.name,
        )  # fmt: skip
        for paths in agent.paths[np.linalg.norm(agent.goals - goal, axis=1) < 1e-9, : explorer.episodes]:
            plane.plot(*paths.T, color=colour, lw=1, alpha=0.8)
    if explorer.show_published:
        points = explorer.published
        for (name, regret), mark in zip(points.regret.items(), _PUBLISHED, strict=True):
            axes.plot(
                np.degrees(points.distance), regret, mark, mfc="none", mec="0.5", ms=5,
                label=f"published: {name}",
            )  # fmt: skip
    if explorer.stretched:
        axes.set_yscale("asinh", linear_width=1.0)
    axes.set(xlabel="distance to the nearest training goal (degrees)", ylabel="regret")
    axes.grid(color="0.92")
    left.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    plane.plot(*result.training_goals.T, "D", mfc="white", mec=GREY, mew=1.6, ms=7, label="training goals")
    plane.plot(*result.goals.T, ".", color="black", ms=6, label="test goals")
    plane.plot(*goal, "o", mfc="none", mec="black", mew=2, ms=12, label="goal in focus")
    right.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
