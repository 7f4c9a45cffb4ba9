"""What an estimator of the kernel distribution returns."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hgmrl_lite._tables import table
from hgmrl_lite._validate import Array, as_array

#: Why a point was left out.
DUPLICATES = "neighbours coincide"
RANK_DEFICIENT = "rank-deficient neighbourhood"
FLAT = "gradient below its own error"
TOO_FEW = "too few neighbours in the level set"

Index = NDArray[np.intp]


def orthogonal_complement(normals: ArrayLike) -> Array:
    """Return orthonormal bases of the hyperplanes orthogonal to unit vectors, by Householder reflections.

    Parameters
    ----------
    normals : array_like, shape (..., n)
        Unit vectors.

    Returns
    -------
    ndarray, shape (..., n - 1, n)
        The rows span the complement.

    Examples
    --------
    >>> orthogonal_complement([0.0, 1.0]).round(6) + 0.0
    array([[-1., 0.]])
    """
    normals = as_array("normals", normals, ("...", None))
    # The reflection that takes the normal to -sign(first entry) e_1 never cancels.
    mirror = normals.copy()
    mirror[..., 0] += np.where(normals[..., 0] < 0, -1.0, 1.0)
    scale = 2.0 / np.square(mirror).sum(axis=-1)
    return np.asarray(
        np.eye(normals.shape[-1])[1:] - scale[..., None, None] * mirror[..., 1:, None] * mirror[..., None, :]
    )


@dataclass(frozen=True, eq=False, repr=False)
class LevelSetNormals:
    """Gradients of a sampled function and the normals of its level sets.

    Attributes
    ----------
    points : ndarray, shape (M, n)
        The points that could be supported.
    gradients : ndarray, shape (M, n)
        Estimated gradient of f, in units of f per unit of p.
    covariance : ndarray, shape (M, n, n)
        Error covariance of each gradient; NaN where no errors were asked for.
    normals : ndarray, shape (M, n)
        Unit gradients: normals of the kernel distribution (covectors), towards larger f.
    standard_error : ndarray, shape (M,)
        Root mean square error of the direction, in radians; 0 in one dimension.
    index : ndarray of int, shape (M,)
        Where each point stood in the input.
    dropped : dict
        How many points were left out, by reason.
    noise : float
        Estimated standard deviation of what the local model leaves over in the values: the noise, and the
        model's own misfit where there is none.
    neighbours : ndarray of int, shape (M,)
        How many samples stand behind each normal, the point itself included.
    degree : int
        Degree of the local polynomial; 0 for local PCA.
    """

    points: Array
    gradients: Array
    covariance: Array
    normals: Array
    standard_error: Array
    index: Index
    dropped: dict[str, int]
    noise: float
    neighbours: Index
    degree: int

    @cached_property
    def tangents(self) -> Array:
        """Orthonormal bases of the kernel distribution, shape (M, n - 1, n)."""
        return orthogonal_complement(self.normals)

    @cached_property
    def weights(self) -> Array:
        """Inverse variance of each direction, floored at a tenth of the median, mean 1, shape (M,).

        What `discovery.affine_null_space` wants: points with poor normals hardly count.
        """
        variance = np.square(self.standard_error)
        floor = 0.1 * float(np.median(variance)) if len(variance) else 0.0
        if not floor > 0.0:
            return np.ones(len(variance))
        weights = 1.0 / (variance + floor)
        return np.asarray(weights / weights.mean())

    def __len__(self) -> int:
        """Return M."""
        return len(self.points)

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to tell, as (name, text)."""
        error = np.degrees(np.median(self.standard_error)) if len(self) else math.nan
        low, high = (self.neighbours.min(), self.neighbours.max()) if len(self) else (0, 0)
        return [
            ("points", f"{len(self)} in {self.points.shape[1]} dimensions"),
            ("method", f"local regression, degree {self.degree}" if self.degree else "local PCA"),
            ("neighbours", f"{low}" if low == high else f"{low} to {high}"),
            ("median standard error", f"{error:.2g}°"),
            ("noise", f"{self.noise:.3g}"),
            ("dropped", ", ".join(f"{count} ({why})" for why, count in self.dropped.items()) or "none"),
        ]

    def __repr__(self) -> str:
        """Tell how many normals there are, how good, and what was left out."""
        return "LevelSetNormals(" + "; ".join(f"{name}: {text}" for name, text in self._facts()) + ")"

    def _repr_html_(self) -> str:
        """Tell the same as a table."""
        return table("Level-set normals", self._facts())


def from_gradients(
    points: Array,
    gradients: Array,
    covariance: Array,
    *,
    refused: dict[str, NDArray[np.bool_]],
    noise: float,
    neighbours: Index,
    degree: int,
) -> LevelSetNormals:
    """Leave out what was refused and what is below its own error, and dress the rest as a result.

    Parameters
    ----------
    points, gradients : ndarray, shape (N, n)
        All points and what was estimated there.
    covariance : ndarray, shape (N, n, n)
        Error covariance of the gradients; NaN where no errors were asked for.
    refused : dict
        Masks (N,) by reason, the first that applies counts.
    noise, neighbours, degree
        As in `LevelSetNormals`.
    """
    trace = np.einsum("mii->m", covariance)
    size = np.square(gradients).sum(axis=1)
    flat = ~(size > np.where(np.isfinite(trace), trace, 0.0))
    left = np.ones(len(points), dtype=bool)
    dropped: dict[str, int] = {}
    for reason, mask in {**refused, FLAT: flat}.items():
        hit = left & mask
        if hit.any():
            dropped[reason] = int(hit.sum())
        left &= ~mask
    gradients, covariance, trace = gradients[left], covariance[left], trace[left]
    length = np.sqrt(size[left])[:, None]
    normals = gradients / length
    along = np.einsum("mi,mij,mj->m", normals, covariance, normals)
    error = np.sqrt(np.maximum(trace - along, 0.0)) / length[:, 0]
    return LevelSetNormals(
        points=points[left],
        gradients=gradients,
        covariance=covariance,
        normals=normals,
        standard_error=error,
        index=np.flatnonzero(left),
        dropped=dropped,
        noise=noise,
        neighbours=neighbours[left],
        degree=degree,
    )
