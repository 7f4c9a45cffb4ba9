"""Inner products that a group preserves, and the nearest element that preserves one."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.lie.matrix_functions import as_square

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
