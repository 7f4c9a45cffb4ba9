"""RegretExplorer as a still picture, for places where no widget runs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite._looks import look


# A RegretExplorer, as what it draws: its type would be an import in a circle.
def regret_picture(explorer: Any) -> Figure:
    """Draw the chosen agents' regret against distance, with the goal in focus."""
    result = explorer.result
    degrees = np.degrees(result.distances())
    figure = Figure(figsize=(5.6, 4.8), layout="constrained")
    axes = figure.subplots()
    law = np.linspace(0.0, max(10.0, degrees.max()), 91)
    axes.plot(law, 200.0 * np.sin(np.radians(law) / 2.0), "--", color="0.5", lw=1, label="200 sin(δ/2)")
    axes.axvline(degrees[explorer.focus], color="0.4", lw=1, ls=":", label="goal in focus")
    # The agent that the lesson is about lies on those that do as well as it does.
    for agent in sorted(result.agents, key=lambda agent: agent.name == "geometric"):
        if agent.name in explorer.chosen:
            mine, means = look(agent.name), agent.by_task
            axes.errorbar(
                np.degrees(result.distances(agent.name)), means.mean, means.half_width, fmt=mine.marker,
                color=mine.colour, ms=8 if mine.marker == "P" else 5, elinewidth=1, label=agent.name,
            )  # fmt: skip
    if explorer.show_published:
        points = explorer.published
        for name, regret in points.regret.items():
            axes.plot(
                np.degrees(points.distance), regret, look(name).marker, mfc="none", mec="0.5", ms=5,
                label=f"published: {name}",
            )  # fmt: skip
    if explorer.stretched:
        axes.set_yscale("asinh", linear_width=1.0)
    axes.set(xlabel="distance to the nearest training goal (degrees)", ylabel="regret")
    axes.grid(color="0.92")
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure
