"""The search for turns and mirrors of the plane that change nothing.

Whatever tells how much it changes under a map of the plane, and how well it knows that, can be searched: a
sampled function, or the law of motion of a system. The maps half-way between those of a group are its
control: they must change what the group keeps. So neither a continuous symmetry nor noise is taken for a
finite group.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from hgmrl_lite._validate import Array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery.finite import FiniteGroup, mirrors_through, turns_about

#: Turns of these orders are looked for; each has a power of prime order.
ORDERS, PRIMES = range(2, 13), (2, 3, 5, 7, 11)
#: Share of the squared change half-way that a group's own must keep below to be claimed, and from which a map
#: is excluded if that half-way is more than none.
SHARE, TOO_MUCH = 0.08, 0.04
#: Standard errors by which a change must exceed none to exclude a map, by which it must keep below its share
#: to be claimed, and by which the change half-way must be seen.
EXCLUDED, CLAIMED, SEEN = 3.0, 2.0, 4.0
#: Share of the data that a map must bring back among the data; a result is judged with less, since the search
#: may have followed the edge as thinner data showed it; and what is enough half-way.
OVERLAP, JUDGED, HALF_WAY = 0.5, 0.4, 0.25
#: Centres along each axis, or axes along their normal, that are tried, and how far out they lie, in standard
#: deviations.
CENTRES, FARTHEST = 13, 1.5
#: Angles of axes that are tried in half a turn, and at least so many between two axes of a group.
ANGLES, LEAST_ANGLES = 36, 9
#: How many of the best are refined at first, half as many each round down to the last, how many rounds there
#: are, and how much finer each is than the one before.
FIRST, LAST, ROUNDS, SHRINK = 24, 2, 11, 0.55


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

    none: float
    """Squared change that counts as none: what is above excludes a map."""
    most: float
    """Squared change below which a map can be claimed to be a symmetry."""

    def __call__(self, maps: Array, *, rough: bool = False) -> Change:
        """Return the changes under homogeneous maps (G, 3, 3); quickly, to compare them, when ``rough``."""


class Trial(NamedTuple):
    """What a set of maps changes, beside those half-way between them; mirrors have an angle.

    ``alike`` tells that neither are seen to change anything.
    """

    verdict: Verdict
    centre: Array
    angle: float
    square: float
    control: float
    overlap: float
    alike: bool = False


def find_finite_group(changes: Changes, middle: Array, scale: Array | None) -> FiniteGroup:
    """Find the turns of order 2 to 12 and the mirrors that change nothing.

    A group is claimed when the squared change under each of its elements is below the most that can be
    claimed and below 8 % of the mean half-way between them, two standard errors allowed for, and when that
    mean is four of its own above zero. A map is excluded when its change is three standard errors above what
    counts as none: 4 % of the mean half-way, if that is less and the mean itself is more. Maps that bring
    less than half of the data back among the data are not judged.

    Parameters
    ----------
    changes : Changes
        What tells the changes.
    middle : ndarray, shape (2,)
        Middle of the data.
    scale : ndarray, shape (2, 2), or None
        Square root of the covariance of the data: centres and axes are looked for within 1.5 standard
        deviations of the middle. None when all elements must keep the middle.

    Returns
    -------
    FiniteGroup
        The largest group that can be claimed.
    """
    free = scale is not None
    root = np.eye(2) if scale is None else scale
    ticks = np.linspace(-FARTHEST, FARTHEST, CENTRES) if free else np.zeros(1)
    centres = middle + np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2) @ root.T
    step = FARTHEST / CENTRES if free else 0.0
    primes = {prime: _turns(changes, prime, centres, step * root) for prime in PRIMES}
    order, turns, left_open = 1, None, set[int]()
    for prime, trial in primes.items():
        # Half-way between the turns of a small order may lie those of a larger one: not claimed is not none.
        if trial.verdict != "no":
            for multiple in ORDERS:
                if multiple % prime == 0 and multiple > order:
                    found = _turns(changes, multiple, trial.centre[None], step * root)
                    if found.verdict == "yes":
                        order, turns = multiple, found
                    elif found.verdict == "undecided":
                        left_open.add(multiple)
    if turns is not None:
        mirrors = _mirrors(changes, order, turns.centre, root, 0.0)
    else:
        mirrors = _mirrors(changes, 1, middle, root, step)
        if mirrors.verdict == "yes" and any(trial.alike for trial in primes.values()):
            # A mirror of something round is one of many.
            mirrors = mirrors._replace(verdict="undecided")
    if turns is None and mirrors.verdict != "yes":
        return _without(mirrors, primes)
    more = mirrors.verdict == "undecided" or any(order % multiple for multiple in left_open)
    return _told(order, turns, mirrors, more)


def _turns(changes: Changes, order: int, centres: Array, steps: Array) -> Trial:
    """Return what the turns of an order change about the best of centres (P, 2), refined by ``steps``."""
    # A turn and its inverse change as much.
    angles = 2.0 * np.pi * np.arange(1, order // 2 + 1) / order

    def cost(tried: Array) -> Array:
        maps = turns_about(tried[:, None], angles)
        return _mean(changes(maps.reshape(-1, 3, 3), rough=True), len(tried))

    centre = _refined(cost, centres, steps)
    half = turns_about(centre, angles - np.pi / order)
    return _trial(changes, turns_about(centre, angles), half, centre, 0.0)


def _mirrors(changes: Changes, order: int, centre: Array, root: Array, step: float) -> Trial:
    """Return what ``order`` mirrors change in the best axes past a centre; through it if ``step`` is 0."""
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
    found = _refined(cost, starts, np.diag([step, np.pi / order / number]))
    point, axes = points(found), found[1] + spaced
    half = mirrors_through(point, axes + 0.5 * np.pi / order)
    return _trial(changes, mirrors_through(point, axes), half, point, float(found[1]))


def _mean(change: Change, number: int) -> Array:
    """Return the mean squared change of each of ``number`` sets of maps, infinite without enough overlap."""
    square = np.where(change.overlap < OVERLAP, np.inf, change.square)
    return np.asarray(square.reshape(number, -1).mean(axis=1))


def _refined(cost: Callable[[Array], Array], starts: Array, steps: Array) -> Array:
    """Return the parameters (2,) of least cost: the best of starts (S, 2), then of ever finer grids.

    The columns of ``steps`` (2, 2) are the sides of the first grid; a parameter whose step is 0 stays.
    """
    ticks = np.linspace(-1.0, 1.0, 5)
    grid = np.meshgrid(*(ticks if side.any() else np.zeros(1) for side in steps.T))
    stencil = np.stack(grid, axis=-1).reshape(-1, 2) @ steps.T
    best = starts[np.argsort(cost(starts))[:FIRST]]
    for _ in range(ROUNDS if steps.any() else 0):
        tried = best[:, None] + stencil
        costs = cost(tried.reshape(-1, 2)).reshape(len(best), -1)
        kept = np.argsort(costs.min(axis=1))[: max(len(best) // 2, LAST)]
        best = tried[kept, np.argmin(costs[kept], axis=1)]
        stencil = SHRINK * stencil
    return np.asarray(best[0])


def _trial(changes: Changes, maps: Array, half_way: Array, centre: Array, angle: float) -> Trial:
    """Return the verdict on maps, by what they change and what those half-way between them do."""
    group, half = changes(maps), changes(half_way)
    judged = half.overlap >= HALF_WAY
    if not (group.overlap >= JUDGED).all() or not judged.any():
        return Trial("undecided", centre, angle, math.nan, math.nan, 0.0)
    square, control = float(group.square.max()), float(half.square[judged].mean())
    told = centre, angle, square, control, float(group.overlap.min())
    none = min(changes.none, TOO_MUCH * control) if control > changes.none else changes.none
    if (group.square - EXCLUDED * group.error > none).any():
        return Trial("no", *told)
    seen = control > SEEN * float(np.linalg.norm(half.error[judged])) / judged.sum()
    if seen and (group.square + CLAIMED * group.error < min(SHARE * control, changes.most)).all():
        return Trial("yes", *told)
    return Trial("undecided", *told, alike=not seen or control <= changes.none)


def _told(order: int, turns: Trial | None, mirrors: Trial, more: bool) -> FiniteGroup:
    """Return the group that was found, with a sentence on it; ``more`` tells that it may not be all."""
    mirrored = mirrors.verdict == "yes"
    found = turns if turns is not None else mirrors
    axes = np.sort((mirrors.angle + np.pi * np.arange(order) / order) % np.pi) if mirrored else np.zeros(0)
    group = FiniteGroup(
        order=order,
        mirrors=axes,
        centre=found.centre,
        turn_defect=math.nan if turns is None else _root(turns.square),
        mirror_defect=_root(mirrors.square) if mirrored else math.nan,
        control=_root(found.control),
        overlap=min(found.overlap, mirrors.overlap) if mirrored else found.overlap,
        verdict="yes",
        reason="",
    )
    kind, where = (
        ("is a symmetry", "at a right angle to it") if order == 1 else ("are symmetries", "half-way")
    )
    largest = np.nanmax([group.turn_defect, group.mirror_defect])
    seen = f"defect {largest:.3f}, and {group.control:.2f} {where}; at {group.overlap:.0%} of the data"
    reason = f"{group.words} {kind} ({seen})"
    if more:
        reason += "; whether there are more is open"
    return replace(group, reason=reason)


def _without(mirrors: Trial, primes: dict[int, Trial]) -> FiniteGroup:
    """Return that no group can be claimed, and why."""
    left_open = {prime: trial for prime, trial in primes.items() if trial.verdict == "undecided"}
    kinds = [f"turns of order {', '.join(map(str, left_open))}"] if left_open else []
    if mirrors.verdict != "no":
        kinds.append("mirrors")
    verdict: Verdict = "undecided" if kinds else "no"
    if not kinds:
        least = _root(min([*(trial.square for trial in primes.values()), mirrors.square]))
        what = f"turns of order 2 to {ORDERS[-1]} and mirrors that keep half of the data"
        reason = f"all {what} change something (defect at least {least:.2f})"
    elif len(left_open) == len(primes) and all(trial.alike for trial in left_open.values()):
        reason = "no turn is seen to change anything: a continuous symmetry, or too much noise"
    else:
        reason = f"too few data, or too much noise, to tell of {' and '.join(kinds)}"
    nothing = dict.fromkeys(("turn_defect", "mirror_defect", "control", "overlap"), math.nan)
    return FiniteGroup(1, np.zeros(0), None, **nothing, verdict=verdict, reason=reason)


def _root(square: float) -> float:
    return math.sqrt(max(square, 0.0))
