"""KernelProbe: a probe on a sampled function, its neighbours, and two estimates of the tangent there."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from hgmrl_lite import tangents
from hgmrl_lite._looks import BLUE, VERMILLION
from hgmrl_lite._validate import Array
from hgmrl_lite.tangents.regression import PILOT
from hgmrl_lite.widgets.base import HgmrlWidget, css, esm, pack_arrays
from hgmrl_lite.widgets.kernel_probe.functions import FUNCTIONS, GOAL
from hgmrl_lite.widgets.traits import Choice, Coordinates, Number, Whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


@dataclass(frozen=True, eq=False)
class ProbeEstimate:
    """What an estimator says at the probe.

    Parameters
    ----------
    normal : ndarray, shape (2,)
        Unit normal of the level set; NaN when dropped.
    angle_error : float
        Angle to the true normal as lines, in degrees, in (-90, 90]; NaN when dropped or where there is none.
    standard_error : float
        Predicted standard error of the direction, in degrees; NaN when dropped.
    neighbours : int
        Samples that were used, the probe included.
    dropped : bool
        Whether the samples did not support an estimate.
    """

    normal: Array
    angle_error: float
    standard_error: float
    neighbours: int
    dropped: bool


class KernelProbe(HgmrlWidget):
    """A function of the plane known from samples; at the probe its level set's tangent is estimated twice.

    The probe is one more sample, with noise of its own. Its neighbours light up; the true level set and
    gradient are drawn beside the tangent of :func:`hgmrl_lite.tangents.local_regression` and that of
    :func:`hgmrl_lite.tangents.local_pca`, each with a wedge of one standard error. All of it is computed in
    JavaScript while the probe is dragged.

    Parameters
    ----------
    function : {"distance", "bump", "saddle", "none"}, optional
        Which function is sampled; see `hgmrl_lite.widgets.kernel_probe.functions.FUNCTIONS`.
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
    >>> abs(probe.regression.angle_error) < 1e-6
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
        clean = {name: f(self._points) for name, f in FUNCTIONS.items()}
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
        return FUNCTIONS[self.function](self.points) + self.noise * self._spreads[self.function] * draws

    @property
    def regression(self) -> ProbeEstimate:
        """The estimate of the local regression at the probe."""
        fit = tangents.local_regression(
            self.points, self.values, degree=self.degree, neighbours=self.neighbours
        )
        return self._at_probe(fit)

    @property
    def pca(self) -> ProbeEstimate:
        """The estimate of the local PCA at the probe."""
        width = self.level_width * self._spreads[self.function]
        fit = tangents.local_pca(self.points, self.values, radius=self.radius, level_width=width)
        return self._at_probe(fit)

    def _at_probe(self, fit: tangents.LevelSetNormals) -> ProbeEstimate:
        """Return the row of the probe, which is the last point."""
        if not len(fit) or fit.index[-1] != self.samples:
            nothing = np.full(2, np.nan)
            return ProbeEstimate(nothing, math.nan, math.nan, 0, True)
        gradient = FUNCTIONS[self.function].gradient(np.array(self.probe))
        (nx, ny), (tx, ty) = fit.normals[-1], gradient
        off = math.degrees(math.atan2(ny * tx - nx * ty, nx * tx + ny * ty)) if np.any(gradient) else math.nan
        return ProbeEstimate(
            fit.normals[-1],
            off - 180.0 * math.ceil(off / 180.0 - 0.5) if np.isfinite(off) else off,
            math.degrees(fit.standard_error[-1]),
            int(fit.neighbours[-1]),
            False,
        )

    def describe(self) -> str:
        """Return in words what is on screen."""
        f = FUNCTIONS[self.function]
        said = []
        for name, estimate in (("local regression", self.regression), ("local PCA", self.pca)):
            said.append(
                f"{name} dropped the probe"
                if estimate.dropped
                else f"{name} is {abs(estimate.angle_error):.2g}° off, predicted standard error "
                f"{estimate.standard_error:.2g}°"
            )
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
        picture.levels(f, [float(f(probe))], "black", "true level set", lw=1.2)
        gradient = f.gradient(probe)
        if np.any(gradient):
            picture.arrows([probe], [0.62 * gradient / np.linalg.norm(gradient)], "black", "true gradient")
        for name, estimate, colour, dash in (
            ("local regression", self.regression, BLUE, "-"),
            ("local PCA", self.pca, VERMILLION, (0, (3, 2))),
        ):
            if not estimate.dropped:
                along = 0.95 * np.array([-estimate.normal[1], estimate.normal[0]])
                off, expected = abs(estimate.angle_error), estimate.standard_error
                label = f"{name}: {off:.2g}° off, predicted {expected:.2g}°"
                picture.line([probe - along, probe + along], colour, label, ls=dash)
        picture.mark(probe, "o", "probe", size=10)
        return picture.finished(f"f = {f.formula}: {self.samples} samples, noise {100 * self.noise:.1f} %", 1)
