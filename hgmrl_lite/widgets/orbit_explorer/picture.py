"""OrbitExplorer as a still picture, for places where no widget runs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from hgmrl_lite import actions
from hgmrl_lite._validate import Array
from hgmrl_lite.looks import BLUE, GREY, PURPLE, VERMILLION
from hgmrl_lite.widgets.base import plane_axes

if TYPE_CHECKING:
    from hgmrl_lite.widgets.orbit_explorer import OrbitExplorer

_GREEN = "#009E73"


def orbit_picture(explorer: "OrbitExplorer") -> Figure:
    """Draw p and g·p, and what is chosen of figure, orbit, stabiliser, function and policy."""
    from hgmrl_lite.widgets.orbit_explorer import FIGURE, HALF

    element, point = explorer.element, np.array(explorer.point)
    figure = Figure(figsize=(5.0, 5.8), layout="constrained")
    axes = plane_axes(figure, HALF)
    axes.plot(0, 0, "+", color="0.4", ms=9)
    outline = np.array([*FIGURE, FIGURE[0]])
    if explorer.show_orbit:
        _draw_orbit(axes, explorer, HALF)
    if explorer.show_stabiliser:
        for index, copy in enumerate(_fixing(explorer)):
            axes.plot(*copy(outline).T, color=_GREEN, lw=1, label="" if index else "F under what fixes p")
    if explorer.show_level_sets:
        _draw_levels(axes, explorer, HALF)
    if explorer.show_arrows:
        grid = np.stack(np.meshgrid(*2 * [np.linspace(-2.0, 2.0, 9)]), axis=-1).reshape(-1, 2)
        axes.quiver(
            *grid.T, *(0.25 * explorer.moved_policy(grid)).T, color=VERMILLION, width=0.004, angles="xy",
            scale_units="xy", scale=1, label="policy g·π",
        )  # fmt: skip
    if explorer.show_level_sets or explorer.show_arrows:
        axes.plot(*explorer.goal, "s", mfc="0.75", mec="black", ms=8, label="goal c")
        axes.plot(*element(explorer.goal), "D", mfc=VERMILLION, mec="black", ms=8, label="g·c")
    if explorer.show_figure:
        axes.plot(*outline.T, color="0.45", lw=1.6, label="F")
        axes.fill(*element(outline).T, fc=BLUE, ec="black", alpha=0.75, label="g·F")
    axes.plot(*element(point), "o", mfc="white", mec=BLUE, mew=2.5, ms=13, label="g·p")
    axes.plot(*point, "o", color="black", ms=7, label="p")
    axes.set_title(explorer.describe().split("; ")[0], fontsize=9)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return figure


def _draw_orbit(axes: Any, explorer: "OrbitExplorer", half: float) -> None:
    """Draw the orbit of p: a point, a curve, or the whole plane."""
    dimension = actions.orbit_dimension(explorer.algebra, explorer.point)
    if dimension == 2:
        axes.axhspan(-half, half, color=PURPLE, alpha=0.13, lw=0, label="orbit of p: the whole plane")
    if dimension == 1:
        # A ray leaves the window only after a factor of many; a line after a time as long as the window.
        extent = 4.0 * half / (abs(explorer.point[1]) if explorer.group == "shear" else 1.0)
        extent = np.pi if explorer.group == "rotation" else extent
        axes.plot(
            *actions.orbit(explorer.algebra, explorer.point, 241, extent).T,
            color=PURPLE, lw=2, ls="--", label="orbit of p",
        )  # fmt: skip


def _fixing(explorer: "OrbitExplorer", count: int = 12) -> list[actions.LinearAction | actions.AffineAction]:
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


def _draw_levels(axes: Any, explorer: "OrbitExplorer", half: float) -> None:
    """Draw level sets of f and of g·f."""
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-half, half, 161)]), axis=-1)
    levels = np.exp(-0.5 * np.array([1.9, 1.3, 0.7]) ** 2)
    for function, colour, dashes, name in (
        (explorer.function, GREY, "--", "level sets of f"),
        (explorer.moved_function, _GREEN, "-", "of g·f"),
    ):
        values: Array = function(grid)
        axes.contour(
            grid[..., 0], grid[..., 1], values, levels, colors=colour, linestyles=dashes, linewidths=1.5
        )
        axes.plot([], [], color=colour, ls=dashes, label=name)
