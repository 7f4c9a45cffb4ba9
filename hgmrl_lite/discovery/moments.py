"""Second moments of gradients and points: all that the dimension rule, the fit and the bootstrap need."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.frame import Frame

#: Up to this score a candidate counts as a symmetry (0: exact, 1: a random direction).
NEARLY = 0.1
#: Error of a direction, in radians, from which a point counts less in the score: half the bound above.
TELLING = 0.05
#: Points whose gradient is less than this many times its own error are left out.
SIGNIFICANT = 5.0
#: Numbers in one batch of rows: bounds the memory.
BATCH = 1 << 20


@dataclass
class Moments:
    """Sums over blocks of neighbouring points; blocks are what the bootstrap draws.

    With g a gradient of error covariance C, and h the lifted point, E[(gᵀWh)²] is what g would give without
    error plus hᵀWᵀCWh: subtracting C ⊗ hhᵀ makes the moments unbiased.

    Attributes
    ----------
    frame : Frame
        Coordinates of the sums.
    score : ndarray, shape (B, P, P)
        Σ w (ggᵀ − C) ⊗ hhᵀ with w = 1 / (‖g‖² + tr C / TELLING²): every point whose direction is known well
        enough to tell a near symmetry from none counts the same.
    lifted : ndarray, shape (B, q, q)
        Σ w (‖g‖² − tr C) hhᵀ: what ``score`` is measured against.
    precise : ndarray, shape (B, P, P)
        Σ w' (ggᵀ − C) ⊗ hhᵀ with w' the inverse variance of gᵀWh: what the generator is read from.
    error, weight : float
        Σ w tr C, what the errors would add, and Σ w (‖g‖² − tr C), against which it counts.
    used, total : int
        Points that entered, and all that came.
    reference : float
        Median variance of gᵀWh, the unit of w'.
    """

    frame: Frame
    score: Array
    lifted: Array
    precise: Array
    error: float = 0.0
    weight: float = 0.0
    used: int = 0
    total: int = 0
    reference: float | None = None

    @property
    def n(self) -> int:
        """Dimension of the points."""
        return len(self.frame.shift)

    @classmethod
    def empty(cls, frame: Frame, blocks: int) -> "Moments":
        """Return zero sums over ``blocks`` blocks."""
        unknowns, lift = frame.unknowns, len(frame.shift) + frame.affine
        square = (blocks, unknowns, unknowns)
        return cls(frame, np.zeros(square), np.zeros((blocks, lift, lift)), np.zeros(square))

    def add(
        self, points: Array, gradients: Array, covariance: Array | None, candidates: Array | None = None
    ) -> None:
        """Add a batch of gradients, cut into blocks of neighbouring points.

        Parameters
        ----------
        points, gradients : ndarray, shape (M, n)
            In the frame.
        covariance : ndarray, shape (M, n, n), optional
            Error covariance of the gradients, in the frame; exact gradients when left out.
        candidates : ndarray, shape (d, P), optional
            Generators whose residual variance sets w'; on average over all directions when left out.
        """
        self.total += len(points)
        if covariance is not None:
            trace = np.einsum("mii->m", covariance)
            clear = np.square(gradients).sum(axis=1) > SIGNIFICANT**2 * trace
            if not clear.all():
                points, gradients, covariance = points[clear], gradients[clear], covariance[clear]
        if not len(points):
            return
        self.used += len(points)
        lifted = self.frame.lift(points)
        variance = None if covariance is None else _variance(lifted, covariance, candidates)
        if variance is not None and self.reference is None:
            self.reference = float(np.median(variance))
        # The order in which a k-d tree stores the points keeps neighbours together.
        order = np.asarray(cKDTree(points).indices)
        length = -(-len(order) // len(self.score))
        step = max(1, BATCH // (length * self.frame.unknowns))
        for start in range(0, len(self.score), step):
            rows = order[start * length : (start + step) * length]
            if len(rows):
                self._add_blocks(
                    start,
                    length,
                    lifted[rows],
                    gradients[rows],
                    None if covariance is None else covariance[rows],
                    None if variance is None else variance[rows],
                )

    def _add_blocks(
        self,
        first: int,
        length: int,
        lifted: Array,
        gradients: Array,
        covariance: Array | None,
        variance: Array | None,
    ) -> None:
        """Add consecutive blocks of ``length`` points; the last may be shorter."""
        (number, n), q = gradients.shape, lifted.shape[1]
        size = np.square(gradients).sum(axis=1)
        trace = np.zeros(number) if covariance is None else np.einsum("mii->m", covariance)
        equal = 1.0 / (size + trace / TELLING**2)
        if variance is None or not self.reference:
            precise = equal / np.square(lifted).sum(axis=1)
        else:
            # A floor at a tenth of the median keeps a few points from carrying the answer alone.
            precise = self.reference / (variance + 0.1 * self.reference)
        count = -(-number // length)
        target = slice(first, first + count)

        def blocked(rows: Array) -> Array:
            padded = np.zeros((count * length, rows.shape[1]))
            padded[: len(rows)] = rows
            return padded.reshape(count, length, -1)

        def product(left: Array, right: Array) -> Array:
            return np.swapaxes(blocked(left), 1, 2) @ blocked(right)

        system = (gradients[:, :, None] * lifted[:, None, :]).reshape(number, n * q)
        outer = (lifted[:, :, None] * lifted[:, None, :]).reshape(number, q * q)
        for sums, weight in ((self.score, equal), (self.precise, precise)):
            sums[target] += product(system * weight[:, None], system)
            if covariance is not None:
                bias = product((weight[:, None, None] * covariance).reshape(number, n * n), outer)
                bias = bias.reshape(count, n, n, q, q).transpose(0, 1, 3, 2, 4)
                sums[target] -= bias.reshape(count, n * q, n * q)
        share = (equal * (size - trace))[:, None]
        self.lifted[target] += product(share, outer).reshape(count, q, q)
        self.error += float(equal @ trace)
        self.weight += float(share.sum())


def _variance(lifted: Array, covariance: Array, candidates: Array | None) -> Array:
    """Return the variance (M,) of gᵀWh: the mean over the candidates, or a multiple of that over all W."""
    if candidates is None:
        return np.einsum("mii->m", covariance) * np.square(lifted).sum(axis=1)
    fields = lifted @ candidates.reshape(-1, lifted.shape[1]).T
    fields = fields.reshape(len(lifted), len(candidates), -1)
    return ((fields @ covariance) * fields).sum(axis=(1, 2))


def spectrum(moment: Array, lifted: Array) -> tuple[Array, Array]:
    """Solve moment v = λ (I ⊗ lifted / n) v.

    Parameters
    ----------
    moment : ndarray, shape (..., P, P)
        Second moment of gᵀWh as a form on W.
    lifted : ndarray, shape (..., q, q)
        Second moment of h, P = n q.

    Returns
    -------
    values : ndarray, shape (..., P)
        Ascending: squares of the scores.
    vectors : ndarray, shape (..., P, P)
        Rows are candidates, orthonormal in the form on the right: unit sum of squared speeds, over n.
    """
    q = lifted.shape[-1]
    unknowns = moment.shape[-1]
    n = unknowns // q
    # A ridge at rounding level, for resamples that hit very few blocks.
    ridge = 1e-13 * np.trace(lifted, axis1=-2, axis2=-1)[..., None, None] * np.eye(q)
    whitening = np.linalg.inv(np.linalg.cholesky(lifted + ridge)) * np.sqrt(n)
    wide = np.kron(np.eye(n), whitening)
    values, vectors = np.linalg.eigh(wide @ moment @ np.swapaxes(wide, -1, -2))
    return values, np.swapaxes(vectors, -1, -2) @ wide
