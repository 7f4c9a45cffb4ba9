"""DescentRace: two landscapes over one slice of generators, and a descent on each from the same start."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import discovery, lie
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.descent.optimise import angle_to
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.traits import Choice, Coordinates, Flag, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The slices W(u, v) = origin + u A + v B of the generators, matrices row by row, with what u and v mean.
SLICES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "around": {
            "origin": [0.0, -1.0, 1.0, 0.0],
            "axes": [[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, -1.0]],
            "labels": ["growth u", "stretch v"],
            "formula": "W = J + u I + v D",
        },
        "through": {
            "origin": [0.0, 0.0, 0.0, 0.0],
            "axes": [[1.0, 0.0, 0.0, -1.0], [0.0, -1.0, 1.0, 0.0]],
            "labels": ["stretch u", "turn v"],
            "formula": "W = u D + v J",
        },
    }
)
#: The functions whose symmetry is sought, as they are read.
FUNCTIONS: Mapping[str, str] = MappingProxyType({"distance": "f = −‖p‖", "square": "f = −‖p‖²"})
#: The window [-HALF, HALF]² of (u, v), and how far from its middle a start may be.
HALF, REACH = 1.2, 1.1
#: Steps at most, points a step, samples in all, and the range of learning rates.
STEPS, BATCH, SAMPLES = 2000, 64, 4096
RATES = (0.001, 0.05)
#: The angle to J in degrees that counts as arrived.
BELOW_DEG = 1.0
_GRID = 61
_TINY = 1e-150


class DescentRace(HgmrlWidget):
    """The differential and the functional loss over a slice of generators, with a descent on each.

    Both descents (Adam) start at the same generator, which is dragged in either picture, and see the same
    points in the same batches. The generator that the closed form finds on these points is marked. Everything
    that moves is computed in JavaScript.

    Parameters
    ----------
    start : array_like, shape (2,), optional
        The start (u, v), within ±1.1.
    function : {"distance", "square"}, optional
        f = −‖p‖ or f = −‖p‖². Only the functional loss sees the difference.
    plane : {"around", "through"}, optional
        The slice: W = J + u I + v D around the truth, or W = u D + v J through W = 0.
    learning_rate : float, optional
        Of Adam, from 0.001 to 0.05.
    step : int, optional
        How much of the descents is shown, 0 to 2000.
    seed : int, optional
        Seed of the points, drawn from N(0, I), and of the times.

    Attributes
    ----------
    start, function, plane, learning_rate, step
        As above; they can be set.
    playing : bool
        Whether ``step`` moves on by itself.

    Raises
    ------
    ValueError
        When an argument has another shape, is not finite, out of range or not among the choices.

    Examples
    --------
    >>> race = DescentRace((0.8, 0.6), step=120)
    >>> {name: bool(race.degrees(path)[-1] < 1.0) for name, path in race.paths.items()}
    {'differential': True, 'functional': False}
    """

    _esm, _css = esm("descent_race"), css("descent_race")

    start = Coordinates(2, within=REACH).tag(sync=True)
    function = Choice(*FUNCTIONS).tag(sync=True)
    plane = Choice(*SLICES).tag(sync=True)
    learning_rate = Number(0.01, *RATES).tag(sync=True)
    step = Whole(0, 0, STEPS).tag(sync=True)
    playing = Flag(False).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        start: ArrayLike = (0.8, 0.6),
        *,
        function: str = "distance",
        plane: str = "around",
        learning_rate: float = 0.01,
        step: int = 150,
        seed: int = 0,
    ) -> None:
        rng = np.random.default_rng(as_count("seed", seed, 0))
        points = rng.normal(size=(SAMPLES, 2))
        times = rng.uniform(0.0, 2.0 * np.pi, SAMPLES)
        # Both functions have the level sets of the distance: their normals point away from the origin.
        normals = points / np.linalg.norm(points, axis=1, keepdims=True)
        self.samples = points, normals, times
        found = discovery.affine_null_space(points, normals, algebra="linear")[1][0][:2, :2]
        #: The generator found in closed form, scaled to a turning speed of 1.
        self.closed_form: Array = found / (0.5 * (found[1, 0] - found[0, 1]))
        data, index = pack_arrays(
            {
                "points": points,
                "normals": normals,
                "times": times,
                "closed_form": self.closed_form,
            }
        )
        super().__init__(
            start=start,
            function=function,
            plane=plane,
            learning_rate=learning_rate,
            step=step,
            array_data=data,
            array_index=index,
            settings={
                "half": HALF,
                "reach": REACH,
                "steps": STEPS,
                "batch": BATCH,
                "rates": list(RATES),
                "grid": _GRID,
                "below": BELOW_DEG,
                "functions": [list(each) for each in FUNCTIONS.items()],
                "slices": {name: dict(each) for name, each in SLICES.items()},
            },
        )

    def generators(self, places: Array) -> Array:
        """Return W(u, v), shape (..., 2, 2), at places (u, v) of the slice, shape (..., 2)."""
        plane = SLICES[self.plane]
        flat = plane["origin"] + places @ np.array(plane["axes"])
        return np.asarray(flat.reshape(*places.shape[:-1], 2, 2))

    def losses(self, name: str, places: Array, first: int = 0, count: int = BATCH) -> Array:
        """Return a loss (...,) at places (..., 2) of the slice, as `hgmrl_lite.descent` defines it.

        Parameters
        ----------
        name : {"differential", "functional"}
            Which loss.
        places : ndarray, shape (..., 2)
            Values of (u, v).
        first, count : int, optional
            The samples that are looked at; after the last one comes the first.
        """
        window = np.arange(first, first + count) % SAMPLES
        points, normals, times = (part[window] for part in self.samples)
        generators = self.generators(places)
        if name == "differential":
            velocity = points @ np.swapaxes(generators, -1, -2)
            speed = np.maximum(np.linalg.norm(velocity, axis=-1), _TINY)
            change = (velocity * normals).sum(-1) * (1.0 + 1.0 / speed)
        else:
            elements = lie.exp(times[:, None, None] * generators[..., None, :, :])
            moved = (elements @ points[:, :, None])[..., 0]
            power = 1.0 if self.function == "distance" else 2.0
            change = np.linalg.norm(moved, axis=-1) ** power - np.linalg.norm(points, axis=-1) ** power
        return np.asarray(np.abs(change).mean(axis=-1))

    @property
    def paths(self) -> dict[str, Array]:
        """The descents up to ``step``: (u, v) by name, each of shape (step + 1, 2)."""
        return {name: self._descend(name) for name in ("differential", "functional")}

    def _descend(self, name: str) -> Array:
        """Return the path of Adam, by central differences of the loss."""
        path = np.empty((self.step + 1, 2))
        path[0] = self.start
        mean, square = np.zeros(2), np.zeros(2)
        small = 1e-6 * np.array([[[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, -1.0]]])
        for k in range(self.step):
            ahead, behind = self.losses(name, path[k] + small, k * BATCH)
            gradient = (ahead - behind) / 2e-6
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * np.square(gradient)
            size = np.sqrt(square / (1.0 - 0.999 ** (k + 1))) + 1e-8
            path[k + 1] = path[k] - self.learning_rate * mean / (1.0 - 0.9 ** (k + 1)) / size
        return path

    def degrees(self, path: Array) -> Array:
        """Return the angle (T,) between J and the generators at places (T, 2) of the slice, in degrees."""
        return angle_to(self.generators(path), lie.J[None] / np.sqrt(2.0))

    def _arrival(self, path: Array) -> str:
        """Say after how many steps a descent was first below 1°."""
        below = self.degrees(path) < BELOW_DEG
        return f"below 1° after {below.argmax()} steps" if below.any() else "not yet below 1°"

    def describe(self) -> str:
        """Return in words what is on screen."""
        u, v = self.start
        parts = [
            f"{name} {self.degrees(path)[-1]:.1f}° from J, {self._arrival(path)}"
            for name, path in self.paths.items()
        ]
        return (
            f"{SLICES[self.plane]['formula']}, start u = {u:.2f}, v = {v:.2f}; {FUNCTIONS[self.function]}, "
            f"learning rate {self.learning_rate:g}; after {self.step} steps: {'; '.join(parts)}; "
            "closed form: 0 steps"
        )

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from matplotlib.figure import Figure

        plane = SLICES[self.plane]
        figure = Figure(figsize=(7.6, 4.3), layout="constrained")
        ticks = np.linspace(-HALF, HALF, 41)
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
        for axes, (name, path) in zip(figure.subplots(1, 2), self.paths.items(), strict=True):
            losses = self.losses(name, grid, 0, 128)
            values = np.log10(losses / np.median(losses) + 0.05)
            levels = np.linspace(float(values.min()), float(np.quantile(values, 0.98)), 15)
            # The darkest band stays a middle grey, so that every mark stands out on it.
            top = levels[-1] + 0.8 * (levels[-1] - levels[0])
            values = np.minimum(values, levels[-1])
            axes.contourf(ticks, ticks, values, levels, cmap="Greys", vmin=levels[0], vmax=top)
            colour, dash = (BLUE, "-") if name == "differential" else (VERMILLION, "--")
            axes.plot(*path.T, dash, color=colour, lw=2)
            axes.plot(*path[-1], "o" if name == "differential" else "s", color=colour, ms=6)
            axes.plot(*path[0], "o", mfc="white", mec="black", mew=2, ms=11)
            if self.plane == "around":
                axes.plot(0, 0, "*", mfc="white", mec="black", ms=13)
            else:
                axes.axvline(0, color="black", lw=1, ls=":")
            axes.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal")
            axes.set(xlabel=plane["labels"][0], ylabel=plane["labels"][1])
            axes.set_title(f"{name} loss: {self._arrival(path)}", fontsize=10)
        figure.suptitle(f"{plane['formula']}, {self.step} steps from the white circle", fontsize=10)
        return figure
