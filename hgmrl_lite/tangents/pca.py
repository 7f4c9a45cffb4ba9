"""Level-set normals by local PCA on the displacements inside a level set: the paper's way."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.tangents.normals import TOO_FEW, Index, LevelSetNormals, from_gradients

#: Pairs of neighbours held at a time: bounds the memory.
PAIRS = 1 << 20


def local_pca(
    points: ArrayLike, values: ArrayLike, *, radius: float | None = None, level_width: float | None = None
) -> LevelSetNormals:
    """Estimate level-set normals by principal components of the neighbours with nearly the same value.

    Around every point, the samples within ``radius`` whose value differs by at most ``level_width`` lie along
    the level set; the direction in which they spread least is its normal. All neighbours within the radius
    then orient it towards larger f and give the slope.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Where f was sampled, n at least 2.
    values : array_like, shape (N,)
        The samples.
    radius : float, optional
        Neighbours in space, in units of the points. By default the median distance to the 60th neighbour (a
        quarter of all points if there are fewer than 240): a compromise between curvature and counts.
    level_width : float, optional
        Largest difference in value, in units of f. By default a fifth of the root mean square difference
        within the radius, so that the strip is a few times longer than wide.

    Returns
    -------
    LevelSetNormals
        Points with fewer than 2n neighbours in the level set are dropped and counted, and so are those whose
        direction is uncertain by a radian or more. The standard error is that of an eigenvector; it does not
        see the bias that a curved level set or an uneven density brings.

    Raises
    ------
    ValueError
        When shapes disagree, entries are not finite, a width is not positive, or there are too few points.
    """
    points = as_array("points", points, ("N", "n"))
    number, n = points.shape
    if n < 2:
        raise ValueError(f"points must have at least 2 coordinates, got shape {points.shape}")
    values = as_array("values", values, (number,))
    if number < 4 * n:
        raise ValueError(f"points must number at least {4 * n} in {n} dimensions, got {number}")
    for name, width in (("radius", radius), ("level_width", level_width)):
        if width is not None and not (math.isfinite(width) and width > 0):
            raise ValueError(f"{name} must be a positive number, got {width}")
    tree = cKDTree(points)
    pilot = np.unique(np.linspace(0, number - 1, min(512, number)).astype(np.intp))
    if radius is None:
        count = min(60, max(2 * n, number // 4))
        radius = float(np.median(np.asarray(tree.query(points[pilot], k=count)[0])[:, -1]))
        if radius == 0.0:
            raise ValueError("points must not coincide so often that the default radius is 0; give a radius")
    if level_width is None:
        centre, other = _pairs(tree, points, pilot, radius)
        level_width = 0.2 * float(np.sqrt(np.mean(np.square(values[other] - values[pilot[centre]]))))
    gradients, covariance = np.empty((number, n)), np.empty((number, n, n))
    inside, scatter = np.empty(number, np.intp), np.empty(number)
    typical = max(1.0, float(np.mean(tree.query_ball_point(points[pilot], radius, return_length=True))))
    step = max(1, int(PAIRS / typical))
    for start in range(0, number, step):
        rows = np.arange(start, min(number, start + step))
        gradients[rows], covariance[rows], inside[rows], scatter[rows] = _components(
            tree, points, values, rows, radius, level_width
        )
    few = inside < 2 * n
    return from_gradients(
        points,
        gradients,
        covariance,
        refused={TOO_FEW: few},
        noise=math.sqrt(float(np.median(scatter[~few]))) if not few.all() else 0.0,
        neighbours=inside,
        degree=0,
    )


def _pairs(tree: cKDTree, points: Array, rows: Index, radius: float) -> tuple[Index, Index]:
    """Return every (position in rows, neighbour) within the radius, in the order of the positions."""
    near = [np.asarray(found, np.intp) for found in tree.query_ball_point(points[rows], radius)]
    counts = np.array([len(found) for found in near])
    other = np.concatenate(near)
    return np.repeat(np.arange(len(rows)), counts), other


def _components(
    tree: cKDTree, points: Array, values: Array, rows: Index, radius: float, level_width: float
) -> tuple[Array, Array, Index, Array]:
    """Return gradients (m, n), their covariance, counts in the level set and residual variances (m,)."""
    n, m = points.shape[1], len(rows)
    centre, other = _pairs(tree, points, rows, radius)
    offset = points[other] - points[rows[centre]]
    rise = values[other] - values[rows[centre]]

    def total(weights: Array) -> Array:
        return np.bincount(centre, weights=weights, minlength=m).astype(np.float64)

    level = (np.abs(rise) <= level_width).astype(float)
    count = total(level)
    mean = np.stack([total(level * offset[:, i]) for i in range(n)], axis=1) / count[:, None]
    second = np.empty((m, n, n))
    for i in range(n):
        for j in range(i + 1):
            second[:, i, j] = second[:, j, i] = total(level * offset[:, i] * offset[:, j]) / count
    variances, axes = np.linalg.eigh(second - mean[:, :, None] * mean[:, None, :])
    normal = axes[:, :, 0]
    height = (offset * normal[centre]).sum(axis=1)
    spread = total(height * height)
    known = spread > 0.0
    spread[~known] = 1.0
    slope = np.where(known, total(height * rise) / spread, 0.0)
    scatter = total(np.square(rise - slope[centre] * height)) / np.maximum(np.bincount(centre) - 1.0, 1.0)
    # An eigenvector turns towards another by a variance of λ_0 λ_j / (count (λ_j − λ_0)²) (Anderson, 1963).
    gap = np.maximum(count[:, None] * np.square(variances[:, 1:] - variances[:, :1]), np.finfo(float).tiny)
    turn = np.minimum(variances[:, :1] * variances[:, 1:] / gap, 1e6) * np.square(slope)[:, None]
    covariance = np.einsum("mij,mj,mkj->mik", axes[:, :, 1:], turn, axes[:, :, 1:])
    covariance += (scatter / spread)[:, None, None] * normal[:, :, None] * normal[:, None, :]
    return slope[:, None] * normal, covariance, count.astype(np.intp), scatter
