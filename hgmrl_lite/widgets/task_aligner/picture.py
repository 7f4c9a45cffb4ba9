"""TaskAligner as a still picture, for places where no widget runs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite import lie
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array
from hgmrl_lite.widgets.picture import PlanePicture

_LENGTH = 0.13


# A TaskAligner, as what it draws: its type would be an import in a circle.
def aligner_picture(aligner: Any, half: float) -> Figure:
    """Draw both tasks' lines or arrows, with the mean angle between them as the title."""
    picture = PlanePicture(half)

    def strokes(points: Array, normals: Array, colour: str, width: float, name: str = "") -> None:
        """Draw a line at right angles to each normal, or an arrow along it."""
        if aligner.signed:
            picture.arrows(points, _LENGTH * normals, colour, name)
            return
        along = 0.5 * _LENGTH * np.stack([-normals[:, 1], normals[:, 0]], axis=1)
        picture.line(np.stack([points - along, points + along], axis=1), colour, name, lw=width)

    turn = lie.so2_exp(np.radians(aligner.turn_degrees))
    centres, points = aligner.reward_model.centres, aligner.context.next_states
    gradients = aligner.reward_model.gradient(centres)
    field = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    strokes(centres @ turn.T, field @ turn.T, VERMILLION, 0.6, "base task, turned")
    strokes(points, aligner.normals, BLUE, 3.0, f"new task, {aligner.transitions} transitions")
    strokes(points, aligner.base_normals(aligner.turn_degrees), VERMILLION, 1.4)
    picture.mark(aligner.base_goal, "s", face="none", edge=VERMILLION)
    picture.mark(turn @ aligner.base_goal, "s", "its goal", face=VERMILLION)
    picture.mark(aligner.goal, "o", "new goal", size=11)
    if aligner.revealed:
        answer = lie.so2_exp(aligner.inference.angle) @ aligner.base_goal
        picture.mark(answer, "x", "the package's answer", edge=BLUE)
    what = "arrows" if aligner.signed else "lines"
    return picture.finished(
        f"turned by {aligner.turn_degrees:.1f}°: {what} {aligner.misalignment:.1f}° apart"
    )
