"""Linear and affine actions, given by matrices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_square
from hgmrl_lite.actions.action import Action, invertible


@dataclass(frozen=True, eq=False)
class LinearAction(Action):
    """The action p ↦ L p.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Invertible L; batch axes broadcast against those of the points.

    Raises
    ------
    ValueError
        When a matrix is not square, not finite, or singular.

    Examples
    --------
    >>> quarter = LinearAction([[0, -1], [1, 0]])
    >>> quarter([1.0, 0.0])
    array([0., 1.])
    """

    matrix: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", invertible("matrix", self.matrix))

    @property
    def homogeneous(self) -> Array:
        """The matrix as an affine map, shape (..., n + 1, n + 1)."""
        n = self.matrix.shape[-1]
        out = np.zeros((*self.matrix.shape[:-2], n + 1, n + 1))
        out[..., :n, :n] = self.matrix
        out[..., n, n] = 1.0
        return out

    def __call__(self, points: ArrayLike) -> Array:
        """Return L p for points (..., n)."""
        return _apply(self.matrix, as_array("points", points, ("...", self.matrix.shape[-1])))

    def inverse(self) -> "LinearAction":
        """Return the action of L⁻¹."""
        return LinearAction(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def jacobian(self, points: ArrayLike) -> Array:
        """Return L at every point, shape (..., n, n)."""
        points = as_array("points", points, ("...", self.matrix.shape[-1]))
        batch = np.broadcast_shapes(points.shape[:-1], self.matrix.shape[:-2])
        return np.broadcast_to(self.matrix, (*batch, *self.matrix.shape[-2:]))

    def __matmul__(self, other: Action) -> Action:
        """Return the action of the product: ``other`` first, then this one."""
        if isinstance(other, LinearAction):
            return LinearAction(_product(self.matrix, other.matrix))
        if isinstance(other, AffineAction):
            return AffineAction(_product(self.homogeneous, other.matrix))
        return super().__matmul__(other)


@dataclass(frozen=True, eq=False)
class AffineAction(Action):
    """The action p ↦ L p + t, given as the homogeneous matrix [[L, t], [0, 1]].

    Parameters
    ----------
    matrix : array_like, shape (..., n + 1, n + 1)
        Invertible homogeneous matrices; batch axes broadcast against those of the points.

    Raises
    ------
    ValueError
        When a matrix is not square, not finite, singular, or has another last row.

    Examples
    --------
    >>> AffineAction([[1, 0, 2], [0, 1, 0], [0, 0, 1]])([1.0, 0.0])
    array([3., 0.])
    """

    matrix: Array

    def __post_init__(self) -> None:
        matrix = as_square("matrix", self.matrix)
        n = matrix.shape[-1] - 1
        if n < 1 or np.abs(matrix[..., n, :] - np.eye(n + 1)[n]).max(initial=0.0) > 1e-10:
            raise ValueError(f"matrix must be homogeneous, with last row (0, ..., 0, 1), got\n{matrix}")
        # However far it shifts, an affine map is invertible when its linear part is.
        invertible("matrix", matrix[..., :n, :n])
        object.__setattr__(self, "matrix", matrix)

    @property
    def homogeneous(self) -> Array:
        """The matrix itself."""
        return self.matrix

    def __call__(self, points: ArrayLike) -> Array:
        """Return L p + t for points (..., n)."""
        n = self.matrix.shape[-1] - 1
        moved = _apply(self.matrix[..., :n, :n], as_array("points", points, ("...", n)))
        return moved + self.matrix[..., :n, n]

    def inverse(self) -> "AffineAction":
        """Return the action of the inverse."""
        return AffineAction(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def jacobian(self, points: ArrayLike) -> Array:
        """Return L at every point, shape (..., n, n)."""
        n = self.matrix.shape[-1] - 1
        return LinearAction(self.matrix[..., :n, :n]).jacobian(points)

    def __matmul__(self, other: Action) -> Action:
        """Return the action of the product: ``other`` first, then this one."""
        if isinstance(other, LinearAction | AffineAction):
            return AffineAction(_product(self.matrix, other.homogeneous))
        return super().__matmul__(other)


def _apply(matrix: Array, points: Array) -> Array:
    """Return L p, batch axes broadcast."""
    if matrix.ndim == 2:
        return points @ matrix.T
    return np.asarray((matrix @ points[..., None])[..., 0])


def _product(left: Array, right: Array) -> Array:
    """Return the matrix product of two elements that act on the same space."""
    if left.shape[-1] != right.shape[-1]:
        raise ValueError(
            f"actions must act on one space to be composed, got matrices {left.shape} and {right.shape}"
        )
    return left @ right
