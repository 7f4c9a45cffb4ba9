"""Left actions between tasks in closed form: the intertwiner of the tasks' own symmetries."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite._verdict import Verdict
from hgmrl_lite.discovery import affine_null_space, discover
from hgmrl_lite.hereditary.comparison import evenly, neighbour_blocks
from hgmrl_lite.hereditary.evidence import NORMAL, UNCOVERED
from hgmrl_lite.tangents import LevelSetNormals, local_regression
from hgmrl_lite.transitions import Transitions

#: Resamples for the verdict on a task's own symmetry.
_RESAMPLES = 50
#: The verdict is tried on every third transition first, if that leaves so many.
_THIN, _ENOUGH = 3, 400
#: Transitions that are looked at first, and the error of the generator's entries with which they are enough.
_SOME, _EXACT = 1500, 1e-4
#: How many times smaller the singular value of one symmetry must be than that of a near one.
_BETTER = 100.0
#: Blocks of neighbouring points, left out in turn for the error of a generator.
#: So many, of about so many points each.
_BLOCKS, _MORE_BLOCKS, _BLOCK = 24, 64, 30
#: Step of the derivatives by which errors go from generators to what is made of them.
_STEP = 1e-6


@dataclass(frozen=True, eq=False)
class OwnSymmetry:
    """The rotation symmetry of one task in the plane, as far as its transitions show it.

    Attributes
    ----------
    generator : ndarray, shape (3, 3), or None
        Homogeneous affine generator X, its linear part of eigenvalues ±i; None when the best candidate does
        not rotate.
    covariance : ndarray, shape (6, 6)
        Error covariance of the entries of X's first two rows.
    verdict : {"yes", "no", "undecided"}
        Whether the rewards are symmetric, by `discovery.discover`.
    reason : str
        Why.
    spectrum : ndarray, shape (6,)
        Singular values of the null-space problem, ascending.
    """

    generator: Array | None
    covariance: Array
    verdict: Verdict
    reason: str
    spectrum: Array

    def covariance_of(self, function: Callable[[Array], Array]) -> Array:
        """Return the error covariance (k, k) of what a function makes of X, by its derivative, flat."""
        assert self.generator is not None
        here, slopes = function(self.generator).ravel(), []
        for entry in range(6):
            moved = self.generator.copy()
            moved[divmod(entry, 3)] += _STEP
            slopes.append((function(moved).ravel() - here) / _STEP)
        return np.array(slopes).T @ self.covariance @ np.array(slopes)


def own_symmetry(task: Transitions) -> OwnSymmetry:
    """Find the rotation symmetry of one task in the plane, about whatever centre.

    The reward as a function of the next state is constant along the orbits of this symmetry.

    Parameters
    ----------
    task : Transitions
        N transitions of one task, states of dimension 2.

    Returns
    -------
    OwnSymmetry

    Raises
    ------
    ValueError
        When there are too few transitions or the states are not planar.
    """
    n = task.next_states.shape[1]
    if n != 2:
        raise ValueError(f"task must have states of dimension 2 for the closed form in the plane, got {n}")
    unknowns = n * (n + 1)
    if len(task) <= 5 * unknowns:
        raise ValueError(
            f"task must have more than {5 * unknowns} transitions (five for each of the {unknowns} entries "
            f"of an affine generator), got {len(task)}"
        )
    if np.ptp(task.rewards) <= 1e-12 * np.abs(task.rewards).max():
        return _without_generator("undecided", "the rewards are all the same", np.zeros(unknowns))
    if len(task) >= 2 * _SOME:
        # Exact rewards need no more than some of the transitions, spread over all of them; nor does a no.
        found = _read_symmetry(evenly(task.next_states, _SOME), evenly(task.rewards, _SOME))
        if found.verdict == "no" or (found.verdict == "yes" and np.trace(found.covariance) < _EXACT**2):
            return found
    return _read_symmetry(task.next_states, task.rewards)


def _read_symmetry(points: Array, rewards: Array) -> OwnSymmetry:
    """Return the symmetry that these rewards (N,) at points (N, 2) show."""
    n, unknowns = 2, 6
    fit = local_regression(points, rewards, degree=3)
    if len(fit) < 2 * unknowns:
        reason = f"only {len(fit)} of {len(points)} transitions show a slope of the reward"
        return _without_generator("undecided", reason, np.zeros(unknowns))
    spectrum, candidates = affine_null_space(fit.points, fit.normals, fit.weights)
    verdict, reason = _claim(points, rewards, spectrum)
    best = candidates[0]
    # The Frobenius norm is not invariant under conjugation; the eigenvalues are.
    spin = _spin(best)
    if spin <= 0.0 or abs(np.trace(best[:n, :n])) > np.sqrt(spin):
        reason = f"{reason}; the best affine candidate does not rotate"
        return _without_generator(verdict, reason, spectrum)
    generator = best / np.sqrt(spin)
    return OwnSymmetry(generator, _generator_covariance(fit, generator), verdict, reason, spectrum)


def _without_generator(verdict: Verdict, reason: str, spectrum: Array) -> OwnSymmetry:
    return OwnSymmetry(None, np.full((6, 6), np.inf), verdict, reason, spectrum)


def _claim(points: Array, rewards: Array, precise: Array) -> tuple[Verdict, str]:
    """Return the verdict on one symmetry of these rewards (N,) at points (N, 2), and why.

    Data far from the goal leave a second candidate that is nearly a symmetry. It does not matter, as long as
    the first one is the one that the weighted normals fit far better (``precise`` are their scores).
    """
    for part in (_THIN, 1) if len(points) > _THIN * _ENOUGH else (1,):
        try:
            found = discover(points[::part], rewards[::part], bootstrap=_RESAMPLES)
        except ValueError as error:
            # Too few transitions, beside the outlying ones.
            return "undecided", str(error)
        if found.verdict != "undecided":
            break
    if found.verdict == "yes" and found.dimension > 1 and precise[1] <= _BETTER * precise[0]:
        # Far from a goal the rewards are nearly linear: no reason to say that there is no rotation.
        return "undecided", (
            f"{found.dimension} fields are symmetries to within {found.tolerance:g}: which of them is a "
            "rotation about one centre, if any, cannot be told"
        )
    return found.verdict, found.reason


def _spin(generator: Array) -> float:
    """Return the squared speed at which the linear part rotates, negative when it does not."""
    linear = generator[:2, :2]
    return float(np.linalg.det(linear - 0.5 * np.trace(linear) * np.eye(2)))


def _generator_covariance(fit: LevelSetNormals, generator: Array) -> Array:
    """Return the covariance (6, 6) of a null vector, by a jackknife over blocks of neighbours.

    Neighbours share samples, hence errors.
    """
    lifted = np.hstack([fit.points, np.ones((len(fit), 1))])
    rows = (fit.normals[:, :, None] * lifted[:, None, :]).reshape(len(fit), 6)
    vector = generator[:2].ravel()
    weighted = rows * fit.weights[:, None]
    scores = weighted * (rows @ vector)[:, None]
    information = weighted.T @ rows
    # Along the vector itself there is no error: its length is fixed.
    unit = vector / np.linalg.norm(vector)
    away = np.eye(6) - np.outer(unit, unit)
    # What leaving out a block changes. A few normals near the goal carry much of the information, and their
    # errors do not show in what they leave over themselves.
    number = int(np.clip(len(fit) // _BLOCK, _BLOCKS, _MORE_BLOCKS))
    blocks = neighbour_blocks(fit.points, number)
    rest = information - np.array([weighted[block].T @ rows[block] for block in blocks])
    moved = np.array([scores[block].sum(axis=0) for block in blocks])
    inverses = np.linalg.pinv(away @ rest @ away, rcond=1e-12, hermitian=True)
    changes = np.einsum("bij,bj->bi", inverses, moved)
    # So few blocks, of unequal weight, make a poor variance: Student's t in units of the normal law, with the
    # freedom of Satterthwaite (1946).
    size = np.square(changes).sum(axis=1)
    few = max(float(size.sum() ** 2 / np.square(size).sum()) - 1.0, 1.0)
    wider = stdtrit(few, 1.0 - 0.5 * UNCOVERED) / NORMAL
    return np.asarray(changes.T @ changes * (wider**2 * (number - 1) / number))


def raw_left_action(
    base: OwnSymmetry, other: OwnSymmetry, *, mirrored: bool = False
) -> tuple[Array, Array, float]:
    """Return the intertwiner of two own symmetries, its error covariance and what it leaves over.

    Parameters
    ----------
    base, other : OwnSymmetry
        Both with a generator.
    mirrored : bool, optional
        Whether the intertwiner that reverses orientation is wanted.

    Returns
    -------
    left : ndarray, shape (2, 2)
        L.
    covariance : ndarray, shape (4, 4)
        Of its entries, by the derivative of L with respect to both generators.
    residual : float
        Root mean square of the equations left over.

    Raises
    ------
    ValueError
        As `intertwiner`.
    """
    one, two = base.generator, other.generator
    assert one is not None
    assert two is not None

    def unit(generator: Array) -> Array:
        return np.asarray(generator / np.sqrt(_spin(generator)))

    left, residual = intertwiner(one, two, mirrored=mirrored)
    covariance = base.covariance_of(lambda moved: intertwiner(unit(moved), two, mirrored=mirrored)[0])
    covariance += other.covariance_of(lambda moved: intertwiner(one, unit(moved), mirrored=mirrored)[0])
    return left, covariance, residual


def task_generator(task: Transitions) -> tuple[Array, Array]:
    """Return the generator of a plane task's own rotation symmetry and the spectrum it was read from.

    Parameters
    ----------
    task : Transitions
        N transitions of one task, states of dimension 2.

    Returns
    -------
    generator : ndarray, shape (3, 3)
        Homogeneous affine generator, scaled so that its linear part has the eigenvalues ±i.
    spectrum : ndarray, shape (6,)
        Singular values of the null-space problem, ascending.

    Raises
    ------
    ValueError
        When there are too few transitions, the states are not planar, or the best candidate does not rotate.
    """
    found = own_symmetry(task)
    if found.generator is None:
        raise ValueError(
            f"task must have a rotation-like symmetry, with eigenvalues near a multiple of ±i: {found.reason}"
        )
    return found.generator, found.spectrum


def intertwiner(base: ArrayLike, other: ArrayLike, *, mirrored: bool = False) -> tuple[Array, float]:
    """Solve diag(L, 1) X_0 = ± X_z diag(L, 1) for the linear L of one orientation.

    Each sign is an inhomogeneous linear least-squares problem for the n² entries of L. It is unique if and
    only if the base symmetry does not fix the origin. Of the two answers one preserves orientation; taking
    the smaller residual instead gives a reflection about as often as not.

    Parameters
    ----------
    base, other : array_like, shape (3, 3)
        Affine generators X_0 and X_z with linear parts of eigenvalues ±i.
    mirrored : bool, optional
        Whether the answer that reverses orientation is wanted, instead of the one that preserves it.

    Returns
    -------
    left : ndarray, shape (2, 2)
        L.
    residual : float
        Root mean square of the equations left over.

    Raises
    ------
    ValueError
        When the base symmetry fixes the origin, or neither sign gives a map of this orientation.
    """
    base, other = as_array("base", base, (3, 3)), as_array("other", other, (3, 3))
    if np.linalg.norm(base[:2, 2]) < 1e-3 * np.linalg.norm(base[:2, :2]):
        raise ValueError(
            "base must have a symmetry whose centre is not the origin: about the origin every rotation of "
            f"the plane intertwines; got the translation part {base[:2, 2]}"
        )
    identity = np.eye(2)
    found = []
    for sign in (1.0, -1.0):
        # Row-major vec: vec(L A) = (I ⊗ Aᵀ) vec(L), vec(A L) = (A ⊗ I) vec(L), L b = (I ⊗ bᵀ) vec(L).
        matrix = np.vstack(
            [
                np.kron(identity, base[:2, :2].T) - sign * np.kron(other[:2, :2], identity),
                np.kron(identity, base[:2, 2][None]),
            ]
        )
        target = np.concatenate([np.zeros(4), sign * other[:2, 2]])
        solution = np.linalg.lstsq(matrix, target)[0]
        residual = float(np.sqrt(np.mean(np.square(matrix @ solution - target))))
        found.append((solution.reshape(2, 2), residual))
    sought = [(left, residual) for left, residual in found if (np.linalg.det(left) < 0.0) == mirrored]
    if not sought:
        raise ValueError(
            f"base and other must be related by a map that {'reverses' if mirrored else 'preserves'} "
            f"orientation, got determinants {[float(np.linalg.det(left)) for left, _ in found]}"
        )
    return min(sought, key=lambda pair: pair[1])
