"""A left action from rewards: one spline is fitted to both tasks' rewards while the map between them moves.

Matching the model of one task with the rewards of the other leaves the model's own error in the answer, alike
at neighbouring points. With a common spline what is left over is the noise of the rewards, independent from
one transition to the next, and the error of the map can be read off it.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from scipy.spatial import cKDTree

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import TaskModel
from hgmrl_lite.hereditary.reward_model import SplineBasis

#: Share of the ridge that predicts best: there the bias of the spline is as large as its noise, which a map
#: between two splines must not inherit.
RIDGE = 0.1
#: Steps of the map, the longest one in radians, and when it has arrived.
STEPS, LONGEST, ARRIVED = 8, 0.3, 1e-5
#: Blocks of neighbouring transitions, for errors that neighbours share.
BLOCKS = 40
#: Share of a transition's reward in its own fit beyond which its residual says nothing.
LEVERAGE = 0.9
#: Turns that are tried before, and at how many transitions; a turn counts where so many images are known.
TURNS, TRIED, KNOWN = 36, 200, 0.25
#: Rounding of the normal equations, relative to their mean diagonal.
JITTER = 1e-13


@dataclass(frozen=True)
class PooledMatch:
    """An element of a group that carries one task's rewards to another's.

    Attributes
    ----------
    left : ndarray, shape (n, n)
        L.
    covariance : ndarray, shape (d, d)
        Error covariance of φ in L exp(Σ φ_j W_j); infinite where nothing is known.
    """

    left: Array
    covariance: Array


def match_rewards(
    base: TaskModel, other: TaskModel, start: Array, generators: Array, tied: Array | None = None
) -> PooledMatch:
    """Return the element L near ``start`` for which R_z(L p) = R_0(p) fits best, with its error.

    For each L the spline is the best one for the rewards of both tasks, those of task z read at L⁻¹ p: the
    profile of least squares. Its Gauss-Newton steps use the part of the slopes that no change of the spline
    can imitate. The errors are those of a heteroscedastic regression (White, 1980) in the form of the
    jackknife, or those from blocks of neighbours where these are larger: for rewards without noise what is
    left over is smooth.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    start : ndarray, shape (n, n)
        Where to begin.
    generators : ndarray, shape (d, n, n)
        W_j.
    tied : ndarray, shape (d,), optional
        Standard deviation of each φ_j about ``start`` as it is known beforehand; infinite when left out.

    Returns
    -------
    PooledMatch
    """
    d = len(generators)
    known = np.zeros(d) if tied is None else 1.0 / np.square(tied)
    way = np.zeros(d)
    left = start
    inside = base.inside(other.points @ np.linalg.inv(start).T)
    if not d or inside.sum() <= d:
        return PooledMatch(start, np.full((d, d), np.inf))
    points, rewards = other.points[inside], other.rewards[inside]
    basis = SplineBasis.on(base.points)
    own = basis(base.points)
    penalty = None
    for step in range(STEPS + 1):
        moved = points @ np.linalg.inv(left).T
        features = np.concatenate([own, basis(moved)])
        targets = np.concatenate([base.rewards, rewards])
        gram, seen = features.T @ features, features.T @ targets
        if penalty is None:
            ridge = RIDGE * basis.ridge(gram, seen, float(targets @ targets), len(targets))
            penalty = np.append(np.full(basis.rough, ridge), np.zeros(len(gram) - basis.rough))
        # The diagonal is raised by its rounding, so that the factor exists.
        floor = JITTER * np.trace(gram) / len(gram)
        solve = scipy.linalg.cho_factor(gram + np.diag(penalty + floor))
        coefficients = scipy.linalg.cho_solve(solve, seen)
        rest = targets - features @ coefficients
        along = np.einsum("dij,nj->ndi", generators, moved)
        slopes = np.zeros((len(targets), d))
        slopes[len(own) :] = -np.einsum("ni,ndi->nd", basis.model(coefficients, 0.0).gradient(moved), along)
        # What remains of the slopes when the spline gives way.
        firm = slopes - features @ scipy.linalg.cho_solve(solve, features.T @ slopes)
        variance = float(np.square(rest).mean())
        information = slopes.T @ firm + variance * np.diag(known)
        inverse = np.linalg.pinv(0.5 * (information + information.T), rcond=1e-9, hermitian=True)
        move = inverse @ (slopes.T @ rest - variance * known * way)
        if step == STEPS or np.linalg.norm(move) < ARRIVED:
            break
        move *= min(1.0, LONGEST / np.linalg.norm(move))
        way += move
        left = left @ lie.exp(np.tensordot(move, generators, axes=1))
    own_share = np.einsum("ij,ji->i", features, scipy.linalg.cho_solve(solve, features.T))
    scores = firm * (rest / (1.0 - np.minimum(own_share, LEVERAGE)))[:, None]
    where = np.concatenate([base.points, moved])
    order = np.array_split(np.asarray(cKDTree(where).indices), BLOCKS)
    blocks = np.array([scores[rows].sum(axis=0) for rows in order])
    prior = variance**2 * np.diag(known)
    single, shared = (inverse @ (part.T @ part + prior) @ inverse for part in (scores, blocks))
    return PooledMatch(left, single if np.trace(single) > np.trace(shared) else shared)


def nearest_turn(base: TaskModel, other: TaskModel, left: Array, generator: Array) -> Array:
    """Return ``left`` or the turn L exp(φ W) of a full round under which the rewards agree far better.

    Of poor own symmetries the intertwiner can be off by any angle: a start from there would end in another
    valley.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    left : ndarray, shape (n, n)
        L, from the own symmetries.
    generator : ndarray, shape (n, n)
        W with exp(2πW) = I.
    """
    rows = np.unique(np.linspace(0, len(other.points) - 1, TRIED).astype(np.intp))
    turns = lie.exp(np.linspace(0.0, 2.0 * np.pi, TURNS, endpoint=False)[:, None, None] * generator)
    tried = left @ turns
    images = other.points[rows] @ np.linalg.inv(tried).swapaxes(-1, -2)
    known = base.inside(images.reshape(-1, left.shape[-1])).reshape(images.shape[:-1])
    missed = np.square(base.value(images) - other.rewards[rows])
    enough = known.sum(axis=1) >= KNOWN * len(rows)
    score = np.where(enough, (missed * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1), np.inf)
    best = int(np.argmin(score))
    # The neighbours of L are reached from it.
    return left if best in (0, 1, TURNS - 1) else tried[best]
