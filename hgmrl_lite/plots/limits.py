"""The figure of the last experiment: regret where an assumption fails, and what the agent says there."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hgmrl_lite.experiments import AXES, VERDICTS, Breaking
from hgmrl_lite.plots.style import LOOKS, caption, in_style, intervals, write_ticks, zero_line

_VERDICT_COLOURS = dict(zip(VERDICTS, ("#56B4E9", "#BBBBBB", "#D55E00"), strict=True))
_VERDICT_HATCHES = dict(zip(VERDICTS, ("", "..", "///"), strict=True))


@in_style
def breaking(result: Breaking) -> Figure:
    """Draw each case's regret with the agent's verdicts below it, and where a translated policy runs.

    Parameters
    ----------
    result : Breaking
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(10.0, 8.4))
    cells = figure.subplot_mosaic(
        [
            ["action set", "off the circle", "states"],
            ["action set said", "off the circle said", "states"],
            ["wind", "reflection", "key"],
            ["wind said", "reflection said", "key"],
        ],
        height_ratios=(3.0, 1.0, 3.0, 1.0),
    )
    entries: dict[str, Artist] = {}
    for case in AXES:
        regrets, said = cells[case], cells[f"{case} said"]
        _draw_regrets(regrets, result, case)
        _draw_verdicts(said, result, case)
        for axes in (regrets, said):
            handles, labels = axes.get_legend_handles_labels()
            entries |= dict(zip(labels, handles, strict=True))
    _draw_states(cells["states"], result)
    cells["key"].axis("off")
    order = sorted(entries, key=lambda label: label.startswith("says"))
    cells["key"].legend([entries[label] for label in order], order, loc="center")
    caption(figure, result.caption())
    return figure


def _draw_regrets(axes: Axes, result: Breaking, case: str) -> None:
    """Draw the mean regret of each agent under each condition."""
    agents, top = result.agents(case), 2.0
    for number, agent in enumerate(agents):
        trials = result.of(case, agent)
        colour, marker = LOOKS[agent]
        places = np.arange(len(trials)) + 0.12 * (number - 0.5 * (len(agents) - 1))
        style = {"fmt": marker, "color": colour, "ms": 7, "mec": "white", "mew": 0.5, "label": agent}
        intervals(axes, places, (trial.mean for trial in trials), **style)
        top = max(top, 1.6 * max(float(trial.mean.mean) for trial in trials))
    zero_line(axes)
    axes.set_yscale("asinh", linear_width=1.0)
    write_ticks(axes.yaxis, (tick for tick in (0, 1, 2, 5, 10, 20, 50, 100, 200) if tick <= top))
    axes.set(title=case, ylabel="regret", xlim=(-0.6, len(trials) - 0.4), ylim=(-0.5, max(top, 2.2)))
    axes.set_xticks(range(len(trials)), [])
    axes.grid(axis="y", alpha=0.25)


def _draw_verdicts(axes: Axes, result: Breaking, case: str) -> None:
    """Draw how often the geometric agent gives each of its verdicts."""
    trials = result.of(case)
    bottom = np.zeros(len(trials))
    for verdict in VERDICTS:
        share = 100.0 * np.array([trial.share(verdict) for trial in trials])
        style: dict[str, Any] = {
            "color": _VERDICT_COLOURS[verdict],
            "hatch": _VERDICT_HATCHES[verdict],
            "ec": "white",
        }
        axes.bar(range(len(trials)), share, 0.6, bottom, label=f"says: {verdict}", **style)
        bottom += share
    axes.set(ylim=(0, 100), yticks=(0, 100), ylabel="says (%)", xlim=(-0.6, len(trials) - 0.4))
    # Some conditions are values on an axis, the others are words.
    values = case in ("off the circle", "wind")
    words = [
        f"{trial.value:g}" if values else trial.condition.replace(", base goal ", ",\n") for trial in trials
    ]
    axes.set_xticks(range(len(trials)), words)
    axes.set_xlabel(AXES[case])


def _draw_states(axes: Axes, result: Breaking) -> None:
    """Draw where the base policy was trained, and where it runs when it is translated."""
    colour, _ = LOOKS["true translation"]
    pulled_back: dict[str, Any] = {"ms": 2, "color": colour, "alpha": 0.5, "label": "translated, pulled back"}
    axes.plot(*result.translated_states.T, ".", **pulled_back)
    axes.plot(*result.own_states.T, ".", ms=2.5, color="black", alpha=0.7, label="on its own task")
    axes.plot(0.0, 0.0, "+", color="black", ms=10, mew=1.5)
    axes.set(title="where the base policy is asked", aspect="equal")
    axes.set(xlabel="x, as the base policy sees it", ylabel="y, as the base policy sees it")
    axes.legend(markerscale=5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    axes.grid(alpha=0.25)
