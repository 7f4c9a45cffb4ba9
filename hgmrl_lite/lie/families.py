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


def gl(n: int) -> LieAlgebra:
    """Return gl(n): all matrices, with the basis of single ones E_11, E_12, ..., E_nn.

    Parameters
    ----------
    n : int
        Dimension of the space.

    Returns
    -------
    LieAlgebra
        Dimension n².

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    return LieAlgebra(_single(as_count("n", n)), name=f"gl({n})")


def sl(n: int) -> LieAlgebra:
    """Return sl(n): the matrices of trace 0, which keep volumes.

    Parameters
    ----------
    n : int
        Dimension of the space, at least 2.

    Returns
    -------
    LieAlgebra
        Dimension n² - 1: the E_ij off the diagonal, then E_ii - E_(i+1)(i+1).

    Raises
    ------
    ValueError
        When ``n`` is below 2.
    """
    singles = _single(as_count("n", n, 2)).reshape(n, n, n, n)
    index = np.arange(n)
    off = singles[index[:, None] != index[None, :]]
    diagonal = singles[index[:-1], index[:-1]] - singles[index[1:], index[1:]]
    return LieAlgebra(np.concatenate([off, diagonal]), name=f"sl({n})")


def aff(n: int) -> LieAlgebra:
    """Return aff(n): all affine maps, the generators of gl(n) first, then the translations.

    Parameters
    ----------
    n : int
        Dimension of the space.

    Returns
    -------
    LieAlgebra
        Affine, of dimension n (n + 1).

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    return LieAlgebra(_affine(_single(as_count("n", n))), affine=True, name=f"aff({n})")


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


def scalings(n: int, uniform: bool = True) -> LieAlgebra:
    """Return the scalings of R^n about the origin.

    Parameters
    ----------
    n : int
        Dimension of the space.
    uniform : bool
        Whether all axes scale alike, with the one generator I; else each on its own, with E_11, ..., E_nn.

    Returns
    -------
    LieAlgebra
        Dimension 1, or n when not uniform.

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    identity = np.eye(as_count("n", n))
    if uniform:
        return LieAlgebra(identity[None], name=f"scalings({n})")
    return LieAlgebra(identity[:, :, None] * identity[:, None, :], name=f"axis scalings({n})")


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


def _single(n: int) -> Array:
    """Return the matrices E_ij, shape (n², n, n)."""
    return np.eye(n * n).reshape(n * n, n, n)


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
