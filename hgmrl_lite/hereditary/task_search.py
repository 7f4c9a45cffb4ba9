"""Left actions without closed form: a search over the group, then Gauss-Newton.

What is matched are the *signed* unit gradients: where the reward rises must go where it rises. They do not
change when the reward is relabelled by an increasing function. Where the rewards themselves agree,
`pooled_matching` matches these in the end: that is sharper.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from hgmrl_lite import lie
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.comparison import BLOCKS, PolynomialMap, TaskModel, compare

#: Elements of the orthogonal group from which the search starts, by the dimension of the states.
STARTS = {1: 1, 2: 72, 3: 500}
MANY_STARTS = 800
#: Further starts in the system's own group, where that is smaller.
GROUP_STARTS = 400
#: Points at which each start is tried, and at which a map is fitted.
TRIED, FITTED = 120, 300
#: Most steps of a fit.
STEPS = 40
#: Starts of either orientation that are refined, and how far apart they are in the Frobenius norm.
REFINED, APART = 3, 0.7
#: Share of the largest information on a direction of the group below which the tasks leave it free.
FREE = 1e-3
#: An orientation is preferred when the other fits worse by this factor in the mean square.
BETTER = 2.0


@dataclass(frozen=True)
class Match:
    """A map from the base task to another.

    Attributes
    ----------
    matrix : ndarray, shape (n, n)
        L.
    covariance : ndarray, shape (n², n²)
        Its error covariance, entries in rows.
    misfit : float
        Mean square difference of the unit gradients.
    """

    matrix: Array
    covariance: Array
    misfit: float


def turn_residuals(
    base: TaskModel, other: TaskModel, points: Array, change: PolynomialMap, *, slopes: bool = False
) -> tuple[Array, Array]:
    """Return the differences of the base task's unit gradients and the other's, pulled back.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    points : ndarray, shape (N, n)
        Where, in the base task.
    change : PolynomialMap
        The map.
    slopes : bool
        Whether the derivatives are wanted.

    Returns
    -------
    residuals : ndarray, shape (N, n)
        Weighted: where the slope of the base reward is small its direction is unsure.
    jacobian : ndarray, shape (N, n, n, F)
        Derivatives by the map's coefficients; empty when not asked for.
    """
    tiny = np.finfo(float).tiny
    own, images = base.gradient(points), change(points)
    there = other.gradient(images)
    pulled = change.pull(points, there)
    own_size, size = np.linalg.norm(own, axis=1), np.linalg.norm(pulled, axis=1) + tiny
    weight = np.minimum(own_size / (0.5 * np.median(own_size) + tiny), 1.0)[:, None]
    unit = pulled / size[:, None]
    rest = (unit - own / (own_size + tiny)[:, None]) * weight
    if not slopes:
        return rest, np.zeros((0, 0, 0, 0))
    features, derivatives = change.features(points), change.slopes(points)
    differential = np.einsum("af,nfi->nai", change.coefficients, derivatives)
    # g = dΦᵀ G(Φ): the map enters through dΦ and through where G is taken.
    bent = np.einsum("nbi,nba->nia", differential, other.hessian(images))
    moved = np.einsum("nfi,na->niaf", derivatives, there) + np.einsum("nia,nf->niaf", bent, features)
    moved -= unit[:, :, None, None] * np.einsum("ni,niaf->naf", unit, moved)[:, None]
    return rest, moved * (weight / size[:, None])[:, :, None, None]


def search(base: TaskModel, other: TaskModel, form: Array, generators: Array, seed: int = 0) -> list[Match]:
    """Return the best linear map of either orientation: over the group first, then over all matrices.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    form : ndarray, shape (n, n)
        Inner product of the orthogonal group that is searched.
    generators : ndarray, shape (d, n, n)
        Of the system's own group: where it is smaller, it is searched more densely besides.
    seed : int
        Of the elements that are tried beyond the plane.

    Returns
    -------
    list of Match
        The preferred orientation first: that with the smaller misfit, or the one with positive determinant
        when both explain the data.
    """
    n = len(form)
    starts = _orthogonal(n, seed)
    root = np.linalg.cholesky(form).T
    starts = np.linalg.solve(root, starts @ root)
    if 0 < len(generators) < n * (n - 1) // 2:
        # Exponentials of long random elements spread over a compact group.
        draws = np.random.default_rng(seed).uniform(-np.pi, np.pi, (GROUP_STARTS, len(generators)))
        inside = lie.exp(np.tensordot(draws, generators, axes=1))
        starts = np.concatenate([starts, inside])
    points = _spread(base.core, TRIED)
    images = points @ starts.swapaxes(-1, -2)
    own, seen = base.gradient(points), other.gradient(images) @ starts
    own_size, seen_size = np.linalg.norm(own, axis=-1), np.linalg.norm(seen, axis=-1)
    cosine = (own * seen).sum(axis=-1) / np.maximum(own_size * seen_size, np.finfo(float).tiny)
    # Only where the other task has data; a few points say little.
    known = _near(other, images) * np.minimum(own_size / (0.5 * np.median(own_size)), 1.0)
    enough = (known > 0).sum(axis=-1) >= len(points) // 4
    score = np.where(
        enough, ((1.0 - cosine) * known).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1e-9), 9.0
    )
    found = []
    for sign in (1.0, -1.0):
        side = np.flatnonzero(np.sign(np.linalg.det(starts)) == sign)
        matches = [fit_linear(base, other, starts[index]) for index in _distinct(starts, score, side)]
        found.append(min(matches, key=lambda match: match.misfit))
    proper, improper = found
    return [improper, proper] if proper.misfit > BETTER * improper.misfit + 1e-4 else [proper, improper]


def fit_linear(base: TaskModel, other: TaskModel, start: Array) -> Match:
    """Return the linear map near ``start`` (n, n) that aligns the unit gradients best, with its error.

    A start whose image misses the other task's data gives an infinite misfit.
    """
    n = len(start)
    origin = PolynomialMap(np.hstack([np.zeros((n, 1)), start]))
    free = np.ones((n, n + 1), dtype=bool)
    free[:, 0] = False
    points = _common(base, other, origin)
    if len(points) < 2 * n * n:
        return Match(start, np.full((n * n, n * n), np.inf), np.inf)
    change = _fit(base, other, origin, free, points)
    rest, slopes = turn_residuals(base, other, points, change, slopes=True)
    covariance = sandwich(points, slopes[..., free], rest)
    return Match(change.linear, covariance, float(np.square(rest).sum() / len(points)))


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
    points = _common(base, other, start)
    return start if len(points) < 2 * int(free.sum()) else _fit(base, other, start, free, points)


def _fit(
    base: TaskModel, other: TaskModel, start: PolynomialMap, free: NDArray[np.bool_], points: Array
) -> PolynomialMap:
    """Return the best map by Levenberg-Marquardt over the free coefficients, at fixed points."""

    def change(entries: Array) -> PolynomialMap:
        moved = start.coefficients.copy()
        moved[free] = entries
        return PolynomialMap(moved)

    def residuals(entries: Array) -> Array:
        return turn_residuals(base, other, points, change(entries))[0].ravel()

    def jacobian(entries: Array) -> Array:
        slopes = turn_residuals(base, other, points, change(entries), slopes=True)[1]
        return slopes[..., free].reshape(-1, int(free.sum()))

    solution = scipy.optimize.least_squares(
        residuals, start.coefficients[free], jacobian, method="lm", max_nfev=STEPS, ftol=1e-9, xtol=1e-9
    )
    return change(solution.x)


def refine_in_group(
    base: TaskModel, other: TaskModel, start: Array, generators: Array
) -> tuple[Array, Array, Array]:
    """Return the element near ``start`` of a group that aligns two tasks' unit gradients best.

    Updates multiply from the right, L ← L exp(Σ φ_j W_j): directions φ that the base task's own symmetry
    leaves free are then the null space of the information.

    Parameters
    ----------
    base, other : TaskModel
        The tasks.
    start : ndarray, shape (n, n)
        Where to begin.
    generators : ndarray, shape (d, n, n)
        W_j.

    Returns
    -------
    left : ndarray, shape (n, n)
        L.
    covariance : ndarray, shape (d, d)
        Of the φ; large where the tasks leave them free.
    information : ndarray, shape (d, d)
        Mean square slopes.
    """
    d, n = len(generators), len(start)
    current = start
    covariance, information = np.zeros((d, d)), np.zeros((d, d))
    if not d:
        return current, covariance, information
    points = _common(base, other, PolynomialMap(np.hstack([np.zeros((n, 1)), start])))
    if not len(points):
        # Nothing to compare: any angle is as good.
        return current, np.pi**2 * np.eye(d), np.eye(d)
    for _ in range(STEPS):
        change = PolynomialMap(np.hstack([np.zeros((n, 1)), current]))
        rest, slopes = turn_residuals(base, other, points, change, slopes=True)
        slopes = np.einsum("niab,dab->nid", slopes[..., 1:], current @ generators)
        # Where an image leaves the other task's data its reward is extrapolated: bounded influence.
        scale = 3.0 * np.median(np.abs(rest)) + np.finfo(float).tiny
        weight = 1.0 / np.maximum(np.linalg.norm(rest, axis=1) / scale, 1.0)
        jacobian = slopes * weight[:, None, None]
        information = np.einsum("nrd,nre->de", jacobian, slopes) / len(rest)
        gradient = np.einsum("nrd,nr->d", jacobian, rest) / len(rest)
        ridge = 1e-9 * np.trace(information) + np.finfo(float).tiny
        move = -np.linalg.solve(information + ridge * np.eye(d), gradient)
        move *= min(1.0, 0.3 / (np.linalg.norm(move) + np.finfo(float).tiny))
        covariance = sandwich(points, jacobian, rest, information * len(rest))
        current = current @ lie.exp(np.tensordot(move, generators, axes=1))
        if np.linalg.norm(move) < 1e-6:
            break
    return current, covariance, information


def smallest_element(left: Array, free: Array, form: Array) -> Array:
    """Return L S of the smallest logarithm, over the S in the group of the free generators (f, n, n)."""
    if not len(free):
        return left
    root = np.linalg.cholesky(form).T
    inverse = np.linalg.inv(root)

    def size(phi: Array) -> float:
        moved = root @ left @ lie.exp(np.tensordot(phi, free, axes=1)) @ inverse
        # ‖log‖ of a rotation by its eigenvalues' angles, which is smooth where the logarithm is not unique.
        return float(np.square(np.angle(np.linalg.eigvals(moved))).sum())

    rng = np.random.default_rng(0)
    starts = [np.zeros(len(free))]
    starts += (
        [np.array([angle]) for angle in np.linspace(-np.pi, np.pi, 24, endpoint=False)]
        if len(free) == 1
        else list(rng.uniform(-np.pi, np.pi, (40, len(free))))
    )
    order = sorted(starts, key=size)[:4]
    best = min(
        (
            scipy.optimize.minimize(size, start, method="Nelder-Mead", options={"xatol": 1e-7})
            for start in order
        ),
        key=lambda result: result.fun,
    )
    return left @ lie.exp(np.tensordot(best.x, free, axes=1))


def sandwich(points: Array, jacobian: Array, rest: Array, information: Array | None = None) -> Array:
    """Return the error covariance of a least-squares fit whose residuals are alike among neighbours.

    Parameters
    ----------
    points : ndarray, shape (N, n)
        Where the residuals are.
    jacobian : ndarray, shape (N, r, P)
        Slopes.
    rest : ndarray, shape (N, r)
        Residuals.
    information : ndarray, shape (P, P), optional
        Σ JᵀJ when the slopes are weighted ones.
    """
    score = np.einsum("nrp,nr->np", jacobian, rest)
    blocks = np.array(
        [score[rows].sum(axis=0) for rows in np.array_split(np.asarray(cKDTree(points).indices), BLOCKS)]
    )
    blocks = blocks - blocks.mean(axis=0)
    if information is None:
        information = np.einsum("nrp,nrq->pq", jacobian, jacobian)
    bread = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    return np.asarray(bread @ (blocks.T @ blocks) @ bread * BLOCKS / (BLOCKS - 1))


def same_rewards(base: TaskModel, other: TaskModel, left: Array, bound: float) -> bool:
    """Return whether the rewards agree under L to within ``bound`` of their spread, roughly."""
    lifted = np.eye(len(left) + 1)
    lifted[:-1, :-1] = left
    found = compare(base, other, PolynomialMap.of_matrix(lifted), np.asarray(np.linalg.inv(lifted)))
    return bool(found.number and found.rewards < bound**2)


def skew_basis(form: Array) -> Array:
    """Return the generators (n (n − 1) / 2, n, n) of all maps that keep an inner product."""
    n = len(form)
    root = np.linalg.cholesky(form).T
    rows, columns = np.triu_indices(n, 1)
    basis = np.zeros((len(rows), n, n))
    basis[np.arange(len(rows)), columns, rows], basis[np.arange(len(rows)), rows, columns] = 1.0, -1.0
    return np.asarray(np.linalg.solve(root, basis @ root))


def strain_basis(form: Array) -> Array:
    """Return orthonormal generators (n (n + 1) / 2 − 1, n, n) of volume-preserving strains of a form."""
    n = len(form)
    root = np.linalg.cholesky(form).T
    basis = []
    for row in range(n):
        for column in range(row + 1):
            strain = np.zeros((n, n))
            if row == column:
                strain[np.arange(row), np.arange(row)] = 1.0
                strain[row, row] = -row
            else:
                strain[row, column] = strain[column, row] = 1.0
            if row or column:
                basis.append(strain / np.linalg.norm(strain))
    return np.asarray(np.linalg.solve(root, np.array(basis) @ root)) if basis else np.zeros((0, n, n))


def _orthogonal(n: int, seed: int) -> Array:
    """Return orthogonal matrices of both orientations that cover the group."""
    count = STARTS.get(n, MANY_STARTS)
    mirror = np.eye(n)
    mirror[-1, -1] = -1.0
    if n == 2:
        angles = np.linspace(-np.pi, np.pi, count, endpoint=False)
        turns = lie.exp(angles[:, None, None] * lie.J)
    else:
        # Orthogonal factors of Gaussian matrices are uniform on the group (Stewart, 1980).
        draws = np.random.default_rng(seed).standard_normal((count, n, n))
        turns = lie.polar_factor(draws)
        turns = np.where(np.linalg.det(turns)[:, None, None] > 0.0, turns, turns @ mirror)
    return np.concatenate([turns, turns @ mirror])


def _distinct(starts: Array, score: Array, side: NDArray[np.intp]) -> list[int]:
    """Return the best starts of one side, no two of them in one valley."""
    chosen: list[int] = []
    for index in side[np.argsort(score[side])]:
        if all(np.linalg.norm(starts[index] - starts[other]) > APART for other in chosen):
            chosen.append(int(index))
        if len(chosen) == REFINED:
            break
    return chosen


def _near(task: TaskModel, points: Array) -> Array:
    """Return 1.0 where points (..., n) are within two standard deviations of the task's data, else 0.0."""
    centre = task.points.mean(axis=0)
    inverse = np.linalg.inv(np.cov(task.points.T).reshape(len(centre), -1))
    away = points - centre
    return (np.einsum("...i,ij,...j->...", away, inverse, away) < 4.0 * len(centre) / 2.0).astype(float)


def _common(base: TaskModel, other: TaskModel, change: PolynomialMap) -> Array:
    """Return points of the base task whose images are in the other's data."""
    points = base.core
    return _spread(points[other.inside(change(points))], FITTED)


def _spread(rows: NDArray[Any], most: int) -> NDArray[Any]:
    """Return at most so many rows, spread evenly over the sample."""
    return (
        rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))]
        if len(rows)
        else rows
    )
