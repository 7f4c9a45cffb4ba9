"""OrbitExplorer: a group element under the hand, and what it does to points, functions and policies."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import actions
from hgmrl_lite._looks import BLUE, GREEN, GREY, PURPLE, VERMILLION
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm
from hgmrl_lite.widgets.plane_groups import GROUPS, plane_element
from hgmrl_lite.widgets.traits import Choice, Coordinates, Flag, Number, shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hgmrl_lite.widgets.picture import PlanePicture

HALF = 2.5
#: Largest shift of a rigid motion, per coordinate.
SHIFT_LIMIT = 5.0
#: An F: neither a rotation nor a reflection carries it to itself. The hand takes it at the third corner.
FIGURE = [
    [-1.4, -1.5], [-1.4, -0.6], [-0.82, -0.6], [-0.82, -0.77], [-1.2, -0.77],
    [-1.2, -0.96], [-0.94, -0.96], [-0.94, -1.13], [-1.2, -1.13], [-1.2, -1.5],
]  # fmt: skip
GRIP = 2
_HILL: dict[str, Any] = {"widths": [0.5, 0.28], "degrees": 30.0}
_SLOW = 0.5
_SHOW = ("figure", "orbit", "stabiliser", "level_sets", "arrows")
_NAMES = {
    "rotation": "rotations about the origin",
    "scaling": "scalings about the origin",
    "shear": "shears along the x axis",
    "translation": "translations in one direction",
    "rigid": "rigid motions",
}


class OrbitExplorer(HgmrlWidget):
    """The plane under a group: drag a point, slide the element, and see what is carried where.

    Shown are the point p and its image g·p, and by choice: an F and its image; the orbit of p; what fixes p;
    the level sets of a function f and of g·f, where (g·f)(p) = f(g⁻¹ p); the arrows of the policy g·π, where
    (g·π)(s) = K_g π(g⁻¹ s). The element is set by sliders, by dragging g·p along the orbit, or by dragging
    the moved F. All of it is computed in JavaScript, by the formulas of :mod:`hgmrl_lite.actions`.

    Parameters
    ----------
    group : {"rotation", "scaling", "shear", "translation", "rigid"}, optional
        Which group acts.
    t : float, optional
        The element: an angle in radians, the logarithm of a factor, a shear, or a distance.
    point : array_like, shape (2,), optional
        The point p, inside the window.
    direction : float, optional
        Direction of the translations in degrees.
    shift : array_like, shape (2,), optional
        Shift of the rigid motion, within ±5.
    goal : array_like, shape (2,), optional
        Where the function f has its top and where the policy π walks to.
    show : iterable of str, optional
        What is drawn at first, of "figure", "orbit", "stabiliser", "level_sets", "arrows".

    Attributes
    ----------
    group, t, direction, shift, point, goal
        As above; arrays may be assigned.
    show_figure, show_orbit, show_stabiliser, show_level_sets, show_arrows : bool
        What is drawn.

    Raises
    ------
    ValueError
        When an argument is unknown, of another shape, not finite or out of range.

    Examples
    --------
    >>> explorer = OrbitExplorer("rotation", t=np.pi / 2, point=[1.0, 0.0])
    >>> explorer.moved_point.round(3) + 0.0
    array([0., 1.])
    """

    _esm, _css = esm("orbit_explorer"), css("orbit_explorer")

    group = Choice(*GROUPS).tag(sync=True)
    t = Number(1.2).tag(sync=True)
    direction = Number(20.0).tag(sync=True)
    shift = Coordinates(2, within=SHIFT_LIMIT).tag(sync=True)
    point = Coordinates(2, within=HALF).tag(sync=True)
    goal = Coordinates(2, within=HALF).tag(sync=True)
    show_figure = Flag(True).tag(sync=True)
    show_orbit = Flag(True).tag(sync=True)
    show_stabiliser = Flag(False).tag(sync=True)
    show_level_sets = Flag(False).tag(sync=True)
    show_arrows = Flag(False).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        group: str = "rotation",
        *,
        t: float = 1.2,
        point: ArrayLike = (1.6, 0.3),
        direction: float = 20.0,
        shift: ArrayLike = (0.4, 0.8),
        goal: ArrayLike = (-0.9, 1.2),
        show: Iterable[str] = ("figure", "orbit"),
    ) -> None:
        super().__init__(
            group=group, t=t, point=point,
            direction=direction, shift=shift, goal=goal,
            **shown(show, _SHOW),
            settings={
                "groups": {name: dict(values) for name, values in GROUPS.items()},
                "half": HALF,
                "shift_limit": SHIFT_LIMIT,
                "figure": FIGURE,
                "grip": GRIP,
                "hill": _HILL,
                "slow": _SLOW,
                "spacing": 0.5,
            },
        )  # fmt: skip

    @traitlets.observe("group")
    def _fit_t(self, change: Any) -> None:
        """Bring t into the range that it has in the new group."""
        limit = GROUPS[change["new"]]["limit"]
        self.t = float(np.clip(self.t, -limit, limit))

    @traitlets.validate("t")
    def _valid_t(self, proposal: Any) -> float:
        t: float = proposal["value"]
        limit = GROUPS[self.group]["limit"]
        # A hair of rounding is let through: π may have come by way of degrees.
        if abs(t) > limit + 1e-9:
            raise ValueError(f"t must be within ±{limit:.4g} for the group {self.group}, got {t}")
        return t

    @property
    def element(self) -> actions.AffineAction:
        """The group element g, which acts on points."""
        return plane_element(self.group, self.t, self.direction, self.shift)

    @property
    def moved_point(self) -> Array:
        """The point g·p, shape (2,)."""
        return self.element(self.point)

    def function(self, points: ArrayLike) -> Array:
        """Return f at points (..., 2): a hill whose top is at ``goal``."""
        away = as_array("points", points, ("...", 2)) - np.array(self.goal)
        angle = np.radians(_HILL["degrees"])
        along = away @ [np.cos(angle), np.sin(angle)] / _HILL["widths"][0]
        across = away @ [-np.sin(angle), np.cos(angle)] / _HILL["widths"][1]
        return np.asarray(np.exp(-0.5 * (along**2 + across**2)))

    def policy(self, states: ArrayLike) -> Array:
        """Return π at states (..., 2): walk to ``goal``, with steps of length at most 1."""
        away = np.array(self.goal) - as_array("states", states, ("...", 2))
        return np.asarray(away / np.maximum(np.linalg.norm(away, axis=-1, keepdims=True), _SLOW))

    @property
    def moved_function(self) -> Any:
        """The function g·f."""
        return self.element.on_function(self.function)

    @property
    def moved_policy(self) -> Any:
        """The policy g·π, with K the linear part of g."""
        return self.element.on_policy(self.policy, self.element.matrix[:2, :2])

    def describe(self) -> str:
        """Return in words what is on screen."""
        x, y = self.point
        u, v = self.moved_point
        parts = [name.replace("_", " ") for name in _SHOW if getattr(self, f"show_{name}")]
        return (
            f"{_NAMES[self.group]}, {self._element_in_words()}; p = ({x:.2f}, {y:.2f}) goes to "
            f"g·p = ({u:.2f}, {v:.2f}); shown: {', '.join(parts) or 'nothing more'}"
        )

    def _element_in_words(self) -> str:
        """Say which element it is."""
        if self.group == "scaling":
            return f"factor {np.exp(self.t):.2f}"
        if self.group == "shear":
            return f"t = {self.t:.2f}"
        if self.group == "translation":
            return f"distance {self.t:.2f} in the direction {self.direction:.0f}°"
        turn = f"angle {np.degrees(self.t):.1f}°"
        return (
            turn if self.group == "rotation" else f"{turn}, shift ({self.shift[0]:.2f}, {self.shift[1]:.2f})"
        )

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from hgmrl_lite.widgets.picture import PlanePicture, square_grid

        element, point, outline = self.element, np.array(self.point), np.array([*FIGURE, FIGURE[0]])
        picture = PlanePicture(HALF)
        if self.show_orbit:
            self._draw_orbit(picture)
        if self.show_stabiliser:
            copies = np.array([copy(outline) for copy in self._fixing()])
            picture.line(copies, GREEN, "F under what fixes p", lw=1)
        if self.show_level_sets:
            levels = np.exp(-0.5 * np.array([1.9, 1.3, 0.7]) ** 2)
            picture.levels(self.function, levels, GREY, "level sets of f", ls="--")
            picture.levels(self.moved_function, levels, GREEN, "of g·f")
        if self.show_arrows:
            grid = square_grid(2.0, 9)
            picture.arrows(grid, 0.25 * self.moved_policy(grid), VERMILLION, "policy g·π")
        if self.show_level_sets or self.show_arrows:
            picture.mark(self.goal, "s", "goal c", face="0.75")
            picture.mark(element(self.goal), "D", "g·c", face=VERMILLION)
        if self.show_figure:
            picture.line(outline, "0.45", "F", lw=1.6)
            picture.axes.fill(*element(outline).T, fc=BLUE, ec="black", alpha=0.75, label="g·F")
        picture.mark(element(point), "o", "g·p", edge=BLUE, size=13)
        picture.mark(point, "o", "p", face="black", size=6)
        return picture.finished(self.describe().split("; ")[0], 4)

    def _draw_orbit(self, picture: "PlanePicture") -> None:
        """Draw the orbit of p: a point, a curve, or the whole plane."""
        if self.group == "rigid":
            whole: dict[str, Any] = {"color": PURPLE, "alpha": 0.13, "lw": 0}
            picture.axes.axhspan(-HALF, HALF, label="orbit of p: the whole plane", **whole)
            return
        if len(self._fixing()) > 1:
            # The orbit is p alone.
            return
        # A ray leaves the window only after a factor of many; a line after a time as long as the window.
        extent = np.pi if self.group == "rotation" else 4.0 * HALF
        if self.group == "shear":
            extent /= abs(self.point[1])
        elements = (plane_element(self.group, t, self.direction) for t in np.linspace(-extent, extent, 241))
        picture.line([element(self.point) for element in elements], PURPLE, "orbit of p", ls="--")

    def _fixing(self, count: int = 12) -> list[actions.AffineAction]:
        """Return some elements of the group that leave p in place."""
        if self.group in ("rotation", "rigid"):
            times = 2.0 * np.pi * np.arange(count) / count
        else:
            times = np.linspace(-1.2, 1.2, count)
        elements = [plane_element(self.group, t, self.direction) for t in times]
        if self.group == "rigid":
            shifts = [np.array(self.point) - turn(self.point) for turn in elements]
            elements = [plane_element("rigid", t, shift=b) for t, b in zip(times, shifts, strict=True)]
        fixing = [g for g in elements if np.allclose(g(self.point), self.point)]
        return fixing or [actions.AffineAction(np.eye(3))]
