"""Search of a compact group: Gauss-Newton from everywhere, and the distinct minima ranked.

The same search serves a new task at test time, from a few rewards, and the training tasks, from thousands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.group import CompactGroup, Cover, Index
from hgmrl_lite.hereditary.matching import Matching
from hgmrl_lite.hereditary.reward_model import RewardModel, farthest_points

NEWTON_STEPS = 30
"""Most Gauss-Newton steps from each start."""
DAMPING = 1e-4
"""Levenberg-Marquardt damping at the start, relative to the mean of the Gauss-Newton matrix's diagonal."""
SETTLED = 1e-8
"""A step shorter than this, in radians, ends the refinement."""
# Nor does a step matter that changes so little of the cost, nor, where another start costs so many times
# less, one that changes little of it.
STILL, WORSE, ROUGHLY_STILL = 1e-10, 4.0, 1e-3
# Less damping is lost in rounding where directions depend on each other; less slope than this is none.
_LEAST_DAMPING, _NO_SLOPE = 1e-12, 1e-150
# Part of a logarithm along the stabiliser that is none, in radians.
_NEAREST = 1e-9
# Most starts that are refined.
REFINED = 24
# The base reward is taken not to change along a direction of the group when its slope there is this small
# beside the largest it could have.
_STABILISER = 0.05
# Elements make different tasks when these differ by this share of what one step of the cover changes at most.
_COSETS = 0.5
# Points at which tasks are compared.
_PROBES = 48

Linearise = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Minimum:
    """A local minimum of the mean square residual over the group.

    Parameters
    ----------
    left : ndarray, shape (n, n)
        The element L on states.
    theta : ndarray, shape (d,)
        Its coordinates in ``group.generators_states``.
    mean_square : float
        Mean square residual.
    normal : ndarray, shape (d, d)
        Gauss-Newton matrix JᵀJ along ``group.directions``.
    """

    left: Array
    theta: Array
    mean_square: float
    normal: Array


@lru_cache(maxsize=16)
def stabiliser(model: RewardModel, group: CompactGroup) -> tuple[Array, float]:
    """Return an orthonormal basis (f, d) of the base task's stabiliser, and the largest slope of R_0.

    Along ``group.directions``; root mean square slopes per radian.
    """
    return idle(model, group.directions)


def idle(model: RewardModel, directions: Array) -> tuple[Array, float]:
    """Return which combinations (f, d) of directions (d, n, n) leave R_0 as it is, and its largest slope."""
    points = _probes(model)
    gradients = model.gradient(points)
    slopes = np.einsum("ci,kij,cj->ck", gradients, directions, points)
    size, axes = np.linalg.eigh(slopes.T @ slopes / len(points))
    largest = float((np.square(gradients).sum(axis=1) * np.square(points).sum(axis=1)).mean())
    return axes[:, size <= _STABILISER**2 * largest].T, float(np.sqrt(size.max(initial=0.0)))


def search_group(
    group: CompactGroup,
    matching: Matching,
    model: RewardModel,
    free: Array,
    *,
    most: int = REFINED,
    settled: float = SETTLED,
    alike: float = 0.0,
) -> tuple[Minimum, ...]:
    """Return the distinct local minima of Σ r_i(L)² over a compact group, the best first.

    Residuals are evaluated on the group's cover; every point that is no worse than its neighbours is refined.
    Elements are told apart by the task they make, and by as much as one step of the cover changes it. Of the
    elements L H that differ by the base task's stabiliser H the one nearest to the identity is taken.

    Parameters
    ----------
    group : CompactGroup
        Where to search; ``group.directions`` are those of the matching.
    matching : Matching
        The residuals.
    model : RewardModel
        R_0.
    free : ndarray, shape (f, d)
        Directions of the stabiliser (orthonormal rows, along ``group.directions``).
    most : int, optional
        Most starts that are refined.
    settled : float, optional
        As in `refine`.
    alike : float, optional
        Of elements that make one task, the one nearest to the identity is taken among those whose cost is
        larger by no more than this share.

    Returns
    -------
    tuple of Minimum
    """
    slope = stabiliser(model, group)[1]
    cover = coset_cover(model, group) if len(free) else group.cover
    starts = _starts(cover, matching)[:most]

    def linearise(elements: Array) -> tuple[Array, Array]:
        rest, slopes = matching.linearise(elements)
        # Along the stabiliser, as a left update of L moves it, there is nothing to be found but error.
        idle = group.adjoint(elements) @ free.T
        idle = np.linalg.qr(idle)[0]
        return rest, slopes - slopes @ idle @ idle.swapaxes(-1, -2)

    def refined(elements: Array) -> tuple[Array, Array, Array, Array]:
        return refine(
            linearise if len(free) else matching.linearise,
            elements,
            lambda left, step: group.exp(step) @ left,
            group.dimension,
            group.cover.spacing,
            settled,
        )

    left, way, residuals, jacobian = refined(cover.elements[starts])
    # On a circle the coordinate is followed along; elsewhere it is the principal logarithm.
    followed = group.wrap(group.theta(cover.coordinates[starts] + way)) if group.dimension == 1 else None
    costs = np.square(residuals).mean(axis=1)
    marks = _marks(model, left)
    away = np.linalg.norm(group.frame.inside(left) - np.eye(left.shape[-1]), axis=(1, 2))
    kept: list[int] = []
    same: list[list[int]] = []
    # Of minima that tie to rounding, the one nearest to the identity comes first.
    for index in np.lexsort((away, np.round(costs / (costs.min() + 1e-300), 6))):
        apart = [np.sqrt(np.square(marks[index] - marks[other]).mean()) for other in kept]
        if all(distance > group.cover.spacing * slope for distance in apart):
            kept.append(int(index))
            same.append([int(index)])
        elif costs[index] <= (1.0 + alike) * costs[kept[int(np.argmin(apart))]]:
            same[int(np.argmin(apart))].append(int(index))
    if alike:
        kept = [min(indices, key=lambda index: away[index]) for indices in same]
    left, residuals, jacobian = left[kept], residuals[kept], jacobian[kept]
    if len(free):
        # The stabiliser is estimated: a long way along it is not quite free.
        left = nearest_to_identity(group, refined(nearest_to_identity(group, left, free))[0], free)
        residuals, jacobian = matching.linearise(left)
        followed = None
    theta = group.log(left) if followed is None else followed[kept]
    costs = np.square(residuals).mean(axis=1)
    return tuple(
        Minimum(left[place], theta[place], float(costs[place]), jacobian[place].T @ jacobian[place])
        for place in range(len(kept))
    )


def nearest_to_identity(group: CompactGroup, left: Array, free: Array, steps: int = 40) -> Array:
    """Return, of each L H, the element with the smallest logarithm, where H is generated by ``free`` (f, d).

    In a bi-invariant metric the gradient of ½‖log L‖² is log L, so that the part of log L along H is taken
    off until none is left, with the step length of Barzilai and Borwein (1988).
    """
    along = group.unit(group.log(left)) @ free.T
    step = -along
    for _ in range(steps):
        left = left @ group.exp(step @ free)
        last, along = along, group.unit(group.log(left)) @ free.T
        if np.abs(along).max() < _NEAREST:
            break
        change = along - last
        rate = (step * change).sum(axis=1) / (np.square(change).sum(axis=1) + _NO_SLOPE)
        # The part along H changes by no more than a step, and next to nothing near the antipode of H.
        step = -np.maximum(rate, 1.0)[:, None] * along
        step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1.0)
    return left


def refine(
    linearise: Linearise,
    start: Array,
    move: Callable[[Array, Array], Array],
    dimension: int,
    reach: float,
    settled: float = SETTLED,
    steps: int = NEWTON_STEPS,
) -> tuple[Array, Array, Array, Array]:
    """Descend from every start by damped Gauss-Newton steps.

    Parameters
    ----------
    linearise : callable
        From elements (G, ...) to residuals (G, N) and their derivatives (G, N, d) along a step.
    start : ndarray, shape (G, ...)
        Where to begin.
    move : callable
        From elements and steps (G, d) to elements.
    dimension : int
        d.
    reach : float
        The longest step.
    settled : float, optional
        Ends the descent: a step that is shorter.
    steps : int, optional
        Most steps.

    Returns
    -------
    elements : ndarray, shape (G, ...)
        Where it ended.
    way : ndarray, shape (G, d)
        Sum of the steps.
    residuals, jacobian : ndarray, shape (G, N) and (G, N, d)
        There.
    """
    elements, way = start.copy(), np.zeros((len(start), dimension))
    residuals, jacobian = (part.copy() for part in linearise(elements))
    cost = np.square(residuals).sum(axis=1)
    damping = np.full(len(elements), DAMPING)
    # Those that still move; the group of the identity leaves nothing to refine.
    live = np.arange(len(elements) if dimension else 0)
    for _ in range(steps):
        if not len(live):
            break
        slopes, rest = jacobian[live], residuals[live]
        normal = np.swapaxes(slopes, 1, 2) @ slopes
        size = np.maximum(np.trace(normal, axis1=1, axis2=2) / dimension, _NO_SLOPE)
        normal = normal + (damping[live] * size)[:, None, None] * np.eye(dimension)
        step = -np.linalg.solve(normal, np.einsum("gni,gn->gi", slopes, rest)[..., None])[..., 0]
        length = np.linalg.norm(step, axis=1)
        step *= np.minimum(1.0, reach / np.maximum(length, np.finfo(float).tiny))[:, None]
        trial = move(elements[live], step)
        new_residuals, new_jacobian = linearise(trial)
        new_cost = np.square(new_residuals).sum(axis=1)
        better, change = new_cost < cost[live], np.abs(new_cost - cost[live]) / (cost[live] + _NO_SLOPE)
        taken = live[better]
        elements[taken], way[taken] = trial[better], way[taken] + step[better]
        residuals[taken], jacobian[taken] = new_residuals[better], new_jacobian[better]
        cost[taken] = new_cost[better]
        damping[live] = np.maximum(damping[live] * np.where(better, 0.1, 10.0), _LEAST_DAMPING)
        lost = better & (cost[live] > WORSE * cost.min()) & (change <= ROUGHLY_STILL)
        live = live[~((length < settled) | (change <= STILL) | lost)]
    return elements, way, residuals, jacobian


def along(directions: Array) -> Callable[[Array, Array], Array]:
    """Return the move L ← exp(Σ ξ_k W_k) L of elements (G, n, n) for any directions (d, n, n)."""
    return lambda left, step: lie.exp(np.tensordot(step, directions, axes=1)) @ left


@lru_cache(maxsize=16)
def coset_cover(model: RewardModel, group: CompactGroup) -> Cover:
    """Return of a group's cover only elements that make different tasks of the base task's reward.

    Elements L H differ by the stabiliser H, which no reward tells apart: of SO(3) and a goal in space, say,
    what is left is a sphere.
    """
    cover = group.cover
    free, slope = stabiliser(model, group)
    marks = _marks(model, cover.elements) / np.sqrt(len(_probes(model)))
    kept = farthest_points(marks, len(marks), least=_COSETS * cover.spacing * slope)
    count = min(2 * (group.dimension - len(free)), len(kept) - 1)
    near = np.asarray(cKDTree(marks[kept]).query(marks[kept], k=count + 1)[1]).reshape(len(kept), -1)
    smallest = nearest_to_identity(group, cover.elements[kept], free)
    return Cover(smallest, cover.coordinates[kept], near[:, 1:], cover.spacing)


def _marks(model: RewardModel, elements: Array) -> Array:
    """Return what elements (G, n, n) make of the base task's reward, at some states, shape (G, P)."""
    return model(_probes(model) @ np.linalg.inv(elements).swapaxes(-1, -2))


def _starts(cover: Cover, matching: Matching) -> Index:
    """Return the points of the cover that are no worse than their neighbours, the best first."""
    cost = np.square(matching.values(cover.elements)).mean(axis=1)
    near = cost[cover.neighbours]
    lowest = np.flatnonzero((cost[:, None] <= near).all(axis=1))
    if not len(lowest):
        lowest = np.array([int(np.argmin(cost))])
    return lowest[np.argsort(cost[lowest], kind="stable")]


def _probes(model: RewardModel) -> Array:
    """Return states where a task is looked at: the centres come well spread."""
    return model.states[:_PROBES]
