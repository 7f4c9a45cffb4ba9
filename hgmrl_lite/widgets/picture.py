"""A widget as a still picture, for places where no widget runs: one plane, and a legend of what is on it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array


class PlanePicture:
    """The plane [-half, half]² as the widgets draw it; what has a name is in the legend.

    Parameters
    ----------
    half : float
        Half the side of the window.
    """

    def __init__(self, half: float) -> None:
        self.half = half
        self.figure = Figure(figsize=(5.0, 5.8), layout="constrained")
        axes = self.axes = self.figure.add_subplot(aspect="equal", xlim=(-half, half), ylim=(-half, half))
        ticks = np.arange(np.ceil(-half), np.floor(half) + 1)
        axes.set(xticks=ticks, yticks=ticks)
        axes.grid(color="0.92", lw=0.8)
        axes.tick_params(length=0, colors="0.4", labelsize=9)
        for spine in axes.spines.values():
            spine.set_color("0.8")

    def line(self, points: ArrayLike, colour: str, name: str = "", **style: Any) -> None:
        """Draw polylines: points (T, 2), or (K, T, 2) for K of them."""
        points = np.asarray(points)
        # A gap between one and the next.
        joined = points if points.ndim == 2 else _with_gaps(points)
        self.axes.plot(*joined.T, color=colour, label=name, **{"lw": 2.0, **style})

    def dots(self, points: ArrayLike, colour: str, name: str = "", size: float = 3.0) -> None:
        """Draw points (N, 2)."""
        self.axes.plot(*np.asarray(points).T, ".", color=colour, ms=size, label=name)

    def mark(
        self, points: ArrayLike, marker: str, name: str = "", *, face: str = "white", edge: str = "black",
        size: float = 8.0,
    ) -> None:  # fmt: skip
        """Mark points (..., 2)."""
        self.axes.plot(*np.asarray(points).T, marker, mfc=face, mec=edge, mew=1.8, ms=size, ls="", label=name)

    def levels(
        self, function: Callable[[Array], Array], values: ArrayLike, colour: str, name: str,
        **style: Any,
    ) -> None:  # fmt: skip
        """Draw level sets of a function of points (..., 2)."""
        line = np.linspace(-self.half, self.half, 161)
        grid = np.stack(np.meshgrid(line, line), axis=-1)
        width, dash = style.get("lw", 1.4), style.get("ls", "-")
        self.axes.contour(
            line, line, function(grid), np.asarray(values), colors=colour, linewidths=width, linestyles=dash
        )
        self.axes.plot([], [], color=colour, lw=width, ls=dash, label=name)

    def arrows(self, starts: ArrayLike, vectors: ArrayLike, colour: str, name: str = "") -> None:
        """Draw arrows at points (N, 2) along vectors (N, 2)."""
        self.axes.quiver(
            *np.asarray(starts).T, *np.asarray(vectors).T, color=colour, width=0.004, angles="xy",
            scale_units="xy", scale=1, label=name,
        )  # fmt: skip

    def finished(self, title: str = "", columns: int = 2) -> Figure:
        """Return the figure, with its title and its legend."""
        self.axes.set_title(title, fontsize=9, wrap=True)
        self.figure.legend(loc="outside lower center", ncols=columns, frameon=False, fontsize=8)
        return self.figure


def square_grid(reach: float, number: int) -> Array:
    """Return number² points on a square grid of [-reach, reach]², shape (number², 2)."""
    line = np.linspace(-reach, reach, number)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def _with_gaps(lines: Array) -> Array:
    """Return polylines (K, T, 2) as one of shape (K (T + 1), 2), with NaN between them."""
    return np.pad(lines, ((0, 0), (0, 1), (0, 0)), constant_values=np.nan).reshape(-1, 2)
