"""What closes a group of rotations: exact brackets, the torus in which commuting ones wind, a period."""

import itertools

import numpy as np

from hgmrl_lite import lie
from hgmrl_lite._spans import null_space
from hgmrl_lite._validate import Array
from hgmrl_lite.hereditary.frame import Frame

# Steps that make estimated generators exactly closed, and what counts as that.
_CLOSING_STEPS, _CLOSED = 5, 1e-13
# Directions in which brackets change by less than this, relative to the others, are changes of axes.
_CONSTANT = 0.1
# Integer relations between frequencies are sought with coefficients up to this size, fewer for many planes.
_COEFFICIENT = 8
_MOST_RELATIONS = 200_000
# A circle that has not closed after so many turns of its fastest plane winds, for every purpose here.
_MOST_TURNS = 4096


def exactly_closed(basis: Array, tol: float) -> Array:
    """Return the algebra nearest to nearly closed skew generators (d, N, N) whose brackets stay in it.

    Gauss-Newton for ε_k normal to the span: what leaves it in [W_i + ε_i, W_j + ε_j] vanishes. Directions in
    which this changes by less than ``tol``, relative to the others, are changes of axes: there is no step.
    """
    d, size = len(basis), basis[0].size
    first, second = np.triu_indices(d, 1)
    skew = Frame.of(np.eye(basis.shape[-1])).turns / np.sqrt(2.0)
    for _ in range(_CLOSING_STEPS):
        span = np.linalg.qr(basis.reshape(d, size).T)[0]
        brackets = lie.bracket(basis[first], basis[second]).reshape(-1, size)
        outside = brackets - brackets @ span @ span.T
        if np.abs(outside).max() <= _CLOSED * np.abs(basis).max() ** 2:
            break
        # An orthonormal basis of the skew matrices normal to the span.
        normal = skew.reshape(len(skew), size)
        normal = np.linalg.svd(normal - normal @ span @ span.T)[2][: len(skew) - d]
        steps = normal.reshape(-1, *basis.shape[1:])
        constants = brackets @ np.linalg.pinv(basis.reshape(d, size))
        moved = np.einsum(
            "kbe,fe->kbf", lie.bracket(steps[:, None], basis[None]).reshape(-1, d, size), normal
        )
        system = np.zeros((len(first), len(normal), d, len(normal)))
        for pair, (i, j) in enumerate(zip(first, second, strict=True)):
            system[pair, :, i] += moved[:, j].T
            system[pair, :, j] -= moved[:, i].T
            system[pair] -= constants[pair][None, :, None] * np.eye(len(normal))[:, None, :]
        unknowns = d * len(normal)
        found = np.linalg.lstsq(system.reshape(-1, unknowns), -(outside @ normal.T).ravel(), rcond=tol)[0]
        basis = basis + np.tensordot(found.reshape(d, -1), steps, axes=1)
    return basis


def represented(generators: Array, algebra: Array) -> Array:
    """Return the skew generators (d, m, m) nearest to given ones with the brackets of an algebra's basis.

    Gauss-Newton for [A_i, A_j] = Σ c_ijk A_k, with the structure constants c of the basis (d, n, n): what was
    estimated one by one does not have them exactly.
    """
    d, m = generators.shape[:2]
    first, second = np.triu_indices(d, 1)
    steps = Frame.of(np.eye(m)).turns / np.sqrt(2.0)
    if not len(first) or not len(steps):
        return generators
    constants = lie.bracket(algebra[first], algebra[second]).reshape(len(first), -1)
    constants = constants @ np.linalg.pinv(algebra.reshape(d, -1))
    for _ in range(_CLOSING_STEPS):
        missed = lie.bracket(generators[first], generators[second])
        missed = missed - np.tensordot(constants, generators, axes=1)
        moved = lie.bracket(steps[:, None], generators[None])
        system = np.zeros((len(first), m, m, d, len(steps)))
        for pair, (i, j) in enumerate(zip(first, second, strict=True)):
            system[pair, :, :, i] += np.moveaxis(moved[:, j], 0, -1)
            system[pair, :, :, j] -= np.moveaxis(moved[:, i], 0, -1)
            system[pair] -= np.einsum("k,sab->abks", constants[pair], steps)
        found = np.linalg.lstsq(system.reshape(-1, d * len(steps)), -missed.ravel(), rcond=_CONSTANT)[0]
        generators = generators + np.tensordot(found.reshape(d, -1), steps, axes=1)
    return generators


def centre(blocks: Array, tol: float) -> Array:
    """Return a basis of the elements of a closed algebra (d, N, N) that commute with all of it."""
    if len(blocks) == 1:
        return blocks
    brackets = lie.bracket(blocks[:, None], blocks[None]).reshape(len(blocks), -1)
    central = null_space(brackets.T, tol * np.square(np.linalg.norm(blocks, axis=(1, 2))).max())
    return np.tensordot(central, blocks, axes=1)


def resonant(blocks: Array, centre: Array, n: int, tol: float) -> Array:
    """Return the generators of the closure of a group whose algebra is spanned by skew ``blocks``.

    In the planes that all of the centre turns, z_i turns plane j at the frequency Ω_ji. The closure is the
    torus of all frequencies α that satisfy every integer relation kᵀΩ = 0: none for (1, √2), one for (1, 2).
    Relations that hold nearly are made to hold: else an estimated circle would not close.

    Parameters
    ----------
    blocks : ndarray, shape (d, N, N)
        A basis of the algebra, the first n rows and columns of which act on states.
    centre : ndarray, shape (c, N, N)
        A basis of those that commute with all.
    n : int
        Dimension of the states.
    tol : float
        Largest relative size of kᵀΩ that counts as zero.

    Returns
    -------
    ndarray, shape (d + e, N, N)
        The blocks, and e further generators, independent of them as they move states; e is 0 when the group
        is closed already.
    """
    if not len(centre):
        return blocks
    planes, frequencies = _planes(centre)
    relations = _relations(frequencies, tol)
    free = null_space(relations, 1e-9)
    if len(relations):
        # What breaks the relations goes.
        wrong = frequencies - free.T @ (free @ frequencies)
        flat = centre.reshape(len(centre), -1)
        shares = np.linalg.solve(flat @ flat.T, flat @ blocks.reshape(len(blocks), -1).T).T
        blocks = blocks - np.tensordot(shares @ wrong.T, planes, axes=1)
    if len(free) <= len(centre):
        return blocks
    # What is new among the free frequencies, as far as it moves states; actions follow as the group has it.
    candidates = np.tensordot(free, planes, axes=1)
    seen = candidates[:, :n, :n].reshape(len(free), -1)
    old = np.linalg.qr(centre[:, :n, :n].reshape(len(centre), -1).T)[0]
    columns, size, _ = np.linalg.svd(seen - seen @ old @ old.T, full_matrices=False)
    return np.concatenate([blocks, np.tensordot(columns[:, size > tol].T, candidates, axes=1) / np.sqrt(2.0)])


def _relations(frequencies: Array, tol: float) -> Array:
    """Return independent integer relations (e, p) between frequencies (p, c), the simplest ones."""
    p, rank = len(frequencies), np.linalg.matrix_rank(frequencies)
    most = min(_COEFFICIENT, max(1, int((_MOST_RELATIONS ** (1.0 / p) - 1.0) / 2.0)))
    tried = np.array(list(itertools.product(range(-most, most + 1), repeat=p)), dtype=np.float64)
    tried = tried[len(tried) // 2 + 1 :]
    kept = tried[np.linalg.norm(tried @ frequencies, axis=1) <= tol * np.abs(frequencies).max()]
    found = np.zeros((0, p))
    for relation in kept[np.argsort(np.square(kept).sum(axis=1), kind="stable")]:
        if len(found) == p - rank:
            break
        longer = np.vstack([found, relation])
        found = longer if np.linalg.matrix_rank(longer) > len(found) else found
    return found


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
