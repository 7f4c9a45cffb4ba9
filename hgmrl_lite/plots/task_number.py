"""The figure of experiment 2: regret against the number of training tasks."""

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite.experiments import Coverage
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.style import LOOKS


def coverage(result: Coverage) -> Figure:
    """Draw test regret of CCM and of the geometric agent against the number of training tasks.

    Parameters
    ----------
    result : Coverage
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
        On the left the mean over the test goals, on the right the slope against distance.
    """
    figure = Figure(figsize=(8.6, 4.6), layout="constrained")
    means, slopes = figure.subplots(1, 2, width_ratios=(1.5, 1.0))
    series = (
        ("CCM", "even", "-", "full", "CCM, evenly spaced tasks"),
        ("CCM", "experiment 1", "", "none", "CCM, the tasks of experiment 1"),
        ("geometric", "experiment 1", "-", "full", "geometric, the first tasks of experiment 1"),
    )
    for agent, spacing, line, fill, label in series:
        cases = result.select(agent, spacing)
        if not cases:
            continue
        colour, marker = LOOKS[agent]
        look = {
            "fmt": marker, "ls": line, "color": colour, "ms": 7, "lw": 1.4, "elinewidth": 1,
            "mfc": colour if fill == "full" else "white", "mew": 1.3,
        }  # fmt: skip
        numbers = [case.tasks for case in cases]
        for axes, intervals in (
            (means, [case.test.mean for case in cases]),
            (slopes, [case.slope for case in cases]),
        ):
            axes.errorbar(
                numbers,
                [float(interval.mean) for interval in intervals],
                np.nan_to_num([float(interval.half_width) for interval in intervals]),
                label=label,
                **look,
            )
        if fill == "full":
            trained = [float(case.train.mean.mean) for case in cases]
            means.plot(
                numbers, trained, ls=":", lw=1.2, marker=marker, ms=4, mfc="white", color=colour,
                label=f"{agent}, on its own training goals",
            )  # fmt: skip
    ticks = sorted({case.tasks for case in result.cases})
    for axes in (means, slopes):
        axes.axhline(0.0, color="0.75", lw=0.8, zorder=0)
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("training tasks")
        axes.grid(alpha=0.25)
    # Small regrets can be told apart, large ones compared.
    means.set_yscale("asinh", linear_width=1.0)
    means.set_yticks([0, 1, 2, 5, 10, 20, 50, 100], ["0", "1", "2", "5", "10", "20", "50", "100"])
    means.set_ylim(bottom=-0.5)
    means.set_ylabel("mean regret on the test goals")
    slopes.set_ylabel("slope against distance (per radian)")
    handles, labels = means.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda index: ("own" in labels[index], index))
    handles, labels = [handles[index] for index in order], [labels[index] for index in order]
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize=8.5)
    add_caption(figure, result.caption())
    return figure
