"""Figures of symmetry discovery: descents, conditioning, spectra."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import as_array
from hgmrl_lite.descent import Descent
from hgmrl_lite.discovery import CLEAR, NEARLY, Symmetry
from hgmrl_lite.plots.style import COLOURS, DASHES, MARKERS


def descent_angles(results: Mapping[str, Descent], below_deg: float = 1.0) -> Figure:
    """Draw the angle to the true algebra against the step, every run and the median of the runs.

    Parameters
    ----------
    results : mapping of str to Descent
        One panel each, by the name to show.
    below_deg : float, optional
        The angle that counts as arrived, in degrees.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(8.4, 3.5), layout="constrained")
    panels = figure.subplots(1, len(results), sharex=True, sharey=True, squeeze=False)[0]
    for index, (axes, (name, result)) in enumerate(zip(panels, results.items(), strict=True)):
        steps = np.arange(1, result.steps + 2)
        angle = np.maximum(result.angle_deg, 1e-2)
        axes.plot(steps, angle, color=COLOURS[index], lw=0.7, alpha=0.4)
        axes.plot(steps, np.median(angle, axis=1), DASHES[index], color="black", lw=2, label="median")
        arrivals = result.steps_to(below_deg)
        arrivals = arrivals[np.isfinite(arrivals)]
        label = f"below {below_deg:g}° first: {len(arrivals)} of {result.runs} runs"
        mark = {"mfc": COLOURS[index], "mec": "white", "ms": 8, "ls": ""}
        axes.plot(arrivals + 1, np.full(len(arrivals), below_deg), MARKERS[index], label=label, **mark)
        axes.axhline(below_deg, color="0.5", lw=1)
        axes.set(xscale="log", yscale="log", ylim=(1e-2, 120), xlabel="step", title=name)
        axes.set_yticks([0.01, 0.1, 1, 10, 90], ["0.01°", "0.1°", "1°", "10°", "90°"])
        axes.grid(alpha=0.25)
        axes.legend(frameon=False, loc="lower left", fontsize=9)
    panels[0].set_ylabel("angle between W and the truth")
    return figure


def condition_meshes(
    conditions: Mapping[str, ArrayLike], coordinates: ArrayLike, labels: Sequence[str] = ("u", "v")
) -> Figure:
    """Draw condition numbers over a square mesh of generators, on one logarithmic scale.

    Parameters
    ----------
    conditions : mapping of str to array_like, shape (m, m)
        Condition numbers by the name to show, infinite where a direction is lost; rows belong to the second
        coordinate.
    coordinates : array_like, shape (m,)
        The values of either coordinate, 0 in the middle.
    labels : sequence of str, optional
        Names of the coordinates.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When a mesh is not as large as its coordinates say.
    """
    from matplotlib.colors import LogNorm

    ticks = as_array("coordinates", coordinates, ("m",))
    figure = Figure(figsize=(8.4, 3.6), layout="constrained")
    panels = figure.subplots(1, len(conditions), sharey=True, squeeze=False)[0]
    arrays = [np.asarray(values, dtype=np.float64) for values in conditions.values()]
    for name, values in zip(conditions, arrays, strict=True):
        if values.shape != (len(ticks), len(ticks)):
            raise ValueError(
                f"conditions[{name!r}] must have shape {(len(ticks), len(ticks))}, got {values.shape}"
            )
    norm = LogNorm(1.0, max(float(values[np.isfinite(values)].max()) for values in arrays))
    for axes, name, values in zip(panels, conditions, arrays, strict=True):
        picture = axes.pcolormesh(ticks, ticks, values, norm=norm, cmap="cividis_r", shading="nearest")
        axes.plot(0, 0, "*", mfc="white", mec="black", ms=13)
        middle = len(ticks) // 2
        axes.set(aspect="equal", xlabel=labels[0], title=f"{name}: {values[middle, middle]:.3g} at the star")
    panels[0].set_ylabel(labels[1])
    figure.colorbar(
        picture, ax=panels, label="condition number", ticks=[1, 3, 10, 30, 100, 300, 1000]
    ).ax.set_yticklabels(["1", "3", "10", "30", "100", "300", "1000"])
    return figure


def symmetry_spectra(results: Mapping[str, Symmetry]) -> Figure:
    """Draw the spectra of several functions: what scores near 0 is a symmetry, 1 is a random direction.

    Parameters
    ----------
    results : mapping of str to Symmetry
        By the name to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = Figure(figsize=(8.4, 0.55 * len(results) + 1.5), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(0.0, NEARLY, color=COLOURS[0], alpha=0.12, lw=0)
    axes.axvspan(NEARLY, CLEAR, color="0.85", lw=0)
    for row, result in enumerate(results.values()):
        d = result.dimension
        scores = result.spectrum
        axes.plot(scores[d:], np.full(len(scores) - d, row), "o", mfc="white", mec="0.35", ms=8)
        # Equal scores are told apart by a small shift upwards.
        axes.plot(scores[:d], row - 0.13 * np.arange(d), "*", color=COLOURS[0], mec="black", mew=0.5, ms=13)
        axes.text(1.47, row, f"{result.verdict}, dimension {d}", va="center", fontsize=10)
    axes.set_yticks(range(len(results)), list(results))
    axes.set(xlim=(-0.03, 1.46), ylim=(len(results) - 0.4, -0.6), xlabel="score")
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "va": "bottom", "fontsize": 9}
    axes.text(NEARLY, 1.01, "symmetry", ha="right", color=COLOURS[0], **above)
    axes.text((NEARLY + CLEAR) / 2, 1.01, " undecided", ha="left", color="0.4", **above)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.25)
    return figure
