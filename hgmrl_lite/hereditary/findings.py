"""One finding: a property of a family of tasks, tested on the data, with its figure, bound and words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hgmrl_lite._validate import Array

VERDICTS = ("yes", "no", "undecided")
#: Largest defect, relative to what unrelated tasks or systems show, that still counts as none: a sine of
#: 8.6°, about the error of a left action from which a policy starts to miss its goal.
BOUND = 0.15
#: The starts count as moved from a third of their own standard deviation on, and as kept when half of it is
#: excluded: a few hundred starts do not show less.
START_BOUND, START_EXCLUDED = 0.35, 0.5
#: Standard errors that a squared defect must be away from the squared bound.
ERRORS = 2.0


@dataclass(frozen=True)
class Finding:
    """A property and whether the family has it.

    Parameters
    ----------
    name : str
        Which property.
    verdict : {"yes", "no", "undecided"}
        The answer.
    figure : float
        The defect that was measured, the worst of all tasks: 0 when the property holds exactly.
    bound : float
        Largest defect that counts as none.
    text : str
        One sentence.
    """

    name: str
    verdict: str
    figure: float
    bound: float
    text: str

    def __str__(self) -> str:
        """Tell everything in one line."""
        return f"{self.name}: {self.verdict} ({self.figure:.2g}, bound {self.bound:g}). {self.text}"


@dataclass(frozen=True)
class Defect:
    """A squared defect, its noise subtracted, with its standard error; NaN when it could not be measured."""

    square: float
    error: float

    @property
    def figure(self) -> float:
        """The defect itself; 0 where noise alone explains it."""
        return float(np.sqrt(max(self.square, 0.0))) if np.isfinite(self.square) else float("nan")

    def verdict(self, bound: float, excluded: float | None = None) -> str:
        """Return "no" when the defect is above the bound, error allowed for, "yes" when it is below.

        If ``excluded`` is given, the error may reach up to that larger bound for a "yes".
        """
        if not (np.isfinite(self.square) and np.isfinite(self.error)):
            return "undecided"
        if self.square - ERRORS * self.error > bound**2:
            return "no"
        below = self.square <= bound**2 and self.square + ERRORS * self.error < (excluded or bound) ** 2
        return "yes" if below else "undecided"


def overall(verdicts: Sequence[str]) -> str:
    """Return "no" if any is, else "undecided" if any is, else "yes"."""
    return next((verdict for verdict in ("no", "undecided") if verdict in verdicts), "yes")


def worst(defects: Sequence[Defect], bound: float, excluded: float | None = None) -> tuple[str, Defect, int]:
    """Return the verdict on several defects, and the defect that carries it with its place."""
    verdicts = [defect.verdict(bound, excluded) for defect in defects]
    verdict = overall(verdicts)
    places = [index for index, found in enumerate(verdicts) if found == verdict]
    place = max(places, key=lambda index: np.nan_to_num(defects[index].square, nan=np.inf))
    return verdict, defects[place], place


def strain(matrices: Array, form: Array) -> Array:
    """Return the mean squared logarithm of the stretches (...) of matrices (..., n, n) under a form."""
    root = np.linalg.cholesky(form).T
    stretches = np.linalg.svd(root @ matrices @ np.linalg.inv(root), compute_uv=False)
    return np.square(np.log(np.maximum(stretches, 1e-12))).mean(axis=-1)


def strain_defect(matrix: Array, covariance: Array | None, form: Array, draws: int = 200) -> Defect:
    """Return how far a matrix is from keeping an inner product, given its error covariance (n², n²)."""
    square = float(strain(matrix, form))
    if covariance is None:
        return Defect(square, 0.0)
    if not np.isfinite(covariance).all():
        return Defect(np.nan, np.nan)
    values, axes = np.linalg.eigh(covariance)
    normals = np.random.default_rng(0).standard_normal((draws, len(values)))
    noise = (normals * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    drawn = strain(matrix + noise.reshape(draws, *matrix.shape), form)
    return Defect(square - float(drawn.mean() - square), float(drawn.std()))


def start_defect(matrix: Array, starts: Array, draws: int = 200) -> Defect:
    """Return how far a homogeneous map moves mean and covariance of the starts, in their standard deviations.

    The squared displacement of the mean plus the squared logarithms of the ratios of standard deviations.
    """
    number, n = starts.shape
    if number <= 2 * n:
        return Defect(np.nan, np.nan)
    drawn = starts[np.random.default_rng(0).integers(0, number, (draws, number))]
    seen, again = _start_change(matrix, starts), _start_change(matrix, drawn)
    spread = np.cov(again.T).reshape(seen.size, seen.size)
    return squared(seen, spread)


def _start_change(matrix: Array, starts: Array) -> Array:
    """Return displacement and logarithmic stretch (..., n + n²) of starts (..., k, n) under a map."""
    n = starts.shape[-1]
    mean = starts.mean(axis=-2)
    away = starts - mean[..., None, :]
    covariance = away.swapaxes(-1, -2) @ away / (starts.shape[-2] - 1)
    values, axes = np.linalg.eigh(covariance)
    deviations = np.sqrt(np.maximum(values, 1e-12 * values[..., -1:] + np.finfo(float).tiny))[..., None, :]
    root = (axes * deviations) @ axes.swapaxes(-1, -2)
    inverse = (axes / deviations) @ axes.swapaxes(-1, -2)
    linear, shift = matrix[:n, :n], matrix[:n, n]
    displaced = (inverse @ (mean @ linear.T + shift - mean)[..., None])[..., 0]
    moved = inverse @ linear @ root
    values, axes = np.linalg.eigh(moved @ moved.swapaxes(-1, -2))
    stretch = (axes * (0.5 * np.log(np.maximum(values, 1e-18)))[..., None, :]) @ axes.swapaxes(-1, -2)
    return np.concatenate([displaced, stretch.reshape(*stretch.shape[:-2], n * n)], axis=-1)


def squared(seen: Array, covariance: Array) -> Defect:
    """Return |e|² and its error for what was seen, e + δ with δ of the given covariance S.

    The square of the sum is |e|² + tr S on average, with variance 4 eᵀSe + 2 tr S².
    """
    trace = float(np.square(covariance).sum())
    variance = max(4.0 * float(seen @ covariance @ seen) - 2.0 * trace, 2.0 * trace)
    return Defect(float(seen @ seen) - float(np.trace(covariance)), float(np.sqrt(variance)))
