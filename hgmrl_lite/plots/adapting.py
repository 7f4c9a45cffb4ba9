"""The figure of experiment 4: angle error and regret against the number of transitions."""

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite.experiments import CLIFF_DEG, Adaptation
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.style import COLOURS, DASHES, MARKERS


def adaptation(result: Adaptation) -> Figure:
    """Draw angle error, regret and the share of decided inferences against the number of transitions.

    Parameters
    ----------
    result : Adaptation
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(9.4, 4.2), layout="constrained")
    angles, regrets, shares = figure.subplots(1, 3)
    low, median, high = (result.quantile(share) for share in (0.1, 0.5, 0.9))
    mean = result.mean_regret
    sizes = result.sizes
    for r, noise in enumerate(result.reward_noises):
        colour = COLOURS[r % len(COLOURS)]
        look = {
            "color": colour, "marker": MARKERS[r % len(MARKERS)], "ls": DASHES[r % len(DASHES)], "ms": 5,
            "lw": 1.3, "label": f"reward noise {noise:g}",
        }  # fmt: skip
        angles.fill_between(sizes, low[r], high[r], color=colour, alpha=0.15, lw=0)
        angles.plot(sizes, median[r], **look)
        regrets.errorbar(sizes, mean.mean[r], np.nan_to_num(mean.half_width[r]), elinewidth=0.9, **look)
        shares.plot(sizes, 100.0 * result.decided_share[r], **look)
    angles.axhline(CLIFF_DEG, color="0.5", lw=1, ls=":", label=f"terminal disc missed: {CLIFF_DEG:.1f}°")
    angles.set(yscale="log", ylabel="angle error: median, 10 to 90 %", ylim=(0.02, 200.0))
    angles.set_yticks([0.1, 1, 10, 100], ["0.1°", "1°", "10°", "100°"])
    regrets.set_yscale("asinh", linear_width=0.1)
    regrets.set_yticks([0, 0.1, 1, 10, 100], ["0", "0.1", "1", "10", "100"])
    regrets.set(ylabel="regret", ylim=(-0.1, 200.0))
    regrets.axhline(0.0, color="0.75", lw=0.8, zorder=0)
    shares.set(ylabel="inferences called decided (%)", ylim=(-4.0, 104.0))
    for axes in (angles, regrets, shares):
        axes.set_xscale("log")
        ticks = [size for size in (1, 5, 20, 100, 500) if sizes.min() <= size <= sizes.max()]
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("transitions of the new task, N")
        axes.grid(alpha=0.25)
    handles, labels = angles.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False, fontsize=8.5)
    add_caption(figure, result.caption())
    return figure
