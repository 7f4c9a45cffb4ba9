"""GeneratorFlow: a generator of the plane under the hand; its flow, its type, exp(tW) and the logarithm."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._looks import BLUE, GREY, PURPLE, VERMILLION
from hgmrl_lite._validate import Array
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm
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
        from hgmrl_lite.widgets.picture import PlanePicture, square_grid

        matrix, kind = self.matrix, self.planar_type
        picture = PlanePicture(_HALF)
        grid = square_grid(2.7, 13)
        velocity = grid @ matrix.T
        length = np.linalg.norm(velocity, axis=1, keepdims=True)
        picture.arrows(grid, 0.42 * velocity / (0.8 + length), GREY, "velocity Wp")
        times = np.linspace(0.0, self.t, 200)
        way = lie.exp(times[:, None, None] * matrix) @ _FLAG[0]
        picture.line(way, PURPLE, "way of the flag's foot", ls=(0, (4, 2)))
        flag = np.array(_FLAG)
        for points, colour, name in ((flag, "0.45", "flag"), (flag @ self.element.T, BLUE, "exp(tW) flag")):
            picture.line(points, colour, name)
            picture.axes.fill(*points[1:].T, color=colour)
        picture.arrows(np.eye(2), matrix.T, VERMILLION, "columns of W")
        return picture.finished(
            f"W = {matrix.round(2).tolist()}, {kind.kind}; t = {self.t:.2f}\n"
            f"tr W = {kind.trace:.2f}, det W = {kind.determinant:.2f}; "
            + (f"returns after {kind.period:.2f}" if kind.is_compact else "does not return")
        )
