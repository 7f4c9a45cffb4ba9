"""The figure of experiment 6: error of the generator against the number of samples."""

from matplotlib.figure import Figure

from hgmrl_lite.experiments import SampleEfficiency
from hgmrl_lite.experiments.sample_efficiency import METHODS
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.style import COLOURS, DASHES, MARKERS


def sample_efficiency(result: SampleEfficiency) -> Figure:
    """Draw the error of each method against the number of samples, one panel a noise.

    Parameters
    ----------
    result : SampleEfficiency
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(4.2 * len(result.noises), 4.2), layout="constrained")
    panels = figure.subplots(1, len(result.noises), sharey=True, squeeze=False)[0]
    low, median, high = (result.quantile(share) for share in (0.1, 0.5, 0.9))
    for r, (axes, noise) in enumerate(zip(panels, result.noises, strict=True)):
        for m, method in enumerate(METHODS):
            colour, ends = COLOURS[m], (low[r, :, m], high[r, :, m])
            axes.fill_between(result.sizes, *ends, color=colour, alpha=0.15, lw=0)
            look = {"color": colour, "marker": MARKERS[m], "ls": DASHES[m], "ms": 5, "lw": 1.3}
            axes.plot(result.sizes, median[r, :, m], label=method, **look)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel="samples, N",
            title="values without noise" if noise == 0.0 else f"noise {noise:g} on the values",
        )
        axes.set_xticks(result.sizes, [str(size) for size in result.sizes])
        axes.minorticks_off()
        axes.grid(alpha=0.25)
    panels[0].set_ylabel("error of the generator in degrees: median, 10 to 90 %")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper center", ncols=len(METHODS), frameon=False, fontsize=8.5
    )
    add_caption(figure, result.caption())
    return figure
