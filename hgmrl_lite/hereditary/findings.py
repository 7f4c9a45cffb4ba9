"""One finding: a property of a family of tasks, tested on the data, with its figure, bound and words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.frame import Frame

#: Largest defect, relative to what unrelated tasks or systems show, that still counts as none: a sine of
#: 8.6°, about the error of a left action from which a policy starts to miss its goal.
BOUND = 0.15
#: The starts count as moved from a third of their own standard deviation on, and as kept when half of it is
#: excluded: a few hundred starts do not show less.
START_BOUND, START_EXCLUDED = 0.35, 0.5
#: Most groups of starts that are drawn anew for the error of their moments.
GROUPS = 1000
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


UNKNOWN = Defect(math.nan, math.nan)
"""The defect of what could not be measured."""


def table_of(caption: str, facts: Sequence[tuple[str, str]]) -> str:
    """Return facts, as (name, text), as an HTML table."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{name}</th><td style='text-align:left'>{text}</td></tr>"
        for name, text in facts
    )
    return f"<table><caption>{caption}</caption>{rows}</table>"


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


def strain_defect(matrix: Array, covariance: Array, form: Array, draws: int = 200) -> Defect:
    """Return how far a matrix is from keeping an inner product, given its error covariance (n², n²)."""
    frame = Frame.of(form)
    square = float(frame.stretch(matrix))
    if not covariance.any():
        return Defect(square, 0.0)
    if not np.isfinite(covariance).all():
        return UNKNOWN
    values, axes = np.linalg.eigh(covariance)
    normals = np.random.default_rng(0).standard_normal((draws, len(values)))
    noise = (normals * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    drawn = frame.stretch(matrix + noise.reshape(draws, *matrix.shape))
    return Defect(square - float(drawn.mean() - square), float(drawn.std()))


def resampled_moments(starts: Array, draws: int = 200) -> tuple[Array, Array]:
    """Return mean (1 + draws, n) and covariance (1 + draws, n, n) of starts (k, n), then of resamples.

    Of many starts, groups are drawn instead of single ones.
    """
    number, n = starts.shape
    centred = starts - starts.mean(axis=0)
    rows = np.hstack(
        [np.ones((number, 1)), centred, (centred[:, :, None] * centred[:, None]).reshape(number, -1)]
    )
    first = np.unique(np.linspace(0, number, min(number, GROUPS), endpoint=False).astype(int))
    sums = np.add.reduceat(rows, first, axis=0)
    drawn = np.random.default_rng(0).integers(0, len(sums), (draws, len(sums)))
    total = np.concatenate([sums.sum(axis=0)[None], sums[drawn].sum(axis=1)])
    count, away = total[:, :1], total[:, 1 : n + 1] / total[:, :1]
    outer = total[:, n + 1 :].reshape(-1, n, n) - count[..., None] * away[:, :, None] * away[:, None]
    return starts.mean(axis=0) + away, outer / (count[..., None] - 1.0)


def start_defect(matrix: Array, mean: Array, covariance: Array) -> Defect:
    """Return how far a homogeneous map moves mean and covariance of the starts, in their standard deviations.

    The squared displacement of the mean plus the squared logarithms of the ratios of standard deviations, for
    moments (1 + draws, n) and (1 + draws, n, n) as `resampled_moments` gives them.
    """
    n = mean.shape[-1]
    values, axes = np.linalg.eigh(covariance)
    deviations = np.sqrt(np.maximum(values, 1e-12 * values[..., -1:] + np.finfo(float).tiny))[..., None, :]
    root = (axes * deviations) @ axes.swapaxes(-1, -2)
    inverse = (axes / deviations) @ axes.swapaxes(-1, -2)
    linear, shift = matrix[:n, :n], matrix[:n, n]
    displaced = (inverse @ (mean @ linear.T + shift - mean)[..., None])[..., 0]
    moved = inverse @ linear @ root
    values, axes = np.linalg.eigh(moved @ moved.swapaxes(-1, -2))
    stretch = (axes * (0.5 * np.log(np.maximum(values, 1e-18)))[..., None, :]) @ axes.swapaxes(-1, -2)
    change = np.concatenate([displaced, stretch.reshape(len(stretch), n * n)], axis=-1)
    return squared(change[0], np.cov(change[1:].T).reshape(n + n * n, n + n * n))


def squared(seen: Array, covariance: Array) -> Defect:
    """Return |e|² and its error for what was seen, e + δ with δ of the given covariance S.

    The square of the sum is |e|² + tr S on average, with variance 4 eᵀSe + 2 tr S².
    """
    trace = float(np.square(covariance).sum())
    variance = max(4.0 * float(seen @ covariance @ seen) - 2.0 * trace, 2.0 * trace)
    return Defect(float(seen @ seen) - float(np.trace(covariance)), float(np.sqrt(variance)))
