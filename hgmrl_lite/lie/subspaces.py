"""Linear algebra on the span of generators: brackets, angles, and the inner products that a group preserves.

A connected matrix group is relatively compact iff some inner product is preserved by all of it, that is iff
W^T P + P W = 0 has a positive definite solution P common to all generators; an affine one also fixes a point.
"""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import null_space, scaled_norm
from hgmrl_lite._validate import Array, as_array, as_square, tolerance

#: A basis scaled to norm 1 with a singular value below this is dependent.
DEPENDENT = 1e-9
_EPS = float(np.finfo(np.float64).eps)


@runtime_checkable
class HasBasis(Protocol):
    """What has a basis of generators, such as a LieAlgebra."""

    affine: bool

    @property
    def basis(self) -> Array:
        """The generators, shape (d, n, n)."""


def bracket(left: ArrayLike, right: ArrayLike) -> Array:
    """Return the Lie bracket [X, Y] = XY - YX of matrices.

    Parameters
    ----------
    left, right : array_like, shape (..., n, n)
        Matrices X and Y; their batch axes broadcast.

    Returns
    -------
    ndarray, shape (..., n, n)
        XY - YX.

    Raises
    ------
    ValueError
        When the matrices are not square or not of one size.
    """
    left = as_square("left", left)
    right = as_square("right", right)
    if left.shape[-1] != right.shape[-1]:
        raise ValueError(f"left and right must have one size, got {left.shape} and {right.shape}")
    return left @ right - right @ left


def principal_angles(first: HasBasis | ArrayLike, second: HasBasis | ArrayLike) -> Array:
    """Return the principal angles between two algebras as subspaces of the matrices, smallest first.

    The Frobenius inner product is not invariant under conjugation: centre and scale points alike before
    angles of different data sets are compared.

    Parameters
    ----------
    first, second : LieAlgebra or array_like, shape (..., d, n, n)
        Algebras, or batches of bases whose batch axes broadcast.

    Returns
    -------
    ndarray, shape (..., min(d_1, d_2))
        Angles in radians, in [0, π/2], in the Frobenius inner product; accurate for small angles too.

    Raises
    ------
    ValueError
        When the matrices differ in size, one algebra is affine and the other linear, or a basis is not
        independent.
    """
    if len({algebra.affine for algebra in (first, second) if isinstance(algebra, HasBasis)}) > 1:
        raise ValueError("first and second must both be linear or both be affine, got one of each")
    frames = []
    given: tuple[tuple[str, Any], ...] = (("first", first), ("second", second))
    for name, value in given:
        basis = as_array(name, getattr(value, "basis", value), ("...", "d", "n", "n"))
        flat = basis.reshape(*basis.shape[:-2], -1)
        norms = scaled_norm(flat)[..., None]
        left, values, right = np.linalg.svd(flat / np.where(norms > 0.0, norms, 1.0), full_matrices=False)
        if flat.shape[-2] > flat.shape[-1] or (values <= DEPENDENT).any():
            raise ValueError(f"{name} must be linearly independent generators, got a basis of lower rank")
        frames.append(left @ right)
    one, two = frames
    if one.shape[-1] != two.shape[-1]:
        raise ValueError(f"first and second must have matrices of one size, got {one.shape} and {two.shape}")
    if one.shape[-2] < two.shape[-2]:
        one, two = two, one
    overlap = two @ one.swapaxes(-1, -2)
    cosines = np.linalg.svd(overlap, compute_uv=False)
    # Cosines are blind to small angles, sines to right ones: each where it is accurate. (SciPy's
    # ``subspace_angles`` does the same for one pair.)
    sines = np.linalg.svd(two - overlap @ one, compute_uv=False)[..., : two.shape[-2]][..., ::-1]
    return np.where(
        cosines > np.sqrt(0.5), np.arcsin(np.minimum(sines, 1.0)), np.arccos(np.minimum(cosines, 1.0))
    )


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


def find_inner_product(generators: ArrayLike, tol: float = 1e-6) -> Array | None:
    """Return an inner product that linear generators keep skew: W^T P + P W = 0 for each, or None.

    If there is one, the group is relatively compact and the average of g^T g over it is another. That average
    is the projection of I onto the invariant symmetric forms along the span of all W^T P + P W, which is
    linear algebra; so the test is exact: the projection is positive definite iff an inner product exists.

    Parameters
    ----------
    generators : array_like, shape (d, n, n)
        Linear generators.
    tol : float, optional
        How far from invariant P may be, with each generator scaled to norm 1.

    Returns
    -------
    ndarray, shape (n, n), or None
        P, symmetric positive definite with trace n; I when every generator is skew.

    Raises
    ------
    ValueError
        When ``generators`` has another shape or ``tol`` is not positive.
    """
    tolerance(tol, positive=True)
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


def _symmetric_basis(n: int) -> Array:
    """Return an orthonormal basis (n (n + 1) / 2, n, n) of the symmetric matrices."""
    rows, columns = np.triu_indices(n)
    basis = np.zeros((len(rows), n, n))
    index = np.arange(len(rows))
    weight = np.where(rows == columns, 1.0, np.sqrt(0.5))
    basis[index, rows, columns] = weight
    basis[index, columns, rows] = weight
    return basis
