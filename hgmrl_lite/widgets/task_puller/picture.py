"""TaskPuller as a still picture, for places where no widget runs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite.looks import BLUE, GREY, PURPLE, VERMILLION
from hgmrl_lite.widgets.base import plane_axes
from hgmrl_lite.widgets.task_puller.findings import VERDICTS
from hgmrl_lite.widgets.task_puller.maps import BASE_GOAL, REWARDS

if TYPE_CHECKING:
    from hgmrl_lite.widgets.task_puller import TaskPuller

_GREEN = "#009E73"


def task_picture(puller: "TaskPuller") -> Figure:
    """Draw the base task, the target and the carried task, with the verdict as title."""
    from hgmrl_lite.widgets.task_puller import HALF

    element, target, reward = puller.element, puller.target_element, REWARDS[puller.reward]
    figure = Figure(figsize=(5.0, 5.9), layout="constrained")
    axes = plane_axes(figure, HALF)
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-HALF, HALF, 161)]), axis=-1)
    curves: list[tuple[Any, str, float, str, str]] = [
        (target.on_function(reward.value), _GREEN, 3.2, "-", "target's reward"),
        (element.on_function(reward.value), BLUE, 1.4, "-", "carried reward"),
    ]
    if puller.show_base:
        curves.insert(0, (reward.value, GREY, 1.0, "--", "base reward"))
    for function, colour, width, dashes, name in curves:
        axes.contour(
            grid[..., 0], grid[..., 1], function(grid), reward.levels, colors=colour, linewidths=width,
            linestyles=dashes,
        )  # fmt: skip
        axes.plot([], [], color=colour, ls=dashes, lw=width, label=name)
    if puller.show_policy:
        places = np.stack(np.meshgrid(*2 * [np.linspace(-2.0, 2.0, 11)]), axis=-1).reshape(-1, 2)
        axes.quiver(
            *places.T, *(0.22 * puller.carried_policy(places)).T, color=VERMILLION, width=0.004, angles="xy",
            scale_units="xy", scale=1, label="carried policy",
        )  # fmt: skip
    starts = puller._samples["starts"]
    axes.plot(*starts.T, ".", color=GREY, ms=3, label="starts")
    axes.plot(*element(starts).T, ".", color=PURPLE, ms=3, label="carried starts")
    axes.plot(*BASE_GOAL, "s", mfc="0.75", mec="black", ms=8, label="base goal")
    axes.plot(*target(BASE_GOAL), "D", mfc=_GREEN, mec="black", ms=9, label="target's goal")
    axes.plot(*element(BASE_GOAL), "o", mfc="none", mec=BLUE, mew=2.5, ms=13, label="carried base goal")
    axes.set_title(VERDICTS[puller.verdict], fontsize=8.5, wrap=True)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure
