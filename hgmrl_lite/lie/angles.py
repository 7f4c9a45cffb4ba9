"""Principal angles between Lie algebras as subspaces of the matrices."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import scaled_norm
from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.lie.algebra import DEPENDENT, LieAlgebra


def principal_angles(first: LieAlgebra | ArrayLike, second: LieAlgebra | ArrayLike) -> Array:
    """Return the principal angles between two algebras as subspaces of the matrices, smallest first.

    The Frobenius inner product is not invariant under conjugation: centre and scale points alike before
    angles of different data sets are compared.

    Parameters
    ----------
    first, second : LieAlgebra or array_like, shape (..., d, n, n)
        Algebras, or batches of bases whose batch axes broadcast. A linear algebra that meets an affine one is
        taken as affine maps.

    Returns
    -------
    ndarray, shape (..., min(d_1, d_2))
        Angles in radians, in [0, π/2], in the Frobenius inner product; accurate for small angles too.

    Raises
    ------
    ValueError
        When the matrices differ in size, or a basis is not independent.
    """
    if isinstance(first, LieAlgebra) and isinstance(second, LieAlgebra) and first.affine != second.affine:
        first, second = first.homogeneous(), second.homogeneous()
    frames = []
    for name, value in (("first", first), ("second", second)):
        basis = as_array(
            name, value.basis if isinstance(value, LieAlgebra) else value, ("...", "d", "n", "n")
        )
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
    # Cosines are blind to small angles, sines to right ones: each where it is accurate.
    sines = np.linalg.svd(two - overlap @ one, compute_uv=False)[..., : two.shape[-2]][..., ::-1]
    return np.where(
        cosines > np.sqrt(0.5), np.arcsin(np.minimum(sines, 1.0)), np.arccos(np.minimum(cosines, 1.0))
    )
