"""Experiment 6: how many samples it takes to find a generator, by three methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite import descent, discovery, tangents
from hgmrl_lite._validate import Array
from hgmrl_lite.experiments.units import Tabled, Unit, run_groups, stacked
from hgmrl_lite.hereditary import RewardModel
from hgmrl_lite.lie import J

METHODS: Final = ("closed form", "differential", "functional")
"""The null space of the tangents, descent on the differential loss, descent on the functional one."""
SIZES: Final = (50, 100, 200, 400, 800, 1600, 3200)
"""Numbers of samples."""
NOISES: Final = (0.0, 0.05)
"""Standard deviations of the noise on the values."""
DRAWS: Final = 20
"""Independent draws of the samples."""
STEPS: Final = 1000
"""Steps of each descent."""
QUICK: Final = (SIZES[1::2], 2, 300)
"""The sizes, draws and steps of the quick form."""

# What both descents get: on the unit sphere, several starts, of which the one with the least loss counts.
_DESCENT: Final[dict[str, Any]] = {"normalisation": "unit", "learning_rate": 0.05, "runs": 8}
_LAST = 50


@dataclass(frozen=True, eq=False, repr=False)
class SampleEfficiency(Tabled):
    """Error of the generator against the number of samples.

    Parameters
    ----------
    sizes : ndarray of int, shape (N,)
        Numbers of samples.
    noises : ndarray, shape (R,)
        Standard deviations of the noise on the values.
    error_deg : ndarray, shape (R, N, S, M)
        Angle in degrees between the generator that was found and the true one, for each draw and each of
        :data:`METHODS`; at most 90.
    steps : int
        Steps of each descent.
    """

    title: ClassVar = "Error of the generator against the number of samples"

    sizes: NDArray[np.int_]
    noises: Array
    error_deg: Array
    steps: int

    def quantile(self, share: float) -> Array:
        """Return a quantile of the error over the draws in degrees, shape (R, N, M)."""
        values: Array = np.quantile(self.error_deg, share, axis=2)
        return values

    def caption(self) -> str:
        """Return how it was measured."""
        draws = self.error_deg.shape[2]
        return (
            f"Samples of −‖p‖ at points from N(0, I), with noise on the values; {draws} draws a point. All "
            "three methods get the same samples and look among matrices. Closed form and differential "
            "descent rest on the normals of the same local fits, the functional one on a smooth model fitted "
            f"to the samples. Descents: Adam on the unit sphere, {self.steps} steps, the best of "
            f"{_DESCENT['runs']} starts by its own loss. Angle between the generator and that of rotations."
        )

    def rows(self) -> list[tuple[str, ...]]:
        """Return one row a noise and a number of samples."""
        median, high = self.quantile(0.5), self.quantile(0.9)
        return [
            ("noise", "samples", *(f"{method}: median / 90 %" for method in METHODS)),
            *(
                (
                    f"{noise:g}",
                    str(size),
                    *(f"{median[r, n, m]:.2g}° / {high[r, n, m]:.2g}°" for m in range(len(METHODS))),
                )
                for r, noise in enumerate(self.noises)
                for n, size in enumerate(self.sizes)
            ),
        ]


def sample_efficiency(*, quick: bool = False, jobs: int = 2, progress: bool = True) -> SampleEfficiency:
    """Find the generator of rotations from more and more samples of one function, by three methods.

    Parameters
    ----------
    quick : bool, optional
        The form for a lesson: three sizes, two draws, shorter descents.
    jobs, progress
        As in :func:`~hgmrl_lite.experiments.regret_by_distance`.

    Returns
    -------
    SampleEfficiency
    """
    sizes, draws, steps = QUICK if quick else (SIZES, DRAWS, STEPS)
    groups = [
        [
            Unit(
                f"noise {noise:g}, draw {draw}",
                _errors,
                {"noise": noise, "sizes": sizes, "draw": draw, "steps": steps},
            )
            for draw in range(draws)
        ]
        for noise in NOISES
    ]
    found = run_groups(groups, description="sample efficiency", jobs=jobs, progress=progress)
    errors = np.stack([stacked(parts)["error_deg"] for parts in found])
    return SampleEfficiency(np.array(sizes), np.array(NOISES), errors.swapaxes(1, 2), steps)


def _errors(noise: float, sizes: Sequence[int], draw: int, steps: int) -> dict[str, NDArray[Any]]:
    """Return the error of each method at each size, shape (N, M); fewer samples are the first of more."""
    places, errors_of_values = (np.random.default_rng([draw, number]) for number in (0, 1))
    points = places.normal(size=(max(sizes), 2))
    values = -np.hypot(*points.T) + noise * errors_of_values.normal(size=max(sizes))
    errors = [
        [_angle(find(points[:size], values[:size], steps, draw)) for find in _FINDERS] for size in sizes
    ]
    return {"error_deg": np.degrees(errors)}


def _closed_form(points: Array, values: Array, steps: int, seed: int) -> Array:
    """Return the best generator of the null space."""
    normals = tangents.local_regression(points, values)
    found = discovery.affine_null_space(normals.points, normals.normals, normals.weights, algebra="linear")
    generator: Array = found[1][0]
    return generator


def _differential(points: Array, values: Array, steps: int, seed: int) -> Array:
    """Return the generator of descent on the differential loss, of the same normals."""
    normals = tangents.local_regression(points, values)
    return _descended(descent.Differential(normals.points, normals.normals), steps, seed)


def _functional(points: Array, values: Array, steps: int, seed: int) -> Array:
    """Return the generator of descent on the functional loss, of a model of the values."""
    return _descended(descent.Functional(points, RewardModel.fit(points, values)), steps, seed)


def _descended(loss: descent.Differential | descent.Functional, steps: int, seed: int) -> Array:
    """Return where the run ended that had the least loss in its last steps."""
    run = descent.descend(loss, steps=steps, seed=seed, **_DESCENT)
    generator: Array = run.generators[np.argmin(run.loss[-_LAST:].mean(axis=0))]
    return generator


def _angle(generator: Array) -> float:
    """Return the angle in radians between a matrix (2, 2 or 3) and the generator of rotations."""
    linear = generator[:2, :2]
    cosine = abs((linear * J).sum()) / (np.linalg.norm(generator) * np.linalg.norm(J))
    return float(np.arccos(min(cosine, 1.0)))


# In the order of METHODS.
_FINDERS: Final = (_closed_form, _differential, _functional)
