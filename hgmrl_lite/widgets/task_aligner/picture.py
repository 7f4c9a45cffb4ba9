"""TaskAligner as a still picture, for places where no widget runs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.looks import BLUE, VERMILLION
from hgmrl_lite.widgets.base import plane_axes

if TYPE_CHECKING:
    from hgmrl_lite.widgets.task_aligner import TaskAligner

_LENGTH = 0.13


def aligner_picture(aligner: "TaskAligner") -> Figure:
    """Draw what the widget shows: both tasks' lines or arrows, and the mean angle between them by turn."""
    from hgmrl_lite.widgets.task_aligner import CURVE, HALF

    figure = Figure(figsize=(8.6, 4.4))
    plane = plane_axes(figure, HALF)
    plane.set_position((0.05, 0.08, 0.44, 0.86))
    turn = lie.so2_exp(np.radians(aligner.turn_degrees))
    centres = aligner.reward_model.centres
    gradients = aligner.reward_model.gradient(centres)
    field = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    points = aligner.context.next_states
    signed = aligner.signed
    _strokes(plane, centres @ turn.T, field @ turn.T, signed, VERMILLION, 1.2, 0.45)
    _strokes(plane, points, aligner.normals, signed, BLUE, 3.0, 1.0)
    _strokes(plane, points, aligner.base_normals(aligner.turn_degrees), signed, VERMILLION, 1.4, 1.0)
    plane.plot([], [], color=VERMILLION, lw=1.4, label="base task, turned")
    plane.plot([], [], color=BLUE, lw=3, label=f"new task, {aligner.transitions} transitions")
    plane.plot(*aligner.base_goal, "s", mfc="none", mec=VERMILLION, ms=8)
    plane.plot(*(turn @ aligner.base_goal), "s", mfc=VERMILLION, mec="black", ms=8, label="its goal")
    plane.plot(*aligner.goal, "o", mfc="white", mec="black", mew=2, ms=11, label="new goal")
    plane.legend(loc="lower center", ncols=2, frameon=False, fontsize=7)

    axes = figure.add_axes((0.57, 0.16, 0.4, 0.7))
    if signed:
        axes.plot(CURVE, aligner.mean_angle(CURVE, signed=False), "--", color="0.6", lw=1, label="lines")
    axes.plot(CURVE, aligner.mean_angle(CURVE, signed=signed), color="black", lw=1.6)
    axes.plot(aligner.turn_degrees, aligner.misalignment, "o", mfc="white", mec="black", mew=2, ms=9)
    if aligner.revealed:
        degrees = float(np.degrees(aligner.inference.angle))
        axes.plot(degrees, aligner.mean_angle(degrees, signed=signed), "x", color=BLUE, ms=9, mew=2.5)
    axes.set(xlim=(-180, 180), ylim=(0, 180), xticks=range(-180, 181, 90), yticks=(0, 90, 180))
    axes.set_xlabel("turn in degrees")
    axes.set_title(f"mean angle between {'arrows' if signed else 'lines'}, in degrees", fontsize=10)
    axes.grid(alpha=0.3)
    return figure


def _strokes(
    axes: Any, points: Array, normals: Array, signed: bool, colour: str, width: float, alpha: float
) -> None:
    """Draw a line at right angles to each normal, or an arrow along it."""
    if signed:
        axes.quiver(
            *points.T, *(_LENGTH * normals).T, color=colour, alpha=alpha, width=0.0022 * (1.0 + width),
            angles="xy", scale_units="xy", scale=1,
        )  # fmt: skip
        return
    along = 0.5 * _LENGTH * np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    ends = np.stack([points - along, points + along], axis=1)
    axes.add_collection(LineCollection(list(ends), colors=colour, linewidths=width, alpha=alpha))
