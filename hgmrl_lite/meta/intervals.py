"""Means with 95 % intervals over two levels of chance: training seeds, and context draws within a seed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from hgmrl_lite._validate import Array, as_array

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, eq=False)
class Interval:
    """A mean and its 95 % interval.

    Parameters
    ----------
    mean, low, high : ndarray, shape (...)
        The mean, and the ends of the interval; NaN where one number is all there is.
    """

    mean: Array
    low: Array
    high: Array

    @property
    def half_width(self) -> Array:
        """Half the length of the interval, shape (...)."""
        return np.asarray(self.high - self.mean)

    def __getitem__(self, index: int) -> "Interval":
        """Return the interval of one entry."""
        return Interval(self.mean[index], self.low[index], self.high[index])

    def __repr__(self) -> str:
        """Give one interval in words, several by their number and range."""
        if np.ndim(self.mean):
            low, high = np.min(self.mean), np.max(self.mean)
            return f"Interval({np.size(self.mean)} means from {low:.3g} to {high:.3g})"
        digits = 1 if abs(self.mean) >= 10.0 else 2
        text = f"{self.mean:.{digits}f}"
        if np.isfinite(self.low):
            text += f" [{self.low:.{digits}f}, {self.high:.{digits}f}]"
        return text.replace("-", "−")


def mean_interval(values: ArrayLike) -> Interval:
    """Return the mean over seeds and draws, and the wider of two 95 % intervals of Student.

    Draws of one seed share a trained agent, so they are not independent of each other. The one interval takes
    the S means of the seeds as independent, with S − 1 degrees of freedom; it is right whatever the seeds
    share. The other takes the C draws within each seed, with S (C − 1) degrees of freedom; it is right when
    seeds make no difference, and keeps the first from being narrow by the luck of a few seeds. Counting all S
    · C values as independent would be too narrow as soon as seeds differ.

    Parameters
    ----------
    values : array_like, shape (S, C, ...)
        One value a training seed and context draw; C = 1 for an agent that looks at no context.

    Returns
    -------
    Interval
        Of shape (...). With one seed it is over the draws alone; with one value there is none (NaN).

    Raises
    ------
    ValueError
        When ``values`` has fewer than two axes, is empty, or holds NaN or infinity.

    Examples
    --------
    >>> mean_interval([[1.0, 1.2], [0.8, 1.0], [1.1, 0.9]])
    1.00 [0.75, 1.25]
    """
    values = as_array("values", values)
    if values.ndim < 2 or not values.size:
        raise ValueError(f"values must have shape (S, C, ...), at least one of each, got {values.shape}")
    seeds, draws = values.shape[:2]
    by_seed = values.mean(axis=1)
    mean = by_seed.mean(axis=0)
    half = np.full(mean.shape, np.nan)
    if seeds > 1:
        error = by_seed.std(axis=0, ddof=1) / np.sqrt(seeds)
        half = _student(seeds - 1) * error
    if draws > 1:
        error = np.sqrt(values.var(axis=1, ddof=1).mean(axis=0) / (seeds * draws))
        half = np.fmax(half, _student(seeds * (draws - 1)) * error)
    return Interval(mean, mean - half, mean + half)


def _student(freedom: int) -> float:
    """Return the quantile of Student's law that leaves half of what is outside the interval above it."""
    return float(stdtrit(freedom, 0.5 * (1.0 + CONFIDENCE)))
