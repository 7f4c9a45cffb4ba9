"""Finite groups of the plane: the turns and mirrors that are left where no continuous symmetry is.

Whatever tells how much it changes under a map of the plane, and how well it knows that, can be searched: a
sampled function, or the law of motion of a system. The maps half-way between those of a group are its control:
they must change what the group does not. So neither a continuous symmetry nor noise is taken for a finite group.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict

#: Turns of these orders are looked for; each has a power of prime order.
ORDERS, PRIMES = range(2, 13), (2, 3, 5, 7, 11)
#: Share of the squared change half-way that a group's own must not exceed.
SHARE = 0.08
#: Standard errors by which a change must exceed none to exclude a map, by which it must keep below its share to
#: be claimed, and by which the change half-way must be seen.
EXCLUDED, CLAIMED, SEEN = 3.0, 2.0, 4.0
#: Share of the data that a map must bring back among the data.
OVERLAP = 0.5
#: The share of it with which a result is judged: the search may have followed the edge, as thinner data showed it.
EDGE = 0.9
#: Centres along each axis, or axes along their normal, that are tried, and how far out in standard deviations.
CENTRES, FARTHEST = 13, 1.5
#: Angles of axes that are tried in half a turn, and at least so many between two of a group.
ANGLES, LEAST_ANGLES = 36, 9
#: How many of the best are refined, in how many rounds, each so much finer than the last.
REFINED, ROUNDS, SHRINK = 3, 11, 0.55


@dataclass(frozen=True, eq=False)
class Change:
    """How much maps change something.

    Attributes
    ----------
    square : ndarray, shape (G,)
        Mean squared change, as a share of what unrelated places differ by. Unless it is rough, noise does not
        add to it on average.
    error : ndarray, shape (G,)
        Its standard error; 0 when it is rough.
    overlap : ndarray, shape (G,)
        Share of the data that the map brings back among the data.
    """

    square: Array
    error: Array
    overlap: Array


class Changes(Protocol):
    """What can tell how much it changes under maps of the plane."""

    none: ClassVar[float]
    """Squared change that its approximations may cause under a symmetry."""

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the changes under homogeneous maps (G, 3, 3); quickly, to compare them, when ``rough``."""


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
        The same half-way between the turns, or between the mirrors when there are no turns. NaN when nothing was
        found.
    verdict : {"yes", "no", "undecided"}
        Whether there is a turn or a mirror other than the identity.
    reason : str
        What was found, or why nothing was.
    """

    order: int
    mirrors: Array
    centre: Array | None
    turn_defect: float
    mirror_defect: float
    control: float
    verdict: Verdict
    reason: str

    @property
    def elements(self) -> Array:
        """The group as homogeneous maps, shape (order + number of mirrors, 3, 3), the identity first."""
        centre = np.zeros(2) if self.centre is None else self.centre
        turns = turns_about(centre, 2.0 * np.pi * np.arange(self.order) / self.order)
        return np.concatenate([turns, mirrors_through(centre, self.mirrors)])

    def __repr__(self) -> str:
        """Tell the verdict and the reason."""
        return f"FiniteGroup({self.verdict}, {self.reason})"


def turns_about(centre: Array, angles: Array) -> Array:
    """Return the turns (..., 3, 3), homogeneous, by angles (...) about centres (..., 2)."""
    cosine, sine = np.cos(angles), np.sin(angles)
    return _about(centre, np.stack([cosine, -sine, sine, cosine], axis=-1))


def mirrors_through(point: Array, angles: Array) -> Array:
    """Return the mirrors (..., 3, 3), homogeneous, in the axes at angles (...) through points (..., 2)."""
    cosine, sine = np.cos(2.0 * angles), np.sin(2.0 * angles)
    return _about(point, np.stack([cosine, sine, sine, -cosine], axis=-1))


def _about(point: Array, entries: Array) -> Array:
    linear = entries.reshape(*entries.shape[:-1], 2, 2)
    shift = point - np.einsum("...ij,...j->...i", linear, point)
    maps = np.zeros((*shift.shape[:-1], 3, 3))
    maps[..., :2, :2], maps[..., :2, 2], maps[..., 2, 2] = linear, shift, 1.0
    return maps


class Trial(NamedTuple):
    """What a set of maps changes, beside those half-way between them.

    ``alike`` tells that neither are seen to change anything.
    """

    verdict: Verdict
    centre: Array
    angle: float
    square: float
    control: float
    alike: bool


def find_finite_group(changes: Changes, middle: Array, scale: Array | None) -> FiniteGroup:
    """Find the turns of order 2 to 12 and the mirrors that change nothing.

    A group is claimed when the squared change under each of its elements is below 8 % of the mean half-way between
    them, two standard errors allowed for, and not three above what approximations explain, while that half-way is
    seen at four. A map is excluded when its change is three above. Maps that bring less than half of the data back
    among the data are not judged.

    Parameters
    ----------
    changes : Changes
        What tells the changes.
    middle : ndarray, shape (2,)
        Middle of the data.
    scale : ndarray, shape (2, 2), or None
        Square root of the covariance of the data: centres and axes are looked for within 1.5 standard deviations of
        the middle. None when all elements must keep the middle.

    Returns
    -------
    FiniteGroup
        The largest group that can be claimed.
    """
    ticks = np.linspace(-FARTHEST, FARTHEST, CENTRES) if scale is not None else np.zeros(1)
    places = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    step = FARTHEST / CENTRES if scale is not None else 0.0
    root = np.eye(2) if scale is None else scale
    primes = {prime: _turns(changes, prime, middle, root, places, step) for prime in PRIMES}
    order, turns = 1, None
    open_ = {prime for prime, trial in primes.items() if trial.verdict == "undecided"}
    for prime, trial in primes.items():
        if trial.verdict == "no":
            continue
        place = np.linalg.solve(root, trial.centre - middle)[None]
        for multiple in ORDERS:
            if multiple % prime == 0 and multiple > order:
                found = trial if multiple == prime else _turns(changes, multiple, middle, root, place, step)
                if found.verdict == "yes":
                    order, turns = multiple, found
    if turns is not None:
        mirrors = _mirrors(changes, order, turns.centre, root, 0.0)
    else:
        mirrors = _mirrors(changes, 1, middle, root, step)
        if any(trial.alike for trial in primes.values()) and mirrors.verdict == "yes":
            # A mirror of something round is one of many.
            mirrors = mirrors._replace(verdict="undecided")
    return _told(order, turns, mirrors, primes)


def _turns(changes: Changes, order: int, middle: Array, root: Array, places: Array, step: float) -> Trial:
    """Return what the turns of an order change about the best of some places (P, 2), in units of the root."""
    # A turn and its inverse change as much.
    angles = 2.0 * np.pi * np.arange(1, order // 2 + 1) / order
    half = angles - np.pi / order

    def cost(tried: Array) -> Array:
        maps = turns_about((middle + tried @ root.T)[:, None], angles)
        return _mean(changes(maps.reshape(-1, 3, 3), rough=True), len(tried))

    centre = middle + root @ _refined(cost, places, np.array([step, step]))
    return _trial(changes, turns_about(centre, angles), turns_about(centre, half), centre, 0.0)


def _mirrors(changes: Changes, order: int, centre: Array, root: Array, step: float) -> Trial:
    """Return what ``order`` mirrors change in the best axes through a centre, or past it unless ``step`` is 0."""
    spaced = np.pi * np.arange(order) / order
    number = max(ANGLES // order, LEAST_ANGLES)
    angles = np.pi / order * np.arange(number) / number
    aways = np.linspace(-FARTHEST, FARTHEST, CENTRES) if step else np.zeros(1)

    def points(tried: Array) -> Array:
        # How far along the normal, in standard deviations in this direction.
        away, angle = np.moveaxis(tried, -1, 0)
        normal = np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
        return np.asarray(centre + (away * np.linalg.norm(normal @ root, axis=-1))[..., None] * normal)

    def cost(tried: Array) -> Array:
        maps = mirrors_through(points(tried)[:, None], tried[:, 1:] + spaced)
        return _mean(changes(maps.reshape(-1, 3, 3), rough=True), len(tried))

    starts = np.stack(np.meshgrid(aways, angles), axis=-1).reshape(-1, 2)
    found = _refined(cost, starts, np.array([step, np.pi / order / number]))
    point, axes = points(found), found[1] + spaced
    half = mirrors_through(point, axes + 0.5 * np.pi / order)
    return _trial(changes, mirrors_through(point, axes), half, point, float(found[1]))


def _mean(change: Change, number: int) -> Array:
    """Return the mean squared change of each of ``number`` sets of maps, infinite without enough overlap."""
    square = np.where(change.overlap < OVERLAP, np.inf, change.square)
    return np.asarray(square.reshape(number, -1).mean(axis=1))


def _refined(cost: Callable[[Array], Array], starts: Array, steps: Array) -> Array:
    """Return the parameters (2,) of least cost: the best of some starts (S, 2), then of ever finer grids."""
    ticks = np.linspace(-1.0, 1.0, 5)
    grid = np.meshgrid(*(ticks if step else np.zeros(1) for step in steps))
    stencil = np.stack(grid, axis=-1).reshape(-1, 2)
    best = starts[np.argsort(cost(starts))[:REFINED]]
    for _ in range(ROUNDS if steps.any() else 0):
        tried = best[:, None] + steps * stencil
        costs = cost(tried.reshape(-1, 2)).reshape(len(best), -1)
        best = tried[np.arange(len(best)), np.argmin(costs, axis=1)]
        steps = SHRINK * steps
    return np.asarray(best[int(np.argmin(cost(best)))])


def _trial(changes: Changes, maps: Array, half_way: Array, centre: Array, angle: float) -> Trial:
    """Return the verdict on maps, by what they change and what those half-way between them do."""
    group, half = changes(maps), changes(half_way)
    seen = half.overlap >= EDGE * OVERLAP
    if not (group.overlap >= EDGE * OVERLAP).all() or not seen.any():
        return Trial("undecided", centre, angle, math.nan, math.nan, False)
    square, control = float(group.square.max()), float(half.square[seen].mean())
    if (group.square - EXCLUDED * group.error > changes.none).any():
        return Trial("no", centre, angle, square, control, False)
    apart = control > SEEN * float(np.linalg.norm(half.error[seen])) / seen.sum()
    small = bool((group.square + CLAIMED * group.error < SHARE * control).all())
    return Trial("yes" if apart and small else "undecided", centre, angle, square, control, not apart)


def _told(order: int, turns: Trial | None, mirrors: Trial, primes: dict[int, Trial]) -> FiniteGroup:
    """Return the group that was found, with a sentence on it."""
    mirrored = mirrors.verdict == "yes"
    found = turns if turns is not None else mirrors if mirrored else None
    angles = np.zeros(0)
    if mirrored:
        angles = np.sort((mirrors.angle + np.pi * np.arange(order) / order) % np.pi)
    turn_defect = math.nan if turns is None else _root(turns.square)
    mirror_defect = _root(mirrors.square) if mirrored else math.nan
    if found is not None:
        verdict: Verdict = "yes"
        reason = _what(order, angles, found.centre)
        defect = np.nanmax([turn_defect, mirror_defect])
        reason += f" change nothing (defect {defect:.3f}; {_root(found.control):.2f} half-way between them)"
        return FiniteGroup(order, angles, found.centre, turn_defect, mirror_defect, _root(found.control), verdict, reason)
    open_ = [f"{prime}-fold turns" for prime, trial in primes.items() if trial.verdict != "no"]
    open_ += ["mirrors"] if mirrors.verdict != "no" else []
    if any(trial.alike for trial in primes.values()):
        verdict = "undecided"
        reason = "turns change as little as those half-way between them: a continuous symmetry, or too much noise"
    elif open_:
        verdict, reason = "undecided", f"too few data, or too much noise, to tell of {', '.join(open_)}"
    else:
        least = min([*(trial.square for trial in primes.values()), mirrors.square])
        verdict = "no"
        reason = f"every turn of order 2 to {ORDERS[-1]} and every mirror changes something (defect {_root(least):.2f} or more)"
    return FiniteGroup(1, angles, None, math.nan, math.nan, math.nan, verdict, reason)


def _root(square: float) -> float:
    return math.sqrt(max(square, 0.0))


def _what(order: int, angles: Array, centre: Array) -> str:
    """Return the turns and mirrors in words."""
    about = f"({', '.join(f'{x:.2f}' for x in centre + 0.0)})"
    parts = []
    if order > 1:
        parts.append(f"the turns by multiples of {360.0 / order:.3g}° about {about}")
    if len(angles):
        axes = ", ".join(f"{angle:.0f}°" for angle in np.degrees(angles))
        parts.append(f"the mirror{'s' if order > 1 else ''} with axes at {axes}" if order > 1 else f"the mirror in the axis at {axes} through {about}")
    return " and ".join(parts)
