"""KernelProbe: a probe on a sampled function, its neighbours, and two estimates of the tangent there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import actions, tangents
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.regression import PILOT
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.traits import Choice, Coordinates, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class PlanarFunction:
    """A function of the plane: a few words, its formula as text, its values (...) at points (..., 2)."""

    title: str
    formula: str
    value: Callable[[Array], Array]


#: Where the distance and the bump have their maximum.
GOAL = (-0.7, 0.7)
FUNCTIONS: Mapping[str, PlanarFunction] = MappingProxyType(
    {
        "distance": PlanarFunction(
            "navigation reward", "−‖p − c‖", lambda p: -np.linalg.norm(p - GOAL, axis=-1)
        ),
        "bump": PlanarFunction(
            "Gaussian bump",
            "exp(−‖p − c‖² / 1.62)",
            lambda p: np.exp(-np.square(p - GOAL).sum(axis=-1) / 1.62),
        ),
        "saddle": PlanarFunction("saddle", "xy", lambda p: p.prod(axis=-1)),
        "none": PlanarFunction(
            "no symmetry",
            "sin 2x + 0.5 cos 3y + 0.3xy",
            lambda p: np.sin(2.0 * p[..., 0]) + 0.5 * np.cos(3.0 * p[..., 1]) + 0.3 * p.prod(axis=-1),
        ),
    }
)
#: Half the side of the window, of the square that is sampled, and of the one that the probe keeps to.
_HALF, _SAMPLED, _LIMIT = 2.2, 2.0, 1.9
_MOST = 5000
#: Smallest and largest value of each slider; noise and level width in units of the standard deviation of f.
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "samples": (200, _MOST),
        "noise": (0.0, 0.3),
        "neighbours": (12, 200),
        "degree": (1, 3),
        "radius": (0.05, 1.0),
        "level_width": (0.005, 0.5),
    }
)


class KernelProbe(HgmrlWidget):
    """A function of the plane known from samples; at the probe its level set's tangent is estimated twice.

    The probe is one more sample, with noise of its own. Its neighbours light up; the true level set and
    gradient are drawn beside the tangent of :func:`hgmrl_lite.tangents.local_regression` and that of
    :func:`hgmrl_lite.tangents.local_pca`, each with a wedge of one standard error. All of it is computed in
    JavaScript while the probe is dragged.

    Parameters
    ----------
    function : {"distance", "bump", "saddle", "none"}, optional
        Which function is sampled; see `hgmrl_lite.widgets.kernel_probe.FUNCTIONS`.
    probe : array_like, shape (2,), optional
        Where the probe is, within ±1.9.
    samples : int, optional
        How many samples, 200 to 5000.
    noise : float, optional
        Standard deviation of the noise, in units of the standard deviation of f; at most 0.3.
    neighbours : int, optional
        Samples in the local regression, the probe included; 12 to 200.
    degree : {1, 2, 3}, optional
        Degree of the local polynomial.
    radius, level_width : float, optional
        The two radii of the local PCA: how near neighbours are in the plane (0.05 to 1), and in the values of
        f (0.005 to 0.5, in units of its standard deviation).
    seed : int, optional
        Seed of the samples and their noise.

    Raises
    ------
    ValueError
        When a value is out of range, not finite or of another shape.

    Examples
    --------
    >>> probe = KernelProbe("saddle", (1.0, 0.5), noise=0.0)
    >>> normal, _ = probe.estimates["local regression"]
    >>> bool(probe.angle_error(normal) < 1e-6)
    True
    """

    _esm, _css = esm("kernel_probe"), css("kernel_probe")

    function = Choice(*FUNCTIONS).tag(sync=True)
    probe = Coordinates(2, within=_LIMIT).tag(sync=True)
    samples = Whole(1000, *RANGES["samples"]).tag(sync=True)
    noise = Number(0.02, *RANGES["noise"]).tag(sync=True)
    neighbours = Whole(24, *RANGES["neighbours"]).tag(sync=True)
    degree = Whole(2, *RANGES["degree"]).tag(sync=True)
    radius = Number(0.4, *RANGES["radius"]).tag(sync=True)
    level_width = Number(0.1, *RANGES["level_width"]).tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        function: str = "distance",
        probe: ArrayLike = (0.6, -0.4),
        *,
        samples: int = 1000,
        noise: float = 0.02,
        neighbours: int = 24,
        degree: int = 2,
        radius: float = 0.4,
        level_width: float = 0.1,
        seed: int = 0,
    ) -> None:
        rng = np.random.default_rng(seed)
        self._points = rng.uniform(-_SAMPLED, _SAMPLED, (_MOST, 2))
        # The last draw is the probe's own.
        self._draws = rng.standard_normal(_MOST + 1)
        clean = {name: f.value(self._points) for name, f in FUNCTIONS.items()}
        self._spreads = {name: float(values.std()) for name, values in clean.items()}
        data, index = pack_arrays({"points": self._points, "draws": self._draws})
        super().__init__(
            function=function,
            probe=probe,
            samples=samples,
            noise=noise,
            neighbours=neighbours,
            degree=degree,
            radius=radius,
            level_width=level_width,
            array_data=data,
            array_index=index,
            settings={
                "half": _HALF,
                "limit": _LIMIT,
                "goal": list(GOAL),
                "ranges": {name: list(ends) for name, ends in RANGES.items()},
                "functions": [[name, f.title, f.formula] for name, f in FUNCTIONS.items()],
                "spreads": self._spreads,
                "pilot": PILOT,
                "levels": {
                    name: np.quantile(values, np.arange(1, 6) / 6).tolist() for name, values in clean.items()
                },
            },
        )

    @property
    def points(self) -> Array:
        """The samples' places with the probe as the last one, shape (samples + 1, 2)."""
        return np.vstack([self._points[: self.samples], self.probe])

    @property
    def values(self) -> Array:
        """The sampled values of f at :attr:`points`, noise included."""
        draws = np.append(self._draws[: self.samples], self._draws[-1])
        return FUNCTIONS[self.function].value(self.points) + self.noise * self._spreads[self.function] * draws

    @property
    def estimates(self) -> dict[str, tuple[Array, float] | None]:
        """What each estimator says at the probe, by name.

        The unit normal (2,) of the level set and the predicted standard error of its direction in degrees,
        or None where the samples do not support an estimate.
        """
        points, values = self.points, self.values
        width = self.level_width * self._spreads[self.function]
        fits = {
            "local regression": tangents.local_regression(
                points, values, degree=self.degree, neighbours=self.neighbours
            ),
            "local PCA": tangents.local_pca(points, values, radius=self.radius, level_width=width),
        }
        # The probe is the last point.
        return {
            name: (fit.normals[-1], float(np.degrees(fit.standard_error[-1])))
            if len(fit) and fit.index[-1] == self.samples
            else None
            for name, fit in fits.items()
        }

    @property
    def gradient(self) -> Array:
        """The true gradient of f at the probe, shape (2,)."""
        return actions.numerical_gradient(FUNCTIONS[self.function].value, np.array(self.probe))

    def angle_error(self, normal: Array) -> float:
        """Return the angle of a normal to the true one as lines, in degrees; NaN where there is none."""
        (nx, ny), (tx, ty) = normal, self.gradient
        if np.hypot(tx, ty) < 1e-6:
            return float("nan")
        return float(np.degrees(np.arctan2(abs(nx * ty - ny * tx), abs(nx * tx + ny * ty))))

    def _in_words(self) -> dict[str, str]:
        """Say what each estimator found."""
        return {
            name: f"{self.angle_error(found[0]):.2g}° off, predicted standard error {found[1]:.2g}°"
            if found
            else "dropped the probe"
            for name, found in self.estimates.items()
        }

    def describe(self) -> str:
        """Return in words what is on screen."""
        f = FUNCTIONS[self.function]
        said = [f"{name} {words}" for name, words in self._in_words().items()]
        return (
            f"f = {f.formula} ({f.title}) from {self.samples} samples with noise {100 * self.noise:.1f} %; "
            f"probe at ({self.probe[0]:.2f}, {self.probe[1]:.2f}): {'; '.join(said)}"
        )

    def figure(self) -> "Figure":
        """Return the current state as a Matplotlib figure."""
        from hgmrl_lite.widgets.picture import PlanePicture

        f, probe = FUNCTIONS[self.function], np.array(self.probe)
        picture = PlanePicture(_HALF)
        x, y = self.points[:-1].T
        picture.axes.scatter(x, y, c=self.values[:-1], cmap="Greens", s=6, linewidths=0)
        picture.levels(f.value, [float(f.value(probe))], "black", "true level set", lw=1.2)
        gradient = self.gradient
        if (size := np.linalg.norm(gradient)) > 1e-6:
            picture.arrows([probe], [0.62 * gradient / size], "black", "true gradient")
        words, styles = self._in_words(), ((BLUE, "-"), (VERMILLION, (0, (3, 2))))
        for (name, found), (colour, dash) in zip(self.estimates.items(), styles, strict=True):
            if found:
                along = 0.95 * np.array([-found[0][1], found[0][0]])
                picture.line([probe - along, probe + along], colour, f"{name}: {words[name]}", ls=dash)
        picture.mark(probe, "o", "probe", size=10)
        return picture.finished(f"f = {f.formula}: {self.samples} samples, noise {100 * self.noise:.1f} %", 1)
