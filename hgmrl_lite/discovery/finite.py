"""Finite groups of the plane: turns about a centre, and mirrors in axes through it."""

from dataclasses import dataclass

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict


@dataclass(frozen=True, eq=False, repr=False)
class FiniteGroup:
    """Turns and mirrors of the plane that change nothing: a cyclic group, or with mirrors a dihedral one.

    Attributes
    ----------
    order : int
        The turns by multiples of 360° / order are symmetries; 1 when no turn is.
    mirrors : ndarray, shape (order,) or (0,)
        Angles of the axes in radians, in [0, π), ascending; all axes go through the centre.
    centre : ndarray, shape (2,), or None
        What all of them keep; of a single mirror the point of its axis nearest to the middle of the data.
        None when nothing was found.
    turn_defect, mirror_defect : float
        Largest root mean square change under the turns and under the mirrors, as a share of what unrelated
        places differ by: 0 for a symmetry, about 1 for a random map. NaN when none was found.
    control : float
        The same half-way between the turns, or at a right angle to a single mirror: what is no symmetry. NaN
        when nothing was found.
    overlap : float
        Share of the data at which this was seen: the others have no image among the data, under one of the
        maps at least. NaN when nothing was found.
    verdict : {"yes", "no", "undecided"}
        Whether there is a turn or a mirror.
    reason : str
        What was found, or why nothing was.
    """

    order: int
    mirrors: Array
    centre: Array | None
    turn_defect: float
    mirror_defect: float
    control: float
    overlap: float
    verdict: Verdict
    reason: str

    @property
    def elements(self) -> Array:
        """The group as homogeneous maps, shape (order + number of mirrors, 3, 3), the identity first."""
        centre = np.zeros(2) if self.centre is None else self.centre
        turns = turns_about(centre, 2.0 * np.pi * np.arange(self.order) / self.order)
        return np.concatenate([turns, mirrors_through(centre, self.mirrors)])

    @property
    def words(self) -> str:
        """The turns and mirrors in words."""
        if self.centre is None:
            return "no turn and no mirror"
        place = f"({', '.join(f'{x:.2f}' for x in np.round(self.centre, 2) + 0.0)})"
        axes = [f"{angle:.0f}°" for angle in sorted(np.degrees(self.mirrors).round() % 180.0)]
        if self.order == 1:
            return f"the mirror in the axis at {axes[0]} through {place}"
        turns = f"the turns by multiples of {360.0 / self.order:.3g}° about {place}"
        return f"{turns} and the mirrors in the axes at {', '.join(axes)}" if axes else turns

    def __repr__(self) -> str:
        """Tell the verdict and the reason."""
        return f"FiniteGroup({self.verdict}: {self.reason})"


def told(group: FiniteGroup | None, dimension: int) -> str:
    """Return a sentence on what is left without a continuous symmetry, or on why that was not looked for."""
    if group is not None:
        return f"{group.verdict}, {group.reason}"
    return f"not looked for: that is done in the plane, and this is R^{dimension}"


def turns_about(centre: Array, angles: Array) -> Array:
    """Return the turns (..., 3, 3), homogeneous, by angles (...) about centres (..., 2)."""
    cosine, sine = np.cos(angles), np.sin(angles)
    return _about(centre, np.stack([cosine, -sine, sine, cosine], axis=-1))


def mirrors_through(point: Array, angles: Array) -> Array:
    """Return the mirrors (..., 3, 3), homogeneous, in the axes at angles (...) through points (..., 2)."""
    cosine, sine = np.cos(2.0 * angles), np.sin(2.0 * angles)
    return _about(point, np.stack([cosine, sine, sine, -cosine], axis=-1))


def _about(point: Array, entries: Array) -> Array:
    """Return the maps with linear parts of entries (..., 4) that keep points (..., 2)."""
    linear = entries.reshape(*entries.shape[:-1], 2, 2)
    shift = point - np.einsum("...ij,...j->...i", linear, point)
    maps = np.zeros((*shift.shape[:-1], 3, 3))
    maps[..., :2, :2], maps[..., :2, 2], maps[..., 2, 2] = linear, shift, 1.0
    return maps
