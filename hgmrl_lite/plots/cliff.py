"""The figure of experiment 3: regret against the error of the rotation."""

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite.experiments import CLIFF_DEG, RotationError
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.regret import wrong_goal_regret
from hgmrl_lite.plots.style import COLOURS, DASHES, MARKERS


def rotation_error(result: RotationError) -> Figure:
    """Draw regret against the error of the rotation, with the angle at which the terminal disc is missed.

    Parameters
    ----------
    result : RotationError
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
        On the left all errors, on the right the foot of the cliff enlarged.
    """
    figure = Figure(figsize=(8.6, 4.4), layout="constrained")
    whole, foot = figure.subplots(1, 2, width_ratios=(1.3, 1.0))
    errors = result.errors_deg
    law = np.linspace(0.0, max(float(errors.max()), CLIFF_DEG), 121)
    for axes in (whole, foot):
        label = "staying at the wrong goal: 200 sin(ε/2)"
        axes.plot(law, wrong_goal_regret(np.radians(law)), color="0.45", lw=1.2, label=label)
        axes.axvline(CLIFF_DEG, color="0.6", lw=1, ls=":", label=f"terminal disc missed: {CLIFF_DEG:.1f}°")
        for index, case in enumerate(result.cases):
            mean = case.mean
            axes.errorbar(
                errors, mean.mean, np.nan_to_num(mean.half_width), fmt=MARKERS[index % len(MARKERS)],
                ls=DASHES[index % len(DASHES)], color=COLOURS[index % len(COLOURS)], ms=5, lw=1.2,
                elinewidth=0.9, label=case.name,
            )  # fmt: skip
        axes.set_xlabel("error ε of the rotation (degrees)")
        axes.grid(alpha=0.25)
    whole.set_ylabel("regret")
    end = 1.25 * CLIFF_DEG
    foot.set(xlim=(-0.3, end), ylim=(-0.2, 4.0), ylabel="regret, enlarged")
    handles, labels = whole.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False, fontsize=8.5)
    add_caption(figure, result.caption())
    return figure
