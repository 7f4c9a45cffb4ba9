"""Inner products that a group preserves, its fixed point, and the nearest element that preserves one.

A connected matrix group is relatively compact iff some inner product is preserved by all of it, that is iff
W^T P + P W = 0 has a positive definite solution P common to all generators; an affine one also fixes a point.
"""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import null_space, scaled_norm
from hgmrl_lite._validate import Array, as_array, as_square, is_double, tolerance

_EPS = float(np.finfo(np.float64).eps)


def polar_factor(matrix: ArrayLike, inner_product: ArrayLike | None = None) -> Array:
    """Return the nearest matrices that preserve an inner product.

    With P = C^T C and C L C⁻¹ = U Σ V^T, that is C⁻¹ U V^T C: the orthogonal factor of the polar
    decomposition, taken where the inner product is the standard one. It keeps the sign of det L.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Invertible matrices L.
    inner_product : array_like, shape (n, n), optional
        Symmetric positive definite P; the identity when left out.

    Returns
    -------
    ndarray, shape (..., n, n)
        Matrices Q with Q^T P Q = P, nearest to L in the norm ‖C · C⁻¹‖_F.

    Raises
    ------
    ValueError
        When a matrix is singular (its polar factor is not unique), or ``inner_product`` is not symmetric
        positive definite.

    Examples
    --------
    >>> polar_factor([[0.0, -3.0], [1.0, 0.0]]).round(3) + 0.0
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    matrix = as_square("matrix", matrix)
    n = matrix.shape[-1]
    root = np.eye(n) if inner_product is None else inner_product_root(inner_product, n)
    inverse = np.linalg.inv(root)
    left, stretch, right = np.linalg.svd(root @ matrix @ inverse)
    if (stretch[..., -1:] <= n * _EPS * stretch[..., :1]).any():
        raise ValueError(
            "matrix must be invertible for its polar factor to be unique, got smallest singular value "
            f"{stretch[..., -1].min():.3g}"
        )
    return np.asarray(inverse @ left @ right @ root)


def inner_product_root(inner_product: ArrayLike, n: int) -> Array:
    """Return C with P = C^T C, or raise a ValueError when P is not symmetric positive definite.

    Parameters
    ----------
    inner_product : array_like, shape (n, n)
        The matrix P.
    n : int
        The dimension that is needed.

    Returns
    -------
    ndarray, shape (n, n)
        The upper triangular Cholesky factor.

    Raises
    ------
    ValueError
        When P is not symmetric positive definite.
    """
    form = as_array("inner_product", inner_product, (n, n))
    if np.abs(form - form.T).max(initial=0.0) > 1e-8 * np.abs(form).max(initial=0.0):
        raise ValueError(f"inner_product must be symmetric, got\n{form}")
    try:
        return np.asarray(np.linalg.cholesky(0.5 * (form + form.T))).T
    except np.linalg.LinAlgError as error:
        values = np.linalg.eigvalsh(0.5 * (form + form.T))
        raise ValueError(f"inner_product must be positive definite, got eigenvalues {values}") from error


def find_inner_product(generators: ArrayLike, tol: float | None = None) -> Array | None:
    """Return an inner product that linear generators keep skew: W^T P + P W = 0 for each, or None.

    If there is one, the group is relatively compact and the average of g^T g over it is another. That average
    is the projection of I onto the invariant symmetric forms along the span of all W^T P + P W, which is
    linear algebra; so the test is exact: the projection is positive definite iff an inner product exists.

    Parameters
    ----------
    generators : array_like, shape (d, n, n)
        Linear generators.
    tol : float, optional
        How far from invariant P may be, with each generator scaled to norm 1: 1e-8 when left out, 1e-5 for
        generators that came as float32.

    Returns
    -------
    ndarray, shape (n, n), or None
        P, symmetric positive definite with trace n; I when every generator is skew.

    Raises
    ------
    ValueError
        When ``generators`` has another shape or ``tol`` is not positive.
    """
    tol = tolerance(tol, is_double(generators), positive=True)
    generators = as_array("generators", generators, ("d", "n", "n"))
    n = generators.shape[-1]
    norms = scaled_norm(generators, 2)
    unit: Array = generators[norms > 0.0] / norms[norms > 0.0, None, None]
    forms = _symmetric_basis(n)
    # Each W acts on symmetric forms by P ↦ W^T P + P W; this is its matrix in an orthonormal basis of them.
    moved = np.einsum("wji,ajk->waik", unit, forms)
    moved += moved.swapaxes(-1, -2)
    action = np.einsum("bik,waik->wba", forms, moved)
    invariant = null_space(action.reshape(-1, len(forms)), tol)
    annihilator = null_space(action.swapaxes(-1, -2).reshape(-1, len(forms)), tol)
    if not len(invariant) or len(invariant) != len(annihilator):
        return None
    pairing = annihilator @ invariant.T
    if np.linalg.svd(pairing, compute_uv=False)[-1] <= tol:
        return None
    identity = np.einsum("aii->a", forms)
    weights = np.asarray(np.linalg.solve(pairing, annihilator @ identity)) @ invariant
    form = np.tensordot(weights, forms, axes=1)
    values = np.linalg.eigvalsh(form)
    if values[0] <= tol * values[-1]:
        return None
    return np.asarray(form * (n / np.trace(form)))


def find_fixed_point(generators: ArrayLike, tol: float | None = None) -> Array | None:
    """Return the point c that affine generators [[A, b], [0, 0]] fix, A c + b = 0 for each, or None.

    Parameters
    ----------
    generators : array_like, shape (d, n + 1, n + 1)
        Homogeneous generators.
    tol : float, optional
        Largest residual, relative to the size of the b: 1e-8 when left out, 1e-5 for generators that came as
        float32.

    Returns
    -------
    ndarray, shape (n,), or None
        The common fixed point, the one nearest to the origin when there are several.

    Raises
    ------
    ValueError
        When ``generators`` has another shape or ``tol`` is not positive.
    """
    tol = tolerance(tol, is_double(generators), positive=True)
    generators = as_array("generators", generators, ("d", "m", "m"))
    n = generators.shape[-1] - 1
    norms = scaled_norm(generators[:, :n, :n], 2)
    scale = np.where(norms > 0.0, norms, 1.0)[:, None, None]
    linear = (generators[:, :n, :n] / scale).reshape(-1, n)
    shift = (generators[:, :n, n:] / scale).reshape(-1)
    point = np.linalg.lstsq(linear, -shift, rcond=tol)[0]
    if scaled_norm(linear @ point + shift) > tol * scaled_norm(shift):
        return None
    return np.asarray(point)


def _symmetric_basis(n: int) -> Array:
    """Return an orthonormal basis (n (n + 1) / 2, n, n) of the symmetric matrices."""
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    index = np.arange(len(rows))
    weight = np.where(rows == columns, 1.0, np.sqrt(0.5))
    basis[index, rows, columns] = weight
    basis[index, columns, rows] = weight
    return basis
