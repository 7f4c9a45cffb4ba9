"""What is matched between two training tasks: directions of the rewards' gradients, then the rewards.

Signed unit gradients do not change when the reward is relabelled by an increasing function, so they are
matched first. Where the rewards themselves agree, these are matched in the end: that is sharper.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import PolynomialMap, TaskModel, block_covariance, evenly
from hgmrl_lite.hereditary.reward_model import SplineBasis, penalised, smooth
from hgmrl_lite.hereditary.search import along, refine

#: Points at which starts are ranked, at which they are refined, and at which a map is fitted.
RANKED, TRIED, FITTED = 60, 120, 300
#: Share of the points that a start must carry into the other task's data.
KNOWN = 0.25
#: The longest step of a map, and when its coefficients have arrived.
LONGEST, ARRIVED = 0.3, 1e-6
#: Share of the ridge that predicts best: there the bias of the spline is as large as its noise, which a map
#: between two splines must not inherit.
RIDGE = 0.1
#: Most steps of matched rewards, and one so short, in radians, that it is the last.
STEPS, EXACT = 8, 1e-5
#: Share of a transition's reward in its own fit beyond which its residual says nothing.
LEVERAGE = 0.9


def turn_residuals(
    own: Array, tangent: Array, other: TaskModel, points: Array, change: PolynomialMap
) -> tuple[Array, Array]:
    """Return the differences of the base task's unit gradients and the other's, pulled back.

    Parameters
    ----------
    own : ndarray, shape (N, n)
        Gradients of the base task's reward at the points.
    tangent : ndarray, shape (N, n, n)
        Projections on the set where the states live: off it a model of the reward is a guess.
    other : TaskModel
        The other task.
    points : ndarray, shape (N, n)
        Where, in the base task.
    change : PolynomialMap
        The map.

    Returns
    -------
    residuals : ndarray, shape (N, n)
        Weighted: where the slope of the base reward is small its direction is unsure.
    jacobian : ndarray, shape (N, n, n, F)
        Derivatives by the map's coefficients.
    """
    tiny = np.finfo(float).tiny
    images = change(points)
    there = other.gradient(images)
    pulled = np.einsum("nij,nj->ni", tangent, change.pull(points, there))
    own_size, size = np.linalg.norm(own, axis=1), np.linalg.norm(pulled, axis=1) + tiny
    weight = sure(own_size)[:, None]
    unit = pulled / size[:, None]
    rest = (unit - own / (own_size + tiny)[:, None]) * weight
    features, derivatives = change.features(points), change.slopes(points)
    differential = np.einsum("af,nfi->nai", change.coefficients, derivatives)
    # g = dΦᵀ G(Φ): the map enters through dΦ and through where G is taken.
    bent = np.einsum("nbi,nba->nia", differential, other.hessian(images))
    moved = np.einsum("nfi,na->niaf", derivatives, there) + np.einsum("nia,nf->niaf", bent, features)
    moved = (tangent @ moved.reshape(*own.shape, -1)).reshape(moved.shape)
    moved -= unit[:, :, None, None] * np.einsum("ni,niaf->naf", unit, moved)[:, None]
    return rest, moved * (weight / size[:, None])[:, :, None, None]


def sure(sizes: Array) -> Array:
    """Return how far the directions of gradients of these sizes (N,) are to be relied on, from 0 to 1."""
    return np.asarray(np.minimum(sizes / (0.5 * np.median(sizes) + np.finfo(float).tiny), 1.0))


@dataclass(frozen=True, eq=False)
class TurnMatching:
    """Residuals of the signed unit gradients of two tasks, at points (N, n) of the base task.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    directions : ndarray, shape (d, n, n)
        The W_k: of a group, or of all matrices.
    points : ndarray, shape (N, n)
        Where.
    mirror : ndarray, shape (n, n)
        M, so that the maps L M are matched for elements L: another coset of the group, or just another start.
    """

    base: TaskModel
    other: TaskModel
    directions: Array
    points: Array
    mirror: Array

    @cached_property
    def _tangent(self) -> Array:
        return self.base.surface.tangent(self.points)

    @cached_property
    def _own(self) -> Array:
        return np.asarray(np.einsum("nij,nj->ni", self._tangent, self.base.gradient(self.points)))

    def values(self, left: Array) -> Array:
        """Return residuals (G, N' n) on fewer points; 2 where too few images are in the other task's data."""
        left, (points, own, tangent) = (
            left @ self.mirror,
            (evenly(rows, RANKED) for rows in (self.points, self._own, self._tangent)),
        )
        images = points @ left.swapaxes(-1, -2)
        seen = np.einsum("nij,gnj->gni", tangent, self.other.gradient(images) @ left)
        own_size, size = np.linalg.norm(own, axis=-1), np.linalg.norm(seen, axis=-1)
        tiny = np.finfo(float).tiny
        turned = seen / np.maximum(size, tiny)[..., None] - own / np.maximum(own_size, tiny)[..., None]
        known = self.other.near(images) * sure(own_size)
        enough = (known > 0.0).sum(axis=-1) >= KNOWN * len(points)
        share = known / np.maximum(known.mean(axis=-1), tiny)[:, None]
        residuals = np.where(enough[:, None, None], turned * np.sqrt(share)[..., None], 2.0)
        return residuals.reshape(len(left), -1)

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return residuals (G, N n) and their derivatives (G, N n, d) along L ← exp(Σ ξ_k W_k) L."""
        rest, slopes = zip(*(self._at(element) for element in left @ self.mirror), strict=True)
        shape = len(left), self.points.size
        return np.array(rest).reshape(shape), np.array(slopes).reshape(*shape, len(self.directions))

    def _at(self, left: Array) -> tuple[Array, Array]:
        rest, slopes = turn_residuals(
            self._own, self._tangent, self.other, self.points, PolynomialMap.of_matrix(left)
        )
        moved = np.einsum("niab,dab->nid", slopes[..., 1:], self.directions @ left)
        return rest, moved

    def covariance(self, residuals: Array, jacobian: Array) -> Array:
        """Return the error covariance (d, d) of ξ, for the residuals (N n,) left over and slopes (N n, d)."""
        n, d = self.points.shape[1], len(self.directions)
        # Without a direction the sizes could not be told from none.
        slopes = jacobian.reshape(len(residuals) // n, n, d)
        scores = np.einsum("nrd,nr->nd", slopes, residuals.reshape(-1, n))
        inverse = np.asarray(np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-10, hermitian=True))
        return block_covariance(self.points, scores, inverse)


@dataclass(frozen=True, eq=False)
class PooledMatching:
    """Residuals of one spline that is fitted to both tasks' rewards, those of task z read at L⁻¹ p.

    Matching the model of one task with the rewards of the other would leave the model's own error in the
    answer, alike at neighbouring points. With a common spline what is left over is the noise of the rewards,
    independent from one transition to the next. For each L the spline is the best one, the profile of
    penalised least squares: the derivatives are what remains of the slopes when the spline gives way.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    start : ndarray, shape (n, n)
        Where the descent begins: transitions whose images are in the base task's data there are used.
    directions : ndarray, shape (d, n, n)
        The W_k.
    tied : ndarray, shape (d,), optional
        Standard deviation of each coordinate of L about ``start`` as it is known beforehand; infinite when
        left out.
    """

    base: TaskModel
    other: TaskModel
    start: Array
    directions: Array
    tied: Array | None = None

    @cached_property
    def used(self) -> NDArray[np.intp]:
        """Which transitions of the other task are used."""
        return np.flatnonzero(self.base.inside(self.other.points @ np.linalg.inv(self.start).T))

    @cached_property
    def _basis(self) -> tuple[SplineBasis, Array, Array]:
        """The spline's functions, their values at the base task's data, and products of these."""
        basis = SplineBasis.on(self.base.points)
        own = basis(self.base.points)
        return basis, own, own.T @ own

    @cached_property
    def _targets(self) -> Array:
        return np.concatenate([self.base.rewards, self.other.rewards[self.used]])

    @cached_property
    def _smoothing(self) -> tuple[Array, float]:
        """Penalties of the spline's coefficients, and the mean square left over at the start."""
        basis, targets = self._basis[0], self._targets
        features, gram = self._features(self.start)[1:]
        ridge = smooth(features, targets, basis.rough)[2]
        penalty = basis.penalty(RIDGE * ridge)
        coefficients = scipy.linalg.cho_solve(penalised(gram, penalty), features.T @ targets)
        return penalty, float(np.square(targets - features @ coefficients).mean())

    def _features(self, left: Array) -> tuple[Array, Array, Array]:
        """Return where task z's rewards are read, and the spline's functions at all data with products."""
        basis, own, gram = self._basis
        moved = self.other.points[self.used] @ np.linalg.inv(left).T
        there = basis(moved)
        return moved, np.concatenate([own, there]), gram + there.T @ there

    def linearise(self, left: Array) -> tuple[Array, Array]:
        """Return residuals (1, N') and their derivatives (1, N', d) along L ← exp(Σ ξ_k W_k) L, for one L.

        The rows are the transitions of both tasks, then the spline's penalty, then what was known beforehand.
        """
        (element,) = left
        basis, d = self._basis[0], len(self.directions)
        penalty, variance = self._smoothing
        moved, features, gram = self._features(element)
        factor = penalised(gram, penalty)
        coefficients = scipy.linalg.cho_solve(factor, features.T @ self._targets)
        drift = np.einsum("dij,nj->ndi", np.linalg.inv(element) @ self.directions @ element, moved)
        slopes = np.zeros((len(features), d))
        slopes[-len(moved) :] = np.einsum("ni,ndi->nd", basis.gradient(moved, coefficients), drift)
        given = scipy.linalg.cho_solve(factor, features.T @ slopes)
        weight = np.sqrt(penalty)
        rest = [self._targets - features @ coefficients, -weight * coefficients]
        firm = [slopes - features @ given, -weight[:, None] * given]
        if self.tied is not None:
            moved_by = lie.log(element @ np.linalg.inv(self.start)).ravel()
            way = np.linalg.lstsq(self.directions.reshape(d, -1).T, moved_by)[0]
            rest.append(np.sqrt(variance) * way / self.tied)
            firm.append(np.diag(np.sqrt(variance) / self.tied))
        return np.concatenate(rest)[None], np.concatenate(firm)[None]

    def fit(self) -> tuple[Array, Array]:
        """Return the best L (n, n) and the error covariance (d, d) of ξ; infinite where nothing is known.

        The errors are those of a heteroscedastic regression (White, 1980) in the form of the jackknife, or
        those from blocks of neighbours where these are larger: for rewards without noise what is left over is
        smooth.
        """
        d = len(self.directions)
        if not d or len(self.used) <= d:
            return self.start, np.full((d, d), np.inf)
        found, _, rest, firm = refine(
            self.linearise, self.start[None], along(self.directions), d, LONGEST, EXACT, STEPS
        )
        moved, features, gram = self._features(found[0])
        number = len(features)
        inverse = np.asarray(np.linalg.pinv(firm[0].T @ firm[0], rcond=1e-9, hermitian=True))
        share = np.einsum(
            "ij,ji->i", features, scipy.linalg.cho_solve(penalised(gram, self._smoothing[0]), features.T)
        )
        left_over = rest[0, :number] / (1.0 - np.minimum(share, LEVERAGE))
        scores = firm[0, :number] * left_over[:, None]
        prior = np.sqrt(self._smoothing[1]) * firm[0, number + len(gram) :]
        single = inverse @ (scores.T @ scores + prior.T @ prior) @ inverse
        where = np.concatenate([self.base.points, moved])
        shared = block_covariance(where, scores, inverse, 2) + inverse @ prior.T @ prior @ inverse
        return found[0], single if np.trace(single) > np.trace(shared) else shared
