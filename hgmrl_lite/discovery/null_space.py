"""The plain null space: every candidate generator with its score, from points and normals."""

import numpy as np
import scipy.linalg
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery.frame import Frame

#: Rows that are folded into the triangular factor at a time: bounds the memory.
CHUNK = 65536


def affine_null_space(
    points: ArrayLike,
    normals: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    algebra: str = "affine",
) -> tuple[Array, Array]:
    """Return every candidate generator with its score, the best first.

    Row i of the system is vec(n_i [q_i; 1]ᵀ), in coordinates q where the points have mean zero and unit
    covariance; its right singular vectors are the candidates. Rows come in chunks and are folded into a
    triangular factor: memory does not grow with N, and small singular values are not squared.

    Parameters
    ----------
    points : array_like, shape (N, n)
        Points.
    normals : array_like, shape (N, n)
        Normals of the level sets (covectors) of any length but zero.
    weights : array_like, shape (N,), optional
        Weight of each squared row, such as `LevelSetNormals.weights`; equal when left out.
    algebra : {"affine", "linear"}
        Whether translations belong to the candidates.

    Returns
    -------
    scores : ndarray, shape (n(n+1),) or (n²,)
        Singular values, ascending, scaled so that 0 is a symmetry and 1 what a random direction has.
    generators : ndarray, shape (n(n+1), n+1, n+1) or (n², n+1, n+1)
        Homogeneous, in the original coordinates, in the order of the scores: the first d span a symmetry
        algebra of dimension d. In the coordinates q they are orthogonal, of Frobenius norm √n (a rotation
        about the mean has entries ±1).

    Raises
    ------
    ValueError
        When shapes disagree, a normal is zero, the points lie in a hyperplane, or there are fewer rows than
        unknowns.

    Examples
    --------
    >>> points = np.random.default_rng(0).normal(size=(100, 2))
    >>> scores, generators = affine_null_space(points, points - [1.0, 2.0])
    >>> rotation = generators[0] / generators[0][1, 0]
    >>> rotation.round(6) + 0.0
    array([[ 0., -1.,  2.],
           [ 1.,  0., -1.],
           [ 0.,  0.,  0.]])
    """
    points = as_array("points", points, ("N", "n"))
    normals = as_array("normals", normals, points.shape)
    weights = np.ones(len(points)) if weights is None else as_array("weights", weights, (len(points),))
    if (weights < 0.0).any() or not weights.any():
        raise ValueError(
            f"weights must be non-negative and not all zero, got {int((weights < 0).sum())} negative and "
            f"{int((weights == 0).sum())} zero of {weights.size}"
        )
    n = points.shape[1]
    unknowns = n * (n + (algebra == "affine"))
    if len(points) < unknowns:
        raise ValueError(f"points must number at least {unknowns} (the unknowns of W), got {len(points)}")
    frame = Frame.of(points, algebra)
    triangle = np.zeros((0, unknowns))
    for start in range(0, len(points), CHUNK):
        rows = slice(start, start + CHUNK)
        covectors = frame.covectors(normals[rows])
        length = np.linalg.norm(covectors, axis=1)
        if not length.all():
            raise ValueError(f"normals must not be zero, got a zero at row {start + int(np.argmin(length))}")
        covectors *= (np.sqrt(weights[rows]) / length)[:, None]
        lifted = frame.lift(frame.to_frame(points[rows]))
        system = (covectors[:, :, None] * lifted[:, None, :]).reshape(-1, unknowns)
        triangle = scipy.linalg.qr(np.vstack([triangle, system]), mode="r", overwrite_a=True)[0][:unknowns]
    _, singular, right = np.linalg.svd(triangle)
    scores = singular * np.sqrt(n / weights.sum())
    return scores[::-1].copy(), frame.generators(np.sqrt(n) * right[::-1])
