"""Frames: the coordinates in which an inner product is the standard one, what keeps it, changes of units."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array

#: Generators of unit speed may move an inner product by so much and still count as keeping it.
NEARLY_KEPT = 0.25


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

    @property
    def form(self) -> Array:
        """P, of determinant 1."""
        form = self.root.T @ self.root
        return np.asarray(form * np.exp(-np.linalg.slogdet(form)[1] / len(form)))

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
        return self.outside(np.tensordot(null_space(traces, 0.5), symmetric, axes=1))

    def stretch(self, matrices: Array) -> Array:
        """Return the mean squared logarithm of the stretches (...) of matrices (..., n, n)."""
        stretches = np.linalg.svd(self.inside(matrices), compute_uv=False)
        return np.asarray(np.square(np.log(np.maximum(stretches, 1e-12))).mean(axis=-1))

    def skew_part(self, generators: Array) -> Array:
        """Return the part of generators (d, n, n) that keeps P."""
        return self.outside(skew(self.inside(generators)))


def skew(matrices: Array) -> Array:
    """Return the skew part of matrices (..., n, n)."""
    return 0.5 * (matrices - matrices.swapaxes(-1, -2))


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


def homogeneous(matrices: Array) -> Array:
    """Return linear maps (..., n, n) as homogeneous ones (..., n + 1, n + 1)."""
    n = matrices.shape[-1]
    out = np.zeros((*matrices.shape[:-2], n + 1, n + 1))
    out[..., :n, :n], out[..., n, n] = matrices, 1.0
    return out


def in_units(matrices: Array, scale: Array) -> Array:
    """Return matrices (..., n, n), or homogeneous ones, for states whose numbers are ``scale`` (n,) times."""
    lifted = np.append(scale, np.ones(matrices.shape[-1] - len(scale)))
    return np.asarray(matrices * (lifted[:, None] / lifted))


def binary_units(states: Array) -> Array:
    """Return the power of two next to the spread of each coordinate of states (N, n), shape (n,).

    Dividing by it rounds nothing.

    Raises
    ------
    ValueError
        When a coordinate is constant.
    """
    spread = states.std(axis=0)
    if not (spread > 0.0).all():
        raise ValueError(
            "tasks must hold states whose coordinates all vary, got a constant coordinate "
            f"{int(np.argmin(spread > 0.0))}: leave it out"
        )
    return np.asarray(np.exp2(np.round(np.log2(spread))))


def form_in_units(form: Array, scale: Array) -> Array:
    """Return an inner product (n, n) of determinant 1 for states whose numbers are ``scale`` (n,) times."""
    unit = np.exp(np.log(scale).mean()) / scale
    return form * np.outer(unit, unit)


def skew_parts(generators: Array, scale: Array) -> tuple[Array, Array]:
    """Return the parts of linear generators (d, n, n) that keep an inner product, and that.

    It is the nearest to the unit one in the frame of ``scale`` (n, n).
    """
    frame = Frame(np.asarray(np.linalg.inv(scale)), scale)
    form = frame.root.T @ kept_form(frame.inside(generators)) @ frame.root
    return Frame.of(form).skew_part(generators), form


def kept_form(generators: Array) -> Array:
    """Return the inner product nearest to I that linear generators (d, n, n) keep, or I if there is none."""
    n = generators.shape[-1] if generators.ndim == 3 else 1
    basis = symmetric_basis(n)
    moved = np.einsum("dji,bjk->dbik", generators, basis)
    moved = moved + moved.swapaxes(-1, -2)
    gram = np.einsum("dbik,dcik->bc", moved, moved)
    values, vectors = np.linalg.eigh(gram)
    small = vectors[:, values <= NEARLY_KEPT**2 * max(float(values[-1]), np.finfo(float).tiny)]
    nearest = small @ (small.T @ np.einsum("bii->b", basis))
    form = np.tensordot(nearest, basis, axes=1)
    return form if len(small) and np.linalg.eigvalsh(form)[0] > 0.0 else np.eye(n)
