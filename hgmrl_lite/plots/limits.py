"""The figure of experiment 5: regret where an assumption fails, and what the agent says there."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hgmrl_lite.experiments import VERDICTS, Breaking, Case
from hgmrl_lite.plots.captions import add_caption
from hgmrl_lite.plots.style import LOOKS

_VERDICT_COLOURS = dict(zip(VERDICTS, ("#56B4E9", "#BBBBBB", "#D55E00"), strict=True))
_VERDICT_HATCHES = dict(zip(VERDICTS, ("", "..", "///"), strict=True))


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
    figure = Figure(figsize=(10.0, 8.4), layout="constrained")
    cells = figure.subplot_mosaic(
        [
            ["action set", "off the circle", "states"],
            ["action set said", "off the circle said", "states"],
            ["wind", "reflection", "key"],
            ["wind said", "reflection said", "key"],
        ],
        height_ratios=(3.0, 1.0, 3.0, 1.0),
    )
    for case in result.cases:
        _draw_case(cells[case.name], cells[f"{case.name} said"], case)
    _draw_states(cells["states"], result)
    handles: dict[str, Artist] = {}
    for name in (*(case.name for case in result.cases), "action set said"):
        for handle, label in zip(*cells[name].get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    cells["key"].axis("off")
    cells["key"].legend(list(handles.values()), list(handles), loc="center", frameon=False, fontsize=9)
    add_caption(figure, result.caption())
    return figure


def _draw_case(regrets: Axes, said: Axes, case: Case) -> None:
    """Draw the regret of each agent, and the shares of the verdicts below."""
    conditions = [trial.condition for trial in case.of(case.agents[0])]
    places = np.arange(len(conditions))
    for number, agent in enumerate(case.agents):
        trials = case.of(agent)
        colour, marker = LOOKS[agent]
        regrets.errorbar(
            places + 0.12 * (number - 0.5 * (len(case.agents) - 1)),
            [float(trial.mean.mean) for trial in trials],
            np.nan_to_num([float(trial.mean.half_width) for trial in trials]),
            fmt=marker, color=colour, ms=7, elinewidth=1, mec="white", mew=0.5, label=agent,
        )  # fmt: skip
        if trials[0].verdicts is None:
            continue
        bottom = np.zeros(len(trials))
        for verdict in VERDICTS:
            share = 100.0 * np.array([trial.share(verdict) for trial in trials])
            said.bar(
                places, share, 0.6, bottom, color=_VERDICT_COLOURS[verdict], hatch=_VERDICT_HATCHES[verdict],
                ec="white", label=f"says: {verdict}",
            )  # fmt: skip
            bottom += share
    regrets.axhline(0.0, color="0.75", lw=0.8, zorder=0)
    regrets.set_yscale("asinh", linear_width=1.0)
    top = max(float(trial.mean.mean) for trial in case.trials)
    ticks = [tick for tick in (0, 1, 2, 5, 10, 20, 50, 100, 200) if tick <= max(1.6 * top, 2.0)]
    regrets.set_yticks(ticks, [str(tick) for tick in ticks])
    regrets.set_ylim(-0.5, max(1.6 * top, 2.2))
    regrets.minorticks_off()
    regrets.set(title=case.name, ylabel="regret", xlim=(-0.6, len(conditions) - 0.4))
    regrets.set_xticks(places, [])
    regrets.grid(axis="y", alpha=0.25)
    said.set(ylim=(0, 100), yticks=(0, 100), ylabel="says (%)", xlim=(-0.6, len(conditions) - 0.4))
    labels = [condition.replace(", base goal ", ",\n") for condition in conditions]
    said.set_xticks(
        places, [f"{trial.value:g}" for trial in case.of(case.agents[0])] if _numbers(case) else labels
    )
    said.set_xlabel(case.axis)


def _numbers(case: Case) -> bool:
    """Return whether the conditions are values on an axis."""
    return case.name in ("off the circle", "wind")


def _draw_states(axes: Axes, result: Breaking) -> None:
    """Draw where the base policy was trained, and where it runs when it is translated."""
    colour, _ = LOOKS["true translation"]
    axes.plot(
        *result.translated_states.T, ".", ms=2, color=colour, alpha=0.5, label="translated, pulled back"
    )
    axes.plot(*result.own_states.T, ".", ms=2.5, color="black", alpha=0.7, label="on its own task")
    axes.plot(0.0, 0.0, "+", color="black", ms=10, mew=1.5)
    axes.set(
        title="where the base policy is asked", xlabel="x, as the base policy sees it",
        ylabel="y, as the base policy sees it", aspect="equal",
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8.5, markerscale=5, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    axes.grid(alpha=0.25)
