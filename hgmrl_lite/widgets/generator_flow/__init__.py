"""GeneratorFlow: a generator of the plane under the hand; its flow, its type, exp(tW) and the logarithm."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.looks import BLUE, GREY, PURPLE, VERMILLION
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, plane_axes
from hgmrl_lite.widgets.traits import Coordinates, Flag, Number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Largest entry of the generator, and largest time in either direction.
LIMIT, TIME_LIMIT = 1.5, 7.0
#: Generators worth a look, by name: [[W11, W12], [W21, W22]].
PRESETS: Mapping[str, list[list[float]]] = MappingProxyType(
    {
        "rotation": [[0.0, -1.0], [1.0, 0.0]],
        "ellipse": [[0.0, -1.5], [0.5, 0.0]],
        "spiral": [[-0.15, -1.0], [1.0, -0.15]],
        "saddle": [[1.0, 0.0], [0.0, -1.0]],
        "node": [[0.9, 0.0], [0.0, 0.3]],
        "shear": [[0.0, 1.0], [0.0, 0.0]],
        "scaling": [[0.5, 0.0], [0.0, 0.5]],
        "zero": [[0.0, 0.0], [0.0, 0.0]],
    }
)
# A pole with a pennant: no rotation and no reflection carries it to itself.
_FLAG = [[1.4, -1.5], [1.4, -0.6], [2.0, -0.78], [1.4, -0.96]]
_HALF = 3.0


class GeneratorFlow(HgmrlWidget):
    """The plane with the velocity field p ↦ Wp of a generator W, its flow, and what W is.

    W is set by four sliders, by dragging the arrows of its columns (the velocities at (1, 0) and at (0, 1)),
    or by dragging the point on the trace-determinant chart. A flag is carried along by exp(tW). The panel
    says which type W has, whether the flow returns, and what the logarithm of exp(tW) is. All of it is
    computed in JavaScript, by the formulas of :func:`hgmrl_lite.lie.exp`, :func:`hgmrl_lite.lie.log` and
    :func:`hgmrl_lite.lie.planar_type`.

    Parameters
    ----------
    generator : array_like, shape (2, 2), optional
        The generator W at first; entries within ±1.5.
    t : float, optional
        The time of exp(tW), within ±7.
    flowing : bool, optional
        Whether particles move along the field. Where the system asks for reduced motion they stand still as
        pieces of orbits.

    Attributes
    ----------
    generator : list
        W as ``[[W11, W12], [W21, W22]]``; an array may be assigned.
    t : float
        The time.
    flowing : bool
        Whether particles move.

    Raises
    ------
    ValueError
        When ``generator`` or ``t`` has another shape, is not finite or out of range.

    Examples
    --------
    >>> flow = GeneratorFlow([[0, -1], [1, 0]], t=np.pi / 2)
    >>> flow.element.round(3) + 0.0
    array([[ 0., -1.],
           [ 1.,  0.]])
    """

    _esm, _css = esm("generator_flow"), css("generator_flow")

    generator = Coordinates(2, 2, within=LIMIT).tag(sync=True)
    t = Number(1.0, -TIME_LIMIT, TIME_LIMIT).tag(sync=True)
    flowing = Flag(True).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self, generator: ArrayLike = PRESETS["rotation"], *, t: float = 1.0, flowing: bool = True
    ) -> None:
        super().__init__(
            generator=generator,
            t=t,
            flowing=flowing,
            settings={
                "limit": LIMIT,
                "time_limit": TIME_LIMIT,
                "half": _HALF,
                "flag": _FLAG,
                "presets": [[name, matrix] for name, matrix in PRESETS.items()],
            },
        )

    @property
    def matrix(self) -> Array:
        """The generator W, shape (2, 2)."""
        return np.array(self.generator)

    @property
    def element(self) -> Array:
        """The group element exp(tW), shape (2, 2)."""
        return lie.exp(self.t * self.matrix)

    @property
    def planar_type(self) -> lie.PlanarType:
        """What W is."""
        return lie.planar_type(self.matrix)

    def describe(self) -> str:
        """Return in words what is on screen."""
        kind = self.planar_type
        entries = "; ".join(" ".join(f"{entry:g}" for entry in row) for row in self.generator)
        back = f"it returns with period {kind.period:.2f}" if kind.is_compact else "it does not return"
        return (
            f"W = [{entries}] is {kind.kind} (trace {kind.trace:.2f}, determinant {kind.determinant:.2f}): "
            f"{back}; the flag is carried by exp(tW) at t = {self.t:.2f}"
        )

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from matplotlib.figure import Figure

        matrix, kind = self.matrix, self.planar_type
        figure = Figure(figsize=(5.0, 5.5), layout="constrained")
        axes = plane_axes(figure, _HALF)
        grid = np.stack(np.meshgrid(*2 * [np.linspace(-2.7, 2.7, 13)]), axis=-1).reshape(-1, 2)
        velocity = grid @ matrix.T
        length = np.linalg.norm(velocity, axis=1, keepdims=True)
        arrows = 0.42 * velocity / (0.8 + length)
        axes.quiver(
            *grid.T, *arrows.T, color=GREY, width=0.004, headwidth=4, angles="xy", scale_units="xy", scale=1,
            label="velocity Wp",
        )  # fmt: skip
        times = np.linspace(0.0, self.t, 200)
        orbit = lie.exp(times[:, None, None] * matrix) @ _FLAG[0]
        axes.plot(*orbit.T, color=PURPLE, lw=2, ls=(0, (4, 2)), label="way of the flag's foot")
        flag = np.array(_FLAG)
        for points, colour, name in ((flag, "0.45", "flag"), (flag @ self.element.T, BLUE, "exp(tW) flag")):
            axes.plot(*points[[0, 1, 2, 3]].T, color=colour, lw=2.2, label=name)
            axes.fill(*points[1:].T, color=colour)
        for tip, start in zip(np.eye(2) + matrix.T, np.eye(2), strict=True):
            axes.annotate("", tip, start, arrowprops={"arrowstyle": "-|>", "color": VERMILLION, "lw": 2})
        axes.set_title(
            f"W = {matrix.round(2).tolist()}, {kind.kind}; t = {self.t:.2f}\n"
            f"tr W = {kind.trace:.2f}, det W = {kind.determinant:.2f}; "
            + (f"returns after {kind.period:.2f}" if kind.is_compact else "does not return"),
            fontsize=10,
        )
        figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
        return figure
