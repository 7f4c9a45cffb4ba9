"""Two tasks under a map between them: how far their kernel distributions and their rewards are apart.

The noise of the samples must not count as a difference. Each task's reward is fitted twice, on disjoint
halves of its transitions; a difference seen by the first halves times the same difference seen by the second
is free of the noise's square on average (cross-fitting).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.evidence import BOUND, UNKNOWN, Defect
from hgmrl_lite.hereditary.frame import homogeneous
from hgmrl_lite.hereditary.polynomials import Exponents, Surface, exponents_up_to, monomials, operator
from hgmrl_lite.hereditary.reward_model import RewardModel, fewest_combinations
from hgmrl_lite.transitions import Transitions

#: Centres of each half's reward model, in the plane and beyond.
CENTRES, MORE_CENTRES = 120, 240
#: Points lie inside a task's data when their fourth neighbour is nearer than this share of the data's own.
NEIGHBOUR, INSIDE = 4, 0.85
#: Points of each task at which two tasks are compared.
POINTS = 400
#: How much the two models of a task must agree, on the mean cosine of their gradients or the correlation of
#: their rewards, for a difference to another task to mean something.
RELIABLE = 0.5
#: Squared standard deviations, per dimension, up to which a point is near a task's data.
WIDTH = 2.0
#: Neighbouring points are compared in so many blocks, whose disagreement gives the error.
BLOCKS = 20


class TaskModel:
    """The reward of one task as two independent smooth models, and where its data are.

    Parameters
    ----------
    task : Transitions
        Transitions of the task.
    """

    def __init__(self, task: Transitions) -> None:
        self.points, self.rewards = task.next_states, task.rewards
        first = np.arange(len(task)) % 2 == 0
        centres = CENTRES if self.points.shape[1] <= 2 else MORE_CENTRES
        self.along = fewest_combinations(self.points, self.rewards)
        self.halves = tuple(
            RewardModel.fit(self.points[half], self.rewards[half], centres=centres, along=self.along)
            for half in (first, ~first)
        )

    @cached_property
    def _tree(self) -> tuple[cKDTree, float]:
        tree = cKDTree(self.points)
        own = np.asarray(tree.query(self.points, k=NEIGHBOUR + 1)[0])[:, -1]
        return tree, float(np.quantile(own, INSIDE))

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Return which points (N, n) lie among the task's data, not at their rim or beyond."""
        tree, bound = self._tree
        return np.asarray(tree.query(points, k=NEIGHBOUR)[0])[:, -1] <= bound

    @cached_property
    def core(self) -> Array:
        """At most 400 next states from inside the data, spread evenly over the sample."""
        return evenly(self.points[self.inside(self.points)], POINTS)

    @cached_property
    def _ellipsoid(self) -> tuple[Array, Array]:
        centre = self.points.mean(axis=0)
        return centre, np.asarray(np.linalg.inv(np.cov(self.points.T).reshape(len(centre), -1)))

    def near(self, points: Array) -> NDArray[np.bool_]:
        """Return which points (..., n) are in the ellipsoid of the task's data: quicker than `inside`."""
        centre, inverse = self._ellipsoid
        away = points - centre
        return np.asarray(np.einsum("...i,ij,...j->...", away, inverse, away) < WIDTH * len(centre))

    @cached_property
    def flat(self) -> Array:
        """Directions of the states (f, n) along which the reward does not change, orthonormal."""
        return null_space(self.along, 0.5)

    @cached_property
    def surface(self) -> Surface:
        """The set on which the states live."""
        return Surface.of(self.points)

    def gradient(self, points: Array) -> Array:
        """Return the mean of both models' gradients (..., n) at points (..., n)."""
        return 0.5 * (self.halves[0].gradient(points) + self.halves[1].gradient(points))

    def hessian(self, points: Array) -> Array:
        """Return the mean of both models' second derivatives (..., n, n) at points (..., n)."""
        return 0.5 * (self.halves[0].hessian(points) + self.halves[1].hessian(points))


@dataclass(frozen=True, eq=False)
class PolynomialMap:
    """A map Φ(p) = C [1, p, p ⊗ p] of the state space, of degree one or two.

    Parameters
    ----------
    coefficients : ndarray, shape (n, 1 + n) or (n, 1 + n + n (n + 1) / 2)
        C.
    """

    coefficients: Array

    @classmethod
    def of_matrix(cls, matrix: Array) -> "PolynomialMap":
        """Return the linear map of a matrix (n, n)."""
        return cls(np.hstack([np.zeros((len(matrix), 1)), matrix]))

    @classmethod
    def of_homogeneous(cls, matrix: Array) -> "PolynomialMap":
        """Return the map of a homogeneous matrix (n + 1, n + 1) with last row (0, ..., 0, 1)."""
        return cls(np.hstack([matrix[:-1, -1:], matrix[:-1, :-1]]))

    def __call__(self, points: Array) -> Array:
        """Return Φ(p) (..., n) for points (..., n)."""
        return self.features(points) @ self.coefficients.T

    def _exponents(self, n: int) -> Exponents:
        return exponents_up_to(n, 0, ((1 if self.coefficients.shape[1] == n + 1 else 2, 0),))

    def features(self, points: Array) -> Array:
        """Return [1, p, p ⊗ p], shape (..., F)."""
        return monomials(points, self._exponents(points.shape[-1]))

    def slopes(self, points: Array) -> Array:
        """Return the derivatives of the features by the points, shape (..., F, n)."""
        n = points.shape[-1]
        derivatives = np.array([operator(self._exponents(n), axis, None) for axis in range(n)])
        return np.asarray(np.einsum("ifg,...g->...fi", derivatives, self.features(points)))

    def pull(self, points: Array, gradients: Array) -> Array:
        """Return dΦ_pᵀ g, shape (N, n): gradients at Φ(p) as those of the pulled-back function at p."""
        if self.coefficients.shape[1] == points.shape[-1] + 1:
            return gradients @ self.coefficients[:, 1:]
        return np.asarray(np.einsum("nf,nfi->ni", gradients @ self.coefficients, self.slopes(points)))


@dataclass(frozen=True, eq=False)
class Comparison:
    """How far task z is from the image of the base task, noise subtracted.

    Attributes
    ----------
    aligned : Defect
        Mean squared sine (for large angles squared chord: 4 for opposite rewards) between carried normals
        and those of task z. The square may come out negative.
    same_rewards : Defect
        Mean square of R_z(Φ p) − R_0(p) in units of the variance of the rewards.
    number : int
        Points in both tasks' data.
    """

    aligned: Defect
    same_rewards: Defect
    number: int


def compare(
    base: TaskModel, other: TaskModel, change: PolynomialMap, inverse: Array | None = None
) -> Comparison:
    """Compare two tasks under a map from the base task's states to the other's.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    change : PolynomialMap
        Φ.
    inverse : ndarray, shape (n + 1, n + 1), optional
        Homogeneous inverse of an affine Φ: then points of the other task are looked at as well.

    Returns
    -------
    Comparison
        NaN when the image of the base task's data misses the other's, or when the two halves of a task's data
        do not agree on its reward.
    """
    points = base.core
    if inverse is not None:
        back = other.core @ inverse[:-1, :-1].T + inverse[:-1, -1]
        points = np.concatenate([points, back[base.inside(back)]])
    images = change(points)
    both = other.inside(images)
    points, images = points[both], images[both]
    if len(points) < 2 * BLOCKS:
        return Comparison(UNKNOWN, UNKNOWN, len(points))
    own, seen, sizes, here, there = [], [], [], [], []
    # Off the set on which the states live a model of the reward is a guess.
    tangent = base.surface.tangent(points)
    for one, two in zip(base.halves, other.halves, strict=True):
        both_gradients = one.gradient(points), change.pull(points, two.gradient(images))
        gradients = [np.einsum("nij,nj->ni", tangent, gradient) for gradient in both_gradients]
        lengths = [np.linalg.norm(gradient, axis=1) for gradient in gradients]
        own.append(gradients[0] / _safe(lengths[0])[:, None])
        seen.append(gradients[1] / _safe(lengths[1])[:, None])
        sizes.append(np.minimum(lengths[0] / _typical(lengths[0]), lengths[1] / _typical(lengths[1])))
        here.append(one(points))
        there.append(two(images))
    # Near a critical point the direction is lost in the model's error: such points count less.
    weights = np.minimum(np.minimum(*sizes), 1.0) ** 2
    weights = weights / max(float(weights.mean()), np.finfo(float).tiny)
    turned = ((seen[0] - own[0]) * (seen[1] - own[1])).sum(axis=1) * weights
    missed = (there[0] - here[0]) * (there[1] - here[1])
    # Two halves that agree on nothing would miss nothing together: what they share is the measure.
    shared = [float(np.mean((pair[0] * pair[1]).sum(axis=1) * weights)) for pair in (own, seen)]
    spread = [float(np.cov(pair[0], pair[1])[0, 1]) for pair in (here, there)]
    # A half that saw one reward alone knows nothing.
    known = [
        value / max(float(np.mean([part.var() for part in pair])), np.finfo(float).tiny)
        for value, pair in zip(spread, (here, there), strict=True)
    ]
    order = neighbour_blocks(points, BLOCKS)
    alignment = _ratio(turned, weights, order, min(shared), float(np.mean(shared)))
    rewards = _ratio(missed, np.ones(len(points)), order, min(known), float(np.mean(spread)))
    return Comparison(alignment, rewards, len(points))


def same_rewards(base: TaskModel, other: TaskModel, left: Array) -> bool:
    """Return whether the rewards agree under L to within `BOUND` of their spread, roughly."""
    found = compare(base, other, PolynomialMap.of_matrix(left), homogeneous(np.asarray(np.linalg.inv(left))))
    return bool(found.number and found.same_rewards.square < BOUND**2)


def _ratio(
    defects: Array, weights: Array, order: list[NDArray[np.intp]], known: float, unit: float
) -> Defect:
    """Return the mean defect in a unit, and its error from blocks; NaN when the halves know too little."""
    if not known > RELIABLE:
        return UNKNOWN
    mean = float(defects.mean())
    # What a block adds beyond its share of the weights.
    blocks = [float(np.mean(defects[rows] - mean * weights[rows])) for rows in order]
    return Defect(mean / unit, float(np.std(blocks, ddof=1) / np.sqrt(BLOCKS)) / unit)


def evenly(rows: Array, most: int) -> Array:
    """Return at most so many rows, spread evenly over the sample."""
    return np.asarray(rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))])


def neighbour_blocks(points: Array, number: int) -> list[NDArray[np.intp]]:
    """Return the indices of points (N, n) in so many blocks of neighbours, whose errors are alike."""
    return np.array_split(np.asarray(cKDTree(points).indices), number)


def block_covariance(points: Array, scores: Array, inverse: Array, factor: int = 1) -> Array:
    """Return the error covariance (d, d) of a least-squares fit whose residuals are alike among neighbours.

    Parameters
    ----------
    points : ndarray, shape (N, n)
        Where the residuals are.
    scores : ndarray, shape (N, d)
        What each point adds to Jᵀr.
    inverse : ndarray, shape (d, d)
        (JᵀJ)⁻¹.
    factor : int, optional
        How many times `BLOCKS` blocks are formed.
    """
    number = factor * BLOCKS
    sums = np.array([scores[rows].sum(axis=0) for rows in neighbour_blocks(points, number)])
    sums = sums - sums.mean(axis=0)
    return np.asarray(inverse @ sums.T @ sums @ inverse * number / (number - 1))


def _safe(lengths: Array) -> Array:
    return np.asarray(np.maximum(lengths, np.finfo(float).tiny))


def _typical(lengths: Array) -> float:
    return max(0.5 * float(np.median(lengths)), float(np.finfo(float).tiny))
