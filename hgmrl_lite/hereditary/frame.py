"""Frames: the coordinates in which an inner product is the standard one, and changes of units."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hgmrl_lite._validate import Array


@dataclass(frozen=True, eq=False)
class Frame:
    """The coordinates q = C p in which the inner product P = CᵀC is the standard one.

    A group that keeps P is orthogonal there: C L C⁻¹ for its elements, C W C⁻¹ skew for its generators.

    Parameters
    ----------
    root : ndarray, shape (n, n)
        C.
    inverse : ndarray, shape (n, n)
        C⁻¹.
    """

    root: Array
    inverse: Array

    @classmethod
    def of(cls, form: Array) -> "Frame":
        """Return the frame of an inner product (n, n), with C upper triangular."""
        root = np.asarray(np.linalg.cholesky(form).T)
        return cls(root, np.asarray(np.linalg.inv(root)))

    @classmethod
    def of_scale(cls, scale: Array) -> "Frame":
        """Return the frame in units of a matrix (n, n), such as a square root of a covariance."""
        return cls(np.asarray(np.linalg.inv(scale)), scale)

    def inside(self, matrices: Array) -> Array:
        """Return C M C⁻¹ for matrices (..., n, n)."""
        return np.asarray(self.root @ matrices @ self.inverse)

    def outside(self, matrices: Array) -> Array:
        """Return C⁻¹ Q C for matrices (..., n, n) in the frame."""
        return np.asarray(self.inverse @ matrices @ self.root)

    @cached_property
    def turns(self) -> Array:
        """Generators (n (n − 1) / 2, n, n) of all maps that keep P, each of unit speed in one plane."""
        n = len(self.root)
        rows, columns = np.triu_indices(n, 1)
        basis = np.zeros((len(rows), n, n))
        basis[np.arange(len(rows)), columns, rows], basis[np.arange(len(rows)), rows, columns] = 1.0, -1.0
        return self.outside(basis)

    @cached_property
    def strains(self) -> Array:
        """Generators (n (n + 1) / 2 − 1, n, n) of volume-preserving stretches, orthonormal in the frame."""
        symmetric = symmetric_basis(len(self.root))
        traces = np.trace(symmetric, axis1=1, axis2=2)[None] / np.sqrt(len(self.root))
        # All symmetric matrices but the multiples of I.
        return self.outside(np.tensordot(np.linalg.svd(traces)[2][1:], symmetric, axes=1))

    def stretch(self, matrices: Array) -> Array:
        """Return the mean squared logarithm of the stretches (...) of matrices (..., n, n)."""
        stretches = np.linalg.svd(self.inside(matrices), compute_uv=False)
        return np.asarray(np.square(np.log(np.maximum(stretches, 1e-12))).mean(axis=-1))

    def skew_part(self, generators: Array) -> Array:
        """Return the part of generators (d, n, n) that keeps P."""
        inside = self.inside(generators)
        return self.outside(0.5 * (inside - inside.swapaxes(-1, -2)))


def symmetric_basis(n: int) -> Array:
    """Return an orthonormal basis (n (n + 1) / 2, n, n) of the symmetric matrices."""
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    weight = np.where(rows == columns, 1.0, np.sqrt(0.5))
    basis[np.arange(len(rows)), rows, columns] = basis[np.arange(len(rows)), columns, rows] = weight
    return basis


def partners(matrices: Array, response: Array) -> Array:
    """Return B⁺ M B (..., m, m): what matrices (..., n, n) on states are on actions, by the response B."""
    return np.asarray(np.linalg.pinv(response) @ matrices @ response)


def in_units(matrices: Array, scale: Array) -> Array:
    """Return matrices (..., n, n), or homogeneous ones, for states whose numbers are ``scale`` (n,) times."""
    lifted = np.append(scale, np.ones(matrices.shape[-1] - len(scale)))
    return np.asarray(matrices * (lifted[:, None] / lifted))


def form_in_units(form: Array, scale: Array) -> Array:
    """Return an inner product (n, n) of determinant 1 for states whose numbers are ``scale`` (n,) times."""
    unit = np.exp(np.log(scale).mean()) / scale
    return form * np.outer(unit, unit)
