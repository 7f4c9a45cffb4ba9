"""OrbitExplorer as a still picture, for places where no widget runs."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite import actions
from hgmrl_lite._looks import BLUE, GREEN, GREY, PURPLE, VERMILLION
from hgmrl_lite.widgets.picture import PlanePicture, square_grid


# A OrbitExplorer, as what it draws: its type would be an import in a circle.
def orbit_picture(explorer: Any, half: float, corners: list[list[float]]) -> Figure:
    """Draw p and g·p, and what is chosen of figure, orbit, stabiliser, function and policy."""
    element, point = explorer.element, np.array(explorer.point)
    outline = np.array([*corners, corners[0]])
    picture = PlanePicture(half)
    if explorer.show_orbit:
        _draw_orbit(picture, explorer)
    if explorer.show_stabiliser:
        copies = np.array([copy(outline) for copy in _fixing(explorer)])
        picture.line(copies, GREEN, "F under what fixes p", lw=1)
    if explorer.show_level_sets:
        levels = np.exp(-0.5 * np.array([1.9, 1.3, 0.7]) ** 2)
        picture.levels(explorer.function, levels, GREY, "level sets of f", ls="--")
        picture.levels(explorer.moved_function, levels, GREEN, "of g·f")
    if explorer.show_arrows:
        grid = square_grid(2.0, 9)
        picture.arrows(grid, 0.25 * explorer.moved_policy(grid), VERMILLION, "policy g·π")
    if explorer.show_level_sets or explorer.show_arrows:
        picture.mark(explorer.goal, "s", "goal c", face="0.75")
        picture.mark(element(explorer.goal), "D", "g·c", face=VERMILLION)
    if explorer.show_figure:
        picture.line(outline, "0.45", "F", lw=1.6)
        picture.axes.fill(*element(outline).T, fc=BLUE, ec="black", alpha=0.75, label="g·F")
    picture.mark(element(point), "o", "g·p", edge=BLUE, size=13)
    picture.mark(point, "o", "p", face="black", size=6)
    return picture.finished(explorer.describe().split("; ")[0], 4)


def _draw_orbit(picture: PlanePicture, explorer: Any) -> None:
    """Draw the orbit of p: a point, a curve, or the whole plane."""
    half = picture.half
    dimension = actions.orbit_dimension(explorer.algebra, explorer.point)
    if dimension == 2:
        picture.axes.axhspan(-half, half, color=PURPLE, alpha=0.13, lw=0, label="orbit of p: the whole plane")
    if dimension == 1:
        # A ray leaves the window only after a factor of many; a line after a time as long as the window.
        extent = 4.0 * half / (abs(explorer.point[1]) if explorer.group == "shear" else 1.0)
        extent = np.pi if explorer.group == "rotation" else extent
        points = actions.orbit(explorer.algebra, explorer.point, 241, extent)
        picture.line(points, PURPLE, "orbit of p", ls="--")


def _fixing(explorer: Any, count: int = 12) -> list[actions.LinearAction | actions.AffineAction]:
    """Return some elements of the stabiliser of p."""
    algebra = actions.stabiliser(explorer.algebra, explorer.point)
    if algebra.dimension == 0:
        return [actions.AffineAction(np.eye(3))]
    turns = explorer.group in ("rotation", "rigid")
    # The generator that is found has any length: steps are measured in its own turn.
    size = np.linalg.norm(algebra.basis[0, :2, :2]) / np.sqrt(
        2.0 if turns or explorer.group == "scaling" else 1.0
    )
    steps = 2.0 * np.pi * np.arange(count) / count if turns else np.linspace(-1.2, 1.2, count)
    return [actions.action_of(algebra, [step / size]) for step in steps]
