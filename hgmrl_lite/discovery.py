"""Symmetry algebra of one sampled function, in closed form.

f is invariant under exp(tW) exactly when df_p (W p) = 0 for all p: a homogeneous linear system in the entries
of the affine generator W, one row a sample, whose null space is the symmetry algebra. The linear-system form
goes beyond the descent of P. Nitschke and S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array, as_count
from hgmrl_lite.tangents import LevelSetNormals, local_regression

ALGEBRAS = ("affine", "linear")
#: A score is 0 for a symmetry and 1 for a random direction; below NEARLY it counts as a symmetry.
NEARLY = 0.1
#: A candidate that scores between NEARLY and CLEAR is neither a symmetry nor clearly none.
CLEAR = 0.15


@dataclass(frozen=True)
class Frame:
    """The coordinates in which the data have mean zero (affine only) and unit covariance.

    Parameters
    ----------
    shift : ndarray, shape (n,)
        What is subtracted from a point.
    scale : ndarray, shape (n, n)
        Symmetric square root of the covariance: p = shift + scale q.
    affine : bool
        Whether translations belong to the candidates.
    """

    shift: Array
    scale: Array
    affine: bool

    @classmethod
    def of(cls, points: Array, algebra: str) -> "Frame":
        """Return the frame of a sample; raise ValueError when it lies in a hyperplane."""
        if algebra not in ALGEBRAS:
            raise ValueError(f"algebra must be one of {ALGEBRAS}, got {algebra!r}")
        affine = algebra == "affine"
        n = points.shape[1]
        shift = points.mean(axis=0) if affine else np.zeros(n)
        moved = points - shift
        values, vectors = np.linalg.eigh(moved.T @ moved / len(points))
        if not values[0] > 1e-18 * values[-1] or values[-1] == 0:
            raise ValueError(
                f"points must spread over all {n} dimensions, got variances from {values[0]:.3g} to "
                f"{values[-1]:.3g}"
            )
        return cls(shift, (vectors * np.sqrt(values)) @ vectors.T, affine)

    def to_frame(self, points: Array) -> Array:
        """Return points (M, n) in the frame."""
        return np.linalg.solve(self.scale, (points - self.shift).T).T

    def lifted(self, points: Array) -> Array:
        """Return what W multiplies: points (M, n) in the frame, with a column of ones for affine candidates."""
        inside = self.to_frame(points)
        return np.hstack([inside, np.ones((len(inside), 1))]) if self.affine else inside

    def covectors(self, gradients: Array) -> Array:
        """Return gradients (M, n) in the frame."""
        return gradients @ self.scale

    def covariances(self, covariance: Array) -> Array:
        """Return gradient covariances (M, n, n) in the frame."""
        return self.scale @ covariance @ self.scale

    def generators(self, vectors: Array) -> Array:
        """Return homogeneous generators (d, n+1, n+1) in the original coordinates from rows (d, n(n+1) or n²)."""
        n = len(self.shift)
        blocks = vectors.reshape(len(vectors), n, -1)
        linear = self.scale @ blocks[:, :, :n] @ np.linalg.inv(self.scale)
        result = np.zeros((len(vectors), n + 1, n + 1))
        result[:, :n, :n] = linear
        result[:, :n, n] = -linear @ self.shift
        if self.affine:
            result[:, :n, n] += blocks[:, :, n] @ self.scale
        return result


def affine_null_space(
    points: ArrayLike,
    normals: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    algebra: str = "affine",
    chunk: int = 65536,
) -> tuple[Array, Array]:
    """Return every candidate generator with its score, the best first.

    Row i of the system is vec(n_i [p_i; 1]ᵀ), in coordinates where the points have mean zero and unit
    covariance; its right singular vectors are the candidates. Rows come in chunks, folded into a triangular
    factor: memory does not grow with N, and small singular values are not squared.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Points.
    normals : array_like, shape (N, n)
        Normals of the level sets (covectors), any length: they are made unit vectors in the frame.
    weights : array_like, shape (N,), optional
        Weight of each row's square; equal when left out.
    algebra : {"affine", "linear"}
        Whether translations belong to the candidates.
    chunk : int
        Rows at a time.

    Returns
    -------
    scores : ndarray, shape (n(n+1),) or (n²,)
        Ascending; 0 for a symmetry, 1 for what a random direction has on average.
    generators : ndarray, shape (n(n+1), n+1, n+1) or (n², n+1, n+1)
        Homogeneous, in the original coordinates; the d first span the symmetry algebra.

    Raises
    ------
    ValueError
        When shapes disagree, a normal is zero, or there are fewer rows than unknowns.
    """
    points = as_array("points", points, ("N", "n"))
    normals = as_array("normals", normals, points.shape)
    if weights is not None:
        weights = as_array("weights", weights, (len(points),))
        if (weights < 0).any() or not weights.any():
            raise ValueError(f"weights must be non-negative and not all zero, got a minimum of {weights.min()}")
    chunk = as_count("chunk", chunk)
    n = points.shape[1]
    unknowns = n * (n + (algebra == "affine"))
    if len(points) < unknowns:
        raise ValueError(f"points must number at least {unknowns} (the unknowns of W), got {len(points)}")
    frame = Frame.of(points, algebra)
    triangle = np.zeros((0, unknowns))
    total = 0.0
    for start in range(0, len(points), chunk):
        rows = slice(start, start + chunk)
        covectors = frame.covectors(normals[rows])
        length = np.linalg.norm(covectors, axis=1)
        if not length.all():
            raise ValueError(f"normals must not be zero, got a zero at row {start + int(np.argmin(length))}")
        factor = 1.0 / length
        if weights is not None:
            factor = factor * np.sqrt(weights[rows])
            total += float(weights[rows].sum())
        else:
            total += len(covectors)
        lifted = frame.lifted(points[rows])
        system = ((covectors * factor[:, None])[:, :, None] * lifted[:, None, :]).reshape(len(lifted), -1)
        triangle = np.linalg.qr(np.vstack([triangle, system]), mode="r")
    _, singular, right = np.linalg.svd(triangle)
    scores = singular * np.sqrt(n / total)
    return scores[::-1].copy(), frame.generators(right[::-1])
