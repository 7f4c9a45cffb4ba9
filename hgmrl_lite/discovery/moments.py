"""Second moments of gradients and points: all that the dimension rule, the fit and the bootstrap need."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from hgmrl_lite._validate import Array
from hgmrl_lite.discovery.frame import Frame

#: Up to this score a candidate counts as a symmetry (0: exact, 1: a random direction).
NEARLY = 0.1
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
        Σ w (ggᵀ − C) ⊗ hhᵀ with w = 1 / (‖g‖² + tr C / NEARLY²): every point that can tell a near symmetry
        from none counts the same.
    lifted : ndarray, shape (B, q, q)
        Σ w (‖g‖² − tr C) hhᵀ: what ``score`` is measured against.
    precise : ndarray, shape (B, P, P)
        Σ w' (ggᵀ − C) ⊗ hhᵀ with w' the inverse variance of gᵀWh: what the generator is read from.
    error : float
        Σ w tr C, the part of the trace that is error.
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
            In the original coordinates.
        covariance : ndarray, shape (M, n, n), optional
            Error covariance of the gradients; exact when left out.
        candidates : ndarray, shape (d, P), optional
            Generators whose residual variance sets w'; on average over all directions when left out.
        """
        self.total += len(points)
        if covariance is not None:
            size = np.square(self.frame.covectors(gradients)).sum(axis=1)
            trace = np.einsum("ij,mji->m", self.frame.scale @ self.frame.scale, covariance)
            clear = size > SIGNIFICANT**2 * trace
            points, gradients, covariance = points[clear], gradients[clear], covariance[clear]
        if not len(points):
            return
        self.used += len(points)
        if covariance is not None and self.reference is None:
            sample = slice(None, None, max(1, len(points) // 10_000))
            variance = self._variance(points[sample], covariance[sample], candidates)[-1]
            self.reference = float(np.median(variance))
        blocks = len(self.score)
        # The order in which a k-d tree stores the points keeps neighbours together.
        order = np.asarray(cKDTree(points).indices)
        length = -(-len(order) // blocks)
        step = max(1, BATCH // (length * self.frame.unknowns))
        for start in range(0, blocks, step):
            rows = order[start * length : (start + step) * length]
            if len(rows):
                self._add_blocks(
                    start,
                    length,
                    points[rows],
                    gradients[rows],
                    None if covariance is None else covariance[rows],
                    candidates,
                )

    def _variance(self, points: Array, covariance: Array, candidates: Array | None) -> tuple[Array, Array, Array]:
        """Return lifted points, covariances in the frame, and the variance (M,) of gᵀWh."""
        lifted, inside = self.frame.lifted(points), self.frame.covariances(covariance)
        if candidates is None:
            variance = np.einsum("mii->m", inside) * np.square(lifted).sum(axis=1)
        else:
            fields = np.einsum("dij,mj->mdi", candidates.reshape(len(candidates), inside.shape[1], -1), lifted)
            variance = np.einsum("mdi,mij,mdj->m", fields, inside, fields, optimize=True)
        return lifted, inside, variance

    def _add_blocks(
        self,
        first: int,
        length: int,
        points: Array,
        gradients: Array,
        covariance: Array | None,
        candidates: Array | None,
    ) -> None:
        """Add consecutive blocks of ``length`` points; the last may be shorter."""
        n, unknowns = points.shape[1], self.frame.unknowns
        covectors = self.frame.covectors(gradients)
        size = np.square(covectors).sum(axis=1)
        if covariance is None:
            lifted, inside, trace = self.frame.lifted(points), None, np.zeros(len(points))
        else:
            lifted, inside, variance = self._variance(points, covariance, candidates)
            trace = np.einsum("mii->m", inside)
        equal = 1.0 / (size + trace / NEARLY**2)
        if covariance is None or not self.reference:
            precise = equal / np.square(lifted).sum(axis=1)
        else:
            # A floor at a tenth of the median keeps a few points from carrying the answer alone.
            precise = self.reference / (variance + 0.1 * self.reference)
        count = -(-len(points) // length)
        target = slice(first, first + count)

        def blocked(rows: Array) -> Array:
            padded = np.zeros((count * length, rows.shape[1]))
            padded[: len(rows)] = rows
            return padded.reshape(count, length, -1)

        def product(left: Array, right: Array) -> Array:
            return np.swapaxes(blocked(left), 1, 2) @ blocked(right)

        system = (covectors[:, :, None] * lifted[:, None, :]).reshape(len(points), unknowns)
        outer = (lifted[:, :, None] * lifted[:, None, :]).reshape(len(points), -1)
        q = lifted.shape[1]
        for sums, weight in ((self.score, equal), (self.precise, precise)):
            sums[target] += product(system * weight[:, None], system)
            if inside is not None:
                bias = product((weight[:, None, None] * inside).reshape(len(points), -1), outer)
                bias = bias.reshape(count, n, n, q, q).transpose(0, 1, 3, 2, 4)
                sums[target] -= bias.reshape(count, unknowns, unknowns)
        self.lifted[target] += product(outer * (equal * (size - trace))[:, None], np.ones((len(points), 1))).reshape(
            count, q, q
        )
        self.error += float(equal @ trace)


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
        Rows are candidates, orthonormal in the form on the right: unit mean square speed over the data.
    """
    q = lifted.shape[-1]
    unknowns = moment.shape[-1]
    n = unknowns // q
    whitening = np.linalg.inv(np.linalg.cholesky(lifted)) * np.sqrt(n)
    wide = np.kron(np.eye(n), whitening)
    values, vectors = np.linalg.eigh(wide @ moment @ np.swapaxes(wide, -1, -2))
    return values, np.swapaxes(vectors, -1, -2) @ wide
