"""Commuting rotations: the torus in which exp(span z) winds densely, and when a single one closes."""

import itertools

import numpy as np

from hgmrl_lite._validate import Array

# Integer relations between frequencies are sought with coefficients up to this size, fewer for many planes.
_COEFFICIENT = 8
_MOST_RELATIONS = 200_000
# A circle that has not closed after so many turns of its fastest plane winds, for every purpose here.
_MOST_TURNS = 4096


def winding(centre: Array, n: int, tol: float) -> Array:
    """Return the generators that the closure of exp(span z) has beyond commuting skew z.

    In the planes that all z turn, z_i turns plane j at the frequency Ω_ji. The closure is the torus of all
    frequencies α that satisfy every integer relation kᵀΩ = 0: none for (1, √2), one for (1, 2).

    Parameters
    ----------
    centre : ndarray, shape (c, N, N)
        Commuting skew matrices, the first n rows and columns of which act on states.
    n : int
        Dimension of the states.
    tol : float
        Largest relative size of kᵀΩ that counts as zero.

    Returns
    -------
    ndarray, shape (e, N, N)
        Generators independent of ``centre`` as they move states; e is 0 when the group is closed already.
    """
    if not len(centre):
        return np.empty((0, *centre.shape[1:]))
    planes, frequencies = _planes(centre)
    p = len(planes)
    if p <= np.linalg.matrix_rank(frequencies):
        return np.empty((0, *centre.shape[1:]))
    most = min(_COEFFICIENT, max(1, int((_MOST_RELATIONS ** (1.0 / p) - 1.0) / 2.0)))
    relations = np.array(list(itertools.product(range(-most, most + 1), repeat=p)), dtype=np.float64)
    relations = relations[len(relations) // 2 + 1 :]
    broken = np.linalg.norm(relations @ frequencies, axis=1) > tol * np.abs(frequencies).max()
    kept = relations[~broken]
    rank = np.linalg.matrix_rank(kept) if len(kept) else 0
    free = np.linalg.svd(np.vstack([kept, np.zeros((1, p))]))[2][rank:]
    # What is new among the free frequencies, as far as it moves states; actions follow as the group has it.
    candidates = np.tensordot(free, planes, axes=1)
    seen = candidates[:, :n, :n].reshape(len(free), -1)
    old = np.linalg.qr(centre[:, :n, :n].reshape(len(centre), -1).T)[0]
    columns, size, _ = np.linalg.svd(seen - seen @ old @ old.T, full_matrices=False)
    return np.tensordot(columns[:, size > tol].T, candidates, axes=1) / np.sqrt(2.0)


def closing_time(generator: Array) -> float:
    """Return the smallest T > 0 with exp(T z) = I for a skew z whose frequencies are in resonance.

    Up to the accuracy with which the resonance holds: the best T within 4096 turns of the fastest plane where
    each plane is within a fiftieth of a turn of having closed.
    """
    _, frequencies = _planes(generator[None])
    speed = np.abs(frequencies[:, 0])
    turns = np.arange(1, _MOST_TURNS + 1)
    parts = turns[:, None] * (speed / speed.max())
    away = np.abs(parts - np.round(parts)).max(axis=1)
    return float(2.0 * np.pi * turns[int(np.argmax(away < 0.02)) if (away < 0.02).any() else 0] / speed.max())


def _planes(centre: Array) -> tuple[Array, Array]:
    """Return the quarter turns (p, N, N) of the common planes, and the frequencies (p, c) there."""
    # A generic element has the planes of all; the weights are fixed and in no simple ratio.
    weights = np.sqrt(2.0 + np.arange(len(centre))) / np.linalg.norm(centre, axis=(1, 2))
    values, vectors = np.linalg.eigh(1j * np.tensordot(weights, centre, axes=1))
    turning = vectors[:, values > 1e-6 * np.abs(values).max()]
    frequencies = np.einsum("ij,cik,kj->jc", turning.conj(), 1j * centre, turning).real
    planes = 2.0 * np.einsum("ij,kj->jik", turning, turning.conj()).imag
    return planes, frequencies
