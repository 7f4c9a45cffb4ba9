"""What discovery starts from: gradients with their errors, in the frame, from values or given normals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._validate import Array, as_array
from hgmrl_lite.discovery.frame import Frame
from hgmrl_lite.tangents import LevelSetNormals, local_regression
from hgmrl_lite.tangents.normals import Index


@dataclass(frozen=True)
class Samples:
    """Gradients of the function at points, in the frame.

    Attributes
    ----------
    frame : Frame
        The coordinates.
    points, gradients : ndarray, shape (M, n)
        In the frame.
    covariance : ndarray, shape (M, n, n), or None
        Error covariance of the gradients; None when they are taken as exact.
    estimated : bool
        Whether an estimator stands behind the gradients.
    blocks : int
        Into how many blocks of neighbouring points to cut for resampling.
    total : int
        Points that came.
    dropped : dict
        How many of them the estimator left out, by reason.
    """

    frame: Frame
    points: Array
    gradients: Array
    covariance: Array | None
    estimated: bool
    blocks: int
    total: int
    dropped: dict[str, int]


def gather(
    points: ArrayLike,
    values: ArrayLike | None,
    normals: ArrayLike | LevelSetNormals | None,
    algebra: str = "affine",
    degree: int | None = None,
    neighbours: int | None = None,
) -> Samples:
    """Return samples from the arguments of `discover`, checked; raise ValueError as documented there."""
    points = as_array("points", points, ("N", "n"))
    if (values is None) == (normals is None):
        raise ValueError(
            f"values or normals must be given, and not both; got {'neither' if values is None else 'both'}"
        )
    if isinstance(normals, LevelSetNormals):
        points = normals.points
    check_size(points, algebra)
    frame = Frame.of(points, algebra)
    inside = frame.to_frame(points)
    if values is not None:
        # Neighbourhoods in the frame do not depend on the units.
        fit = regress(inside, values, degree, neighbours)
        blocks = block_count(len(points), fit.neighbours)
        return Samples(
            frame, fit.points, fit.gradients, fit.covariance, True, blocks, len(points), fit.dropped
        )
    if isinstance(normals, LevelSetNormals):
        known = np.isfinite(normals.covariance).all()
        return Samples(
            frame,
            inside,
            frame.covectors(normals.gradients),
            frame.scale @ normals.covariance @ frame.scale if known else None,
            True,
            block_count(len(points), normals.neighbours),
            len(points) + sum(normals.dropped.values()),
            normals.dropped,
        )
    assert normals is not None
    given = as_array("normals", normals, points.shape)
    zero = ~given.any(axis=1)
    if zero.any():
        raise ValueError(f"normals must not be zero, got a zero at row {int(np.argmax(zero))}")
    return Samples(
        frame, inside, frame.covectors(given), None, False, block_count(len(points), None), len(points), {}
    )


def check_size(points: Array, algebra: str = "affine") -> None:
    """Raise ValueError when the points cannot determine the candidates."""
    number, n = points.shape
    if n < 2:
        raise ValueError(f"points must have at least 2 coordinates, got shape {points.shape}")
    unknowns = n * (n + (algebra == "affine"))
    if number < unknowns:
        raise ValueError(f"points must number at least {unknowns} (the unknowns of W), got {number}")


def regress(points: Array, values: ArrayLike, degree: int | None, neighbours: int | None) -> LevelSetNormals:
    """Estimate gradients, with the degree that suits the dimension unless one is given."""
    values = as_array("values", values, (len(points),))
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ValueError(
            f"values must vary, got the constant {values.flat[0]:.6g}: every map is a symmetry of a constant"
        )
    if degree is None:
        degree = 3 if points.shape[1] == 2 else 2
    return local_regression(points, values, degree=degree, neighbours=neighbours)


def block_count(number: int, neighbours: Index | None) -> int:
    """Return into how many blocks to cut: each as large as a neighbourhood, which shares its errors."""
    size = 20.0 if neighbours is None or not len(neighbours) else float(np.median(neighbours))
    return int(np.clip(number / size, 20, 256))
