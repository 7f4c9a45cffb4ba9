"""Kernel distribution of a sampled function: the normals and tangents of its level sets, with error bars.

The kernel distribution D^f_p = ker df_p holds the directions in which f does not change at p. Two estimators
from samples (p_i, f_i): local PCA on the displacements inside a level set, the way of P. Nitschke and
S. Talebi, *Hereditary Geometric Meta-RL*, 2026, arXiv:2603.00396; and, beyond the paper, the gradient of a
polynomial fitted to the nearest neighbours.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array, as_count

RANK_DEFICIENT = "rank-deficient neighbourhood"
DUPLICATES = "neighbours all coincide"
FLAT = "gradient below its own error"

Index = NDArray[np.intp]


@dataclass(frozen=True)
class LevelSetNormals:
    """Gradients of a sampled function and the normals of its level sets.

    Attributes
    ----------
    points : ndarray, shape (M, n)
        The points that could be supported.
    gradients : ndarray, shape (M, n)
        Estimated gradient of f at each point, in units of f per unit of p.
    covariance : ndarray, shape (M, n, n)
        Error covariance of each gradient.
    normals : ndarray, shape (M, n)
        Unit gradients: the normals of the kernel distribution (covectors).
    standard_error : ndarray, shape (M,)
        Root mean square error of the direction, in radians.
    index : ndarray of int, shape (M,)
        Where each point stood in the input.
    dropped : dict
        How many points were left out, by reason.
    noise : float
        Estimated standard deviation of the noise in the values.
    neighbours : int
        Neighbours used for each point, itself included.
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
    neighbours: int
    degree: int

    @cached_property
    def tangents(self) -> Array:
        """Orthonormal bases of the kernel distribution, shape (M, n - 1, n), rows orthogonal to the normals."""
        return orthogonal_complement(self.normals)

    @cached_property
    def weights(self) -> Array:
        """Inverse variance of each direction, floored at the median's, shape (M,): what least squares wants."""
        variance = np.square(self.standard_error)
        floor = float(np.median(variance)) if len(variance) else 1.0
        return 1.0 / (variance + floor) if floor > 0 else np.ones(len(variance))

    def __len__(self) -> int:
        """Return M."""
        return len(self.points)

    def __repr__(self) -> str:
        """Tell how many normals there are, how good, and what was left out."""
        error = f"{np.degrees(np.median(self.standard_error)):.2g}°" if len(self) else "none"
        left = ", ".join(f"{count} {reason}" for reason, count in self.dropped.items()) or "nothing"
        return (
            f"LevelSetNormals(M={len(self)}, n={self.points.shape[1]}, neighbours={self.neighbours}, "
            f"degree={self.degree}, median error {error}, noise {self.noise:.3g}, dropped: {left})"
        )


def orthogonal_complement(normals: ArrayLike) -> Array:
    """Return orthonormal bases of the hyperplanes orthogonal to unit vectors, by Householder reflections.

    Parameters
    ----------
    normals : array_like, shape (..., n)
        Unit vectors.

    Returns
    -------
    ndarray, shape (..., n - 1, n)
        Rows span the complement.
    """
    normals = as_array("normals", normals, ("...", None))
    n = normals.shape[-1]
    # The reflection that takes the normal to -sign(first entry) e_1 never cancels.
    mirror = normals.copy()
    mirror[..., 0] += np.where(normals[..., 0] < 0, -1.0, 1.0)
    scale = 2.0 / np.square(mirror).sum(axis=-1)
    return np.eye(n)[1:] - scale[..., None, None] * mirror[..., 1:, None] * mirror[..., None, :]


def local_regression(
    points: ArrayLike,
    values: ArrayLike,
    *,
    degree: int = 2,
    neighbours: int | None = None,
    standard_errors: bool = True,
) -> LevelSetNormals:
    """Estimate level-set normals by a polynomial fitted to the nearest neighbours of every point."""
    points, values, degree = _check_samples(points, values, degree)
    terms = math.comb(points.shape[1] + degree, degree)
    if neighbours is None:
        neighbours = int(math.ceil(2.67 * terms))
    neighbours = as_count("neighbours", neighbours, terms + 1)
    if len(points) < neighbours:
        raise ValueError(
            f"points must number at least {neighbours} (neighbours of a fit with {terms} terms), got {len(points)}"
        )
    tree = cKDTree(points)
    number, n = points.shape
    gradients, covariance = np.empty((number, n)), np.empty((number, n, n))
    inflation, radius, scatter = np.empty(number), np.empty(number), np.empty(number)
    for rows in _chunks(number, neighbours * terms):
        fit = _fit(tree, points, values, rows, neighbours, degree)
        gradients[rows], covariance[rows], scatter[rows], radius[rows], inflation[rows] = fit
    return _assemble(
        points, gradients, covariance, scatter, radius, inflation, neighbours, degree, terms, standard_errors
    )


def _check_samples(points: ArrayLike, values: ArrayLike, degree: int) -> tuple[Array, Array, int]:
    """Return points (N, n) and values (N,) as arrays that fit together."""
    points = as_array("points", points, ("N", "n"))
    if not points.shape[1]:
        raise ValueError(f"points must have at least one coordinate, got shape {points.shape}")
    values = as_array("values", values, (len(points),))
    degree = as_count("degree", degree)
    if degree > 3:
        raise ValueError(f"degree must be 1, 2 or 3, got {degree}")
    return points, values, degree


def _chunks(number: int, doubles: int, limit: int = 1 << 19) -> Iterator[slice]:
    """Cut ``number`` rows of ``doubles`` numbers each into slices of bounded memory."""
    step = max(1, limit // max(1, doubles))
    for start in range(0, number, step):
        yield slice(start, min(number, start + step))


def _monomials(offsets: Array, degree: int) -> Array:
    """Return the monomials of degree 0 to ``degree`` in offsets (..., n), as (..., terms)."""
    n = offsets.shape[-1]
    first, second = np.triu_indices(n)
    columns = [np.ones((*offsets.shape[:-1], 1)), offsets]
    if degree >= 2:
        columns.append(offsets[..., first] * offsets[..., second])
    if degree >= 3:
        triples = [(a, b, c) for a in range(n) for b in range(a, n) for c in range(b, n)]
        one, two, three = np.array(triples).T
        columns.append(offsets[..., one] * offsets[..., two] * offsets[..., three])
    return np.concatenate(columns, axis=-1)


def _fit(
    tree: cKDTree, points: Array, values: Array, rows: slice | Index, neighbours: int, degree: int
) -> tuple[Array, Array, Array, Array, Array]:
    """Fit the local polynomial at some points.

    Returns gradients (m, n), their covariance for unit noise (m, n, n), residual variance (m,), radius (m,)
    and variance inflation (m,).
    """
    centre = points[rows]
    n = centre.shape[1]
    distance, near = tree.query(centre, k=neighbours)
    radius = distance[:, -1]
    scale = np.where(radius > 0, radius, 1.0)
    design = _monomials((points[near] - centre[:, None]) / scale[:, None, None], degree)
    terms = design.shape[-1]
    # Subtracting the value at the centre keeps precision when f has a large offset.
    target = values[near] - values[rows][:, None]
    gram = np.swapaxes(design, 1, 2) @ design
    spread = np.sqrt(np.einsum("mii->mi", gram)) + np.finfo(float).tiny
    gram = gram / (spread[:, :, None] * spread[:, None, :])
    # A ridge at rounding level keeps singular systems invertible; their inflation gives them away.
    gram[:, np.arange(terms), np.arange(terms)] += 1e-13
    inverse = np.linalg.inv(gram)
    inflation = np.einsum("mii->mi", inverse).max(axis=1)
    inflation = np.where(radius > 0, inflation, np.inf)
    inverse = inverse / (spread[:, :, None] * spread[:, None, :])
    coefficients = (inverse @ (np.swapaxes(design, 1, 2) @ target[..., None]))[..., 0]
    residual = target - (design @ coefficients[..., None])[..., 0]
    variance = np.square(residual).sum(axis=1) / (neighbours - terms)
    gradients = coefficients[:, 1 : n + 1] / scale[:, None]
    unit_covariance = inverse[:, 1 : n + 1, 1 : n + 1] / np.square(scale)[:, None, None]
    return gradients, unit_covariance, variance, radius, inflation


def _assemble(
    points: Array,
    gradients: Array,
    unit_covariance: Array,
    scatter: Array,
    radius: Array,
    inflation: Array,
    neighbours: int,
    degree: int,
    terms: int,
    standard_errors: bool,
) -> LevelSetNormals:
    """Drop what cannot be supported, and dress the rest as a result."""
    n = points.shape[1]
    duplicate = ~(radius > 0)
    deficient = ~duplicate & ~(inflation < 1e8)
    usable = ~duplicate & ~deficient
    pooled = float(np.median(scatter[usable])) if usable.any() else 0.0
    freedom = neighbours - terms
    local = (freedom * scatter + terms * pooled) / (freedom + terms)
    covariance = local[:, None, None] * unit_covariance
    trace = np.einsum("mii->m", covariance)
    size = np.square(gradients).sum(axis=1)
    flat = usable & ~(size > trace) if standard_errors else usable & ~(size > 0)
    keep = usable & ~flat
    dropped = {
        reason: int(mask.sum())
        for reason, mask in ((DUPLICATES, duplicate), (RANK_DEFICIENT, deficient), (FLAT, flat))
        if mask.any()
    }
    gradients, covariance = gradients[keep], covariance[keep]
    length = np.sqrt(size[keep])
    normals = gradients / length[:, None]
    along = np.einsum("mi,mij,mj->m", normals, covariance, normals)
    across = np.maximum(trace[keep] - along, 0.0)
    error = np.sqrt(across) / length if n > 1 else np.zeros(len(length))
    return LevelSetNormals(
        points=points[keep],
        gradients=gradients,
        covariance=covariance,
        normals=normals,
        standard_error=error,
        index=np.flatnonzero(keep),
        dropped=dropped,
        noise=math.sqrt(pooled),
        neighbours=neighbours,
        degree=degree,
    )
