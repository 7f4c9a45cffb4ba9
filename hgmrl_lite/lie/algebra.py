"""Lie algebras of matrices, given by a basis: coordinates, exp and log, closure, compactness."""

from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import scaled_norm
from hgmrl_lite._tables import table
from hgmrl_lite._validate import Array, as_array, tolerance
from hgmrl_lite.lie import matrix_functions
from hgmrl_lite.lie.planar import ROTATION_TOLERANCE
from hgmrl_lite.lie.subspaces import DEPENDENT, bracket, find_inner_product, inner_product_root

#: Largest velocity of a point that counts as fixed, relative to the size of the shifts.
_FIXED = 1e-8


@dataclass(frozen=True, eq=False, repr=False)
class LieAlgebra:
    """The span of matrices W_1..W_d, and the group of products of exponentials exp(Σ θ_k W_k).

    It need not be closed under the bracket: what discovery finds seldom is at first. :meth:`closure` gives
    the smallest closed algebra that contains it.

    Parameters
    ----------
    basis : array_like, shape (d, n, n), or (d, n + 1, n + 1) when affine
        Linearly independent generators; d may be 0.
    affine : bool
        Whether the generators are homogeneous, [[A, b], [0, 0]], and act on points by p ↦ A p + b.
    name : str, optional
        What to call it in print.

    Raises
    ------
    ValueError
        When the basis is not square, not finite or not independent, or an affine one has a last row that is
        not zero.

    Examples
    --------
    >>> algebra = LieAlgebra([[[0, -1], [1, 0]]])
    >>> algebra.exp([np.pi]).round(3) + 0.0
    array([[-1.,  0.],
           [ 0., -1.]])
    """

    basis: Array
    affine: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        basis = as_array("basis", self.basis, ("d", "n", "n")).copy()
        d, n = basis.shape[:2]
        if basis.shape[1] != basis.shape[2] or n < 1 + self.affine:
            raise ValueError(f"basis must be square matrices (d, n, n), got shape {basis.shape}")
        norms = scaled_norm(basis, 2)
        if self.affine and (np.abs(basis[:, -1]).max(axis=-1, initial=0.0) > 1e-12 * norms).any():
            raise ValueError(
                "basis must have a last row of zeros when affine (homogeneous generators [[A, b], [0, 0]]), "
                f"got\n{basis[np.abs(basis[:, -1]).max(axis=-1).argmax()]}"
            )
        if self.affine:
            basis[:, -1] = 0.0
        if (norms == 0.0).any():
            raise ValueError(f"basis must be linearly independent, got zero at {int(norms.argmin())}")
        values = np.linalg.svd((basis / norms[:, None, None]).reshape(d, n * n), compute_uv=False)
        if d > n * n or (d and values[-1] <= DEPENDENT):
            rank = int((values > DEPENDENT).sum())
            raise ValueError(f"basis must be linearly independent, got {d} generators of rank {rank}")
        basis.flags.writeable = False
        object.__setattr__(self, "basis", basis)

    @property
    def dimension(self) -> int:
        """Number d of generators."""
        return len(self.basis)

    @property
    def state_dim(self) -> int:
        """Dimension n of the points the group acts on."""
        return int(self.basis.shape[-1]) - self.affine

    @property
    def size(self) -> int:
        """Number of rows of the matrices: n, or n + 1 when affine."""
        return int(self.basis.shape[-1])

    # ---- coordinates

    def matrix(self, theta: ArrayLike) -> Array:
        """Return Σ θ_k W_k, shape (..., size, size), for coordinates ``theta`` (..., d)."""
        theta = as_array("theta", theta, ("...", self.dimension))
        flat = theta @ self.basis.reshape(self.dimension, self.size**2)
        return flat.reshape(*theta.shape[:-1], self.size, self.size)

    def coordinates(self, matrix: ArrayLike) -> Array:
        """Return the coordinates (..., d) of the element nearest to ``matrix`` in the Frobenius norm."""
        matrix = self._sized("matrix", matrix)
        return matrix.reshape(*matrix.shape[:-2], self.size**2) @ self._dual

    def velocities(self, points: ArrayLike) -> Array:
        """Return W_k p (A_k p + b_k when affine) at ``points`` (..., n), shape (..., d, n)."""
        n = self.state_dim
        points = as_array("points", points, ("...", n))
        flat = points @ self.basis[:, :n, :n].reshape(-1, n).T
        out = flat.reshape(*points.shape[:-1], self.dimension, n)
        return out + self.basis[:, :n, n] if self.affine else out

    # ---- group

    def exp(self, theta: ArrayLike) -> Array:
        """Return the group elements exp(Σ θ_k W_k), shape (..., size, size), for ``theta`` (..., d)."""
        return matrix_functions.exp(self.matrix(theta))

    def log(self, element: ArrayLike, tol: float = ROTATION_TOLERANCE) -> Array:
        """Return coordinates θ with exp(Σ θ_k W_k) = element.

        The principal logarithm. If the linear parts keep an inner product, it is taken where that is the
        standard one, of the nearest element that keeps it: of the several logarithms of a half turn, exact or
        rounded, it then finds one inside a conjugated algebra. With a single generator any other branch is
        found too, the smallest coordinate first.

        Parameters
        ----------
        element : array_like, shape (..., size, size)
            Group elements.
        tol : float
            How far the element may be from the group: largest error of exp(Σ θ_k W_k), of its linear part
            relative to that, of its shift relative to the shift and the linear part. The default accepts
            elements rounded to float32.

        Returns
        -------
        ndarray, shape (..., d)
            Coordinates.

        Raises
        ------
        ValueError
            When an element has no real logarithm, or none that was found lies in the algebra to within
            ``tol``; when ``tol`` is negative.
        """
        tolerance(tol)
        element = self._sized("element", element)
        if self.affine:
            last = np.eye(self.size)[-1]
            if (np.abs(element[..., -1, :] - last) > tol).any():
                raise ValueError("element must be homogeneous, with last row (0, ..., 0, 1)")
            element = element.copy()
            element[..., -1, :] = last
        if self._frame is None:
            logarithm = matrix_functions.log(element)
        else:
            # The identity apart: small elements keep their digits.
            frame, inverse, identity = self._frame, np.linalg.inv(self._frame), np.eye(self.size)
            away = frame @ (element - identity) @ inverse
            if self.affine:
                away[..., -1, :] = 0.0
            logarithm = inverse @ matrix_functions.log(identity + away) @ frame
        theta = self.coordinates(logarithm)
        outside = self._error(theta, element) > tol
        if outside.any() and self.dimension == 1:
            theta[outside, 0] = matrix_functions.one_parameter_log(self.basis[0], element[outside], tol)
            outside = np.isnan(theta[..., 0])
        if outside.any():
            raise ValueError(
                f"element must be in the group of {self!r}: {int(outside.sum())} of {outside.size} elements "
                f"have no logarithm in the algebra to within {tol:g}"
            )
        return theta

    def closure(self, tol: float = 1e-6) -> "LieAlgebra":
        """Return the smallest algebra closed under the bracket that contains this one.

        Parameters
        ----------
        tol : float, optional
            A bracket of unit generators adds a generator when more than this of it is new. Generators from
            noisy data need their error here, or the closure grows to everything. Rounding to float32 is below
            the default.

        Returns
        -------
        LieAlgebra
            This basis first, then unit generators orthogonal to all before; this very algebra when closed.

        Raises
        ------
        ValueError
            When ``tol`` is not positive.
        """
        tolerance(tol, positive=True)
        shape = (-1, self.size, self.size)
        unit = np.linalg.qr(self.basis.reshape(self.dimension, self.size**2).T)[0].T
        start = 0
        while start < len(unit):
            matrices = unit.reshape(shape)
            fresh = bracket(matrices[:, None], matrices[None, start:]).reshape(-1, self.size**2)
            start = len(unit)
            for candidate in fresh:
                rest = candidate - unit.T @ (unit @ candidate)
                # Once more: one pass of Gram-Schmidt leaves rounding of the part it removed.
                rest -= unit.T @ (unit @ rest)
                length = np.linalg.norm(rest)
                if length > tol:
                    unit = np.vstack([unit, rest / length])
        if len(unit) == self.dimension:
            return self
        return LieAlgebra(np.concatenate([self.basis, unit[self.dimension :].reshape(shape)]), self.affine)

    # ---- compactness

    def invariant_inner_product(self) -> Array | None:
        """Return P that every generator keeps skew, A^T P + P A = 0 for its linear part A, or None.

        An inner product exists iff the group is relatively compact, bounded in both directions; an affine
        group must also fix a point. Its closure is then compact. The group itself need not be: the one of
        diag(J, √2 J) winds densely around a torus and never returns.

        Returns
        -------
        ndarray, shape (n, n), or None
            Symmetric positive definite with trace n; I when every linear part is skew.
        """
        return None if self.fixed_point() is None else find_inner_product(self._linear)

    def fixed_point(self) -> Array | None:
        """Return the point (n,) that every element fixes, A c + b = 0 for each generator, or None.

        Of several the one nearest to the origin.
        """
        if not self.affine:
            return np.zeros(self.state_dim)
        norms = scaled_norm(self._linear, 2)
        scale = np.where(norms > 0.0, norms, 1.0)[:, None, None]
        linear = (self._linear / scale).reshape(-1, self.state_dim)
        shift = (self.basis[:, :-1, -1:] / scale).reshape(-1)
        point = np.linalg.lstsq(linear, -shift, rcond=_FIXED)[0]
        return (
            None if scaled_norm(linear @ point + shift) > _FIXED * scaled_norm(shift) else np.asarray(point)
        )

    @property
    def _linear(self) -> Array:
        """The linear parts A of the generators, (d, n, n)."""
        return self.basis[:, : self.state_dim, : self.state_dim]

    @cached_property
    def _dual(self) -> Array:
        """The pseudo-inverse (size², d) that turns matrices into coordinates."""
        return np.asarray(np.linalg.pinv(self.basis.reshape(self.dimension, self.size**2)))

    @cached_property
    def _frame(self) -> Array | None:
        """The change of coordinates after which linear parts are orthogonal, or None when none does that."""
        n = self.state_dim
        form, centre = find_inner_product(self._linear), self.fixed_point()
        if form is None:
            return None
        root = inner_product_root(form, n)
        if not self.affine:
            return root
        shift = np.zeros(n) if centre is None else -root @ centre
        return np.block([[root, shift[:, None]], [np.zeros(n), 1.0]])

    def _sized(self, name: str, value: ArrayLike) -> Array:
        """Return ``value`` as matrices of the algebra's size."""
        return as_array(name, value, ("...", self.size, self.size))

    def _error(self, theta: Array, element: Array) -> Array:
        """Return how far exp(Σ θ_k W_k) is from elements, relative to them, linear part and shift apart."""
        n = self.state_dim
        away, size = (
            [scaled_norm(matrix[..., :n, :n], 2), scaled_norm(matrix[..., :n, n:], 2)]
            for matrix in (self.exp(theta) - element, element)
        )
        return np.asarray(np.maximum(away[0] / size[0], away[1] / (size[0] + size[1])))

    # ---- print

    def __repr__(self) -> str:
        """Tell the name, the dimension and the space."""
        kind = "affine" if self.affine else "linear"
        named = f"{self.name}, " if self.name else ""
        return f"LieAlgebra({named}dimension {self.dimension}, {kind} on R^{self.state_dim})"

    def _repr_html_(self) -> str:
        """Show the generators side by side."""
        matrices = (
            table(
                f"W<sub>{number}</sub> =",
                [[f"{entry:.4g}" for entry in row] for row in generator + 0.0],
                named=False,
            )
            for number, generator in enumerate(self.basis, start=1)
        )
        return f"<b>{escape(repr(self))}</b><div style='display:flex;gap:1.5em'>{''.join(matrices)}</div>"
