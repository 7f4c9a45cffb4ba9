"""DescentRace: two landscapes over one slice of generators, and a descent on each from the same start."""

from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import discovery
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array, as_count
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.descent_race.descent import (
    BELOW_DEG,
    FUNCTIONS,
    SLICES,
    Samples,
    degrees_to_j,
    descend_slice,
    loss_values,
)
from hgmrl_lite.widgets.traits import Choice, Coordinates, Flag, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The window [-HALF, HALF]² of (u, v), and how far from its middle a start may be.
HALF, REACH = 1.2, 1.1
#: Steps at most, points a step, samples in all, and the range of learning rates.
STEPS, BATCH, SAMPLES = 2000, 64, 4096
RATES = (0.001, 0.05)
_GRID = 61


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
    >>> race.steps_to["differential"] is not None, race.steps_to["functional"] is None
    (True, True)
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
        self._samples = Samples(points, points / np.linalg.norm(points, axis=1, keepdims=True), times)
        found = discovery.affine_null_space(points, self._samples.normals, algebra="linear")[1][0][:2, :2]
        #: The generator found in closed form, scaled to a turning speed of 1.
        self.closed_form: Array = found / (0.5 * (found[1, 0] - found[0, 1]))
        data, index = pack_arrays(
            {
                "points": points,
                "normals": self._samples.normals,
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
                "functions": [["distance", "f = −‖p‖"], ["square", "f = −‖p‖²"]],
                "slices": {
                    name: {
                        "origin": each.origin.ravel().tolist(),
                        "axes": each.axes.reshape(2, 4).tolist(),
                        "labels": list(each.labels),
                        "formula": each.formula,
                    }
                    for name, each in SLICES.items()
                },
            },
        )

    @property
    def start_generator(self) -> Array:
        """Where both descents start: W(u, v), shape (2, 2)."""
        return SLICES[self.plane].generator(np.array(self.start))

    @property
    def paths(self) -> dict[str, Array]:
        """The descents up to ``step``: (u, v) by name, each of shape (step + 1, 2)."""
        return {
            name: descend_slice(
                "differential" if name == "differential" else self.function,
                SLICES[self.plane],
                np.array(self.start),
                self._samples,
                rate=self.learning_rate,
                batch=BATCH,
                steps=self.step,
            )
            for name in ("differential", "functional")
        }

    @property
    def steps_to(self) -> dict[str, int | None]:
        """After how many steps each descent was first below 1°; None where it has not been up to ``step``."""
        return _arrivals(self.paths, self.plane)

    def describe(self) -> str:
        """Return in words what is on screen."""
        return self._words(self.paths)

    def _words(self, paths: dict[str, Array]) -> str:
        u, v = self.start
        f = "−‖p‖" if self.function == "distance" else "−‖p‖²"
        parts = []
        for name, arrival in _arrivals(paths, self.plane).items():
            angle = float(degrees_to_j(SLICES[self.plane].generator(paths[name][-1])))
            when = "not yet below 1°" if arrival is None else f"below 1° after {arrival} steps"
            parts.append(f"{name} {angle:.1f}° from J, {when}")
        return (
            f"{SLICES[self.plane].formula}, start u = {u:.2f}, v = {v:.2f}; f = {f}, learning rate "
            f"{self.learning_rate:g}; after {self.step} steps: {'; '.join(parts)}; closed form: 0 steps"
        )

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from matplotlib.figure import Figure

        plane, paths = SLICES[self.plane], self.paths
        figure = Figure(figsize=(7.6, 4.3), layout="constrained")
        ticks = np.linspace(-HALF, HALF, 41)
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
        few = Samples(self._samples.points[:128], self._samples.normals[:128], self._samples.times[:128])
        for axes, (name, path) in zip(figure.subplots(1, 2), paths.items(), strict=True):
            method = "differential" if name == "differential" else self.function
            losses = loss_values(method, plane.generator(grid), few)
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
            arrival = _arrivals({name: path}, self.plane)[name]
            when = "not below 1° yet" if arrival is None else f"below 1° after {arrival} steps"
            axes.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal")
            axes.set(xlabel=plane.labels[0], ylabel=plane.labels[1])
            axes.set_title(f"{name} loss: {when}", fontsize=10)
        figure.suptitle(f"{plane.formula}, {self.step} steps from the white circle", fontsize=10)
        return figure


def _arrivals(paths: dict[str, Array], plane: str) -> dict[str, int | None]:
    """Return the first step below 1° of each path, or None."""
    arrivals: dict[str, int | None] = {}
    for name, path in paths.items():
        below = degrees_to_j(SLICES[plane].generator(path)) < BELOW_DEG
        arrivals[name] = int(below.argmax()) if below.any() else None
    return arrivals
