"""Pictures of the plane for ``render_mode="rgb_array"``; the first one imports Matplotlib."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._validate import Array

_VIEW = 1.6
_PIXELS = 400
# Okabe and Ito's palette, which stays apart for colour-blind eyes.
_BLUE, _ORANGE, _GREEN = "#0072B2", "#D55E00", "#009E73"


class PlaneRenderer:
    """Draws one figure over and over: the axes and the unit circle stay, the goal and the path are redrawn.

    The view is the square [-1.6, 1.6]², wider when the goal or the path is outside it.

    Parameters
    ----------
    goal_radius : float
        How far from the goal an episode ends.
    """

    def __init__(self, goal_radius: float) -> None:
        self._goal_radius = goal_radius
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.patches import Circle

        figure = Figure(figsize=(_PIXELS / 100, _PIXELS / 100), dpi=100, layout="constrained")
        self._canvas = FigureCanvasAgg(figure)
        self._axes = figure.add_subplot(aspect="equal")
        self._axes.grid(color="0.92")
        self._axes.set_axisbelow(True)
        self._axes.add_patch(Circle((0.0, 0.0), 1.0, fill=False, color="0.6", linestyle="--"))
        self._goal = Circle((0.0, 0.0), goal_radius, facecolor=_GREEN, edgecolor="black", alpha=0.8)
        self._axes.add_patch(self._goal)
        (self._path,) = self._axes.plot([], [], color=_BLUE, linewidth=1.5)
        (self._start,) = self._axes.plot([], [], "s", color="black", markersize=5)
        (self._point,) = self._axes.plot([], [], "o", color=_ORANGE, markeredgecolor="black", markersize=8)
        self._moving = (self._goal, self._path, self._start, self._point)
        for artist in self._moving:
            artist.set_animated(True)
        self._view = 0.0
        self._background: Any = None

    def __reduce__(self) -> tuple[type["PlaneRenderer"], tuple[float]]:
        """Let a copied or pickled environment begin with a new figure: Matplotlib's canvas has no copy."""
        return PlaneRenderer, (self._goal_radius,)

    def draw(self, task: Array, path: Array) -> NDArray[np.uint8]:
        """Return the picture, shape (400, 400, 3), of a goal (2,) and the states so far, (t + 1, 2)."""
        view = max(_VIEW, float(np.abs(task).max()) + 0.3, float(np.abs(path).max()) + 0.1)
        if view != self._view:
            self._view = view
            self._axes.set(xlim=(-view, view), ylim=(-view, view))
            self._canvas.draw()
            self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
        self._canvas.restore_region(self._background)
        self._goal.center = (float(task[0]), float(task[1]))
        self._path.set_data(path[:, 0], path[:, 1])
        self._start.set_data(path[:1, 0], path[:1, 1])
        self._point.set_data(path[-1:, 0], path[-1:, 1])
        for artist in self._moving:
            self._axes.draw_artist(artist)
        return np.array(self._canvas.buffer_rgba(), dtype=np.uint8)[..., :3].copy()
