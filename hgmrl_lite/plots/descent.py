"""Figures of symmetry discovery: descents, conditioning, spectra."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.descent import Descent
from hgmrl_lite.discovery import Symmetry
from hgmrl_lite.plots.style import COLOURS, DASHES, MARKERS, in_style, panels, write_ticks

# The angle to the true algebra that counts as arrived, in degrees.
_ARRIVED = 1.0


@in_style
def descent_angles(results: Mapping[str, Descent]) -> Figure:
    """Draw the angle to the true algebra against the step, every run and the median of the runs.

    Parameters
    ----------
    results : mapping of str to Descent
        One panel each, by the name to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, row = panels(len(results), (8.4, 3.5), sharex=True, sharey=True)
    for index, (axes, (name, result)) in enumerate(zip(row, results.items(), strict=True)):
        steps = np.arange(1, result.steps + 2)
        angle = np.maximum(result.angle_deg, 1e-2)
        axes.plot(steps, angle, color=COLOURS[index], lw=0.7, alpha=0.4)
        axes.plot(steps, np.median(angle, axis=1), DASHES[index], color="black", lw=2, label="median")
        arrivals = result.steps_to(_ARRIVED)
        arrivals = arrivals[np.isfinite(arrivals)]
        label = f"below {_ARRIVED:g}° first: {len(arrivals)} of {result.runs} runs"
        mark: dict[str, Any] = {"mfc": COLOURS[index], "mec": "white", "ms": 8, "ls": ""}
        axes.plot(arrivals + 1, np.full(len(arrivals), _ARRIVED), MARKERS[index], label=label, **mark)
        axes.axhline(_ARRIVED, color="0.5", lw=1)
        axes.set(xscale="log", yscale="log", ylim=(1e-2, 120), xlabel="step", title=name)
        write_ticks(axes.yaxis, (0.01, 0.1, 1, 10, 90), "°")
        axes.legend(loc="lower left")
    row[0].set_ylabel("angle between W and the truth")
    return figure


@in_style
def condition_meshes(
    conditions: Mapping[str, ArrayLike], coordinates: ArrayLike, labels: Sequence[str]
) -> Figure:
    """Draw condition numbers over a square mesh of generators, on one logarithmic scale.

    Parameters
    ----------
    conditions : mapping of str to array_like, shape (m, m)
        Condition numbers by the name to show, infinite where a direction is lost; rows belong to the second
        coordinate.
    coordinates : array_like, shape (m,)
        The values of either coordinate, 0 in the middle.
    labels : sequence of str
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
    figure, row = panels(len(conditions), (8.4, 3.6), sharey=True, grid=False)
    arrays = [np.asarray(values, dtype=np.float64) for values in conditions.values()]
    for name, values in zip(conditions, arrays, strict=True):
        if values.shape != (len(ticks), len(ticks)):
            raise ValueError(
                f"conditions[{name!r}] must have shape {(len(ticks), len(ticks))}, got {values.shape}"
            )
    norm = LogNorm(1.0, max(float(values[np.isfinite(values)].max()) for values in arrays))
    for axes, name, values in zip(row, conditions, arrays, strict=True):
        picture = axes.pcolormesh(ticks, ticks, values, norm=norm, cmap="cividis_r", shading="nearest")
        axes.plot(0, 0, "*", mfc="white", mec="black", ms=13)
        middle = len(ticks) // 2
        axes.set(aspect="equal", xlabel=labels[0], title=f"{name}: {values[middle, middle]:.3g} at the star")
    row[0].set_ylabel(labels[1])
    ticks_of_bar = [1, 3, 10, 30, 100, 300, 1000]
    bar = figure.colorbar(picture, ax=row, label="condition number", ticks=ticks_of_bar)
    bar.ax.set_yticklabels([str(tick) for tick in ticks_of_bar])
    return figure


@in_style
def divided_landscape(result: Descent) -> Figure:
    """Draw the divided differential loss over all directions of 2 × 2 generators, with the runs of a descent.

    For circles about the origin that loss knows of W = aI + bJ + cD, D a reflection, no more than growth
    |a|, turn |b| and stretch c ≥ 0, up to a common factor: a point of the unit sphere, seen here from above.
    Inside the dashed line det W = a² + b² − c² is negative.

    Parameters
    ----------
    result : Descent
        Linear runs in the plane; drawn are their starts and their ends.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        When the generators are not 2 × 2.
    """
    if result.path.shape[-2:] != (2, 2):
        raise ValueError(f"result must hold 2 × 2 generators, got shape {result.path.shape[-2:]}")
    # In polar coordinates, so that the grid ends on the rim, where s = 0.
    radius, bearing = np.meshgrid(np.linspace(0.0, 1.0, 61), np.linspace(0.0, np.pi / 2, 91))
    growth, turn = radius * np.cos(bearing), radius * np.sin(bearing)
    stretch = np.sqrt(np.maximum(1.0 - radius**2, 0.0))
    # As p goes round the circle, (n · W p, t · W p) goes round one of radius c about (a, b).
    phase = (np.arange(720) + 0.5) * np.pi / 360
    seen = (growth + 1j * turn)[..., None] + stretch[..., None] * np.exp(1j * phase)
    loss = 2.0 * np.abs(np.cos(np.angle(seen))).mean(axis=-1)
    arrived = np.isfinite(result.steps_to(_ARRIVED))
    figure, row = panels(2, (8.4, 4.1), sharey=True, grid=False)
    titles = ("starts", f"after {result.steps} steps")
    for axes, title, generators in zip(row, titles, (result.start, result.generators), strict=True):
        picture = axes.contourf(growth, turn, loss, np.linspace(0.0, 2.0, 21), cmap="Greys", vmax=3.2)
        place = np.abs(_growth_and_turn(generators))
        for chosen, index, label in ((~arrived, 1, "not arrived"), (arrived, 0, "arrived")):
            mark: dict[str, Any] = {"color": COLOURS[index], "mec": "white", "mew": 0.4, "ms": 5, "ls": ""}
            axes.plot(*place[chosen].T, MARKERS[index], label=f"{label}: {chosen.sum()}", **mark)
        edge = np.linspace(0.0, np.pi / 2, 91)
        axes.plot(*(np.sqrt(0.5) * np.array([np.cos(edge), np.sin(edge)])), "k--", lw=1.2)
        box = {"fc": "white", "ec": "none", "pad": 2.0}
        axes.text(0.22, 0.42, "det W < 0", ha="center", fontsize=9, bbox=box)
        axes.plot(0, 1, "*", mfc="white", mec="black", ms=13, clip_on=False)
        axes.set(aspect="equal", xlim=(0, 1.03), ylim=(0, 1.03), xlabel="growth", title=title)
        axes.legend(loc="upper right")
    row[0].set_ylabel("turn")
    figure.colorbar(picture, ax=row, label="divided loss", ticks=[0.0, 0.5, 1.0, 1.5, 2.0])
    return figure


def _growth_and_turn(generators: Array) -> Array:
    """Return (a, b) of W = aI + bJ + cD, divided by √(a² + b² + c²), shape (..., 2)."""
    growth = (generators[..., 0, 0] + generators[..., 1, 1]) / 2.0
    turn = (generators[..., 1, 0] - generators[..., 0, 1]) / 2.0
    # ‖W‖² = 2 (a² + b² + c²).
    length = np.linalg.norm(generators, axis=(-2, -1)) / np.sqrt(2.0)
    return np.asarray(np.stack([growth, turn], axis=-1) / length[..., None])


@in_style
def symmetry_spectra(results: Mapping[str, Symmetry]) -> Figure:
    """Draw the defects of several functions with their 95 % bounds, beside the tolerance that decides.

    Parameters
    ----------
    results : mapping of str to Symmetry
        By the name to show, all with one tolerance.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (axes,) = panels(1, (8.4, 0.66 * len(results) + 1.4), grid=False)
    tolerance = max((result.tolerance for result in results.values()), default=0.0)
    axes.axvspan(0.0, tolerance, color=COLOURS[0], alpha=0.12, lw=0)
    beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    for row, result in enumerate(results.values()):
        d = result.dimension if result.verdict == "yes" else 0
        defects = result.spectrum
        # Each candidate has a lane of its own: equal defects stay apart, and no mark hides another's bounds.
        height = row + np.linspace(-0.32, 0.32, len(defects))
        axes.hlines(height, result.lower, result.upper, color="0.35", lw=1.6)
        axes.plot(defects[d:], height[d:], "o", mfc="white", mec="0.35", ms=5)
        axes.plot(defects[:d], height[:d], "*", color=COLOURS[0], mec="black", mew=0.5, ms=11)
        dimension = "" if result.verdict == "undecided" else f"dimension {'' if result.exact else '≥ '}{d}"
        axes.text(1.02, row - 0.13, f"symmetric: {result.verdict}", fontsize=10, fontweight="bold", **beside)
        axes.text(1.02, row + 0.17, dimension, fontsize=9, **beside)
    axes.hlines(
        np.arange(1, len(results)) - 0.5, 0.0, 1.0, transform=axes.get_yaxis_transform(), color="0.85", lw=0.8
    )
    axes.set_yticks(range(len(results)), list(results))
    axes.set(xlim=(-0.03, 1.04), ylim=(len(results) - 0.5, -0.5), xlabel="defect")
    above: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "va": "bottom", "fontsize": 9}
    axes.text(0.0, 1.01, f"accepted: up to the tolerance, {tolerance:g}", color=COLOURS[0], **above)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.25)
    axes.set_axisbelow(True)
    keys = [
        Line2D([], [], marker="*", mfc=COLOURS[0], mec="black", ms=11, ls="", label="symmetry"),
        Line2D([], [], marker="o", mfc="white", mec="0.35", ms=5, ls="", label="other candidate"),
        Line2D([], [], color="0.35", lw=1.6, label="95 % bounds"),
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=3)
    return figure
