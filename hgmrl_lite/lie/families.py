"""The Lie algebras that the workbook meets, each with its usual basis."""

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.lie.algebra import LieAlgebra
from hgmrl_lite.lie.so3 import so3_hat


def so(n: int) -> LieAlgebra:
    """Return so(n): the skew matrices, which generate the rotations about the origin.

    Parameters
    ----------
    n : int
        Dimension of the space, at least 2.

    Returns
    -------
    LieAlgebra
        Dimension n (n - 1) / 2. For n = 2 the basis is J, for n = 3 coordinates are rotation vectors, beyond
        it has one generator for each i < j in lexicographic order, which turns axis i towards axis j.

    Raises
    ------
    ValueError
        When ``n`` is below 2.

    Examples
    --------
    >>> so(3)
    LieAlgebra(so(3), dimension 3, linear on R^3)
    """
    return LieAlgebra(_skew(as_count("n", n, 2)), name=f"so({n})")


def se(n: int) -> LieAlgebra:
    """Return se(n): the rigid motions of R^n, the generators of so(n) first, then the translations.

    Parameters
    ----------
    n : int
        Dimension of the space, at least 2.

    Returns
    -------
    LieAlgebra
        Affine, of dimension n (n + 1) / 2.

    Raises
    ------
    ValueError
        When ``n`` is below 2.
    """
    return LieAlgebra(_affine(_skew(as_count("n", n, 2))), affine=True, name=f"se({n})")


def translations(n: int) -> LieAlgebra:
    """Return the translations of R^n, along one axis after the other.

    Parameters
    ----------
    n : int
        Dimension of the space.

    Returns
    -------
    LieAlgebra
        Affine, of dimension n.

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    empty = np.zeros((0, as_count("n", n), n))
    return LieAlgebra(_affine(empty), affine=True, name=f"translations({n})")


def scalings(n: int) -> LieAlgebra:
    """Return the scalings of R^n about the origin.

    Parameters
    ----------
    n : int
        Dimension of the space.

    Returns
    -------
    LieAlgebra
        Dimension 1, with the generator I: all axes scale alike.

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    return LieAlgebra(np.eye(as_count("n", n))[None], name=f"scalings({n})")


def rotations_about(centre: ArrayLike) -> LieAlgebra:
    """Return the rotations of R^n about a point c, with generators [[A, -A c], [0, 0]], A from so(n).

    Parameters
    ----------
    centre : array_like, shape (n,)
        The fixed point c, n at least 2.

    Returns
    -------
    LieAlgebra
        Affine, of dimension n (n - 1) / 2.

    Raises
    ------
    ValueError
        When ``centre`` is not a point of at least two coordinates.
    """
    centre = as_array("centre", centre, ("n",))
    if len(centre) < 2:
        raise ValueError(f"centre must have at least 2 coordinates, got {centre}")
    rotations = _skew(len(centre))
    basis = np.pad(rotations, ((0, 0), (0, 1), (0, 1)))
    basis[:, :-1, -1] = -rotations @ centre
    return LieAlgebra(basis, affine=True, name=f"so({len(centre)}) about a point")


def _skew(n: int) -> Array:
    """Return the usual basis of the skew n×n matrices."""
    if n == 3:
        return so3_hat(np.eye(3))
    rows, columns = np.triu_indices(n, 1)
    basis = np.zeros((len(rows), n, n))
    index = np.arange(len(rows))
    basis[index, columns, rows] = 1.0
    basis[index, rows, columns] = -1.0
    return basis


def _affine(linear: Array) -> Array:
    """Return linear generators as homogeneous ones, followed by the translations."""
    n = linear.shape[-1]
    shifts = np.zeros((n, n + 1, n + 1))
    shifts[:, :n, n] = np.eye(n)
    return np.concatenate([np.pad(linear, ((0, 0), (0, 1), (0, 1))), shifts])
