"""Families of navigation tasks: a task is its goal."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.envs.dynamics import ARENA

TRAINING_ANGLES_DEG: Final = (135.0, -18.0, -96.5, -144.5)
"""Polar angles of the four training goals in degrees; the base task comes first."""


def goals_at(angles: ArrayLike, radius: float = 1.0) -> Array:
    """Return the goals at given polar angles.

    Parameters
    ----------
    angles : array_like, shape (...)
        Polar angles in radians.
    radius : float, optional
        Distance from the origin, above 0 and at most 5.

    Returns
    -------
    ndarray, shape (..., 2)

    Raises
    ------
    ValueError
        When an angle is not finite, or the circle is not inside the arena.

    Examples
    --------
    >>> goals_at(0.0, radius=2.0)
    array([2., 0.])
    """
    angles = as_array("angles", angles)
    radius = float(as_array("radius", radius, ()))
    if not 0.0 < radius <= ARENA:
        raise ValueError(f"radius must be above 0 and at most {ARENA:g}, got {radius}")
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def circle_tasks(n: int, *, seed: int | None = None, radius: float = 1.0, phase: float = 0.0) -> Array:
    """Return n goals on a circle about the origin: evenly spaced, or at random from a seed.

    Parameters
    ----------
    n : int
        Number of tasks, at least 1.
    seed : int, optional
        Draw the angles uniformly from this seed; evenly spaced when left out.
    radius : float, optional
        Radius of the circle.
    phase : float, optional
        Angle in radians by which all goals are turned; that of the first goal when they are evenly spaced.

    Returns
    -------
    ndarray, shape (n, 2)

    Raises
    ------
    ValueError
        When ``n`` is below 1, ``seed`` is negative, or the circle is not inside the arena.

    Examples
    --------
    >>> circle_tasks(4).round(6) + 0.0
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1.,  0.],
           [ 0., -1.]])
    """
    n = as_count("n", n)
    phase = float(as_array("phase", phase, ()))
    if seed is None:
        angles = 2.0 * np.pi * np.arange(n) / n
    else:
        angles = np.random.default_rng(as_count("seed", seed, 0)).uniform(0.0, 2.0 * np.pi, n)
    return goals_at(phase + angles, radius)


def training_tasks() -> Array:
    """Return the four training goals on the unit circle, shape (4, 2), the base task first."""
    return goals_at(np.deg2rad(TRAINING_ANGLES_DEG))
