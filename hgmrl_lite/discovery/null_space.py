"""The plain null space of points and normals, and the coordinates in which it is taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array, as_array

ALGEBRAS = ("affine", "linear")
#: Share of the largest variance, of standardised points, below which the smallest counts as none.
FLAT = 1e-15


@dataclass(frozen=True, eq=False)
class Frame:
    """An invertible change of coordinates p = shift + scale q.

    Scores computed on q do not depend on the units, the axes or the origin of p.

    Attributes
    ----------
    shift : ndarray, shape (n,)
        Mean of the data; zero for linear candidates, which keep the origin.
    scale : ndarray, shape (n, n)
        A square root of the second moment of the shifted data: scale scaleᵀ.
    affine : bool
        Whether translations belong to the candidates.
    """

    shift: Array
    scale: Array
    affine: bool

    @classmethod
    def of(cls, points: Array, algebra: str = "affine") -> "Frame":
        """Return the frame of a sample (N, n).

        Raises
        ------
        ValueError
            When ``algebra`` is neither "affine" nor "linear", or the points lie in a hyperplane.
        """
        if algebra not in ALGEBRAS:
            raise ValueError(f"algebra must be one of {ALGEBRAS}, got {algebra!r}")
        affine = algebra == "affine"
        n = points.shape[1]
        shift = points.mean(axis=0) if affine else np.zeros(n)
        moved = points - shift
        spread = np.sqrt(np.square(moved).mean(axis=0))
        if not spread.all():
            raise ValueError(
                f"points must spread over all {n} dimensions, got the constant coordinate "
                f"{int(np.argmin(spread))}"
            )
        # Every coordinate in its own unit first: a root of the raw moments would lose the small ones.
        moved = moved / spread
        variances, axes = np.linalg.eigh(moved.T @ moved / len(points))
        if not variances[0] > FLAT * variances[-1]:
            raise ValueError(
                f"points must spread over all {n} dimensions, got standard deviations along the principal "
                f"axes of the standardised points from {np.sqrt(max(variances[0], 0.0)):.3g} to "
                f"{np.sqrt(variances[-1]):.3g}"
            )
        return cls(shift, spread[:, None] * ((axes * np.sqrt(variances)) @ axes.T), affine)

    @property
    def inverse(self) -> Array:
        """The inverse of ``scale``, row by row in the unit of its coordinate."""
        spread = np.linalg.norm(self.scale, axis=1)
        return np.asarray(np.linalg.inv(self.scale / spread[:, None]) / spread)

    @property
    def unknowns(self) -> int:
        """Number of entries of a candidate: n(n+1) affine, n² linear."""
        n = len(self.shift)
        return n * (n + self.affine)

    def to_frame(self, points: Array) -> Array:
        """Return q for points p (M, n)."""
        return (points - self.shift) @ self.inverse.T

    def lift(self, inside: Array) -> Array:
        """Return what W multiplies: [q; 1] (M, n+1) for affine candidates, q (M, n) for linear ones."""
        return np.hstack([inside, np.ones((len(inside), 1))]) if self.affine else inside

    def generators(self, vectors: Array) -> Array:
        """Return generators (..., n+1, n+1) on [p; 1] from rows (..., unknowns) on the lifted q."""
        n = len(self.shift)
        blocks = vectors.reshape(*vectors.shape[:-1], n, -1)
        linear = self.scale @ blocks[..., :n] @ self.inverse
        result = np.zeros((*vectors.shape[:-1], n + 1, n + 1))
        result[..., :n, :n] = linear
        result[..., :n, n] = -linear @ self.shift
        if self.affine:
            result[..., :n, n] += blocks[..., n] @ self.scale.T
        return result

    def fixed_point(self, generators: Array, tolerance: float) -> Array | None:
        """Return the common fixed point of generators (d, n+1, n+1) that is nearest to the mean, or None.

        Singular values up to ``tolerance`` times the largest count as zero. None means that there is no
        common fixed point within ten standard deviations of the data.
        """
        n = len(self.shift)
        linear = self.inverse @ generators[:, :n, :n] @ self.scale
        speed = generators[:, :n, :n] @ self.shift + generators[:, :n, n]
        shift = speed @ self.inverse.T
        stacked = np.concatenate([linear, shift[:, :, None]], axis=2).reshape(-1, n + 1)
        null = null_space(stacked, max(tolerance, 1e-10) * float(np.linalg.norm(stacked, 2)))
        if not len(null):
            return None
        # Of the null vectors the one closest to [0; 1]; its last entry is then 1 / (1 + ‖c‖²).
        point = null.T @ null[:, -1]
        if point[-1] < 1.0 / (1.0 + 10.0**2):
            return None
        return np.asarray(self.shift + self.scale @ (point[:-1] / point[-1]))


def affine_null_space(
    points: ArrayLike,
    normals: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    algebra: str = "affine",
) -> tuple[Array, Array]:
    """Return every candidate generator with its score, the best first.

    Row i of the system is vec(n_i [q_i; 1]ᵀ), in coordinates q where the points have mean zero and unit
    covariance; its right singular vectors are the candidates.

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
    covectors = normals @ frame.scale
    length = np.linalg.norm(covectors, axis=1)
    if not length.all():
        raise ValueError(f"normals must not be zero, got a zero at row {int(np.argmin(length))}")
    covectors *= (np.sqrt(weights) / length)[:, None]
    lifted = frame.lift(frame.to_frame(points))
    system = (covectors[:, :, None] * lifted[:, None, :]).reshape(-1, unknowns)
    # The triangular factor has the same singular values, not squared, and is small.
    _, singular, right = np.linalg.svd(np.linalg.qr(system, mode="r"))
    scores = singular * np.sqrt(n / weights.sum())
    return scores[::-1].copy(), frame.generators(np.sqrt(n) * right[::-1])
