"""Inner products: those that tasks' own symmetries keep, and those that maps between tasks keep."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, fdtri

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.hereditary.evidence import BOUND, ERRORS, UNCOVERED, strain_defect
from hgmrl_lite.hereditary.frame import Frame, symmetric_basis
from hgmrl_lite.hereditary.own_symmetry import OwnSymmetry

#: Relative error of the inner product that the system's symmetries give.
ROUGH = 0.05


def invariant_form(generators: ArrayLike) -> Array:
    """Return the inner product on the plane that rotation generators keep, averaged over them.

    Own symmetries of tasks give the tasks' own form: elliptic rewards have an elliptic one in a round system.

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
    return np.asarray(mean / np.sqrt(np.linalg.det(mean)))


def form_error(own: Sequence[OwnSymmetry], form: Array) -> float:
    """Return the standard error of an inner product, per entry, as rotation generators see it.

    In the frame where it is I. Each own symmetry keeps a form of its own: what these differ by (of two tasks,
    what their errors say), and how far their mean is from the form.

    Parameters
    ----------
    own : sequence of OwnSymmetry
        All with a generator.
    form : ndarray, shape (2, 2)
        P.
    """
    inverse = np.linalg.inv(np.linalg.cholesky(form).T)

    def away(generator: Array) -> Array:
        return np.asarray(inverse.T @ invariant_form(generator[None]) @ inverse - np.eye(2)).ravel()

    seen = np.array([away(symmetry.generator) for symmetry in own if symmetry.generator is not None])
    stated = sum(float(np.trace(symmetry.covariance_of(away))) for symmetry in own) / len(own) ** 2
    mean = seen.mean(axis=0)
    if len(own) > 2:
        # From so few tasks: Hotelling's bound in units of the normal law's.
        few = 2 * (len(own) - 1)
        wider = float(2.0 * fdtri(2, few, 1.0 - UNCOVERED) / chdtri(2, UNCOVERED))
        stated = wider * float(np.square(seen - mean).sum()) / (len(own) * (len(own) - 1))
    # Two entries are free: the determinant is 1.
    return float(np.sqrt((stated + float(mean @ mean)) / 2.0))


def stretches(
    left: Array, covariance: Array, form: Array, bound: float = BOUND, errors: float = ERRORS
) -> bool:
    """Return whether a map stretches more than a map of a group that keeps the inner product may.

    By more than ``bound``, even when so many standard ``errors`` are allowed for.
    """
    found = strain_defect(left, covariance, form)
    return bool(found.square - errors * found.error > bound**2)


def sharpened_form(form: Array, raw: Array, covariance: Array, prior: float = ROUGH) -> tuple[Array, float]:
    """Return the inner product that maps keep as well, near one that is only known roughly, and its error.

    Least squares for P in LᵀPL = P, in the frame of the rough one, which is known to within ``prior`` per
    entry, each map by its own error; when the maps stretch more than their errors and the bound explain, the
    rough one. The error is the standard error per entry, in the frame where the form is I.
    """
    if any(stretches(matrix, spread, form) for matrix, spread in zip(raw, covariance, strict=True)):
        return form, prior
    n, frame = len(form), Frame.of(form)
    basis, (rows, columns) = symmetric_basis(n), np.triu_indices(n)
    # Entries of a symmetric matrix, not coordinates in an orthonormal basis.
    basis = basis / basis[np.arange(len(rows)), rows, columns][:, None, None]
    systems, targets = [np.eye(len(rows)) / prior], [np.zeros(len(rows))]
    for inside, spread in zip(frame.inside(raw), covariance, strict=True):
        error = np.sqrt(np.trace(spread) / n**2) + ROUGH**2
        moved = (inside.T @ basis @ inside - basis)[:, rows, columns]
        systems.append(moved.T / error)
        targets.append((np.eye(n) - inside.T @ inside)[rows, columns] / error)
    system = np.vstack(systems)
    change = np.linalg.lstsq(system, np.concatenate(targets))[0]
    rough = float(np.sqrt(np.trace(np.linalg.inv(system.T @ system)) / len(rows)))
    kept = np.eye(n) + np.tensordot(change, basis, axes=1)
    if np.linalg.eigvalsh(kept)[0] <= 0.0:
        return form, rough
    sharp = frame.root.T @ kept @ frame.root
    return sharp / np.linalg.det(sharp) ** (1.0 / n), rough
