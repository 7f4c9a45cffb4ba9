"""Left actions between tasks in closed form: the intertwiner of the tasks' own symmetries."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite import lie
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery import affine_null_space
from hgmrl_lite.tangents import local_regression
from hgmrl_lite.transitions import Transitions


def task_generator(task: Transitions) -> tuple[Array, Array]:
    """Return the generator of a plane task's own rotation symmetry and the spectrum it was read from.

    The reward as a function of the next state is constant along the orbits of this symmetry. Its centre is
    found, not given.

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
    n = task.next_states.shape[1]
    if n != 2:
        raise ValueError(f"task must have states of dimension 2 for the closed form in the plane, got {n}")
    unknowns = n * (n + 1)
    if len(task) <= 5 * unknowns:
        raise ValueError(
            f"task must have more than {5 * unknowns} transitions (five for each of the {unknowns} entries "
            f"of an affine generator), got {len(task)}"
        )
    fit = local_regression(task.next_states, task.rewards, degree=3)
    spectrum, candidates = affine_null_space(fit.points, fit.normals, fit.weights)
    best = candidates[0]
    # The Frobenius norm is not invariant under conjugation; the eigenvalues are.
    trace = float(np.trace(best[:n, :n]))
    spin = float(np.linalg.det(best[:n, :n] - 0.5 * trace * np.eye(n)))
    if spin <= 0.0 or abs(trace) > np.sqrt(spin):
        raise ValueError(
            "task must have a rotation-like symmetry, with eigenvalues near a multiple of ±i: the best "
            f"affine candidate has the linear part\n{best[:n, :n]}\nand {np.linalg.eigvals(best[:n, :n])}"
        )
    return best / np.sqrt(spin), spectrum


def intertwiner(base: ArrayLike, other: ArrayLike) -> tuple[Array, float]:
    """Solve diag(L, 1) X_0 = ± X_z diag(L, 1) for the linear L in the identity component.

    Each sign is an inhomogeneous linear least-squares problem for the n² entries of L. It is unique if and
    only if the base symmetry does not fix the origin. Of the two answers one preserves orientation; taking
    the smaller residual instead gives a reflection about as often as not.

    Parameters
    ----------
    base, other : array_like, shape (3, 3)
        Affine generators X_0 and X_z with linear parts of eigenvalues ±i.

    Returns
    -------
    left : ndarray, shape (2, 2)
        L, with positive determinant.
    residual : float
        Root mean square of the equations left over.

    Raises
    ------
    ValueError
        When the base symmetry fixes the origin, or neither sign gives a positive determinant.
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
    connected = [(left, residual) for left, residual in found if np.linalg.det(left) > 0.0]
    if not connected:
        raise ValueError(
            "base and other must be related by a map that preserves orientation, got determinants "
            f"{[float(np.linalg.det(left)) for left, _ in found]}"
        )
    return min(connected, key=lambda pair: pair[1])


def invariant_form(generators: ArrayLike) -> Array:
    """Return the inner product on the plane that rotation generators keep, averaged over them.

    Parameters
    ----------
    generators : array_like, shape (k, 3, 3)
        Affine generators with linear parts of eigenvalues near ±i.

    Returns
    -------
    ndarray, shape (2, 2)
        P, symmetric and positive definite with determinant 1: XᵀP + PX = 0 on average.
    """
    linear = as_array("generators", generators, ("...", 3, 3))[..., :2, :2]
    linear = linear - 0.5 * np.trace(linear, axis1=-2, axis2=-1)[..., None, None] * np.eye(2)
    # If X² = −I then P = I + XᵀX satisfies XᵀP + PX = 0 exactly.
    form = np.eye(2) + (np.swapaxes(linear, -1, -2) @ linear)
    form = form / np.sqrt(np.linalg.det(form))[..., None, None]
    mean = form.reshape(-1, 2, 2).mean(axis=0)
    return mean / np.sqrt(np.linalg.det(mean))


def left_actions(generators: ArrayLike, base_index: int = 0) -> tuple[Array, Array, Array]:
    """Return the left actions that carry the base task to each task.

    Parameters
    ----------
    generators : array_like, shape (k, 3, 3)
        One affine generator a task, from `task_generator`.
    base_index : int, optional
        Which of them is the base task.

    Returns
    -------
    left : ndarray, shape (k, 2, 2)
        The L_k in the compact group that keeps the common inner product; the identity for the base task.
    residuals : ndarray, shape (k,)
        What each intertwiner leaves over, with how far it was from the compact group.
    form : ndarray, shape (2, 2)
        The inner product P that the group keeps.
    """
    generators = as_array("generators", generators, ("k", 3, 3))
    form = invariant_form(generators)
    left, residuals = [], []
    for generator in generators:
        raw, residual = intertwiner(generators[base_index], generator)
        # Before the logarithm: an element off the compact group has a logarithm off its algebra.
        compact = lie.polar_factor(raw, form)
        left.append(compact)
        residuals.append(max(residual, float(np.abs(raw - compact).max())))
    left[base_index] = np.eye(2)
    residuals[base_index] = 0.0
    return np.array(left), np.array(residuals), form
