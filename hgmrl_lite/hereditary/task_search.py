"""The map from the base task to another: in the group of the system, and over all matrices to compare."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import PolynomialMap, TaskModel, evenly
from hgmrl_lite.hereditary.frame import Frame
from hgmrl_lite.hereditary.group import CompactGroup, compact_group
from hgmrl_lite.hereditary.search import along, idle, refine, search_group, stabiliser
from hgmrl_lite.hereditary.task_matching import (
    ARRIVED,
    FITTED,
    LONGEST,
    TRIED,
    TurnMatching,
    turn_residuals,
)

#: Rounds of a fit over all matrices: a map that stretches carries other points into the data than its start.
ROUNDS = 2
#: Starts that are refined.
REFINED = 3
#: A step this short, in radians, ends the descent of a start.
NEAR = 1e-3
#: Share by which the misfit of a smaller element may be larger, where both make the same task.
ALIKE = 0.5
#: A map outside the system's group, or one that reverses orientation, is taken when the one before it fits
#: worse by this factor in the mean square.
BETTER = 2.0


@dataclass(frozen=True, eq=False)
class Match:
    """A map from the base task to another.

    Attributes
    ----------
    matrix : ndarray, shape (n, n)
        L, over all matrices.
    covariance : ndarray, shape (n², n²)
        Its error covariance, entries in rows.
    misfit : float
        Mean square difference of the unit gradients under L.
    """

    matrix: Array
    covariance: Array
    misfit: float


def best_match(base: TaskModel, other: TaskModel, frame: Frame, element: Array | None = None) -> Match:
    """Return the best linear map between two tasks.

    It is near an element of the system's group where one explains the other task. Elsewhere all rotations
    that keep the inner product are searched, and the reflections: for the report, which says what the tasks
    are related by.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    frame : Frame
        Of the inner product that the group keeps.
    element : ndarray, shape (n, n), optional
        The element of the system's group that explains the other task.
    """
    if element is not None:
        return _fitted(base, other, element)
    whole = compact_group(frame.turns)
    reflection = np.eye(len(frame.root))
    reflection[-1, -1] = -1.0
    mirror = frame.outside(reflection)
    plain = _fitted(base, other, first_element(base, other, whole))
    mirrored = _fitted(base, other, first_element(base, other, whole, mirror) @ mirror)
    return plain if plain.misfit <= BETTER * mirrored.misfit + 1e-4 else mirrored


def first_element(
    base: TaskModel, other: TaskModel, group: CompactGroup, mirror: Array | None = None
) -> Array:
    """Return the element L of a group for which L M fits unit gradients best, for a matrix M (n, n)."""
    # Elements that differ by the base task's stabiliser make one task, but not behind a mirror.
    free = stabiliser(base.halves[0], group)[0] if mirror is None else np.zeros((0, group.dimension))
    mirror = np.eye(base.points.shape[1]) if mirror is None else mirror
    matching = TurnMatching(base, other, group.directions, evenly(base.core, TRIED), mirror)
    minima = search_group(group, matching, base.halves[0], free, most=REFINED, settled=NEAR, alike=ALIKE)
    return minima[0].left


def _fitted(base: TaskModel, other: TaskModel, element: Array) -> Match:
    """Return the linear map over all matrices near an element of a group."""
    n, found = len(element), element[None]
    covariance, misfit = np.full((n * n, n * n), np.inf), np.inf
    # What the rewards do not show stays as the group has it.
    whole = np.eye(n * n).reshape(-1, n, n)
    shown = null_space(idle(base.halves[0], whole)[0], 0.5)
    directions = element @ np.tensordot(shown, whole, axes=1) @ np.linalg.inv(element)
    for _ in range(ROUNDS):
        points = common(base, other, PolynomialMap.of_matrix(found[0]))
        if len(points) < 2 * n * n or not len(directions):
            break
        matching = TurnMatching(base, other, directions, points, np.eye(n))
        found, _, rest, slopes = refine(
            matching.linearise, found, along(directions), len(directions), LONGEST, ARRIVED
        )
        moved = (directions @ found[0]).reshape(len(directions), -1)
        covariance = moved.T @ matching.covariance(rest[0], slopes[0]) @ moved
        misfit = float(np.square(rest).sum() / len(points))
    return Match(found[0], covariance, misfit)


def first_turn(base: TaskModel, other: TaskModel, left: Array, group: CompactGroup) -> Array:
    """Return the element L g of a group's cover under which two tasks' unit gradients agree best."""
    matching = TurnMatching(base, other, group.directions, evenly(base.core, TRIED), left)
    costs = np.square(matching.values(group.cover.elements)).mean(axis=1)
    return np.asarray(group.cover.elements[int(np.argmin(costs))] @ left)


def fit_polynomial(
    base: TaskModel, other: TaskModel, start: PolynomialMap, free: NDArray[np.bool_]
) -> PolynomialMap:
    """Return the polynomial map near ``start`` that aligns the unit gradients best.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    start : PolynomialMap
        Where to begin; its shape sets the degree.
    free : ndarray of bool, shape of the coefficients
        Which of them may move.
    """
    points, number = common(base, other, start), int(free.sum())
    if len(points) < 2 * number:
        return start
    tangent = base.surface.tangent(points)
    own = np.einsum("nij,nj->ni", tangent, base.gradient(points))

    def linearise(coefficients: Array) -> tuple[Array, Array]:
        rest, slopes = turn_residuals(own, tangent, other, points, PolynomialMap(coefficients[0]))
        return rest.reshape(1, -1), slopes[..., free].reshape(1, -1, number)

    def move(coefficients: Array, step: Array) -> Array:
        moved = coefficients.copy()
        moved[:, free] += step
        return moved

    return PolynomialMap(refine(linearise, start.coefficients[None], move, number, np.inf, ARRIVED)[0][0])


def common(base: TaskModel, other: TaskModel, change: PolynomialMap) -> Array:
    """Return points of the base task whose images are in the other's data."""
    points = base.core
    return evenly(points[other.inside(change(points))], FITTED)
