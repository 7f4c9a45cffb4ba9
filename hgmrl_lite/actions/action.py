"""How one group element moves points, tangents, covectors, functions and policies; linear and affine ones."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_square

PointMap = Callable[[Array], ArrayLike]
_EPS = float(np.finfo(np.float64).eps)


class Action(ABC):
    """One group element g as an invertible map of points, p ↦ g p, and all that follows from it.

    ``action(points)`` moves points; ``g @ h`` is the element that does h first.
    """

    @abstractmethod
    def __call__(self, points: ArrayLike) -> Array:
        """Return g p for points (..., n)."""

    @abstractmethod
    def inverse(self) -> "Action":
        """Return the action of g⁻¹."""

    @abstractmethod
    def jacobian(self, points: ArrayLike) -> Array:
        """Return the differentials dg_p, shape (..., n, n), at points (..., n)."""

    def __matmul__(self, other: "Action") -> "Action":
        """Return the action of the product, ``other`` first; only elements of one kind have one."""
        return NotImplemented

    def push_tangent(self, points: ArrayLike, vectors: ArrayLike) -> Array:
        """Return dg_p v: tangents at p carried to g p.

        Parameters
        ----------
        points, vectors : array_like, shape (..., n)
            Points p and tangent vectors v at them; batch axes broadcast.

        Returns
        -------
        ndarray, shape (..., n)
            Tangent vectors at g p.

        Raises
        ------
        ValueError
            When the shapes do not fit.
        """
        jacobian = self.jacobian(points)
        vectors = as_array("vectors", vectors, ("...", jacobian.shape[-1]))
        return np.asarray((jacobian @ vectors[..., None])[..., 0])

    def push_covector(self, points: ArrayLike, covectors: ArrayLike) -> Array:
        """Return dg_p^{-T} n: covectors, such as normals of level sets, carried from p to g p.

        Not the way a tangent goes: only so does n · v stay what it was.

        Parameters
        ----------
        points, covectors : array_like, shape (..., n)
            Points p and covectors n at them; batch axes broadcast.

        Returns
        -------
        ndarray, shape (..., n)
            Covectors at g p, not normalised.

        Raises
        ------
        ValueError
            When the shapes do not fit.
        """
        transposed = self.jacobian(points).swapaxes(-1, -2)
        covectors = as_array("covectors", covectors, ("...", transposed.shape[-1]))
        return np.asarray(np.linalg.solve(transposed, covectors[..., None])[..., 0])

    def on_function(self, function: Callable[[Array], ArrayLike]) -> Callable[[ArrayLike], Array]:
        """Return g·f, the function p ↦ f(g⁻¹ p)."""
        back = self.inverse()

        def moved(points: ArrayLike) -> Array:
            """Return f(g⁻¹ p) for points (..., n)."""
            return np.asarray(function(back(points)))

        return moved

    def on_policy(
        self, policy: PointMap, action_map: "ArrayLike | Action | None" = None
    ) -> Callable[[ArrayLike], Array]:
        """Return g·π, the policy s ↦ K π(g⁻¹ s).

        Parameters
        ----------
        policy : callable
            Maps states (..., n) to actions (..., m).
        action_map : array_like (m, m) or Action, optional
            K_g, how g moves the policy's actions; the identity when left out.

        Returns
        -------
        callable
            Maps states to actions.

        Raises
        ------
        ValueError
            When ``action_map`` is not an invertible square matrix.
        """
        back = self.inverse()
        matrix = None
        if action_map is not None and not isinstance(action_map, Action):
            matrix = invertible("action_map", as_array("action_map", action_map, ("m", "m")))

        def moved(states: ArrayLike) -> Array:
            """Return K π(g⁻¹ s) for states (..., n)."""
            chosen = policy(back(states))
            if isinstance(action_map, Action):
                return action_map(chosen)
            if matrix is None:
                return np.asarray(chosen)
            return as_array("policy(states)", chosen, ("...", len(matrix))) @ matrix.T

        return moved


def invertible(name: str, value: ArrayLike) -> Array:
    """Return finite, square, invertible matrices (..., n, n), or raise a ValueError.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    value : array_like
        What the caller passed.

    Returns
    -------
    ndarray, shape (..., n, n)
        The matrices.

    Raises
    ------
    ValueError
        When they are not square, not finite, or singular.
    """
    matrix = as_square(name, value)
    n = matrix.shape[-1]
    if not n:
        raise ValueError(f"{name} must have at least one row, got shape {matrix.shape}")
    # Units are no singularity: rows and columns are first scaled to a largest entry of 1.
    scaled = matrix
    for axis in (-1, -2):
        peak = np.abs(scaled).max(axis=axis, keepdims=True)
        scaled = scaled / np.where(peak > 0.0, peak, 1.0)
    stretch = np.linalg.svd(scaled, compute_uv=False)
    singular = stretch[..., -1] <= n * _EPS * stretch[..., 0]
    if singular.any():
        raise ValueError(f"{name} must be invertible to act, got a singular matrix:\n{matrix[singular][0]}")
    return matrix


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

    @property
    def _linear(self) -> Array:
        """The linear part L, shape (..., n, n)."""
        return self.matrix

    def __call__(self, points: ArrayLike) -> Array:
        """Return g p for points (..., n)."""
        points = as_array("points", points, ("...", self._linear.shape[-1]))
        if self.matrix.ndim == 2:
            return points @ self._linear.T
        return np.asarray((self._linear @ points[..., None])[..., 0])

    def inverse(self) -> Self:
        """Return the action of g⁻¹."""
        return type(self)(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def jacobian(self, points: ArrayLike) -> Array:
        """Return L at every point, shape (..., n, n)."""
        points = as_array("points", points, ("...", self._linear.shape[-1]))
        batch = np.broadcast_shapes(points.shape[:-1], self.matrix.shape[:-2])
        return np.broadcast_to(self._linear, (*batch, *self._linear.shape[-2:]))

    def __matmul__(self, other: Action) -> Action:
        """Return the action of the product: ``other`` first, then this one."""
        if not isinstance(other, LinearAction):
            return super().__matmul__(other)
        kind = LinearAction if type(self) is type(other) is LinearAction else AffineAction
        left, right = (g.matrix if kind is type(g) else g.homogeneous for g in (self, other))
        if left.shape[-1] != right.shape[-1]:
            raise ValueError(
                f"actions must act on one space to be composed, got matrices {left.shape} and {right.shape}"
            )
        return kind(left @ right)


@dataclass(frozen=True, eq=False)
class AffineAction(LinearAction):
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

    @property
    def _linear(self) -> Array:
        """The linear part L, shape (..., n, n)."""
        return self.matrix[..., :-1, :-1]

    def __call__(self, points: ArrayLike) -> Array:
        """Return L p + t for points (..., n)."""
        return super().__call__(points) + self.matrix[..., :-1, -1]
