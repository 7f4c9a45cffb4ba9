"""The figures of the experiments, by their names: curves with intervals, and the protocol below."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hgmrl_lite.experiments import (
    AXES,
    CLIFF_DEG,
    VERDICTS,
    Adaptation,
    Breaking,
    Coverage,
    RegretByDistance,
    RotationError,
    SampleEfficiency,
    published,
)
from hgmrl_lite.experiments.sample_efficiency import METHODS
from hgmrl_lite.plots.regret import draw_law, wrong_goal_regret
from hgmrl_lite.plots.style import (
    LOOKS,
    caption,
    curve,
    in_style,
    intervals,
    legend_outside,
    look,
    panels,
    write_ticks,
    zero_line,
)

# An agent is in the enlarged panel when its mean regret on some goal is within this.
_SMALL = 3.0
# Colour and hatch of each verdict on trust.
_VERDICT_LOOKS = dict(zip(VERDICTS, (("#56B4E9", ""), ("#BBBBBB", ".."), ("#D55E00", "///")), strict=True))
_MISSED = f"terminal disc missed: {CLIFF_DEG:.1f}°"


@in_style
def regret_by_distance(result: RegretByDistance) -> Figure:
    """Draw each agent's regret on each goal against the angle to the nearest training goal.

    The published points stand beside ours, and the differences of their protocol in the caption.

    Parameters
    ----------
    result : RegretByDistance
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
        Above all regrets, below those near 0 enlarged.
    """
    figure = Figure(figsize=(8.6, 7.4))
    whole, near = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1.0))
    points = published()
    reach = max(float(result.distances().max()), float(points.distance.max()))
    law = np.linspace(0.0, 1.05 * reach, 91)
    for axes in (whole, near):
        label = "staying at the nearest training goal"
        axes.plot(law, wrong_goal_regret(law), color="0.5", lw=1.1, label=label)
        zero_line(axes)
        axes.grid(alpha=0.25)
    for index, agent in enumerate(result.agents):
        # A small shift tells agents with equal regrets on one goal apart.
        shift = 0.004 * reach * (index - 0.5 * (len(result.agents) - 1))
        colour, marker = look(agent.name, index)
        name = f"{agent.name} (told the goal)" if agent.uses_goal else agent.name
        style = {"fmt": marker, "color": colour, "ms": 5, "mec": "white", "mew": 0.4, "alpha": 0.9}
        for axes in (whole, near) if np.abs(agent.by_task.mean).min() < _SMALL else (whole,):
            intervals(axes, result.distances(agent.name) + shift, agent.by_task, label=name, **style)
    for name, regret in points.regret.items():
        colour, marker = LOOKS[name]
        for axes in (whole, near):
            (line,) = axes.plot(points.distance, regret, marker, mfc="none", mec=colour, ms=6, mew=1.1)
            line.set_label(f"published: {name}")
    whole.set(ylabel="regret", xlim=(-0.02 * reach, 1.05 * reach))
    whole.set_ylim(-8.0, max(whole.get_ylim()[1], 100.0))
    near.set(ylabel="regret, enlarged", ylim=(-0.5, _SMALL))
    near.set_xlabel("angle δ to the nearest training goal (radians)")
    # Ours first, then the law, then what is published.
    legend_outside(figure, "upper", 3, lambda label: (label.startswith("published"), "staying" in label))
    caption(figure, f"Line: 100 · 2 sin(δ/2). {result.caption()} {points.differences}")
    return figure


@in_style
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
    figure, (means, slopes) = panels(2, (8.6, 4.6), width_ratios=(1.5, 1.0))
    for agent, spacing, label in (
        ("CCM", "even", "CCM, evenly spaced tasks"),
        ("CCM", "experiment 1", "CCM, the tasks of experiment 1"),
        ("geometric", "experiment 1", "geometric, the first tasks of experiment 1"),
    ):
        cases = [case for case in result.cases if (case.agent, case.spacing) == (agent, spacing)]
        if not cases:
            continue
        colour, marker = LOOKS[agent]
        # CCM on the tasks of experiment 1 is the one point beside a curve.
        alone = (agent, spacing) == ("CCM", "experiment 1")
        style = {"fmt": marker, "color": colour, "ms": 7, "lw": 1.4, "mew": 1.3, "label": label}
        style |= {"ls": "", "mfc": "white"} if alone else {"ls": "-", "mfc": colour}
        numbers = [case.tasks for case in cases]
        intervals(means, numbers, (case.test.mean for case in cases), **style)
        intervals(slopes, numbers, (case.slope for case in cases), **style)
        if not alone:
            trained = [float(case.train.mean.mean) for case in cases]
            own = f"{agent}, on its own training goals"
            means.plot(numbers, trained, marker, ls=":", lw=1.2, ms=4, mfc="white", color=colour, label=own)
    for axes in (means, slopes):
        zero_line(axes)
        axes.set_xscale("log", base=2)
        write_ticks(axes.xaxis, sorted({case.tasks for case in result.cases}))
        axes.set_xlabel("training tasks")
    # Small regrets can be told apart, large ones compared.
    means.set_yscale("asinh", linear_width=1.0)
    write_ticks(means.yaxis, (0, 1, 2, 5, 10, 20, 50, 100))
    means.set_ylim(bottom=-0.5)
    means.set_ylabel("mean regret on the test goals")
    slopes.set_ylabel("slope against distance (per radian)")
    legend_outside(figure, "upper", 2, lambda label: "own" in label)
    caption(figure, result.caption())
    return figure


@in_style
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
    figure, (whole, foot) = panels(2, (8.6, 4.4), width_ratios=(1.3, 1.0))
    errors = result.errors_deg
    for axes in (whole, foot):
        draw_law(axes, max(float(errors.max()), CLIFF_DEG), "staying at the wrong goal: 200 sin(ε/2)")
        axes.axvline(CLIFF_DEG, color="0.6", lw=1, ls=":", label=_MISSED)
        for index, name in enumerate(result.cases):
            intervals(axes, errors, result.mean[index], ms=5, lw=1.2, label=name, **curve(index))
        axes.set_xlabel("error ε of the rotation (degrees)")
    whole.set_ylabel("regret")
    foot.set(xlim=(-0.3, 1.25 * CLIFF_DEG), ylim=(-0.2, 4.0), ylabel="regret, enlarged")
    legend_outside(figure, "upper", 3)
    caption(figure, result.caption())
    return figure


@in_style
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
    figure, (angles, regrets, shares) = panels(3, (9.4, 4.2))
    low, median, high = (result.quantile(share) for share in (0.1, 0.5, 0.9))
    sizes = result.sizes
    for r, noise in enumerate(result.reward_noises):
        style = {**curve(r), "ms": 5, "lw": 1.3, "label": f"reward noise {noise:g}"}
        angles.fill_between(sizes, low[r], high[r], color=style["color"], alpha=0.15, lw=0)
        angles.plot(sizes, median[r], **style)
        intervals(regrets, sizes, result.mean_regret[r], **style)
        shares.plot(sizes, 100.0 * result.decided_share[r], **style)
    angles.axhline(CLIFF_DEG, color="0.5", lw=1, ls=":", label=_MISSED)
    angles.set(yscale="log", ylabel="angle error: median, 10 to 90 %", ylim=(0.02, 200.0))
    write_ticks(angles.yaxis, (0.1, 1, 10, 100), "°")
    regrets.set_yscale("asinh", linear_width=0.1)
    write_ticks(regrets.yaxis, (0, 0.1, 1, 10, 100))
    regrets.set(ylabel="regret", ylim=(-0.1, 200.0))
    zero_line(regrets)
    shares.set(ylabel="inferences called decided (%)", ylim=(-4.0, 104.0))
    for axes in (angles, regrets, shares):
        axes.set(xscale="log", xlabel="transitions of the new task, N")
        write_ticks(axes.xaxis, (size for size in (1, 5, 20, 100, 500) if sizes.min() <= size <= sizes.max()))
    legend_outside(figure, "upper", 4)
    caption(figure, result.caption())
    return figure


@in_style
def sample_efficiency(result: SampleEfficiency) -> Figure:
    """Draw the error of each method's generator against the number of samples, one panel a noise.

    Parameters
    ----------
    result : SampleEfficiency
        The experiment's result.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, row = panels(len(result.noises), (4.3 * len(result.noises), 4.2), sharey=True)
    low, median, high = (result.quantile(share) for share in (0.1, 0.5, 0.9))
    for r, (axes, noise) in enumerate(zip(row, result.noises, strict=True)):
        for m, method in enumerate(METHODS):
            look_of = curve(m)
            axes.fill_between(result.sizes, low[r, :, m], high[r, :, m], color=look_of["color"], alpha=0.15)
            axes.plot(result.sizes, median[r, :, m], label=method, ms=5, lw=1.3, **look_of)
        axes.set(xscale="log", yscale="log", xlabel="samples, N")
        axes.set_title(f"noise {noise:g} on the values" if noise else "values without noise")
        write_ticks(axes.xaxis, result.sizes)
    row[0].set_ylabel("error of the generator in degrees: median, 10 to 90 %")
    legend_outside(figure, "upper", len(METHODS))
    caption(figure, result.caption())
    return figure


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
    order = sorted(entries, key=lambda label: label.startswith("trusted"))
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
        colour, hatch = _VERDICT_LOOKS[verdict]
        style: dict[str, Any] = {"color": colour, "hatch": hatch, "ec": "white"}
        axes.bar(range(len(trials)), share, 0.6, bottom, label=f"trusted: {verdict}", **style)
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
